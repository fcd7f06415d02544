/* Commands that change something over there, and snapshots of what a command prints. */
#include "app/work.h"

struct command_work {
	struct work base;
	char *command;
};

static void
start_command(struct work *w)
{
	work_run(w, ((const struct command_work *)w)->command);
}

static void
free_command(struct work *w)
{
	struct command_work *c = (struct command_work *)w;

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
