#include "tests/unit/http_double.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FLOOD (20 << 20)

struct http_double {
	int tcp, local;
	char *directory, *socket, *url;
	GThread *threads[2];
	GMutex lock;
	gint running; /* threads of connections */
	gboolean ends;
	enum http_double_way way;
	const char *status, *body;
	GArray *routes; /* of struct route */
	GQueue script; /* of struct turn, owned */
	http_double_answer judge;
	void *judge_user;
	GPtrArray *requests; /* of char *, owned */
	GArray *times;       /* of gint64 */
};

struct turn { enum http_double_way way; char *status, *headers, *body; };

struct route { const char *word, *status, *body; };

struct connection { struct http_double *d; int fd; };

static gboolean
put(int fd, const char *bytes, gsize len)
{
	while (len > 0) {
		gssize n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n <= 0)
			return FALSE;
		bytes += n;
		len -= (gsize)n;
	}
	return TRUE;
}

static void
answer(int fd, const struct turn *t)
{
	gsize flood = t->way == DOUBLE_FLOODS ? FLOOD : 0, len = strlen(t->body);
	g_autofree char *head = g_strdup_printf("HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n", t->status, t->headers, flood + len);
	static const char blanks[4096] = { [0 ... 4095] = ' ' };
	gboolean open = put(fd, head, strlen(head));

	for (gsize i = 0; open && i < flood; i += sizeof blanks)
		open = put(fd, blanks, sizeof blanks);
	if (open)
		put(fd, t->body, t->way == DOUBLE_CUTS ? len / 2 : len);
}

static void
turn_free(struct turn *t)
{
	g_free(t->status);
	g_free(t->headers);
	g_free(t->body);
	g_free(t);
}

/* Until the client or the test has enough. */
static void
hang(struct http_double *d, int fd)
{
	const struct timeval tick = { .tv_usec = 20000 };
	char c;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
	while (!g_atomic_int_get(&d->ends)) {
		gssize n = recv(fd, &c, 1, 0);
		if (n == 0)
			return;
	}
}

static gboolean
is_whole(const GString *request)
{
	const char *end = strstr(request->str, "\r\n\r\n"), *length = strstr(request->str, "Content-Length: ");

	return end && request->len >= (gsize)(end + 4 - request->str) + (length ? g_ascii_strtoull(length + 16, NULL, 10) : 0);
}

static struct turn *
turn_new(enum http_double_way way, const char *status, const char *headers, char *body /* owned */)
{
	struct turn *t = g_new0(struct turn, 1);

	*t = (struct turn){ way, g_strdup(status), g_strdup(headers), body };
	return t;
}

static struct turn *
turn_of_rules(struct http_double *d, const char *request)
{
	const char *status = d->status, *body = d->body;
	char *judged = NULL;

	if (d->judge)
		judged = d->judge(d->judge_user, request, &status);
	for (guint i = 0; i < d->routes->len && !judged; i++) {
		const struct route *route = &g_array_index(d->routes, struct route, i);
		if (!strstr(request, route->word))
			continue;
		status = route->status;
		body = route->body;
	}
	return turn_new(d->way, status, "", judged ? judged : g_strdup(body));
}

/* What is to be done with a request now. */
static struct turn *
look_up(struct http_double *d, const char *request)
{
	gint64 now = g_get_monotonic_time();
	struct turn *t;

	g_mutex_lock(&d->lock);
	t = g_queue_pop_head(&d->script);
	if (!t)
		t = turn_of_rules(d, request);
	g_array_append_val(d->times, now);
	g_ptr_array_add(d->requests, g_strdup(request));
	g_mutex_unlock(&d->lock);
	return t;
}

static gpointer
serve(gpointer data)
{
	struct connection *c = data;
	struct http_double *d = c->d;
	GString *request = g_string_new(NULL);
	char bytes[4096];
	gssize n = 1;

	while (!is_whole(request) && (n = recv(c->fd, bytes, sizeof bytes, 0)) > 0)
		g_string_append_len(request, bytes, n);
	if (n > 0) {
		struct turn *t = look_up(d, request->str);
		if (t->way == DOUBLE_HANGS)
			hang(d, c->fd);
		else if (t->way != DOUBLE_DROPS)
			answer(c->fd, t);
		turn_free(t);
	}
	g_string_free(request, TRUE);
	close(c->fd);
	g_free(c);
	g_atomic_int_add(&d->running, -1);
	return NULL;
}

static void
accept_all(struct http_double *d, int fd)
{
	for (int client; (client = accept(fd, NULL, NULL)) >= 0;) {
		struct connection *c = g_new(struct connection, 1);
		*c = (struct connection){ d, client };
		g_atomic_int_inc(&d->running);
		g_thread_unref(g_thread_new("connection", serve, c));
	}
}

