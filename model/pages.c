#include "model/pages.h"

#include <string.h>

#define LINES_MOST 50 /* of one page; of more their number is told */
#define SETTLE_TICKS 30 /* so long a page from before a restart waits for rules that have no samples yet */

/* An alert that is on a page, or that was told. */
struct member {
	char *rule, *labels;
	char *line;       /* "health_non200: …", as it was when it came; NULL: it is on no page */
	guint64 seen;     /* the tick at which it fired last */
};

struct page_at_work {
	struct page page;  /* first: one is the other */
	GPtrArray *members; /* of struct member, borrowed from `by_key`, the first first */
	GHashTable *by_key; /* "RULE LABELS" to struct member, owned */
	gboolean awaited;  /* from before a restart, and none of its alerts was seen yet */
	gboolean is_new, changed; /* to be told at this tick */
};

struct pages {
	char *env;
	pages_say say;
	pages_tell tell;
	void *user;
	GPtrArray *open;   /* of struct page_at_work, owned */
	GHashTable *told;  /* "RULE LABELS" to struct member, owned: lower severities */
	guint64 tick;
};

/* --- parts --- */

static struct member *
member_new(const struct alert *a)
{
	struct member *m = g_new0(struct member, 1);

	m->rule = g_strdup(a->rule->name);
	m->labels = g_strdup(a->labels);
	return m;
}

static char *
key_of(const struct alert *a)
{
	return g_strconcat(a->rule->name, " ", a->labels, NULL);
}

static void
member_free(gpointer data)
{
	struct member *m = data;

	g_free(m->rule);
	g_free(m->labels);
	g_free(m->line);
	g_free(m);
}

static struct page_at_work *
page_new(const char *scope, const char *dedup_key, gint64 opened_utc_us)
{
	struct page_at_work *w = g_new0(struct page_at_work, 1);

	w->page.scope = g_strdup(scope);
	w->page.dedup_key = g_strdup(dedup_key);
	w->page.opened_utc_us = opened_utc_us;
	w->page.alerts = g_ptr_array_new_with_free_func(g_free);
	w->page.summary = g_strdup_printf("%s: a page from before the restart", scope);
	w->members = g_ptr_array_new();
	w->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, member_free);
	return w;
}

static void
page_free(gpointer data)
{
	struct page_at_work *w = data;

	g_free(w->page.scope);
	g_free(w->page.dedup_key);
	g_ptr_array_unref(w->page.alerts);
	g_free(w->page.summary);
	g_ptr_array_unref(w->members);
	g_hash_table_destroy(w->by_key);
	g_free(w);
}

struct pages *
pages_new(const char *env, pages_say say, pages_tell tell, void *user)
{
	struct pages *p = g_new0(struct pages, 1);

	p->env = g_strdup(env);
	p->say = say;
	p->tell = tell;
	p->user = user;
	p->open = g_ptr_array_new_with_free_func(page_free);
	p->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, member_free);
	return p;
}

void
pages_free(struct pages *p)
{
	if (!p)
		return;
	g_ptr_array_unref(p->open);
	g_hash_table_destroy(p->told);
	g_free(p->env);
	g_free(p);
}

const GPtrArray *
pages_open(const struct pages *p)
{
	return p->open;
}

static const char *
scope_of(const struct rule *rule)
{
	return rule->scope ? rule->scope : "general";
}

static struct page_at_work *
find_page(const struct pages *p, const char *scope)
{
	for (guint i = 0; i < p->open->len; i++) {
		struct page_at_work *w = p->open->pdata[i];
		if (strcmp(w->page.scope, scope) == 0)
			return w;
	}
	return NULL;
}

void
pages_remember(struct pages *p, const char *scope, const char *dedup_key, gint64 opened_utc_us)
{
	struct page_at_work *w;

	if (find_page(p, scope))
		return;
	w = page_new(scope, dedup_key, opened_utc_us);
	w->awaited = TRUE;
	g_ptr_array_add(p->open, w);
}

/* --- pages --- */

static struct page_at_work *
open_page(struct pages *p, const struct alert *a, gint64 utc_us)
{
	const char *scope = scope_of(a->rule);
	g_autofree char *key = g_strdup_printf("midwatch/%s/%s/%s", p->env ? p->env : "default", scope, a->rule->name);
	struct page_at_work *w = page_new(scope, key, utc_us);

	w->is_new = TRUE;
	g_ptr_array_add(p->open, w);
	return w;
}

/* One that fired before a restart is on the page that was opened then already. */
static void
join_page(struct pages *p, struct page_at_work *w, const struct alert *a, char *key /* taken */)
{
	g_autofree char *summary = alert_summary(a);
	struct member *m = member_new(a);

	m->line = g_strdup_printf("%s: %s", a->rule->name, summary);
	m->seen = p->tick;
	g_hash_table_insert(w->by_key, key, m);
	g_ptr_array_add(w->members, m);
	w->changed = w->changed || !a->restored;
	w->awaited = FALSE;
}

/* Who is on a page stays until it ends: one that is silenced then is still what the page is about. */
static void
take_pager(struct pages *p, const struct alert *a, gint64 utc_us)
{
	struct page_at_work *w = find_page(p, scope_of(a->rule));
	g_autofree char *key = key_of(a);
	struct member *m = w ? g_hash_table_lookup(w->by_key, key) : NULL;

	if (m) {
		m->seen = p->tick;
		return;
	}
	if (!alert_pages(a))
		return;
	join_page(p, w ? w : open_page(p, a, utc_us), a, g_steal_pointer(&key));
}

