#include "app/rules_run_private.h"

#include "app/configured_http.h"
#include "app/rule_files.h"

#define TICK_US (RULES_TICK_S * (gint64)G_USEC_PER_SEC)

static void
on_change(void *user, const struct alert *a, enum rules_change c)
{
	struct rules_run *r = user;

	if (r->keep && c != RULES_UNKNOWN && c != RULES_KNOWN)
		rules_keep_note(r->keep, a);
	if (r->changed)
		r->changed(r->changed_user, a, c);
}

static void
on_foreign(void *user)
{
	struct rules_run *r = user;

	world_changed(r->s.world);
}

struct rules_run *
rules_run_new(const struct rules_run_settings *s, GPtrArray *problems)
{
	struct rules_run *r = g_new0(struct rules_run, 1);

	r->s = *s;
	r->samples = samples_new();
	r->inputs = rule_inputs_new(&(struct rule_inputs_settings){ s->config, s->world, s->http, s->machines });
	r->rules = s->world->rules = rules_new(rule_files_load(s->config, problems), NULL); /* what it would refuse was left out */
	rules_environment(r->rules, config_env(s->config));
	rules_on_change(r->rules, on_change, r);
	r->tell = rules_tell_new(s, r->rules);
	r->alertmanager = config_alertmanager_new(s->http, s->config->alertmanager, 0, &s->world->foreign, on_foreign, r);
	return r;
}

void
rules_run_free(struct rules_run *r)
{
	if (!r)
		return;
	r->ending = TRUE;
	r->s.world->rules = NULL;
	r->s.world->rules_quiet = NULL;
	g_clear_pointer(&r->s.world->rules_trouble, g_free);
	alertmanager_free(r->alertmanager);
	rules_tell_free(r->tell);
	rules_keep_free(r->keep);
	rule_inputs_free(r->inputs);
	rules_free(r->rules);
	samples_free(r->samples);
	g_free(r);
}

void
rules_run_start(struct rules_run *r, struct store *store)
{
	r->store = store;
	r->started_us = g_get_monotonic_time();
	if (store)
		r->keep = rules_keep_new(store, r->rules, r->s.in_turns, r->s.world->drill);
	rules_tell_start(r->tell, store);
	rule_inputs_start(r->inputs, store);
	if (r->alertmanager)
		alertmanager_ask(r->alertmanager);
	rules_run_show(r);
}

/* --- evaluation --- */

void
rules_run_evaluate(struct rules_run *r)
{
	gint64 now_us = g_get_monotonic_time(), utc_us = g_get_real_time();

	r->ticked_us = now_us;
	if (r->s.world->fleet)
		rules_rollout_mute(r->rules, r->s.world->fleet->mute_until_us);
	rule_inputs_sample(r->inputs, r->samples, now_us, utc_us);
	rules_tick(r->rules, r->samples, now_us, utc_us);
	rules_tell_tick(r->tell, utc_us);
	if (r->keep)
		rules_keep_tick(r->keep, TRUE);
	rules_run_show(r);
}

void
rules_run_show(struct rules_run *r)
{
	struct world *w = r->s.world;

	w->rules_quiet = rules_run_quiet(r);
	g_free(w->rules_trouble);
	w->rules_trouble = rules_run_trouble(r);
	world_changed(w);
}

/* The first evaluation waits until there is something to judge; from then on the pace is even, since `for` counts by it. */
static gboolean
is_due(const struct rules_run *r)
{
	gint64 now_us = g_get_monotonic_time();

	if (r->ticked_us > 0)
		return now_us - r->ticked_us >= TICK_US - G_USEC_PER_SEC / 2;
	return rule_inputs_are_settled(r->inputs) || now_us - r->started_us >= TICK_US;
}

void
rules_run_tick(struct rules_run *r)
{
	if (r->started_us == 0)
		return;
	if (is_due(r)) {
		rules_run_evaluate(r);
		return;
	}
	if (r->keep)
		rules_keep_tick(r->keep, FALSE);
	rules_run_show(r);
}

void
rules_run_on_change(struct rules_run *r, rules_changed changed, void *user)
{
	r->changed = changed;
	r->changed_user = user;
}

gboolean
rules_run_is_settled(const struct rules_run *r)
{
	return r->started_us > 0 && rule_inputs_are_settled(r->inputs);
}

gboolean
rules_run_has_told(const struct rules_run *r)
{
	return rules_deliver_is_done(rules_tell_deliver(r->tell));
}

const char *
rules_run_quiet(const struct rules_run *r)
{
	return rules_tell_quiet(r->tell);
}

char *
rules_run_trouble(const struct rules_run *r)
{
	g_autofree char *told = rules_tell_trouble(r->tell), *left_out = rules_trouble(r->rules);
	const char *kept = !r->store ? "nothing of the rules is kept over a restart: there is no store" : r->keep ? rules_keep_problem(r->keep) : NULL;
	g_autoptr(GString) all = g_string_new(told);

	if (left_out)
		g_string_append_printf(all, "%s%s", all->len ? "; " : "", left_out);
	if (kept && r->started_us > 0)
		g_string_append_printf(all, "%s%s", all->len ? "; " : "", kept);
	return all->len ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}
