/* What checks judge: lines of logs, an HTTP answer, the sweep of a fleet. */
#include "model/check_fleet.h"
#include "model/check_http.h"
#include "model/check_lines.h"
#include "app/report_file.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define S ((gint64)G_USEC_PER_SEC)
#define NOW (1764200000 * S)
#define MINUTE (60 * S)

/* --- lines --- */

static struct check_lines *lines_new(const char *pattern, enum check_expect expect, const char *watch, const char *spike)
{
	const struct check_lines_settings s = { .pattern = pattern, .watch = watch, .spike = spike, .watch_means = "upstream", .expect = expect,
	                                        .since_min = 30, .now_us = NOW };
	g_autoptr(GError) error = NULL;
	struct check_lines *l = check_lines_new(&s, &error);

	g_assert_no_error(error);
	return l;
}

static const char *take(struct check_lines *l, gint64 age, const char *text)
{
	return check_lines_take(l, NOW - age, text, strlen(text));
}

static void assert_lines(struct check_lines *l, enum verdict v, const char *summary, guint lines, guint64 left_out)
{
	struct check_result r = { 0 };

	check_lines_judge(l, &r);
	g_assert_cmpstr(r.summary, ==, summary);
	g_assert_cmpint(r.verdict, ==, v);
	g_assert_cmpuint(r.lines ? r.lines->len : 0, ==, lines);
	g_assert_cmpuint(r.lines_left_out, ==, left_out);
	check_result_clear(&r);
	check_lines_free(l);
}

static void test_lines_none(void)
{
	struct check_lines *l = lines_new("level=error|panic|FATAL", EXPECT_NONE, NULL, NULL);

	g_assert_null(take(l, 1 * MINUTE, "level=info fine"));
	g_assert_null(take(l, 1 * MINUTE, "LEVEL=ERROR case counts"));
	g_assert_null(take(l, 30 * MINUTE + 1, "FATAL too old"));
	assert_lines(l, VERDICT_PASS, "0 matches in 30m (2 lines read)", 0, 0);

	l = lines_new("level=error|panic|FATAL", EXPECT_NONE, NULL, NULL);
	for (guint i = 0; i < 41201; i++)
		take(l, 2 * MINUTE, "level=info fine");
	g_assert_cmpstr(take(l, 30 * MINUTE, "FATAL \033[31mdisk\033[0m"), ==, "23:03:20Z FATAL disk");
	assert_lines(l, VERDICT_FAIL, "1 match in 30m (41,202 lines read)", 1, 0);

	assert_lines(lines_new("x", EXPECT_NONE, NULL, NULL), VERDICT_PASS, "0 matches in 30m (0 lines read)", 0, 0);
	assert_lines(lines_new("x", EXPECT_SOME, NULL, NULL), VERDICT_FAIL, "0 matches in 30m (0 lines read), at least one expected", 0, 0);
}

/* More lines than are kept: the newest, and those that want attention among them. */
static void test_lines_kept(void)
{
	struct check_lines *l = lines_new("gemini", EXPECT_SHOWN, "quota_exceeded", NULL);
	struct check_result r = { 0 };

	take(l, 20 * MINUTE, "gemini quota_exceeded first");
	for (guint i = 0; i < 200; i++)
		take(l, 10 * MINUTE, "gemini ok");
	check_lines_judge(l, &r);
	g_assert_cmpint(r.verdict, ==, VERDICT_ATTENTION);
	g_assert_cmpstr(r.summary, ==, "201 matches in 30m (201 lines read); 1 × quota_exceeded: upstream");
	g_assert_cmpuint(r.lines->len, ==, CHECK_LINES_KEPT);
	g_assert_nonnull(strstr(r.lines->pdata[0], "first"));
	g_assert_cmpuint(r.lines_left_out, ==, 201 - CHECK_LINES_KEPT);
	check_result_clear(&r);
	check_lines_free(l);
}

