/* What gateways answer: recorded from a systemd 252 machine, and made up where a machine will not do it. */
#include <string.h>

#include "backends/gateway_reply.h"
#include "backends/gateway_script.h"
#include "model/minute_counts.h"

#define NOW_US (1795784948 * (gint64)G_USEC_PER_SEC)

static struct gateway_reply parse(const char *text)
{
	struct gateway_reply r;
	const char *problem = NULL;

	g_assert_true(gateway_reply_parse(text, strlen(text), NOW_US, 0, &r, &problem));
	g_assert_null(problem);
	return r;
}

/* Its lines point into `text`. */
static struct gateway_reply parse_file(const char *name, char **text)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "gateway-reply", name, NULL);

	g_assert_true(g_file_get_contents(path, text, NULL, NULL));
	return parse(*text);
}

/* An answer of these lines, a literal. */
#define answer(lines) parse(GATEWAY_REPLY_BEGIN "\n" lines)

static void test_active(void)
{
	g_autofree char *text = NULL;
	struct gateway_reply r = parse_file("active", &text);

	g_assert_cmpint(r.report.unit, ==, UNIT_ACTIVE);
	g_assert_cmpstr(r.report.sub, ==, "running");
	g_assert_cmpint(r.report.since_s, ==, 7);
	g_assert_cmpint(r.report.restarts, ==, 0);
	g_assert_cmpint(r.report.memory, ==, -1); /* "[not set]" is not 0 */
	g_assert_cmpint(r.report.errors, ==, -1);
	g_assert_cmpstr(r.report.version, ==, "2.14.3-g4f2c91a");
	g_assert_true(r.version_told);
	g_assert_cmpint(r.report.clock_ahead_s, ==, 0);
	g_assert_cmpuint(r.minutes->len, ==, 2);
	g_assert_cmpint(g_array_index(r.minutes, struct gateway_minute, 0).minute, ==, 29929749);
	g_assert_cmpuint(g_array_index(r.minutes, struct gateway_minute, 0).errors, ==, 4);
	g_assert_cmpuint(g_array_index(r.minutes, struct gateway_minute, 0).fatals, ==, 1);
	g_assert_cmpstr(r.report.last_error, ==, "sh[370]: ERROR lost camera 15: rtsp timeout after 10s");
	g_assert_cmpint(r.report.last_error_us, ==, 1795784948341089);
	g_assert_true(g_str_has_prefix(r.report.cursor, "s=97081ad33dd64e62bf05cea91484f33e;i=106;"));
	g_assert_null(r.report.problem);
	gateway_reply_clear(&r);
}

static void test_missing(void)
{
	g_autofree char *text = NULL;
	struct gateway_reply r = parse_file("missing", &text);

	g_assert_cmpint(r.report.unit, ==, UNIT_MISSING);
	g_assert_cmpint(r.report.since_s, ==, -1);
	g_assert_null(r.report.problem);
	g_assert_null(r.report.cursor);
	gateway_reply_clear(&r);
}

static void test_lines(void)
{
	g_autofree char *text = NULL;
	struct gateway_reply r = parse_file("lines", &text);
	const struct gateway_line *l = &g_array_index(r.lines, struct gateway_line, 3);

	g_assert_cmpuint(r.lines->len, ==, 5);
	g_assert_cmpuint(r.dropped, ==, 11);
	g_assert_cmpint(l->utc_us, ==, 1795784946334707);
	g_assert_true(strncmp(l->text, "sh[370]: FATAL pipeline: cannot open /dev/video0", l->len) == 0);
	gateway_reply_clear(&r);
}

/* A message of several lines has one time; the clock of the gateway is a day off, ours counts. */
static void test_times(void)
{
	struct gateway_reply r = answer("T 1795871348\nS 1795871347.000001 a[1]: ERROR one\nS     at two\nL 1795871340.5 a[1]: ERROR\n");

	g_assert_cmpint(r.report.clock_ahead_s, ==, 86400);
	g_assert_cmpuint(r.lines->len, ==, 2);
	g_assert_cmpint(g_array_index(r.lines, struct gateway_line, 0).utc_us, ==, 1795784947000001);
	g_assert_cmpint(g_array_index(r.lines, struct gateway_line, 1).utc_us, ==, 1795784947000001);
	g_assert_cmpint(r.report.last_error_us, ==, 1795784940500000);
	gateway_reply_clear(&r);
}

