/* The rows of a rule: one for each set of labels of which it can be judged, and where its values lie. */
#include "model/rules_private.h"

#include <math.h>
#include <string.h>

#include "model/labels.h"

struct feed *
rules_feed(struct rules *r, const char *metric)
{
	struct feed *f = g_hash_table_lookup(r->feeds, metric);

	if (!f) {
		f = g_new0(struct feed, 1);
		f->name = g_strdup(metric);
		g_hash_table_insert(r->feeds, f->name, f);
	}
	return f;
}

void
feed_free(struct feed *f)
{
	g_free(f->name);
	g_free(f->values);
	g_free(f);
}

void
feed_take(struct feed *f, const struct samples *s, gint64 now_us)
{
	const struct metric *m = samples_metric(s, f->name);

	f->metric = m;
	f->change = m ? m->change : 0;
	if (!m)
		return;
	if (f->room < m->count) {
		f->room = m->room;
		f->values = g_renew(double, f->values, f->room);
	}
	for (guint i = 0; i < m->count; i++)
		f->values[i] = now_us - m->at_us[i] > SAMPLES_LOOK_BACK_US ? NAN : m->values[i];
}

/* --- making the rows --- */

static void
rows_make_room(struct watch_rows *rows, guint room)
{
	rows->room = room;
	rows->sets = g_new(guint32, room);
	rows->labels = g_new(GRefString *, room);
	rows->grades = g_new0(guint8, room);
	rows->before = g_new0(guint8, room);
	rows->cells = g_new0(struct cell *, room);
	rows->since = g_new(guint64, room);
}

void
watch_rows_clear(struct watch_rows *rows)
{
	for (guint i = 0; i < rows->count; i++)
		g_ref_string_release(rows->labels[i]);
	g_free(rows->sets);
	g_free(rows->labels);
	g_free(rows->grades);
	g_free(rows->before);
	g_free(rows->cells);
	g_free(rows->since);
	*rows = (struct watch_rows){ 0 };
}

/* A label that is missing is an empty one. */
static gboolean
part_takes(const struct rule_part *p, const char *labels)
{
	for (guint i = 0; i < p->matcher_count; i++) {
		g_autofree char *value = labels_value(labels, p->matchers[i].label);
		if ((strcmp(value ? value : "", p->matchers[i].value) == 0) != p->matchers[i].equal)
			return FALSE;
	}
	return TRUE;
}

static guint32
take_row(struct watch *w, struct watch_rows *rows, guint32 set)
{
	guint32 row = w->rules->row_of[set];

	if (row != RULE_NO_PLACE)
		return row;
	if (rows->count == rows->room) {
		w->rows_left_out++;
		return RULE_NO_PLACE;
	}
	row = w->rules->row_of[set] = rows->count++;
	rows->sets[row] = set;
	for (guint k = 0; k < rule_expr_count(w->expr); k++)
		w->columns[k].places[row] = RULE_NO_PLACE;
	return row;
}

static void
place_part(struct watch *w, struct watch_rows *rows, guint part, const struct samples *s)
{
	const struct rule_part *p = rule_expr_part(w->expr, part);
	const struct metric *m = w->columns[part].feed->metric;

	for (guint i = 0; m && i < m->count; i++) {
		guint32 row;
		if (p->matcher_count > 0 && !part_takes(p, label_sets_text(s->sets, m->sets[i])))
			continue;
		row = take_row(w, rows, m->sets[i]);
		if (row != RULE_NO_PLACE)
			w->columns[part].places[row] = i;
	}
}

/* A part whose series has no labels holds for all rows where it has none of their labels. */
static void
lift_part(struct watch *w, const struct watch_rows *rows, guint part)
{
	guint32 bare = w->rules->row_of[LABEL_SETS_NONE], *places = w->columns[part].places;
	guint32 place = bare == RULE_NO_PLACE ? RULE_NO_PLACE : places[bare];

	for (guint i = 0; place != RULE_NO_PLACE && i < rows->count; i++)
		if (places[i] == RULE_NO_PLACE)
			places[i] = place;
}

/* Could it be true, with the series that there are? */
static gboolean
can_be_true(const struct watch *w, guint32 row)
{
	enum grade parts[RULE_EXPR_PARTS];

	for (guint k = 0; k < rule_expr_count(w->expr); k++)
		parts[k] = w->columns[k].places[row] == RULE_NO_PLACE ? GRADE_FALSE : GRADE_TRUE;
	return rule_expr_join(w->expr, parts) == GRADE_TRUE;
}

