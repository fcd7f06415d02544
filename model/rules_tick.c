/* One evaluation of all rules. */
#include "model/rules_private.h"

#include <math.h>
#include <string.h>

#include "model/labels.h"

#define FORGET_TICKS 64 /* each rule forgets once in so many ticks */

/* --- one rule --- */

static void
judge(struct watch *w)
{
	struct watch_rows *rows = &w->rows;
	struct watch_column *columns = w->columns;
	struct rule_column judged[RULE_EXPR_PARTS];
	guint8 *before = rows->before;

	rows->before = rows->grades;
	rows->grades = before;
	if (rows->count == 0)
		return;
	if (w->rule->network && w->rules->blind) {
		memset(rows->grades, GRADE_UNKNOWN, rows->count);
		return;
	}
	for (guint k = 0; k < rule_expr_count(w->expr); k++)
		judged[k] = (struct rule_column){ columns[k].feed->values, columns[k].straight ? NULL : columns[k].places };
	rule_expr_judge(w->expr, judged, rows->count, rows->grades);
}

static enum truth
truth_of(guint8 grade)
{
	static const enum truth truths[] = { [GRADE_FALSE] = TRUTH_FALSE, [GRADE_UNKNOWN] = TRUTH_UNKNOWN, [GRADE_TRUE] = TRUTH_TRUE };

	return truths[grade];
}

static void
enliven_row(struct watch *w, guint32 row)
{
	struct cell *c = watch_row_cell(w, row, truth_of(w->rows.grades[row]));

	if (c) {
		cell_enliven(c);
		return;
	}
	w->rows.grades[row] = w->rows.before[row]; /* so that it is found again when there is room */
	w->cells_left_out++;
}

static void
enliven_changed(struct watch *w)
{
	const guint8 *now = w->rows.grades, *before = w->rows.before;
	guint count = w->rows.count;

	w->cells_left_out = 0;
	if (count == 0 || memcmp(now, before, count) == 0)
		return;
	for (guint i = 0; i < count; i++) {
		if (i + 8 <= count && memcmp(now + i, before + i, 8) == 0)
			i += 7;
		else if (now[i] != before[i])
			enliven_row(w, i);
	}
}

static enum truth
row_truth(const struct cell *c)
{
	return truth_of(c->watch->rows.grades[c->row]);
}

static enum truth
cell_truth(const struct cell *c)
{
	if (c->forced && (c->forced_truth == TRUTH_TRUE || c->row == RULE_NO_PLACE))
		return c->forced_truth;
	if (c->row != RULE_NO_PLACE)
		return row_truth(c);
	return c->awaited_us != 0 ? cell_awaited_truth(c) : TRUTH_FALSE;
}

static guint32
place_of(const struct cell *c, guint part)
{
	return c->row == RULE_NO_PLACE ? RULE_NO_PLACE : c->watch->columns[part].places[c->row];
}

static void
take_value(struct cell *c)
{
	for (guint k = 0; k < rule_expr_count(c->watch->expr); k++) {
		guint32 place = place_of(c, k);
		if (place == RULE_NO_PLACE)
			continue;
		c->alert.value = c->watch->columns[k].feed->values[place];
		return;
	}
}

static void
take_notes(struct cell *c)
{
	for (guint k = 0; k < rule_expr_count(c->watch->expr); k++) {
		guint32 place = place_of(c, k);
		const char *notes = place == RULE_NO_PLACE ? NULL : c->watch->columns[k].feed->metric->notes[place];
		if (!notes)
			continue;
		if (g_strcmp0(c->alert.notes, notes) != 0) {
			g_free(c->alert.notes);
			c->alert.notes = g_strdup(notes);
		}
		return;
	}
}

/* What is too old has been unknown since it was seen last. */
static void
take_reason(struct cell *c)
{
	for (guint k = 0; k < rule_expr_count(c->watch->expr); k++) {
		guint32 place = place_of(c, k);
		const struct feed *f = c->watch->columns[k].feed;
		if (place == RULE_NO_PLACE || !isnan(f->values[place]))
			continue;
		if (isnan(f->metric->values[place])) {
			cell_say_why(c, f->metric->why[place]);
			return;
		}
		if (c->alert.unknown_since_us == 0)
			c->alert.unknown_since_us = f->metric->at_us[place];
		cell_say_why(c, "no sample for 5 min");
		return;
	}
}

static void
explain_unknown(struct cell *c)
{
	const struct rules *r = c->watch->rules;

	if (r->blind && c->watch->rule->network) {
		g_autofree char *why = g_strdup_printf("midwatch cannot see%s%s", r->blind_why ? ": " : "", r->blind_why ? r->blind_why : "");
		cell_say_why(c, why);
	} else if (c->awaited_us != 0) {
		cell_say_why(c, "no sample since the restart");
	} else {
		take_reason(c);
	}
}

static void
step(struct cell *c)
{
	enum truth truth = cell_truth(c);

	if (c->row != RULE_NO_PLACE)
		take_value(c);
	if (c->row != RULE_NO_PLACE && row_truth(c) == TRUTH_TRUE)
		take_notes(c);
	if (truth == TRUTH_UNKNOWN)
		explain_unknown(c);
	cell_step(c, truth);
}

static void
settle(struct cell *c)
{
	c->live = FALSE;
	c->alert.inhibited_by = NULL;
	c->alert.silence = 0;
	c->alert.muted = FALSE;
}

