/* What cron logged about the jobs it started, from `journalctl -o short-unix` of its identifiers:
 *   1795737061.731588 vm1 CRON[61]: (root) CMD (/bin/false)
 *   1795737061.736963 vm1 CRON[58]: (CRON) error (grandchild #61 failed with exit status 1)     only with cron -L 4 or more
 * Debian's cron, cronie (CROND) and BusyBox ("crond: USER root pid 61 cmd /bin/false"). */
#ifndef MW_MODEL_CRON_JOURNAL_H
#define MW_MODEL_CRON_JOURNAL_H

#include <glib.h>

#define CRON_STARTS_MAX 5000

struct cron_start {
	char *user, *command;   /* the command as it was logged, without blanks at its ends; not made safe: only compared, never shown */
	gint64 at_us;           /* UTC */
	gint64 pid;             /* of the job; 0 when not known */
	gboolean failed;        /* cron said so */
	int status;             /* the exit status then, or -1: a signal */
};

/* The last start of each command of each user: a table of struct cron_start, for cron_journal_find(). */
GHashTable *cron_journal_parse(const char *text, gsize len);
/* The last start of the command by the user; NULL when there is none. */
const struct cron_start *cron_journal_find(GHashTable *starts, const char *user, const char *command);

#endif
