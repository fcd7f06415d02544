/* Session channels: bounded in number, refused ones tried again, and an outcome that never claims more than is known. */
#include "backends/link_private.h"

#include <string.h>

#include "model/sanitize.h"

#define LINE_MAX_BYTES (120 * 1024) /* Linux takes 128 KiB for one argument, and sshd passes the line as one */
#define STDERR_GRACE_MS 500         /* between the sentinel on stdout and the rest of stderr */
#define WORDS_MAX 256

struct exec {
	struct link *link;
	GQueue *queue; /* link->waiting or link->running */
	GList node;
	guint busy;    /* its own callbacks under way: they may cancel it */
	gboolean dead;
	enum exec_kind kind;
	gboolean has_input, paused;
	char *command;
	struct exec_events events;
	void *user;
	struct channel *channel; /* NULL while it waits */
	gboolean opened, received;
	guint told_logs, told_most; /* when it was last told that it waits; 0 = never */
	struct sentinel sentinel;
	guint grace;
	GString *words; /* the first bytes of stderr, to explain an end without a sentinel */
};

static void
move_to(struct exec *x, GQueue *queue)
{
	if (x->queue)
		g_queue_unlink(x->queue, &x->node);
	x->queue = queue;
	if (queue)
		g_queue_push_tail_link(queue, &x->node);
}

static void
release(struct exec *x)
{
	sentinel_clear(&x->sentinel);
	g_string_free(x->words, TRUE);
	g_free(x->command);
	g_free(x);
}

struct exec *
exec_new(struct link *l, enum exec_kind kind, const char *command, gboolean has_input, const struct exec_events *e, void *user)
{
	struct exec *x = g_new0(struct exec, 1);

	x->link = l;
	x->node.data = x;
	x->kind = kind;
	x->has_input = has_input;
	x->command = g_strdup(command);
	x->events = *e;
	x->user = user;
	x->words = g_string_new(NULL);
	sentinel_init(&x->sentinel);
	move_to(x, &l->waiting);
	exec_pump_later(l);
	return x;
}

static gboolean
uses_sentinel(const struct exec *x)
{
	return !x->link->settings.local && x->kind != EXEC_RAW;
}

/* Takes the exec out of the link; the memory stays until the callback under way returns. */
static void
dispose(struct exec *x)
{
	struct link *l = x->link;

	if (x->grace)
		g_source_remove(x->grace);
	x->grace = 0;
	if (x->channel)
		l->class->close(x->channel);
	move_to(x, NULL);
	exec_pump_later(l);
	x->dead = TRUE;
	if (x->busy == 0)
		release(x);
}

static void
finish(struct exec *x, enum link_outcome outcome, int exit_code, const char *problem)
{
	struct exec_events events = x->events;
	void *user = x->user;

	dispose(x);
	events.done(user, outcome, exit_code, problem);
}

static void
on_opened(void *user)
{
	struct exec *x = user;

	x->opened = TRUE;
	if (x->link->settings.local && !x->has_input)
		exec_write_eof(x); /* over ssh the script reads from /dev/null instead */
	if (x->events.opened)
		x->events.opened(x->user);
}

static gboolean
on_grace_over(gpointer data)
{
	struct exec *x = data;

	x->grace = 0;
	finish(x, LINK_EXITED, x->sentinel.exit_code, NULL);
	return G_SOURCE_REMOVE;
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct exec *x = user;

	x->received = TRUE;
	if (!uses_sentinel(x)) {
		x->events.data(x->user, bytes, len);
		return;
	}
	x->busy++;
	sentinel_feed(&x->sentinel, bytes, len, x->events.data, x->user);
	x->busy--;
	/* The end of the channel tells that stderr is complete, but a process left in the background may hold it open. */
	if (x->dead)
		release(x);
	else if (x->sentinel.seen && !x->grace)
		x->grace = g_timeout_add(STDERR_GRACE_MS, on_grace_over, x);
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	struct exec *x = user;

	if (x->words->len < WORDS_MAX)
		g_string_append_len(x->words, bytes, (gssize)MIN(len, WORDS_MAX - x->words->len));
	if (x->events.errors)
		x->events.errors(x->user, bytes, len);
}

