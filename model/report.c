/* The report's four sections. All that comes from outside goes through model/markdown; what stands at the start of a line is our own. */
#include "model/report_private.h"

#include <string.h>

#include "model/markdown.h"
#include "model/utc_text.h"

#define CELL_MAX 160        /* characters of a remark in the summary */

/* --- words --- */

/* Does it stand as it will? The report is the last thing but its own step. */
static gboolean
is_final(const struct check_run *r)
{
	int next = run_next(r);

	return run_is_over(r) || r->state == RUN_STOPPED || r->state == RUN_INTERRUPTED || (next >= 0 && run_step_is_report(r->steps->pdata[next]));
}

static gboolean
has(const struct run_step *s, enum verdict v)
{
	for (guint i = 0; i < s->step->checks->len; i++)
		if (s->results[i].verdict == v)
			return TRUE;
	return FALSE;
}

enum verdict
report_outcome(const struct check_run *r, const struct run_step *s)
{
	enum verdict v = run_step_outcome(r, s);

	if (run_step_is_report(s))
		return VERDICT_PASS;
	if (v == VERDICT_FAIL || v == VERDICT_UNKNOWN || s->excused)
		return v;
	if (s->verdict == VERDICT_ASKED && is_final(r))
		return !has(s, VERDICT_PASS) && !has(s, VERDICT_ATTENTION) ? VERDICT_ASKED : has(s, VERDICT_ATTENTION) || s->gaps > 0 ? VERDICT_ATTENTION : VERDICT_PASS;
	return v == VERDICT_RUNNING && is_final(r) ? VERDICT_UNKNOWN : v;
}

const char *
report_word(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS: return "PASS";
	case VERDICT_ATTENTION: return "ATTENTION";
	case VERDICT_FAIL: return "FAIL";
	case VERDICT_UNKNOWN: return "NOT OBSERVED";
	case VERDICT_ASKED: return "NOT ANSWERED";
	case VERDICT_SKIPPED: return "NOT TESTED";
	default: return "IN PROGRESS";
	}
}

static enum verdict
worse(enum verdict a, enum verdict b)
{
	static const enum verdict order[] = {
		VERDICT_FAIL, VERDICT_UNKNOWN, VERDICT_RUNNING, VERDICT_ATTENTION, VERDICT_PASS, VERDICT_ASKED, VERDICT_SKIPPED,
	};

	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return VERDICT_NONE;
}

static enum verdict
outcome_of_all(const struct check_run *r)
{
	enum verdict worst = r->unwatched_us > 0 ? VERDICT_ATTENTION : VERDICT_PASS;

	for (guint i = 0; i < r->steps->len; i++)
		worst = worse(worst, report_outcome(r, r->steps->pdata[i]));
	if (worst != VERDICT_ATTENTION && worst != VERDICT_PASS)
		return worst;
	return !is_final(r) ? VERDICT_RUNNING : run_saw_something(r) ? worst : VERDICT_UNKNOWN;
}

/* So long it was watched; 0: there was no window. */
static gint64
watched_s(const struct check_run *r, gint64 now_us)
{
	gint64 end_us = r->ended_us != 0 ? r->ended_us : now_us;

	return r->window_end_us == 0 ? 0 : MAX(MIN(end_us, r->window_end_us) - r->begun_us, 0) / G_USEC_PER_SEC;
}

static char *
duration_name(gint64 seconds)
{
	if (seconds <= 0)
		return g_strdup("smoke");
	if (seconds < 60)
		return g_strdup_printf("%" G_GINT64_FORMAT "s", seconds);
	if (seconds % 3600 == 0)
		return g_strdup_printf("%" G_GINT64_FORMAT "h", seconds / 3600);
	return g_strdup_printf("%" G_GINT64_FORMAT "m", seconds / 60);
}

char *
report_span(gint64 us)
{
	gint64 seconds = us / G_USEC_PER_SEC;

	if (seconds < 10)
		return g_strdup_printf("%.1f s", (double)us / G_USEC_PER_SEC);
	return seconds < 120 ? g_strdup_printf("%" G_GINT64_FORMAT " s", seconds)
	                     : g_strdup_printf("%" G_GINT64_FORMAT " min %" G_GINT64_FORMAT " s", seconds / 60, seconds % 60);
}

char *
report_name(const struct check_run *r, gint64 now_us)
{
	g_autofree char *time = utc_format(r->begun_us, "%Y-%m-%d-%H-%M", "0000-00-00"), *duration = duration_name(watched_s(r, now_us));

	return g_strdup_printf("%s-%s.md", time, duration);
}

/* --- subsystems --- */

static void
subsystem_clear(gpointer data)
{
	g_ptr_array_unref(((struct report_subsystem *)data)->steps);
}

