/* Restarts of gateways from the console: single ones, and the rolling restart from its batch to its end. */
#include "app/console_private.h"

/* --- what it tells --- */

static void
on_rollout_ended(void *user, const struct rollout *r)
{
	struct console *c = user;
	g_autofree char *words = rollout_words(r, g_get_monotonic_time());

	console_notice(c, "rolling restart: %s", words);
}

static void
on_trouble(void *user, const char *words)
{
	console_notice(user, "%s", words);
}

static void
on_machine_gone(void *user, const struct machine *m)
{
	struct console *c = user;

	executor_drop(c->executor, m);
}

void
console_rollout_start(struct console *c)
{
	static const struct rollout_run_events events = { on_rollout_ended, on_trouble };

	if (!c->executor || !c->fleet)
		return;
	fleet_watch_on_gone(c->fleet, on_machine_gone, c);
	c->rollout = rollout_run_new(c->world, c->store, c->executor, c->fleet, &events, c);
}

gboolean
console_rollout_took(struct console *c, const struct operation *o)
{
	if (c->fleet && fleet_gateway(c->world->fleet, o->host))
		fleet_watch_ask(c->fleet, o->host); /* its state is another one now */
	return rollout_run_operation_ended(c->rollout, o);
}

/* --- single ones --- */

void
console_restart_gateways(struct console *c, const GPtrArray *targets)
{
	g_autoptr(GError) error = NULL;
	struct plan *p = plan_gateways(c->world->fleet, c->fleet, targets, &error);

	if (p)
		console_ask(c, ACT_GATEWAY_RESTART, p);
	else
		console_notice(c, "restart: %s", error->message);
}

void
console_snapshot_gateways(struct console *c, const GPtrArray *targets)
{
	g_autoptr(GError) error = NULL;
	struct plan *p = plan_gateway_snapshots(c->world->fleet, c->fleet, targets, &error);

	if (p)
		console_ask(c, ACT_GATEWAY_SNAPSHOT, p);
	else
		console_notice(c, "snapshot: %s", error->message);
}

/* --- many --- */

void
console_rollout_ask(struct console *c, GPtrArray *targets)
{
	g_autofree char *why = c->rollout ? rollout_run_obstacle(c->rollout) : g_strdup("no gateways are configured");

	g_clear_pointer(&c->rollout_targets, g_ptr_array_unref);
	if (why) {
		console_notice(c, "rolling restart: %s", why);
		g_ptr_array_unref(targets);
		return;
	}
	c->rollout_targets = targets;
	overlays_prompt(c, PROMPT_FOR_BATCH, "batch (3 or 10%, then name or listed): ", plan_rollout_batch(c->config->fleet->rolling));
}

void
console_rollout_batch(struct console *c, const char *text)
{
	g_autoptr(GPtrArray) targets = g_steal_pointer(&c->rollout_targets);
	g_autoptr(GError) error = NULL;
	struct plan *p;

	if (!text || !targets)
		return;
	p = plan_rollout(c->world->fleet, c->fleet, c->config->fleet->rolling, targets, text, &error);
	if (p)
		console_ask(c, ACT_GATEWAY_ROLLING, p);
	else
		console_notice(c, "rolling restart: %s", error->message);
}

void
console_rollout_begin(struct console *c, const struct plan *p)
{
	g_autoptr(GError) error = NULL;

	if (rollout_run_begin(c->rollout, p->rollout, &error))
		console_notice(c, "%s: %s pauses it, %s aborts it", p->title, keymap_first_key(c->keymap, ACT_ROLLOUT_PAUSE),
		               keymap_first_key(c->keymap, ACT_ROLLOUT_ABORT));
	else
		console_notice(c, "nothing was done: %s", error->message);
}

/* --- while it runs --- */

void
console_rollout_act(struct console *c, guint command)
{
	const char *why = rollout_run_lock(c->rollout);

	if (why) {
		console_notice(c, "%s: %s", c->commands->all[command].title, why);
	} else if (command == ACT_ROLLOUT_ABORT) {
		overlays_abort(c);
	} else if (c->world->fleet->rollout->state == ROLLOUT_PAUSED) {
		overlays_resume(c);
	} else {
		rollout_run_pause(c->rollout, TRUE);
		console_notice(c, "the rolling restart is paused: what is begun is finished; %s resumes it", keymap_first_key(c->keymap, ACT_ROLLOUT_PAUSE));
	}
}

/* It may have ended while the sheet was open: then nothing happens. */
void
console_rollout_answered(struct console *c, enum sheet_purpose purpose, int key)
{
	if (key != 'y')
		return;
	if (purpose == SHEET_FOR_ABORT)
		rollout_run_abort(c->rollout);
	else
		rollout_run_pause(c->rollout, FALSE);
}
