/* The HTTP client against a small server of the test's own, which misbehaves as asked. */
#include "backends/http.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/curl_api.h"

#define DEADLINE_S 60
#define LINES 200000

/* --- the server: a forked process, a thread for each connection --- */

static struct {
	int tcp, unix_fd;
	gint connections, running, most; /* of the server process only */
} server;

static gboolean
put(int fd, const char *text)
{
	gsize len = strlen(text);

	while (len) {
		gssize n = send(fd, text, len, MSG_NOSIGNAL);
		if (n <= 0)
			return FALSE;
		text += n;
		len -= (gsize)n;
	}
	return TRUE;
}

static void
put_body(int fd, const char *status, const char *body)
{
	g_autofree char *answer = g_strdup_printf("HTTP/1.1 %s\r\nContent-Type: text/plain; x=\x1b[31m\r\nApi-Version: 1.41\r\n"
	                                          "Content-Length: %zu\r\n\r\n%s", status, strlen(body), body);
	put(fd, answer);
}

static void
wait_for_close(int fd)
{
	char c;

	while (recv(fd, &c, 1, 0) > 0)
		;
}

static void
put_chunk(int fd, const char *text)
{
	g_autofree char *chunk = g_strdup_printf("%zx\r\n%s\r\n", strlen(text), text);

	put(fd, chunk);
}

static void
put_lines(int fd)
{
	g_autoptr(GString) chunk = g_string_new(NULL);

	put(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < LINES; i++) {
		g_string_append_printf(chunk, "%d\n", i);
		if (chunk->len > 3000 || i == LINES - 1) {
			put_chunk(fd, chunk->str);
			g_string_truncate(chunk, 0);
		}
	}
	put(fd, "0\r\n\r\n");
}

