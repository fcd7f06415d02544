/* The report of a green run and of a failed one as they are to be; and that whatever a line holds, it stays the same Markdown, as cmark sees it. */
#include "model/report.h"

#include <glib/gstdio.h>
#include <string.h>

#include "model/markdown.h"
#include "tests/unit/run_rig.h"

/* --- runs --- */

static void
add_lines(struct check_run *r, guint step, guint check, const char *const *lines, guint count)
{
	struct check_result *result = &rig_step(r, step)->results[check];

	g_clear_pointer(&result->lines, g_ptr_array_unref);
	result->lines = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < count; i++)
		g_ptr_array_add(result->lines, g_strdup(lines[i]));
}

static struct check_run *
green(void)
{
	static const char *const lines[] = { "session_start peer=1", "readyState=connected" };
	struct check_run *r = rig_new_run(1800, "live view", T0);

	rig_walk_green(r, T0 + 10 * S);
	rig_see(r, SFU, 0, VERDICT_PASS, "2 lines in 30m", T0 + 20 * S);
	add_lines(r, SFU, 0, lines, 2);
	run_tick(r, T0 + 1800 * S);
	return r;
}

static struct check_run *
failed(void)
{
	static const char *const lines[] = { "level=error msg=\"cannot write\"", "panic: index out of range" };
	struct check_run *r = rig_new_run(1800, "auth", T0);

	rig_see(r, HEALTH, 0, VERDICT_PASS, "200 · status ok", T0 + 1 * S);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200 · HTTP/2", T0 + 2 * S);
	rig_see(r, ERRORS, 0, VERDICT_FAIL, "2 matches in 30m (41202 lines read)", T0 + 3 * S);
	add_lines(r, ERRORS, 0, lines, 2);
	rig_step(r, ERRORS)->results[0].lines_left_out = 17;
	run_override(r, ERRORS, "known, fixed by pull 7", "ann@console", T0 + 60 * S);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 70 * S);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200 · status ok", T0 + 90 * S);
	rig_see(r, FRONTEND, 0, VERDICT_UNKNOWN, "our own network is down", T0 + 100 * S);
	run_interrupt(r, T0 + 110 * S);
	run_resume(r, "bob@console", T0 + 400 * S);
	g_ptr_array_add(r->links, g_strdup("https://git.example.com/cloud/pull/7 the fix"));
	g_ptr_array_add(r->links, g_strdup("#incident-4711"));
	run_tick(r, T0 + 1800 * S);
	return r;
}

static void
assert_golden(const char *name, const char *text)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "report", name, NULL), *expected = NULL;
	g_autofree char *made = g_strconcat(name, ".new", NULL);

	if (g_file_get_contents(path, &expected, NULL, NULL) && strcmp(expected, text) == 0)
		return;
	g_file_set_contents(made, text, -1, NULL);
	g_error("%s is not what is written now: see %s in the working directory", path, made);
}

static void
test_golden(void)
{
	struct check_run *r = green();
	g_autofree char *ok = report_text(r, T0 + 1800 * S), *bad = NULL;

	check_run_free(r);
	r = failed();
	bad = report_text(r, T0 + 1800 * S);
	check_run_free(r);
	assert_golden("green.md", ok);
	assert_golden("failed.md", bad);
}

/* It says the same before its own step has passed and after the run is over. */
static void
test_same_after(void)
{
	struct check_run *r = green();
	g_autofree char *before = report_text(r, T0 + 1800 * S), *after = NULL, *cut = NULL;

	run_reported(r, "/r.md", T0 + 1800 * S);
	g_assert_true(run_is_over(r));
	g_assert_cmpint(run_verdict(r), ==, VERDICT_PASS);
	after = report_text(r, T0 + 9999 * S);
	cut = g_strdup(strstr(after, "## 4."));
	g_assert_true(g_str_has_suffix(before, cut));
	g_assert_nonnull(strstr(after, "**PASS**\n"));
	check_run_free(r);
}

static void
assert_name(guint window_s, gint64 now_us, const char *expected)
{
	struct check_run *r = rig_new_run(window_s, NULL, T0);
	g_autofree char *name = report_name(r, now_us);

	g_assert_cmpstr(name, ==, expected);
	check_run_free(r);
}

static void
test_name(void)
{
	assert_name(0, T0 + 5 * S, "2026-04-15-14-17-smoke.md");
	assert_name(1800, T0 + 1800 * S, "2026-04-15-14-17-30m.md");
	assert_name(1800, T0 + 9999 * S, "2026-04-15-14-17-30m.md");
	assert_name(1800, T0 + 720 * S, "2026-04-15-14-17-12m.md"); /* ended early */
	assert_name(6 * 3600, T0 + 6 * 3600 * S, "2026-04-15-14-17-6h.md");
	assert_name(5400, T0 + 5400 * S, "2026-04-15-14-17-90m.md");
	assert_name(45, T0 + 45 * S, "2026-04-15-14-17-45s.md");
}

static void
assert_says(const struct check_run *r, const char *what)
{
	g_autofree char *text = report_text(r, T0 + 60 * S);

	if (!strstr(text, what))
		g_error("\"%s\" is missing in:\n%s", what, text);
}