static gpointer
accept_tcp(gpointer data)
{
	struct http_double *d = data;

	accept_all(d, d->tcp);
	return NULL;
}

static gpointer
accept_local(gpointer data)
{
	struct http_double *d = data;

	accept_all(d, d->local);
	return NULL;
}

struct http_double *
http_double_new(void)
{
	struct http_double *d = g_new0(struct http_double, 1);
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof in;

	g_mutex_init(&d->lock);
	d->requests = g_ptr_array_new_with_free_func(g_free);
	d->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	d->routes = g_array_new(FALSE, FALSE, sizeof(struct route));
	d->status = "200 OK";
	d->body = "";
	d->directory = g_dir_make_tmp("midwatch-double-XXXXXX", NULL);
	d->socket = g_build_filename(d->directory, "s", NULL);
	g_strlcpy(un.sun_path, d->socket, sizeof un.sun_path);
	d->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	d->local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(d->tcp, (struct sockaddr *)&in, sizeof in) | bind(d->local, (struct sockaddr *)&un, sizeof un), ==, 0);
	g_assert_cmpint(listen(d->tcp, 64) | listen(d->local, 64), ==, 0);
	g_assert_cmpint(getsockname(d->tcp, (struct sockaddr *)&in, &len), ==, 0);
	d->url = g_strdup_printf("http://127.0.0.1:%u", ntohs(in.sin_port));
	d->threads[0] = g_thread_new("tcp", accept_tcp, d);
	d->threads[1] = g_thread_new("local", accept_local, d);
	return d;
}

void
http_double_free(struct http_double *d)
{
	g_atomic_int_set(&d->ends, TRUE);
	shutdown(d->tcp, SHUT_RDWR);
	shutdown(d->local, SHUT_RDWR);
	g_thread_join(d->threads[0]);
	g_thread_join(d->threads[1]);
	while (g_atomic_int_get(&d->running) > 0)
		g_usleep(1000);
	close(d->tcp);
	close(d->local);
	unlink(d->socket);
	rmdir(d->directory);
	g_mutex_clear(&d->lock);
	g_ptr_array_unref(d->requests);
	g_array_unref(d->times);
	g_queue_clear_full(&d->script, (GDestroyNotify)turn_free);
	g_array_unref(d->routes);
	g_free(d->directory);
	g_free(d->socket);
	g_free(d->url);
	g_free(d);
}

void
http_double_set(struct http_double *d, enum http_double_way way, const char *status, const char *body)
{
	g_mutex_lock(&d->lock);
	d->way = way;
	d->status = status;
	d->body = body;
	g_mutex_unlock(&d->lock);
}

void
http_double_route(struct http_double *d, const char *word, const char *status, const char *body)
{
	g_mutex_lock(&d->lock);
	g_array_append_val(d->routes, ((struct route){ word, status, body })); /* the last one that fits counts */
	g_mutex_unlock(&d->lock);
}

const char *
http_double_url(const struct http_double *d)
{
	return d->url;
}

const char *
http_double_socket(const struct http_double *d)
{
	return d->socket;
}

void
http_double_once(struct http_double *d, enum http_double_way way, const char *status, const char *headers, const char *body)
{
	g_mutex_lock(&d->lock);
	g_queue_push_tail(&d->script, turn_new(way, status, headers, g_strdup(body)));
	g_mutex_unlock(&d->lock);
}

void
http_double_judge(struct http_double *d, http_double_answer answer_to, void *user)
{
	g_mutex_lock(&d->lock);
	d->judge = answer_to;
	d->judge_user = user;
	g_mutex_unlock(&d->lock);
}

guint
http_double_requests(struct http_double *d)
{
	guint n;

	g_mutex_lock(&d->lock);
	n = d->requests->len;
	g_mutex_unlock(&d->lock);
	return n;
}

char *
http_double_request(struct http_double *d)
{
	guint n = http_double_requests(d);

	return n ? http_double_request_at(d, n - 1) : g_strdup("");
}

char *
http_double_request_at(struct http_double *d, guint i)
{
	char *text;

	g_mutex_lock(&d->lock);
	g_assert_cmpuint(i, <, d->requests->len);
	text = g_strdup(d->requests->pdata[i]);
	g_mutex_unlock(&d->lock);
	return text;
}

gint64
http_double_time_at(struct http_double *d, guint i)
{
	gint64 at;

	g_mutex_lock(&d->lock);
	g_assert_cmpuint(i, <, d->times->len);
	at = g_array_index(d->times, gint64, i);
	g_mutex_unlock(&d->lock);
	return at;
}
