/* Jobs and their runs: the next, the last with its result, and those that should have been and were not.
 *
 * A crontab's job has run when the cleanup log has a run of it (its mode, or a run without a known mode within 10 minutes of its time; dry
 * runs do not count) or cron logged its start. The cleanup log tells the result; cron's log only that it began, and failures when cron was
 * told to log them.
 *
 * A job is missed when its last scheduled time is 10 minutes ago or more, nothing says that it ran since then, and something would: the
 * cleanup log has runs of this job, or cron's journal reaches back to before that time. What is not known is not missed: a crontab that was
 * written after that time, or, when the time of its file cannot be read, a job that has never been seen to run. */
#ifndef MW_MODEL_CRON_PAIR_H
#define MW_MODEL_CRON_PAIR_H

#include "model/cron.h"

#define CRON_GRACE_US (10 * 60 * G_USEC_PER_SEC)

struct cron_evidence {
	const GPtrArray *runs;    /* of struct cleanup_run, oldest first; NULL when the log cannot be read */
	GHashTable *starts;       /* as cron_journal_parse() gives them; NULL when cron's journal cannot be read */
	gint64 starts_from_us;    /* UTC: the journal was read from then on */
};

/* Sets next, last, result and missed of all jobs that come from crontabs. `now_us` is UTC by the host's clock. */
void cron_pair(GPtrArray *jobs, const struct cron_evidence *evidence, GTimeZone *zone, gint64 now_us);

#endif
