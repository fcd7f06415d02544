/* What is read off a URL, what goes by a proxy for it, and the wait that a server asks for. */
#include <errno.h>

#include "backends/http.h"
#include "backends/own_network.h"
#include "tests/unit/http_double.h"
#include "tests/unit/wait_for.h"

struct answer { gboolean done; int os_error; gint64 retry_after_s; };

static void
on_done(void *user, const struct http_reply *r)
{
	struct answer *a = user;

	*a = (struct answer){ TRUE, r->os_error, r->retry_after_s };
}

static struct answer
ask(const char *url)
{
	static const struct http_events events = { .done = on_done };
	struct http *http = http_new();
	struct answer a = { 0 };

	http_send(http, &(struct http_settings){ .url = url, .timeout_ms = 30000 }, &events, &a);
	WAIT_FOR(a.done);
	http_free(http);
	return a;
}

static void
test_leads_here(void)
{
	static const char *const here[] = { "http://127.0.0.1:8080/x", "https://localhost/", "http://[::1]:1/" };
	static const char *const elsewhere[] = { "http://127.example.com/", "http://localhost.example.com/", "https://100.64.0.1/", "http://", "" };

	for (guint i = 0; i < G_N_ELEMENTS(here); i++)
		g_assert_true(own_network_leads_here(here[i]));
	for (guint i = 0; i < G_N_ELEMENTS(elsewhere); i++)
		g_assert_false(own_network_leads_here(elsewhere[i]));
}

/* http_proxy is for what is elsewhere, whatever its name begins with. */
static void
test_proxy(void)
{
	g_assert_cmpint(ask("http://127.example.invalid/").os_error, ==, ECONNREFUSED); /* the proxy's */
	g_assert_cmpint(ask("http://localhost.example.invalid:80/").os_error, ==, ECONNREFUSED);
}

static void
test_private(void)
{
	static const char *const yes[] = { "https://example.com", "https://example.com:8443/a?b#c", "http://127.0.0.1:9093", "http://localhost/x", "http://[::1]:1/" };
	static const char *const no[] = {
		"http://example.com", "http://127.example.com/", "https://user@example.com/", "https://user:word@example.com/", "https://@example.com/", "https://",
		"https:///x", "https:x", "ftp://127.0.0.1/", "example.com", "/x", "", "https://exam ple.com/", "https://example.com/\n", "https://example.com\\@evil/",
		"https://[::1/", "https://example.com:x/", "https://example.com/\xc3\xa9",
	};

	for (guint i = 0; i < G_N_ELEMENTS(yes); i++)
		g_assert_true(http_url_is_private(yes[i]));
	for (guint i = 0; i < G_N_ELEMENTS(no); i++)
		g_assert_false(http_url_is_private(no[i]));
}

static void
test_base(void)
{
	static const char *const cases[][2] = { { "http://a", "http://a" }, { "http://a/", "http://a" }, { "http://a/b//", "http://a/b" }, { "///", "" }, { "", "" } };

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *base = http_url_base(cases[i][0]);
		g_assert_cmpstr(base, ==, cases[i][1]);
	}
}

/* "Retry-After: Mon, 21 Sep 2026 14:15:20 GMT", in so many seconds. */
static char *
date_in(gint seconds)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc(), then = g_date_time_add_seconds(now, seconds);

	return g_date_time_format(then, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n");
}

static void
test_retry_after(void)
{
	g_autofree char *soon = date_in(120), *past = date_in(-120), *far = date_in(86400);
	const struct { const char *header; gint64 least, most; } cases[] = {
		{ "", 0, 0 }, { "Retry-After: 30\r\n", 30, 30 }, { "Retry-After: soon\r\n", 0, 0 }, { "Retry-After: -5\r\n", 0, 0 }, { soon, 60, 120 }, { past, 0, 0 },
		{ far, HTTP_RETRY_AFTER_MAX_S, HTTP_RETRY_AFTER_MAX_S }, { "Retry-After: 999999\r\n", HTTP_RETRY_AFTER_MAX_S, HTTP_RETRY_AFTER_MAX_S },
	};
	struct http_double *server = http_double_new();

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		http_double_once(server, DOUBLE_ANSWERS, "429 Too Many Requests", cases[i].header, "");
		struct answer a = ask(http_double_url(server));
		g_assert_cmpint(a.retry_after_s, >=, cases[i].least);
		g_assert_cmpint(a.retry_after_s, <=, cases[i].most);
	}
	http_double_free(server);
}

int
main(int argc, char **argv)
{
	g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/http-url/leads-here", test_leads_here);
	g_test_add_func("/http-url/proxy", test_proxy);
	g_test_add_func("/http-url/private", test_private);
	g_test_add_func("/http-url/base", test_base);
	g_test_add_func("/http-url/retry-after", test_retry_after);
	return g_test_run();
}
