/* Commands whose output is followed. */
#include "backends/link_private.h"

#include <string.h>

struct link_stream {
	struct exec *exec;
	struct link_stream_events events;
	void *user;
	gboolean waits; /* and that was told */
};

static void
on_waits(void *user, guint logs, guint most)
{
	struct link_stream *s = user;

	s->waits = s->events.waits != NULL;
	if (s->waits)
		s->events.waits(s->user, logs, most);
}

static void
on_opened(void *user)
{
	struct link_stream *s = user;

	if (s->waits && s->events.starts)
		s->events.starts(s->user);
	s->waits = FALSE;
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct link_stream *s = user;

	s->events.data(s->user, bytes, len);
}

static void
on_errors(void *user, const char *bytes, gsize len)
{
	struct link_stream *s = user;

	if (s->events.errors)
		s->events.errors(s->user, bytes, len);
}

static void
on_done(void *user, enum link_outcome outcome, int exit_code, const char *problem)
{
	struct link_stream *s = user;
	const struct link_result result = { .outcome = outcome, .exit_code = exit_code, .output = "", .errors = "", .problem = problem };
	struct link_stream_events events = s->events;
	void *its_user = s->user;

	g_free(s);
	events.end(its_user, &result);
}

static void
on_dropped(void *user)
{
	((struct link_stream *)user)->exec = NULL;
}

static struct link_stream *
open_stream(struct link *l, const char *command, gboolean echoes, const struct link_stream_events *e, void *user)
{
	static const struct exec_events events = {
		.opened = on_opened, .data = on_data, .errors = on_errors, .waits = on_waits, .done = on_done, .dropped = on_dropped,
	};
	struct link_stream *s = g_new0(struct link_stream, 1);

	s->events = *e;
	s->user = user;
	s->exec = exec_new(l, EXEC_STREAM, command, echoes, &events, s);
	return s;
}

struct link_stream *
link_stream_open(struct link *l, const char *command, const struct link_stream_events *e, void *user)
{
	return open_stream(l, command, FALSE, e, user);
}

struct link_stream *
link_stream_open_echoing(struct link *l, const char *command, const struct link_stream_events *e, void *user)
{
	return open_stream(l, command, TRUE, e, user);
}

gboolean
link_stream_say(struct link_stream *s, const char *line)
{
	return s->exec && exec_write(s->exec, line, strlen(line)) == strlen(line);
}

void
link_stream_pause(struct link_stream *s, gboolean paused)
{
	if (s->exec)
		exec_pause(s->exec, paused);
}

void
link_stream_close(struct link_stream *s)
{
	if (!s)
		return;
	if (s->exec)
		exec_cancel(s->exec);
	g_free(s);
}
