/* An Alertmanager that misbehaves: what is said, what is kept, and that its token is in no word. */
#include <string.h>

#include "backends/alertmanager.h"
#include "tests/unit/http_double.h"
#include "tests/unit/wait_for.h"

#define TOKEN "tok-5f3c-example"
#define LIST "[{\"labels\":{\"alertname\":\"HostDown\",\"job\":\"node\"},\"fingerprint\":\"1f\",\"startsAt\":\"2026-11-27T16:30:00Z\",\"status\":{\"state\":\"active\"}}]"

struct fixture {
	struct http *http;
	struct http_double *server;
	struct foreign_alerts alerts;
	struct alertmanager *manager;
	guint changes, done;
	enum outcome outcome;
	char *result;
};

static const struct secret_source token = { .env = "MW_TEST_TOKEN" };

static void
on_change(void *user)
{
	struct fixture *f = user;

	g_assert_true(!f->alerts.datum.error || !strstr(f->alerts.datum.error, "5f3c"));
	f->changes++;
}

static void
set_up(struct fixture *f, gconstpointer data)
{
	g_autofree char *url = NULL;

	g_setenv("MW_TEST_TOKEN", TOKEN, TRUE);
	f->http = http_new();
	f->server = http_double_new();
	foreign_alerts_init(&f->alerts);
	url = g_strconcat(http_double_url(f->server), "/am/", NULL);
	f->manager = alertmanager_new(f->http, &(struct alertmanager_settings){ .url = url, .token = &token, .interval_ms = 50 }, &f->alerts, on_change, f);
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	alertmanager_free(f->manager);
	http_free(f->http);
	http_double_free(f->server);
	foreign_alerts_clear(&f->alerts);
	g_free(f->result);
}

static void
on_done(void *user, enum outcome outcome, const char *result)
{
	struct fixture *f = user;

	g_test_message("%s: %s", outcome_name(outcome), result);
	g_assert_null(strstr(result, "5f3c"));
	f->done++;
	f->outcome = outcome;
	g_free(f->result);
	f->result = g_strdup(result);
}