static void
put_chunks(int fd)
{
	put(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
	g_usleep(20000);
	put(fd, "c\r\n1");
	g_usleep(20000);
	put(fd, "0\r\n0123456789abcdef\r");
	g_usleep(20000);
	put(fd, "\n0\r\n\r\n");
}

static void
put_without_end(int fd, const char *piece)
{
	while (put(fd, piece))
		;
}

static void
put_busy(int fd)
{
	g_autofree char *most = NULL;
	gint now = g_atomic_int_add(&server.running, 1) + 1;

	if (now > g_atomic_int_get(&server.most))
		g_atomic_int_set(&server.most, now);
	g_usleep(30000);
	g_atomic_int_add(&server.running, -1);
	most = g_strdup_printf("%d", g_atomic_int_get(&server.most));
	put_body(fd, "200 OK", most);
}

/* FALSE ends the connection. */
static gboolean
answer(int fd, const char *request, const char *path)
{
	g_autofree char *count = g_strdup_printf("%d", g_atomic_int_get(&server.connections));

	if (strcmp(path, "/hello") == 0)
		put_body(fd, "200 OK", "hello");
	else if (strcmp(path, "/count") == 0)
		put_body(fd, "200 OK", count);
	else if (strcmp(path, "/echo") == 0)
		put_body(fd, "200 OK", request);
	else if (strcmp(path, "/chunked") == 0)
		put_chunks(fd);
	else if (strcmp(path, "/missing") == 0)
		put_body(fd, "404 Not Found", "{\"message\":\"no such thing\"}");
	else if (strcmp(path, "/lines") == 0)
		put_lines(fd);
	else if (strcmp(path, "/busy") == 0)
		put_busy(fd);
	else if (strcmp(path, "/slow") == 0)
		wait_for_close(fd);
	else if (strcmp(path, "/half") == 0) {
		put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
		wait_for_close(fd);
	} else if (strcmp(path, "/cut") == 0) {
		put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.");
		return FALSE;
	} else if (strcmp(path, "/cut-chunk") == 0) {
		put(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nten bytes.");
		return FALSE;
	} else if (strcmp(path, "/garbage") == 0) {
		put(fd, "\x01\x02\x1b[2J no HTTP at all\r\n\r\n");
		return FALSE;
	} else if (strcmp(path, "/headers") == 0) {
		put(fd, "HTTP/1.1 200 OK\r\n");
		put_without_end(fd, "X-Again: and again and again and again and again and again\r\n");
		return FALSE;
	} else if (strcmp(path, "/huge") == 0) {
		put(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		put_without_end(fd, "40\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
		return FALSE;
	} else
		return FALSE; /* "/nothing": closed without an answer */
	return TRUE;
}

static gpointer
serve(gpointer data)
{
	int fd = GPOINTER_TO_INT(data);
	char request[8192] = "", path[256];
	gsize have = 0;

	for (;;) {
		char *end = NULL, *length;
		gsize body = 0;
		while (have < sizeof request - 1 && !(end = strstr(request, "\r\n\r\n"))) {
			gssize n = recv(fd, request + have, sizeof request - 1 - have, 0);
			if (n <= 0)
				goto out;
			have += (gsize)n;
			request[have] = '\0';
		}
		length = strstr(request, "Content-Length: ");
		if (length)
			body = (gsize)atoi(length + 16);
		while (end && have < (gsize)(end + 4 - request) + body) {
			gssize n = recv(fd, request + have, sizeof request - 1 - have, 0);
			if (n <= 0)
				goto out;
			have += (gsize)n;
			request[have] = '\0';
		}
		if (!end || sscanf(request, "%*s %255[^? ]", path) != 1 || !answer(fd, request, path))
			goto out;
		have = 0;
		request[0] = '\0';
	}
out:
	close(fd);
	return NULL;
}

static gpointer
accept_all(gpointer data)
{
	int fd;

	while ((fd = accept(GPOINTER_TO_INT(data), NULL, NULL)) >= 0) {
		g_atomic_int_add(&server.connections, 1);
		g_thread_unref(g_thread_new("connection", serve, GINT_TO_POINTER(fd)));
	}
	return NULL;
}

/* --- the fixture --- */

struct fixture {
	pid_t server;
	char *directory, *socket;
	guint port;
	struct http *http;
};

static void
set_up(struct fixture *f, gconstpointer data)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof in;
	pid_t parent = getpid();

	f->directory = g_dir_make_tmp("midwatch-http-XXXXXX", NULL);
	f->socket = g_build_filename(f->directory, "s", NULL);
	g_strlcpy(un.sun_path, f->socket, sizeof un.sun_path);
	server.tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	server.unix_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(server.tcp, (struct sockaddr *)&in, sizeof in), ==, 0);
	g_assert_cmpint(bind(server.unix_fd, (struct sockaddr *)&un, sizeof un), ==, 0);
	g_assert_cmpint(listen(server.tcp, 64) | listen(server.unix_fd, 64), ==, 0);
	g_assert_cmpint(getsockname(server.tcp, (struct sockaddr *)&in, &len), ==, 0);
	f->port = ntohs(in.sin_port);
	f->server = fork();
	if (f->server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		g_thread_new("unix", accept_all, GINT_TO_POINTER(server.unix_fd));
		accept_all(GINT_TO_POINTER(server.tcp));
		_exit(0);
	}
	close(server.tcp);
	close(server.unix_fd);
	f->http = http_new();
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	http_free(f->http);
	kill(f->server, SIGKILL);
	waitpid(f->server, NULL, 0);
	unlink(f->socket);
	rmdir(f->directory);
	g_free(f->socket);
	g_free(f->directory);
}

/* --- one request and what came of it --- */

struct answer {
	guint done, headers;
	long status, header_status;
	GString *body, *streamed;
	char *problem, *type, *version;
	gboolean truncated, timed_out, unmade;
	int os_error;
	/* how the streaming callback behaves */
	gsize pause_each, since_pause;
	guint pauses;
	struct http_request *request;
	gsize cancel_after;
	gboolean inside; /* http_send() is on the stack */
};

static void
answer_clear(struct answer *a)
{
	if (a->body)
		g_string_free(a->body, TRUE);
	if (a->streamed)
		g_string_free(a->streamed, TRUE);
	g_free(a->problem);
	g_free(a->type);
	g_free(a->version);
	memset(a, 0, sizeof *a);
}

static void
on_done(void *user, const struct http_reply *r)
{
	struct answer *a = user;

	g_assert_false(a->inside);
	g_assert_cmpuint(strlen(r->body), <=, r->body_length);
	a->done++;
	a->status = r->status;
	a->body = g_string_new_len(r->body, (gssize)r->body_length);
	a->problem = g_strdup(r->problem);
	a->type = g_strdup(r->content_type);
	a->version = g_strdup(r->api_version);
	g_assert_cmpstr(r->http_version, ==, r->status ? "1.1" : NULL);
	g_assert_cmpint(r->unmade && (r->sent || r->os_error || r->timed_out), ==, FALSE);
	a->unmade = r->unmade;
	a->truncated = r->truncated;
	a->timed_out = r->timed_out;
	a->os_error = r->os_error;
}

static gboolean
on_deadline(gpointer data)
{
	g_error("nothing came of the request within %d s", DEADLINE_S);
	return G_SOURCE_REMOVE;
}

static void
wait_until(const guint *value, guint at_least)
{
	guint deadline = g_timeout_add_seconds(DEADLINE_S, on_deadline, NULL);

	while (*value < at_least)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(deadline);
}

static gboolean
on_data(void *user, const char *bytes, gsize len)
{
	struct answer *a = user;

	g_assert_false(a->inside);
	if (a->pause_each && a->since_pause >= a->pause_each) {
		a->since_pause = 0;
		a->pauses++;
		return FALSE;
	}
	a->since_pause += len;
	g_string_append_len(a->streamed, bytes, (gssize)len);
	if (a->cancel_after && a->streamed->len >= a->cancel_after) {
		http_cancel(a->request);
		a->done++;
	}
	return TRUE;
}

static void
on_headers(void *user, long status)
{
	struct answer *a = user;

	g_assert_cmpuint(a->done, ==, 0);
	a->headers++;
	a->header_status = status;
}

static void
send_to(struct fixture *f, struct answer *a, const char *path, gboolean streamed, struct http_settings s)
{
	const struct http_events events = { .data = streamed ? on_data : NULL, .headers = on_headers, .done = on_done };
	g_autofree char *url = s.url ? g_strdup(s.url)
	                     : s.unix_socket ? g_strconcat("http://docker", path, NULL)
	                                     : g_strdup_printf("http://127.0.0.1:%u%s", f->port, path);

	s.url = url;
	if (streamed)
		a->streamed = g_string_new(NULL);
	a->inside = TRUE;
	a->request = http_send(f->http, &s, &events, a);
	a->inside = FALSE;
}

static void
get(struct fixture *f, struct answer *a, const char *path, struct http_settings s)
{
	send_to(f, a, path, FALSE, s);
	wait_until(&a->done, 1);
	g_assert_cmpuint(a->done, ==, 1);
}

/* Lets the loop run until another whole request is through, so that what must not happen had its chance. */
static void
let_pass(struct fixture *f)
{
	struct answer a = { 0 };

	get(f, &a, "/hello", (struct http_settings){ .timeout_ms = 60000 });
	g_assert_cmpstr(a.body->str, ==, "hello");
	answer_clear(&a);
}

/* --- tests --- */

static void
test_plain(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 };

	get(f, &a, "/hello", (struct http_settings){ .timeout_ms = 60000 });
	g_assert_cmpint(a.status, ==, 200);
	g_assert_cmpint(a.header_status, ==, 200);
	g_assert_cmpuint(a.headers, ==, 1);
	g_assert_cmpstr(a.body->str, ==, "hello");
	g_assert_null(a.problem);
	g_assert_cmpstr(a.version, ==, "1.41");
	g_assert_nonnull(a.type);
	g_assert_null(strchr(a.type, 0x1b)); /* headers are bytes from outside too */
	answer_clear(&a);
}

static void
test_unix(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 };

	get(f, &a, "/hello", (struct http_settings){ .unix_socket = f->socket, .timeout_ms = 60000 });
	g_assert_cmpstr(a.body->str, ==, "hello");
	answer_clear(&a);
}

