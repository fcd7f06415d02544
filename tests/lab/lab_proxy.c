#include "tests/lab/lab_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAIRS 256
#define BUFFER (32 * 1024)

enum order { ORDER_PASS, ORDER_STALL, ORDER_CUT, ORDER_REFUSE, ORDER_CUT_AFTER, ORDER_LIMIT, ORDER_COUNTS };

struct message {
	enum order order;
	guint64 value;
};

struct lab_proxy {
	pid_t child;
	int control;
	guint port;
};

/* One direction of a connection: bytes read from `from`, not yet written to `to`. */
struct pipe_way {
	int *from, *to;
	gsize start, end;
	gboolean over; /* `from` is at its end */
	char bytes[BUFFER];
};

struct pair {
	int client, server; /* -1: the pair is free */
	struct pipe_way down, up; /* to the client, to the server */
};

/* The state of the proxy's process. */
struct server {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_un un;
	} here, there;
	socklen_t size;
	int listener, control;
	gboolean stalled;
	guint64 cut_after;      /* 0 = no */
	guint64 rate;
	double tokens;          /* bytes that may pass now */
	gint64 filled_us;
	struct lab_proxy_counts counts;
	struct pair pairs[PAIRS];
};

static void die(const char *what)
{
	fprintf(stderr, "# proxy: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static int listen_there(struct server *s)
{
	int fd = socket(s->here.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (s->here.any.sa_family == AF_UNIX)
		unlink(s->here.un.sun_path);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd < 0 || bind(fd, &s->here.any, s->size) != 0 || listen(fd, 64) != 0)
		return -1;
	socklen_t size = s->size;
	getsockname(fd, &s->here.any, &size);
	return fd;
}

/* Closes a connection so that its peer sees a reset. */
static void reset(int *fd)
{
	struct linger now = {.l_onoff = 1};

	setsockopt(*fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(*fd);
	*fd = -1;
}

static void pair_end(struct server *s, struct pair *p)
{
	reset(&p->client);
	reset(&p->server);
	s->counts.open--;
}

static void cut_all(struct server *s)
{
	for (guint i = 0; i < PAIRS; i++)
		if (s->pairs[i].client >= 0)
			pair_end(s, &s->pairs[i]);
}

static void way_start(struct pipe_way *w, int *from, int *to)
{
	w->from = from;
	w->to = to;
	w->start = w->end = 0;
	w->over = FALSE;
}

static void accept_one(struct server *s)
{
	struct pair *p = s->pairs;
	int on = 1;

	while (p < s->pairs + PAIRS && p->client >= 0)
		p++;
	if (p == s->pairs + PAIRS)
		return; /* full: it waits in the kernel's queue */
	p->client = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (p->client < 0)
		return;
	s->counts.accepted++;
	s->counts.open++;
	p->server = socket(s->there.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p->server < 0 || connect(p->server, &s->there.any, s->size) != 0) {
		pair_end(s, p);
		return;
	}
	fcntl(p->server, F_SETFL, O_NONBLOCK);
	setsockopt(p->server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(p->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	way_start(&p->down, &p->server, &p->client);
	way_start(&p->up, &p->client, &p->server);
}

static void obey(struct server *s)
{
	struct message m;

	if (recv(s->control, &m, sizeof m, 0) != (gssize)sizeof m)
		_exit(0); /* the test is over */
	switch (m.order) {
	case ORDER_PASS:
		s->stalled = FALSE;
		if (s->listener < 0 && (s->listener = listen_there(s)) < 0)
			die("cannot listen again");
		break;
	case ORDER_STALL:
		s->stalled = TRUE;
		break;
	case ORDER_REFUSE:
		if (s->listener >= 0)
			close(s->listener);
		s->listener = -1;
		cut_all(s);
		break;
	case ORDER_CUT:
		cut_all(s);
		break;
	case ORDER_CUT_AFTER:
		s->cut_after = m.value;
		break;
	case ORDER_LIMIT:
		s->rate = m.value;
		s->tokens = 0;
		s->filled_us = g_get_monotonic_time();
		break;
	case ORDER_COUNTS:
		break;
	}
	send(s->control, &s->counts, sizeof s->counts, MSG_NOSIGNAL);
}

static void refill(struct server *s)
{
	gint64 now = g_get_monotonic_time();

	s->tokens += (double)s->rate * (double)(now - s->filled_us) / G_USEC_PER_SEC;
	s->tokens = MIN(s->tokens, MAX((double)s->rate / 10, 1)); /* bursts of 100 ms */
	s->filled_us = now;
}

/* What may pass now of so many bytes. */
static gsize allowed(const struct server *s, const struct pair *p, const struct pipe_way *w, gsize bytes)
{
	if (s->rate != 0)
		bytes = MIN(bytes, (gsize)MAX(s->tokens, 0));
	if (s->cut_after != 0 && w == &p->down)
		bytes = MIN(bytes, s->cut_after);
	return bytes;
}

static gboolean way_wants_write(const struct server *s, const struct pair *p, const struct pipe_way *w)
{
	return w->end > w->start && allowed(s, p, w, 1) > 0;
}

static gboolean way_read(struct pipe_way *w)
{
	gssize n = read(*w->from, w->bytes, BUFFER);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	w->start = 0;
	w->end = (gsize)n;
	w->over = n == 0;
	if (w->over)
		shutdown(*w->to, SHUT_WR);
	return TRUE;
}

/* FALSE: the connection has to end. */
static gboolean way_write(struct server *s, struct pair *p, struct pipe_way *w)
{
	gsize bytes = allowed(s, p, w, w->end - w->start);
	gssize n = send(*w->to, w->bytes + w->start, bytes, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	w->start += (gsize)n;
	s->tokens -= s->rate != 0 ? (double)n : 0;
	if (w == &p->up) {
		s->counts.to_server += (guint64)n;
		return TRUE;
	}
	s->counts.to_client += (guint64)n;
	if (s->cut_after != 0 && (s->cut_after -= (guint64)n) == 0)
		cut_all(s);
	return TRUE;
}

/* The events to wait for on `fd`: the reading end of `in`, the writing end of `out`. */
static short events_of(const struct server *s, const struct pair *p, const struct pipe_way *in, const struct pipe_way *out)
{
	short events = 0;

	if (!in->over && in->end == in->start)
		events |= POLLIN;
	if (way_wants_write(s, p, out))
		events |= POLLOUT;
	return events;
}

static void serve_end(struct server *s, struct pair *p, short events, struct pipe_way *in, struct pipe_way *out)
{
	gboolean fine = TRUE;

	if (p->client < 0)
		return;
	if ((events & (POLLIN | POLLHUP | POLLERR)) && !in->over && in->end == in->start)
		fine = way_read(in);
	else if (events & (POLLHUP | POLLERR))
		fine = !(events & POLLERR) && !in->over;
	if (fine && (events & POLLOUT) && way_wants_write(s, p, out))
		fine = way_write(s, p, out);
	if (p->client >= 0 && (!fine || (in->over && out->over)))
		pair_end(s, p);
}

static void serve(struct server *s)
{
	struct pollfd fds[2 + 2 * PAIRS];
	struct pair *pairs[PAIRS];

	for (;;) {
		nfds_t n = 0, count = 0;
		fds[n++] = (struct pollfd){.fd = s->control, .events = POLLIN};
		fds[n++] = (struct pollfd){.fd = s->stalled ? -1 : s->listener, .events = POLLIN};
		if (s->rate != 0)
			refill(s);
		for (guint i = 0; i < PAIRS && !s->stalled; i++) {
			struct pair *p = &s->pairs[i];
			if (p->client < 0)
				continue;
			pairs[count++] = p;
			fds[n++] = (struct pollfd){.fd = p->client, .events = events_of(s, p, &p->up, &p->down)};
			fds[n++] = (struct pollfd){.fd = p->server, .events = events_of(s, p, &p->down, &p->up)};
		}
		if (poll(fds, n, s->rate != 0 ? 10 : -1) < 0 && errno != EINTR)
			die("poll");
		for (nfds_t i = 0; i < count; i++) {
			serve_end(s, pairs[i], fds[2 + 2 * i].revents, &pairs[i]->up, &pairs[i]->down);
			serve_end(s, pairs[i], fds[3 + 2 * i].revents, &pairs[i]->down, &pairs[i]->up);
		}
		if (fds[1].revents & POLLIN)
			accept_one(s);
		if (fds[0].revents != 0)
			obey(s);
	}
}

/* Nothing of the test's may stay open in the proxy: its peers would wait for an end that never comes. */
static void close_others(const struct server *s)
{
	for (int fd = 3; fd < 4096; fd++)
		if (fd != s->listener && fd != s->control)
			close(fd);
}

static struct lab_proxy *start(struct server *s)
{
	struct lab_proxy *p = g_new0(struct lab_proxy, 1);
	pid_t parent = getpid();
	int ends[2];

	s->listener = listen_there(s);
	if (s->listener < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		g_error("no proxy: %s", g_strerror(errno));
	for (guint i = 0; i < PAIRS; i++)
		s->pairs[i].client = s->pairs[i].server = -1;
	if (s->here.any.sa_family == AF_INET)
		p->port = ntohs(s->here.in.sin_port);
	s->control = ends[1];
	p->control = ends[0];
	p->child = fork();
	if (p->child < 0)
		g_error("no proxy: %s", g_strerror(errno));
	if (p->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		close_others(s);
		serve(s);
	}
	close(s->listener);
	close(s->control);
	g_free(s);
	return p;
}

struct lab_proxy *lab_proxy_new_tcp(const char *address, guint port)
{
	struct server *s = g_new0(struct server, 1);

	s->here.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	s->there.in = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((guint16)port)};
	if (inet_pton(AF_INET, address, &s->there.in.sin_addr) != 1)
		g_error("%s is no IPv4 address", address);
	s->size = sizeof s->here.in;
	return start(s);
}

struct lab_proxy *lab_proxy_new_unix(const char *path, const char *target)
{
	struct server *s = g_new0(struct server, 1);

	s->here.un.sun_family = s->there.un.sun_family = AF_UNIX;
	if (g_strlcpy(s->here.un.sun_path, path, sizeof s->here.un.sun_path) >= sizeof s->here.un.sun_path ||
	    g_strlcpy(s->there.un.sun_path, target, sizeof s->there.un.sun_path) >= sizeof s->there.un.sun_path)
		g_error("%s or %s is too long for a socket", path, target);
	s->size = sizeof s->here.un;
	return start(s);
}

static struct lab_proxy_counts order(struct lab_proxy *p, enum order what, guint64 value)
{
	struct message m = {.order = what, .value = value};
	struct lab_proxy_counts counts;

	if (send(p->control, &m, sizeof m, MSG_NOSIGNAL) != (gssize)sizeof m ||
	    recv(p->control, &counts, sizeof counts, 0) != (gssize)sizeof counts)
		g_error("the proxy has ended");
	return counts;
}

void lab_proxy_free(struct lab_proxy *p)
{
	if (p == NULL)
		return;
	close(p->control);
	kill(p->child, SIGKILL);
	while (waitpid(p->child, NULL, 0) < 0 && errno == EINTR)
		;
	g_free(p);
}

guint lab_proxy_port(const struct lab_proxy *p)
{
	return p->port;
}

void lab_proxy_pass(struct lab_proxy *p)
{
	order(p, ORDER_PASS, 0);
}

void lab_proxy_stall(struct lab_proxy *p)
{
	order(p, ORDER_STALL, 0);
}

void lab_proxy_cut(struct lab_proxy *p)
{
	order(p, ORDER_CUT, 0);
}

void lab_proxy_refuse(struct lab_proxy *p)
{
	order(p, ORDER_REFUSE, 0);
}

void lab_proxy_cut_after(struct lab_proxy *p, guint64 bytes)
{
	order(p, ORDER_CUT_AFTER, bytes);
}

void lab_proxy_limit(struct lab_proxy *p, guint64 bytes_per_second)
{
	order(p, ORDER_LIMIT, bytes_per_second);
}

struct lab_proxy_counts lab_proxy_counts(struct lab_proxy *p)
{
	return order(p, ORDER_COUNTS, 0);
}
