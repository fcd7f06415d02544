#include "backends/ssh_session_private.h"

#include <string.h>

#include "model/sanitize.h"

#define CHUNK (64 * 1024)
#define PACKET_MAX 32000           /* libssh2 sends at most 32,700 bytes in one packet */
#define COMMAND_MAX (34 * 1024)    /* libssh2 builds no packet above 35,000 bytes */
#define LOOPBACK "127.0.0.1"

/* --- beginning --- */

static gboolean
on_late(gpointer data)
{
	struct channel *c = data;
	g_autoptr(GError) problem = g_steal_pointer(&c->problem);

	c->late = 0;
	ssh_channel_finish(c, -1, problem);
	return G_SOURCE_REMOVE;
}

static struct channel *
channel_new(struct ssh_session *s, const char *type, const struct channel_events *e, void *user)
{
	struct channel *c = g_new0(struct channel, 1);

	c->session = s;
	c->node.data = c;
	c->type = type;
	c->events = *e;
	c->user = user;
	g_queue_push_tail_link(&s->channels, &c->node);
	return c;
}

/* Takes `problem`, NULL when all is well. */
static void
begin(struct channel *c, GError *problem)
{
	struct ssh_session *s = c->session;

	if (s->dead && !problem)
		problem = g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_LINK_LOST, "The connection was lost.");
	if (problem) {
		c->problem = problem;
		c->late = g_idle_add_full(G_PRIORITY_DEFAULT, on_late, c, NULL);
		return;
	}
	g_queue_push_tail(&s->control, c);
	ssh_session_wake(s);
}

static void
append_number(GByteArray *a, guint32 number)
{
	const guint32 big = GUINT32_TO_BE(number);

	g_byte_array_append(a, (const guint8 *)&big, sizeof big);
}

static void
append_string(GByteArray *a, const char *text)
{
	append_number(a, (guint32)strlen(text));
	g_byte_array_append(a, (const guint8 *)text, (guint)strlen(text));
}

struct channel *
ssh_channel_exec(struct ssh_session *s, const char *command, const struct channel_events *e, void *user)
{
	struct channel *c = channel_new(s, "session", e, user);

	c->command = g_strdup(command);
	c->title = g_strdup("another command channel");
	begin(c, strlen(command) <= COMMAND_MAX ? NULL : g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_SPAWN,
	      "The command is longer than libssh2 can send in one piece (34 KiB)."));
	return c;
}

/* RFC 4254, 7.2: host to connect, port, originator's address and port. */
struct channel *
ssh_channel_tcp(struct ssh_session *s, const char *host, guint16 port, const struct channel_events *e, void *user)
{
	struct channel *c = channel_new(s, "direct-tcpip", e, user);
	g_autofree char *safe = sanitize_text(host, -1);

	c->message = g_byte_array_new();
	append_string(c->message, host);
	append_number(c->message, port);
	append_string(c->message, LOOPBACK);
	append_number(c->message, 0);
	c->title = g_strdup_printf("a connection to %s:%u", safe, port);
	begin(c, NULL);
	return c;
}

/* PROTOCOL of OpenSSH, 2.4: the path, a reserved string, a reserved number. */
struct channel *
ssh_channel_unix(struct ssh_session *s, const char *path, const struct channel_events *e, void *user)
{
	struct channel *c = channel_new(s, "direct-streamlocal@openssh.com", e, user);
	g_autofree char *safe = sanitize_text(path, -1);

	c->message = g_byte_array_new();
	append_string(c->message, path);
	append_string(c->message, "");
	append_number(c->message, 0);
	c->title = g_strdup_printf("a connection to the socket %s", safe);
	begin(c, NULL);
	return c;
}

/* --- ending --- */

/* Out of the caller's sight; the memory stays until the pass ends. */
static void
retire(struct channel *c)
{
	struct ssh_session *s = c->session;

	/* One whose open or request is under way keeps its turn until the answer comes. */
	if (c->state == CHANNEL_WAITING)
		g_queue_remove(&s->control, c);
	if (c->late)
		g_source_remove(c->late);
	c->late = 0;
	c->state = CHANNEL_OVER;
	g_queue_unlink(&s->channels, &c->node);
	g_queue_push_tail_link(&s->over, &c->node);
	ssh_session_wake(s);
}

void
ssh_channel_finish(struct channel *c, int exit_code, const GError *error)
{
	struct channel_events events = c->events;
	void *user = c->user;

	retire(c);
	events.closed(user, exit_code, error);
}

void
ssh_channel_close(struct channel *c)
{
	retire(c);
}

static gboolean
flush_held(struct channel *c)
{
	while (c->held) {
		gssize n = libssh2_channel_write(c->ssh, (const char *)c->held->data, c->held->len);
		if (n == LIBSSH2_ERROR_EAGAIN)
			return FALSE;
		if (n > 0)
			g_byte_array_remove_range(c->held, 0, (guint)n);
		if (n <= 0 || c->held->len == 0)
			g_clear_pointer(&c->held, g_byte_array_unref);
	}
	return TRUE;
}

gboolean
ssh_channel_reap(struct channel *c)
{
	struct ssh_session *s = c->session;

	if (!s->io.deaf && g_queue_find(&s->control, c))
		return FALSE;
	/* When the session goes, it takes its channels along. */
	if (c->ssh && !s->dead && !s->io.deaf && (!flush_held(c) || libssh2_channel_free(c->ssh) == LIBSSH2_ERROR_EAGAIN))
		return FALSE;
	if (c->message)
		g_byte_array_unref(c->message);
	if (c->held)
		g_byte_array_unref(c->held);
	g_clear_error(&c->problem);
	g_free(c->command);
	g_free(c->title);
	g_free(c);
	return TRUE;
}

