#include "app/rules_tell.h"

#include <string.h>

#include "app/rules_deliver.h"
#include "model/utc_text.h"

struct rules_tell {
	struct rules_run_settings s;
	struct rules *rules;
	struct store *store;     /* NULL: none */
	const char *env;
	struct pages *pages;
	struct rules_deliver *deliver;
	GHashTable *pages_told;  /* scope -> dedup key, owned: of these somebody knows */
	GHashTable *untaken;     /* scope, owned: pages from before that may not have reached everybody, to be told once more */
	GHashTable *alerts_told; /* key of an alert of lower severity, owned: likewise */
	gboolean may, ours;      /* people are told; we have the pager */
	char *quiet;
	char *problem;           /* of the store, when it was written last; NULL */
	gint64 utc_us;
};

/* --- the store --- */

/* What became of the last thing that was written there: one that works again is no problem any more. */
static void
keep_problem(struct rules_tell *t, GError *error)
{
	g_free(t->problem);
	t->problem = error ? g_strdup(error->message) : NULL;
	g_clear_error(&error);
}

/* A page is kept until its end was taken, and one that not everybody took is told once more after a restart. */
static void
on_delivered(void *user, const char *scope, enum notify_event event, gboolean taken)
{
	struct rules_tell *t = user;
	GError *error = NULL;

	if (!t->store || (event != NOTIFY_RESOLVE && !taken))
		return;
	if (event == NOTIFY_RESOLVE)
		store_page_end(t->store, scope, &error);
	else
		store_page_taken(t->store, scope, &error);
	keep_problem(t, error);
}

/* --- messages --- */

/* "health_non200 is 1": the figures behind a page. */
static void
add_values(const struct rules_tell *t, const char *scope, GPtrArray *lines)
{
	const GPtrArray *alerts = rules_alerts(t->rules);

	for (guint i = 0; i < alerts->len; i++) {
		const struct alert *a = alerts->pdata[i];
		if (alert_pages(a) && strcmp(a->rule->scope, scope) == 0)
			g_ptr_array_add(lines, g_strdup_printf("%s%s%s%s is %g", a->rule->name, *a->labels ? "{" : "", a->labels, *a->labels ? "}" : "", a->value));
	}
}

static char **
page_details(const struct rules_tell *t, const struct page *p)
{
	GPtrArray *lines = g_ptr_array_new();
	g_autofree char *since = utc_iso(p->opened_utc_us);

	g_ptr_array_add(lines, g_strdup_printf("env: %s", t->env));
	g_ptr_array_add(lines, g_strdup_printf("scope: %s", p->scope));
	g_ptr_array_add(lines, g_strdup_printf("since: %s", since));
	for (guint i = 0; p->alerts && i < p->alerts->len; i++)
		g_ptr_array_add(lines, g_strdup(p->alerts->pdata[i]));
	add_values(t, p->scope, lines);
	g_ptr_array_add(lines, NULL);
	return (char **)g_ptr_array_free(lines, FALSE);
}

static void
tell_page(struct rules_tell *t, enum notify_event event, const struct page *p, const char *key)
{
	g_auto(GStrv) details = page_details(t, p);
	g_autofree char *summary = g_strdup_printf("[%s] %s", t->env, p->summary ? p->summary : p->scope);
	const struct notify_message m = {
		.event = event, .dedup_key = key, .severity = "critical", .summary = summary, .details = (const char *const *)details,
		.component = p->scope, .group = t->env, .utc_us = event == NOTIFY_RESOLVE ? t->utc_us : p->opened_utc_us,
	};

	rules_deliver_send(t->deliver, RULE_PAGE, &m, p->scope);
}

/* --- pages --- */

/* Kept before it is told. After a kill before everybody took it, it is told once more, under the same key, rather than not at all. */
static void
say_page(struct rules_tell *t, const struct page *p, const char *key)
{
	GError *error = NULL;

	if (t->store) {
		store_page_save(t->store, p->scope, key, p->opened_utc_us, &error);
		keep_problem(t, error);
	}
	g_hash_table_remove(t->untaken, p->scope);
	g_hash_table_replace(t->pages_told, g_strdup(p->scope), g_strdup(key));
	tell_page(t, NOTIFY_TRIGGER, p, key);
}

