#include "backends/ssh_io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAREWELL_MAX 512

/* sshd does not set TCP_NODELAY before the first session channel: without our prompt acknowledgement it waits 40 ms for it. The kernel
 * forgets the option by itself. */
static void
acknowledge_now(int fd)
{
	const int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
}

static ssize_t
receive(libssh2_socket_t fd, void *buffer, size_t len, int flags, void **abstract)
{
	struct ssh_io *io = *abstract;
	gssize n;

	if (io->deaf)
		return -ECONNRESET;
	io->looked |= io->budget > 0;
	if (io->dry || io->budget == 0 || io->error)
		return -EAGAIN;
	do
		n = recv(fd, buffer, MIN(len, io->budget), flags);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		io->dry = TRUE;
		if (n == 0 || errno != EAGAIN)
			io->error = n == 0 ? -1 : errno;
		return -EAGAIN;
	}
	io->budget -= (gsize)n;
	io->received_us = g_get_monotonic_time();
	if ((gsize)n < len)
		acknowledge_now(fd);
	return n;
}

/* How many bytes the socket took. */
static gsize
send_some(struct ssh_io *io, const guint8 *bytes, gsize len)
{
	gssize n;

	do
		n = send(io->fd, bytes, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EAGAIN)
		io->error = errno;
	if (n > 0)
		io->sent_us = g_get_monotonic_time();
	return (gsize)MAX(n, 0);
}

void
ssh_io_flush(struct ssh_io *io)
{
	gsize n;

	if (io->out->len == 0 || io->error)
		return;
	n = send_some(io, io->out->data, io->out->len);
	g_byte_array_remove_range(io->out, 0, (guint)n);
}

static ssize_t
transmit(libssh2_socket_t fd, const void *buffer, size_t len, int flags, void **abstract)
{
	struct ssh_io *io = *abstract;
	gsize n = 0;

	if (io->deaf || io->error)
		return (ssize_t)len;
	if (io->out->len == 0) {
		n = send_some(io, buffer, len);
		if (n < len)
			io->sent_us = g_get_monotonic_time();
	}
	g_byte_array_append(io->out, (const guint8 *)buffer + n, (guint)(len - n));
	return (ssize_t)len;
}

static void
on_disconnect(LIBSSH2_SESSION *session, int reason, const char *message, int message_len, const char *language, int language_len,
              void **abstract)
{
	struct ssh_io *io = *abstract;

	if (!io->farewell && message && message_len > 0)
		io->farewell = g_strndup(message, MIN((gsize)message_len, FAREWELL_MAX));
}

/* libssh2 takes all of its callbacks as untyped pointers before 1.11.1. */
static void
set_callback(LIBSSH2_SESSION *session, int which, void (*callback)(void))
{
#if LIBSSH2_VERSION_NUM >= 0x010b01
	libssh2_session_callback_set2(session, which, callback);
#else
	void *pointer;

	memcpy(&pointer, &callback, sizeof pointer);
	libssh2_session_callback_set(session, which, pointer);
#endif
}

void
ssh_io_init(struct ssh_io *io, LIBSSH2_SESSION *session, int fd)
{
	io->fd = fd;
	io->out = g_byte_array_new();
	io->received_us = io->sent_us = g_get_monotonic_time();
	*libssh2_session_abstract(session) = io;
	set_callback(session, LIBSSH2_CALLBACK_RECV, (void (*)(void))receive);
	set_callback(session, LIBSSH2_CALLBACK_SEND, (void (*)(void))transmit);
	set_callback(session, LIBSSH2_CALLBACK_DISCONNECT, (void (*)(void))on_disconnect);
}

void
ssh_io_begin(struct ssh_io *io, gsize budget)
{
	io->budget = budget;
	io->looked = io->dry = FALSE;
}

void
ssh_io_discard(struct ssh_io *io)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(io->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void
ssh_io_clear(struct ssh_io *io)
{
	g_byte_array_unref(io->out);
	g_free(io->farewell);
	close(io->fd);
}
