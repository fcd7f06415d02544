#include "backends/link_pump.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK (64 * 1024)
#define HOLD_MAX (128 * 1024) /* towards the client, before the channel is paused */
#define WORDS_MAX 512

struct pump {
	struct link *link;
	struct pump_target *target;
	struct pump_events events;
	void *user;
	int fd;
	struct channel *channel; /* the direct way, or … */
	struct exec *exec;       /* … the fallback command */
	gboolean opened, received, paused;
	gboolean client_over;    /* it writes no more */
	gboolean client_gone;    /* it reads no more either */
	gboolean told_eof;       /* the far side was told */
	gboolean far_over;       /* the far side writes no more */
	gboolean closed;         /* the channel has ended; what is held still goes to the client */
	guint in_source, out_source;
	GByteArray *to_far, *to_client;
	GByteArray *sent;        /* what the direct way took before it proved to work, to be said again over the fallback; NULL when of no use */
	GString *words;          /* what the fallback said on stderr */
	char *problem;
};

static void watch_client(struct pump *p);

static void
remove_source(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

void
pump_free(struct pump *p)
{
	remove_source(&p->in_source);
	remove_source(&p->out_source);
	if (p->channel)
		p->link->class->close(p->channel);
	if (p->exec)
		exec_cancel(p->exec);
	close(p->fd);
	g_byte_array_unref(p->to_far);
	g_byte_array_unref(p->to_client);
	if (p->sent)
		g_byte_array_unref(p->sent);
	g_string_free(p->words, TRUE);
	g_free(p->problem);
	g_free(p);
}

static void
end(struct pump *p)
{
	g_autofree char *problem = g_steal_pointer(&p->problem);

	p->events.end(p->user, p, p->received ? NULL : problem);
	pump_free(p);
}

static gsize
write_far(struct pump *p, const void *bytes, gsize len)
{
	return p->channel ? p->link->class->write(p->channel, bytes, len) : exec_write(p->exec, bytes, len);
}

static void
tell_eof(struct pump *p)
{
	p->told_eof = TRUE;
	if (p->channel)
		p->link->class->write_eof(p->channel);
	else
		exec_write_eof(p->exec);
}

/* Sends what is held towards the far side, and the end of it. */
static void
flush_far(struct pump *p)
{
	gsize n;

	if (!p->opened || p->closed || p->told_eof)
		return;
	if (p->to_far->len > 0) {
		n = write_far(p, p->to_far->data, p->to_far->len);
		if (p->sent && p->sent->len + n <= HOLD_MAX)
			g_byte_array_append(p->sent, p->to_far->data, (guint)n);
		else
			g_clear_pointer(&p->sent, g_byte_array_unref);
		g_byte_array_remove_range(p->to_far, 0, (guint)n);
	}
	if (p->to_far->len == 0 && p->client_over)
		tell_eof(p);
}

static void
pause_far(struct pump *p, gboolean paused)
{
	if (p->paused == paused || p->closed)
		return;
	p->paused = paused;
	if (p->channel)
		p->link->class->pause(p->channel, paused);
	else
		exec_pause(p->exec, paused);
}

/* FALSE when the pump has ended. */
static gboolean
flush_client(struct pump *p)
{
	while (p->to_client->len > 0 && !p->client_gone) {
		gssize n = send(p->fd, p->to_client->data, p->to_client->len, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0 && errno != EINTR)
			p->client_gone = TRUE;
		if (n > 0)
			g_byte_array_remove_range(p->to_client, 0, (guint)n);
	}
	if (p->client_gone || (p->closed && p->to_client->len == 0)) {
		end(p);
		return FALSE;
	}
	/* An end without a byte may be a refusal: the client hears of it only when the reason is known, or the fallback takes over. */
	if (p->to_client->len == 0 && p->far_over && p->received)
		shutdown(p->fd, SHUT_WR);
	pause_far(p, p->to_client->len >= HOLD_MAX);
	watch_client(p);
	return TRUE;
}

static gboolean
on_client_writable(int fd, GIOCondition condition, gpointer data)
{
	struct pump *p = data;

	p->out_source = 0;
	flush_client(p);
	return G_SOURCE_REMOVE;
}

/* Takes one chunk of the client's; it is read on only when the far side took that. */
static gboolean
on_client_readable(int fd, GIOCondition condition, gpointer data)
{
	struct pump *p = data;
	guint8 bytes[CHUNK];
	gssize n;

	p->in_source = 0;
	if (p->client_over) { /* watched for its hang-up only: it reads no answer */
		end(p);
		return G_SOURCE_REMOVE;
	}
	n = read(fd, bytes, sizeof bytes);
	if (n > 0)
		g_byte_array_append(p->to_far, bytes, (guint)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		p->client_over = TRUE;
	flush_far(p);
	watch_client(p);
	return G_SOURCE_REMOVE;
}

static void
watch_client(struct pump *p)
{
	gboolean wants_input = p->to_far->len == 0 && !p->client_over;
	gboolean wants_hang_up = p->client_over && p->to_far->len == 0;

	if (!p->in_source && !p->closed && (wants_input || wants_hang_up))
		p->in_source = g_unix_fd_add(p->fd, wants_input ? G_IO_IN | G_IO_HUP | G_IO_ERR : G_IO_HUP | G_IO_ERR, on_client_readable, p);
	if (!p->out_source && p->to_client->len > 0)
		p->out_source = g_unix_fd_add(p->fd, G_IO_OUT | G_IO_HUP | G_IO_ERR, on_client_writable, p);
}

static void
on_opened(void *user)
{
	struct pump *p = user;

	p->opened = TRUE;
	flush_far(p);
	watch_client(p);
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct pump *p = user;

	if (!p->received) {
		p->received = TRUE;
		g_clear_pointer(&p->sent, g_byte_array_unref);
		p->events.works(p->user);
	}
	g_byte_array_append(p->to_client, (const guint8 *)bytes, (guint)len);
	flush_client(p);
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	struct pump *p = user;

	if (p->words->len < WORDS_MAX)
		g_string_append_len(p->words, bytes, (gssize)MIN(len, WORDS_MAX - p->words->len));
}

static void
on_eof(void *user)
{
	struct pump *p = user;

	p->far_over = TRUE;
	/* It will not answer any more: a server that died. Its channel stays half open until this side ends, too. */
	if (!p->received && !p->told_eof)
		tell_eof(p);
	flush_client(p);
}

static void
on_writable(void *user)
{
	struct pump *p = user;

	flush_far(p);
	watch_client(p);
}

static void
far_ended(struct pump *p)
{
	p->closed = TRUE;
	p->channel = NULL;
	p->exec = NULL;
	remove_source(&p->in_source);
	flush_client(p);
}

static void
on_exec_done(void *user, enum link_outcome outcome, int exit_code, const char *problem)
{
	struct pump *p = user;
	g_autofree char *direct = g_steal_pointer(&p->problem);

	if (!p->received) {
		g_strstrip(p->words->str);
		p->problem = g_strdup_printf("\"%s\" failed: %s (tried since the socket itself was refused: %s)", p->target->fallback_command,
		                             *p->words->str ? p->words->str : problem ? problem : "it ended without an answer",
		                             direct ? direct : "as before");
		p->target->use_fallback = FALSE; /* the next connection looks again */
	}
	far_ended(p);
}

static void
open_fallback(struct pump *p)
{
	static const struct exec_events events = {
		.opened = on_opened, .data = on_data, .errors = on_errors, .eof = on_eof, .writable = on_writable, .done = on_exec_done };

	p->exec = exec_new(p->link, EXEC_RAW, p->target->fallback_command, TRUE, &events, p);
}

/* Starts over on the fallback with what the refused way had swallowed. FALSE when there is none, or bytes are lost. */
static gboolean
try_fallback(struct pump *p)
{
	if (!p->target->fallback_command)
		return FALSE;
	p->target->use_fallback = TRUE;
	if (!p->sent)
		return FALSE;
	g_byte_array_append(p->sent, p->to_far->data, p->to_far->len);
	g_byte_array_unref(p->to_far);
	p->to_far = g_steal_pointer(&p->sent);
	p->channel = NULL;
	p->opened = p->told_eof = p->far_over = p->paused = FALSE;
	open_fallback(p);
	return TRUE;
}

static void
on_closed(void *user, int exit_code, const GError *error)
{
	struct pump *p = user;

	if (error) {
		g_free(p->problem);
		p->problem = g_strdup(error->message);
	}
	if (g_error_matches(error, TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED) && !p->received && try_fallback(p))
		return;
	far_ended(p);
}

struct pump *
pump_new(struct link *l, struct pump_target *target, int fd, const struct pump_events *e, void *user)
{
	static const struct channel_events events = {
		.opened = on_opened, .data = on_data, .eof = on_eof, .writable = on_writable, .closed = on_closed };
	struct pump *p = g_new0(struct pump, 1);

	p->link = l;
	p->target = target;
	p->events = *e;
	p->user = user;
	p->fd = fd;
	p->to_far = g_byte_array_new();
	p->to_client = g_byte_array_new();
	p->words = g_string_new(NULL);
	if (target->use_fallback) {
		open_fallback(p);
	} else {
		if (target->fallback_command)
			p->sent = g_byte_array_new();
		p->channel = target->unix_path ? l->class->unix_socket(l->transport, target->unix_path, &events, p)
		                               : l->class->tcp(l->transport, target->host, target->port, &events, p);
	}
	watch_client(p);
	return p;
}
