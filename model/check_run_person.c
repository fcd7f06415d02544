/* What a person says: answers, and the overriding of a gate. */
#include "model/check_run_private.h"

#include "model/sanitize.h"

gboolean
run_can_answer(const struct check_run *r, guint step, guint check, const char **why)
{
	const struct check_result *result = run_is_at_work(r, step, check) ? &run_step_at(r, step)->results[check] : NULL;
	const char *problem = NULL;

	if (!result)
		problem = r->state == RUN_INTERRUPTED ? "the run was interrupted: resume it first" : "the run is over";
	else if (result->verdict == VERDICT_NONE || result->verdict == VERDICT_RUNNING)
		problem = "the step has to be looked at first";
	else if (result->verdict == VERDICT_SKIPPED && !result->by)
		problem = "the step is left out";
	else if (run_check_at(run_step_at(r, step), check)->kind != CHECK_MANUAL && result->verdict != VERDICT_UNKNOWN && !result->by)
		problem = "midwatch has seen for itself";
	if (why)
		*why = problem;
	return problem == NULL;
}

/* Does the step fail by a person's word alone? */
static gboolean
fails_by_answer(const struct run_step *s)
{
	for (guint i = 0; i < s->step->checks->len; i++)
		if (s->results[i].verdict == VERDICT_FAIL && !s->results[i].by)
			return FALSE;
	return s->verdict == VERDICT_FAIL;
}

static void
take_back(struct run_step *s, gint64 failed_before_us)
{
	if (s->verdict == VERDICT_FAIL || s->failures == 0)
		return;
	s->failures--;
	s->forgiven = MIN(s->forgiven, s->failures);
	s->failed_us = failed_before_us;
}

void
run_answer(struct check_run *r, guint step, guint check, enum verdict verdict, const char *note, const char *by, gint64 now_us)
{
	struct check_result result = { .verdict = verdict, .begun_us = now_us };
	g_autofree char *reason = NULL, *why = NULL;
	gint64 failed_us;
	gboolean mistake;
	struct run_step *s;

	if (!run_can_answer(r, step, check, NULL))
		return;
	s = run_step_at(r, step);
	mistake = fails_by_answer(s);
	failed_us = s->failed_us;
	result.by = sanitize_text(by ? by : "somebody", -1);
	result.summary = note && *note ? sanitize_text(note, -1) : g_strdup(verdict_name(verdict));
	run_replace(&s->results[check], &result);
	reason = run_reason(s, check);
	why = g_strdup_printf("%s (%s says: %s)", reason, s->results[check].by, verdict_name(verdict));
	if (s->verdict == run_step_judge(s))
		run_note(r, (int)step, why, now_us);
	run_settle_step(r, step, why, now_us);
	if (mistake)
		take_back(s, failed_us);
}

gboolean
run_override(struct check_run *r, guint step, const char *reason, const char *by, gint64 now_us)
{
	struct run_step *s = run_is_at_work(r, step, 0) ? run_step_at(r, step) : NULL;
	g_autofree char *text = NULL;

	if (!s || !s->step->gate || s->excused || (s->verdict != VERDICT_FAIL && s->verdict != VERDICT_UNKNOWN) || !reason || !*reason)
		return FALSE;
	g_free(s->overridden);
	g_free(s->overridden_by);
	s->overridden = sanitize_text(reason, -1);
	s->overridden_by = sanitize_text(by ? by : "somebody", -1);
	s->excused = TRUE;
	s->forgiven = s->failures;
	text = g_strdup_printf("overridden by %s: %s", s->overridden_by, s->overridden);
	run_note(r, (int)step, text, now_us);
	run_settle(r, now_us);
	return TRUE;
}