/* More than three times the span before, and five at least. */
static void test_lines_spike(void)
{
	static const struct { guint before, now; gboolean spike; } cases[] = {
		{ 0, 4, FALSE }, { 0, 5, TRUE }, { 1, 5, TRUE }, { 2, 6, FALSE }, { 2, 7, TRUE }, { 10, 30, FALSE }, { 10, 31, TRUE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct check_lines *l = lines_new("ollama", EXPECT_SHOWN, NULL, "parse_error");
		struct check_result r = { 0 };
		g_assert_cmpint(check_lines_from_us(l), ==, NOW - 60 * MINUTE);
		for (guint k = 0; k < cases[i].before; k++)
			g_assert_null(take(l, 45 * MINUTE, "ollama parse_error"));
		for (guint k = 0; k < cases[i].now; k++)
			take(l, 5 * MINUTE, "ollama parse_error");
		take(l, 61 * MINUTE, "ollama parse_error");
		take(l, 5 * MINUTE, "parse_error of something else");
		check_lines_judge(l, &r);
		g_assert_cmpint(r.verdict, ==, cases[i].spike ? VERDICT_ATTENTION : VERDICT_PASS);
		g_assert_cmpint(strstr(r.summary, "spike of parse_error") != NULL, ==, cases[i].spike);
		check_result_clear(&r);
		check_lines_free(l);
	}
}

/* A pattern that would run for ever is said to be too dear, and passes nothing. */
static void test_lines_dear(void)
{
	struct check_lines *l = lines_new("(a+)+$", EXPECT_NONE, NULL, NULL);
	struct check_result r = { 0 };
	char text[4001];

	memset(text, 'a', sizeof text - 2);
	text[sizeof text - 2] = 'b';
	text[sizeof text - 1] = '\0';
	take(l, MINUTE, text);
	check_lines_judge(l, &r);
	g_assert_cmpint(r.verdict, ==, VERDICT_UNKNOWN);
	g_assert_nonnull(strstr(r.summary, "takes too long"));
	check_result_clear(&r);
	check_lines_free(l);
}

/* --- http --- */

static void assert_http(const char *body, long status, const char *version, const char *expect_version, const char *pattern, enum verdict v,
                        const char *summary)
{
	static const char *const names[] = { "status", "db", "version" };
	struct check *check = check_new(CHECK_HTTP);
	const char *equals[] = { "ok", "ok", "4f2c91a0d2" };
	struct check_wanted wanted = { .status = 200, .http_version = expect_version, .body = pattern, .members = check->members, .equals = equals };
	const struct check_answer answer = { .status = status, .http_version = version, .body = body, .body_length = strlen(body) };
	struct check_result r = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(names) && !pattern && !expect_version; i++) {
		struct check_member *m = g_new0(struct check_member, 1);
		m->label = g_strdup(names[i]);
		m->pointer = g_strconcat("/", names[i], NULL);
		g_ptr_array_add(check->members, m);
	}
	check_http_judge(&wanted, &answer, &r);
	g_assert_cmpstr(r.summary, ==, summary);
	g_assert_cmpint(r.verdict, ==, v);
	g_assert_cmpint(r.lines != NULL, ==, v != VERDICT_PASS && *body);
	check_result_clear(&r);
	{
		struct checklist_step *s = checklist_step_new("x", "x");
		struct checklist *c = checklist_new("x");
		g_ptr_array_add(s->checks, check);
		g_ptr_array_add(c->steps, s);
		checklist_free(c);
	}
}

static void test_http(void)
{
	assert_http("{\"status\":\"ok\",\"db\":\"ok\",\"version\":\"4f2c91a\"}", 200, "2", NULL, NULL, VERDICT_PASS, "200 · status ok · db ok · version 4f2c91a");
	assert_http("{\"status\":\"ok\",\"db\":\"degraded\",\"version\":\"4f2c91a\"}", 200, "2", NULL, NULL, VERDICT_FAIL,
	            "200 · status ok · db degraded, expected ok · version 4f2c91a");
	assert_http("{\"status\":\"ok\",\"db\":\"ok\",\"version\":\"4f2c91\"}", 200, "2", NULL, NULL, VERDICT_FAIL,
	            "200 · status ok · db ok · version 4f2c91, expected 4f2c91a0d2");
	assert_http("{\"status\":true}", 200, "2", NULL, NULL, VERDICT_FAIL,
	            "200 · status true, expected ok · db is missing, expected ok · version is missing, expected 4f2c91a0d2");
	assert_http("<html>", 200, "2", NULL, NULL, VERDICT_FAIL, "200 · HTML instead of JSON: a proxy or another program answers");
	assert_http("", 200, "2", NULL, NULL, VERDICT_FAIL, "200 · an empty body instead of JSON");
	assert_http("oops", 503, "2", NULL, NULL, VERDICT_FAIL, "503, expected 200");
	assert_http("x", 200, "2", "2", NULL, VERDICT_PASS, "200 · HTTP/2");
	assert_http("x", 200, "1.1", "2", NULL, VERDICT_FAIL, "200 · HTTP/1.1, expected HTTP/2");
	assert_http("a\n<title>x", 200, "2", NULL, "<title", VERDICT_PASS, "200 · the body has <title");
	assert_http("blank", 200, "2", NULL, "<title", VERDICT_FAIL, "200 · the body lacks <title");
}

/* --- fleet --- */

static void test_fleet_pattern(void)
{
	g_assert_true(check_fleet_same_pattern("ERROR|panic", "ERROR|panic|FATAL"));
	g_assert_true(check_fleet_same_pattern("ERROR|panic|FATAL", "FATAL|panic|ERROR"));
	g_assert_false(check_fleet_same_pattern("ERROR", "ERROR|panic|FATAL"));
	g_assert_false(check_fleet_same_pattern("ERROR|panic|WARN", "ERROR|panic|FATAL"));
	g_assert_false(check_fleet_same_pattern("ERROR|panic", "ERROR|panic")); /* FATAL anywhere is a page */
}

