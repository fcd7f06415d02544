/* What log lines, answers and counters show to the rules: pure, on a virtual clock. */
#include <math.h>
#include <string.h>

#include "model/counter_rate.h"
#include "model/error_counts.h"
#include "model/log_signs.h"
#include "model/observer.h"
#include "model/product_answer.h"
#include "model/run_streak.h"
#include "model/spike.h"

#define NOW_US (G_GINT64_CONSTANT(1795312042) * G_USEC_PER_SEC)
#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)

static guint
signs_of(const char *text)
{
	const struct log_line l = { .text = text, .length = (guint32)strlen(text), .level = (guint8)log_line_level(text, strlen(text), 0) };

	return log_signs(&l);
}

static void
test_signs(void)
{
	static const struct { const char *text; guint signs; } lines[] = {
		{ "FATAL: out of memory", SIGN_FATAL },
		{ "level=fatal msg=gone", 0 }, /* the seed's grep is in capitals */
		{ "NONFATAL", 0 }, { "FATALITY", 0 }, { "x FATAL", SIGN_FATAL },
		{ "ts=1 level=error msg=\"db gone\"", SIGN_ERROR },
		{ "panic: runtime error", SIGN_ERROR },
		{ "level=error FATAL", SIGN_FATAL },
		{ "{\"level\":\"error\",\"msg\":\"x\"}", SIGN_ERROR },
		{ "an error_count of 7", 0 }, { "all is well", 0 }, { "", 0 },
		{ "ai.provider gemini: provider_unavailable", SIGN_UPSTREAM }, { "quota_exceeded", SIGN_UPSTREAM },
		{ "ai.provider parse_error at 3", SIGN_PARSE_ERROR },
		{ "POST /api/v1/auth/login status=502", SIGN_AUTH_5XX },
		{ "{\"path\":\"/api/v1/login\",\"status\":503}", SIGN_AUTH_5XX },
		{ "\"POST /oauth/token HTTP/1.1\" 500 12", SIGN_AUTH_5XX },
		{ "POST /api/v1/auth/login status=401", 0 }, { "GET /api/v1/cameras status=502", 0 }, { "/auth/login took 512 ms", 0 },
		{ "event=platform.impersonation_started actor=ann", SIGN_IMPERSONATION },
	};
	struct log_line note = { .text = "FATAL", .length = 5, .flags = LINE_NOTE };

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		if (signs_of(lines[i].text) != lines[i].signs)
			g_test_message("%s", lines[i].text);
		g_assert_cmpuint(signs_of(lines[i].text), ==, lines[i].signs);
	}
	g_assert_cmpuint(log_signs(&note), ==, 0);
}

static char *
field(const char *text)
{
	static const char *const names[] = { "actor", NULL };

	return log_field(text, strlen(text), names);
}

/* Who writes a reason must not choose the actor. */
static void
test_fields(void)
{
	static const struct { const char *text, *value; } lines[] = {
		{ "event=x actor=ann ticket_ref=P1", "ann" }, { "actor=\"ann b\"", "ann b" }, { "x_actor=bob", NULL }, { "factor=2", NULL },
		{ "reason=\"x actor=ann \" actor=mallory", "mallory" }, { "reason=\"quoted \\\" actor=ann\" actor=mallory", "mallory" },
		{ "actor=", NULL }, { "actor=null", NULL }, { "actor=\"\"", NULL }, { "actor", NULL },
		{ "{\"actor\":\"ann\"}", "ann" }, { "{\"event\":{\"actor\":\"ann\"}}", "ann" }, { "{\"actor\":null}", NULL },
		{ "{\"reason\":\"\\\"actor\\\":\\\"ann\\\"\",\"actor\":\"mallory\"}", "mallory" }, { "{\"reason\":\" actor=ann \"}", NULL },
	};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *value = field(lines[i].text);
		g_test_message("%s", lines[i].text);
		g_assert_cmpstr(value, ==, lines[i].value);
	}
}

static void
take(void *user, const char *fingerprint, guint64 count, const char *newest)
{
	GString *s = user;

	g_string_append_printf(s, "%s=%" G_GUINT64_FORMAT "(%s) ", fingerprint, count, newest);
}

static void
test_error_counts(void)
{
	struct error_counts *c = error_counts_new();
	g_autoptr(GString) told = g_string_new(NULL);

	error_counts_add(c, "camera 7 gone", 13, NOW_US - 29 * MINUTE_US, NOW_US);
	error_counts_add(c, "camera 81 gone", 14, NOW_US, NOW_US);
	error_counts_add(c, "too old", 7, NOW_US - 31 * MINUTE_US, NOW_US);
	error_counts_each(c, NOW_US, take, told);
	g_assert_cmpstr(told->str, ==, "camera N gone=2(camera 81 gone) ");
	g_string_truncate(told, 0);
	error_counts_each(c, NOW_US + 5 * MINUTE_US, take, told);
	g_assert_cmpstr(told->str, ==, "camera N gone=1(camera 81 gone) ");
	g_string_truncate(told, 0);
	error_counts_each(c, NOW_US + 31 * MINUTE_US, take, told);
	g_assert_cmpstr(told->str, ==, "");
	error_counts_free(c);
}