static void
test_states(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	assert_says(r, "**IN PROGRESS**: the run is not over\n");
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0);
	assert_says(r, "**FAIL**\n");
	assert_says(r, "- FAIL: Cloud HTTP health: `HTTP 503`\n");
	assert_says(r, "- NOT LOOKED AT: Frontend\n");
	assert_says(r, "| frontend | NOT OBSERVED | Frontend: it was not looked at |\n");
	check_run_free(r);
	r = rig_new_run(0, NULL, T0);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200", T0);
	rig_see(r, ERRORS, 0, VERDICT_ATTENTION, "1 line", T0);
	assert_says(r, "**ATTENTION**\n");
	assert_says(r, "- NOT ANSWERED: Frontend: `Open https://app.example.com/login: does it render?`\n");
	assert_says(r, "| SFU | NOT TESTED | WebRTC / SFU: the deploy does not touch live view |\n");
	assert_says(r, "| frontend | PASS | Frontend: not answered |\n");
	check_run_free(r);
}

static void
test_interrupted(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_walk_green(r, T0);
	run_interrupt(r, T0 + 30 * S);
	assert_says(r, "**INTERRUPTED**: the run is not over, it can be resumed\n");
	run_resume(r, "ann", T0 + 40 * S);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 50 * S);
	run_interrupt(r, T0 + 55 * S);
	assert_says(r, "**FAIL**: the run is not over, it can be resumed\n");
	check_run_free(r);
}

/* --- hostile data --- */

static const char *const hostile[] = {
	"# heading", "## 2. Result summary", "```", "````````", "~~~", "``` `` ` ```", "`", " ` ", "a ` b `` c", "---", "===", "- item", "1. item", "> quote", "<!-- x", "-->",
	"<script>alert(1)</script>", "</details>", "<!channel>", "| a | b |", "|", "\\|", "\\\\|", "\\", "ends with \\", "[x](http://evil.example.com)", "![x](y)",
	"<http://evil.example.com>", "http://evil.example.com", "www.evil.example.com", "mail@evil.example.com", "[ref]: http://evil.example.com", "&amp; &#60;b&#62;", "*b* **b** _b_ __b__",
	"~~x~~", "$x$", "{% raw %}", "line\nbreak\n\n# heading\n```\n", "carriage\rreturn", "\ttab", "    indented", "two blanks  ", "", " ", "\x1b[31mred", "\xe2\x80\xae rtl", "\xff\xfe",
	"a\xe2\x80\xa8" "b\xc2\x85" "c", "x", "[^1]", "- [ ] task", ":-- | --:", "\\`", "`\\", "*", "_", "#", "trailing #", "+ plus", "<https://a b>", "https://x.example.com/<b>", "<?php ?>", "<![CDATA[", "<a href='x'>",
};

/* Every text that may come from outside is this one. */
static void
spoil(struct check_run *r, const char *text)
{
	struct run_event *e;

	for (guint i = 0; i < r->steps->len; i++)
		for (guint j = 0; j < rig_step(r, i)->step->checks->len; j++) {
			struct check_result *result = &rig_step(r, i)->results[j];
			const char *const lines[] = { text, "harmless", text, text };
			g_free(result->summary);
			result->summary = g_strdup(text);
			if (result->command) {
				g_free(result->command);
				result->command = g_strdup(text);
			}
			if (result->by) {
				g_free(result->by);
				result->by = g_strdup(text);
			}
			add_lines(r, i, j, lines, G_N_ELEMENTS(lines));
			((struct check *)rig_step(r, i)->step->checks->pdata[j])->label = (g_free(((struct check *)rig_step(r, i)->step->checks->pdata[j])->label), g_strdup(text));
		}
	for (guint i = 0; i < r->events->len; i++) {
		e = r->events->pdata[i];
		g_free(e->text);
		e->text = g_strdup(text);
	}
	g_free(rig_step(r, ERRORS)->overridden);
	rig_step(r, ERRORS)->overridden = g_strdup(text);
	g_free(r->actor);
	r->actor = g_strdup(text);
	g_free(r->version);
	r->version = g_strdup(text);
	for (guint i = 0; i < r->links->len; i++) {
		g_free(r->links->pdata[i]);
		r->links->pdata[i] = g_strdup(text);
	}
	g_free(r->checklist->title);
	r->checklist->title = g_strdup(text);
	for (guint i = 0; i < r->steps->len; i++) {
		struct checklist_step *step = r->checklist->steps->pdata[i];
		g_free(step->title);
		step->title = g_strdup(text);
	}
}

static char *
spoiled_report(const char *text)
{
	struct check_run *r = failed();
	char *report;

	spoil(r, text);
	report = report_text(r, T0 + 1800 * S);
	check_run_free(r);
	return report;
}

