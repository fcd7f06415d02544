/* Text for a chat: escaped, and cut to what the service takes without cutting a character or an entity. */
#ifndef MW_BACKENDS_NOTIFY_TEXT_H
#define MW_BACKENDS_NOTIFY_TEXT_H

#include "backends/notify.h"

struct notify_text {
	GString *out;
	guint left;       /* UTF-16 units, as the services count after their entities are read */
	gboolean cut;
};

void notify_text_init(struct notify_text *t, guint most);
/* Markup of our own, which does not count. */
void notify_text_markup(struct notify_text *t, const char *markup);
/* Text raw or safe: made safe, & < > as entities, "@here", "@channel" and "@everyone" with a sign that mentions nobody; at most `most` units of it. What
 * does not fit is cut and ends with "…". FALSE when nothing of more text fits. */
gboolean notify_text_add(struct notify_text *t, const char *text, guint most);
/* The text, newly allocated. */
char *notify_text_end(struct notify_text *t);

/* What stands before and behind each part. */
struct notify_markup { const char *heading[2], *summary[2], *details[2]; };
/* A whole message, newly allocated: "[critical] summary", its details, what was lost before it (NULL: nothing), its key and time. The details give way
 * when it gets longer than `most` units. */
char *notify_text_message(const struct notify_message *m, const char *lost, guint most, const struct notify_markup *k);
/* A safe line of at most `most` characters, newly allocated; longer ones end with "…". */
char *notify_text_line(const char *text, guint most);

#endif