static void
on_eof(void *user)
{
	struct exec *x = user;

	if (x->kind == EXEC_RAW && x->events.eof)
		x->events.eof(x->user);
}

static void
on_writable(void *user)
{
	struct exec *x = user;

	if (x->events.writable)
		x->events.writable(x->user);
}

/* Puts a refused exec back to the front of the queue, and does not ask for so many again. FALSE when nothing else runs. */
static gboolean
wait_again(struct exec *x)
{
	struct link *l = x->link;

	if (l->running.length <= 1)
		return FALSE;
	x->channel = NULL;
	x->opened = FALSE;
	x->told_most = 0;
	g_queue_unlink(&l->running, &x->node);
	g_queue_push_head_link(&l->waiting, &x->node);
	x->queue = &l->waiting;
	l->session_limit = l->running.length;
	return TRUE;
}

static char *
describe_end(const struct exec *x, const GError *error)
{
	g_autofree char *words = sanitize_text(x->words->str, (gssize)x->words->len);

	g_strstrip(words);
	if (error)
		return g_strdup_printf("The outcome is not known: %s", error->message);
	return g_strdup_printf("The command ended without telling its exit code%s%s", *words ? ": " : "; the login shell there may not allow "
	                       "commands.", words);
}

/* FALSE when the callback cancelled it. */
static gboolean
flush(struct exec *x)
{
	gboolean dead;

	x->busy++;
	sentinel_flush(&x->sentinel, x->events.data, x->user);
	x->busy--;
	dead = x->dead;
	if (dead)
		release(x);
	return !dead;
}

static void
on_closed(void *user, int exit_code, const GError *error)
{
	struct exec *x = user;
	g_autofree char *problem = NULL;
	gboolean refused = g_error_matches(error, TRANSPORT_ERROR, TRANSPORT_ERROR_OPEN_REFUSED) && !x->received;
	gboolean unsent = refused || g_error_matches(error, TRANSPORT_ERROR, TRANSPORT_ERROR_SPAWN);

	if (refused && wait_again(x))
		return;
	x->channel = NULL;
	if (uses_sentinel(x) && !flush(x))
		return;
	if (x->sentinel.seen) {
		finish(x, LINK_EXITED, x->sentinel.exit_code, NULL);
	} else if (unsent) {
		problem = g_strdup_printf("Nothing was sent: %s", error->message);
		finish(x, LINK_NOT_SENT, -1, problem);
	} else if (!error && (x->kind == EXEC_RAW || (!uses_sentinel(x) && exit_code >= 0))) {
		finish(x, LINK_EXITED, exit_code, NULL);
	} else {
		problem = describe_end(x, error);
		finish(x, LINK_UNCERTAIN, -1, problem);
	}
}

static char *
wire_command(const struct exec *x)
{
	g_autofree char *script = NULL;

	if (x->link->settings.local)
		return g_strdup(x->command);
	if (x->kind == EXEC_RAW)
		script = g_strdup(x->command);
	else
		script = sentinel_script(&x->sentinel, x->command, x->kind == EXEC_STREAM ? (x->has_input ? HANGUP_ECHOES : HANGUP_BY_EOF)
		                         : x->has_input ? HANGUP_NEVER : HANGUP_BY_WORD);
	return sentinel_shell_line(script);
}

/* FALSE when the command does not fit in one line; the exec then still waits. */
static gboolean
open_channel(struct exec *x)
{
	static const struct channel_events events = { on_opened, on_data, on_errors, on_eof, on_writable, on_closed };
	struct link *l = x->link;
	g_autofree char *line = wire_command(x);

	if (strlen(line) > LINE_MAX_BYTES)
		return FALSE;
	move_to(x, &l->running);
	x->channel = l->class->exec(l->transport, line, &events, x);
	if (x->paused)
		l->class->pause(x->channel, TRUE);
	return TRUE;
}

