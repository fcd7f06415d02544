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
	guint requests;
	GString *last;
};

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
answer(int fd, enum http_double_way way, const char *status, const char *body)
{
	gsize flood = way == DOUBLE_FLOODS ? FLOOD : 0, len = strlen(body);
	g_autofree char *head = g_strdup_printf("HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", status, flood + len);
	static const char blanks[4096] = { [0 ... 4095] = ' ' };
	gboolean open = put(fd, head, strlen(head));

	for (gsize i = 0; open && i < flood; i += sizeof blanks)
		open = put(fd, blanks, sizeof blanks);
	if (open)
		put(fd, body, way == DOUBLE_CUTS ? len / 2 : len);
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

/* What is to be done with a request now. */
static enum http_double_way
look_up(struct http_double *d, const char *request, const char **status, const char **body)
{
	enum http_double_way way;

	g_mutex_lock(&d->lock);
	way = d->way;
	*status = d->status;
	*body = d->body;
	for (guint i = 0; i < d->routes->len; i++) {
		const struct route *route = &g_array_index(d->routes, struct route, i);
		if (!strstr(request, route->word))
			continue;
		*status = route->status;
		*body = route->body;
	}
	d->requests++;
	g_string_assign(d->last, request);
	g_mutex_unlock(&d->lock);
	return way;
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
		const char *status, *body;
		enum http_double_way way = look_up(d, request->str, &status, &body);
		if (way == DOUBLE_HANGS)
			hang(d, c->fd);
		else
			answer(c->fd, way, status, body);
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
	d->last = g_string_new(NULL);
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
	g_string_free(d->last, TRUE);
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

guint
http_double_requests(struct http_double *d)
{
	guint n;

	g_mutex_lock(&d->lock);
	n = d->requests;
	g_mutex_unlock(&d->lock);
	return n;
}

char *
http_double_request(struct http_double *d)
{
	char *text;

	g_mutex_lock(&d->lock);
	text = g_strdup(d->last->str);
	g_mutex_unlock(&d->lock);
	return text;
}
