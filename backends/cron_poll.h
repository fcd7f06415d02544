/* Reads a host's crontabs, timers, cleanup log and logrotate rules, at the start, every few minutes and after a run. */
#ifndef MW_BACKENDS_CRON_POLL_H
#define MW_BACKENDS_CRON_POLL_H

#include "backends/link.h"
#include "model/world.h"

struct cron_poll;

struct cron_poll_settings {
	const char *const *users;  /* whose crontabs are read beside root's and one's own; NULL = none */
	guint user_count;
	const char *cleanup_log;   /* NULL = /var/log/vm-cleanup.log */
	const char *const *growing;/* logs to look for in logrotate's rules; NULL = the three of roadmap 0.2 */
	guint growing_count;
	guint interval_ms;         /* 0 = 300,000 */
	gboolean disabled;
};

/* Strings of `s` are copied. */
struct cron_poll *cron_poll_new(const struct cron_poll_settings *s, struct link *link, struct world *world, struct host *host);
void cron_poll_free(struct cron_poll *p);
void cron_poll_link_up(struct cron_poll *p);
void cron_poll_link_down(struct cron_poll *p);
void cron_poll_now(struct cron_poll *p);

#endif
