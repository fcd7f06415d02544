/* The notifiers against services that take and refuse as the real ones do: order, retries, pauses, what is given up, and that no secret is in any word. */
#include <glib/gstdio.h>
#include <string.h>

#include "backends/notify.h"
#include "tests/unit/message_services.h"
#include "tests/unit/wait_for.h"

#define SECOND_MS 5 /* a second of waiting */

struct fixture {
	struct http *http;
	struct message_services *services;
	struct http_double *server;
	GPtrArray *results; /* of char *, owned: "ok: …", "failed: …" */
};

static void
set_up(struct fixture *f, gconstpointer data)
{
	f->http = http_new();
	f->services = message_services_new();
	f->server = message_services_double(f->services);
	f->results = g_ptr_array_new_with_free_func(g_free);
	g_setenv("MW_TEST_KEY", ROUTING_KEY, TRUE);
	g_setenv("MW_TEST_HOOK", message_services_webhook(f->services), TRUE);
	g_setenv("MW_TEST_BOT", BOT_TOKEN, TRUE);
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	http_free(f->http);
	message_services_free(f->services);
	g_ptr_array_unref(f->results);
}

static void
assert_no_secret(const char *words)
{
	static const char *const parts[] = { "r0ut1n", "w3bh00k", "T0EXAMPLE", "B0EXAMPLE", "bott0ken", "7351234567" };

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		g_assert_null(strstr(words, parts[i]));
}

static void
on_done(void *user, enum outcome outcome, const char *result)
{
	struct fixture *f = user;

	g_assert_true(outcome == OUTCOME_OK || outcome == OUTCOME_FAILED);
	assert_no_secret(result);
	g_assert_null(strpbrk(result, "\n\x1b"));
	g_test_message("%s: %s", outcome_name(outcome), result);
	g_ptr_array_add(f->results, g_strdup_printf("%s: %s", outcome_name(outcome), result));
}

static const char *
result_at(const struct fixture *f, guint i)
{
	return f->results->pdata[i];
}

static struct notify_settings
settings_of(const struct fixture *f, enum notify_service service)
{
	static const struct { const char *name, *env; } services[] = {
		[NOTIFY_PAGERDUTY] = { "pagerduty", "MW_TEST_KEY" }, [NOTIFY_SLACK] = { "slack oncall", "MW_TEST_HOOK" }, [NOTIFY_TELEGRAM] = { "telegram", "MW_TEST_BOT" } };

	return (struct notify_settings){ .service = service, .name = services[service].name, .secret = { .env = services[service].env }, .chat = "-100",
	                                 .url = service == NOTIFY_SLACK ? NULL : message_services_url(f->services), .source = "console", .second_ms = SECOND_MS,
	                                 .timeout_ms = 30000 };
}

static struct notifier *
notifier(const struct fixture *f, enum notify_service service)
{
	struct notify_settings s = settings_of(f, service);

	return notifier_new(f->http, &s);
}

static void
say(struct fixture *f, struct notifier *n, enum notify_event event, const char *key, const char *summary)
{
	guint before = f->results->len;

	notifier_send(n, &(struct notify_message){ .event = event, .dedup_key = key, .severity = "critical", .summary = summary, .utc_us = G_USEC_PER_SEC }, on_done, f);
	g_assert_cmpuint(f->results->len, ==, before); /* never before it returned */
}

static void
assert_taken(struct fixture *f, guint n, const char *service, const char *words)
{
	g_autofree char *body = message_services_taken(f->services, n);

	g_assert_nonnull(body);
	g_assert_true(g_str_has_prefix(body, service));
	g_assert_nonnull(strstr(body, words));
}

static const char *const services[] = { "pagerduty {", "slack {", "telegram {" };

