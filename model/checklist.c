#include "model/checklist.h"

static void
member_free(gpointer data)
{
	struct check_member *m = data;

	g_free(m->label);
	g_free(m->pointer);
	g_free(m->equals);
	g_free(m);
}

static void
check_free(gpointer data)
{
	struct check *c = data;
	char *const texts[] = { c->label, c->url, c->http_version, c->body, c->host, c->container, c->unit, c->file, c->command, c->pattern, c->watch,
	                        c->watch_means, c->spike, c->question };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_ptr_array_unref(c->members);
	g_free(c);
}

struct check *
check_new(enum check_kind kind)
{
	struct check *c = g_new0(struct check, 1);

	c->kind = kind;
	c->members = g_ptr_array_new_with_free_func(member_free);
	return c;
}

static void
step_free(gpointer data)
{
	struct checklist_step *s = data;

	g_free(s->id);
	g_free(s->title);
	g_free(s->subsystem);
	g_free(s->help);
	g_free(s->only_for);
	g_ptr_array_unref(s->checks);
	g_free(s);
}

struct checklist_step *
checklist_step_new(const char *id, const char *title)
{
	struct checklist_step *s = g_new0(struct checklist_step, 1);

	s->id = g_strdup(id);
	s->title = g_strdup(title);
	s->checks = g_ptr_array_new_with_free_func(check_free);
	return s;
}

static void
touch_free(gpointer data)
{
	struct checklist_touch *t = data;

	g_free(t->name);
	g_free(t);
}

static void
variable_free(gpointer data)
{
	struct checklist_variable *v = data;

	g_free(v->name);
	g_free(v->value);
	g_free(v);
}

struct checklist *
checklist_new(const char *name)
{
	struct checklist *c = g_new0(struct checklist, 1);

	c->name = g_strdup(name);
	c->touches = g_ptr_array_new_with_free_func(touch_free);
	c->variables = g_ptr_array_new_with_free_func(variable_free);
	c->steps = g_ptr_array_new_with_free_func(step_free);
	return c;
}

void
checklist_free(struct checklist *c)
{
	if (!c)
		return;
	g_free(c->name);
	g_free(c->title);
	g_free(c->escalate);
	g_free(c->source);
	g_free(c->origin);
	g_ptr_array_unref(c->touches);
	g_ptr_array_unref(c->variables);
	g_ptr_array_unref(c->steps);
	g_free(c);
}

const char *
check_kind_name(enum check_kind k)
{
	static const char *const names[] = {
		[CHECK_HTTP] = "http", [CHECK_LOGS] = "logs", [CHECK_FLEET] = "fleet", [CHECK_COMMAND] = "command", [CHECK_MANUAL] = "manual",
		[CHECK_REPORT] = "report",
	};

	return names[k];
}
