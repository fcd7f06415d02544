/* The window in which steps stay live, and the ends of a run. */
#include "model/check_run_private.h"

#include "model/sanitize.h"

#define HELD_UP_US (60 * (gint64)G_USEC_PER_SEC) /* longer between two ticks is time that nobody watched */

gboolean
run_window_is_open(const struct check_run *r, gint64 now_us)
{
	return r->window_end_us != 0 && now_us < r->window_end_us;
}

/* --- what is due --- */

/* When the check is due again; 0: never. A clock that was set back must not keep it waiting. */
static gint64
due_us(const struct run_step *s, guint check, gint64 now_us)
{
	const struct check *c = run_check_at(s, check);
	const struct check_result *result = &s->results[check];

	if (c->every_s == 0 || c->kind == CHECK_MANUAL || c->kind == CHECK_REPORT || result->looking)
		return 0;
	if (result->verdict == VERDICT_NONE || result->verdict == VERDICT_RUNNING || result->verdict == VERDICT_SKIPPED)
		return 0;
	return result->begun_us > now_us ? now_us : result->begun_us + (gint64)c->every_s * G_USEC_PER_SEC;
}

gboolean
run_due(const struct check_run *r, gint64 now_us, guint *step, guint *check)
{
	gint64 oldest = G_MAXINT64;

	if (run_is_over(r) || r->state == RUN_INTERRUPTED || !run_window_is_open(r, now_us))
		return FALSE;
	for (guint i = 0; i < r->steps->len; i++) {
		const struct run_step *s = run_step_at(r, i);
		for (guint j = 0; j < s->step->checks->len; j++) {
			gint64 due = due_us(s, j, now_us);
			if (due == 0 || due > now_us || due >= oldest || run_missing(r, run_check_at(s, j)))
				continue;
			oldest = due;
			*step = i;
			*check = j;
		}
	}
	return oldest != G_MAXINT64;
}

/* --- what nobody watched --- */

/* Counts what of it lies in the window; "nobody watched for 1m00s", newly allocated. */
static char *
leave_unwatched(struct check_run *r, gint64 since_us, gint64 now_us)
{
	gint64 until_us = MIN(now_us, r->window_end_us), seconds = (now_us - since_us) / G_USEC_PER_SEC;

	r->unwatched_us += MAX(until_us - since_us, 0);
	return g_strdup_printf("nobody watched for %" G_GINT64_FORMAT "m%02" G_GINT64_FORMAT "s", seconds / 60, seconds % 60);
}

/* TRUE: there was a gap. */
static gboolean
notice_gap(struct check_run *r, gint64 now_us)
{
	g_autofree char *words = NULL, *text = NULL;
	gint64 since_us = r->ticked_us;

	r->ticked_us = now_us;
	if (since_us == 0 || now_us - since_us <= HELD_UP_US || !run_window_is_open(r, since_us))
		return FALSE;
	words = leave_unwatched(r, since_us, now_us);
	text = g_strconcat(words, ": midwatch was held up, the machine slept, or its clock was set", NULL);
	run_log(r, -1, VERDICT_NONE, VERDICT_NONE, text, now_us);
	return TRUE;
}

gboolean
run_tick(struct check_run *r, gint64 now_us)
{
	enum run_state before = r->state;
	gboolean gap;

	if (r->window_end_us == 0 || run_is_over(r) || r->state == RUN_INTERRUPTED)
		return FALSE;
	gap = notice_gap(r, now_us);
	if (!run_window_is_open(r, now_us))
		run_settle(r, now_us);
	return gap || r->state != before;
}

gboolean
run_clock_set(struct check_run *r, gint64 by_us, gint64 now_us)
{
	gint64 seconds = ABS(by_us) / G_USEC_PER_SEC;
	g_autofree char *text = NULL;

	if (r->window_end_us == 0 || run_is_over(r) || r->state == RUN_INTERRUPTED)
		return FALSE;
	r->window_end_us += by_us;
	r->ticked_us += r->ticked_us != 0 ? by_us : 0;
	for (guint i = 0; i < r->steps->len; i++)
		if (run_step_at(r, i)->failing_since_us != 0)
			run_step_at(r, i)->failing_since_us += by_us;
	text = g_strdup_printf("the clock of this machine was set %s by %" G_GINT64_FORMAT "m%02" G_GINT64_FORMAT "s: the end of the window moves with it",
	                       by_us < 0 ? "back" : "forward", seconds / 60, seconds % 60);
	run_log(r, -1, VERDICT_NONE, VERDICT_NONE, text, now_us);
	return TRUE;
}

/* --- ends --- */

static void
close_failing(struct run_step *s, gint64 now_us)
{
	if (s->failing_since_us == 0)
		return;
	s->failed_us += MAX(now_us - s->failing_since_us, 0);
	s->failing_since_us = 0;
}

/* A look that will have no end any more was none. */
static void
forget_looks(struct run_step *s)
{
	for (guint i = 0; i < s->step->checks->len; i++) {
		s->results[i].looking = FALSE;
		if (s->results[i].verdict == VERDICT_RUNNING)
			s->results[i].verdict = VERDICT_NONE;
	}
	s->verdict = run_step_judge(s);
}

