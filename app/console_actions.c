/* Actions that run something: plan, sheet, what has to be typed, and the operations that follow. */
#include "app/console_private.h"

#include <string.h>

#include "app/executor.h"
#include "app/plan.h"
#include "app/shell.h"

/* --- what can be done --- */

static gboolean
is_run(const struct console *c, guint command)
{
	switch (command) {
	case ACT_RESTART: case ACT_RESTART_UNHEALTHY: case ACT_SHELL: case ACT_SNAPSHOT: case ACT_CLEANUP: case ACT_CRON_RUN: case ACT_MODEL_LOAD:
	case ACT_MODEL_UNLOAD: case ACT_LOG_SNAPSHOT: case ACT_GATEWAY_RESTART: case ACT_GATEWAY_ROLLING:
	case ACT_GATEWAY_SHELL: case ACT_GATEWAY_SNAPSHOT:
		return TRUE;
	default:
		return command >= ACT_COUNT;
	}
}

gboolean
console_runs(const struct console *c, guint command)
{
	return is_run(c, command) && (c->commands->all[command].scopes & console_scopes(c));
}

/* Adds the containers that are unhealthy, of all hosts that are read-only by the configuration, or of all others. */
static void
add_unhealthy(const struct console *c, gboolean readonly, GPtrArray *found)
{
	for (guint i = 0; i < c->world->hosts->len; i++) {
		const struct host *h = c->world->hosts->pdata[i];
		if (!h->readonly != !readonly)
			continue;
		for (guint j = 0; j < h->docker.containers->len; j++) {
			const struct container *container = h->docker.containers->pdata[j];
			if (container->health == HEALTH_UNHEALTHY)
				action_targets_add(found, h->name, container->id);
		}
	}
}

/* Those that may be restarted: a host that is read-only keeps no other from it. When there are only locked ones, that is the reason why not. */
static GPtrArray *
unhealthy_targets(const struct console *c)
{
	GPtrArray *found = action_targets_new();

	add_unhealthy(c, FALSE, found);
	if (found->len == 0)
		add_unhealthy(c, TRUE, found);
	return found;
}

static struct plan *
plan_restart_unhealthy(const struct console *c, const GPtrArray *targets)
{
	struct plan *p = plan_restart(c->machines, targets);
	g_autoptr(GPtrArray) locked = action_targets_new();

	add_unhealthy(c, TRUE, locked);
	if (locked->len > 0)
		plan_line(p, "Left out: %u unhealthy on hosts that are read-only.", locked->len);
	return p;
}

static GPtrArray *
targets_of(struct console *c, guint command)
{
	const struct slot *s = &c->slots[c->current];
	GPtrArray *found;
	const struct host *h;

	if (command == ACT_RESTART_UNHEALTHY)
		return unhealthy_targets(c);
	found = s->class->targets ? s->class->targets(s->panel, command) : action_targets_new();
	if (found->len == 0 && s->class->host && commands_is_on_host(c->commands, command) && (h = s->class->host(s->panel)))
		action_targets_add(found, h->name, NULL);
	return found;
}

/* Why nothing may be changed at all; NULL when it may. */
static const char *
lock_of_all(const struct console *c)
{
	return !c->world->readonly ? NULL : c->locked_for_good ? "midwatch was started read-only" : "midwatch is locked read-only";
}

static const char *
lock_of_host(const struct host *h)
{
	return h && h->readonly ? "the configuration says that this host is read-only" : NULL;
}

static const struct host *
target_host(const struct console *c, const struct action_target *t)
{
	const struct gateway *g = c->world->fleet ? fleet_gateway(c->world->fleet, t->host) : NULL;

	return g ? g->host : world_host(c->world, t->host);
}

static const char *
lock_of_targets(const struct console *c, const GPtrArray *targets)
{
	const char *why = lock_of_all(c);

	for (guint i = 0; !why && i < targets->len; i++)
		why = lock_of_host(target_host(c, targets->pdata[i]));
	return why;
}