static guint
followers_most(const struct link *l)
{
	return l->session_limit > LINK_SESSIONS_FOR_JOBS ? l->session_limit - LINK_SESSIONS_FOR_JOBS : 1;
}

/* How many that run are followed, streams only or all that are no jobs. */
static guint
count_followers(const struct link *l, gboolean streams_only)
{
	guint count = 0;

	for (const GList *n = l->running.head; n; n = n->next) {
		enum exec_kind kind = ((const struct exec *)n->data)->kind;
		count += streams_only ? kind == EXEC_STREAM : kind != EXEC_JOB;
	}
	return count;
}

/* The first that may be opened now; NULL when none. */
static struct exec *
next_to_open(struct link *l)
{
	gboolean full = count_followers(l, FALSE) >= followers_most(l);

	if (l->running.length >= MAX(l->session_limit, 1))
		return NULL;
	for (GList *n = l->waiting.head; n; n = n->next) {
		struct exec *x = n->data;
		if (x->kind == EXEC_JOB || !full)
			return x;
	}
	return NULL;
}

/* A job's turn comes soon, a stream's perhaps never: its owner has to know. */
static void
tell_waiting(struct link *l)
{
	guint most = followers_most(l), logs = count_followers(l, TRUE);

	if (count_followers(l, FALSE) < most)
		return;
	for (GList *n = l->waiting.head, *next; n; n = next) {
		struct exec *x = n->data;
		next = n->next;
		if (!x->events.waits || (x->told_logs == logs && x->told_most == most))
			continue;
		x->told_logs = logs;
		x->told_most = most;
		x->events.waits(x->user, logs, most);
	}
}

static gboolean
on_pump(gpointer data)
{
	struct link *l = data;
	g_autofree char *problem = NULL;
	struct exec *x;

	l->pump = 0;
	if (link_is_up(l)) {
		while ((x = next_to_open(l)) && open_channel(x))
			;
		if (x)
			finish(x, LINK_NOT_SENT, -1, "Nothing was sent: the command is longer than a host takes in one line (120 KiB).");
		else
			tell_waiting(l);
	} else if ((x = g_queue_peek_head(&l->waiting))) {
		problem = link_describe_down(l);
		finish(x, LINK_NOT_SENT, -1, problem); /* each exec that ends asks for the next pass */
	}
	return G_SOURCE_REMOVE;
}

void
exec_pump_later(struct link *l)
{
	if (!l->pump && l->waiting.length > 0)
		l->pump = g_idle_add_full(G_PRIORITY_DEFAULT, on_pump, l, NULL);
}

gboolean
exec_is_sent(const struct exec *x)
{
	return x->channel != NULL;
}

gsize
exec_write(struct exec *x, const char *bytes, gsize len)
{
	return x->opened && x->channel ? x->link->class->write(x->channel, bytes, len) : 0;
}

void
exec_write_eof(struct exec *x)
{
	if (x->channel)
		x->link->class->write_eof(x->channel);
}

void
exec_pause(struct exec *x, gboolean paused)
{
	x->paused = paused;
	if (x->channel)
		x->link->class->pause(x->channel, paused);
}

void
exec_cancel(struct exec *x)
{
	if (x->channel && x->opened && x->kind == EXEC_JOB && !x->has_input && uses_sentinel(x))
		x->link->class->write(x->channel, "hangup\n", strlen("hangup\n"));
	dispose(x);
}

void
exec_clear(struct link *l)
{
	GList *head;

	while ((head = l->running.head ? l->running.head : l->waiting.head)) {
		struct exec *x = head->data;
		if (x->events.dropped)
			x->events.dropped(x->user);
		exec_cancel(x);
	}
}
