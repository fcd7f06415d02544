/* The third section: per subsystem and step the commands, what they printed, and what was odd. */
#include "model/report_private.h"

#include "model/markdown.h"
#include "model/utc_text.h"

#define CLOCK "%H:%M:%SZ"
#define TRANSITIONS_MAX 50 /* of a step; the rest is counted */

static void
check_lines(GString *out, const struct check_result *result)
{
	if (!result->lines || result->lines->len == 0)
		return;
	if (result->lines_left_out > 0)
		g_string_append_printf(out, "%" G_GUINT64_FORMAT " more line%s left out; the last %u:\n\n", result->lines_left_out,
		                       result->lines_left_out == 1 ? " was" : "s were", result->lines->len);
	markdown_fence(out, "text", (const char *const *)result->lines->pdata, result->lines->len);
	g_string_append_c(out, '\n');
}

static void
check_detail(GString *out, const struct check *c, const struct check_result *result, guint number)
{
	g_autofree char *took = report_span(result->took_us), *at = utc_format(result->begun_us, CLOCK, "?");

	g_string_append_printf(out, "Check %u, %s", number, check_kind_name(c->kind));
	if (c->label) {
		g_string_append(out, ", ");
		markdown_code(out, c->label);
	}
	g_string_append_printf(out, ": **%s**", report_word(result->verdict == VERDICT_NONE ? VERDICT_UNKNOWN : result->verdict));
	if (result->summary) {
		g_string_append(out, ", ");
		markdown_code(out, result->summary);
	}
	if (result->by) {
		g_string_append(out, ", answered by ");
		markdown_code(out, result->by);
	}
	if (result->begun_us != 0 && result->verdict != VERDICT_NONE)
		g_string_append_printf(out, " (%s", at);
	if (result->begun_us != 0 && result->verdict != VERDICT_NONE)
		g_string_append_printf(out, result->took_us > 0 ? ", took %s)" : ")", took);
	g_string_append(out, "\n\n");
	if (result->command) {
		const char *command[] = { result->command };
		markdown_fence(out, "sh", command, 1);
		g_string_append_c(out, '\n');
	}
	check_lines(out, result);
}

/* The step's rows of the log but for its first verdict. */
static void
transitions(GString *out, const struct check_run *r, const struct run_step *s)
{
	guint index = 0, told = 0, left_out = 0;

	g_ptr_array_find(r->steps, s, &index);
	for (guint i = 0; i < r->events->len; i++) {
		const struct run_event *e = r->events->pdata[i];
		g_autofree char *at = NULL;
		if (e->step != (int)index || e->from == VERDICT_NONE || e->from == VERDICT_RUNNING || e->from == VERDICT_ASKED || e->from == VERDICT_SKIPPED)
			continue;
		if (told++ >= TRANSITIONS_MAX) {
			left_out++;
			continue;
		}
		at = utc_format(e->utc_us, CLOCK, "?");
		g_string_append_printf(out, "- %s %s", at, e->from == e->to ? "" : verdict_name(e->from));
		g_string_append_printf(out, "%s%s: ", e->from == e->to ? "" : " to ", verdict_name(e->to));
		markdown_code(out, e->text);
		g_string_append_c(out, '\n');
	}
	if (left_out > 0)
		g_string_append_printf(out, "- %u more changes\n", left_out);
}

static void
anomalies(GString *out, const struct check_run *r, const struct run_step *s, gint64 now_us)
{
	g_autoptr(GString) items = g_string_new(NULL);
	g_autofree char *failed = report_span(s->failed_us + (s->failing_since_us != 0 ? MAX(now_us - s->failing_since_us, 0) : 0));

	if (s->failures > 0)
		g_string_append_printf(items, "- Failed %u time%s, for %s in all%s\n", s->failures, s->failures == 1 ? "" : "s", failed,
		                       s->verdict == VERDICT_FAIL ? "; it fails still" : s->verdict == VERDICT_UNKNOWN ? "" : "; it passes again");
	if (s->gaps > 0)
		g_string_append_printf(items, "- Could not be observed %u time%s in between\n", s->gaps, s->gaps == 1 ? "" : "s");
	if (s->overridden) {
		g_string_append(items, "- The gate was overridden by ");
		markdown_code(items, s->overridden_by);
		g_string_append(items, ": ");
		markdown_code(items, s->overridden);
		g_string_append_c(items, '\n');
	}
	transitions(items, r, s);
	if (items->len > 0)
		g_string_append_printf(out, "Anomalies:\n\n%s\n", items->str);
}

static void
step_detail(GString *out, const struct check_run *r, const struct run_step *s, gint64 now_us)
{
	g_string_append(out, "#### Step ");
	markdown_text(out, s->step->title);
	g_string_append_printf(out, ": %s\n\n", report_word(report_outcome(r, s)));
	if (s->verdict == VERDICT_SKIPPED || s->verdict == VERDICT_NONE) {
		g_autofree char *summary = run_step_summary(s);
		g_string_append(out, s->verdict == VERDICT_NONE ? "It was not looked at." : "Left out: ");
		if (s->verdict == VERDICT_SKIPPED)
			markdown_text(out, summary);
		g_string_append(out, "\n\n");
		return;
	}
	for (guint i = 0; i < s->step->checks->len; i++)
		check_detail(out, s->step->checks->pdata[i], &s->results[i], i + 1);
	anomalies(out, r, s, now_us);
}

static void
log_of_run(GString *out, const struct check_run *r)
{
	g_string_append(out, "### The run\n\n");
	for (guint i = 0; i < r->events->len; i++) {
		const struct run_event *e = r->events->pdata[i];
		g_autofree char *at = e->step < 0 ? utc_format(e->utc_us, CLOCK, "?") : NULL;
		if (!at)
			continue;
		g_string_append_printf(out, "- %s ", at);
		markdown_code(out, e->text);
		g_string_append_c(out, '\n');
	}
	if (r->events_left_out > 0)
		g_string_append_printf(out, "- %u rows of its log were left out\n", r->events_left_out);
	g_string_append_c(out, '\n');
}

void
report_details(GString *out, const struct check_run *r, const GArray *all, gint64 now_us)
{
	g_string_append(out, "## 3. Details\n\n");
	for (guint i = 0; i < all->len; i++) {
		const struct report_subsystem *s = &g_array_index(all, struct report_subsystem, i);
		g_string_append(out, "### Subsystem ");
		markdown_text(out, s->name);
		g_string_append(out, "\n\n");
		for (guint j = 0; j < s->steps->len; j++)
			step_detail(out, r, s->steps->pdata[j], now_us);
	}
	log_of_run(out, r);
}
