#include "model/rules.h"

#include <string.h>

#include "model/rules_private.h"

static void
inhibition_clear(gpointer data)
{
	g_ptr_array_unref(((struct watch_inhibition *)data)->targets);
}

static struct watch *
watch_new(struct rules *r, const struct rule *rule, struct rule_expr *e /* taken */)
{
	struct watch *w = g_new0(struct watch, 1);

	w->rules = r;
	w->rule = rule;
	w->number = r->watches->len;
	w->expr = e;
	w->apart = g_hash_table_new(g_str_hash, g_str_equal);
	w->live = g_ptr_array_new();
	w->inhibitions = g_array_new(FALSE, FALSE, sizeof(struct watch_inhibition));
	g_array_set_clear_func(w->inhibitions, inhibition_clear);
	for (guint k = 0; e && k < rule_expr_count(e); k++) {
		w->columns[k].feed = rules_feed(r, rule_expr_part(e, k)->metric);
		w->is_observer = w->is_observer || w->columns[k].feed == r->blind_feed;
	}
	return w;
}

static void
watch_free(gpointer data)
{
	struct watch *w = data;
	GHashTableIter i;
	gpointer c;

	for (guint row = 0; row < w->rows.count; row++)
		if (w->rows.cells[row])
			cell_free(w->rows.cells[row]);
	g_hash_table_iter_init(&i, w->apart);
	while (g_hash_table_iter_next(&i, NULL, &c))
		cell_free(c);
	watch_rows_clear(&w->rows);
	for (guint k = 0; k < RULE_EXPR_PARTS; k++)
		g_free(w->columns[k].places);
	g_hash_table_destroy(w->apart);
	g_ptr_array_free(w->live, TRUE);
	g_array_free(w->inhibitions, TRUE);
	rule_expr_free(w->expr);
	g_free(w);
}

static gboolean
fail(const struct rule *rule, GError **error, const char *why)
{
	g_set_error(error, g_quark_from_static_string("midwatch-rules"), 0, "rule %s: %s", rule->name, why);
	return FALSE;
}

static gboolean
add_rule(struct rules *r, const struct rule *rule, GError **error)
{
	struct rule_expr *e = NULL;
	struct watch *w;

	if (g_hash_table_contains(r->by_name, rule->name))
		return fail(rule, error, "there are two of this name");
	if (!rule->manual) {
		g_autoptr(GError) fault = NULL;
		if (!rule->expr)
			return fail(rule, error, "expr is missing");
		e = rule_expr_parse(rule->expr, &fault);
		if (!e)
			return fail(rule, error, fault->message);
	}
	w = watch_new(r, rule, e);
	g_ptr_array_add(r->watches, w);
	g_hash_table_insert(r->by_name, rule->name, w);
	return TRUE;
}

static void
free_feed(gpointer feed)
{
	feed_free(feed);
}

static void
free_silence(gpointer silence)
{
	silence_free(silence);
}

struct rules *
rules_new(GPtrArray *list, GError **error)
{
	struct rules *r = g_new0(struct rules, 1);

	r->list = list;
	r->watches = g_ptr_array_new_with_free_func(watch_free);
	r->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	r->feeds = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_feed);
	r->silences = g_ptr_array_new_with_free_func(free_silence);
	r->events = g_array_new(FALSE, FALSE, sizeof(struct rules_event));
	r->alerts = g_ptr_array_new();
	r->blind_feed = rules_feed(r, "observer_blind");
	for (guint i = 0; i < list->len; i++)
		if (!add_rule(r, list->pdata[i], error)) {
			rules_free(r);
			return NULL;
		}
	rules_resolve_inhibitions(r);
	return r;
}

void
rules_free(struct rules *r)
{
	if (!r)
		return;
	g_ptr_array_unref(r->watches);
	g_hash_table_destroy(r->by_name);
	g_hash_table_destroy(r->feeds);
	g_ptr_array_unref(r->silences);
	g_array_free(r->events, TRUE);
	g_ptr_array_free(r->alerts, TRUE);
	g_ptr_array_unref(r->list);
	g_free(r->blind_why);
	g_free(r->row_of);
	g_free(r);
}

gboolean
rules_are_evaluated(const struct rules *r)
{
	return r->tick > 0;
}

void
rules_on_change(struct rules *r, rules_changed changed, void *user)
{
	r->changed = changed;
	r->user = user;
}

const GPtrArray *
rules_list(const struct rules *r)
{
	return r->list;
}

void
rules_environment(struct rules *r, const char *env)
{
	r->env = g_intern_string(env);
}