gboolean
console_can_run(struct console *c, guint command, const char **why)
{
	const struct slot *s = &c->slots[c->current];
	const struct config_action *custom = commands_custom(c->commands, command);
	g_autoptr(GPtrArray) targets = targets_of(c, command);

	if (command < ACT_COUNT && s->class->can && !s->class->can(s->panel, (enum action)command, why))
		return FALSE;
	*why = c->store_problem ? c->store_problem : "the audit log is not open yet";
	if (!c->store)
		return FALSE;
	*why = custom ? plan_custom_obstacle(c->machines, c->fleet, targets, custom) : NULL;
	if (*why)
		return FALSE;
	*why = c->commands->all[command].danger != DANGER_NONE ? lock_of_targets(c, targets) : NULL;
	if (*why)
		return FALSE;
	*why = command == ACT_RESTART_UNHEALTHY ? "no container is unhealthy" : "nothing is selected";
	if (targets->len == 0)
		return FALSE;
	*why = command == ACT_CLEANUP ? plan_cleanup_obstacle(machines_find(c->machines, ((const struct action_target *)targets->pdata[0])->host)) : NULL;
	return *why == NULL;
}

/* --- carrying out --- */

static void
show_activity(struct console *c, guint count)
{
	const GPtrArray *all = c->world->operations;
	const struct operation *o = all->pdata[all->len - MIN(count, all->len)]; /* the first of those that were added */
	g_autofree char *number = g_strdup_printf("%u", o->number);

	console_request(c, &(struct request){ .kind = REQUEST_OPEN_PANEL, .text = "activity", .host = o->host, .object = number });
}

/* Why what is asked about may not be done any more: midwatch was locked while its sheet was open. NULL: it may. */
static const char *
locked_meanwhile(const struct console *c, const struct plan *p)
{
	const char *why = p->harmless ? NULL : lock_of_all(c);

	for (guint i = 0; !why && !p->harmless && i < p->works->len; i++)
		why = lock_of_host(((const struct work *)p->works->pdata[i])->machine->host);
	return why;
}

/* Snapshots go on behind what is looked at; what changes something is watched. */
static void
carry_out(struct console *c)
{
	struct plan *p = g_steal_pointer(&c->plan);
	gboolean quiet = p->confirm == PLAN_ASKS_NOTHING;
	const char *why = locked_meanwhile(c, p);
	guint count = p->works->len;

	if (why) {
		console_notice(c, "nothing was done: %s", why);
		plan_free(p);
		return;
	}
	if (p->rollout) {
		console_rollout_begin(c, p);
		plan_free(p);
		return;
	}
	while (p->works->len > 0) {
		struct work *w = g_ptr_array_steal_index(p->works, 0);
		w->harmless = p->harmless;
		executor_add(c->executor, w);
	}
	if (quiet)
		console_notice(c, "%s: it is being saved; %s shows how far it is", p->title, keymap_first_key(c->keymap, ACT_ACTIVITY));
	else
		show_activity(c, count);
	plan_free(p);
}

/* The last cleanup's dry run of a host, when it ended well and not long ago. */
static const struct operation *
fresh_dry_run(const struct console *c, const char *host)
{
	for (guint i = c->world->operations->len; i-- > 0;) {
		const struct operation *o = c->world->operations->pdata[i];
		if (strcmp(o->action, "vm.cleanup") != 0 || strcmp(o->host, host) != 0)
			continue;
		return g_strcmp0(o->target, "dry run") == 0 && o->outcome == OUTCOME_OK &&
		       g_get_monotonic_time() - o->ended_us < DRY_RUN_FRESH_S * G_USEC_PER_SEC ? o : NULL;
	}
	return NULL;
}

void
console_ask(struct console *c, guint command, struct plan *p)
{
	plan_free(c->plan);
	c->plan = p;
	p->harmless = c->commands->all[command].danger == DANGER_NONE;
	if (plan_count(p) == 0) {
		g_clear_pointer(&c->plan, plan_free);
		console_notice(c, "what was selected is no longer there");
	} else if (p->confirm == PLAN_ASKS_NOTHING) {
		carry_out(c);
	} else {
		overlays_plan(c);
	}
}

