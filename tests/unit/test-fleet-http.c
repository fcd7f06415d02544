/* The sources of the fleet against a server that misbehaves: what they say, what they ask, and that a token is in none of their words. */
#include <string.h>

#include "backends/canary.h"
#include "backends/inventory.h"
#include "backends/loki.h"
#include "backends/prometheus.h"
#include "backends/tailscale.h"
#include "tests/unit/http_double.h"
#include "tests/unit/wait_for.h"

#define TOKEN "tok-5f3c-example"
#define INTERVAL_MS 20
#define LIST "[{\"name\":\"gw-1\",\"online\":true}]"

struct fixture {
	struct http *http;
	struct http_double *server;
	guint lists, failures, seen;
	guint count; /* entries of the last list */
	char *why;
	enum presence presence;
};

static const struct secret_source token = { .env = "MW_TEST_TOKEN" };

static void
set_up(struct fixture *f, gconstpointer data)
{
	g_setenv("MW_TEST_TOKEN", TOKEN, TRUE);
	f->http = http_new();
	f->server = http_double_new();
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	http_free(f->http);
	http_double_free(f->server);
	g_free(f->why);
}

static void
on_list(void *user, const struct fleet_list *l)
{
	struct fixture *f = user;

	f->lists++;
	f->count = l->entries->len;
}

static void
on_failed(void *user, const char *why)
{
	struct fixture *f = user;

	g_test_message("%s", why);
	g_assert_null(strstr(why, "5f3c"));
	g_assert_null(strchr(why, '\n'));
	g_free(f->why);
	f->why = g_strdup(why);
	f->failures++;
}

static const struct fleet_list_events events = { on_list, on_failed };

/* The next failure's words. */
static void
assert_fails(struct fixture *f, const char *words)
{
	guint before = f->failures;

	WAIT_FOR(f->failures > before + 1); /* one may have been under way */
	g_assert_nonnull(strstr(f->why, words));
}

static struct inventory *
inventory(struct fixture *f, const struct secret_source *secret, guint timeout_ms)
{
	g_autofree char *url = g_strconcat(http_double_url(f->server), "/list?x=1", NULL);

	return inventory_new(f->http, &(struct inventory_settings){ .url = url, .pointers = { .online = "/online" }, .token = secret, .interval_ms = INTERVAL_MS,
	                                                           .timeout_ms = timeout_ms }, &events, f);
}