static void
count_told(void *user, const char *fingerprint, guint64 count, const char *newest)
{
	(void)fingerprint, (void)newest;
	((guint64 *)user)[0]++;
	((guint64 *)user)[1] += count;
}

static void
test_error_counts_bounded(void)
{
	struct error_counts *c = error_counts_new();
	guint64 seen[2] = { 0, 0 };

	for (guint i = 0; i < 1000; i++) {
		char text[16] = { (char)('a' + i % 26), (char)('a' + i / 26 % 26), (char)('a' + i / 676), 0 };
		error_counts_add(c, text, 3, NOW_US, NOW_US);
	}
	error_counts_each(c, NOW_US, count_told, seen);
	g_assert_cmpuint(seen[0], ==, ERROR_COUNTS_MOST + 1);
	g_assert_cmpuint(seen[1], ==, 1000);
	error_counts_free(c);
}

static enum spike
spike(guint before, guint recent, gint64 covered_us)
{
	struct minute_counts m = { 0 };

	minute_counts_add(&m, NOW_US / MINUTE_US - 40, before, 0);
	minute_counts_add(&m, NOW_US / MINUTE_US - 3, recent, 0);
	return spike_judge(&m, covered_us, NOW_US);
}

static void
test_spike(void)
{
	g_assert_cmpint(spike(0, 4, 0), ==, SPIKE_NO);
	g_assert_cmpint(spike(0, 5, 0), ==, SPIKE_YES);
	g_assert_cmpint(spike(2, 6, 0), ==, SPIKE_NO); /* three times is not more than three times */
	g_assert_cmpint(spike(2, 7, 0), ==, SPIKE_YES);
	g_assert_cmpint(spike(0, 5, NOW_US - 50 * MINUTE_US), ==, SPIKE_UNKNOWN);
	g_assert_cmpint(spike(0, 5, NOW_US - 61 * MINUTE_US), ==, SPIKE_YES);
}

static void
test_counter_rate(void)
{
	struct counter_rate r = { 0 };
	const gint64 s = G_USEC_PER_SEC;

	for (gint64 t = 0; t <= 230; t += 10)
		counter_rate_add(&r, (guint64)(1000 + t), (1000 + t) * s);
	g_assert_true(isnan(counter_rate_per_hour(&r)));
	for (gint64 t = 240; t <= 7200; t += 10)
		counter_rate_add(&r, (guint64)(1000 + t), (1000 + t) * s);
	g_assert_cmpfloat_with_epsilon(counter_rate_per_hour(&r), 3600, 1e-6);
	counter_rate_add(&r, 5, 9000 * s); /* the container was started anew */
	g_assert_true(isnan(counter_rate_per_hour(&r)));
}

static void
test_streak(void)
{
	struct run_streak s = { 0 };

	g_assert_true(run_streak_saw(&s, 10, CRON_RESULT_FAILED));
	g_assert_false(run_streak_saw(&s, 10, CRON_RESULT_FAILED));
	g_assert_false(run_streak_saw(&s, 20, CRON_RESULT_RUNNING));
	g_assert_true(run_streak_saw(&s, 20, CRON_RESULT_FAILED));
	g_assert_true(run_streak_saw(&s, 30, CRON_RESULT_FAILED));
	g_assert_cmpuint(s.failures, ==, 3);
	g_assert_true(run_streak_saw(&s, 40, CRON_RESULT_OK));
	g_assert_cmpuint(s.failures, ==, 0);
}

static void
assert_health(const char *body, const char *expected)
{
	g_autofree char *problem = health_degraded(body, strlen(body));

	g_assert_cmpstr(problem, ==, expected);
}

static void
test_health(void)
{
	assert_health("{\"status\":\"ok\",\"db\":\"ok\",\"go2rtc\":\"ok\",\"version\":\"1\"}", NULL);
	assert_health("{\"status\":\"ok\",\"db\":\"down\",\"go2rtc\":\"ok\"}", "db is \"down\"");
	assert_health("{\"status\":\"ok\",\"db\":true}", "db is not \"ok\", go2rtc is missing");
	assert_health("<html>", "its body is no JSON object");
	assert_health("", "its body is no JSON object");
}

static gint64
time_at(const char *body, const char *pointer)
{
	gint64 utc_us = -1;
	g_autofree char *problem = NULL;
	gboolean ok = answer_time(body, strlen(body), pointer, &utc_us, &problem);

	g_assert_cmpint(ok, ==, problem == NULL);
	return ok ? utc_us : -1;
}

