/* Plans for a host: its cleanup, its cron jobs, and the actions of the configuration. */
#include <string.h>

#include "app/placeholders.h"
#include "app/plan.h"
#include "model/cron_command.h"

#define DRY_RUN_LINES 8 /* the last ones of a dry run that the sheet shows */

/* --- cleanup --- */

static struct plan *
plan_command(struct machine *m, const char *verb, const char *what, const char *action, const char *title, const char *target, const char *command)
{
	struct plan *p = plan_new(verb);

	g_ptr_array_add(p->works, work_command_new(m, action, title, target, command));
	plan_request_line(p, command, m->host);
	plan_settle(p, what, "hosts");
	return p;
}

/* A command is not cut off together with what watches it. */
static void
add_survival(struct plan *p, const struct machine *m)
{
	plan_line(p, m->host->local ? "It goes on when midwatch is left." : "It goes on over there when the link is lost or midwatch is left.");
}

/* The end of what the dry run printed. */
static void
add_dry_run(struct plan *p, const struct operation *o)
{
	g_auto(GStrv) lines = g_strsplit(o->output->str, "\n", -1);
	guint count = g_strv_length(lines), first;

	if (count > 0 && *lines[count - 1] == '\0')
		count--;
	first = count > DRY_RUN_LINES ? count - DRY_RUN_LINES : 0;
	plan_line(p, "Its dry run said%s:", first > 0 ? ", at the end" : "");
	for (guint i = first; i < count; i++)
		plan_line(p, "  %s", lines[i]);
	if (count == 0)
		plan_line(p, "  (nothing)");
}

const char *
plan_cleanup_obstacle(const struct machine *m)
{
	const struct config_cleanup *c = m->config->cleanup;

	if (!c || !c->command)
		return "no cleanup is configured for this host: see cleanup in midwatch(1)";
	return c->dry_run ? NULL : "no dry run is configured for this host, and nothing is cleaned up unseen: see cleanup.dry_run in midwatch(1)";
}

struct plan *
plan_cleanup(struct machine *m, gboolean dry_run, const struct operation *after)
{
	const struct config_cleanup *c = m->config->cleanup;
	struct plan *p;

	if (dry_run) {
		p = plan_command(m, "dry run", "Cleanup", "vm.cleanup", "cleanup dry run", "dry run", c->dry_run);
		g_free(p->title);
		p->title = g_strdup_printf("Dry run of the cleanup on %s", m->host->name);
		plan_line(p, "It should change nothing. When it has ended well, %s itself is offered.", c->command);
		return p;
	}
	p = plan_command(m, "clean up", "Clean up", "vm.cleanup", "cleanup", NULL, c->command);
	p->confirm = PLAN_ASKS_HOST;
	p->word = g_strdup(m->host->name);
	add_dry_run(p, after);
	plan_line(p, "Loses: what the cleanup removes.");
	add_survival(p, m);
	return p;
}

static const char *
mode_command(const struct machine *m, const char *mode)
{
	const struct config_cleanup *c = m->config->cleanup;

	return !c ? NULL : strcmp(mode, "weekly") == 0 ? c->weekly : strcmp(mode, "monthly") == 0 ? c->monthly : c->dry_run;
}

const char *
plan_mode_obstacle(const struct machine *m, const char *mode)
{
	return mode_command(m, mode) ? NULL : "the configuration of this host has no command for it: see cleanup in midwatch(1)";
}

struct plan *
plan_cleanup_mode(struct machine *m, const char *mode, const char **why)
{
	struct plan *p;

	*why = plan_mode_obstacle(m, mode);
	if (*why)
		return NULL;
	p = plan_command(m, "run", "Run the cleanup on", "cron.run", mode, mode, mode_command(m, mode));
	add_survival(p, m);
	return p;
}

/* --- jobs --- */