static void
step_live(struct watch *w)
{
	guint kept = 0;

	w->unknown = 0;
	for (guint i = 0; i < w->live->len; i++) {
		struct cell *c = w->live->pdata[i];
		step(c);
		w->unknown += c->alert.unknown;
		if (cell_is_settled(c))
			settle(c);
		else
			w->live->pdata[kept++] = c;
	}
	g_ptr_array_set_size(w->live, (gint)kept);
}

static void
tick(struct watch *w, const struct samples *s)
{
	if (w->expr) {
		watch_join(w, s);
		judge(w);
		enliven_changed(w);
	}
	step_live(w);
	if ((w->rules->tick + w->number) % FORGET_TICKS == 0)
		watch_forget(w);
}

/* --- who looks: is it blind? --- */

static void
look_for_blindness(struct rules *r, const struct watch *w)
{
	const guint8 *found = w->rows.count > 0 ? memchr(w->rows.grades, GRADE_TRUE, w->rows.count) : NULL;
	const struct cell *c = found ? w->rows.cells[found - w->rows.grades] : NULL;

	if (!found || r->blind)
		return;
	r->blind = TRUE;
	if (c && c->alert.notes)
		r->blind_why = labels_value(c->alert.notes, "why");
}

static void
tick_observers(struct rules *r, const struct samples *s)
{
	gboolean any = FALSE;

	r->blind = FALSE;
	g_clear_pointer(&r->blind_why, g_free);
	for (guint i = 0; i < r->watches->len; i++) {
		struct watch *w = r->watches->pdata[i];
		if (!w->is_observer)
			continue;
		any = TRUE;
		tick(w, s);
		look_for_blindness(r, w);
	}
	/* Without a rule of that kind nobody is told, but what cannot be seen is not judged either. */
	for (guint i = 0; !any && r->blind_feed->metric && i < r->blind_feed->metric->count; i++)
		r->blind = r->blind || r->blind_feed->values[i] > 0;
}

static const struct cell *
first_unknown(const struct watch *w)
{
	for (guint i = 0; i < w->live->len; i++)
		if (((const struct cell *)w->live->pdata[i])->alert.unknown)
			return w->live->pdata[i];
	return NULL;
}

static void
note_unknown(struct cell *c, const struct watch *w)
{
	const struct cell *unknown = first_unknown(w);
	g_autoptr(GString) notes = g_string_new(NULL);
	g_autofree char *why = g_strdup_printf("%s is unknown%s%s", w->rule->name, unknown && unknown->alert.why_unknown ? ": " : "",
	                                       unknown && unknown->alert.why_unknown ? unknown->alert.why_unknown : "");

	labels_append(notes, "why", why);
	g_free(c->alert.notes);
	c->alert.notes = g_strdup(notes->str);
}

/* A rule that is UNKNOWN is something that midwatch cannot see: an alert of the observer's rule of its own, one a rule, from the next tick on. It makes
 * no other rule unknown. */
static void
raise_unknown(struct watch *observer, const struct watch *w)
{
	gboolean raise = w->unknown > 0 && !(w->rule->network && observer->rules->blind);
	g_autoptr(GString) labels = g_string_new(NULL);
	struct cell *c;

	labels_append(labels, "rule", w->rule->name);
	c = g_hash_table_lookup(observer->apart, labels->str);
	if (!raise) {
		if (c && c->forced && c->forced_truth == TRUTH_TRUE)
			cell_force(c, FALSE);
		return;
	}
	c = watch_apart_cell(observer, labels->str, TRUTH_TRUE);
	if (!c)
		return;
	note_unknown(c, w);
	cell_force(c, TRUE);
}

static void
raise_all_unknown(struct rules *r)
{
	struct watch *observer = NULL;

	for (guint i = 0; i < r->watches->len && !observer; i++)
		if (((struct watch *)r->watches->pdata[i])->is_observer)
			observer = r->watches->pdata[i];
	for (guint i = 0; observer && i < r->watches->len; i++) {
		struct watch *w = r->watches->pdata[i];
		if (!w->is_observer && (w->unknown > 0 || g_hash_table_size(observer->apart) > 0))
			raise_unknown(observer, w);
	}
}

/* --- the whole --- */

static void
take_feeds(struct rules *r, const struct samples *s)
{
	GHashTableIter i;
	gpointer f;

	g_hash_table_iter_init(&i, r->feeds);
	while (g_hash_table_iter_next(&i, NULL, &f))
		feed_take(f, s, r->now_us);
	r->samples_left_out = samples_left_out(s);
}

static void
leave_feeds(struct rules *r)
{
	GHashTableIter i;
	gpointer f;

	g_hash_table_iter_init(&i, r->feeds);
	while (g_hash_table_iter_next(&i, NULL, &f))
		((struct feed *)f)->metric = NULL;
}

static void
tell(struct rules *r)
{
	for (guint i = 0; i < r->events->len; i++) {
		const struct rules_event *e = &g_array_index(r->events, struct rules_event, i);
		if (r->changed)
			r->changed(r->user, &e->cell->alert, e->change);
	}
	g_array_set_size(r->events, 0);
}

void
rules_tick(struct rules *r, const struct samples *s, gint64 now_us, gint64 utc_us)
{
	r->tick++;
	g_ptr_array_set_size(r->alerts, 0);
	r->now_us = now_us;
	r->utc_us = utc_us;
	take_feeds(r, s);
	tick_observers(r, s);
	for (guint i = 0; i < r->watches->len; i++) {
		struct watch *w = r->watches->pdata[i];
		if (!w->is_observer)
			tick(w, s);
	}
	raise_all_unknown(r);
	rules_hold(r);
	leave_feeds(r);
	tell(r);
}