static void
test_unix_missing(struct fixture *f, gconstpointer data)
{
	g_autofree char *gone = g_strconcat(f->socket, "-gone", NULL);
	struct answer a = { 0 };

	get(f, &a, "/hello?token=secret", (struct http_settings){ .unix_socket = gone, .timeout_ms = 60000 });
	g_assert_cmpint(a.status, ==, 0);
	g_assert_cmpint(a.os_error, ==, ENOENT);
	g_assert_nonnull(strstr(a.problem, gone));
	g_assert_nonnull(strstr(a.problem, "does not exist"));
	g_assert_null(strstr(a.problem, "secret"));
	answer_clear(&a);
}

/* Behind a tunnel: the socket of this program tells the operator nothing. */
static void
test_named(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 };

	http_name(f->http, f->socket, "elsewhere:80");
	http_name(f->http, f->socket, "/run/there.sock");
	get(f, &a, "/slow", (struct http_settings){ .unix_socket = f->socket, .timeout_ms = 200 });
	g_assert_cmpstr(a.problem, ==, "no answer from /run/there.sock in 0.2 s");
	answer_clear(&a);
}

static void
test_refused(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 };

	get(f, &a, NULL, (struct http_settings){ .url = "http://user:word@127.0.0.1:1/x?token=secret", .timeout_ms = 60000 });
	g_assert_cmpint(a.os_error, ==, ECONNREFUSED);
	g_assert_cmpstr(a.problem, ==, "127.0.0.1:1: connection refused, nothing listens there");
	answer_clear(&a);
}