/* An answer that was some seconds on its way tells of no clock that is off: its lines stay where they belong among those of others. */
static void test_late(void)
{
	struct gateway_reply r = answer("T 1795784944\nS 1795784943.000001 a[1]: ERROR one\n");

	g_assert_cmpint(r.report.clock_ahead_s, ==, 0);
	g_assert_cmpint(g_array_index(r.lines, struct gateway_line, 0).utc_us, ==, 1795784943000001);
	gateway_reply_clear(&r);
	r = answer("T 1795784943\nS 1795784943.000001 a[1]: ERROR one\n");
	g_assert_cmpint(r.report.clock_ahead_s, ==, -5);
	g_assert_cmpint(g_array_index(r.lines, struct gateway_line, 0).utc_us, ==, 1795784948000001);
	gateway_reply_clear(&r);
}

/* A clock that no machine can have is none, and no time is computed from it. */
static void test_absurd_clock(void)
{
	struct gateway_reply r = answer("T 1795784948000000000\nL 9785174948.3 a[1]: ERROR\nS 9223372036854.775807 a\n");

	g_assert_cmpint(r.report.clock_ahead_s, ==, 0);
	g_assert_cmpint(r.report.last_error_us, ==, 9785174948300000);
	gateway_reply_clear(&r);
	r = answer("B 1.449e29\nLoadState=loaded\nActiveState=active\nActiveEnterTimestampMonotonic=5000000\n");
	g_assert_cmpint(r.report.since_s, ==, -1);
	gateway_reply_clear(&r);
	r = answer("B nan\nLoadState=loaded\nActiveState=active\nActiveEnterTimestampMonotonic=5000000\n");
	g_assert_cmpint(r.report.since_s, ==, -1);
	gateway_reply_clear(&r);
}

static void test_problems(void)
{
	static const struct { const char *lines; enum unit_state unit; const char *problem; } cases[] = {
		{ "X no right to read the journal\nLoadState=loaded\nActiveState=failed\n", UNIT_FAILED, "no right to read the journal" },
		{ "X one\nX two\x1b[31m\n", UNIT_UNKNOWN, "one; two" },
		{ "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus\n", UNIT_UNKNOWN,
		  "System has not been booted with systemd as init system (PID 1). Can't operate." },
		{ "LoadState=masked\nActiveState=inactive\n", UNIT_INACTIVE, "its unit is masked" },
		{ "LoadState=loaded\nActiveState=reloading\n", UNIT_ACTIVE, NULL },
		{ "LoadState=loaded\nActiveState=maintenance\n", UNIT_UNKNOWN, NULL },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strconcat(GATEWAY_REPLY_BEGIN, "\n", cases[i].lines, NULL);
		struct gateway_reply r = parse(text);
		g_assert_cmpint(r.report.unit, ==, cases[i].unit);
		g_assert_cmpstr(r.report.problem, ==, cases[i].problem);
		gateway_reply_clear(&r);
	}
}

/* What a login's script prints before it is no part of it, whatever it looks like; what a version command or a line holds is only that. */
static void test_forged(void)
{
	struct gateway_reply r = parse("Welcome!\nActiveState=failed\n not " GATEWAY_REPLY_BEGIN "\n" GATEWAY_REPLY_BEGIN "\nLoadState=loaded\nActiveState=active\n"
	                               "V ActiveState=failed\nS 1.0 ActiveState=failed\nL ActiveState=failed\n");

	g_assert_cmpint(r.report.unit, ==, UNIT_ACTIVE);
	g_assert_cmpstr(r.report.version, ==, "ActiveState=failed");
	g_assert_cmpstr(r.report.last_error, ==, "ActiveState=failed");
	gateway_reply_clear(&r);
	r = answer("M 1 0 0\nM x 2 3\nM 5 2 9\nM 6 2 1 7\nM 18446744073709551616 1 1\nNRestarts=-4\nMemoryCurrent=18446744073709551615\nT x\nB -\nD -5\n");
	g_assert_cmpuint(r.minutes->len, ==, 1);
	g_assert_cmpuint(g_array_index(r.minutes, struct gateway_minute, 0).fatals, ==, 2); /* no more than errors */
	g_assert_cmpint(r.report.restarts, ==, -1);
	g_assert_cmpint(r.report.memory, ==, -1);
	g_assert_cmpuint(r.dropped, ==, 0);
	gateway_reply_clear(&r);
}