static void
test_alerts(struct fixture *f, gconstpointer data)
{
	g_autofree char *request = NULL;

	g_assert_true(g_str_has_suffix(f->alerts.url, "/am"));
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", LIST);
	alertmanager_ask(f->manager);
	WAIT_FOR(f->alerts.datum.state == DATUM_OK);
	g_assert_cmpuint(f->alerts.alerts->len, ==, 1);
	request = http_double_request(f->server);
	g_assert_true(g_str_has_prefix(request, "GET /am/api/v2/alerts HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(request, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
}

/* Alerts that were known are kept, and are old. */
static void
test_faults(struct fixture *f, gconstpointer data)
{
	static const struct { const char *status, *body, *words; } faults[] = {
		{ "500 Internal Server Error", "\"it broke: " TOKEN "\"", "the Alertmanager says (HTTP status 500): it broke: [token]" },
		{ "400 Bad Request", "{\"code\":601,\"message\":\"bad filter\"}", "the Alertmanager says (HTTP status 400): bad filter" },
		{ "502 Bad Gateway", "<html>" TOKEN "</html>", "a fault of its own (HTTP status 502)" },
		{ "401 Unauthorized", "\"" TOKEN "\"", "refuses the configured token (HTTP status 401)" },
		{ "404 Not Found", "404 page not found", "check the path of its url" },
		{ "200 OK", "<!DOCTYPE html><title>log in</title>", "a web page instead of JSON" },
		{ "200 OK", "{}", "is not an Alertmanager (API v2)" },
		{ "302 Found", "", "which is not followed" },
	};

	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", LIST);
	alertmanager_ask(f->manager);
	WAIT_FOR(f->alerts.datum.state == DATUM_OK);
	for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
		http_double_set(f->server, DOUBLE_ANSWERS, faults[i].status, faults[i].body);
		WAIT_FOR(f->alerts.datum.error && strstr(f->alerts.datum.error, faults[i].words));
		g_assert_cmpint(f->alerts.datum.state, ==, DATUM_STALE);
		g_assert_cmpuint(f->alerts.alerts->len, ==, 1);
	}
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", "[]");
	WAIT_FOR(f->alerts.datum.state == DATUM_OK);
	g_assert_cmpuint(f->alerts.alerts->len, ==, 0);
}

static struct foreign_alert *
some_alert(void)
{
	struct foreign_alert *a = foreign_alert_new();

	g_ptr_array_add(a->matchers, g_strdup("alertname"));
	g_ptr_array_add(a->matchers, g_strdup("HostDown"));
	return a;
}

static void
silence(struct fixture *f, const struct foreign_alert *a)
{
	guint before = f->done;

	alertmanager_silence(f->manager, a, 3600, "ann@console", "rollout", on_done, f);
	g_assert_cmpuint(f->done, ==, before);
	WAIT_FOR(f->done > before);
}

static void
test_silence(struct fixture *f, gconstpointer data)
{
	struct foreign_alert *a = some_alert(), *bare = foreign_alert_new();
	g_autofree char *request = NULL;

	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", "[]");
	http_double_once(f->server, DOUBLE_ANSWERS, "200 OK", "", "{\"silenceID\":\"7f3c21aa\"}");
	silence(f, a);
	g_assert_cmpint(f->outcome, ==, OUTCOME_OK);
	g_assert_cmpstr(f->result, ==, "7f3c21aa");
	request = http_double_request_at(f->server, 0);
	g_assert_true(g_str_has_prefix(request, "POST /am/api/v2/silences HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(request, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
	g_assert_nonnull(strstr(request, "\r\nContent-Type: application/json\r\n"));
	g_assert_nonnull(strstr(request, "{\"matchers\":[{\"name\":\"alertname\",\"value\":\"HostDown\",\"isRegex\":false,\"isEqual\":true}],\"startsAt\":\"20"));
	WAIT_FOR(f->changes > 0); /* and what it does is asked for at once */
	silence(f, bare);
	g_assert_cmpint(f->outcome, ==, OUTCOME_FAILED);
	g_assert_nonnull(strstr(f->result, "has no labels"));
	foreign_alert_free(a);
	foreign_alert_free(bare);
}

static void
test_silence_faults(struct fixture *f, gconstpointer data)
{
	static const struct { enum http_double_way way; const char *status, *body; enum outcome outcome; const char *words; } faults[] = {
		{ DOUBLE_ANSWERS, "400 Bad Request", "\"invalid silence: end time can't be in the past\"", OUTCOME_FAILED, "(HTTP status 400): invalid silence: end time" },
		{ DOUBLE_ANSWERS, "403 Forbidden", "\"" TOKEN "\"", OUTCOME_FAILED, "refuses the configured token" },
		{ DOUBLE_ANSWERS, "500 Internal Server Error", "<html>", OUTCOME_FAILED, "a fault of its own" },
		{ DOUBLE_ANSWERS, "200 OK", "<html>", OUTCOME_FAILED, "is not an Alertmanager" },
		{ DOUBLE_DROPS, "", "", OUTCOME_UNKNOWN, "whether it made the silence is not known" },
	};
	struct foreign_alert *a = some_alert();

	for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
		http_double_set(f->server, faults[i].way, faults[i].status, faults[i].body);
		silence(f, a);
		g_assert_cmpint(f->outcome, ==, faults[i].outcome);
		g_assert_nonnull(strstr(f->result, faults[i].words));
	}
	g_unsetenv("MW_TEST_TOKEN");
	silence(f, a);
	g_assert_nonnull(strstr(f->result, "the token of the Alertmanager: the variable MW_TEST_TOKEN is not set"));
	g_setenv("MW_TEST_TOKEN", TOKEN, TRUE);
	foreign_alert_free(a);
}

/* Who asked hears what became of it, also when nobody waits for the answer any more. */
static void
test_freed(struct fixture *f, gconstpointer data)
{
	struct foreign_alert *a = some_alert();

	http_double_set(f->server, DOUBLE_HANGS, "", "");
	alertmanager_silence(f->manager, a, 60, "ann", "x", on_done, f);
	WAIT_FOR(http_double_requests(f->server) == 1);
	alertmanager_free(f->manager);
	f->manager = NULL;
	g_assert_cmpuint(f->done, ==, 1);
	g_assert_cmpint(f->outcome, ==, OUTCOME_UNKNOWN);
	g_assert_cmpstr(f->result, ==, "midwatch ended before it answered: whether it made the silence is not known, its list of silences tells");
	foreign_alert_free(a);
}

static void
test_freed_unasked(struct fixture *f, gconstpointer data)
{
	struct foreign_alert *a = some_alert();
	const struct secret_source slow = { .command = "sleep 100" };

	alertmanager_free(f->manager);
	f->manager = alertmanager_new(f->http, &(struct alertmanager_settings){ .url = http_double_url(f->server), .token = &slow }, &f->alerts, on_change, f);
	alertmanager_silence(f->manager, a, 60, "ann", "x", on_done, f);
	alertmanager_silence(f->manager, a, 60, "ann", "y", on_done, f);
	alertmanager_free(f->manager);
	f->manager = NULL;
	g_assert_cmpuint(f->done, ==, 2);
	g_assert_cmpint(f->outcome, ==, OUTCOME_FAILED);
	g_assert_cmpstr(f->result, ==, "midwatch ended before it was asked");
	foreign_alert_free(a);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/alertmanager-http/alerts", test_alerts },
		{ "/alertmanager-http/faults", test_faults },
		{ "/alertmanager-http/silence", test_silence },
		{ "/alertmanager-http/silence-faults", test_silence_faults },
		{ "/alertmanager-http/freed", test_freed },
		{ "/alertmanager-http/freed-unasked", test_freed_unasked },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
