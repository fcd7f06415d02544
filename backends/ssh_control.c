/* The control lock of a session: libssh2 keeps the state of one open and of one request a session, and takes the answer of the one for
 * that of the other. So they queue here, and each is finished before the next begins. */
#include "backends/ssh_session_private.h"

#include <string.h>

#define PING_TYPE "ping@midwatch" /* no server has it: each refuses, as RFC 4254 wants */

gboolean
ssh_control_busy(const struct ssh_session *s)
{
	const struct channel *c = s->control.head ? s->control.head->data : NULL;

	return s->pinging || (c && (c->state == CHANNEL_OPENING || c->state == CHANNEL_REQUESTING || c->state == CHANNEL_OVER));
}

/* libssh2's words hold the server's reason in brackets. */
static GError *
refusal(struct ssh_session *s, const struct channel *c)
{
	char *text = NULL, *open;
	g_autofree char *reason = NULL;

	libssh2_session_last_error(s->ssh, &text, NULL, 0);
	open = text ? strchr(text, '(') : NULL;
	reason = open ? g_strndup(open + 1, strcspn(open + 1, ")")) : g_strdup("no reason given");
	return g_error_new(TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED, "The server refused %s: %s.", c->title, reason);
}

/* --- one open --- */

static LIBSSH2_CHANNEL *
call_open(struct ssh_session *s, const char *type, const GByteArray *message)
{
	return libssh2_channel_open_ex(s->ssh, type, (unsigned)strlen(type), SSH_WINDOW, LIBSSH2_CHANNEL_PACKET_DEFAULT,
	                               message ? (const char *)message->data : NULL, message ? message->len : 0);
}

/* The caller is gone, or gets the error. */
static void
fail(struct channel *c, GError *error)
{
	if (c->state != CHANNEL_OVER)
		ssh_channel_finish(c, -1, error);
	g_error_free(error);
}

/* TRUE when the turn is over. */
static gboolean
go_on_opening(struct ssh_session *s, struct channel *c)
{
	int code;

	c->ssh = call_open(s, c->type, c->message);
	if (c->ssh) {
		if (c->state == CHANNEL_OVER)
			return TRUE;
		c->state = c->command ? CHANNEL_REQUESTING : CHANNEL_OPEN;
		return !c->command;
	}
	code = libssh2_session_last_errno(s->ssh);
	if (code == LIBSSH2_ERROR_EAGAIN)
		return FALSE;
	if (code == LIBSSH2_ERROR_CHANNEL_FAILURE || code == LIBSSH2_ERROR_TIMEOUT) {
		g_queue_pop_head(&s->control);
		fail(c, refusal(s, c));
	} else {
		ssh_session_break(s);
	}
	return FALSE;
}

/* TRUE when the turn is over. */
static gboolean
go_on_requesting(struct ssh_session *s, struct channel *c)
{
	int code = libssh2_channel_process_startup(c->ssh, "exec", strlen("exec"), c->command, (unsigned)strlen(c->command));

	if (code == LIBSSH2_ERROR_EAGAIN)
		return FALSE;
	if (code == 0) {
		if (c->state == CHANNEL_REQUESTING)
			c->state = CHANNEL_OPEN;
		return TRUE;
	}
	g_queue_pop_head(&s->control);
	if (code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
		fail(c, g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_SPAWN, "The server does not let this user run commands."));
	else
		fail(c, g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_PROTOCOL,
		                            "The server did not say whether it started the command."));
	return FALSE;
}

static gboolean
was_requesting(const struct channel *c)
{
	return c->command && c->ssh;
}

static void
run_head(struct ssh_session *s, struct channel *c)
{
	gboolean done = FALSE;

	if (c->state == CHANNEL_WAITING)
		c->state = CHANNEL_OPENING;
	if (!was_requesting(c))
		done = go_on_opening(s, c);
	if (!done && g_queue_peek_head(&s->control) == c && was_requesting(c) && !s->broken)
		done = go_on_requesting(s, c);
	if (!done || g_queue_peek_head(&s->control) != c)
		return;
	g_queue_pop_head(&s->control);
	if (c->state == CHANNEL_OPEN)
		ssh_channel_opened(c);
}

/* --- the ping --- */

static void
run_ping(struct ssh_session *s)
{
	LIBSSH2_CHANNEL *strange = call_open(s, PING_TYPE, NULL);
	int code = strange ? 0 : libssh2_session_last_errno(s->ssh);

	if (code == LIBSSH2_ERROR_EAGAIN)
		return;
	s->pinging = FALSE;
	if (strange)
		libssh2_channel_close(strange);
	else if (code != LIBSSH2_ERROR_CHANNEL_FAILURE && code != LIBSSH2_ERROR_TIMEOUT)
		ssh_session_break(s);
}

void
ssh_control_ping(struct ssh_session *s)
{
	s->pinging = TRUE;
	run_ping(s);
}

void
ssh_control_run(struct ssh_session *s)
{
	const struct channel *before = NULL, *head;

	if (s->pinging)
		run_ping(s);
	/* As long as the head changes there is something to begin with. */
	while (!s->pinging && !s->broken && ssh_session_alive(s) && (head = g_queue_peek_head(&s->control)) && head != before) {
		before = head;
		run_head(s, g_queue_peek_head(&s->control));
	}
}
