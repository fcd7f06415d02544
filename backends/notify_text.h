/* Text for a chat: escaped, and cut to what the service takes without cutting a character or an entity. */
#ifndef MW_BACKENDS_NOTIFY_TEXT_H
#define MW_BACKENDS_NOTIFY_TEXT_H

#include "backends/notify.h"

/* What stands before and behind each part. */
struct notify_markup { const char *heading[2], *summary[2], *details[2]; };
/* A whole message, newly allocated: "[critical] summary", its details, what was lost before it (NULL: nothing), its key and time. The details give way
 * when it gets longer than `most` units. */
char *notify_text_message(const struct notify_message *m, const char *lost, guint most, const struct notify_markup *k);
/* "and 7 more lines", newly allocated; NULL for none. */
char *notify_text_more(guint n);
/* "3 messages before this one could not be sent", newly allocated; NULL for none. */
char *notify_text_lost(guint n);
/* A safe line of at most `most` characters, newly allocated; longer ones end with "…". */
char *notify_text_line(const char *text, guint most);

#endif
