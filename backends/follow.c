#include "backends/follow.h"

#include <string.h>

#include "backends/follow_kind.h"
#include "model/sanitize.h"

#define BACKLOG_LINES 1000
#define PASS_US 3000

static const struct follow_class *const classes[] = {
	[FOLLOW_CONTAINER] = &follow_container_class,
	[FOLLOW_UNIT] = &follow_unit_class,
	[FOLLOW_JOURNAL] = &follow_journal_class,
	[FOLLOW_FILE] = &follow_file_class,
};

static guint
backlog_of(const struct follow_settings *s)
{
	return s->backlog_lines ? s->backlog_lines : BACKLOG_LINES;
}

struct follow *
follow_new(const struct follow_settings *s, struct link *link, struct docker *docker, struct world *world, const struct host *host)
{
	const struct follow_class *class = classes[s->kind];
	struct follow *f = class->create();

	f->class = class;
	f->kind = s->kind;
	f->name = g_strdup(s->name);
	f->safe_name = sanitize_text(s->name, -1);
	f->backlog = backlog_of(s);
	f->from_start = s->from_start;
	f->link = link;
	f->docker = docker;
	f->world = world;
	f->host = host;
	f->source = log_store_source(world->logs, host->name, class->word, f->safe_name);
	f->state = FOLLOW_STARTING;
	class->start(f);
	if (link_is_up(link))
		class->link_up(f);
	return f;
}

void
follow_free(struct follow *f)
{
	if (!f)
		return;
	follow_cancel(&f->budget.next_pass);
	g_free(f->name);
	g_free(f->safe_name);
	g_free(f->problem);
	f->class->destroy(f);
}

void
follow_want(struct follow *f, const struct follow_settings *s)
{
	if (f->state != FOLLOW_STARTING)
		return;
	f->backlog = MAX(f->backlog, backlog_of(s));
	f->from_start = f->from_start || s->from_start;
}

guint
follow_backlog(const struct follow *f)
{
	return f->from_start ? G_MAXUINT : f->backlog;
}

void
follow_link_up(struct follow *f)
{
	f->class->link_up(f);
}

void
follow_link_down(struct follow *f)
{
	f->class->link_down(f);
}

enum follow_state
follow_state(const struct follow *f)
{
	return f->state;
}

const char *
follow_problem(const struct follow *f)
{
	return f->problem;
}

guint32
follow_source(const struct follow *f)
{
	return f->source;
}

const char *
follow_name(const struct follow *f)
{
	return f->safe_name;
}

enum follow_kind
follow_kind(const struct follow *f)
{
	return f->kind;
}

void
follow_set(struct follow *f, enum follow_state state, char *problem)
{
	gboolean same = f->state == state && g_strcmp0(f->problem, problem) == 0;

	g_free(f->problem);
	f->problem = problem;
	f->state = state;
	log_store_source_problem(f->world->logs, f->source, problem);
	if (!same)
		world_changed(f->world);
}

void
follow_set_down(struct follow *f)
{
	const char *reason = f->host->link.reason;

	follow_set(f, FOLLOW_WAITING, g_strdup_printf("%s is not reached%s%s", f->host->name, reason ? ": " : "", reason ? reason : ""));
}

void
follow_set_waits(struct follow *f, guint logs, guint most)
{
	follow_set(f, FOLLOW_WAITING, g_strdup_printf("waits: %u log%s of this host %s followed already%s (at most %u at once%s)", logs, logs == 1 ? "" : "s",
	           logs == 1 ? "is" : "are", logs < most ? ", and Docker's connections need the other places" : "", most,
	           f->host->local ? "" : " over SSH"));
}

void
follow_note(struct follow *f, gint64 time_us, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	follow_line(f, LINE_NOTE, LEVEL_WARN, time_us, text, strlen(text));
}

void
follow_line(struct follow *f, guint flags, enum log_level level, gint64 time_us, const char *text, gsize len)
{
	log_store_append_line(f->world->logs, f->source, flags, level, time_us > 0 ? time_us : g_get_real_time(), text, len);
	world_changed(f->world);
}

static gboolean
on_next_pass(gpointer data)
{
	struct follow *f = data;

	f->budget = (struct follow_budget){ 0 };
	f->class->resume(f);
	return G_SOURCE_REMOVE;
}

gboolean
follow_may_take(struct follow *f)
{
	gint64 now_us = g_get_monotonic_time();

	if (!f->budget.next_pass) {
		f->budget.since_us = now_us;
		f->budget.next_pass = g_idle_add(on_next_pass, f);
	}
	return now_us - f->budget.since_us < PASS_US;
}

void
follow_cancel(guint *timer)
{
	if (*timer)
		g_source_remove(*timer);
	*timer = 0;
}

void
follow_after(guint *timer, guint ms, GSourceFunc function, gpointer user)
{
	follow_cancel(timer);
	*timer = g_timeout_add(ms, function, user);
}