void
ssh_channel_opened(struct channel *c)
{
	if (c->events.opened)
		c->events.opened(c->user);
}

/* --- reading --- */

static void
deliver(struct channel *c, int stream, const char *bytes, gsize len)
{
	if (stream == 0)
		c->events.data(c->user, bytes, len);
	else if (c->events.errors)
		c->events.errors(c->user, bytes, len);
}

static gboolean
is_readable(const struct channel *c)
{
	return c->state == CHANNEL_OPEN && !c->paused && ssh_session_alive(c->session) && !c->session->broken;
}

/* TRUE when the stream has no more for now. */
static gboolean
read_stream(struct channel *c, int stream)
{
	struct ssh_session *s = c->session;
	char bytes[CHUNK];

	while (is_readable(c)) {
		gssize n = libssh2_channel_read_ex(c->ssh, stream, bytes, sizeof bytes);
		if (n == 0 || n == LIBSSH2_ERROR_EAGAIN)
			return TRUE;
		if (n < 0) {
			ssh_session_break(s);
			return FALSE;
		}
		deliver(c, stream, bytes, (gsize)n);
		if (g_get_monotonic_time() >= s->deadline_us) {
			s->more = s->unread = TRUE;
			return FALSE;
		}
	}
	return FALSE;
}

/* libssh2 says 0 also when no status came (it cannot tell before 1.11.2): a signal, or a channel that never said EOF, is known as -1. */
static int
exit_code(const struct channel *c)
{
	char *name = NULL;
	gsize length = 0;

	if (!c->command)
		return -1;
	libssh2_channel_get_exit_signal(c->ssh, &name, &length, NULL, NULL, NULL, NULL);
	if (!name)
		return libssh2_channel_get_exit_status(c->ssh);
	libssh2_free(c->session->ssh, name);
	return -1;
}

static void
look_for_end(struct channel *c)
{
	if (!libssh2_channel_eof(c->ssh))
		return;
	if (!c->eof_told) {
		c->eof_told = TRUE;
		if (c->events.eof)
			c->events.eof(c->user);
	}
	if (is_readable(c) && libssh2_channel_wait_closed(c->ssh) == 0)
		ssh_channel_finish(c, exit_code(c), NULL);
}

void
ssh_channel_read(struct channel *c)
{
	if (read_stream(c, 0) && read_stream(c, SSH_EXTENDED_DATA_STDERR) && is_readable(c))
		look_for_end(c);
}

void
ssh_channel_drain(struct channel *c)
{
	/* Each reads all packets that came and gives none out; which of them may be called depends on the channel's state. */
	if (libssh2_channel_wait_eof(c->ssh) == 0)
		libssh2_channel_wait_closed(c->ssh);
}

void
ssh_channel_pause(struct channel *c, gboolean paused)
{
	c->paused = paused;
	if (!paused)
		ssh_session_wake(c->session);
}

/* --- writing --- */

/* Takes one packet's worth; 0 when there is no room. */
static gsize
write_packet(struct channel *c, const char *bytes, gsize len)
{
	struct ssh_session *s = c->session;
	gsize n = MIN(MIN(len, PACKET_MAX), (gsize)libssh2_channel_window_write(c->ssh));
	gssize taken;

	if (n == 0 || s->io.out->len >= SSH_OUT_HIGH || s->broken)
		return 0;
	taken = libssh2_channel_write(c->ssh, bytes, n);
	if (taken >= 0)
		return (gsize)taken;
	if (taken == LIBSSH2_ERROR_CHANNEL_CLOSED || taken == LIBSSH2_ERROR_CHANNEL_EOF_SENT)
		return len; /* nobody reads it any more: lost as in any pipe */
	if (taken != LIBSSH2_ERROR_EAGAIN) {
		ssh_session_break(s);
		return 0;
	}
	/* Keys are being exchanged: libssh2 has begun this packet and wants to be called with these very bytes again. */
	c->held = g_byte_array_append(g_byte_array_new(), (const guint8 *)bytes, (guint)n);
	return n;
}

gsize
ssh_channel_write(struct channel *c, const char *bytes, gsize len)
{
	gsize taken = 0, n = 1;

	if (c->eof_wanted)
		return len;
	while (c->state == CHANNEL_OPEN && !c->session->dead && !c->held && taken < len && n > 0) {
		n = write_packet(c, bytes + taken, len - taken);
		taken += n;
	}
	c->wants_writable = taken < len;
	ssh_session_wake(c->session);
	return taken;
}

void
ssh_channel_write_eof(struct channel *c)
{
	c->eof_wanted = TRUE;
	ssh_session_wake(c->session);
}

void
ssh_channel_send(struct channel *c)
{
	struct ssh_session *s = c->session;

	if (c->state != CHANNEL_OPEN || !flush_held(c))
		return;
	if (c->eof_wanted && !c->eof_sent)
		c->eof_sent = libssh2_channel_send_eof(c->ssh) != LIBSSH2_ERROR_EAGAIN;
	if (!c->wants_writable || c->eof_wanted || s->io.out->len > SSH_OUT_LOW || libssh2_channel_window_write(c->ssh) == 0)
		return;
	c->wants_writable = FALSE;
	if (c->events.writable)
		c->events.writable(c->user);
}