/* What cmark makes of it: the XML of its tree, without positions. */
static char *
cmark(const char *markdown)
{
	g_autofree char *path = NULL, *out = NULL;
	g_autoptr(GError) error = NULL;
	int fd = g_file_open_tmp("midwatch-report-XXXXXX", &path, &error), status = -1;
	char *argv[] = { (char *)"cmark", (char *)"-t", (char *)"xml", NULL, NULL };

	g_assert_no_error(error);
	g_close(fd, NULL);
	g_file_set_contents(path, markdown, -1, &error);
	argv[3] = path;
	g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
	g_unlink(path);
	g_assert_no_error(error);
	g_assert_true(g_spawn_check_wait_status(status, NULL));
	return g_steal_pointer(&out);
}

/* The elements without what they hold: adjacent texts are one, and what stands for data (text and code within a line) counts once. */
static char *
structure(const char *xml)
{
	GString *out = g_string_new(NULL);
	gboolean inline_before = FALSE;

	for (const char *at = strchr(xml, '<'); at; at = strchr(at + 1, '<')) {
		gsize length = strcspn(at + 1, " />");
		gboolean inline_now = g_str_has_prefix(at, "<text") || g_str_has_prefix(at, "<code ");
		if (at[1] == '/') {
			if (g_str_has_prefix(at, "</text") || (g_str_has_prefix(at, "</code") && !g_str_has_prefix(at, "</code_block")))
				continue;
			length = 1 + strcspn(at + 2, " >");
		}
		if (inline_now && inline_before)
			continue;
		g_string_append_len(out, at + 1, (gssize)length);
		if (inline_now)
			g_string_truncate(out, out->len - length);
		g_string_append(out, inline_now ? "inline\n" : "\n");
		inline_before = inline_now;
	}
	return g_string_free(out, FALSE);
}

static void
test_hostile(void)
{
	g_autofree char *plain = spoiled_report("harmless"), *plain_xml = cmark(plain), *expected = structure(plain_xml);

	g_assert_nonnull(strstr(expected, "heading\n"));
	g_assert_nonnull(strstr(expected, "code_block\n"));
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *report = spoiled_report(hostile[i]), *xml = cmark(report), *got = structure(xml);
		g_assert_null(strstr(xml, "<html"));
		g_assert_null(strstr(xml, "<image"));
		g_assert_true(g_utf8_validate(report, -1, NULL));
		if (!g_str_has_prefix(hostile[i], "http"))
			g_assert_null(strstr(xml, "<link"));
		else
			continue; /* what a person gives as a link is one */
		if (strcmp(got, expected) != 0)
			g_error("the structure is another one with \"%s\":\n%s", hostile[i], report);
	}
}

/* Tables are GitHub's: each row has as many cells as the head, and nothing else begins with a bar. */
static void
test_tables(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *report = spoiled_report(hostile[i]);
		char *table = strstr(report, "| Subsystem |"), *end = strstr(table, "\n\n");
		*end = '\0';
		for (char *line = strtok(table, "\n"); line; line = strtok(NULL, "\n")) {
			guint bars = 0;
			for (const char *at = line; *at; at++)
				bars += *at == '|';
			g_assert_cmpuint(bars, ==, 4);
		}
	}
}

static char *
code_of(const char *text)
{
	GString *out = g_string_new(NULL);

	markdown_code(out, text);
	return g_string_free(out, FALSE);
}

/* What a code span or a block holds is what was put in: nothing is lost. */
static void
test_code_keeps(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *code = code_of(hostile[i]), *text = g_strconcat("x ", code, "\n", NULL), *xml = cmark(text);
		g_assert_true(strcmp(code, "–") == 0 || strstr(xml, "<code xml:space=\"preserve\">"));
	}
	{
		g_autofree char *code = code_of("a `` b"), *edge = code_of("`a"), *plain = code_of("plain  two");
		g_assert_cmpstr(code, ==, "```a `` b```");
		g_assert_cmpstr(edge, ==, "`` `a ``");
		g_assert_cmpstr(plain, ==, "`plain  two`");
	}
}

static void
test_links(void)
{
	static const struct { const char *text, *expected; } links[] = {
		{ "https://git.example.com/pull/7", "<https://git.example.com/pull/7>" },
		{ "https://git.example.com/pull/7 the *fix*", "<https://git.example.com/pull/7> the \\*fix\\*" },
		{ "#7", "\\#7" }, { "javascript:alert(1)", "javascript:alert(1)" }, { "https://x.example.com/<b>", "https\\://x.example.com/\\<b\\>" },
		{ "", "–" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		markdown_link(out, links[i].text);
		g_assert_cmpstr(out->str, ==, links[i].expected);
	}
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(void); gboolean cmark; } tests[] = {
		{ "golden", test_golden, FALSE }, { "same-after", test_same_after, FALSE }, { "name", test_name, FALSE }, { "states", test_states, FALSE },
		{ "interrupted", test_interrupted, FALSE },
		{ "hostile", test_hostile, TRUE }, { "tables", test_tables, FALSE }, { "code-keeps", test_code_keeps, TRUE }, { "links", test_links, FALSE },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/report/", tests[i].path, NULL), *program = g_find_program_in_path("cmark");
		if (tests[i].cmark && !program)
			g_printerr("# cmark is not installed\n");
		g_test_add_func(path, tests[i].run);
	}
	return g_test_run();
}