static void
test_answers(void)
{
	double n = 0;
	g_autofree char *problem = NULL;

	g_assert_cmpint(time_at("{\"newest\":\"2026-11-22T01:47:22Z\"}", "/newest"), ==, NOW_US);
	g_assert_cmpint(time_at("{\"newest\":\"2026-11-22T02:47:22+01:00\"}", "/newest"), ==, NOW_US);
	g_assert_cmpint(time_at("{\"newest\":1795312042}", "/newest"), ==, NOW_US);
	g_assert_cmpint(time_at("{\"newest\":1795312042000}", "/newest"), ==, NOW_US);
	g_assert_cmpint(time_at("{\"newest\":\"1795312042\"}", "/newest"), ==, NOW_US);
	g_assert_cmpint(time_at("1795312042", NULL), ==, NOW_US);
	g_assert_cmpint(time_at("{\"newest\":null}", "/newest"), ==, -1);
	g_assert_cmpint(time_at("{\"newest\":12}", "/newest"), ==, -1);
	g_assert_cmpint(time_at("{}", "/newest"), ==, -1);
	g_assert_cmpint(time_at("not JSON", "/newest"), ==, -1);
	g_assert_true(answer_number("{\"n\":41}", 8, "/n", &n, &problem));
	g_assert_cmpfloat(n, ==, 41);
	g_assert_false(answer_number("{\"n\":-1}", 8, "/n", &n, &problem));
	g_assert_cmpstr(problem, ==, "what the answer has at /n is no number");
}

static void
test_observer(void)
{
	static const struct { struct observer_evidence e; enum truth network; gboolean blind; } cases[] = {
		{ { 0 }, TRUTH_UNKNOWN, FALSE },                                                          /* nothing is behind the network */
		{ { .failed = TRUE }, TRUTH_UNKNOWN, TRUE },
		{ { .failed = TRUE, .linked = TRUE }, TRUTH_TRUE, FALSE },
		{ { .failed = TRUE, .answered = TRUE }, TRUTH_TRUE, FALSE },
		{ { .has_canary = TRUE, .canary = PRESENCE_ONLINE, .failed = TRUE }, TRUTH_TRUE, FALSE },
		{ { .has_canary = TRUE, .canary = PRESENCE_OFFLINE, .failed = TRUE }, TRUTH_FALSE, TRUE },
		{ { .has_canary = TRUE, .canary = PRESENCE_OFFLINE, .linked = TRUE }, TRUTH_FALSE, TRUE }, /* a link is noticed late */
		{ { .has_canary = TRUE, .canary = PRESENCE_OFFLINE, .answered = TRUE }, TRUTH_TRUE, FALSE },
		{ { .has_canary = TRUE, .canary = PRESENCE_UNKNOWN, .linked = TRUE }, TRUTH_UNKNOWN, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *blind = observer_blindness(&cases[i].e);
		g_assert_cmpint(observer_network(&cases[i].e), ==, cases[i].network);
		g_assert_cmpint(blind != NULL, ==, cases[i].blind);
	}
}

static void
heard(void *user, const struct log_line *l)
{
	g_string_append_printf(user, "%.*s|", (int)l->length, l->text);
}

/* A listener hears every line of its source and no other, also when the store is too small to keep them. */
static void
test_listener(void)
{
	struct log_store *s = log_store_new(1 << 16);
	guint32 ours = log_store_source(s, "h", "container", "a"), other = log_store_source(s, "h", "container", "b");
	g_autoptr(GString) told = g_string_new(NULL);
	g_autofree char *many = g_strnfill(200, 'x');

	log_store_listen(s, ours, heard, told);
	log_store_append(s, ours, 0, "one\ntwo\n", 8, NOW_US);
	log_store_append(s, other, 0, "three\n", 6, NOW_US);
	g_assert_cmpstr(told->str, ==, "one|two|");
	g_string_truncate(told, 0);
	for (guint i = 0; i < 2000; i++)
		log_store_append_line(s, ours, 0, LEVEL_NONE, NOW_US - i, many, 200);
	g_assert_cmpuint(told->len, ==, 2000 * 201);
	log_store_listen(s, ours, NULL, NULL);
	log_store_append(s, ours, 0, "four\n", 5, NOW_US);
	g_assert_cmpuint(told->len, ==, 2000 * 201);
	log_store_free(s);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/signs/lines", test_signs);
	g_test_add_func("/signs/fields", test_fields);
	g_test_add_func("/signs/error-counts", test_error_counts);
	g_test_add_func("/signs/error-counts-bounded", test_error_counts_bounded);
	g_test_add_func("/signs/spike", test_spike);
	g_test_add_func("/signs/counter-rate", test_counter_rate);
	g_test_add_func("/signs/streak", test_streak);
	g_test_add_func("/signs/health", test_health);
	g_test_add_func("/signs/answers", test_answers);
	g_test_add_func("/signs/observer", test_observer);
	g_test_add_func("/signs/listener", test_listener);
	return g_test_run();
}