static void
test_bad_url(struct fixture *f, gconstpointer data)
{
	static const char *const urls[] = { "file:///etc/passwd", "http://", "gopher://127.0.0.1/", "http://[::1/", "" };

	for (guint i = 0; i < G_N_ELEMENTS(urls); i++) {
		struct answer a = { 0 };
		get(f, &a, NULL, (struct http_settings){ .url = urls[i], .timeout_ms = 60000 });
		g_assert_cmpint(a.status, ==, 0);
		g_assert_cmpuint(a.body->len, ==, 0);
		g_assert_nonnull(a.problem);
		g_assert_true(a.unmade);
		answer_clear(&a);
	}
}

static void
test_chunked(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 }, b = { 0 };

	get(f, &a, "/chunked", (struct http_settings){ .timeout_ms = 60000 });
	g_assert_cmpstr(a.body->str, ==, "abc0123456789abcdef");
	send_to(f, &b, "/chunked", TRUE, (struct http_settings){ .timeout_ms = 0 });
	wait_until(&b.done, 1);
	g_assert_cmpstr(b.streamed->str, ==, "abc0123456789abcdef");
	g_assert_cmpuint(b.body->len, ==, 0);
	answer_clear(&a);
	answer_clear(&b);
}

static void
test_missing(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 };

	/* The body of an error is not given to the stream. */
	send_to(f, &a, "/missing", TRUE, (struct http_settings){ .timeout_ms = 0 });
	wait_until(&a.done, 1);
	g_assert_cmpint(a.status, ==, 404);
	g_assert_cmpint(a.header_status, ==, 404);
	g_assert_cmpuint(a.streamed->len, ==, 0);
	g_assert_cmpstr(a.body->str, ==, "{\"message\":\"no such thing\"}");
	g_assert_null(a.problem);
	answer_clear(&a);
}

static void
test_broken(struct fixture *f, gconstpointer data)
{
	static const struct {
		const char *path, *words;
		long status;
	} cases[] = {
		{ "/cut", "broke in the middle", 200 },        { "/cut-chunk", "broke in the middle", 200 },
		{ "/nothing", "closed the connection without an answer", 0 }, { "/garbage", "does not answer in HTTP", 0 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *peer = g_strdup_printf("127.0.0.1:%u", f->port);
		struct answer a = { 0 };
		get(f, &a, cases[i].path, (struct http_settings){ .timeout_ms = 60000 });
		g_test_message("%s: %s", cases[i].path, a.problem);
		g_assert_cmpint(a.status, ==, cases[i].status);
		g_assert_nonnull(strstr(a.problem, cases[i].words));
		g_assert_nonnull(strstr(a.problem, peer));
		answer_clear(&a);
	}
}

static void
test_slow(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 }, b = { 0 };

	get(f, &a, "/slow", (struct http_settings){ .timeout_ms = 200 });
	g_assert_cmpint(a.status, ==, 0);
	g_assert_true(a.timed_out);
	g_assert_nonnull(strstr(a.problem, "no answer from 127.0.0.1:"));
	g_assert_true(g_str_has_suffix(a.problem, " in 0.2 s"));
	get(f, &b, "/half", (struct http_settings){ .timeout_ms = 1000 });
	g_assert_cmpint(b.status, ==, 200);
	g_assert_true(b.timed_out);
	g_assert_true(g_str_has_suffix(b.problem, ": the answer was not complete in 1 s"));
	g_assert_cmpstr(b.body->str, ==, "half");
	answer_clear(&a);
	answer_clear(&b);
}

static void
test_huge(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 }, b = { 0 };

	get(f, &a, "/huge", (struct http_settings){ .timeout_ms = 60000, .max_body = 100000 });
	g_assert_true(a.truncated);
	g_assert_cmpuint(a.body->len, ==, 100000);
	g_assert_cmpint(a.status, ==, 200);
	g_assert_nonnull(strstr(a.problem, "longer than"));
	get(f, &b, "/headers", (struct http_settings){ .timeout_ms = 60000 });
	g_assert_cmpint(b.status, ==, 0);
	g_assert_nonnull(b.problem);
	answer_clear(&a);
	answer_clear(&b);
}