/* Each takes what is made for it, and the request is what its documentation says. */
static void
test_taken(struct fixture *f, gconstpointer data)
{
	for (guint i = 0; i < 3; i++) {
		struct notifier *n = notifier(f, i);
		g_autofree char *request = NULL;
		say(f, n, NOTIFY_TRIGGER, "k", "<!channel> & @here");
		g_assert_cmpuint(notifier_waiting(n, NULL), ==, 1);
		WAIT_FOR(f->results->len == i + 1);
		g_assert_cmpstr(result_at(f, i), ==, "ok: sent");
		g_assert_cmpuint(notifier_waiting(n, NULL), ==, 0);
		assert_taken(f, i, services[i], "channel");
		request = http_double_request(f->server);
		g_assert_nonnull(strstr(request, "\r\nContent-Type: application/json\r\n"));
		notifier_free(n);
	}
	g_assert_cmpuint(message_services_mentions(f->services), ==, 0);
}

static void
test_order(struct fixture *f, gconstpointer data)
{
	struct notifier *n = notifier(f, NOTIFY_PAGERDUTY);

	http_double_once(f->server, DOUBLE_ANSWERS, "500 Internal Server Error", "", "");
	http_double_once(f->server, DOUBLE_DROPS, "", "", "");
	say(f, n, NOTIFY_TRIGGER, "a", "first");
	say(f, n, NOTIFY_RESOLVE, "a", "first");
	say(f, n, NOTIFY_TRIGGER, "b", "second");
	WAIT_FOR(f->results->len == 3);
	g_assert_cmpstr(result_at(f, 0), ==, "ok: sent at attempt 3");
	assert_taken(f, 0, "pagerduty {\"event_action\":\"trigger\",\"dedup_key\":\"a\"", "first");
	assert_taken(f, 1, "pagerduty {\"event_action\":\"resolve\",\"dedup_key\":\"a\"", "");
	assert_taken(f, 2, "pagerduty {\"event_action\":\"trigger\",\"dedup_key\":\"b\"", "second");
	g_assert_cmpuint(http_double_requests(f->server), ==, 5); /* one at a time */
	notifier_free(n);
}

/* --- what comes again --- */

static void
test_retries(struct fixture *f, gconstpointer data)
{
	static const struct { enum http_double_way way; const char *status, *headers, *body; } troubles[] = {
		{ DOUBLE_ANSWERS, "500 Internal Server Error", "", "{\"status\":\"oops\"}" },
		{ DOUBLE_ANSWERS, "503 Service Unavailable", "Retry-After: 1\r\n", "" },
		{ DOUBLE_ANSWERS, "429 Too Many Requests", "", "rate_limited" },
		{ DOUBLE_ANSWERS, "200 OK", "", "<html>log in</html>" },
		{ DOUBLE_ANSWERS, "302 Found", "Location: /elsewhere\r\n", "" },
		{ DOUBLE_ANSWERS, "408 Request Timeout", "", "" },
		{ DOUBLE_DROPS, "", "", "" },
		{ DOUBLE_CUTS, "200 OK", "", "{\"ok\":" },
		{ DOUBLE_HANGS, "", "", "" },
	};

	for (guint i = 0; i < 3; i++)
		for (guint t = 0; t < G_N_ELEMENTS(troubles); t++) {
			struct notify_settings s = settings_of(f, i);
			struct notifier *n;
			guint before = f->results->len;
			if (troubles[t].way == DOUBLE_HANGS)
				s.timeout_ms = 500;
			n = notifier_new(f->http, &s);
			http_double_once(f->server, troubles[t].way, troubles[t].status, troubles[t].headers, troubles[t].body);
			say(f, n, NOTIFY_TRIGGER, "k", "again");
			WAIT_FOR(f->results->len > before);
			g_assert_true(g_str_has_prefix(result_at(f, before), troubles[t].way == DOUBLE_HANGS ? "ok: sent at attempt " : "ok: sent at attempt 2"));
			if (troubles[t].way == DOUBLE_DROPS)
				g_assert_cmpint(strstr(result_at(f, before), "may stand there twice") != NULL, ==, i != NOTIFY_PAGERDUTY);
			notifier_free(n);
		}
	g_assert_cmpuint(message_services_count(f->services), >=, 3 * G_N_ELEMENTS(troubles));
}