static void
end_page(struct rules_tell *t, const char *scope, const char *key, const struct page *last)
{
	g_autofree char *words = g_strdup_printf("%s: nothing of it fires any more", scope);
	const struct page gone = { .scope = (char *)scope, .dedup_key = (char *)key, .opened_utc_us = t->utc_us, .summary = words };

	g_hash_table_remove(t->untaken, scope);
	tell_page(t, NOTIFY_RESOLVE, last ? last : &gone, key);
}

static const struct page *
find_page(const struct rules_tell *t, const char *scope)
{
	const GPtrArray *open = pages_open(t->pages);

	for (guint i = 0; i < open->len; i++)
		if (strcmp(((const struct page *)open->pdata[i])->scope, scope) == 0)
			return open->pdata[i];
	return NULL;
}

/* What is open and nobody was told of, because midwatch was read-only or another one had the pager, is told now; what may not have reached everybody once
 * more, as soon as it is known what it is about; and what was told of and is over. */
static void
catch_up(struct rules_tell *t)
{
	const GPtrArray *open = pages_open(t->pages);
	GHashTableIter i;
	gpointer scope, key;

	for (guint n = 0; n < open->len; n++) {
		const struct page *p = open->pdata[n];
		key = g_hash_table_lookup(t->pages_told, p->scope);
		if (!key || (g_hash_table_contains(t->untaken, p->scope) && p->alerts->len > 0))
			say_page(t, p, p->dedup_key);
	}
	g_hash_table_iter_init(&i, t->pages_told);
	while (g_hash_table_iter_next(&i, &scope, &key)) {
		if (find_page(t, scope))
			continue;
		end_page(t, scope, key, NULL);
		g_hash_table_iter_remove(&i);
	}
}

static void
on_page(void *user, enum page_event event, const struct page *p)
{
	struct rules_tell *t = user;
	const char *key = g_hash_table_lookup(t->pages_told, p->scope);

	if (!t->may)
		return;
	if (event == PAGE_TRIGGER && !key) {
		say_page(t, p, p->dedup_key);
	} else if (event == PAGE_UPDATE && key) {
		g_autofree char *same = g_strdup(key); /* it is kept anew */
		say_page(t, p, same);
	} else if (event == PAGE_RESOLVE && key) {
		end_page(t, p->scope, key, p);
		g_hash_table_remove(t->pages_told, p->scope);
	}
}

/* --- lower severities --- */

static const char *
severity_word(enum rule_severity s)
{
	return s == RULE_PAGE ? "critical" : s == RULE_CRIT ? "error" : s == RULE_WARN ? "warning" : "info";
}

static void
tell_alert(struct rules_tell *t, const struct alert *a, gboolean fired, const char *key)
{
	g_autofree char *words = alert_summary(a), *since = utc_iso(t->utc_us), *summary = g_strdup_printf("[%s] %s: %s", t->env, a->rule->name, words);
	g_autofree char *env = g_strdup_printf("env: %s", t->env), *scope = g_strdup_printf("scope: %s", a->rule->scope);
	g_autofree char *at = g_strdup_printf("%s: %s", fired ? "since" : "ended", since), *value = g_strdup_printf("value: %g", a->value);
	g_autofree char *labels = g_strdup_printf("labels: %s", a->labels);
	const char *const details[] = { env, scope, at, value, *a->labels ? labels : NULL, NULL };
	const struct notify_message m = {
		.event = fired ? NOTIFY_TRIGGER : NOTIFY_RESOLVE, .dedup_key = key, .severity = severity_word(a->rule->severity), .summary = summary,
		.details = details, .component = a->rule->scope, .group = t->env, .utc_us = t->utc_us,
	};

	rules_deliver_send(t->deliver, a->rule->severity, &m, NULL);
}

static void
on_alert(void *user, const struct alert *a, gboolean fired)
{
	struct rules_tell *t = user;
	g_autofree char *key = g_strdup_printf("midwatch/%s/%s/%s%s%s", t->env, a->rule->scope, a->rule->name, *a->labels ? "/" : "", a->labels);

	if (!fired && !g_hash_table_remove(t->alerts_told, key))
		return; /* nobody knows of it */
	if (!t->may)
		return;
	tell_alert(t, a, fired, key);
	if (fired)
		g_hash_table_add(t->alerts_told, g_steal_pointer(&key));
}