static void
judge_report(struct check_run *r, guint step, gint64 now_us)
{
	struct run_step *s = run_step_at(r, step);
	enum verdict verdict = run_needs_report(r) ? VERDICT_FAIL : VERDICT_SKIPPED;
	const char *why = verdict == VERDICT_FAIL ? "no report was written, and this deploy needs one" : "no report was written; this deploy needs none";
	gboolean changed = FALSE;

	for (guint i = 0; i < s->step->checks->len; i++) {
		if (run_check_at(s, i)->kind != CHECK_REPORT || s->results[i].verdict != VERDICT_NONE)
			continue;
		s->results[i].verdict = verdict;
		s->results[i].begun_us = now_us;
		g_free(s->results[i].summary);
		s->results[i].summary = g_strdup(why);
		changed = TRUE;
	}
	if (!changed)
		return;
	s->failures += verdict == VERDICT_FAIL && s->verdict != VERDICT_FAIL;
	run_log(r, (int)step, s->verdict, run_step_judge(s), why, now_us);
	s->verdict = run_step_judge(s);
}

void
run_end(struct check_run *r, enum run_state state, const char *text, gint64 now_us)
{
	g_autofree char *words = NULL;

	for (guint i = 0; i < r->steps->len; i++) {
		forget_looks(run_step_at(r, i));
		close_failing(run_step_at(r, i), now_us);
		if (state == RUN_DONE)
			judge_report(r, i, now_us);
	}
	r->state = state;
	r->ended_us = now_us;
	words = g_strdup_printf("%s: %s", text, verdict_name(run_verdict(r)));
	run_log(r, -1, VERDICT_NONE, run_verdict(r), words, now_us);
}

void
run_reported(struct check_run *r, const char *path, gint64 now_us)
{
	g_free(r->report);
	r->report = sanitize_text(path, -1);
	for (guint i = 0; i < r->steps->len; i++)
		for (guint j = 0; j < run_step_at(r, i)->step->checks->len; j++) {
			struct check_result result = { .verdict = VERDICT_PASS, .begun_us = now_us };
			if (run_check_at(run_step_at(r, i), j)->kind != CHECK_REPORT)
				continue;
			result.summary = g_strdup(r->report);
			run_saw(r, i, j, &result, now_us);
		}
}

void
run_finish(struct check_run *r, gint64 now_us)
{
	const struct run_step *gate = run_blocking_gate(r);
	g_autofree char *text = gate ? g_strdup_printf("ended at %s", gate->step->title) : g_strdup("ended");

	if (!run_is_over(r) && r->state != RUN_INTERRUPTED)
		run_end(r, RUN_DONE, text, now_us);
}

void
run_abandon(struct check_run *r, const char *by, gint64 now_us)
{
	g_autofree char *text = g_strdup_printf("abandoned by %s", by ? by : "somebody");

	if (!run_is_over(r))
		run_end(r, RUN_ABANDONED, text, now_us);
}

/* --- interrupted --- */

void
run_interrupt(struct check_run *r, gint64 now_us)
{
	if (run_is_over(r) || r->state == RUN_INTERRUPTED)
		return;
	for (guint i = 0; i < r->steps->len; i++) {
		forget_looks(run_step_at(r, i));
		close_failing(run_step_at(r, i), now_us);
	}
	r->state = RUN_INTERRUPTED;
	r->ticked_us = 0;
	run_log(r, -1, VERDICT_NONE, VERDICT_NONE, "interrupted", now_us);
}

/* The last time at which somebody watched, as far as the run tells. */
static gint64
last_sign(const struct check_run *r, gint64 now_us)
{
	gint64 last = r->begun_us;

	for (guint i = 0; i < r->events->len; i++)
		last = MAX(last, ((const struct run_event *)r->events->pdata[i])->utc_us);
	for (guint i = 0; i < r->steps->len; i++)
		for (guint j = 0; j < run_step_at(r, i)->step->checks->len; j++)
			last = MAX(last, run_step_at(r, i)->results[j].begun_us);
	return MIN(last, now_us);
}

static void
tell_resumed(struct check_run *r, const char *by, gint64 since_us, gint64 now_us)
{
	g_autofree char *words = leave_unwatched(r, since_us, now_us), *text = g_strdup_printf("resumed by %s; %s", by ? by : "somebody", words);

	run_log(r, -1, VERDICT_NONE, VERDICT_NONE, text, now_us);
}

void
run_resume(struct check_run *r, const char *by, gint64 now_us)
{
	gint64 since_us = last_sign(r, now_us);

	if (r->state != RUN_INTERRUPTED)
		return;
	for (guint i = 0; i < r->steps->len; i++) {
		struct run_step *s = run_step_at(r, i);
		forget_looks(s);
		close_failing(s, since_us); /* after a kill nobody has */
		if (s->verdict == VERDICT_FAIL)
			s->failing_since_us = now_us;
	}
	tell_resumed(r, by, since_us, now_us);
	r->state = RUN_WALKING;
	run_settle(r, now_us);
}
