/* The report of a run whose every text is the input: each fence ends where it was meant to, headings and table rows are our own and as many as ever, and
 * no line of the input starts a block. */
#include <glib.h>
#include <string.h>

#include "model/report.h"
#include "model/sanitize.h"

#define UTC_US G_GINT64_CONSTANT(1776262620000000)

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

/* --- a run made of the input --- */

struct words { const char *const *all; guint count, next; };

static char *
word(struct words *w)
{
	return g_strdup(w->count ? w->all[w->next++ % w->count] : "");
}

static struct checklist *
make_checklist(struct words *w)
{
	struct checklist *c = checklist_new("fuzz");

	c->title = word(w);
	for (guint i = 0; i < 3; i++) {
		struct checklist_step *step = checklist_step_new("s", "");
		struct check *check = check_new(CHECK_LOGS);
		g_free(step->title);
		step->title = word(w);
		step->subsystem = g_strdup_printf("sub %u", i % 2);
		step->gate = i == 0;
		check->label = word(w);
		g_ptr_array_add(step->checks, check);
		g_ptr_array_add(c->steps, step);
	}
	return c;
}

static struct check_run *
make_run(struct words *w)
{
	g_autofree char *actor = word(w), *version = word(w), *reason = word(w);
	const struct run_settings settings = { .actor = actor, .version = version, .window_s = 60 };
	struct check_run *r = check_run_new(make_checklist(w), &settings, UTC_US);

	for (guint i = 0; i < 3; i++) {
		struct check_result result = { .verdict = i == 0 ? VERDICT_FAIL : VERDICT_ATTENTION, .begun_us = UTC_US, .took_us = 1 };
		result.summary = word(w);
		result.command = word(w);
		result.lines = g_ptr_array_new_with_free_func(g_free);
		for (guint j = 0; j < w->count && j < 20; j++)
			g_ptr_array_add(result.lines, word(w));
		run_looks(r, i, UTC_US);
		run_saw(r, i, 0, &result, UTC_US);
		run_override(r, i, *reason ? reason : "x", actor, UTC_US);
	}
	g_ptr_array_add(r->links, word(w));
	return r;
}

/* --- what may stand in a report --- */

/* How many of these begin the line. */
static gsize
marks_at(const char *line, char of)
{
	gsize n = 0;

	while (line[n] == of)
		n++;
	return n;
}

static gboolean
is_ours(const char *line)
{
	static const char *const starts[] = {
		"# Reliability report ", "## 1. ", "## 2. ", "## 3. ", "## 4. ", "### Subsystem ", "### The run", "#### Step ", "| Subsystem |", "|---|---|---|", "| sub ",
		"- ", "**", "Check ", "Anomalies:", "Tested:", "None.", "It was not looked at.", "Left out: ",
	};

	for (guint i = 0; i < G_N_ELEMENTS(starts); i++)
		if (g_str_has_prefix(line, starts[i]))
			return TRUE;
	return *line == '\0' || (g_ascii_isdigit(*line) && strstr(line, " left out; the last "));
}

static guint
bars(const char *line)
{
	guint n = 0;

	for (; *line; line++)
		n += *line == '|';
	return n;
}

static void
check_report(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint sections = 0, steps = 0, blocks = 0;
	gsize fence = 0;

	for (guint i = 0; lines[i]; i++) {
		gsize marks = marks_at(lines[i], '`');
		if (fence > 0) {
			if (marks >= fence) {
				g_assert_cmpuint(marks, ==, fence);
				g_assert_cmpstr(lines[i] + marks, ==, "");
				fence = 0;
			}
			continue;
		}
		if (marks >= 3) {
			g_assert_true(strcmp(lines[i] + marks, "sh") == 0 || strcmp(lines[i] + marks, "text") == 0);
			fence = marks;
			blocks++;
			continue;
		}
		g_assert_true(is_ours(lines[i]));
		sections += g_str_has_prefix(lines[i], "## ");
		steps += g_str_has_prefix(lines[i], "#### Step ");
		if (*lines[i] == '|')
			g_assert_cmpuint(bars(lines[i]), ==, 4);
	}
	g_assert_cmpuint(fence, ==, 0);
	g_assert_cmpuint(sections, ==, 4);
	g_assert_cmpuint(steps, ==, 3);
	g_assert_cmpuint(blocks, >=, 3);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
	g_autofree char *all = g_strndup((const char *)data, size), *report = NULL;
	g_auto(GStrv) parts = g_strsplit(all, "\1", 64);
	struct words w = { .all = (const char *const *)parts, .count = g_strv_length(parts) };
	struct check_run *r = make_run(&w);

	report = report_text(r, UTC_US + 60 * (gint64)G_USEC_PER_SEC);
	g_assert_true(g_utf8_validate(report, -1, NULL));
	check_report(report);
	check_run_free(r);
	return 0;
}
