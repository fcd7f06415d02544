/* Step after step: whose turn it is, what was seen, and the gates. */
#include "model/check_run_private.h"

#include "model/sanitize.h"

/* --- where the walk is --- */

gboolean
run_step_is_report(const struct run_step *s)
{
	for (guint i = 0; i < s->step->checks->len; i++)
		if (run_check_at(s, i)->kind != CHECK_REPORT)
			return FALSE;
	return TRUE;
}

gboolean
run_step_was_looked_at(const struct run_step *s)
{
	for (guint i = 0; i < s->step->checks->len; i++)
		if (s->results[i].verdict == VERDICT_NONE || s->results[i].verdict == VERDICT_RUNNING)
			return FALSE;
	return TRUE;
}

/* The number of the first gate that keeps the walk from going on; -1: none does. */
static int
blocking_gate(const struct check_run *r)
{
	for (guint i = 0; i < r->steps->len; i++) {
		const struct run_step *s = run_step_at(r, i);
		if (s->step->gate && !s->excused && (s->verdict == VERDICT_FAIL || s->verdict == VERDICT_UNKNOWN))
			return (int)i;
	}
	return -1;
}

const struct run_step *
run_blocking_gate(const struct check_run *r)
{
	int gate = blocking_gate(r);

	return gate < 0 ? NULL : run_step_at(r, (guint)gate);
}

int
run_stopped_at(const struct check_run *r)
{
	return r->state == RUN_STOPPED ? blocking_gate(r) : -1;
}

/* The first step that was not looked at; those of the report, or all others; -1: none. */
static int
first_open(const struct check_run *r, gboolean report)
{
	for (guint i = 0; i < r->steps->len; i++)
		if (run_step_is_report(run_step_at(r, i)) == report && !run_step_was_looked_at(run_step_at(r, i)))
			return (int)i;
	return -1;
}

static enum run_state
state_now(const struct check_run *r, gint64 now_us)
{
	gboolean open = run_window_is_open(r, now_us), ended = r->window_end_us != 0 && !open, work = first_open(r, FALSE) >= 0;

	if (work && run_blocking_gate(r)) {
		if (!ended)
			return RUN_STOPPED;
	} else if (work) {
		return RUN_WALKING;
	}
	if (open)
		return RUN_WATCHING;
	if (first_open(r, TRUE) >= 0 || (!ended && run_count(r, VERDICT_ASKED) > 0))
		return RUN_WALKING;
	return RUN_DONE;
}

static void
tell_state(struct check_run *r, gint64 now_us)
{
	const struct run_step *gate = run_blocking_gate(r);
	g_autofree char *text = NULL;

	if (r->state == RUN_STOPPED)
		text = g_strdup_printf("stopped at %s: do not proceed: escalate to %s", gate->step->title, r->checklist->escalate ? r->checklist->escalate : "on-call");
	else if (r->state == RUN_WATCHING)
		text = g_strdup("all steps were looked at, the window is open");
	if (text)
		run_log(r, -1, VERDICT_NONE, VERDICT_NONE, text, now_us);
}

void
run_settle(struct check_run *r, gint64 now_us)
{
	enum run_state state;

	if (run_is_over(r) || r->state == RUN_INTERRUPTED)
		return;
	state = state_now(r, now_us);
	if (state == RUN_DONE) {
		run_end(r, RUN_DONE, "ended", now_us);
	} else if (state != r->state) {
		r->state = state;
		tell_state(r, now_us);
	}
}

int
run_next(const struct check_run *r)
{
	int open = first_open(r, FALSE), report = first_open(r, TRUE);

	if (r->state != RUN_WALKING)
		return -1;
	if (run_blocking_gate(r)) /* the window has ended: only the report is left to do */
		return report;
	if (r->window_end_us == 0 && open >= 0 && report >= 0)
		return MIN(open, report);
	return open >= 0 ? open : report;
}

gboolean
run_can_look(const struct check_run *r, guint step, const char **why)
{
	const struct run_step *s = step < r->steps->len ? run_step_at(r, step) : NULL;
	const char *problem = NULL;

	if (!s)
		problem = "there is no such step";
	else if (run_is_over(r))
		problem = "the run is over";
	else if (r->state == RUN_INTERRUPTED)
		problem = "the run was interrupted: resume it first";
	else if (s->verdict == VERDICT_SKIPPED)
		problem = "the step is left out";
	else if (run_step_was_looked_at(s) || run_next(r) == (int)step)
		problem = NULL;
	else if (run_step_is_report(s) && r->state == RUN_WATCHING)
		problem = "the report is written when the window ends";
	else if (r->state == RUN_STOPPED)
		problem = "a gate did not pass: do not proceed";
	else
		problem = "the steps before it come first";
	if (why)
		*why = problem;
	return problem == NULL;
}

/* --- what is seen --- */