/* Why a line of a crontab cannot be run from here as cron runs it; NULL when it can. */
static const char *
job_obstacle(const struct cron_job *job)
{
	if (job->problem)
		return "cron itself does not run this line";
	if (job->altered)
		return "its command has characters that cannot be shown as they are";
	return cron_command_has_input(job->command) ? "the job has input lines (%) and cannot be run from here" : NULL;
}

static gboolean
is_login_user(const struct machine *m, const char *user)
{
	const char *address = m->host->link.address, *at = address ? strchr(address, '@') : NULL;

	if (m->host->local)
		return g_strcmp0(user, g_get_user_name()) == 0;
	return at && strncmp(address, user, (gsize)(at - address)) == 0 && user[at - address] == '\0';
}

struct plan *
plan_job(struct machine *m, const struct cron_job *job, const char **why)
{
	g_autofree char *command = NULL, *as_user = NULL, *quoted = NULL, *user = NULL, *quoted_unit = NULL;
	struct plan *p;

	if (job->origin == CRON_TIMER) {
		quoted_unit = g_shell_quote(job->command);
		as_user = g_strdup_printf("systemctl start -- %s", quoted_unit);
	} else {
		*why = job_obstacle(job);
		if (*why)
			return NULL;
		command = cron_command_shell_part(job->command);
		quoted = g_shell_quote(command);
		user = job->user ? g_shell_quote(job->user) : NULL;
		as_user = !job->user || is_login_user(m, job->user) ? g_strdup(command) : g_strdup_printf("sudo -n -u %s -- sh -c %s", user, quoted);
	}
	p = plan_command(m, "run", "Run", "cron.run", "run now", job->name, as_user);
	plan_line(p, "%s: %s", job->where, *job->schedule ? job->schedule : "a timer");
	plan_line(p, "It runs now, beside its schedule, with the environment of a login instead of cron's.");
	add_survival(p, m);
	return p;
}

/* --- actions of the configuration --- */

static gboolean
applies(const struct config_action *a, const struct host *h)
{
	for (unsigned i = 0; i < a->roles_count; i++)
		if (g_str_equal(a->roles[i], h->role))
			return TRUE;
	return a->roles_count == 0;
}

static struct work *
custom_http(struct machine *m, const char *id, const struct config_action *a, const char *target, const struct placeholders *v)
{
	const struct config_http *h = a->http;
	const char *method = h->method ? h->method : h->body ? "POST" : "GET";
	g_autofree char *url = placeholders_fill(h->url, v, PLACEHOLDER_URL), *body = h->body ? placeholders_fill(h->body, v, PLACEHOLDER_JSON) : NULL;
	g_autofree char *shown = g_strdup_printf("%s %s%s%s", method, url, body ? " " : "", body ? body : "");
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	struct work_http s = { .method = method, .url = url, .body = body, .shown = shown, .timeout_s = a->timeout ? *a->timeout : 60 };

	for (unsigned i = 0; i < h->headers_count; i++)
		g_ptr_array_add(headers, placeholders_fill(h->headers[i], v, PLACEHOLDER_PLAIN));
	g_ptr_array_add(headers, NULL);
	s.headers = (const char *const *)headers->pdata;
	return work_http_new(m, id, a->title ? a->title : a->name, target, &s);
}

/* The names that the placeholders stand for, whatever the target is. */
static struct work *
custom_work(struct machine *m, const struct action_target *t, const struct config_action *a)
{
	const gboolean on_container = g_strcmp0(a->on, "container") == 0, on_job = g_strcmp0(a->on, "job") == 0;
	const struct container *c = on_container && t->object ? host_container(m->host, t->object) : NULL;
	const struct cron_job *job = on_job && t->object ? cron_state_job(&m->host->cron, t->object) : NULL;
	const gboolean on_gateway = config_action_is_on_gateway(a);
	const char *name = c ? c->name : job ? job->name : g_strcmp0(a->on, "model") == 0 ? t->object : on_gateway ? m->host->name : NULL;
	const struct placeholders v = {
		.host = m->host->name, .name = name, .id = c ? c->id : NULL, .stack = c ? c->stack : NULL, .image = c ? c->image : NULL,
	};
	g_autofree char *id = g_strconcat("custom.", a->name, NULL), *command = NULL;

	if ((on_container && !c) || (on_job && !job))
		return NULL;
	if (a->http)
		return custom_http(m, id, a, name, &v);
	command = placeholders_fill(a->command, &v, PLACEHOLDER_SHELL);
	return work_command_new(m, id, a->title ? a->title : a->name, on_gateway ? NULL : name, command);
}

