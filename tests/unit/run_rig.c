#include "tests/unit/run_rig.h"

#include <string.h>

static struct check *
add_check(struct checklist_step *step, enum check_kind kind, guint every_s)
{
	struct check *c = check_new(kind);

	c->every_s = every_s;
	g_ptr_array_add(step->checks, c);
	return c;
}

static struct checklist_step *
add_step(struct checklist *c, const char *id, const char *title, const char *subsystem, gboolean gate)
{
	struct checklist_step *step = checklist_step_new(id, title);

	step->subsystem = g_strdup(subsystem);
	step->gate = gate;
	g_ptr_array_add(c->steps, step);
	return step;
}

static void
add_touch(struct checklist *c, const char *name, gboolean hot)
{
	struct checklist_touch *t = g_new0(struct checklist_touch, 1);

	t->name = g_strdup(name);
	t->hot = hot;
	g_ptr_array_add(c->touches, t);
}

static void
add_health(struct checklist *c)
{
	struct checklist_step *step = add_step(c, "health", "Cloud HTTP health", "cloud", TRUE);
	struct check *check = add_check(step, CHECK_HTTP, 10);
	struct check_member *m = g_new0(struct check_member, 1);

	check->url = g_strdup("{url}{health}");
	check->status = 200;
	m->label = g_strdup("version");
	m->pointer = g_strdup("/version");
	m->equals = g_strdup("{version}");
	g_ptr_array_add(check->members, m);
}

static void
add_frontend(struct checklist *c)
{
	struct checklist_step *step = add_step(c, "frontend", "Frontend", "frontend", TRUE);
	struct check *check = add_check(step, CHECK_HTTP, 30);

	check->url = g_strdup("{url}/");
	check->label = g_strdup("page");
	check = add_check(step, CHECK_MANUAL, 0);
	check->question = g_strdup("Open {url}/login: does it render?");
	check->label = g_strdup("console");
}

static void
add_logs(struct checklist_step *step, const char *pattern)
{
	struct check *check = add_check(step, CHECK_LOGS, 30);

	check->host = g_strdup("{host}");
	check->container = g_strdup("{container}");
	check->since_min = 30;
	check->pattern = g_strdup(pattern);
}

struct checklist *
rig_checklist(guint window_s)
{
	struct checklist *c = checklist_new("post-deploy");
	struct checklist_variable *v = g_new0(struct checklist_variable, 1);
	struct checklist_step *sfu;

	c->title = g_strdup("Post-deploy");
	c->escalate = g_strdup("on-call");
	c->deploy = TRUE;
	c->window_s = window_s;
	c->source = g_strdup("name: post-deploy\n");
	c->origin = g_strdup("shipped");
	add_touch(c, "auth", TRUE);
	add_touch(c, "live view", FALSE);
	v->name = g_strdup("health");
	v->value = g_strdup("/api/v1/health");
	g_ptr_array_add(c->variables, v);
	add_health(c);
	add_frontend(c);
	add_logs(add_step(c, "cloud-errors", "Cloud error grep", "cloud", TRUE), "level=error|panic");
	sfu = add_step(c, "sfu", "WebRTC / SFU", "SFU", FALSE);
	sfu->only_for = g_strdup("live view");
	add_logs(sfu, "session_start");
	add_check(add_step(c, "report", "Reliability report", "report", FALSE), CHECK_REPORT, 0);
	return c;
}

static const char *
value(void *user, const char *name)
{
	static const char *const values[][2] = {
		{ "url", "https://app.example.com" }, { "host", "vm1" }, { "container", "cloud; rm -rf /" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		if (strcmp(values[i][0], name) == 0)
			return values[i][1];
	return NULL;
}

struct check_run *
rig_new_run(guint window_s, const char *touched, gint64 now_us)
{
	const char *names[] = { touched, NULL };
	const struct run_settings settings = { .actor = "ann@console", .version = "abc123", .touched = names, .window_s = -1, .value = value };

	return check_run_new(rig_checklist(window_s), &settings, now_us);
}

struct run_step *
rig_step(const struct check_run *r, guint step)
{
	return r->steps->pdata[step];
}

void
rig_see(struct check_run *r, guint step, guint check, enum verdict v, const char *summary, gint64 now_us)
{
	struct check_result result = { .verdict = v, .summary = g_strdup(summary), .begun_us = now_us, .took_us = S / 5 };

	if (rig_step(r, step)->results[check].verdict == VERDICT_NONE)
		run_looks(r, step, now_us);
	result.command = g_strdup_printf("curl -sf https://app.example.com/%u", step);
	run_saw(r, step, check, &result, now_us);
}

void
rig_walk_green(struct check_run *r, gint64 now_us)
{
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200 · status ok", now_us);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200 · HTTP/2", now_us);
	run_answer(r, FRONTEND, 1, VERDICT_PASS, NULL, "ann@console", now_us);
	rig_see(r, ERRORS, 0, VERDICT_PASS, "0 matches in 30m (41202 lines read)", now_us);
}

const char *
rig_last_row(const struct check_run *r)
{
	const struct run_event *e = r->events->pdata[r->events->len - 1];

	return e->text;
}