static void
drop_ended(struct pages *p, struct page_at_work *w)
{
	guint kept = 0;

	for (guint i = 0; i < w->members->len; i++) {
		struct member *m = w->members->pdata[i];
		g_autofree char *key = NULL;
		if (m->seen == p->tick) {
			w->members->pdata[kept++] = m;
			continue;
		}
		key = g_strconcat(m->rule, " ", m->labels, NULL);
		g_hash_table_remove(w->by_key, key);
		w->changed = TRUE;
	}
	g_ptr_array_set_size(w->members, (gint)kept);
}

static gboolean
has_line(const GPtrArray *lines, const char *line)
{
	for (guint i = 0; i < lines->len; i++)
		if (strcmp(lines->pdata[i], line) == 0)
			return TRUE;
	return FALSE;
}

/* Two alerts that say the same are one line. */
static void
write_lines(struct page *page, const GPtrArray *members)
{
	guint more = 0;

	g_ptr_array_set_size(page->alerts, 0);
	for (guint i = 0; i < members->len; i++) {
		const struct member *m = members->pdata[i];
		if (page->alerts->len == LINES_MOST)
			more++;
		else if (!has_line(page->alerts, m->line))
			g_ptr_array_add(page->alerts, g_strdup(m->line));
	}
	if (more > 0)
		g_ptr_array_add(page->alerts, g_strdup_printf("and %u more", more));
}

static void
write_page(struct page *page, const GPtrArray *members)
{
	write_lines(page, members);
	if (page->alerts->len == 0)
		return;
	g_free(page->summary);
	page->summary = page->alerts->len == 1 ? g_strdup(page->alerts->pdata[0])
	                                       : g_strdup_printf("%s (and %u more)", (const char *)page->alerts->pdata[0], page->alerts->len - 1);
}

/* A page from before a restart that none has joined since: is it known that its alerts are over? One that is held back now may be one of them. */
static gboolean
is_over(const struct pages *p, const struct page_at_work *w, const struct rules *r)
{
	g_autoptr(GArray) rows = NULL;

	if (!w->awaited)
		return w->members->len == 0;
	rows = rules_rows(r);
	for (guint i = 0; i < rows->len; i++) {
		const struct rules_row *row = &g_array_index(rows, struct rules_row, i);
		if (row->rule->severity != RULE_PAGE || strcmp(scope_of(row->rule), w->page.scope) != 0)
			continue;
		if (row->firing + row->pending + row->unknown > 0 || (row->series == 0 && !row->rule->manual && p->tick < SETTLE_TICKS))
			return FALSE;
	}
	return TRUE;
}

static void
say(struct pages *p, enum page_event e, const struct page_at_work *w)
{
	if (p->say)
		p->say(p->user, e, &w->page);
}

static void
settle_pages(struct pages *p, const struct rules *r)
{
	for (guint i = p->open->len; i > 0; i--) {
		struct page_at_work *w = p->open->pdata[i - 1];
		drop_ended(p, w);
		if (w->is_new || w->changed || w->page.alerts->len == 0)
			write_page(&w->page, w->members);
		if (is_over(p, w, r)) {
			say(p, PAGE_RESOLVE, w);
			g_ptr_array_remove_index(p->open, i - 1);
			continue;
		}
		if (w->is_new || w->changed)
			say(p, w->is_new ? PAGE_TRIGGER : PAGE_UPDATE, w);
		w->is_new = w->changed = FALSE;
	}
}

/* --- lower severities --- */

static void
take_lower(struct pages *p, const struct alert *a)
{
	g_autofree char *key = key_of(a);
	struct member *m = g_hash_table_lookup(p->told, key);

	if (!m && alert_is_held(a))
		return;
	if (!m) {
		m = member_new(a);
		g_hash_table_insert(p->told, g_steal_pointer(&key), m);
		if (!a->restored && p->tell)
			p->tell(p->user, a, TRUE);
	}
	m->seen = p->tick;
}

static void
tell_ended(struct pages *p, const struct rules *r)
{
	GHashTableIter i;
	gpointer value;

	g_hash_table_iter_init(&i, p->told);
	while (g_hash_table_iter_next(&i, NULL, &value)) {
		const struct member *m = value;
		const struct alert *a = m->seen == p->tick ? NULL : rules_find(r, m->rule, m->labels);
		if (m->seen == p->tick)
			continue;
		if (a && p->tell)
			p->tell(p->user, a, FALSE);
		g_hash_table_iter_remove(&i);
	}
}

/* --- the whole --- */

static int
compare_begin(const void *a, const void *b)
{
	const struct alert *x = *(struct alert *const *)a, *y = *(struct alert *const *)b;

	return x->fired_us < y->fired_us ? -1 : x->fired_us > y->fired_us;
}

/* Newly allocated. */
static GPtrArray *
firing_in_turn(const struct rules *r)
{
	const GPtrArray *all = rules_alerts(r);
	GPtrArray *firing = g_ptr_array_new();

	for (guint i = 0; i < all->len; i++)
		if (alert_is_on(all->pdata[i]))
			g_ptr_array_add(firing, all->pdata[i]);
	g_ptr_array_sort(firing, compare_begin);
	return firing;
}

void
pages_tick(struct pages *p, const struct rules *r, gint64 utc_us)
{
	g_autoptr(GPtrArray) firing = firing_in_turn(r);

	p->tick++;
	for (guint i = 0; i < firing->len; i++) {
		const struct alert *a = firing->pdata[i];
		if (a->rule->severity == RULE_PAGE)
			take_pager(p, a, utc_us);
		else
			take_lower(p, a);
	}
	settle_pages(p, r);
	tell_ended(p, r);
}
