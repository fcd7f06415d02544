/* One alert: its states, its strip, and how long it is remembered. */
#include "model/rules_private.h"

#include <math.h>
#include <string.h>

/* --- cells --- */

static gboolean
has_room(struct watch *w, enum truth truth)
{
	guint part = truth == TRUTH_UNKNOWN ? 2 : 1; /* what is not known must not take the room of what is true */

	if (w->cell_count >= RULES_ALERTS_MAX / part && w->forgot != w->rules->tick)
		watch_forget(w);
	return w->cell_count < RULES_ALERTS_MAX / part && w->rules->cell_count < RULES_CELLS_MAX / part;
}

static struct cell *
new_cell(struct watch *w, GRefString *labels /* taken */, guint64 since)
{
	struct cell *c = g_new0(struct cell, 1);

	c->alert.rule = w->rule;
	c->alert.labels = labels;
	c->alert.value = NAN;
	c->alert.env = w->rules->env;
	c->watch = w;
	c->row = RULE_NO_PLACE;
	c->tick = since > 0 ? since - 1 : 0;
	w->cell_count++;
	w->rules->cell_count++;
	return c;
}

struct cell *
watch_row_cell(struct watch *w, guint32 row, enum truth truth)
{
	struct cell *c = w->rows.cells[row];

	if (c)
		return c;
	if (!has_room(w, truth))
		return NULL;
	c = w->rows.cells[row] = new_cell(w, g_ref_string_acquire(w->rows.labels[row]), w->rows.since[row]);
	c->row = row;
	return c;
}

struct cell *
watch_apart_cell(struct watch *w, const char *labels, enum truth truth)
{
	struct cell *c = g_hash_table_lookup(w->apart, labels);

	for (guint i = 0; !c && i < w->rows.count; i++)
		if (strcmp(w->rows.labels[i], labels) == 0)
			return watch_row_cell(w, i, truth);
	if (c || !has_room(w, truth))
		return c;
	c = new_cell(w, g_ref_string_new(labels), w->rules->tick + 1);
	g_hash_table_insert(w->apart, c->alert.labels, c);
	return c;
}

void
cell_free(struct cell *c)
{
	c->watch->cell_count--;
	c->watch->rules->cell_count--;
	g_ref_string_release(c->alert.labels);
	g_free(c->alert.notes);
	g_free(c->alert.why_unknown);
	g_free(c);
}

void
cell_enliven(struct cell *c)
{
	if (!c->live)
		g_ptr_array_add(c->watch->live, c);
	c->live = TRUE;
}

gboolean
cell_is_settled(const struct cell *c)
{
	return c->alert.state == ALERT_INACTIVE && c->alert.truth == TRUTH_FALSE;
}

void
cell_force(struct cell *c, gboolean is_true)
{
	c->forced = TRUE;
	c->forced_truth = is_true ? TRUTH_TRUE : TRUTH_FALSE;
	c->awaited_us = 0;
	cell_enliven(c);
}

void
cell_say_why(struct cell *c, const char *why)
{
	if (g_strcmp0(c->alert.why_unknown, why) == 0)
		return;
	g_free(c->alert.why_unknown);
	c->alert.why_unknown = g_strdup(why);
}

static gboolean
is_forgettable(const struct cell *c)
{
	const struct rules *r = c->watch->rules;

	return !c->live && cell_is_settled(c) && r->tick - c->tick > ALERT_STRIP &&
	       (c->alert.resolved_us == 0 || r->now_us - c->alert.resolved_us > RULES_RETENTION_US);
}

void
watch_forget(struct watch *w)
{
	GHashTableIter i;
	gpointer c;

	w->forgot = w->rules->tick;
	for (guint row = 0; row < w->rows.count && w->cell_count > 0; row++)
		if (w->rows.cells[row] && is_forgettable(w->rows.cells[row])) {
			cell_free(w->rows.cells[row]);
			w->rows.cells[row] = NULL;
		}
	g_hash_table_iter_init(&i, w->apart);
	while (g_hash_table_iter_next(&i, NULL, &c))
		if (is_forgettable(c)) {
			g_hash_table_iter_remove(&i);
			cell_free(c);
		}
}

/* --- the strip --- */

static void
push(struct alert *a, enum truth truth)
{
	a->strip[a->strip_at] = (guint8)truth;
	a->strip_at = (a->strip_at + 1) % ALERT_STRIP;
	a->strip_count = MIN(a->strip_count + 1, ALERT_STRIP);
}