static void
check_lines(const GString *got)
{
	const char *at = got->str;

	for (int i = 0; i < LINES; i++) {
		char *end;
		g_assert_cmpint(strtol(at, &end, 10), ==, i);
		g_assert_cmpint(*end, ==, '\n');
		at = end + 1;
	}
	g_assert_cmpint(*at, ==, '\0');
}

static gboolean
on_resume(gpointer data)
{
	struct answer *a = data;

	if (!a->done)
		http_resume(a->request);
	return G_SOURCE_CONTINUE;
}

static void
test_pause(struct fixture *f, gconstpointer data)
{
	struct answer a = { .pause_each = 50000 };
	guint tick;

	send_to(f, &a, "/lines", TRUE, (struct http_settings){ .unix_socket = f->socket });
	tick = g_timeout_add(2, on_resume, &a);
	wait_until(&a.done, 1);
	g_source_remove(tick);
	g_assert_cmpuint(a.pauses, >, 10);
	g_assert_null(a.problem);
	check_lines(a.streamed);
	answer_clear(&a);
}

static void
test_paused_stays(struct fixture *f, gconstpointer data)
{
	struct answer a = { .pause_each = 1 };

	send_to(f, &a, "/lines", TRUE, (struct http_settings){ .timeout_ms = 0 });
	wait_until(&a.pauses, 1);
	for (int i = 0; i < 20; i++)
		let_pass(f);
	g_assert_cmpuint(a.pauses, ==, 1); /* nothing is given while it is paused, and others go on */
	g_assert_cmpuint(a.done, ==, 0);
	a.pause_each = 0;
	http_resume(a.request);
	wait_until(&a.done, 1);
	check_lines(a.streamed);
	answer_clear(&a);
}

static void
test_cancel(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 }, b = { 0 }, c = { .cancel_after = 10000 }, d = { .pause_each = 1 };
	gsize got;

	/* Before it was started, under way, in its own data callback, and paused. */
	send_to(f, &a, "/hello", FALSE, (struct http_settings){ .timeout_ms = 60000 });
	http_cancel(a.request);
	send_to(f, &b, "/half", TRUE, (struct http_settings){ .timeout_ms = 0 });
	wait_until(&b.headers, 1);
	http_cancel(b.request);
	send_to(f, &c, "/lines", TRUE, (struct http_settings){ .timeout_ms = 0 });
	wait_until(&c.done, 1);
	got = c.streamed->len;
	send_to(f, &d, "/lines", TRUE, (struct http_settings){ .timeout_ms = 0 });
	wait_until(&d.pauses, 1);
	http_resume(d.request);
	http_cancel(d.request);
	let_pass(f);
	g_assert_cmpuint(a.done, ==, 0);
	g_assert_cmpuint(b.done, ==, 0);
	g_assert_cmpuint(c.done, ==, 1); /* counted by the callback itself */
	g_assert_cmpuint(c.streamed->len, ==, got);
	g_assert_cmpuint(d.done, ==, 0);
	answer_clear(&a);
	answer_clear(&b);
	answer_clear(&c);
	answer_clear(&d);
}

static void
test_free_under_way(struct fixture *f, gconstpointer data)
{
	struct answer a[20] = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(a); i++)
		send_to(f, &a[i], i % 2 ? "/half" : "/slow", i % 3 == 0, (struct http_settings){ .timeout_ms = i % 2 ? 60000 : 0 });
	wait_until(&a[1].headers, 1);
	http_free(f->http);
	f->http = http_new();
	let_pass(f);
	for (guint i = 0; i < G_N_ELEMENTS(a); i++) {
		g_assert_cmpuint(a[i].done, ==, 0);
		answer_clear(&a[i]);
	}
}

/* The first pass of the loop begins to load libcurl. */
static void
test_free_while_loading(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 }, b = { 0 };

	send_to(f, &a, "/hello", FALSE, (struct http_settings){ .timeout_ms = 60000 });
	send_to(f, &b, "/hello", FALSE, (struct http_settings){ .timeout_ms = 60000 });
	g_main_context_iteration(NULL, TRUE);
	http_cancel(a.request);
	http_free(f->http);
	f->http = http_new();
	let_pass(f);
	g_assert_cmpuint(a.done + b.done, ==, 0);
	answer_clear(&a);
	answer_clear(&b);
}