static struct report_subsystem *
subsystem_of(GArray *all, const char *name)
{
	struct report_subsystem s = { .name = name ? name : "other" };

	for (guint i = 0; i < all->len; i++)
		if (strcmp(g_array_index(all, struct report_subsystem, i).name, s.name) == 0)
			return &g_array_index(all, struct report_subsystem, i);
	s.steps = g_ptr_array_new();
	g_array_append_val(all, s);
	return &g_array_index(all, struct report_subsystem, all->len - 1);
}

static GArray *
subsystems(const struct check_run *r)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct report_subsystem));

	g_array_set_clear_func(all, subsystem_clear);
	for (guint i = 0; i < r->steps->len; i++) {
		struct run_step *s = r->steps->pdata[i];
		if (!run_step_is_report(s)) /* it is nothing that was tested */
			g_ptr_array_add(subsystem_of(all, s->step->subsystem)->steps, s);
	}
	return all;
}

static enum verdict
outcome_of(const struct check_run *r, const struct report_subsystem *s)
{
	enum verdict worst = VERDICT_SKIPPED;

	for (guint i = 0; i < s->steps->len; i++)
		worst = worse(worst, report_outcome(r, s->steps->pdata[i]));
	return worst;
}

/* --- title and 1: what was tested --- */

static void
code_item(GString *out, const char *name, const char *value)
{
	g_string_append_printf(out, "- %s: ", name);
	markdown_code(out, value);
	g_string_append_c(out, '\n');
}

/* What an interrupted run is worth is not decided, unless it has failed. */
static void
verdict(GString *out, const struct check_run *r)
{
	enum verdict v = outcome_of_all(r);

	if (r->state == RUN_INTERRUPTED)
		g_string_append_printf(out, "**%s**: the run is not over, it can be resumed\n\n", v == VERDICT_FAIL ? report_word(v) : "INTERRUPTED");
	else
		g_string_append_printf(out, "**%s**%s\n\n", report_word(v), is_final(r) ? "" : ": the run is not over");
}

static void
title(GString *out, const struct check_run *r, gint64 now_us)
{
	g_autofree char *begun = utc_format(r->begun_us, "%Y-%m-%d %H:%M", "0000-00-00"), *duration = duration_name(watched_s(r, now_us));

	g_string_append_printf(out, "# Reliability report %s UTC, %s: ", begun, duration);
	markdown_text(out, r->checklist->title ? r->checklist->title : r->checklist->name);
	g_string_append(out, "\n\n");
	verdict(out, r);
}

static void
window_item(GString *out, const struct check_run *r, gint64 now_us)
{
	gint64 planned_s = (r->window_end_us - r->begun_us) / G_USEC_PER_SEC;
	g_autofree char *planned = duration_name(planned_s), *watched = duration_name(watched_s(r, now_us)), *lost = report_span(r->unwatched_us);

	if (r->window_end_us == 0) {
		g_string_append(out, "- Window: none, each step was looked at once\n");
		return;
	}
	g_string_append_printf(out, "- Window: %s", planned);
	if (watched_s(r, now_us) < planned_s)
		g_string_append_printf(out, ", of which %s", watched_s(r, now_us) > 0 ? watched : "nothing");
	g_string_append(out, r->unwatched_us > 0 ? " was watched, but for " : " was watched");
	g_string_append_printf(out, "%s\n", r->unwatched_us > 0 ? lost : "");
}

static void
facts(GString *out, const struct check_run *r, gint64 now_us)
{
	g_autofree char *begun = utc_format(r->begun_us, "%Y-%m-%d %H:%M:%SZ", "0000-00-00");

	code_item(out, "Checklist", r->checklist->name);
	code_item(out, "By", r->actor);
	g_string_append_printf(out, "- Begun: %s\n", begun);
	window_item(out, r, now_us);
	if (r->version)
		code_item(out, "Expected version", r->version);
	else if (r->checklist->deploy)
		g_string_append(out, "- Expected version: none was given\n");
	if (r->checklist->touches->len > 0) {
		g_string_append(out, "- Touches: ");
		for (guint i = 0; i < r->touched->len; i++) {
			g_string_append(out, i ? ", " : "");
			markdown_text(out, r->touched->pdata[i]);
		}
		g_string_append(out, r->touched->len == 0 ? "nothing that was named\n" : "\n");
	}
	g_string_append_c(out, '\n');
}

static void
what_was_tested(GString *out, const struct check_run *r, const GArray *all, gint64 now_us)
{
	g_string_append(out, "## 1. What was tested\n\n");
	facts(out, r, now_us);
	g_string_append(out, "Tested:\n\n");
	for (guint i = 0; i < all->len; i++) {
		const struct report_subsystem *s = &g_array_index(all, struct report_subsystem, i);
		g_string_append(out, "- **Subsystem** ");
		markdown_text(out, s->name);
		g_string_append(out, ": ");
		for (guint j = 0; j < s->steps->len; j++) {
			const struct run_step *step = s->steps->pdata[j];
			g_string_append(out, j ? ", " : "");
			markdown_text(out, step->step->title);
			if (step->verdict == VERDICT_SKIPPED)
				g_string_append(out, " (left out)");
		}
		g_string_append_c(out, '\n');
	}
	g_string_append_c(out, '\n');
}

