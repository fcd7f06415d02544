/* A message that waits: a copy, bounded. */
#ifndef MW_BACKENDS_NOTIFY_MESSAGE_H
#define MW_BACKENDS_NOTIFY_MESSAGE_H

#include "backends/notify.h"

struct notify_waiting {
	struct notify_message message; /* its texts are owned, safe */
	char **details;
	notify_done done;
	void *user;
	gint64 since_us, until_us;     /* monotonic: when it came, and how long it is tried */
	guint attempts;
	guint told_lost;               /* its last attempt says that so many messages before it were lost */
	gboolean doubtful;             /* it went out once and was not answered */
	gboolean moved;                /* to the chat that Telegram named */
};

struct notify_waiting *notify_waiting_new(const struct notify_message *m, notify_done done, void *user, gint64 now_us, gint64 patience_us);
void notify_waiting_free(struct notify_waiting *w);

#endif
