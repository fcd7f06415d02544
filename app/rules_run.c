#include "app/rules_run.h"

#include "app/configured_http.h"
#include "app/rule_files.h"
#include "app/rule_inputs.h"
#include "app/rules_keep.h"
#include "app/rules_tell.h"
#include "model/sanitize.h"

#define TICK_US (RULES_TICK_S * (gint64)G_USEC_PER_SEC)

struct rules_run {
	struct rules_run_settings s;
	struct samples *samples;
	struct rule_inputs *inputs;
	struct rules *rules;
	struct rules_tell *tell;
	struct rules_keep *keep;          /* NULL: nothing is kept */
	struct store *store;              /* NULL likewise */
	struct alertmanager *alertmanager;/* NULL: none is configured */
	rules_changed changed;
	void *changed_user;
	gint64 started_us, ticked_us;     /* monotonic; 0: not yet */
};

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

/* A set of rules that does not stand is told of, and none are evaluated: half of them would be taken for all. */
static struct rules *
load_rules(const struct config *c, GPtrArray *problems)
{
	g_autoptr(GError) error = NULL;
	struct rules *rules = rules_new(rule_files_load(c, problems), &error);
	struct config_problem *p;

	if (rules)
		return rules;
	p = g_new0(struct config_problem, 1);
	p->file = g_strdup("rules");
	p->path = g_strdup("rules");
	p->message = g_strdup(error->message);
	g_ptr_array_add(problems, p);
	return rules_new(g_ptr_array_new_with_free_func((GDestroyNotify)rule_free), NULL);
}

struct rules_run *
rules_run_new(const struct rules_run_settings *s, GPtrArray *problems)
{
	struct rules_run *r = g_new0(struct rules_run, 1);

	r->s = *s;
	r->samples = samples_new();
	r->inputs = rule_inputs_new(&(struct rule_inputs_settings){ s->config, s->world, s->http, s->machines });
	r->rules = s->world->rules = load_rules(s->config, problems);
	rules_environment(r->rules, s->config->product && s->config->product->env ? s->config->product->env : "prod");
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
	r->s.world->rules = NULL;
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
		r->keep = rules_keep_new(store, r->rules, r->s.in_turns);
	rules_tell_start(r->tell, store);
	rule_inputs_start(r->inputs, store);
	if (r->alertmanager)
		alertmanager_ask(r->alertmanager);
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
	world_changed(r->s.world);
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
	if (is_due(r))
		rules_run_evaluate(r);
	else if (r->keep)
		rules_keep_tick(r->keep, FALSE);
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
	return rules_tell_is_done(r->tell);
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

/* --- what a person does --- */

static gint64
begin(struct rules_run *r, const char *action, const char *target, const char *request, const char *note, GError **error)
{
	const struct config_product *p = r->s.config->product;
	const struct audit_intent intent = { .action = action, .host = p && p->env ? p->env : "prod", .target = target, .request = request, .note = note };

	if (r->s.world->readonly) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_DENIED, "midwatch is read-only");
		return 0;
	}
	if (!r->store) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_MISSING, "there is no store, so that it would stand in no audit log");
		return 0;
	}
	return store_audit_begin(r->store, &intent, error);
}

static char *
target_words(const char *rule, const char *labels)
{
	return labels && *labels ? g_strdup_printf("%s{%s}", rule, labels) : g_strdup(rule);
}

