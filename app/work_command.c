/* Commands that change something over there, and snapshots of what a command prints. */
#include "app/work.h"
#include "backends/evidence.h"
#include "backends/remote_task.h"

struct command_work {
	struct work base;
	char *command;
	struct remote_task *task;
};

static void
on_output(void *user, const char *bytes, gsize len)
{
	work_output(user, bytes, len);
}

static void
on_lost(void *user, const char *problem)
{
	work_lost(user, problem);
}

static void
on_done(void *user, enum outcome outcome, const char *result)
{
	((struct command_work *)user)->task = NULL;
	work_done(user, outcome, result);
}

static void
start_command(struct work *w)
{
	static const struct remote_task_events events = { on_output, on_lost, on_done };
	struct command_work *c = (struct command_work *)w;

	c->task = remote_task_start(w->machine->link, c->command, &events, c);
}

static void
free_command(struct work *w)
{
	struct command_work *c = (struct command_work *)w;

	remote_task_free(c->task);
	work_clear(w);
	g_free(c->command);
	g_free(c);
}

struct work *
work_command_new(struct machine *m, const char *action, const char *title, const char *target, const char *command)
{
	static const struct work_class class = { .start = start_command, .free = free_command };
	struct command_work *c = g_new0(struct command_work, 1);

	c->base.class = &class;
	c->base.machine = m;
	c->command = g_strdup(command);
	c->base.operation = operation_new(action, title, m->host->name, target, command);
	c->base.operation->detached = TRUE;
	return &c->base;
}

struct log_snapshot {
	struct work base;
	char *command, *file;
	struct evidence *evidence;
};

static void
on_saved(const struct evidence_result *r, void *user)
{
	struct log_snapshot *s = user;

	s->evidence = NULL;
	if (r->directory)
		s->base.operation->evidence = g_strdup_printf("%s sha256:%s", r->directory, r->sha256);
	work_done(&s->base, r->directory ? OUTCOME_OK : OUTCOME_FAILED, r->directory ? s->base.operation->evidence : r->problem);
}

static void
start_log_snapshot(struct work *w)
{
	struct log_snapshot *s = (struct log_snapshot *)w;

	s->evidence = evidence_of_commands(w->machine->link, &(struct evidence_command){ s->file, s->command, TRUE }, 1, w->operation->host,
	                                   w->operation->target, on_saved, s);
}

static void
free_log_snapshot(struct work *w)
{
	struct log_snapshot *s = (struct log_snapshot *)w;

	evidence_cancel(s->evidence);
	work_clear(w);
	g_free(s->command);
	g_free(s->file);
	g_free(s);
}

struct work *
work_log_snapshot_new(struct machine *m, const char *source, const char *file, const char *command)
{
	static const struct work_class class = { .start = start_log_snapshot, .free = free_log_snapshot };
	struct log_snapshot *s = g_new0(struct log_snapshot, 1);

	s->base.class = &class;
	s->base.machine = m;
	s->command = g_strdup(command);
	s->file = g_strdup(file);
	s->base.operation = operation_new("logs.snapshot", "snapshot", m->host->name, source, command);
	return &s->base;
}