static void
count_failures(struct run_step *s, enum verdict from, enum verdict to, gint64 now_us)
{
	if (to == VERDICT_FAIL) {
		s->failures++;
		s->failing_since_us = now_us;
		s->excused = FALSE; /* that was about something else */
	} else if (from == VERDICT_FAIL) {
		s->failed_us += MAX(now_us - s->failing_since_us, 0);
		s->failing_since_us = 0;
	}
	if (to == VERDICT_UNKNOWN)
		s->gaps += from == VERDICT_PASS || from == VERDICT_ATTENTION || from == VERDICT_FAIL;
	else if (to != VERDICT_FAIL)
		s->excused = FALSE;
}

void
run_settle_step(struct check_run *r, guint step, const char *reason, gint64 now_us)
{
	struct run_step *s = run_step_at(r, step);
	enum verdict from = s->verdict, to = run_step_judge(s);

	s->verdict = to;
	if (from != to) {
		count_failures(s, from, to, now_us);
		if (to != VERDICT_NONE && to != VERDICT_RUNNING)
			run_log(r, (int)step, from, to, reason, now_us);
	}
	run_settle(r, now_us);
}

char *
run_reason(const struct run_step *s, guint check)
{
	const char *label = run_check_at(s, check)->label, *summary = s->results[check].summary;

	if (label && s->step->checks->len > 1)
		return g_strdup_printf("%s: %s", label, summary ? summary : "");
	return g_strdup(summary ? summary : "");
}

gboolean
run_is_at_work(const struct check_run *r, guint step, guint check)
{
	return step < r->steps->len && check < run_step_at(r, step)->step->checks->len && !run_is_over(r) && r->state != RUN_INTERRUPTED;
}

/* What a check begins with, when it is looked at for the first time. */
static void
begin_check(struct check_run *r, struct run_step *s, guint check, gint64 now_us)
{
	const struct check *c = run_check_at(s, check);
	const char *missing = c->kind == CHECK_MANUAL ? NULL : run_missing(r, c);
	struct check_result *result = &s->results[check];

	result->begun_us = now_us;
	if (c->kind == CHECK_MANUAL) {
		g_autofree char *question = c->question ? run_fill(r, c->question, NULL) : NULL;
		result->verdict = VERDICT_ASKED;
		result->summary = sanitize_text(question ? question : c->question ? c->question : "", -1);
	} else if (missing) {
		result->verdict = VERDICT_UNKNOWN;
		result->summary = g_strdup_printf("not configured: {%s}", missing);
	} else {
		result->verdict = VERDICT_RUNNING;
	}
}

/* What such a verdict of the step comes from. */
static guint
check_of_verdict(const struct run_step *s, enum verdict v)
{
	for (guint i = 0; i < s->step->checks->len; i++)
		if (s->results[i].verdict == v)
			return i;
	return 0;
}

void
run_looks(struct check_run *r, guint step, gint64 now_us)
{
	struct run_step *s;
	g_autofree char *reason = NULL;

	if (!run_is_at_work(r, step, 0))
		return;
	s = run_step_at(r, step);
	for (guint i = 0; i < s->step->checks->len; i++) {
		if (s->results[i].verdict == VERDICT_NONE)
			begin_check(r, s, i, now_us);
		else if (run_check_at(s, i)->kind != CHECK_MANUAL && !(s->results[i].verdict == VERDICT_UNKNOWN && run_missing(r, run_check_at(s, i))))
			s->results[i].looking = s->results[i].verdict != VERDICT_RUNNING && s->results[i].verdict != VERDICT_SKIPPED;
	}
	if (s->verdict == VERDICT_NONE)
		s->verdict = VERDICT_RUNNING;
	reason = run_reason(s, check_of_verdict(s, run_step_judge(s)));
	run_settle_step(r, step, reason, now_us);
}

void
run_looks_again(struct check_run *r, guint step, guint check)
{
	if (run_is_at_work(r, step, check))
		run_step_at(r, step)->results[check].looking = TRUE;
}

static void
bound_lines(struct check_result *result)
{
	if (!result->lines || result->lines->len <= CHECK_LINES_KEPT)
		return;
	result->lines_left_out += result->lines->len - CHECK_LINES_KEPT;
	g_ptr_array_remove_range(result->lines, 0, result->lines->len - CHECK_LINES_KEPT);
}

/* An answer that was given stays as long as nothing better is known; and nobody is asked twice. */
static gboolean
is_worth_less(const struct check_result *old, const struct check_result *seen)
{
	return old->by && (seen->verdict == VERDICT_UNKNOWN || seen->verdict == VERDICT_ASKED);
}

void
run_replace(struct check_result *old, struct check_result *seen)
{
	check_result_clear(old);
	*old = *seen;
	old->looking = FALSE;
	*seen = (struct check_result){ 0 };
	bound_lines(old);
}

void
run_saw(struct check_run *r, guint step, guint check, struct check_result *result, gint64 now_us)
{
	g_autofree char *reason = NULL;
	struct run_step *s;

	if (!run_is_at_work(r, step, check)) {
		check_result_clear(result);
		return;
	}
	s = run_step_at(r, step);
	if (is_worth_less(&s->results[check], result)) {
		s->results[check].looking = FALSE;
		s->results[check].begun_us = result->begun_us;
		check_result_clear(result);
		return;
	}
	run_replace(&s->results[check], result);
	reason = run_reason(s, check);
	run_settle_step(r, step, reason, now_us);
}