static void
test_inventory(struct fixture *f, gconstpointer data)
{
	struct inventory *i = inventory(f, &token, 5000);
	g_autofree char *request = NULL;

	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", LIST);
	inventory_ask(i);
	WAIT_FOR(f->lists == 1);
	request = http_double_request(f->server);
	g_assert_true(g_str_has_prefix(request, "GET /list?x=1 HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(request, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
	inventory_ask(i);
	inventory_ask(i);
	WAIT_FOR(f->lists >= 3);
	g_assert_cmpuint(f->failures, ==, 0);
	inventory_free(i);
}

static void
test_inventory_faults(struct fixture *f, gconstpointer data)
{
	static const struct { const char *status, *body, *words; } faults[] = {
		{ "401 Unauthorized", "no " TOKEN, "refuses the configured token (HTTP status 401)" },
		{ "403 Forbidden", TOKEN, "refuses the configured token (HTTP status 403)" },
		{ "404 Not Found", "<html>", "check the path of its url" },
		{ "302 Found", "", "which is not followed" },
		{ "429 Too Many Requests", "", "longer refresh" },
		{ "500 Internal Server Error", "Bearer " TOKEN, "a fault of its own (HTTP status 500)" },
		{ "418 I am a teapot", TOKEN, "refuses the request (HTTP status 418)" },
		{ "200 OK", "<!DOCTYPE html><title>" TOKEN "</title>", "a web page instead of JSON" },
		{ "200 OK", "[{\"name\":\"" TOKEN, "no valid JSON" },
		{ "200 OK", "", "no valid JSON" },
		{ "204 No Content", "", "no valid JSON" },
		{ "200 OK", "[{\"id\":\"" TOKEN "\"}]", "lists 1 gateways, none with a name" },
	};
	struct inventory *i = inventory(f, &token, 5000);

	for (guint n = 0; n < G_N_ELEMENTS(faults); n++) {
		http_double_set(f->server, DOUBLE_ANSWERS, faults[n].status, faults[n].body);
		inventory_ask(i);
		inventory_ask(i);
		assert_fails(f, faults[n].words);
	}
	g_assert_cmpuint(f->lists, ==, 0);
	inventory_free(i);
}

static void
test_inventory_broken(struct fixture *f, gconstpointer data)
{
	struct inventory *i = inventory(f, NULL, 300);

	http_double_set(f->server, DOUBLE_CUTS, "200 OK", "[{\"name\":\"gw-1\"}] ");
	inventory_ask(i);
	inventory_ask(i);
	assert_fails(f, "broke in the middle of the answer");
	http_double_set(f->server, DOUBLE_HANGS, "", "");
	inventory_ask(i);
	inventory_ask(i);
	assert_fails(f, " in 0.3 s");
	inventory_free(i);
	i = inventory(f, NULL, 30000);
	http_double_set(f->server, DOUBLE_FLOODS, "200 OK", LIST);
	inventory_ask(i);
	inventory_ask(i);
	assert_fails(f, "longer than 8192 KiB");
	g_assert_cmpuint(f->lists, ==, 0);
	http_double_set(f->server, DOUBLE_ANSWERS, "401 Unauthorized", "");
	inventory_ask(i);
	inventory_ask(i);
	assert_fails(f, "wants a token (HTTP status 401): none is configured");
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", LIST); /* and all is well again */
	inventory_ask(i);
	WAIT_FOR(f->lists >= 1);
	inventory_free(i);
}

static void
test_inventory_empty(struct fixture *f, gconstpointer data)
{
	struct inventory *i = inventory(f, NULL, 5000);

	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", LIST);
	inventory_ask(i);
	WAIT_FOR(f->lists == 1);
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", "[]");
	inventory_ask(i);
	WAIT_FOR(f->failures == 1);
	g_assert_nonnull(strstr(f->why, "lists no gateway at all"));
	g_assert_cmpuint(f->count, ==, 1);
	WAIT_FOR(f->lists >= 2 && f->count == 0); /* asked again by itself */
	g_assert_cmpuint(f->failures, ==, 1);
	inventory_free(i);
}

/* Without its secret nothing is sent. */
static void
test_no_secret(struct fixture *f, gconstpointer data)
{
	struct inventory *i = inventory(f, &token, 5000), *gone;

	g_unsetenv("MW_TEST_TOKEN");
	inventory_ask(i);
	WAIT_FOR(f->failures == 1);
	g_assert_nonnull(strstr(f->why, "the token of the inventory: the variable MW_TEST_TOKEN is not set"));
	g_assert_cmpuint(http_double_requests(f->server), ==, 0);
	inventory_free(i);
	gone = inventory(f, &(struct secret_source){ .command = "sleep 100" }, 5000);
	inventory_ask(gone);
	inventory_free(gone); /* while its secret is read */
}

/* --- Prometheus --- */

static void
test_prometheus(struct fixture *f, gconstpointer data)
{
	g_autofree char *url = g_strconcat(http_double_url(f->server), "/", NULL), *request = NULL;
	struct prometheus *p = prometheus_new(f->http, &(struct prometheus_settings){
		.url = url, .query = "up{job=\"gateway\"} & x", .token = &token, .interval_ms = INTERVAL_MS }, &events, f);
	static const struct { const char *status, *body, *words; } faults[] = {
		{ "400 Bad Request", "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error at " TOKEN "\"}",
		  "refuses the query (HTTP status 400): bad_data: parse error at [token]" },
		{ "422 Unprocessable Entity", "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"\\u001b[2Jtoo\\nmany\"}", "(HTTP status 422): execution: " },
		{ "503 Service Unavailable", "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out\"}", "(HTTP status 503): timeout: query timed out" },
		{ "502 Bad Gateway", "<html>", "a fault of its own (HTTP status 502)" },
		{ "401 Unauthorized", "{\"error\":\"" TOKEN "\"}", "refuses the configured token" },
		{ "200 OK", "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}", "must give an instant vector" },
	};

	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK",
	                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"instance\":\"gw-1:9100\"},\"value\":[1,\"1\"]}]}}");
	prometheus_ask(p);
	WAIT_FOR(f->lists == 1);
	request = http_double_request(f->server);
	g_assert_true(g_str_has_prefix(request, "POST /api/v1/query HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(request, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
	g_assert_true(g_str_has_suffix(request, "\r\n\r\nquery=up%7Bjob%3D%22gateway%22%7D%20%26%20x"));
	for (guint n = 0; n < G_N_ELEMENTS(faults); n++) {
		http_double_set(f->server, DOUBLE_ANSWERS, faults[n].status, faults[n].body);
		prometheus_ask(p);
		prometheus_ask(p);
		assert_fails(f, faults[n].words);
	}
	prometheus_free(p);
}

/* --- Tailscale --- */

static void
on_status(void *user, const struct tailscale_status *s)
{
	struct fixture *f = user;

	f->lists++;
	f->count = s->peers->len;
	g_free(f->why);
	f->why = g_strdup(s->problem);
}

static void
test_tailscale(struct fixture *f, gconstpointer data)
{
	static const struct tailscale_events tailnet = { on_status, on_failed };
	g_autofree char *request = NULL, *missing = g_strconcat(http_double_socket(f->server), "-gone", NULL);
	struct tailscale *t = tailscale_new(f->http, &(struct tailscale_settings){ .socket = http_double_socket(f->server), .interval_ms = INTERVAL_MS,
	                                                                          .timeout_ms = 300 }, &tailnet, f);

	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", "{\"BackendState\":\"Running\",\"Self\":{\"Online\":false},\"Peer\":{\"a\":{\"HostName\":\"gw-1\"}}}");
	tailscale_ask(t);
	WAIT_FOR(f->lists == 1);
	g_assert_cmpstr(f->why, ==, NULL); /* it may only blink */
	request = http_double_request(f->server);
	g_assert_true(g_str_has_prefix(request, "GET /localapi/v0/status HTTP/1.1\r\nHost: local-tailscaled.sock\r\n"));
	g_assert_null(strstr(request, "Referer"));
	g_assert_null(strstr(request, "Origin"));
	WAIT_FOR(f->lists >= TAILSCALE_BLINKS);
	g_assert_nonnull(strstr(f->why, "has lost its control plane"));
	http_double_set(f->server, DOUBLE_ANSWERS, "403 Forbidden", "");
	assert_fails(f, "refuses to tell its status");
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", "hello");
	assert_fails(f, "no valid JSON");
	http_double_set(f->server, DOUBLE_HANGS, "", "");
	assert_fails(f, "no answer from");
	tailscale_free(t);
	t = tailscale_new(f->http, &(struct tailscale_settings){ .socket = missing, .interval_ms = INTERVAL_MS }, &tailnet, f);
	tailscale_ask(t);
	assert_fails(f, "tailscaled does not run on this machine: ");
	tailscale_free(t);
}

/* --- the canary --- */

static void
on_seen(void *user, enum presence presence, const char *problem)
{
	struct fixture *f = user;

	g_assert_true((presence == PRESENCE_OFFLINE) == (problem != NULL));
	f->presence = presence;
	f->seen++;
}

static void
test_canary(struct fixture *f, gconstpointer data)
{
	struct canary *c = canary_new(f->http, &(struct canary_settings){ .url = http_double_url(f->server), .interval_ms = INTERVAL_MS, .timeout_ms = 300 }, on_seen, f);
	static const char *const answers[] = { "200 OK", "404 Not Found", "500 Internal Server Error", "302 Found" };

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		guint before = f->seen;
		http_double_set(f->server, DOUBLE_ANSWERS, answers[i], "x");
		canary_ask(c);
		WAIT_FOR(f->seen > before);
		g_assert_cmpint(f->presence, ==, PRESENCE_ONLINE);
	}
	http_double_set(f->server, DOUBLE_FLOODS, "200 OK", "");
	canary_ask(c);
	f->seen = 0;
	WAIT_FOR(f->seen >= 1);
	g_assert_cmpint(f->presence, ==, PRESENCE_ONLINE);
	http_double_set(f->server, DOUBLE_HANGS, "", "");
	WAIT_FOR(f->presence == PRESENCE_OFFLINE);
	canary_free(c);
}

/* --- Loki --- */

struct swept { GString *lines; guint done; gboolean cut; char *problem; };

static void
on_line(void *user, const char *gateway, gint64 utc_us, const char *text, gsize len)
{
	struct swept *s = user;

	g_string_append_printf(s->lines, "%s %" G_GINT64_FORMAT " %.*s\n", gateway, utc_us, (int)len, text);
}

static void
on_swept(void *user, const char *problem, gboolean cut)
{
	struct swept *s = user;

	g_assert_true(!problem || !strstr(problem, "5f3c"));
	g_free(s->problem);
	s->problem = g_strdup(problem);
	s->cut = cut;
	s->done++;
}

static void
sweep(struct loki *l, struct swept *s, gint64 now_us)
{
	static const struct loki_events sweeping = { on_line, on_swept };
	guint before = s->done;

	g_string_truncate(s->lines, 0);
	g_assert_true(loki_sweep(l, "ERROR|panic", now_us, 1800 * G_USEC_PER_SEC, &sweeping, s));
	g_assert_false(loki_sweep(l, "ERROR|panic", now_us, 1800 * G_USEC_PER_SEC, &sweeping, s));
	WAIT_FOR(s->done > before);
}

#define STREAMS(lines) "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":[" lines "]}}"
#define STREAM(host, values) "{\"stream\":{\"host\":\"" host "\"},\"values\":[" values "]}"
#define NOW_US (G_GINT64_CONSTANT(1790000000) * G_USEC_PER_SEC)

static struct loki *
loki(struct fixture *f)
{
	return loki_new(f->http, &(struct loki_settings){ .url = http_double_url(f->server), .query = "{job=\"gateway\"}", .tenant = "site-a", .token = &token,
	                                                 .timeout_ms = 20000 });
}

static void
test_loki(struct fixture *f, gconstpointer data)
{
	struct loki *l = loki(f);
	struct swept s = { .lines = g_string_new(NULL) };
	g_autofree char *first = NULL, *second = NULL;

	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK",
	                STREAMS(STREAM("gw-1", "[\"1789999990000000000\",\"ERROR b\"],[\"1789999990000000000\",\"ERROR c\"]") "," STREAM("gw-2", "[\"1789999980000000999\",\"ERROR a\"]")));
	sweep(l, &s, NOW_US);
	g_assert_cmpstr(s.problem, ==, NULL);
	g_assert_cmpstr(s.lines->str, ==, "gw-2 1789999980000000 ERROR a\ngw-1 1789999990000000 ERROR b\ngw-1 1789999990000000 ERROR c\n");
	g_assert_false(s.cut);
	first = http_double_request(f->server);
	g_assert_true(g_str_has_prefix(first, "GET /loki/api/v1/query_range?query=%7Bjob%3D%22gateway%22%7D%20%7C~%20%22ERROR%7Cpanic%22"
	                                      "&start=1789998200000000000&end=1790000000000000000&limit=5000&direction=backward HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(first, "\r\nX-Scope-OrgID: site-a\r\n"));
	g_assert_nonnull(strstr(first, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
	/* The next one overlaps for lines that come late, and what was told is not told again. */
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK",
	                STREAMS(STREAM("gw-1", "[\"1790000001000000000\",\"ERROR d\"],[\"1789999990000000000\",\"ERROR c\"]") "," STREAM("gw-3", "[\"1789999980000000000\",\"ERROR late\"]")));
	sweep(l, &s, NOW_US + 30 * G_USEC_PER_SEC);
	second = http_double_request(f->server);
	g_assert_nonnull(strstr(second, "&start=1789999940000000000&end=1790000030000000000&"));
	g_assert_cmpstr(s.lines->str, ==, "gw-3 1789999980000000 ERROR late\ngw-1 1790000001000000 ERROR d\n");
	loki_free(l); /* a new one has told nothing */
	l = loki(f);
	sweep(l, &s, NOW_US + 30 * G_USEC_PER_SEC);
	g_assert_cmpstr(s.lines->str, ==, "gw-3 1789999980000000 ERROR late\ngw-1 1789999990000000 ERROR c\ngw-1 1790000001000000 ERROR d\n");
	g_string_free(s.lines, TRUE);
	loki_free(l);
}

static void
test_loki_faults(struct fixture *f, gconstpointer data)
{
	static const struct { const char *status, *body, *words; } faults[] = {
		{ "400 Bad Request", "parse error at line 1: " TOKEN "\nmore", "refuses the query (HTTP status 400): parse error at line 1: [token]" },
		{ "429 Too Many Requests", "too many outstanding requests", "(HTTP status 429): too many outstanding requests" },
		{ "502 Bad Gateway", "<html>", "a fault of its own (HTTP status 502)" },
		{ "401 Unauthorized", "no org id, " TOKEN, "refuses the configured token" },
		{ "200 OK", "plain", "no valid JSON" },
		{ "200 OK", "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}", "must be a stream selector" },
	};
	struct loki *l = loki(f);
	struct swept s = { .lines = g_string_new(NULL) };

	for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
		http_double_set(f->server, DOUBLE_ANSWERS, faults[i].status, faults[i].body);
		sweep(l, &s, NOW_US);
		g_test_message("%s", s.problem);
		g_assert_nonnull(strstr(s.problem, faults[i].words));
		g_assert_cmpuint(s.lines->len, ==, 0);
	}
	g_free(s.problem);
	g_string_free(s.lines, TRUE);
	loki_free(l);
}

static void
test_loki_bounds(struct fixture *f, gconstpointer data)
{
	static const struct loki_events sweeping = { on_line, on_swept };
	struct loki *l = loki(f);
	struct swept s = { .lines = g_string_new(NULL) };
	g_autofree char *request = NULL;
	GString *many = g_string_new("{\"data\":{\"resultType\":\"streams\",\"result\":[{\"stream\":{\"host\":\"gw-1\"},\"values\":[[\"1789999990000000000\",\"ERROR\"]");

	for (guint i = 1; i < LOKI_LINES_MAX; i++)
		g_string_append(many, ",[\"1789999990000000000\",\"ERROR\"]");
	g_string_append(many, "]}]}}");
	http_double_set(f->server, DOUBLE_ANSWERS, "200 OK", many->str);
	sweep(l, &s, NOW_US);
	g_assert_true(s.cut);
	/* Lines so long that fewer of them are asked for. */
	http_double_set(f->server, DOUBLE_FLOODS, "200 OK", STREAMS(""));
	sweep(l, &s, NOW_US);
	request = http_double_request(f->server);
	g_assert_nonnull(strstr(request, "&limit=312&"));
	g_assert_nonnull(strstr(s.problem, "longer than 16384 KiB"));
	http_double_set(f->server, DOUBLE_HANGS, "", "");
	g_assert_true(loki_sweep(l, "x", NOW_US, 1, &sweeping, &s));
	loki_cancel(l);
	g_assert_true(loki_sweep(l, "x", NOW_US, 1, &sweeping, &s));
	g_free(s.problem);
	g_string_free(s.lines, TRUE);
	g_string_free(many, TRUE);
	loki_free(l);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/fleet-http/inventory", test_inventory },
		{ "/fleet-http/inventory-faults", test_inventory_faults },
		{ "/fleet-http/inventory-broken", test_inventory_broken },
		{ "/fleet-http/inventory-empty", test_inventory_empty },
		{ "/fleet-http/no-secret", test_no_secret },
		{ "/fleet-http/prometheus", test_prometheus },
		{ "/fleet-http/tailscale", test_tailscale },
		{ "/fleet-http/canary", test_canary },
		{ "/fleet-http/loki", test_loki },
		{ "/fleet-http/loki-faults", test_loki_faults },
		{ "/fleet-http/loki-bounds", test_loki_bounds },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
