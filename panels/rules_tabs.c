/* The details of a rule or an alert: what it says, why it stands as it does, what holds it back and what it holds back; and the silences there are. */
#include <math.h>
#include <string.h>

#include "panels/rules_private.h"
#include "tui/text.h"

static const struct world *world_of(const struct list *l)
{
	return l->context.world;
}

/* A monotonic time of the past as time of day; "" for none. */
static void time_of(const struct list *l, gint64 us, char *out, gsize size)
{
	const struct world *w = world_of(l);

	*out = '\0';
	if (us != 0)
		panel_time(w->utc_us - (w->now_us - us), w->utc_us, out, size);
}

static void add_times(const struct list *l, const struct alert *a, GPtrArray *lines)
{
	const struct { const char *word; gint64 at; } times[] = {
		{ "pending", a->active_us }, { "fired", a->fired_us }, { "no longer true", a->kept_us }, { "ended last", a->resolved_us },
		{ "not known", a->unknown_since_us },
	};
	g_autoptr(GString) text = g_string_new(NULL);
	char at[40];

	for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
		time_of(l, times[i].at, at, sizeof at);
		if (*at)
			g_string_append_printf(text, "%s%s %s", text->len ? "  " : "", times[i].word, at);
	}
	if (text->len > 0)
		list_add(lines, ROLE_TEXT, "%-12s %s", "times", text->str);
}

static void add_expression(const struct rule *r, int cells, GPtrArray *lines)
{
	char wait[16], keep[16];

	text_duration(r->for_us / G_USEC_PER_SEC, wait, sizeof wait);
	text_duration(r->keep_us / G_USEC_PER_SEC, keep, sizeof keep);
	list_add_wrapped(lines, ROLE_TEXT, "true when", r->manual ? "a person says so: no input can tell" : r->expr ? r->expr : text_unknown(), cells);
	list_add(lines, ROLE_DIM, "%-12s for %s  keep %s  severity %s (%s)  scope %s", "fires", r->for_us ? wait : "0s", r->keep_us ? keep : "0s",
	         rule_severity_name(r->severity), rule_severity_words(r->severity), r->scope ? r->scope : "");
}

static void add_inhibitions(const struct list *l, const struct rules_line *r, int cells, GPtrArray *lines)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (r->alert && r->alert->inhibited_by) {
		const struct alert *by = r->alert->inhibited_by;
		g_autofree char *who = g_strdup_printf("%s%s%s", by->rule->name, *by->labels ? "  " : "", by->labels);
		list_add_wrapped(lines, ROLE_WARN, "inhibited by", who, cells);
	}
	for (guint i = 0; r->rule->inhibits && i < r->rule->inhibits->len; i++) {
		const struct rule_inhibition *other = r->rule->inhibits->pdata[i];
		g_string_append_printf(text, "%s%s%s%s", text->len ? ", " : "", other->rule, other->equal ? " of the same " : "", other->equal ? other->equal : "");
	}
	if (text->len > 0)
		list_add_wrapped(lines, ROLE_TEXT, "inhibits", text->str, cells);
}

/* All series of a rule that stands as one row which are not known to be well. */
static void add_series(const struct list *l, const struct rule *rule, GPtrArray *lines)
{
	g_autoptr(GPtrArray) alerts = rules_live(world_of(l)->rules, rule);

	for (guint i = 0; i < alerts->len; i++) {
		const struct alert *a = alerts->pdata[i];
		list_add(lines, ROLE_DIM, "  %s  %s%s%s", *a->labels ? a->labels : "(no labels)", a->truth == TRUTH_UNKNOWN ? "unknown" : alert_state_name(a->state),
		         a->why_unknown ? ": " : "", a->why_unknown ? a->why_unknown : "");
	}
}

static void add_alert(const struct list *l, const struct rules_line *r, int cells, GPtrArray *lines)
{
	const struct alert *a = r->alert;
	g_autofree char *summary = alert_summary(a), *strip = rules_strip(a, (guint)MAX(cells - 14, 8));

	list_add_wrapped(lines, rules_is_firing(r) ? ROLE_WARN : ROLE_TEXT, "says", summary, cells);
	if (*a->labels)
		list_add_wrapped(lines, ROLE_TEXT, "about", a->labels, cells);
	if (isfinite(a->value))
		list_add(lines, ROLE_TEXT, "%-12s %.6g", "value", a->value);
	if (a->why_unknown)
		list_add_wrapped(lines, ROLE_UNKNOWN, "not known", a->why_unknown, cells);
	list_add(lines, ROLE_DIM, "%-12s %s", "samples", strip);
	add_times(l, a, lines);
}

static void add_rule(const struct list *l, const struct rules_line *r, int cells, GPtrArray *lines)
{
	g_autofree char *then = rules_consequence(l, r);
	enum glyph g;

	list_add_wrapped(lines, rules_is_firing(r) ? rules_look(r, &g) : ROLE_TEXT, rules_state_words(r), then, cells);
	if (r->alert && r->series <= 1)
		add_alert(l, r, cells, lines);
	else if (r->rule->summary)
		list_add_wrapped(lines, ROLE_DIM, "would say", r->rule->summary, cells);
	add_expression(r->rule, cells, lines);
	add_inhibitions(l, r, cells, lines);
	if (r->rule->runbook)
		list_add_wrapped(lines, ROLE_TEXT, "runbook", r->rule->runbook, cells);
	if (r->rule->network)
		list_add(lines, ROLE_DIM, "%-12s measured over our own network: not known while that does not work", "network");
	if (r->series > 1)
		add_series(l, r->rule, lines);
}

static void add_foreign(const struct list *l, const struct rules_line *r, int cells, GPtrArray *lines)
{
	const struct foreign_alert *f = r->foreign;
	char since[40];

	panel_time(f->starts_utc_us, world_of(l)->utc_us, since, sizeof since);
	list_add(lines, ROLE_TEXT, "%-12s since %s, as the Alertmanager says", rules_state_words(r), since);
	if (f->summary)
		list_add_wrapped(lines, ROLE_TEXT, "says", f->summary, cells);
	list_add_wrapped(lines, ROLE_TEXT, "about", *f->labels ? f->labels : "(no labels)", cells);
	if (f->held_by)
		list_add_wrapped(lines, ROLE_STALE, "held back by", f->held_by, cells);
	list_add_wrapped(lines, ROLE_DIM, "from", world_of(l)->foreign.url, cells);
}

static void add_silences(const struct list *l, int cells, GPtrArray *lines)
{
	const GPtrArray *all = world_of(l)->rules ? rules_silences(world_of(l)->rules) : NULL;
	char until[40];

	for (guint i = 0; all && i < all->len; i++) {
		const struct silence *s = all->pdata[i];
		g_autofree char *text = NULL;
		panel_time(s->end_utc_us, world_of(l)->utc_us, until, sizeof until);
		text = g_strdup_printf("%s%s%s%s  by %s: %s", s->rule, s->labels && *s->labels ? " (" : "", s->labels ? s->labels : "",
		                       s->labels && *s->labels ? ")" : "", s->by, s->comment);
		list_add_labelled(lines, ROLE_TEXT, until, 17, text, cells);
	}
	if (!all || all->len == 0)
		list_add(lines, ROLE_DIM, "nothing is silenced");
}

void rules_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	struct rules_line r;

	if (l->details.tab == RULES_TAB_SILENCES)
		add_silences(l, body->width, lines);
	else if (!rules_line_find(l, key, &r))
		return;
	else if (r.foreign)
		add_foreign(l, &r, body->width, lines);
	else
		add_rule(l, &r, body->width, lines);
}