/* --- who tells --- */

static void
know_page(void *user, const char *scope, const char *key, gint64 opened_utc_us, gboolean taken)
{
	struct rules_tell *t = user;

	if (!taken)
		g_hash_table_add(t->untaken, g_strdup(scope));
	g_hash_table_replace(t->pages_told, g_strdup(scope), g_strdup(key));
	if (!find_page(t, scope))
		pages_remember(t->pages, scope, key, opened_utc_us);
}

/* We have the pager from now on: what of pages is known is what the store says. */
static void
take_over(struct rules_tell *t)
{
	if (!t->store)
		return;
	g_hash_table_remove_all(t->pages_told);
	g_hash_table_remove_all(t->untaken);
	store_pages_each(t->store, know_page, t, NULL);
}

/* Why nobody is to be told, newly allocated; NULL: we tell. Who does not tell does not hold the pager. */
static char *
reason(struct rules_tell *t)
{
	g_autofree char *who = NULL;
	GError *error = NULL;
	gboolean ours;

	if (!rules_deliver_has_any(t->deliver))
		return g_strdup("paging is off: nothing is configured");
	if (!t->s.tell)
		return g_strdup("paging is off: --notify turns it on");
	if (t->s.world->readonly)
		return g_strdup("midwatch is read-only");
	if (!t->store)
		return NULL;
	ours = store_pager_take(t->store, &who, &error);
	keep_problem(t, error); /* a page that comes twice, under the same key, is better than none */
	if (ours)
		return NULL;
	return g_strdup_printf("%s tells people", who ? who : "another midwatch");
}

static char *
drill_words(guint held)
{
	if (held == 0)
		return g_strdup("this is a drill: nothing was to be told yet");
	return g_strdup_printf("this is a drill: %u message%s held back", held, held == 1 ? " was" : "s were");
}

struct rules_tell *
rules_tell_new(const struct rules_run_settings *s, struct rules *rules)
{
	struct rules_tell *t = g_new0(struct rules_tell, 1);

	t->s = *s;
	t->rules = rules;
	t->env = config_env(s->config);
	t->pages = pages_new(t->env, on_page, on_alert, t);
	t->deliver = rules_deliver_new(s->http, s->config, s->world, on_delivered, t);
	t->pages_told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	t->untaken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	t->alerts_told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	t->quiet = g_strdup("nothing is evaluated yet");
	return t;
}

void
rules_tell_free(struct rules_tell *t)
{
	if (!t)
		return;
	rules_deliver_free(t->deliver);
	pages_free(t->pages);
	g_hash_table_unref(t->pages_told);
	g_hash_table_unref(t->untaken);
	g_hash_table_unref(t->alerts_told);
	g_free(t->quiet);
	g_free(t->problem);
	g_free(t);
}

void
rules_tell_start(struct rules_tell *t, struct store *store)
{
	t->store = t->s.world->drill ? NULL : store; /* who tells outside goes on as if there was no drill */
}

void
rules_tell_tick(struct rules_tell *t, gint64 utc_us)
{
	t->utc_us = utc_us;
	g_free(t->quiet);
	t->quiet = reason(t);
	t->may = !t->quiet; /* in a drill, too: it is held where it would be sent */
	if (t->may && !t->ours)
		take_over(t);
	t->ours = t->may;
	pages_tick(t->pages, t->rules, utc_us);
	if (t->may)
		catch_up(t);
	if (t->may && t->s.world->drill)
		t->quiet = drill_words(rules_deliver_held(t->deliver));
}

const char *
rules_tell_quiet(const struct rules_tell *t)
{
	return t->quiet;
}

char *
rules_tell_trouble(const struct rules_tell *t)
{
	g_autofree char *untold = rules_deliver_trouble(t->deliver);

	if (untold && t->problem)
		return g_strdup_printf("%s; %s", untold, t->problem);
	return untold ? g_steal_pointer(&untold) : g_strdup(t->problem);
}

struct rules_deliver *
rules_tell_deliver(const struct rules_tell *t)
{
	return t->deliver;
}
