#include "model/log_line.h"

#include <string.h>

#define NOW_US G_GINT64_CONSTANT(1795312800000000)  /* 2026-11-22T02:00:00Z */
#define LINE_US G_GINT64_CONSTANT(1795312039000000) /* 2026-11-22T01:47:19Z */

static void assert_level(const char *text, enum log_level level)
{
	enum log_level found = log_line_level(text, strlen(text), 0);
	if (found != level)
		g_error("“%s” is %s, not %s", text, log_level_name(found), log_level_name(level));
}

static void test_levels(void)
{
	static const struct { const char *text; enum log_level level; } lines[] = {
		{ "2026-11-22T01:47:19Z ERROR lost camera", LEVEL_ERROR }, { "level=error msg=x", LEVEL_ERROR },
		{ "time=\"2026-11-22T01:47:19Z\" level=warning msg=\"no error here\"", LEVEL_WARN }, { "lvl=dbug level=debug", LEVEL_DEBUG },
		{ "{\"level\":\"warn\",\"msg\":\"x\"}", LEVEL_WARN }, { "{\"level\":50,\"time\":1795312039000}", LEVEL_ERROR },
		{ "{\"level\":30,\"msg\":\"fatal\"}", LEVEL_INFO }, { "{\"message\":\"ERROR \\\"level\\\":\",\"level\": \"INFO\"}", LEVEL_INFO },
		{ "{\"level\":3,\"short_message\":\"gelf\"}", LEVEL_ERROR }, { "{\"msg\":\"no level\"}", LEVEL_NONE },
		{ "{\"severity\":\"CRITICAL\"}", LEVEL_FATAL }, { "{\"error\":\"x\",\"ok\":1}", LEVEL_NONE },
		{ "[error] 12#12: upstream timed out", LEVEL_ERROR }, { "2026/11/22 01:47:19 [warn] 7#7: x", LEVEL_WARN },
		{ "E1122 01:47:19.123456 1 main.go:12] x", LEVEL_ERROR }, { "I1122 01:47:19.123456 1 main.go:12] ERROR", LEVEL_INFO },
		{ "W1122 01:47:19.1 x", LEVEL_WARN }, { "F1122 01:47:19.1 x", LEVEL_FATAL }, { "E0102 is a code", LEVEL_NONE },
		{ "<3>kernel: oops", LEVEL_ERROR }, { "<14>user info", LEVEL_INFO }, { "<0>dead", LEVEL_FATAL },
		{ "WARN  low", LEVEL_WARN }, { "WARNING: low", LEVEL_WARN }, { "panic: runtime error: index out of range", LEVEL_FATAL },
		{ "FATAL  could not start", LEVEL_FATAL }, { "CRITICAL x", LEVEL_FATAL }, { "Warning: x is deprecated", LEVEL_WARN },
		{ "[2026-11-22 01:47:19] production.ERROR: x", LEVEL_ERROR }, { "EMERGENCY: x", LEVEL_FATAL },
		{ "2026-11-22 01:47:19,204 [main] DEBUG o.a.Foo - error", LEVEL_DEBUG }, { "[01:47:19 INF] started", LEVEL_INFO },
		{ "npm ERR! code 1", LEVEL_ERROR }, { "connection error: reset", LEVEL_ERROR }, { "cloud   error  ai.provider", LEVEL_ERROR },
		{ "info  listening", LEVEL_INFO }, { "TRACE x", LEVEL_TRACE }, { "notice: x", LEVEL_INFO },
		/* Words within others, in names, paths, keys and calls are none. */
		{ "terror and mirrors", LEVEL_NONE }, { "error_count 0", LEVEL_NONE }, { "errors: 0", LEVEL_NONE },
		{ "GET /error.html 200", LEVEL_NONE }, { "open /var/log/error.log", LEVEL_NONE }, { "error=nil ok", LEVEL_NONE },
		{ "non-fatal condition", LEVEL_NONE }, { "error-rate 0", LEVEL_NONE }, { "panic(0x1234)", LEVEL_NONE },
		{ "see the stack trace below", LEVEL_NONE }, { "please enable debug mode", LEVEL_NONE }, { "INFORMED", LEVEL_NONE },
		{ "üerror", LEVEL_NONE }, { "", LEVEL_NONE }, { "ok", LEVEL_NONE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		assert_level(lines[i].text, lines[i].level);
}

static void test_level_window(void)
{
	g_autofree char *far = g_strdup_printf("%0200d ERROR", 0);
	assert_level(far, LEVEL_NONE);
}

static void test_level_words(void)
{
	g_assert_cmpint(log_level_parse("Warning", 7), ==, LEVEL_WARN);
	g_assert_cmpint(log_level_parse("err", 3), ==, LEVEL_ERROR);
	g_assert_cmpint(log_level_parse("errand", 6), ==, LEVEL_NONE);
	g_assert_cmpint(log_level_parse("EMERGENCY", 9), ==, LEVEL_FATAL);
	g_assert_cmpint(log_level_parse("emergencx", 9), ==, LEVEL_NONE);
	g_assert_cmpint(log_level_parse("informational", 13), ==, LEVEL_INFO);
	g_assert_cmpstr(log_level_name(LEVEL_FATAL), ==, "fatal");
	g_assert_cmpstr(log_level_name(LEVEL_NONE), ==, "");
}

/* The time of a line, without and with a hint from itself and from another line; -1 for none. */
static gint64 time_of(const char *text)
{
	gint64 plain = -1, hinted = -1;
	gsize end;
	if (!log_line_time(text, strlen(text), NOW_US, NULL, &plain, &end))
		plain = -1;
	struct log_time_hint hint = { 0 };
	for (int i = 0; i < 2; i++) {
		if (!log_line_time(text, strlen(text), NOW_US, &hint, &hinted, &end))
			hinted = -1;
		g_assert_cmpint(hinted, ==, plain);
	}
	return plain;
}

static void test_times(void)
{
	static const struct { const char *text; gint64 offset_us; } lines[] = {
		{ "2026-11-22T01:47:19Z x", 0 }, { "2026-11-22T01:47:19.204Z x", 204000 }, { "2026-11-22T01:47:19.123456789Z x", 123456 },
		{ "2026-11-22T03:47:19.5+02:00 x", 500000 }, { "2026-11-21T20:17:19-0530 x", 0 }, { "2026-11-22 01:47:19,204 x", 204000 },
		{ "2026-11-22 02:47:19.204 +0100 x", 204000 }, { "2026-11-22 01:47:19.204 UTC [12] x", 204000 }, { "2026/11/22 01:47:19 [warn] x", 0 },
		{ "2026-11-22 02:47:19+01 x", 0 }, { "2026-11-22 01:47:19 +5 items", 0 }, { "2026-11-22T01:47:19", 0 },
		{ "[2026-11-22T01:47:19Z] x", 0 }, { "INFO 2026-11-22 01:47:19,001 x", 1000 }, { "time=\"2026-11-22T01:47:19Z\" level=info", 0 },
		{ "Nov 22 01:47:19 srv1 caddy[1]: x", 0 }, { "<34>Nov 22 01:47:19 srv1 su: x", 0 },
		{ "[Sun Nov 22 01:47:19.000123 2026] [core:error] x", 123 }, { "1:M 22 Nov 2026 01:47:19.204 # WARNING", 204000 },
		{ "10.0.0.1 - - [22/Nov/2026:01:47:19 +0000] \"GET / HTTP/1.1\" 200", 0 },
		{ "10.0.0.1 - bob [22/Nov/2026:03:17:19 +0130] \"GET /\"", 0 }, { "E1122 01:47:19.123456 1 main.go:12] x", 123456 },
		{ "{\"level\":30,\"time\":1795312039204,\"msg\":\"x\"}", 204000 }, { "{\"ts\":1795312039.204,\"msg\":\"x\"}", 204000 },
		{ "{\"time\":1795312039,\"msg\":\"x\"}", 0 }, { "{\"ts\":1795312039204123,\"m\":1}", 204123 },
		{ "{\"ts\":1795312039204123456,\"m\":1}", 204123 }, { "{\"msg\":\"at 2020-01-01T00:00:00Z\",\"@timestamp\":\"2026-11-22T01:47:19Z\"}", 0 },
		{ "{\"t\":5,\"time\":\"2026-11-22T01:47:19Z\"}", 0 }, { "{\"time\": \"2026-11-22T01:47:19.5Z\"}", 500000 },
		{ "ts=1795312039.5 caller=x", 500000 }, { "2026-11-22T01:47:60Z leap", 41 * G_USEC_PER_SEC },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		gint64 found = time_of(lines[i].text);
		if (found != LINE_US + lines[i].offset_us)
			g_error("“%s” gives %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, lines[i].text, found, LINE_US + lines[i].offset_us);
	}
}

static void test_no_times(void)
{
	static const char *const lines[] = {
		"", "x", "    at com.example.Foo(Foo.java:12)", "12345678901234567890", "2026-13-22T01:47:19Z", "2026-11-32T01:47:19Z",
		"2026-11-22T24:47:19Z", "2026-11-22T01:60:19Z", "2026-11-22", "Foo 22 01:47:19 x", "x2026-11-22T01:47:19Z", "{\"time\":\"soon\"}",
		"{\"time\":", "{\"time", "{", "{\"msg\":\"2026-11-22T01:47:19Z\"}", "ts=12",
		/* Clocks that are wrong are not believed. */
		"2031-01-01T00:00:00Z x", "1970-01-01T00:00:12Z x", "2026-11-23T03:00:00Z x", "{\"time\":99999999999}",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		if (time_of(lines[i]) != -1)
			g_error("“%s” has a time", lines[i]);
	g_assert_cmpint(time_of("2026-11-23T01:00:00Z within a day"), >, NOW_US);
}

static void test_near_year(void)
{
	gint64 new_year = G_GINT64_CONSTANT(1798761600000000); /* 2027-01-01T00:00:00Z */
	gint64 found;
	gsize end;
	g_assert_true(log_line_time("Dec 31 23:59:50 x", 17, new_year + 20, NULL, &found, &end));
	g_assert_cmpint(found, ==, new_year - 10 * G_USEC_PER_SEC);
	g_assert_true(log_line_time("Jan  1 00:00:05 x", 17, new_year - 20, NULL, &found, &end));
	g_assert_cmpint(found, ==, new_year + 5 * G_USEC_PER_SEC);
}

/* A hint makes it quicker, never different. */
static void test_hint(void)
{
	static const char *const lines[] = {
		"2026-11-22T01:47:19.1Z a", "2026-11-22T01:47:59Z b", "2026-11-22T01:48:00Z c", "2026-11-22T01:48:xx", "2026-11-22T01:48:",
		"2026-11-22T01:48:77Z", "no time", "2026-11-22T01:48:01.5+01:00 d", "2031-11-22T01:48:01Z", "2031-11-22T01:48:02Z",
		"[Sun Nov 22 01:47:19 2025] x", "[Sun Nov 22 01:47:19 2026] x", "Nov 22 01:47:19 x", "Nov 22 01:47:20 x", "Nov 22 01:47:21 2025", "Nov 22 01:47:21.5 y",
	};
	struct log_time_hint hint = { 0 };
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		gint64 with = -1, without = -1;
		gsize end, other_end;
		gboolean has = log_line_time(lines[i], strlen(lines[i]), NOW_US, &hint, &with, &end);
		g_assert_cmpint(has, ==, log_line_time(lines[i], strlen(lines[i]), NOW_US, NULL, &without, &other_end));
		g_assert_cmpint(with, ==, has ? without : with);
		g_assert_cmpuint(end, ==, other_end);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/log-line/levels", test_levels);
	g_test_add_func("/log-line/level-window", test_level_window);
	g_test_add_func("/log-line/level-words", test_level_words);
	g_test_add_func("/log-line/times", test_times);
	g_test_add_func("/log-line/no-times", test_no_times);
	g_test_add_func("/log-line/near-year", test_near_year);
	g_test_add_func("/log-line/hint", test_hint);
	return g_test_run();
}
