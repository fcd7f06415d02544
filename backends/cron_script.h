/* The one command that asks a host for its scheduled jobs; what it prints is read by backends/cron_sections.h and cron_reply.h. */
#ifndef MW_BACKENDS_CRON_SCRIPT_H
#define MW_BACKENDS_CRON_SCRIPT_H

#include <glib.h>

#define CRON_TAIL_MAX (512 * 1024)     /* of the cleanup log */
#define CRON_JOURNAL_MAX (256 * 1024)  /* of cron's journal, each command once */
#define CRON_OUTPUT_MAX (4 * 1024 * 1024)

struct cron_script {
	const char *const *users;    /* beside root and one's own */
	guint user_count;
	const char *cleanup_log;
	const char *const *growing;
	guint growing_count;
	const char *cleanup_stamp;   /* the stamp that came with the log's last text: while it stays the same the text is not sent; NULL */
	gboolean no_sudo;            /* sudo refused before: each refusal is written down and perhaps mailed over there */
};

/* POSIX sh, BusyBox's included; works without cron and without systemd. Newly allocated. */
char *cron_script_new(const struct cron_script *s);

#endif
