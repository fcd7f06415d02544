#include "backends/ssh_session_private.h"

#include <string.h>

#include "model/sanitize.h"

#define PASS_BYTES (1024 * 1024) /* received in one pass at most */
#define PASS_US 5000             /* spent reading in one pass at most, callbacks included */
#define ALIVE_INTERVAL_S 5
#define ANSWER_US (7 * G_USEC_PER_SEC) /* a living peer answers within that */
#define STALL_US (20 * G_USEC_PER_SEC) /* a living socket takes bytes within that */
#define PENDING_US (100 * 1000)  /* between looks at a request under way */
#define FREE_TRIES 100

void
ssh_session_wake(struct ssh_session *s)
{
	s->more = TRUE;
	if (s->watch)
		loop_watch_set(s->watch, s->io.out->len > 0, 0);
}

gboolean
ssh_session_alive(const struct ssh_session *s)
{
	return !s->dead && !s->gone;
}

void
ssh_session_break(struct ssh_session *s)
{
	char *text = NULL;

	libssh2_session_last_error(s->ssh, &text, NULL, 0);
	if (!s->broken)
		s->broken = sanitize_text(text ? text : "no reason given", -1);
}

/* --- the end --- */

static void
lose(struct ssh_session *s, const char *step, const char *reason)
{
	g_autoptr(GError) error = g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_LINK_LOST, reason);

	s->dead = TRUE;
	g_clear_pointer(&s->watch, loop_watch_free);
	for (guint left = s->channels.length; left > 0 && s->channels.head && !s->gone; left--)
		ssh_channel_finish(s->channels.head->data, -1, error);
	if (!s->gone)
		s->lost(s->user, step, reason);
}

/* Ends the session when there is a reason to. */
static void
lose_when_over(struct ssh_session *s, gint64 now_us)
{
	g_autofree char *words = s->io.farewell ? sanitize_text(s->io.farewell, -1) : NULL, *reason = NULL;

	if (words)
		reason = g_strdup_printf("The server ended the connection: %s", words);
	else if (s->broken)
		reason = g_strdup_printf("The connection broke: %s", s->broken);
	else if (s->io.error < 0)
		reason = g_strdup("The server closed the connection.");
	else if (s->io.error)
		reason = g_strdup_printf("The connection broke: %s", g_strerror(s->io.error));
	if (reason)
		lose(s, "connection", reason);
	else if (s->io.out->len > 0 && now_us - s->io.sent_us > STALL_US)
		lose(s, "keepalive", "The connection was lost: the server takes no more bytes.");
	else if (s->asked_us && now_us - s->asked_us >= ANSWER_US)
		lose(s, "keepalive", "The connection was lost: the server does not answer any more.");
}

/* --- signs of life --- */

static void
watch_life(struct ssh_session *s, gint64 now_us)
{
	if (s->asked_us && s->io.received_us >= s->asked_us)
		s->asked_us = 0;
	if (s->asked_us || now_us - s->io.received_us < s->alive_interval_us)
		return;
	s->asked_us = now_us;
	/* libssh2 keeps the answer to its own keepalive for ever, so it is used only where the ping has no room. */
	if (ssh_control_busy(s))
		libssh2_keepalive_send(s->ssh, NULL);
	else
		ssh_control_ping(s);
}

/* --- one pass of the loop --- */

static void
read_channels(struct ssh_session *s)
{
	for (guint left = s->channels.length; left > 0 && ssh_session_alive(s) && s->channels.head; left--) {
		GList *node = g_queue_pop_head_link(&s->channels);
		g_queue_push_tail_link(&s->channels, node);
		if (g_get_monotonic_time() >= s->deadline_us) {
			s->more = s->unread = TRUE;
			return;
		}
		ssh_channel_read(node->data);
	}
}

static void
send_channels(struct ssh_session *s)
{
	for (guint left = s->channels.length; left > 0 && ssh_session_alive(s) && s->channels.head; left--) {
		GList *node = g_queue_pop_head_link(&s->channels);
		g_queue_push_tail_link(&s->channels, node);
		ssh_channel_send(node->data);
	}
}

