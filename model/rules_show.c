/* What is shown of the rules. */
#include "model/rules_private.h"

#include <string.h>

/* --- alerts --- */

static guint
rank(const struct alert *a)
{
	if (alert_is_on(a))
		return 3;
	if (a->state == ALERT_PENDING)
		return 2;
	return a->unknown;
}

gint64
alert_begin_us(const struct alert *a)
{
	return alert_is_on(a) ? a->fired_us : a->state == ALERT_PENDING ? a->active_us : a->unknown_since_us;
}

/* Below 0: `a` is worse. */
static int
compare(const struct alert *a, const struct alert *b)
{
	if (rank(a) != rank(b))
		return rank(a) > rank(b) ? -1 : 1;
	if (alert_is_held(a) != alert_is_held(b))
		return alert_is_held(a) ? 1 : -1;
	if (a->rule->severity != b->rule->severity)
		return a->rule->severity > b->rule->severity ? -1 : 1;
	if (alert_begin_us(a) != alert_begin_us(b))
		return alert_begin_us(a) < alert_begin_us(b) ? -1 : 1;
	return a->rule == b->rule ? strcmp(a->labels, b->labels) : strcmp(a->rule->name, b->rule->name);
}

static int
compare_places(const void *a, const void *b)
{
	return compare(*(struct alert *const *)a, *(struct alert *const *)b);
}

/* Sorted once a tick: the array is kept until the next one. */
const GPtrArray *
rules_alerts(const struct rules *r)
{
	if (r->alerts->len > 0)
		return r->alerts;
	for (guint i = 0; i < r->watches->len; i++) {
		const struct watch *w = r->watches->pdata[i];
		for (guint k = 0; k < w->live->len; k++) {
			struct cell *c = w->live->pdata[k];
			if (rank(&c->alert) > 0)
				g_ptr_array_add(r->alerts, &c->alert);
		}
	}
	g_ptr_array_sort(r->alerts, compare_places);
	return r->alerts;
}

GPtrArray *
rules_live(const struct rules *r, const struct rule *rule)
{
	const struct watch *w = g_hash_table_lookup(r->by_name, rule->name);
	GPtrArray *alerts = g_ptr_array_new();

	for (guint i = 0; w && i < w->live->len; i++) {
		struct cell *c = w->live->pdata[i];
		if (rank(&c->alert) > 0 || c->alert.truth == TRUTH_UNKNOWN)
			g_ptr_array_add(alerts, &c->alert);
	}
	g_ptr_array_sort(alerts, compare_places);
	return alerts;
}

/* Information asks for nothing. */
static gboolean
is_news(const struct alert *a)
{
	return alert_is_on(a) && !alert_is_held(a) && a->rule->severity != RULE_INFO;
}

void
rules_count(const struct rules *r, struct rules_counts *out)
{
	*out = (struct rules_counts){ 0 };
	for (guint i = 0; i < r->watches->len; i++) {
		const struct watch *w = r->watches->pdata[i];
		gboolean fires = FALSE, pends = FALSE, unknown = FALSE;
		for (guint k = 0; k < w->live->len; k++) {
			const struct alert *a = &((const struct cell *)w->live->pdata[k])->alert;
			fires = fires || is_news(a);
			pends = pends || a->state == ALERT_PENDING;
			unknown = unknown || a->unknown;
		}
		out->firing += fires;
		out->pending += pends;
		out->unknown += unknown;
	}
}

const struct alert *
rules_worst(const struct rules *r)
{
	const GPtrArray *alerts = rules_alerts(r);

	return alerts->len > 0 && is_news(alerts->pdata[0]) ? alerts->pdata[0] : NULL; /* what is held, and information, comes after */
}

/* --- rows --- */

/* What nobody looked at since it was fine has its strip, and its value, as they are now. */
static const struct alert *
shown(struct cell *c)
{
	struct watch *w = c->watch;

	if (c->live)
		return &c->alert;
	cell_catch_up(c, w->rules->tick);
	if (c->row != RULE_NO_PLACE && w->columns[0].places[c->row] != RULE_NO_PLACE)
		c->alert.value = w->columns[0].feed->values[w->columns[0].places[c->row]];
	return &c->alert;
}

static gboolean
ended_later(const struct cell *c, const struct cell *than)
{
	return !than || c->alert.resolved_us > than->alert.resolved_us;
}

/* The one that ended last; else the first there is. */
static const struct alert *
quiet_alert(struct watch *w)
{
	struct cell *best = NULL;
	GHashTableIter i;
	gpointer c;

	for (guint row = 0; row < w->rows.count && w->cell_count > 0; row++)
		if (w->rows.cells[row] && ended_later(w->rows.cells[row], best))
			best = w->rows.cells[row];
	g_hash_table_iter_init(&i, w->apart);
	while (g_hash_table_iter_next(&i, NULL, &c))
		if (((struct cell *)c)->alert.resolved_us != 0 && ended_later(c, best))
			best = c;
	if (!best && w->rows.count > 0)
		best = watch_row_cell(w, 0, TRUTH_FALSE);
	return best ? shown(best) : NULL;
}

static void
count_alert(struct rules_row *row, const struct cell *c)
{
	row->firing += alert_is_on(&c->alert);
	row->pending += c->alert.state == ALERT_PENDING;
	row->unknown += c->alert.truth == TRUTH_UNKNOWN;
	row->series += c->row == RULE_NO_PLACE;
	if (!row->alert || compare(&c->alert, row->alert) < 0)
		row->alert = &c->alert;
}

static struct rules_row
row_of(struct watch *w)
{
	struct rules_row row = { .rule = w->rule, .series = w->rows.count, .left_out = w->rows_left_out + w->cells_left_out };

	for (guint i = 0; i < w->live->len; i++)
		count_alert(&row, w->live->pdata[i]);
	if (!row.alert)
		row.alert = quiet_alert(w);
	return row;
}

GArray *
rules_rows(const struct rules *r)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct rules_row));

	for (guint i = 0; i < r->watches->len; i++) {
		struct rules_row row = row_of(r->watches->pdata[i]);
		g_array_append_val(rows, row);
	}
	return rows;
}

gboolean
rules_row_find(const struct rules *r, const char *rule, struct rules_row *out)
{
	struct watch *w = g_hash_table_lookup(r->by_name, rule);

	if (w)
		*out = row_of(w);
	return w != NULL;
}

const struct alert *
rules_find(const struct rules *r, const char *rule, const char *labels)
{
	struct watch *w = g_hash_table_lookup(r->by_name, rule);
	struct cell *c = w ? g_hash_table_lookup(w->apart, labels) : NULL;

	for (guint i = 0; w && !c && i < w->rows.count; i++)
		if (strcmp(w->rows.labels[i], labels) == 0)
			c = watch_row_cell(w, i, TRUTH_FALSE);
	return c ? shown(c) : NULL;
}

char *
rules_trouble(const struct rules *r)
{
	const char *name = NULL;
	guint count = 0;

	for (guint i = 0; i < r->watches->len; i++) {
		const struct watch *w = r->watches->pdata[i];
		count += w->rows_left_out + w->cells_left_out;
		if (!name && w->rows_left_out + w->cells_left_out > 0)
			name = w->rule->name;
	}
	if (count > 0)
		return g_strdup_printf("%u series are not judged, there is no room for more: %s and maybe others", count, name);
	if (r->samples_left_out > 0)
		return g_strdup_printf("%" G_GUINT64_FORMAT " samples were not taken: a metric has at most %d series", r->samples_left_out, SAMPLES_MOST);
	return NULL;
}
