/* Channels over stream sockets: connecting, or waiting until there is something to connect to. */
#include "backends/fd_channel_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

static gboolean
on_connected(int fd, GIOCondition condition, gpointer data)
{
	struct channel *c = data;
	int code = 0;
	socklen_t size = sizeof code;

	c->start = 0;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code != 0)
		c->problem = g_error_new(TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED, "The connection failed: %s", g_strerror(code));
	fd_channel_start_later(c);
	return G_SOURCE_REMOVE;
}

static void
refuse(struct channel *c, const char *name, const char *reason)
{
	c->problem = g_error_new(TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED, "%s: %s", name, reason);
	fd_channel_start_later(c);
}

static void
connect_to(struct channel *c, const struct sockaddr *address, socklen_t size, const char *name)
{
	int one = 1;

	c->in = c->out.fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->in >= 0 && address->sa_family != AF_UNIX)
		setsockopt(c->in, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (c->in >= 0 && connect(c->in, address, size) == 0)
		fd_channel_start_later(c);
	else if (c->in >= 0 && errno == EINPROGRESS)
		c->start = g_unix_fd_add(c->in, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_connected, c);
	else
		refuse(c, name, g_strerror(errno));
}

static void
connect_unix(struct channel *c, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (g_strlcpy(address.sun_path, path, sizeof address.sun_path) < sizeof address.sun_path)
		connect_to(c, (const struct sockaddr *)&address, sizeof address, path);
	else
		refuse(c, path, "longer than a socket's path may be (107 bytes)");
}

static struct channel *
socket_channel_new(struct fd_channels *set, const struct channel_events *e, void *user)
{
	struct channel *c = fd_channel_new(set, e, user);

	c->socket = TRUE;
	c->err.over = TRUE;
	return c;
}

struct channel *
fd_channel_connect_unix(struct fd_channels *set, const char *path, const struct channel_events *e, void *user)
{
	struct channel *c = socket_channel_new(set, e, user);

	connect_unix(c, path);
	return c;
}

struct channel *
fd_channel_connect_tcp(struct fd_channels *set, const char *host, guint16 port, const struct channel_events *e, void *user)
{
	struct channel *c = socket_channel_new(set, e, user);
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	const char *literal = g_strcmp0(host, "localhost") == 0 ? "127.0.0.1" : host;

	if (inet_pton(AF_INET, literal, &v4.sin_addr) == 1)
		connect_to(c, (const struct sockaddr *)&v4, sizeof v4, host);
	else if (inet_pton(AF_INET6, literal, &v6.sin6_addr) == 1)
		connect_to(c, (const struct sockaddr *)&v6, sizeof v6, host);
	else
		refuse(c, host, "only literal addresses are reached from this machine; write its IP address");
	return c;
}

struct channel *
fd_channel_refuse(struct fd_channels *set, const char *reason, const struct channel_events *e, void *user)
{
	struct channel *c = socket_channel_new(set, e, user);

	c->problem = g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED, reason);
	fd_channel_start_later(c);
	return c;
}

struct channel *
fd_channel_wait(struct fd_channels *set, const void *waits_for, const struct channel_events *e, void *user)
{
	struct channel *c = socket_channel_new(set, e, user);

	c->waits_for = waits_for;
	return c;
}

static struct channel *
next_waiting(struct fd_channels *set, const void *waits_for)
{
	for (GList *n = set->open.head; n; n = n->next) {
		struct channel *c = n->data;
		if (c->waits_for == waits_for) {
			c->waits_for = NULL;
			return c;
		}
	}
	return NULL;
}

void
fd_channels_connect_waiting(struct fd_channels *set, const void *waits_for, const char *path)
{
	struct channel *c;

	while ((c = next_waiting(set, waits_for)))
		connect_unix(c, path);
}

void
fd_channels_refuse_waiting(struct fd_channels *set, const void *waits_for, const char *reason)
{
	struct channel *c;

	while ((c = next_waiting(set, waits_for))) {
		c->problem = g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED, reason);
		fd_channel_start_later(c);
	}
}