static void
drop_hopeless(struct watch *w, struct watch_rows *rows)
{
	guint kept = 0;

	for (guint i = 0; i < rows->count; i++) {
		w->rules->row_of[rows->sets[i]] = RULE_NO_PLACE;
		if (!can_be_true(w, i))
			continue;
		for (guint k = 0; k < rule_expr_count(w->expr); k++)
			w->columns[k].places[kept] = w->columns[k].places[i];
		rows->sets[kept++] = rows->sets[i];
	}
	rows->count = kept;
}

static guint
most_rows(const struct watch *w)
{
	guint most = 0;

	for (guint k = 0; k < rule_expr_count(w->expr); k++)
		most += w->columns[k].feed->metric ? w->columns[k].feed->metric->count : 0;
	return MIN(most, RULES_ALERTS_MAX);
}

static void
note_straight(struct watch_column *column, guint count)
{
	column->straight = TRUE;
	for (guint i = 0; i < count && column->straight; i++)
		column->straight = column->places[i] == i;
}

static void
make_rows(struct watch *w, struct watch_rows *rows, const struct samples *s)
{
	guint parts = rule_expr_count(w->expr);

	rows_make_room(rows, most_rows(w));
	w->rows_left_out = 0;
	for (guint k = 0; k < parts; k++)
		w->columns[k].places = g_renew(guint32, w->columns[k].places, rows->room);
	for (guint k = 0; k < parts; k++)
		place_part(w, rows, k, s);
	for (guint k = 0; k < parts; k++)
		lift_part(w, rows, k);
	drop_hopeless(w, rows);
	for (guint i = 0; i < rows->count; i++) {
		rows->labels[i] = g_ref_string_acquire(label_sets_text(s->sets, rows->sets[i]));
		rows->since[i] = w->rules->tick;
	}
	for (guint k = 0; k < parts; k++)
		note_straight(&w->columns[k], rows->count);
}

/* --- taking over what was --- */

static void
move_apart(struct watch *w, struct cell *c)
{
	c->row = RULE_NO_PLACE;
	g_hash_table_insert(w->apart, c->alert.labels, c);
	cell_enliven(c);
}

static void
take_from_apart(struct watch *w, struct watch_rows *rows, guint32 row)
{
	struct cell *c = g_hash_table_lookup(w->apart, rows->labels[row]);

	if (!c)
		return;
	g_hash_table_remove(w->apart, rows->labels[row]);
	c->row = row;
	c->awaited_us = 0;
	rows->cells[row] = c;
	cell_enliven(c);
}

static void
carry_row(struct watch_rows *from, guint32 old, struct watch_rows *to, guint32 row)
{
	to->before[row] = to->grades[row] = from->grades[old];
	to->since[row] = from->since[old];
	to->cells[row] = from->cells[old];
	if (to->cells[row])
		to->cells[row]->row = row;
	from->cells[old] = NULL;
}

static void
carry_rows(struct watch *w, struct watch_rows *from, struct watch_rows *to)
{
	guint32 *row_of = w->rules->row_of;

	for (guint i = 0; i < from->count; i++)
		row_of[from->sets[i]] = i;
	for (guint i = 0; i < to->count; i++) {
		guint32 old = row_of[to->sets[i]];
		if (old != RULE_NO_PLACE && from->labels[old] == to->labels[i])
			carry_row(from, old, to, i);
		else if (g_hash_table_size(w->apart) > 0)
			take_from_apart(w, to, i);
	}
	for (guint i = 0; i < from->count; i++)
		row_of[from->sets[i]] = RULE_NO_PLACE;
	for (guint i = 0; i < from->count; i++)
		if (from->cells[i])
			move_apart(w, from->cells[i]);
	/* Other samples than before have other texts: they are the same labels all the same. */
	for (guint i = 0; i < to->count && g_hash_table_size(w->apart) > 0; i++)
		if (!to->cells[i])
			take_from_apart(w, to, i);
}

static void
make_scratch(struct rules *r, const struct samples *s)
{
	guint need = label_sets_end(s->sets);

	if (need <= r->row_of_room)
		return;
	r->row_of = g_renew(guint32, r->row_of, need);
	for (guint i = r->row_of_room; i < need; i++)
		r->row_of[i] = RULE_NO_PLACE;
	r->row_of_room = need;
}

void
watch_join(struct watch *w, const struct samples *s)
{
	struct watch_rows rows = { 0 };
	gboolean changed = FALSE;

	for (guint k = 0; k < rule_expr_count(w->expr); k++) {
		changed = changed || w->columns[k].change != w->columns[k].feed->change;
		w->columns[k].change = w->columns[k].feed->change;
	}
	if (!changed)
		return;
	make_scratch(w->rules, s);
	make_rows(w, &rows, s);
	carry_rows(w, &w->rows, &rows);
	watch_rows_clear(&w->rows);
	w->rows = rows;
}