void
cell_catch_up(struct cell *c, guint64 tick)
{
	guint64 missed = tick > c->tick ? tick - c->tick : 0;

	for (guint64 i = 0; i < MIN(missed, ALERT_STRIP); i++)
		push(&c->alert, TRUTH_FALSE);
	c->tick = MAX(c->tick, tick);
}

/* --- states (reference 2.1 and 2.4) --- */

static void
say(struct cell *c, enum rules_change change)
{
	struct rules_event e = { c, change };

	g_array_append_val(c->watch->rules->events, e);
}

static void
end(struct cell *c, enum rules_change change, gint64 now_us)
{
	struct alert *a = &c->alert;

	a->state = ALERT_INACTIVE;
	if (change == RULES_RESOLVED)
		a->resolved_us = now_us;
	a->active_us = a->fired_us = a->kept_us = 0;
	a->restored = FALSE;
	say(c, change);
}

static void
fire_when_due(struct cell *c, gint64 now_us)
{
	struct alert *a = &c->alert;

	if (now_us - a->active_us < a->rule->for_us)
		return;
	a->state = ALERT_FIRING;
	a->fired_us = now_us;
	a->restored = FALSE;
	say(c, RULES_FIRED);
}

static void
step_true(struct cell *c, gint64 now_us)
{
	struct alert *a = &c->alert;

	switch (a->state) {
	case ALERT_INACTIVE:
		a->state = ALERT_PENDING;
		a->active_us = now_us;
		if (a->rule->for_us > 0)
			say(c, RULES_PENDING);
		fire_when_due(c, now_us);
		break;
	case ALERT_PENDING:
		fire_when_due(c, now_us);
		break;
	case ALERT_KEPT:
		a->state = ALERT_FIRING;
		a->kept_us = 0;
		break;
	case ALERT_FIRING:
		break;
	}
}

static void
step_false(struct cell *c, gint64 now_us)
{
	struct alert *a = &c->alert;

	if (a->state == ALERT_PENDING)
		end(c, RULES_CLEARED, now_us);
	if (a->state == ALERT_FIRING) {
		a->state = ALERT_KEPT;
		a->kept_us = now_us;
	}
	if (a->state == ALERT_KEPT && now_us - a->kept_us >= a->rule->keep_us)
		end(c, RULES_RESOLVED, now_us);
}

/* Time that was unknown does not count: not for `for`, not for `keep`. Nor does time in which nobody looked for longer than a sample holds. */
static void
leave_out(struct cell *c, enum truth truth, gint64 now_us)
{
	gint64 gap = c->judged_us > 0 ? now_us - c->judged_us : 0;
	struct alert *a = &c->alert;

	if (truth != TRUTH_UNKNOWN && a->truth != TRUTH_UNKNOWN && gap <= SAMPLES_LOOK_BACK_US)
		return;
	if (a->state == ALERT_PENDING)
		a->active_us += gap;
	if (a->state == ALERT_KEPT)
		a->kept_us += gap;
}

static void
step_known(struct cell *c)
{
	struct alert *a = &c->alert;

	if (a->unknown)
		say(c, RULES_KNOWN);
	a->unknown = FALSE;
	a->unknown_since_us = 0;
	cell_say_why(c, NULL);
}

static void
step_unknown(struct cell *c, gint64 now_us)
{
	struct alert *a = &c->alert;

	if (a->unknown_since_us == 0)
		a->unknown_since_us = now_us;
	if (a->unknown || now_us - a->unknown_since_us <= RULES_UNKNOWN_US)
		return;
	a->unknown = TRUE;
	say(c, RULES_UNKNOWN);
}

void
cell_step(struct cell *c, enum truth truth)
{
	gint64 now_us = c->watch->rules->now_us;

	leave_out(c, truth, now_us);
	cell_catch_up(c, c->watch->rules->tick - 1);
	push(&c->alert, truth);
	c->tick = c->watch->rules->tick;
	c->alert.truth = truth;
	c->judged_us = now_us;
	if (truth == TRUTH_UNKNOWN) {
		step_unknown(c, now_us);
		return;
	}
	step_known(c);
	if (truth == TRUTH_TRUE)
		step_true(c, now_us);
	else
		step_false(c, now_us);
}