/* Then no single host's name can be typed: the count is. */
static gboolean
has_many_hosts(const struct plan *p)
{
	const struct work *first = p->works->pdata[0];

	for (guint i = 1; i < p->works->len; i++)
		if (((const struct work *)p->works->pdata[i])->machine != first->machine)
			return TRUE;
	return FALSE;
}

#define APPLIES_TO_NONE "it does not apply to what is selected"
#define NONE_REACHED "it is not reached"

/* The machine of a target that the action applies to; NULL: it does not. A gateway has to be reached: its command would not be sent. */
static struct machine *
machine_for(const GPtrArray *machines, const struct fleet_watch *w, const struct action_target *t, const struct config_action *a)
{
	struct machine *m;

	if (config_action_is_on_gateway(a)) {
		m = fleet_watch_machine(w, t->host);
		return m && m->host->link.state == LINK_UP ? m : NULL;
	}
	m = machines_find(machines, t->host);
	return m && applies(a, m->host) ? m : NULL;
}

static const char *
none_words(const struct config_action *a)
{
	return config_action_is_on_gateway(a) ? NONE_REACHED : APPLIES_TO_NONE;
}

const char *
plan_custom_obstacle(const GPtrArray *machines, const struct fleet_watch *w, const GPtrArray *targets, const struct config_action *a)
{
	for (guint i = 0; i < targets->len; i++)
		if (machine_for(machines, w, targets->pdata[i], a))
			return NULL;
	return targets->len == 0 ? NULL : none_words(a);
}

static void
say_left_out(struct plan *p, guint left_out)
{
	if (left_out > 0)
		plan_line(p, "Left out: %u that %s not reached.", left_out, left_out == 1 ? "is" : "are");
}

struct plan *
plan_custom(const GPtrArray *machines, const struct fleet_watch *watch, const GPtrArray *targets, const struct config_action *a, const char **why)
{
	struct plan *p = plan_new(a->title ? a->title : a->name);
	g_autoptr(GHashTable) hosts = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *title = g_strdup_printf("%s:", a->title ? a->title : a->name);
	guint left_out = 0;

	for (guint i = 0; i < targets->len; i++) {
		const struct action_target *t = targets->pdata[i];
		struct machine *m = machine_for(machines, watch, t, a);
		struct work *w = NULL;
		left_out += !m && config_action_is_on_gateway(a);
		if (m && (!config_action_is_on_host(a) || g_hash_table_add(hosts, m->host->name)))
			w = custom_work(m, t, a);
		if (!w)
			continue;
		g_ptr_array_add(p->works, w);
		if (p->works->len <= 8)
			plan_line(p, "%s   on %s", w->operation->request, m->host->name);
	}
	if (p->works->len == 0) {
		*why = none_words(a);
		plan_free(p);
		return NULL;
	}
	if (p->works->len > 8)
		plan_line(p, "… and %u more", p->works->len - 8);
	say_left_out(p, left_out);
	if (a->loses)
		plan_line(p, "Loses: %s", a->loses);
	if (g_strcmp0(a->confirm, "host") == 0 && !has_many_hosts(p)) {
		p->confirm = PLAN_ASKS_HOST;
		p->word = g_strdup(((struct work *)p->works->pdata[0])->machine->host->name);
	} else if (a->confirm && strcmp(a->confirm, "key") != 0) {
		p->confirm = PLAN_ASKS_COUNT;
		p->word = g_strdup_printf("%u", p->works->len);
	}
	plan_settle(p, title, config_action_is_on_gateway(a) ? "gateways" : "targets");
	return p;
}