static void
ask_word(struct console *c)
{
	g_autofree char *label = NULL;

	if (c->plan->confirm == PLAN_ASKS_COUNT)
		label = g_strdup_printf("type %s to %s %s target%s: ", c->plan->word, c->plan->verb, c->plan->word, plan_count(c->plan) == 1 ? "" : "s");
	else
		label = g_strdup_printf("type %s to %s: ", c->plan->word, c->plan->verb);
	overlays_plan_word(c, label);
}

/* The sheet's answer. */
void
console_plan_answered(struct console *c, int key)
{
	struct plan *p = c->plan;

	if (!p)
		return;
	if (key == 's' && p->snapshots) {
		g_autoptr(GPtrArray) targets = action_targets_new();
		gboolean gateways = FALSE;
		for (guint i = 0; i < p->works->len; i++) {
			const struct work *w = p->works->pdata[i];
			gateways = gateways || w->machine->gateway;
			action_targets_add(targets, w->operation->host, w->container_id);
		}
		if (gateways)
			console_snapshot_gateways(c, targets);
		else
			console_ask(c, ACT_SNAPSHOT, plan_snapshot(c->machines, targets));
	} else if (key != 'y') {
		g_clear_pointer(&c->plan, plan_free);
	} else if (p->second) {
		overlays_plan_second(c);
	} else if (p->confirm == PLAN_ASKS_KEY) {
		carry_out(c);
	} else {
		ask_word(c);
	}
}

/* What was typed; NULL: cancelled. */
void
console_plan_typed(struct console *c, const char *text)
{
	g_autofree char *word = text ? g_strstrip(g_strdup(text)) : NULL;

	if (!c->plan)
		return;
	if (word && strcmp(word, c->plan->word) == 0) {
		carry_out(c);
		return;
	}
	if (word)
		console_notice(c, "nothing was done: that is not \"%s\"", c->plan->word);
	g_clear_pointer(&c->plan, plan_free);
}

/* --- the commands --- */

static struct plan *
plan_first_host(struct console *c, guint command, const GPtrArray *targets, const char **why)
{
	const struct action_target *t = targets->pdata[0];
	struct machine *m = machines_find(c->machines, t->host);
	const struct cron_job *job;

	*why = "the host is no longer there";
	if (!m)
		return NULL;
	if (command == ACT_CLEANUP) {
		const struct operation *dry_run = fresh_dry_run(c, m->host->name);
		return plan_cleanup(m, dry_run == NULL, dry_run);
	}
	*why = "the job is no longer there";
	job = t->object ? cron_state_job(&m->host->cron, t->object) : NULL;
	return job ? plan_job(m, job, why) : NULL;
}

/* What is run of a host's cleanup: the job under the cursor, or one of the configuration. */
static void
offer_runs(struct console *c, const GPtrArray *targets)
{
	static const char *const modes[] = { "weekly", "monthly", "dry run" };
	const struct action_target *t = targets->pdata[0];
	struct machine *m = machines_find(c->machines, t->host);
	const struct cron_job *job = m && t->object ? cron_state_job(&m->host->cron, t->object) : NULL;
	GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)menu_item_free);

	if (job) {
		g_autofree char *label = g_strdup_printf("this job: %s", job->name);
		g_ptr_array_add(items, menu_item_new("job", label, job->schedule));
	}
	for (guint i = 0; m && i < G_N_ELEMENTS(modes); i++) {
		const char *why = plan_mode_obstacle(m, modes[i]);
		g_autofree char *label = g_strdup_printf("the cleanup: %s", modes[i]);
		struct menu_item *item = menu_item_new(modes[i], label, NULL);
		item->disabled = why != NULL;
		item->why = g_strdup(why);
		g_ptr_array_add(items, item);
	}
	g_free(c->over.host);
	c->over.host = g_strdup(t->host);
	g_free(c->run_job);
	c->run_job = g_strdup(t->object);
	overlays_menu(c, MENU_FOR_RUNS, "Run now", items, FALSE);
}

void
console_run_chosen(struct console *c, const char *what)
{
	struct machine *m = machines_find(c->machines, c->over.host);
	const char *why = "the host is no longer there";
	struct plan *p = NULL;

	if (m && strcmp(what, "job") == 0) {
		const struct cron_job *job = cron_state_job(&m->host->cron, c->run_job);
		why = "the job is no longer there";
		p = job ? plan_job(m, job, &why) : NULL;
	} else if (m) {
		p = plan_cleanup_mode(m, what, &why);
	}
	if (p)
		console_ask(c, ACT_CRON_RUN, p);
	else
		console_notice(c, "run now: %s", why);
}