/* So long as it is told, not less, and the next message neither. */
static void
test_pauses(struct fixture *f, gconstpointer data)
{
	static const struct { enum notify_service service; const char *status, *headers, *body; gint64 seconds; } pauses[] = {
		{ NOTIFY_SLACK, "429 Too Many Requests", "Retry-After: 60\r\n", "rate_limited", 60 },
		{ NOTIFY_PAGERDUTY, "429 Too Many Requests", "Retry-After: 50\r\n", "", 50 },
		{ NOTIFY_PAGERDUTY, "503 Service Unavailable", "Retry-After: 40\r\n", "", 40 },
		{ NOTIFY_TELEGRAM, "429 Too Many Requests", "", "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 70\",\"parameters\":{\"retry_after\":70}}", 70 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(pauses); i++) {
		struct notifier *n = notifier(f, pauses[i].service);
		guint before = http_double_requests(f->server), results = f->results->len;
		const char *why;
		http_double_once(f->server, DOUBLE_ANSWERS, pauses[i].status, pauses[i].headers, pauses[i].body);
		say(f, n, NOTIFY_TRIGGER, "k", "one");
		WAIT_FOR(http_double_requests(f->server) == before + 1 && (notifier_waiting(n, &why), why));
		assert_no_secret(why);
		g_assert_true(strstr(why, "HTTP status 429") || strstr(why, "HTTP status 503"));
		WAIT_FOR(f->results->len > results);
		g_assert_cmpint(http_double_time_at(f->server, before + 1) - http_double_time_at(f->server, before), >=, pauses[i].seconds * SECOND_MS * 1000);
		notifier_free(n);
	}
}

/* --- what is given up --- */

static void
test_refused(struct fixture *f, gconstpointer data)
{
	static const struct { enum notify_service service; const char *status, *body, *words; } faults[] = {
		{ NOTIFY_PAGERDUTY, "400 Bad Request", "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\",\"errors\":[\"'payload.severity' is invalid\"]}",
		  "PagerDuty refuses the event (HTTP status 400): Event object is invalid; 'payload.severity' is invalid" },
		{ NOTIFY_PAGERDUTY, "413 Too Large", "x", "PagerDuty refuses the message (HTTP status 413)" },
		{ NOTIFY_PAGERDUTY, "400 Bad Request", "{\"message\":\"got " ROUTING_KEY "\\u001b[2J\\nmore\"}", "got [token]" },
		{ NOTIFY_SLACK, "400 Bad Request", "invalid_payload", "invalid_payload, Slack does not understand the message" },
		{ NOTIFY_SLACK, "404 Not Found", "no_service", "no_service, the webhook is gone" },
		{ NOTIFY_SLACK, "410 Gone", "channel_is_archived", "its channel is archived" },
		{ NOTIFY_SLACK, "404 Not Found", "no team at " WEBHOOK_PATH, "Slack refuses the message (HTTP status 404)" },
		{ NOTIFY_TELEGRAM, "400 Bad Request", "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}",
		  "Telegram does not take the message (HTTP status 400): Bad Request: chat not found" },
		{ NOTIFY_TELEGRAM, "400 Bad Request", "{\"ok\":false,\"error_code\":400,\"description\":\"no /bot" BOT_TOKEN "/, no AAEexample-bott0ken_0123456789\"}", "no /bot[token]/, no [secret]" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
		struct notifier *n = notifier(f, faults[i].service);
		guint before = http_double_requests(f->server);
		http_double_once(f->server, DOUBLE_ANSWERS, faults[i].status, "", faults[i].body);
		say(f, n, NOTIFY_TRIGGER, "k", "x");
		WAIT_FOR(f->results->len == i + 1);
		g_assert_true(g_str_has_prefix(result_at(f, i), "failed: "));
		g_assert_nonnull(strstr(result_at(f, i), faults[i].words));
		g_assert_cmpuint(http_double_requests(f->server), ==, before + 1); /* for good */
		g_assert_false(notifier_is_unreached(n));
		notifier_free(n);
	}
}

static void
test_given_up(struct fixture *f, gconstpointer data)
{
	struct notify_settings s = settings_of(f, NOTIFY_SLACK);
	struct notifier *n;

	s.patience_ms = 2000;
	n = notifier_new(f->http, &s);
	http_double_judge(f->server, NULL, NULL);
	http_double_set(f->server, DOUBLE_ANSWERS, "500 Internal Server Error", "");
	say(f, n, NOTIFY_TRIGGER, "a", "lost one");
	WAIT_FOR(f->results->len == 1);
	g_assert_true(g_regex_match_simple("^failed: GIVEN UP after [0-9]+ attempts in [0-9]+ s: Slack, or a proxy before it, has a fault", result_at(f, 0), 0, 0));
	g_assert_cmpuint(http_double_requests(f->server), >, 2);
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", "ok");
	say(f, n, NOTIFY_TRIGGER, "b", "heard"); /* and says what was not heard */
	say(f, n, NOTIFY_TRIGGER, "c", "last");
	WAIT_FOR(f->results->len == 3);
	g_assert_true(g_str_has_prefix(result_at(f, 1), "ok: "));
	{
		guint count = http_double_requests(f->server);
		g_autofree char *said = http_double_request_at(f->server, count - 2), *last = http_double_request_at(f->server, count - 1);
		g_assert_nonnull(strstr(said, "1 message before this one could not be sent"));
		g_assert_null(strstr(last, "could not be sent"));
	}
	notifier_free(n);
}

/* A pause beyond all patience is not waited for, and said. */
static void
test_long_pause(struct fixture *f, gconstpointer data)
{
	struct notify_settings s = settings_of(f, NOTIFY_SLACK);
	struct notifier *n;

	s.patience_ms = 2000;
	n = notifier_new(f->http, &s);
	http_double_once(f->server, DOUBLE_ANSWERS, "429 Too Many Requests", "Retry-After: 10800\r\n", "");
	say(f, n, NOTIFY_TRIGGER, "a", "x");
	WAIT_FOR(f->results->len == 1);
	g_assert_nonnull(strstr(result_at(f, 0), "GIVEN UP after 1 attempt in"));
	g_assert_nonnull(strstr(result_at(f, 0), "asked to wait 10800 s"));
	say(f, n, NOTIFY_TRIGGER, "b", "y"); /* it is tried when the patience with the pause is over */
	WAIT_FOR(f->results->len == 2);
	g_assert_true(g_str_has_prefix(result_at(f, 1), "ok: "));
	g_assert_cmpint(http_double_time_at(f->server, 1) - http_double_time_at(f->server, 0), >=, 1990 * 1000);
	notifier_free(n);
}

static void
test_unreached(struct fixture *f, gconstpointer data)
{
	struct notify_settings s = settings_of(f, NOTIFY_PAGERDUTY);
	struct notifier *n;

	s.url = "http://127.0.0.1:1";
	s.patience_ms = 100;
	n = notifier_new(f->http, &s);
	say(f, n, NOTIFY_TRIGGER, "a", "x");
	WAIT_FOR(f->results->len == 1);
	g_assert_nonnull(strstr(result_at(f, 0), "GIVEN UP after"));
	g_assert_true(notifier_is_unreached(n));
	notifier_free(n);
}

static void
test_full(struct fixture *f, gconstpointer data)
{
	struct notifier *n = notifier(f, NOTIFY_TELEGRAM);
	guint failed = 0;

	http_double_once(f->server, DOUBLE_ANSWERS, "500 Internal Server Error", "", "");
	for (guint i = 0; i < NOTIFY_WAITING_MAX + 3; i++)
		say(f, n, NOTIFY_TRIGGER, "k", "x");
	g_assert_cmpuint(notifier_waiting(n, NULL), ==, NOTIFY_WAITING_MAX);
	WAIT_FOR(f->results->len == NOTIFY_WAITING_MAX + 3);
	for (guint i = 0; i < f->results->len; i++)
		failed += g_str_has_prefix(result_at(f, i), "failed: NOT SENT: 200 messages wait already");
	g_assert_cmpuint(failed, ==, 3);
	assert_taken(f, 0, "telegram {", "3 messages before this one could not be sent");
	g_assert_cmpuint(message_services_count(f->services), ==, NOTIFY_WAITING_MAX);
	notifier_free(n);
}

/* What is left out on the way is counted once. */
static void
test_many_details(struct fixture *f, gconstpointer data)
{
	struct notifier *n = notifier(f, NOTIFY_PAGERDUTY);
	const char **lines = g_new0(const char *, 302);

	for (guint i = 0; i < 301; i++)
		lines[i] = "line";
	notifier_send(n, &(struct notify_message){ .dedup_key = "k", .severity = "critical", .summary = "x", .details = lines }, on_done, f);
	g_free(lines);
	WAIT_FOR(f->results->len == 1);
	assert_taken(f, 0, "pagerduty {", "\"line\",\"and 201 more lines\"]");
	notifier_free(n);
}

static gint slow_ones; /* atomic */

static char *
answer_slowly(void *user, const char *request, const char **status)
{
	g_atomic_int_inc(&slow_ones);
	g_usleep(50 * 1000);
	*status = "200 OK";
	return g_strdup("ok");
}

/* What is lost while one is under way is told with the next: that one knows nothing of it. */
static void
test_lost_meanwhile(struct fixture *f, gconstpointer data)
{
	struct notifier *n = notifier(f, NOTIFY_SLACK);

	http_double_judge(f->server, answer_slowly, NULL);
	say(f, n, NOTIFY_TRIGGER, "k", "under way");
	while (!g_atomic_int_get(&slow_ones))
		g_main_context_iteration(NULL, FALSE);
	for (guint i = 0; i < NOTIFY_WAITING_MAX + 2; i++)
		say(f, n, NOTIFY_TRIGGER, "k", "x");
	WAIT_FOR(http_double_requests(f->server) >= 3);
	for (guint i = 0; i < 3; i++) {
		g_autofree char *request = http_double_request_at(f->server, i);
		const char *lost = strstr(request, "could not be sent");
		g_assert_cmpint(lost != NULL, ==, i == 1);
		g_assert_true(!lost || strstr(request, "3 messages before this one"));
	}
	notifier_free(n);
}

/* --- secrets --- */

/* Where it sends to is not gone to: the body holds a key. */
static void
test_redirect(struct fixture *f, gconstpointer data)
{
	struct http_double *other = http_double_new();
	g_autofree char *location = g_strdup_printf("Location: %s/v2/enqueue\r\n", http_double_url(other));

	for (guint i = 0; i < 3; i++) {
		struct notifier *n = notifier(f, i);
		http_double_once(f->server, DOUBLE_ANSWERS, i == 0 ? "307 Temporary Redirect" : "302 Found", location, "");
		say(f, n, NOTIFY_TRIGGER, "k", "x");
		WAIT_FOR(f->results->len == i + 1);
		notifier_free(n);
	}
	g_assert_cmpuint(http_double_requests(other), ==, 0);
	g_assert_cmpuint(message_services_count(f->services), ==, 3);
	http_double_free(other);
}

/* A token that was renewed is found, and its source is not asked all the time meanwhile: a command may open a password manager. */
static void
test_renewed(struct fixture *f, gconstpointer data)
{
	g_autofree char *directory = g_dir_make_tmp("midwatch-notify-XXXXXX", NULL), *file = g_build_filename(directory, "token", NULL);
	g_autofree char *asked = g_build_filename(directory, "asked", NULL), *command = g_strdup_printf("echo >>%s; cat %s", asked, file), *times = NULL;
	struct notify_settings s = settings_of(f, NOTIFY_TELEGRAM);
	struct notifier *n;
	gsize count = 0;
	gint64 begun = g_get_monotonic_time();

	g_assert_true(g_file_set_contents(file, "1:old-bott0ken\n", -1, NULL));
	s.secret = (struct secret_source){ .command = command };
	s.second_ms = 50; /* 60 of them are 3 s */
	n = notifier_new(f->http, &s);
	say(f, n, NOTIFY_TRIGGER, "k", "x");
	WAIT_FOR(http_double_requests(f->server) >= 2);
	g_assert_true(g_file_set_contents(file, BOT_TOKEN "\n", -1, NULL));
	WAIT_FOR(f->results->len == 1);
	g_assert_true(g_str_has_prefix(result_at(f, 0), "ok: sent at attempt "));
	g_assert_true(g_file_get_contents(asked, &times, &count, NULL));
	g_assert_cmpuint(count, >=, 2);
	g_assert_cmpint((gint64)count - 1, <=, (g_get_monotonic_time() - begun) / (3 * G_USEC_PER_SEC));
	notifier_free(n);
	g_unlink(file);
	g_unlink(asked);
	g_rmdir(directory);
}

static void
test_bad_secrets(struct fixture *f, gconstpointer data)
{
	static const struct { enum notify_service service; const char *secret, *words; } cases[] = {
		{ NOTIFY_SLACK, "http://hooks.example.com/services/T0EXAMPLE/B0EXAMPLE/w3bh00k", "must be an https:// URL" },
		{ NOTIFY_SLACK, "http://127.0.0.1.example.com/T0EXAMPLE", "must be an https:// URL" },
		{ NOTIFY_SLACK, "https://user:w3bh00k@example.com/", "must be an https:// URL" },
		{ NOTIFY_SLACK, "w3bh00k", "must be an https:// URL" },
		{ NOTIFY_SLACK, "ftp://127.0.0.1/w3bh00k", "must be an https:// URL" },
		{ NOTIFY_TELEGRAM, "7351234567:bott0ken/../x", "characters that no bot's token has" },
		{ NOTIFY_PAGERDUTY, "r0ut1n\xc3\xa9", "characters that no routing key has" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct notify_settings s = settings_of(f, cases[i].service);
		struct notifier *n;
		g_setenv("MW_TEST_BAD", cases[i].secret, TRUE);
		s.secret.env = "MW_TEST_BAD";
		s.patience_ms = 1;
		n = notifier_new(f->http, &s);
		notifier_check(n, on_done, f);
		WAIT_FOR(f->results->len == 2 * i + 1);
		say(f, n, NOTIFY_TRIGGER, "k", "x");
		WAIT_FOR(f->results->len == 2 * i + 2);
		g_assert_nonnull(strstr(result_at(f, 2 * i), cases[i].words));
		g_assert_nonnull(strstr(result_at(f, 2 * i + 1), cases[i].words));
		notifier_free(n);
	}
	g_assert_cmpuint(http_double_requests(f->server), ==, 0);
}

/* The base's own scheme counts, too. */
static void
test_plain_http(struct fixture *f, gconstpointer data)
{
	for (guint i = 0; i < 3; i += 2) {
		struct notify_settings s = settings_of(f, i);
		struct notifier *n;
		s.url = "http://events.example.com";
		s.patience_ms = 1;
		n = notifier_new(f->http, &s);
		say(f, n, NOTIFY_TRIGGER, "k", "x");
		WAIT_FOR(f->results->len == i / 2 + 1);
		g_assert_nonnull(strstr(result_at(f, i / 2), "is sent by https:// only"));
		notifier_free(n);
	}
}

static void
test_no_secret(struct fixture *f, gconstpointer data)
{
	struct notify_settings s = settings_of(f, NOTIFY_SLACK);
	struct notifier *n;
	const char *why;

	s.secret.env = "MW_TEST_LATER";
	g_unsetenv("MW_TEST_LATER");
	n = notifier_new(f->http, &s);
	notifier_check(n, on_done, f);
	WAIT_FOR(f->results->len == 1);
	g_assert_cmpstr(result_at(f, 0), ==, "failed: the variable MW_TEST_LATER is not set in the environment");
	say(f, n, NOTIFY_TRIGGER, "k", "x");
	WAIT_FOR((notifier_waiting(n, &why), why));
	g_assert_cmpstr(why, ==, "the secret of slack oncall: the variable MW_TEST_LATER is not set in the environment");
	g_setenv("MW_TEST_LATER", message_services_webhook(f->services), TRUE);
	WAIT_FOR(f->results->len == 2);
	g_assert_cmpstr(result_at(f, 1), ==, "ok: sent");
	notifier_check(n, on_done, f);
	WAIT_FOR(f->results->len == 3);
	g_assert_cmpstr(result_at(f, 2), ==, "ok: ");
	notifier_free(n);
}

/* --- Telegram's supergroups, and an end in the middle --- */

static void
test_moved(struct fixture *f, gconstpointer data)
{
	struct notifier *n = notifier(f, NOTIFY_TELEGRAM);

	http_double_once(f->server, DOUBLE_ANSWERS, "400 Bad Request", "",
	                 "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: group chat was upgraded to a supergroup chat\",\"parameters\":{\"migrate_to_chat_id\":-1009876543210}}");
	say(f, n, NOTIFY_TRIGGER, "k", "x");
	WAIT_FOR(f->results->len == 1);
	g_assert_cmpstr(result_at(f, 0), ==, "ok: sent at attempt 2; the group is a supergroup now: set notify.telegram.chat to -1009876543210");
	assert_taken(f, 0, "telegram {\"chat_id\":-1009876543210,", "x");
	notifier_free(n);
}

static void
test_freed(struct fixture *f, gconstpointer data)
{
	struct notifier *n = notifier(f, NOTIFY_PAGERDUTY);
	guint before = http_double_requests(f->server);

	http_double_once(f->server, DOUBLE_HANGS, "", "", "");
	say(f, n, NOTIFY_TRIGGER, "k", "x");
	say(f, n, NOTIFY_TRIGGER, "l", "y");
	WAIT_FOR(http_double_requests(f->server) > before);
	notifier_free(n);
	n = notifier(f, NOTIFY_SLACK);
	say(f, n, NOTIFY_TRIGGER, "k", "x");
	notifier_check(n, on_done, f);
	notifier_free(n);
	notifier_free(NULL);
	g_assert_cmpuint(f->results->len, ==, 0);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/notify/taken", test_taken },
		{ "/notify/order", test_order },
		{ "/notify/retries", test_retries },
		{ "/notify/pauses", test_pauses },
		{ "/notify/refused", test_refused },
		{ "/notify/given-up", test_given_up },
		{ "/notify/long-pause", test_long_pause },
		{ "/notify/unreached", test_unreached },
		{ "/notify/full", test_full },
		{ "/notify/many-details", test_many_details },
		{ "/notify/lost-meanwhile", test_lost_meanwhile },
		{ "/notify/redirect", test_redirect },
		{ "/notify/renewed", test_renewed },
		{ "/notify/bad-secrets", test_bad_secrets },
		{ "/notify/plain-http", test_plain_http },
		{ "/notify/no-secret", test_no_secret },
		{ "/notify/moved", test_moved },
		{ "/notify/freed", test_freed },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
