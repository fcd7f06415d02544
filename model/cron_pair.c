#include "model/cron_pair.h"

#include <math.h>
#include <string.h>

#include "model/cron_command.h"
#include "model/cron_journal.h"
#include "model/cron_schedule.h"

#define SLACK_US (2 * 60 * G_USEC_PER_SEC) /* a log's time may be a little before the start that caused it: clocks are set */

#define BY_TIME_JOBS_MAX 20 /* so many cleanup jobs are compared with runs by time: one takes up to 10 ms */

/* What all jobs are paired with. */
struct pairing {
	const struct cron_evidence *evidence;
	GTimeZone *zone;
	gint64 now_us;
	GPtrArray *unclaimed;   /* runs, no dry ones, whose mode is no job's, oldest first; borrowed */
	guint by_time;          /* jobs that were compared with them */
};

static gboolean
is_mode_of_a_job(const GPtrArray *jobs, const char *mode)
{
	for (guint i = 0; i < jobs->len; i++) {
		const struct cron_job *j = jobs->pdata[i];
		if (j->mode && strcmp(j->mode, mode) == 0)
			return TRUE;
	}
	return FALSE;
}

/* A run began at the job's time, so that it is the job's when no mode says otherwise. */
static gboolean
is_on_time(const struct cron_schedule *s, GTimeZone *zone, gint64 at_us)
{
	gint64 scheduled = cron_schedule_previous(s, zone, at_us + SLACK_US);

	return scheduled && at_us - scheduled <= CRON_GRACE_US;
}

static GPtrArray *
unclaimed_runs(const GPtrArray *jobs, const GPtrArray *runs)
{
	GPtrArray *out = g_ptr_array_new();

	for (guint i = 0; runs && i < runs->len; i++) {
		struct cleanup_run *run = runs->pdata[i];
		if (!cleanup_run_is_dry(run) && !is_mode_of_a_job(jobs, run->mode))
			g_ptr_array_add(out, run);
	}
	return out;
}

static const struct cleanup_run *
last_of_mode(const GPtrArray *runs, const char *mode)
{
	for (guint i = runs->len; mode && i-- > 0;) {
		const struct cleanup_run *run = runs->pdata[i];
		if (strcmp(run->mode, mode) == 0)
			return run;
	}
	return NULL;
}

static const struct cleanup_run *
last_cleanup_of(struct pairing *p, const struct cron_job *j, const struct cron_schedule *s)
{
	const struct cleanup_run *named = last_of_mode(p->evidence->runs, j->mode);

	if (p->unclaimed->len == 0 || p->by_time++ >= BY_TIME_JOBS_MAX)
		return named;
	for (guint i = p->unclaimed->len; i-- > 0;) {
		const struct cleanup_run *run = p->unclaimed->pdata[i];
		if (named && run->at_us < named->at_us)
			break;
		if (is_on_time(s, p->zone, run->at_us))
			return run;
	}
	return named;
}

static void
take_cleanup(struct cron_job *j, const struct cleanup_run *run)
{
	j->last_us = run->at_us;
	j->last_from = "cleanup log";
	j->result = run->result;
	j->freed_mb = run->freed_mb;
}

static void
take_start(struct cron_job *j, const struct cron_start *start)
{
	j->last_us = start->at_us;
	j->last_from = "journal";
	if (!start->failed)
		return;
	j->result = CRON_RESULT_FAILED;
	j->exit_status = start->status;
	j->result_text = start->status >= 0 ? g_strdup_printf("exit %d", start->status) : g_strdup("ended by a signal");
}

static gint64
missed_at(const struct pairing *p, const struct cron_job *j, gint64 scheduled, gboolean in_cleanup_log)
{
	const struct cron_evidence *e = p->evidence;
	gboolean would_be_seen = in_cleanup_log || (e->starts && e->starts_from_us <= scheduled);

	if (!scheduled || p->now_us - scheduled < CRON_GRACE_US || !would_be_seen || j->last_us >= scheduled - SLACK_US)
		return 0;
	if (j->changed_us ? j->changed_us >= scheduled : !j->last_us)
		return 0;
	return scheduled;
}

static void
pair_job(struct pairing *p, struct cron_job *j)
{
	const struct cron_evidence *e = p->evidence;
	const struct cleanup_run *run = NULL;
	const struct cron_start *start = NULL;
	struct cron_schedule schedule;
	const char *problem;

	if (j->problem || !cron_schedule_parse(j->schedule, &schedule, NULL, &problem))
		return;
	j->next_us = cron_schedule_next(&schedule, p->zone, p->now_us, &j->next_moved);
	if (e->runs && j->managed && cron_command_is_cleanup(j->command))
		run = last_cleanup_of(p, j, &schedule);
	if (e->starts && j->user && j->logged)
		start = cron_journal_find(e->starts, j->user, j->logged);
	if (run && (!start || run->at_us >= start->at_us - SLACK_US))
		take_cleanup(j, run);
	else if (start)
		take_start(j, start);
	j->missed_us = missed_at(p, j, cron_schedule_previous(&schedule, p->zone, p->now_us), run != NULL);
}

void
cron_pair(GPtrArray *jobs, const struct cron_evidence *evidence, GTimeZone *zone, gint64 now_us)
{
	g_autoptr(GPtrArray) unclaimed = unclaimed_runs(jobs, evidence->runs);
	struct pairing p = { .evidence = evidence, .zone = zone, .now_us = now_us, .unclaimed = unclaimed };

	for (guint i = 0; i < jobs->len; i++) {
		struct cron_job *j = jobs->pdata[i];
		if (j->origin != CRON_TIMER)
			pair_job(&p, j);
	}
}
