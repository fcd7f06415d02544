#include "backends/fd_channel.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/fd_channel_private.h"

#define CHUNK (64 * 1024)
#define TAIL_MAX 1024

void
fd_channels_init(struct fd_channels *set, GError *(*judge)(void *, const struct fd_channel_end *), void *judge_user)
{
	struct sigaction now;

	/* A command that does not read its input must not end us. */
	if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
	g_queue_init(&set->open);
	set->ending = FD_PROCESS_TERMINATE;
	set->judge = judge;
	set->judge_user = judge_user;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
remove_source(guint *source)
{
	if (*source)
		g_source_remove(*source);
	*source = 0;
}

static void
unref(struct channel *c)
{
	if (--c->references > 0)
		return;
	g_clear_error(&c->problem);
	g_string_free(c->tail, TRUE);
	g_free(c);
}

/* Takes the channel out of the world; the memory stays until the callback under way returns. */
static void
drop(struct channel *c)
{
	if (c->gone)
		return;
	c->gone = TRUE;
	g_queue_unlink(&c->set->open, &c->node);
	remove_source(&c->start);
	remove_source(&c->writable);
	remove_source(&c->out.source);
	remove_source(&c->err.source);
	if (!c->socket)
		close_fd(&c->in);
	close_fd(&c->out.fd);
	close_fd(&c->err.fd);
	if (c->process)
		fd_process_end(c->process, c->set->ending);
	unref(c);
}

static void
finish(struct channel *c, const GError *error)
{
	c->references++;
	drop(c);
	if (c->events.closed)
		c->events.closed(c->user, c->exit_code, error);
	unref(c);
}

static void
finish_when_over(struct channel *c)
{
	struct fd_channel_end end = { c->socket, c->received, c->exit_code, c->tail->str };
	g_autoptr(GError) error = NULL;

	if (!c->out.over || !c->err.over || !c->ended)
		return;
	if (c->set->judge)
		error = c->set->judge(c->set->judge_user, &end);
	if (!error)
		error = g_steal_pointer(&c->problem);
	finish(c, error);
}

static void
remember_tail(struct channel *c, const char *bytes, gsize len)
{
	g_string_append_len(c->tail, bytes, (gssize)len);
	if (c->tail->len > TAIL_MAX)
		g_string_erase(c->tail, 0, (gssize)(c->tail->len - TAIL_MAX));
}

static gboolean
on_hang_up(int fd, GIOCondition condition, gpointer data)
{
	struct channel *c = data;

	c->out.source = 0;
	c->ended = TRUE;
	finish_when_over(c);
	return G_SOURCE_REMOVE;
}

/* Nothing more comes. A socket stays until we have finished writing too, or until the other side hangs up altogether. */
static void
reader_over(struct channel *c, struct reader *r)
{
	r->over = TRUE;
	remove_source(&r->source);
	if (!c->socket)
		close_fd(&r->fd);
	else if (!c->ended)
		r->source = g_unix_fd_add(r->fd, G_IO_HUP | G_IO_ERR, on_hang_up, c);
	if (r == &c->out && c->events.eof)
		c->events.eof(c->user);
	if (!c->gone)
		finish_when_over(c);
}

/* Reads once and hands it on. TRUE when there may be more. */
static gboolean
read_some(struct channel *c, struct reader *r)
{
	char bytes[CHUNK];
	gsize want = r->left >= 0 ? MIN(sizeof bytes, (gsize)r->left) : sizeof bytes;
	gssize n = want > 0 ? read(r->fd, bytes, want) : 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return FALSE;
	if (n <= 0) {
		if (n < 0 && c->socket)
			c->ended = TRUE;
		if (n < 0 && c->socket && !c->problem)
			c->problem = g_error_new(TRANSPORT_ERROR, TRANSPORT_ERROR_LINK_LOST, "The connection broke: %s",
			                         g_strerror(errno));
		reader_over(c, r);
		return FALSE;
	}
	if (r->left >= 0)
		r->left -= n;
	if (r == &c->out) {
		c->received = TRUE;
		c->events.data(c->user, bytes, (gsize)n);
	} else {
		remember_tail(c, bytes, (gsize)n);
		if (c->events.errors)
			c->events.errors(c->user, bytes, (gsize)n);
	}
	if (!c->gone && !r->over && r->left == 0)
		reader_over(c, r);
	return !c->gone && !r->over;
}

static gboolean
on_readable(struct channel *c, struct reader *r)
{
	gboolean more;

	c->references++;
	read_some(c, r);
	more = !c->gone && !r->over && r->source != 0;
	unref(c);
	return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
on_out(int fd, GIOCondition condition, gpointer data)
{
	struct channel *c = data;

	return on_readable(c, &c->out);
}

static gboolean
on_err(int fd, GIOCondition condition, gpointer data)
{
	struct channel *c = data;

	return on_readable(c, &c->err);
}

static void
watch(struct channel *c)
{
	if (!c->opened || c->paused)
		return;
	if (!c->out.over && !c->out.source)
		c->out.source = g_unix_fd_add(c->out.fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_out, c);
	if (!c->err.over && !c->err.source)
		c->err.source = g_unix_fd_add(c->err.fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_err, c);
}

/* After the end of the process nothing may ever come from a pipe that something it left behind holds open. */
static void
settle(struct channel *c)
{
	if (c->socket || !c->ended || c->paused)
		return;
	if (!c->out.over && c->out.left == 0)
		reader_over(c, &c->out);
	if (!c->gone && !c->err.over && c->err.left == 0)
		reader_over(c, &c->err);
}

static gboolean
on_start(gpointer data)
{
	struct channel *c = data;
	g_autoptr(GError) problem = g_steal_pointer(&c->problem);

	c->start = 0;
	if (problem) {
		finish(c, problem);
		return G_SOURCE_REMOVE;
	}
	c->references++;
	if (!c->opened) {
		c->opened = TRUE;
		if (c->events.opened)
			c->events.opened(c->user);
	}
	if (!c->gone) {
		watch(c);
		settle(c);
	}
	if (!c->gone)
		finish_when_over(c);
	unref(c);
	return G_SOURCE_REMOVE;
}

void
fd_channel_start_later(struct channel *c)
{
	if (!c->start)
		c->start = g_idle_add_full(G_PRIORITY_DEFAULT, on_start, c, NULL);
}

struct channel *
fd_channel_new(struct fd_channels *set, const struct channel_events *e, void *user)
{
	struct channel *c = g_new0(struct channel, 1);

	c->set = set;
	c->node.data = c;
	c->references = 1;
	c->events = *e;
	c->user = user;
	c->in = -1;
	c->out = (struct reader){ .fd = -1, .left = -1 };
	c->err = (struct reader){ .fd = -1, .left = -1 };
	c->exit_code = -1;
	c->tail = g_string_new(NULL);
	g_queue_push_tail_link(&set->open, &c->node);
	return c;
}

/* What it wrote is in the pipes now. */
static void
bound_reader(struct reader *r)
{
	int waiting = 0;

	if (!r->over && ioctl(r->fd, FIONREAD, &waiting) == 0)
		r->left = waiting;
}

static void
on_exited(void *user, int exit_code)
{
	struct channel *c = user;

	c->process = NULL;
	c->ended = TRUE;
	c->exit_code = exit_code;
	bound_reader(&c->out);
	bound_reader(&c->err);
	if (!c->opened)
		return;
	c->references++;
	settle(c);
	if (!c->gone)
		finish_when_over(c);
	unref(c);
}

struct channel *
fd_channel_spawn(struct fd_channels *set, const char *const *argv, char **environment, const struct channel_events *e, void *user)
{
	struct channel *c = fd_channel_new(set, e, user);

	c->process = fd_process_start(argv, environment, &c->in, &c->out.fd, &c->err.fd, on_exited, c, &c->problem);
	fd_channel_start_later(c);
	return c;
}

static gboolean
on_writable(int fd, GIOCondition condition, gpointer data)
{
	struct channel *c = data;

	c->writable = 0;
	if (c->events.writable)
		c->events.writable(c->user);
	return G_SOURCE_REMOVE;
}

gsize
fd_channel_write(struct channel *c, const char *bytes, gsize len)
{
	gssize n;

	if (!c->opened || c->in < 0)
		return c->opened ? len : 0;
	do
		n = c->socket ? send(c->in, bytes, len, MSG_NOSIGNAL) : write(c->in, bytes, len);
	while (n < 0 && errno == EINTR);
	/* Nobody reads any more: the bytes are lost like in any pipe, and the end of the channel tells the rest. */
	if (n < 0 && errno != EAGAIN)
		return len;
	n = MAX(n, 0);
	if ((gsize)n < len && !c->writable)
		c->writable = g_unix_fd_add(c->in, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_writable, c);
	return (gsize)n;
}

void
fd_channel_write_eof(struct channel *c)
{
	if (c->in < 0)
		return;
	remove_source(&c->writable);
	if (!c->socket) {
		close_fd(&c->in);
		return;
	}
	shutdown(c->in, SHUT_WR);
	c->ended = TRUE;
	if (c->out.over)
		fd_channel_start_later(c);
}

void
fd_channel_pause(struct channel *c, gboolean paused)
{
	c->paused = paused;
	if (paused) {
		if (!c->out.over)
			remove_source(&c->out.source);
		remove_source(&c->err.source);
	} else {
		watch(c);
		if (c->ended && c->opened)
			fd_channel_start_later(c);
	}
}

void
fd_channel_close(struct channel *c)
{
	drop(c);
}

GPid
fd_channel_pid(const struct channel *c)
{
	return c->process ? fd_process_pid(c->process) : 0;
}

void
fd_channel_poll_errors(struct channel *c)
{
	c->references++;
	while (c->opened && !c->gone && !c->err.over && read_some(c, &c->err))
		;
	unref(c);
}

void
fd_channels_lost(struct fd_channels *set, const char *reason)
{
	g_autoptr(GError) error = g_error_new_literal(TRANSPORT_ERROR, TRANSPORT_ERROR_LINK_LOST, reason);

	while (set->open.head)
		finish(set->open.head->data, error);
}

void
fd_channels_clear(struct fd_channels *set)
{
	set->ending = FD_PROCESS_KILL;
	while (set->open.head)
		drop(set->open.head->data);
}