static struct plan *
make_plan(struct console *c, guint command, const GPtrArray *targets, const char **why)
{
	const struct config_action *custom = commands_custom(c->commands, command);

	if (custom)
		return plan_custom(c->machines, c->fleet, targets, custom, why);
	switch (command) {
	case ACT_RESTART:
		return plan_restart(c->machines, targets);
	case ACT_RESTART_UNHEALTHY:
		return plan_restart_unhealthy(c, targets);
	case ACT_SNAPSHOT:
		return plan_snapshot(c->machines, targets);
	case ACT_LOG_SNAPSHOT:
		return plan_log_snapshot(c->machines, targets, c->world->logs);
	case ACT_MODEL_LOAD: case ACT_MODEL_UNLOAD:
		return plan_models(c->machines, targets, command == ACT_MODEL_LOAD);
	default:
		return plan_first_host(c, command, targets, why);
	}
}

void
console_act(struct console *c, guint command)
{
	g_autoptr(GPtrArray) targets = NULL;
	const char *why = NULL;
	struct plan *p;

	if (!console_can_run(c, command, &why)) {
		console_notice(c, "%s: %s", c->commands->all[command].title, why ? why : "not possible here");
		return;
	}
	targets = targets_of(c, command);
	if (command == ACT_SHELL) {
		shell_open(c, targets->pdata[0]);
	} else if (command == ACT_GATEWAY_SHELL) {
		shell_open_gateway(c, targets->pdata[0]);
	} else if (command == ACT_GATEWAY_SNAPSHOT) {
		console_snapshot_gateways(c, targets);
	} else if (command == ACT_CRON_RUN) {
		offer_runs(c, targets);
	} else if (command == ACT_GATEWAY_ROLLING || (command == ACT_GATEWAY_RESTART && targets->len >= PLAN_COUNT_FROM)) {
		console_rollout_ask(c, g_steal_pointer(&targets));
	} else if (command == ACT_GATEWAY_RESTART) {
		console_restart_gateways(c, targets);
	} else {
		p = make_plan(c, command, targets, &why);
		if (p)
			console_ask(c, command, p);
		else
			console_notice(c, "%s: %s", c->commands->all[command].title, why);
	}
}

/* --- what the executor tells --- */

static void
on_blocked(void *user, const struct operation *o)
{
	struct console *c = user;

	console_notice(c, "%s of %s waits, its evidence could not be saved: %s answers", o->title, o->target ? o->target : o->host,
	               keymap_first_key(c->keymap, ACT_HOST_ANSWER));
}

static void
on_ended(void *user, const struct operation *o)
{
	struct console *c = user;
	struct machine *m = machines_find(c->machines, o->host);

	if (console_rollout_took(c, o))
		return;
	if (m && (strcmp(o->action, "vm.cleanup") == 0 || strcmp(o->action, "cron.run") == 0))
		cron_poll_now(m->cron); /* its run stands in the cleanup log now */
	if (o->outcome == OUTCOME_OK && strcmp(o->action, "vm.cleanup") == 0 && g_strcmp0(o->target, "dry run") == 0 && m &&
	    c->slots[c->current].class == &activity_panel && !overlays_open(c) && !c->world->readonly)
		console_ask(c, ACT_CLEANUP, plan_cleanup(m, FALSE, o));
	else if (c->slots[c->current].class != &activity_panel)
		console_notice(c, "%s %s on %s: %s%s%s", o->title, o->target ? o->target : "", o->host, outcome_name(o->outcome), o->result ? ": " : "",
		               o->result ? o->result : "");
}

static void
on_trouble(void *user, const char *words)
{
	console_notice(user, "%s", words);
}

void
console_actions_start(struct console *c)
{
	static const struct executor_events events = { on_blocked, on_ended, on_trouble };

	if (c->store)
		c->executor = executor_new(c->world, c->store, &events, c);
	console_rollout_start(c);
}