static void
test_post(struct fixture *f, gconstpointer data)
{
	static const char *const headers[] = { "X-One: 1", "Content-Type: application/json", NULL };
	struct answer a = { 0 }, b = { 0 }, c = { 0 };

	get(f, &a, "/echo", (struct http_settings){ .method = "POST", .headers = headers, .body = "{\"a\":1}rest", .body_length = 7, .timeout_ms = 60000 });
	g_assert_true(g_str_has_prefix(a.body->str, "POST /echo HTTP/1.1\r\n"));
	g_assert_nonnull(strstr(a.body->str, "\r\nX-One: 1\r\n"));
	g_assert_true(g_str_has_suffix(a.body->str, "\r\n\r\n{\"a\":1}"));
	g_assert_null(strstr(a.body->str, "Expect"));
	get(f, &b, "/echo", (struct http_settings){ .method = "POST", .timeout_ms = 60000 });
	g_assert_nonnull(strstr(b.body->str, "\r\nContent-Length: 0\r\n"));
	get(f, &c, "/echo", (struct http_settings){ .method = "DELETE", .timeout_ms = 60000 });
	g_assert_true(g_str_has_prefix(c.body->str, "DELETE /echo HTTP/1.1\r\n"));
	answer_clear(&a);
	answer_clear(&b);
	answer_clear(&c);
}

static void
test_connections_are_reused(struct fixture *f, gconstpointer data)
{
	struct answer a = { 0 };

	for (int i = 0; i < 30; i++)
		let_pass(f);
	get(f, &a, "/count", (struct http_settings){ .timeout_ms = 60000 });
	g_assert_cmpstr(a.body->str, ==, "1");
	answer_clear(&a);
}

static void
test_bounded(struct fixture *f, gconstpointer data)
{
	struct answer a[60] = { 0 }, stream = { 0 };
	int most = 0;

	/* A followed stream takes no room of the others. */
	send_to(f, &stream, "/half", TRUE, (struct http_settings){ .unix_socket = f->socket });
	for (guint i = 0; i < G_N_ELEMENTS(a); i++)
		send_to(f, &a[i], "/busy", FALSE, (struct http_settings){ .unix_socket = f->socket, .timeout_ms = 60000 });
	for (guint i = 0; i < G_N_ELEMENTS(a); i++) {
		wait_until(&a[i].done, 1);
		g_assert_cmpint(a[i].status, ==, 200);
		most = MAX(most, atoi(a[i].body->str));
		answer_clear(&a[i]);
	}
	g_assert_cmpint(most, <=, HTTP_REQUESTS_A_PEER);
	g_assert_cmpint(most, >, 1);
	http_cancel(stream.request);
	answer_clear(&stream);
}

static void
test_library_missing(void)
{
	struct curl_api api;
	g_autoptr(GError) error = NULL, wrong = NULL;

	g_assert_false(curl_api_load(&api, "libcurl-not-there.so.4", &error));
	g_assert_error(error, CURL_API_ERROR, CURL_API_ERROR_MISSING);
	g_assert_nonnull(strstr(error->message, "libcurl4"));
	g_assert_false(curl_api_load(&api, "libm.so.6", &wrong));
	g_assert_error(wrong, CURL_API_ERROR, CURL_API_ERROR_BROKEN);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/http/plain", test_plain },
		{ "/http/unix", test_unix },
		{ "/http/unix-missing", test_unix_missing },
		{ "/http/named", test_named },
		{ "/http/refused", test_refused },
		{ "/http/bad-url", test_bad_url },
		{ "/http/chunked", test_chunked },
		{ "/http/error-status", test_missing },
		{ "/http/broken", test_broken },
		{ "/http/slow", test_slow },
		{ "/http/huge", test_huge },
		{ "/http/pause", test_pause },
		{ "/http/paused-stays", test_paused_stays },
		{ "/http/cancel", test_cancel },
		{ "/http/free-under-way", test_free_under_way },
		{ "/http/free-while-loading", test_free_while_loading },
		{ "/http/post", test_post },
		{ "/http/reuse", test_connections_are_reused },
		{ "/http/bounded", test_bounded },
	};

	g_setenv("http_proxy", "http://127.0.0.1:1", TRUE); /* not for this machine's own ports */
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/http/library-missing", test_library_missing);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
