/* What outlives a restart, and what a person says. */
#include "model/rules_private.h"

#include <string.h>

#include "model/labels.h"

#define ABANDONED_US (3600 * (gint64)G_USEC_PER_SEC) /* restored, and nothing has looked for its series for so long: nothing will */

/* --- what was before --- */

static gint64
to_utc(gint64 at_us, gint64 now_us, gint64 utc_us)
{
	return at_us == 0 ? 0 : utc_us - (now_us - at_us);
}

void
alert_recall(const struct alert *a, gint64 now_us, gint64 utc_us, struct alert_memory *out)
{
	*out = (struct alert_memory){
		.rule = a->rule->name, .labels = a->labels, .notes = a->notes, .state = a->state, .seen_utc_us = utc_us,
		.active_utc_us = to_utc(a->active_us, now_us, utc_us),
		.fired_utc_us = to_utc(a->fired_us, now_us, utc_us),
		.kept_utc_us = to_utc(a->kept_us, now_us, utc_us),
	};
}

static gint64
to_monotonic(gint64 utc_us, gint64 now_us, gint64 now_utc_us)
{
	gint64 at_us = now_us - (now_utc_us - utc_us);

	return utc_us == 0 ? 0 : at_us == 0 ? 1 : at_us;
}

/* The time without midwatch is left out of `for` and `keep`; a clock that was put back makes none of it. */
static void
restore(struct alert *a, const struct alert_memory *m, gint64 gap_us, gint64 now_us, gint64 utc_us)
{
	g_free(a->notes);
	a->notes = m->notes ? labels_tidy(m->notes) : NULL;
	a->state = m->state;
	a->restored = TRUE;
	a->active_us = to_monotonic(m->active_utc_us, now_us, utc_us);
	a->fired_us = to_monotonic(m->fired_utc_us, now_us, utc_us);
	a->kept_us = m->state == ALERT_KEPT ? to_monotonic(m->kept_utc_us, now_us, utc_us) + gap_us : 0;
	if (m->state == ALERT_PENDING)
		a->active_us = now_us - MAX(m->seen_utc_us - m->active_utc_us, 0);
}

/* Nothing is known until it is judged. */
static void
await(struct cell *c, gint64 now_us)
{
	c->judged_us = now_us;
	c->alert.truth = TRUTH_UNKNOWN;
	c->alert.unknown_since_us = now_us;
	if (c->row == RULE_NO_PLACE)
		c->awaited_us = now_us == 0 ? 1 : now_us;
	if (!c->watch->expr)
		cell_force(c, c->alert.state != ALERT_KEPT); /* until a person says that it is over, or has said so */
	cell_enliven(c);
}

void
rules_remember(struct rules *r, const struct alert_memory *m, gint64 now_us, gint64 utc_us)
{
	struct watch *w = g_hash_table_lookup(r->by_name, m->rule);
	g_autofree char *labels = labels_tidy(m->labels ? m->labels : "");
	gint64 gap_us = MAX(utc_us - m->seen_utc_us, 0);
	struct cell *c;

	if (!w || !labels || m->state == ALERT_INACTIVE || (m->state == ALERT_PENDING && gap_us > w->rule->for_us))
		return;
	c = watch_apart_cell(w, labels, TRUTH_TRUE);
	if (!c || alert_is_on(&c->alert))
		return;
	g_ptr_array_set_size(r->alerts, 0);
	restore(&c->alert, m, gap_us, now_us, utc_us);
	await(c, now_us);
}

/* Its own series is not there. Is that known, because somebody looked for all series of the metric? */
static enum grade
awaited_grade(const struct watch *w, guint part)
{
	const struct watch_column *column = &w->columns[part];
	const struct metric *m = column->feed->metric;
	const struct rule_part *p = rule_expr_part(w->expr, part);
	gpointer bare = m && p->matcher_count == 0 ? g_hash_table_lookup(m->places, GUINT_TO_POINTER(LABEL_SETS_NONE)) : NULL;

	if (bare)
		return rule_part_grade(p, column->feed->values[GPOINTER_TO_UINT(bare) - 1]);
	return m && m->swept ? GRADE_FALSE : GRADE_UNKNOWN;
}

enum truth
cell_awaited_truth(const struct cell *c)
{
	const struct watch *w = c->watch;
	enum grade parts[RULE_EXPR_PARTS];

	if (!w->expr || w->rules->now_us - c->awaited_us > ABANDONED_US)
		return TRUTH_FALSE;
	if (w->rule->network && w->rules->blind)
		return TRUTH_UNKNOWN;
	for (guint k = 0; k < rule_expr_count(w->expr); k++)
		parts[k] = awaited_grade(w, k);
	return rule_expr_join(w->expr, parts) == GRADE_FALSE ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

/* --- what a person says --- */

void
rules_manual(struct rules *r, const char *rule, const char *labels, gboolean is_true, gint64 now_us)
{
	struct watch *w = g_hash_table_lookup(r->by_name, rule);
	g_autofree char *tidy = labels_tidy(labels ? labels : "");
	struct cell *c;

	if (!w || !w->rule->manual)
		return;
	if (!tidy) { /* rather odd words on the page than no page */
		g_autoptr(GString) note = g_string_new(NULL);
		labels_append(note, "note", labels);
		tidy = labels_tidy(note->str);
	}
	c = is_true ? watch_apart_cell(w, tidy, TRUTH_TRUE) : g_hash_table_lookup(w->apart, tidy);
	if (!c) {
		w->cells_left_out += is_true;
		return;
	}
	if (c->judged_us == 0)
		c->judged_us = now_us;
	cell_force(c, is_true);
}