gboolean
rules_run_silence(struct rules_run *r, const char *rule, const char *labels, gint64 seconds, const char *comment, GError **error)
{
	g_autofree char *target = target_words(rule, labels), *request = NULL, *safe = sanitize_text(comment ? comment : "", -1);
	gint64 now_us = g_get_real_time(), length_us = CLAMP(seconds, 1, RULES_SILENCE_MAX_US / G_USEC_PER_SEC) * G_USEC_PER_SEC, id;
	struct silence *s;
	gboolean ok;

	request = g_strdup_printf("silence %s for %" G_GINT64_FORMAT " s", target, length_us / G_USEC_PER_SEC);
	id = begin(r, "rules.silence", target, request, safe, error);
	if (!id)
		return FALSE;
	s = g_new0(struct silence, 1);
	s->rule = g_strdup(rule);
	s->labels = labels && *labels ? g_strdup(labels) : NULL;
	s->begin_utc_us = now_us;
	s->end_utc_us = now_us + length_us;
	s->by = g_strdup(store_acts_as(r->store));
	s->comment = g_steal_pointer(&safe);
	ok = store_silence_add(r->store, s, error);
	store_audit_end(r->store, id, ok ? OUTCOME_OK : OUTCOME_FAILED, ok ? "silenced" : (*error)->message, NULL);
	if (ok)
		rules_silence(r->rules, s);
	else
		silence_free(s);
	return ok;
}

gboolean
rules_run_unsilence(struct rules_run *r, gint64 number, GError **error)
{
	g_autofree char *target = g_strdup_printf("silence %" G_GINT64_FORMAT, number);
	gint64 id = begin(r, "rules.unsilence", target, NULL, NULL, error);
	gboolean ok;

	if (!id)
		return FALSE;
	ok = store_silence_end(r->store, number, g_get_real_time(), error);
	store_audit_end(r->store, id, ok ? OUTCOME_OK : OUTCOME_FAILED, ok ? "ended" : (*error)->message, NULL);
	if (ok)
		rules_unsilence(r->rules, number);
	return ok;
}

gboolean
rules_run_manual(struct rules_run *r, const char *rule, const char *labels, gboolean is_true, const char *comment, GError **error)
{
	g_autofree char *target = target_words(rule, labels);
	gint64 id = begin(r, "rules.manual", target, is_true ? "say that it is so" : "say that it is so no more", comment, error);

	if (!id)
		return FALSE;
	rules_manual(r->rules, rule, labels, is_true, g_get_monotonic_time());
	store_audit_end(r->store, id, OUTCOME_OK, is_true ? "true" : "false", NULL);
	rules_run_evaluate(r); /* who says so waits for the page */
	return TRUE;
}

/* --- the Alertmanager's --- */

struct foreign_silence {
	struct rules_run *run;
	gint64 id;
	void (*done)(void *user, const char *text);
	void *user;
};

static void
on_silenced(void *user, enum outcome outcome, const char *result)
{
	struct foreign_silence *f = user;
	static const char *const words[] = {
		[OUTCOME_OK] = "silenced there", [OUTCOME_FAILED] = "the Alertmanager did not silence it", [OUTCOME_UNKNOWN] = "the silence in the Alertmanager" };
	g_autofree char *text = g_strdup_printf("%s: %s", words[outcome], result ? result : "");

	if (f->run->store)
		store_audit_end(f->run->store, f->id, outcome, result ? result : "", NULL);
	f->done(f->user, text);
	g_free(f);
}

void
rules_run_silence_foreign(struct rules_run *r, const char *fingerprint, gint64 seconds, const char *comment, void (*done)(void *user, const char *text),
                          void *user)
{
	const struct foreign_alert *a = r->alertmanager ? foreign_alerts_find(&r->s.world->foreign, fingerprint) : NULL;
	g_autofree char *request = g_strdup_printf("silence it in the Alertmanager for %" G_GINT64_FORMAT " s", seconds);
	g_autoptr(GError) error = NULL;
	struct foreign_silence *f;
	gint64 id;

	if (!a) {
		done(user, "it is not among the alerts any more");
		return;
	}
	id = begin(r, "rules.silence_foreign", a->name, request, comment, &error);
	if (!id) {
		done(user, error->message);
		return;
	}
	f = g_new0(struct foreign_silence, 1);
	*f = (struct foreign_silence){ r, id, done, user };
	alertmanager_silence(r->alertmanager, a, seconds, store_acts_as(r->store), comment, on_silenced, f);
}