/* The socket has news, and no channel wanted any: takes them all the same, or poll() would come back at once. */
static void
drain(struct ssh_session *s)
{
	for (GList *n = s->channels.head; n; n = n->next) {
		struct channel *c = n->data;
		if (c->ssh && c->state == CHANNEL_OPEN) {
			ssh_channel_drain(c);
			return;
		}
	}
	if (!ssh_control_busy(s) && !s->more)
		ssh_control_ping(s);
}

static void
reap(struct ssh_session *s)
{
	for (GList *n = s->over.head, *next; n; n = next) {
		struct channel *c = n->data;
		next = n->next;
		g_queue_unlink(&s->over, n);
		if (!ssh_channel_reap(c))
			g_queue_push_head_link(&s->over, n);
	}
}

static void
rearm(struct ssh_session *s)
{
	gint64 wake_us = s->asked_us ? s->asked_us + ANSWER_US : s->io.received_us + s->alive_interval_us;

	if (s->io.out->len > 0)
		wake_us = MIN(wake_us, s->io.sent_us + STALL_US);
	if (ssh_control_busy(s))
		wake_us = MIN(wake_us, g_get_monotonic_time() + PENDING_US);
	loop_watch_set(s->watch, s->io.out->len > 0, s->more ? 0 : wake_us);
}

static void
pass(struct ssh_session *s, gboolean news)
{
	gint64 now_us = g_get_monotonic_time();

	s->more = s->unread = FALSE;
	s->deadline_us = now_us + PASS_US;
	ssh_io_begin(&s->io, PASS_BYTES);
	ssh_io_flush(&s->io);
	ssh_control_run(s);
	if (ssh_session_alive(s))
		read_channels(s);
	if (ssh_session_alive(s) && ssh_control_busy(s))
		ssh_control_run(s);
	if (ssh_session_alive(s))
		send_channels(s);
	if (!ssh_session_alive(s))
		return;
	reap(s);
	if (news && !s->io.looked)
		drain(s);
	now_us = g_get_monotonic_time();
	watch_life(s, now_us);
	ssh_io_begin(&s->io, 0);
	/* What came before the end is delivered first. */
	if (!s->unread)
		lose_when_over(s, now_us);
}

static void
destroy(struct ssh_session *s)
{
	g_clear_pointer(&s->watch, loop_watch_free);
	s->io.deaf = TRUE;
	while (s->channels.head)
		ssh_channel_close(s->channels.head->data);
	reap(s);
	for (guint i = 0; i < FREE_TRIES && libssh2_session_free(s->ssh) == LIBSSH2_ERROR_EAGAIN; i++)
		;
	if (s->dead || s->broken || s->io.error)
		ssh_io_discard(&s->io);
	ssh_io_clear(&s->io);
	g_free(s->broken);
	g_free(s);
}

static void
on_ready(void *user, gboolean news)
{
	struct ssh_session *s = user;

	s->busy++;
	pass(s, news);
	s->busy--;
	if (s->gone)
		destroy(s);
	else if (!s->dead)
		rearm(s);
}

struct ssh_session *
ssh_session_new(LIBSSH2_SESSION *ssh, int fd, guint alive_interval_s, ssh_session_lost lost, void *user)
{
	struct ssh_session *s = g_new0(struct ssh_session, 1);
	guint interval_s = alive_interval_s > 0 ? MIN(alive_interval_s, ALIVE_INTERVAL_S) : ALIVE_INTERVAL_S;

	s->ssh = ssh;
	s->lost = lost;
	s->user = user;
	s->alive_interval_us = (gint64)interval_s * G_USEC_PER_SEC;
	g_queue_init(&s->channels);
	g_queue_init(&s->control);
	g_queue_init(&s->over);
	ssh_io_init(&s->io, ssh, fd);
	libssh2_keepalive_config(ssh, 1, 2);
	s->watch = loop_watch_new(fd, on_ready, s);
	rearm(s);
	return s;
}

void
ssh_session_free(struct ssh_session *s)
{
	if (!s)
		return;
	if (!s->dead && !s->broken && !s->io.error) {
		libssh2_session_disconnect(s->ssh, "closed by the operator");
		ssh_io_flush(&s->io);
	}
	s->gone = TRUE;
	if (s->busy == 0)
		destroy(s);
}
