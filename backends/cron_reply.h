/* What a host answered to the cron script, as a struct cron_state. */
#ifndef MW_BACKENDS_CRON_REPLY_H
#define MW_BACKENDS_CRON_REPLY_H

#include "model/cron.h"

struct cron_reply {
	struct cron_state state;   /* filled in; both data are marked */
	gboolean same_cleanup;     /* the cleanup log is as it was: `runs` of the state before still hold and were used */
	char *cleanup_stamp;       /* to be given to the next script; NULL */
	gboolean sudo_refused;
};

/* Reads the answer; `before` (may be NULL) is the state of the last one, whose cleanup runs are moved over when the log is unchanged or cannot
 * be read now. at_us is monotonic. FALSE with *problem a static text when the answer is cut off; then *out is empty and `before` as it was.
 * All text is made safe. */
gboolean cron_reply_parse(const char *text, gsize len, gint64 at_us, struct cron_state *before, struct cron_reply *out, const char **problem);
/* Gives up what was not taken over. */
void cron_reply_clear(struct cron_reply *r);

#endif