static void test_no_answer(void)
{
	static const char *const texts[] = { "", "Last login: today\n", "xmidwatch-gateway 1\n", "midwatch-gateway 2\n" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct gateway_reply r;
		const char *problem = NULL;
		g_assert_false(gateway_reply_parse(texts[i], strlen(texts[i]), NOW_US, 0, &r, &problem));
		g_assert_nonnull(problem);
		gateway_reply_clear(&r);
	}
}

static void test_minutes(void)
{
	struct minute_counts m = { 0 };
	guint64 a, b;

	minute_counts_add(&m, 1000, 5, 1);
	minute_counts_add(&m, 971, 3, 0);
	minute_counts_sum(&m, 1000, 30, &a, &b);
	g_assert_cmpuint(a, ==, 8);
	g_assert_cmpuint(b, ==, 1);
	minute_counts_sum(&m, 1001, 30, &a, &b); /* minute 971 slides out */
	g_assert_cmpuint(a, ==, 5);
	minute_counts_add(&m, 1020, 1, 1);
	minute_counts_sum(&m, 1029, 30, &a, &b);
	g_assert_cmpuint(a, ==, 6);
	minute_counts_sum(&m, 1030, 30, &a, &b);
	g_assert_cmpuint(a, ==, 1);
	minute_counts_add(&m, 1020 - MINUTE_COUNTS_MOST, 100, 100); /* too old */
	minute_counts_sum(&m, 1020, MINUTE_COUNTS_MOST, &a, &b);
	g_assert_cmpuint(a, ==, 9);
	minute_counts_add(&m, 5000, 2, 0); /* long after: nothing of before is left */
	minute_counts_sum(&m, 5000, MINUTE_COUNTS_MOST, &a, &b);
	g_assert_cmpuint(a, ==, 2);
	minute_counts_sum(&m, 1020, 30, &a, &b);
	g_assert_cmpuint(a, ==, 0);
}

/* Nothing of the configuration reaches the shell but as one word; the script itself is one that any POSIX shell can read. */
static void test_script(void)
{
	const struct gateway_question q = {
		.unit = "x'; touch /tmp/never; '", .pattern = "a'b\"$(id)", .cursor = "s=1;i='`id`'", .version = "echo one", .span_min = 30, .state = TRUE, .lines = 7,
	};
	g_autofree char *script = gateway_script(&q), *unit = g_shell_quote(q.unit), *out = NULL, *errors = NULL;
	g_autofree char *line = g_strconcat("unit=", unit, "\n", NULL);
	char *argv[] = { (char *)"sh", (char *)"-n", (char *)"-c", script, NULL };
	int status;

	g_assert_nonnull(strstr(script, line));
	g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &errors, &status, NULL));
	g_assert_cmpstr(errors, ==, "");
	g_assert_cmpint(status, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway-reply/active", test_active);
	g_test_add_func("/gateway-reply/missing", test_missing);
	g_test_add_func("/gateway-reply/lines", test_lines);
	g_test_add_func("/gateway-reply/times", test_times);
	g_test_add_func("/gateway-reply/late", test_late);
	g_test_add_func("/gateway-reply/absurd-clock", test_absurd_clock);
	g_test_add_func("/gateway-reply/problems", test_problems);
	g_test_add_func("/gateway-reply/forged", test_forged);
	g_test_add_func("/gateway-reply/no-answer", test_no_answer);
	g_test_add_func("/gateway-reply/minutes", test_minutes);
	g_test_add_func("/gateway-reply/script", test_script);
	return g_test_run();
}