/* --- 2: result summary --- */

/* What made it so: the first step of that outcome, with what it says. */
static char *
remark(const struct check_run *r, const struct report_subsystem *s, enum verdict v)
{
	for (guint i = 0; i < s->steps->len; i++) {
		const struct run_step *step = s->steps->pdata[i];
		g_autofree char *summary = run_step_summary(step);
		if (report_outcome(r, step) != v)
			continue;
		if (step->excused)
			return g_strdup_printf("%s: overridden: %s", step->step->title, step->overridden);
		if (v == VERDICT_FAIL && step->verdict != VERDICT_FAIL)
			return g_strdup_printf("%s: failed %u time%s, passes again", step->step->title, step->failures, step->failures == 1 ? "" : "s");
		return g_strdup_printf("%s: %s", step->step->title, *summary ? summary : step->verdict == VERDICT_NONE ? "it was not looked at" : "");
	}
	return g_strdup("");
}

/* What only a person could tell and nobody did changes no verdict: it is said beside it. */
static void
append_unanswered(GString *out, const struct report_subsystem *s)
{
	for (guint i = 0; i < s->steps->len; i++) {
		const struct run_step *step = s->steps->pdata[i];
		if (has(step, VERDICT_ASKED))
			g_string_append_printf(out, "%s%s: not answered", out->len ? "; " : "", step->step->title);
	}
}

static void
result_summary(GString *out, const struct check_run *r, const GArray *all)
{
	g_string_append(out, "## 2. Result summary\n\n| Subsystem | Result | Remarks |\n|---|---|---|\n");
	for (guint i = 0; i < all->len; i++) {
		const struct report_subsystem *s = &g_array_index(all, struct report_subsystem, i);
		enum verdict v = outcome_of(r, s);
		g_autofree char *why = v == VERDICT_PASS ? NULL : remark(r, s, v);
		g_autoptr(GString) remarks = g_string_new(why);
		g_string_append(out, "| ");
		markdown_cell(out, s->name, CELL_MAX);
		if (v != VERDICT_ASKED) /* that says so already */
			append_unanswered(remarks, s);
		g_string_append_printf(out, " | %s | ", report_word(v));
		markdown_cell(out, remarks->str, CELL_MAX);
		g_string_append(out, " |\n");
	}
	g_string_append_c(out, '\n');
}

/* --- 4: outstanding issues --- */

static void
open_item(GString *out, const char *what, const struct run_step *s, const char *text)
{
	g_string_append_printf(out, "- %s: ", what);
	markdown_text(out, s->step->title);
	if (text && *text) {
		g_string_append(out, ": ");
		markdown_code(out, text);
	}
	g_string_append_c(out, '\n');
}

static void
open_items(GString *out, const struct check_run *r, const struct run_step *s)
{
	enum verdict v = report_outcome(r, s);
	g_autofree char *summary = run_step_summary(s);

	if (run_step_is_report(s))
		return;
	if (s->excused)
		open_item(out, "OVERRIDDEN", s, summary);
	else if (v == VERDICT_FAIL)
		open_item(out, s->verdict == VERDICT_FAIL ? "FAIL" : "FAIL (it passes again)", s, summary);
	else if (v == VERDICT_UNKNOWN)
		open_item(out, s->verdict == VERDICT_NONE ? "NOT LOOKED AT" : "NOT OBSERVED", s, summary);
	else if (s->verdict == VERDICT_ATTENTION)
		open_item(out, "ATTENTION", s, summary);
	for (guint i = 0; i < s->step->checks->len; i++)
		if (s->results[i].verdict == VERDICT_ASKED)
			open_item(out, "NOT ANSWERED", s, s->results[i].summary);
}

static void
outstanding(GString *out, const struct check_run *r)
{
	gsize before;

	g_string_append(out, "## 4. Outstanding issues\n\n");
	before = out->len;
	for (guint i = 0; i < r->links->len; i++) {
		g_string_append(out, "- Link: ");
		markdown_link(out, r->links->pdata[i]);
		g_string_append_c(out, '\n');
	}
	for (guint i = 0; i < r->steps->len; i++)
		open_items(out, r, r->steps->pdata[i]);
	if (out->len == before)
		g_string_append(out, "None.\n");
}

char *
report_text(const struct check_run *r, gint64 now_us)
{
	GString *out = g_string_new(NULL);
	g_autoptr(GArray) all = subsystems(r);

	title(out, r, now_us);
	what_was_tested(out, r, all, now_us);
	result_summary(out, r, all);
	report_details(out, r, all, now_us);
	outstanding(out, r);
	return g_string_free(out, FALSE);
}