static struct fleet *make_fleet(void)
{
	struct fleet *f = fleet_new("novavms-gateway", 30 * MINUTE);
	struct fleet_entry entries[12];
	char names[12][16];
	const struct fleet_changes changes = { NULL, NULL, NULL };

	for (guint i = 0; i < G_N_ELEMENTS(entries); i++) {
		g_snprintf(names[i], sizeof names[i], "gw-%03u", i + 1);
		entries[i] = (struct fleet_entry){ .name = names[i] };
	}
	fleet_take_list(f, ORIGIN_CONFIG, entries, G_N_ELEMENTS(entries), NOW, &changes);
	for (guint i = 0; i < f->gateways->len; i++)
		((struct gateway *)f->gateways->pdata[i])->sweep.state = SWEEP_DONE;
	return f;
}

static void found(struct fleet *f, guint gateway, const char *text)
{
	struct gateway *g = f->gateways->pdata[gateway];

	sweep_take(f->sweep, g->host->name, &g->sweep, NOW - MINUTE, text, strlen(text));
}

static void assert_fleet(struct fleet *f, enum verdict v, const char *summary, const char *first)
{
	struct checklist_step *s = checklist_step_new("x", "x");
	struct checklist *c = checklist_new("x");
	struct check *check = check_new(CHECK_FLEET);
	struct check_result r = { 0 };

	check->since_min = 30;
	check_fleet_judge(f, check, "ERROR|panic|FATAL", &r);
	g_assert_cmpstr(r.summary, ==, summary);
	g_assert_cmpint(r.verdict, ==, v);
	g_assert_cmpstr(r.lines ? r.lines->pdata[0] : NULL, ==, first);
	check_result_clear(&r);
	g_ptr_array_add(s->checks, check);
	g_ptr_array_add(c->steps, s);
	checklist_free(c);
}

static void test_fleet(void)
{
	struct fleet *f = make_fleet();
	struct gateway *away = f->gateways->pdata[2];

	assert_fleet(f, VERDICT_PASS, "0 matches on 12 gateways in 30m", NULL);
	away->sweep.state = SWEEP_FAILED;
	away->sweep.problem = g_strdup("not reached: timeout");
	assert_fleet(f, VERDICT_UNKNOWN, "0 matches on 11 gateways in 30m, 1 not reached", "gw-003: not reached: timeout");
	found(f, 0, "ERROR one");
	found(f, 4, "ERROR two");
	assert_fleet(f, VERDICT_FAIL, "ERROR|panic on 2 of 12, 1 not reached", "gw-001: 23:32:20Z ERROR one");
	found(f, 6, "FATAL no disk");
	assert_fleet(f, VERDICT_FAIL, "FATAL on gw-007 (1), ERROR|panic on 2 of 12, 1 not reached", "gw-007: 23:32:20Z FATAL no disk");
	fleet_free(f);
}

/* --- the report's file --- */

static void test_report_file(void)
{
	g_autofree char *root = g_dir_make_tmp("report-XXXXXX", NULL), *directory = g_build_filename(root, "a/b", NULL), *text = NULL;
	g_autofree char *one = NULL, *two = NULL, *again = NULL, *base = NULL, *blocked = NULL, *refused = NULL;
	g_autoptr(GError) error = NULL;
	struct stat st;

	one = report_file_write(directory, "2026-04-15-14-17-30m.md", NULL, "one", &error);
	g_assert_no_error(error);
	two = report_file_write(directory, "2026-04-15-14-17-30m.md", NULL, "two", &error);
	g_assert_no_error(error);
	base = g_path_get_basename(two);
	g_assert_cmpstr(base, ==, "2026-04-15-14-17-30m-2.md");
	again = report_file_write(directory, "2026-04-15-14-17-30m.md", one, "one more", &error);
	g_assert_cmpstr(again, ==, one);
	g_assert_true(g_file_get_contents(one, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "one more");
	g_assert_cmpint(g_stat(one, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600); /* the directory is ours alone */
	blocked = g_build_filename(one, "below-a-file", NULL);
	refused = report_file_write(blocked, "x.md", NULL, "x", &error);
	g_assert_null(refused);
	g_assert_nonnull(error);
	g_unlink(one);
	g_unlink(two);
	g_rmdir(directory);
	g_clear_pointer(&text, g_free);
	text = g_build_filename(root, "a", NULL);
	g_rmdir(text);
	g_assert_cmpint(g_rmdir(root), ==, 0); /* nothing else was left */
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/check/lines/none", test_lines_none);
	g_test_add_func("/check/lines/kept", test_lines_kept);
	g_test_add_func("/check/lines/spike", test_lines_spike);
	g_test_add_func("/check/lines/dear", test_lines_dear);
	g_test_add_func("/check/http", test_http);
	g_test_add_func("/check/fleet/pattern", test_fleet_pattern);
	g_test_add_func("/check/fleet", test_fleet);
	g_test_add_func("/check/report-file", test_report_file);
	return g_test_run();
}
