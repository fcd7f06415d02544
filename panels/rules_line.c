/* What a line of the Rules panel is, and what follows from it. */
#include <string.h>

#include "panels/rules_private.h"

static const struct world *world_of(const struct list *l)
{
	return l->context.world;
}

/* --- what it is --- */

gboolean rules_is_firing(const struct rules_line *r)
{
	if (r->foreign)
		return r->foreign->state == FOREIGN_ACTIVE;
	return r->alert && alert_is_on(r->alert);
}

gboolean rules_is_silenced(const struct rules_line *r)
{
	return r->foreign ? r->foreign->state == FOREIGN_SUPPRESSED : r->alert && r->alert->silence != 0;
}

gboolean rules_is_unknown(const struct rules_line *r)
{
	return r->foreign ? r->foreign->state == FOREIGN_UNPROCESSED : r->unknown > 0 || (r->alert && r->alert->truth == TRUTH_UNKNOWN);
}

gboolean rules_is_held(const struct rules_line *r)
{
	return rules_is_silenced(r) || (r->alert && alert_is_held(r->alert));
}

enum rule_severity rules_severity(const struct rules_line *r)
{
	enum rule_severity s;

	if (r->rule)
		return r->rule->severity;
	if (g_strcmp0(r->foreign->severity, "critical") == 0)
		return RULE_CRIT;
	return r->foreign->severity && rule_severity_parse(r->foreign->severity, &s) ? s : RULE_WARN;
}

guint rules_rank(const struct rules_line *r)
{
	if (rules_is_firing(r))
		return (rules_is_held(r) ? 10 : 0) + (guint)(RULE_PAGE - rules_severity(r));
	if (rules_is_silenced(r))
		return 18;
	if (r->alert && r->alert->state == ALERT_PENDING)
		return 8;
	return rules_is_unknown(r) ? 20 : 30;
}

const char *rules_state_words(const struct rules_line *r)
{
	static const char *const foreign[] = { [FOREIGN_UNPROCESSED] = "unprocessed", [FOREIGN_ACTIVE] = "active", [FOREIGN_SUPPRESSED] = "suppressed" };

	if (r->foreign)
		return foreign[r->foreign->state];
	if (!r->alert)
		return r->rule->manual ? "never" : "no data";
	return r->alert->state == ALERT_INACTIVE && rules_is_unknown(r) ? "unknown" : alert_state_name(r->alert->state);
}

enum role rules_look(const struct rules_line *r, enum glyph *g)
{
	static const struct { enum role role; enum glyph glyph; } firing[] = {
		[RULE_INFO] = { ROLE_TEXT, GLYPH_NONE }, [RULE_TICKET] = { ROLE_TEXT, GLYPH_WARN }, [RULE_WARN] = { ROLE_WARN, GLYPH_WARN },
		[RULE_CRIT] = { ROLE_CRIT, GLYPH_CRIT }, [RULE_PAGE] = { ROLE_CRIT, GLYPH_CRIT },
	};

	if (rules_is_held(r) && (rules_is_firing(r) || r->foreign)) {
		*g = GLYPH_STALE;
		return ROLE_STALE;
	}
	if (rules_is_firing(r)) {
		*g = firing[rules_severity(r)].glyph;
		return firing[rules_severity(r)].role;
	}
	if (r->alert && r->alert->state == ALERT_PENDING) {
		*g = GLYPH_STARTING;
		return ROLE_WARN;
	}
	*g = rules_is_unknown(r) ? GLYPH_UNKNOWN : r->alert ? GLYPH_OK : GLYPH_NONE;
	return rules_is_unknown(r) ? ROLE_UNKNOWN : r->alert ? ROLE_OK : ROLE_DIM;
}

static char *foreign_consequence(const struct rules_line *r)
{
	if (r->foreign->state == FOREIGN_SUPPRESSED)
		return g_strdup_printf("do not page: %s", r->foreign->held_by ? r->foreign->held_by : "suppressed there");
	return g_strdup_printf("told by the Alertmanager%s%s", r->foreign->severity ? ": " : "", r->foreign->severity ? r->foreign->severity : "");
}

char *rules_consequence(const struct list *l, const struct rules_line *r)
{
	if (r->foreign)
		return foreign_consequence(r);
	if (r->unknown > 0 && r->alert && r->alert->state == ALERT_INACTIVE)
		return r->series > 1 ? g_strdup_printf("%u of %u not known", r->unknown, r->series)
			: g_strdup_printf("not known: %s", r->alert->why_unknown ? r->alert->why_unknown : "no sample");
	if (!r->alert || r->alert->state == ALERT_INACTIVE)
		return g_strdup_printf("if so: %s", rule_severity_words(r->rule->severity));
	if (r->alert->state == ALERT_PENDING && !rules_is_held(r))
		return g_strdup_printf("soon: %s", rule_severity_words(r->rule->severity));
	return alert_consequence(world_of(l)->rules, r->alert);
}

char *rules_strip(const struct alert *a, guint cells)
{
	static const char *const utf8[] = { [TRUTH_FALSE] = "▁", [TRUTH_TRUE] = "▇", [TRUTH_UNKNOWN] = "?" };
	static const char *const ascii[] = { [TRUTH_FALSE] = "_", [TRUTH_TRUE] = "#", [TRUTH_UNKNOWN] = "?" };
	GString *out = g_string_new(NULL);
	guint count = a ? MIN(MIN(a->strip_count, cells), ALERT_STRIP) : 0;

	for (guint i = count; i-- > 0;) {
		enum truth t = a->strip[(a->strip_at + ALERT_STRIP - 1 - i) % ALERT_STRIP];
		g_string_append(out, (glyph_ascii() ? ascii : utf8)[t]);
	}
	return g_string_free(out, FALSE);
}

gint64 rules_since(const struct list *l, const struct rules_line *r)
{
	const struct world *w = world_of(l);
	const struct alert *a = r->alert;
	gint64 at = 0;

	if (r->foreign)
		return r->foreign->starts_utc_us;
	if (!a)
		return 0;
	switch (a->state) {
	case ALERT_PENDING: at = a->active_us; break;
	case ALERT_FIRING: at = a->fired_us; break;
	case ALERT_KEPT: at = a->kept_us; break;
	default: at = a->truth == TRUTH_UNKNOWN ? a->unknown_since_us : a->resolved_us; break;
	}
	return at ? w->utc_us - (w->now_us - at) : 0;
}

/* --- by its key --- */

static gboolean find_rule(const struct rules *rules, const char *name, struct rules_line *out)
{
	struct rules_row r;

	if (!rules || !rules_row_find(rules, name, &r))
		return FALSE;
	*out = (struct rules_line){ .rule = r.rule, .alert = r.alert, .series = r.series, .unknown = r.unknown };
	return TRUE;
}

gboolean rules_line_find(const struct list *l, const char *key, struct rules_line *out)
{
	const struct world *w = world_of(l);
	const char *labels = key ? strchr(key, '\n') : NULL;
	g_autofree char *name = labels ? g_strndup(key + 1, (gsize)(labels - key - 1)) : NULL;

	*out = (struct rules_line){ 0 };
	if (!key)
		return FALSE;
	if (*key == 'f')
		return (out->foreign = foreign_alerts_find(&w->foreign, key + 1)) != NULL;
	if (*key == 'r')
		return find_rule(w->rules, key + 1, out);
	out->alert = w->rules && name ? rules_find(w->rules, name, labels + 1) : NULL;
	out->rule = out->alert ? out->alert->rule : NULL;
	return out->alert != NULL;
}
