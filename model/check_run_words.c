/* Names of verdicts and states, a step in one line, and what is told of a run. */
#include "model/check_run_private.h"

#include <string.h>

#define ESCALATED_LINES 3 /* of a check */

static const char *const verdicts[] = {
	[VERDICT_NONE] = "none", [VERDICT_RUNNING] = "running", [VERDICT_PASS] = "pass", [VERDICT_ATTENTION] = "attention", [VERDICT_FAIL] = "fail",
	[VERDICT_UNKNOWN] = "unknown", [VERDICT_ASKED] = "asked", [VERDICT_SKIPPED] = "skipped",
};
static const char *const states[] = {
	[RUN_WALKING] = "walking", [RUN_STOPPED] = "stopped", [RUN_WATCHING] = "watching", [RUN_DONE] = "done", [RUN_ABANDONED] = "abandoned",
	[RUN_INTERRUPTED] = "interrupted",
};

const char *
verdict_name(enum verdict v)
{
	return verdicts[v];
}

const char *
run_state_name(enum run_state s)
{
	return states[s];
}

const char *
run_verdict_word(enum run_state s, enum verdict v)
{
	return s == RUN_INTERRUPTED && v == VERDICT_RUNNING ? run_state_name(s) : verdict_name(v);
}

gboolean
verdict_parse(const char *name, enum verdict *out)
{
	for (guint i = 0; name && i < G_N_ELEMENTS(verdicts); i++)
		if (strcmp(verdicts[i], name) == 0) {
			*out = (enum verdict)i;
			return TRUE;
		}
	return FALSE;
}

gboolean
run_state_parse(const char *name, enum run_state *out)
{
	for (guint i = 0; name && i < G_N_ELEMENTS(states); i++)
		if (strcmp(states[i], name) == 0) {
			*out = (enum run_state)i;
			return TRUE;
		}
	return FALSE;
}

void
check_result_clear(struct check_result *r)
{
	g_free(r->summary);
	g_free(r->command);
	g_free(r->by);
	g_clear_pointer(&r->lines, g_ptr_array_unref);
	*r = (struct check_result){ 0 };
}

void
run_head_free(struct run_head *h)
{
	if (!h)
		return;
	g_free(h->checklist);
	g_free(h->title);
	g_free(h->actor);
	g_free(h->version);
	g_free(h->report);
	g_free(h);
}

char *
run_step_summary(const struct run_step *s)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < s->step->checks->len; i++) {
		const char *label = run_check_at(s, i)->label, *summary = s->results[i].summary;
		if (!summary || !*summary)
			continue;
		g_string_append(out, out->len ? " · " : "");
		if (label)
			g_string_append_printf(out, "%s: ", label);
		g_string_append(out, summary);
	}
	return g_string_free(out, FALSE);
}

/* What failed or could not be observed, unless it was overridden. */
static void
append_trouble(GString *out, const struct check_run *r, guint step)
{
	const struct run_step *s = run_step_at(r, step);
	g_autofree char *summary = NULL;

	if ((s->verdict != VERDICT_FAIL && s->verdict != VERDICT_UNKNOWN) || s->excused)
		return;
	summary = run_step_summary(s);
	g_string_append_printf(out, "\n%u %s: %s%s", step + 1, s->step->title, s->verdict == VERDICT_UNKNOWN ? "not observed: " : "", summary);
	for (guint i = 0; i < s->step->checks->len; i++) {
		const GPtrArray *lines = s->results[i].verdict == VERDICT_FAIL ? s->results[i].lines : NULL;
		for (guint j = 0; lines && j < MIN(lines->len, ESCALATED_LINES); j++)
			g_string_append_printf(out, "\n  %s", (const char *)lines->pdata[j]);
	}
}

char *
run_escalation(const struct check_run *r, const char *env)
{
	GString *out = g_string_new(NULL);

	g_string_printf(out, "%s%s%s of %s, %s: do not proceed.", r->checklist->title, r->version ? " of " : "", r->version ? r->version : "", env,
	                run_state_name(r->state));
	for (guint i = 0; i < r->steps->len; i++)
		append_trouble(out, r, i);
	return g_string_free(out, FALSE);
}
