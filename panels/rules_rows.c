/* The rows of the Rules panel: what fires and what waits has a row for each alert, all else one for each rule; the Alertmanager's stand among them. */
#include <math.h>
#include <string.h>

#include "model/labels.h"
#include "panels/rules_private.h"
#include "tui/text.h"

#define STRIP_CELLS 20

enum column { COLUMN_RULE, COLUMN_ABOUT, COLUMN_STATE, COLUMN_SINCE, COLUMN_VALUE, COLUMN_SAMPLES, COLUMN_THEN, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_RULE] = { .title = "RULE", .least = 14, .most = 30, .priority = 0 },
	[COLUMN_ABOUT] = { .title = "ABOUT", .least = 8, .most = 40, .priority = 2, .middle = TRUE },
	[COLUMN_STATE] = { .title = "STATE", .least = 8, .most = 12, .priority = 0 },
	[COLUMN_SINCE] = { .title = "SINCE", .least = 5, .most = 6, .priority = 1, .right = TRUE },
	[COLUMN_VALUE] = { .title = "VALUE", .least = 6, .most = 8, .priority = 4, .right = TRUE },
	[COLUMN_SAMPLES] = { .title = "SAMPLES", .least = STRIP_CELLS, .most = STRIP_CELLS, .priority = 3 },
	[COLUMN_THEN] = { .title = "THEN", .least = 17, .most = 80, .priority = 0 },
};

enum field { FIELD_RULE, FIELD_STATE, FIELD_ABOUT, FIELD_SCOPE, FIELD_SEVERITY, FIELD_COUNT };
static const char *const state_words[] = { "firing", "kept", "pending", "unknown", "inactive", "suppressed", "active", "unprocessed", "never",
	"no data", NULL };
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_RULE] = { "rule", NULL }, [FIELD_STATE] = { "state", state_words }, [FIELD_ABOUT] = { "about", NULL }, [FIELD_SCOPE] = { "scope", NULL },
	[FIELD_SEVERITY] = { "severity", NULL },
};

static const struct rules_view *view_of(const void *user)
{
	return user;
}

static const struct rules_line *row_at(const void *user, guint row)
{
	return &g_array_index(view_of(user)->rows, struct rules_line, row);
}

static const struct world *world_of(const void *user)
{
	return ((const struct list *)user)->context.world;
}

/* --- rows --- */

static void add_row(struct rules_view *v, const struct rules_line *r)
{
	g_array_append_vals(v->rows, r, 1);
	v->chips[RULES_CHIP_ALL]++;
	v->chips[RULES_CHIP_FIRING] += rules_is_firing(r);
	v->chips[RULES_CHIP_PENDING] += r->alert && r->alert->state == ALERT_PENDING;
	v->chips[RULES_CHIP_UNKNOWN] += rules_is_unknown(r);
	v->chips[RULES_CHIP_SILENCED] += rules_is_silenced(r);
}

static void add_alerts(struct rules_view *v, const GPtrArray *alerts)
{
	for (guint i = 0; i < alerts->len; i++) {
		const struct alert *a = alerts->pdata[i];
		if (a->state != ALERT_INACTIVE)
			add_row(v, &(struct rules_line){ .rule = a->rule, .alert = a });
	}
}

/* Rules of which nothing fires or waits; what is not known of many series is one row. */
static void add_rules(struct rules_view *v, const GArray *all)
{
	for (guint i = 0; i < all->len; i++) {
		const struct rules_row *r = &g_array_index(all, struct rules_row, i);
		if (r->firing == 0 && r->pending == 0)
			add_row(v, &(struct rules_line){ .rule = r->rule, .alert = r->alert, .series = r->series, .unknown = r->unknown });
	}
}

void rules_collect(struct list *l)
{
	struct rules_view *v = (struct rules_view *)l;
	const struct world *w = world_of(l);

	rules_release(l);
	memset(v->chips, 0, sizeof v->chips);
	if (w->rules) {
		g_autoptr(GArray) rows = rules_rows(w->rules);
		add_alerts(v, rules_alerts(w->rules));
		add_rules(v, rows);
	}
	for (guint i = 0; w->foreign.alerts && i < w->foreign.alerts->len; i++)
		add_row(v, &(struct rules_line){ .foreign = w->foreign.alerts->pdata[i] });
	list_refresh(l, v->rows->len);
}

void rules_release(struct list *l)
{
	g_array_set_size(view_of(l)->rows, 0);
	g_string_chunk_clear(view_of(l)->words);
}

static void append_key(const struct rules_line *r, GString *out)
{
	if (r->foreign)
		g_string_append_printf(out, "f%s", r->foreign->fingerprint);
	else if (r->alert && r->alert->state != ALERT_INACTIVE)
		g_string_append_printf(out, "a%s\n%s", r->rule->name, r->alert->labels);
	else
		g_string_append_printf(out, "r%s", r->rule->name);
}

static const char *title_of(const struct rules_line *r)
{
	return r->foreign ? r->foreign->name : r->rule->name;
}

static const char *name_of(const struct list *l, const char *key)
{
	struct rules_line r;

	return rules_line_find(l, key, &r) ? title_of(&r) : NULL;
}

static void row_key(void *user, guint row, GString *out)
{
	append_key(row_at(user, row), out);
}

static const char *about(const struct rules_line *r)
{
	return r->foreign ? r->foreign->labels : r->alert && r->series <= 1 ? r->alert->labels : NULL;
}

static gboolean chip_shows(const struct list *l, const struct rules_line *r)
{
	switch ((enum rules_chip)l->chip) {
	case RULES_CHIP_FIRING: return rules_is_firing(r);
	case RULES_CHIP_PENDING: return r->alert && r->alert->state == ALERT_PENDING;
	case RULES_CHIP_UNKNOWN: return rules_is_unknown(r);
	case RULES_CHIP_SILENCED: return rules_is_silenced(r);
	default: return TRUE;
	}
}

static gboolean row_shows(void *user, guint row)
{
	const struct list *l = user;
	const struct rules_line *r = row_at(user, row);
	const char *values[FIELD_COUNT] = {
		[FIELD_RULE] = title_of(r), [FIELD_STATE] = rules_state_words(r), [FIELD_ABOUT] = about(r),
		[FIELD_SCOPE] = r->rule ? r->rule->scope : "alertmanager", [FIELD_SEVERITY] = rule_severity_name(rules_severity(r)),
	};

	if (!chip_shows(l, r) || (l->faults && rules_rank(r) >= 20))
		return FALSE;
	return filter_is_empty(l->filter) || filter_matches(l->filter, values);
}

static int compare_times(gint64 a, gint64 b)
{
	return (a > b) - (a < b);
}

static int row_compare(void *user, guint a, guint b, int column)
{
	const struct rules_line *x = row_at(user, a), *y = row_at(user, b);

	switch (column) {
	case COLUMN_RULE: return list_compare_text(title_of(x), title_of(y));
	case COLUMN_ABOUT: return list_compare_text(about(x), about(y));
	case COLUMN_STATE: return list_compare_text(rules_state_words(x), rules_state_words(y));
	case COLUMN_SINCE: return compare_times(rules_since(user, y), rules_since(user, x));
	case COLUMN_VALUE: return list_compare_figures(x->alert ? x->alert->value : NAN, y->alert ? y->alert->value : NAN);
	default: return rules_rank(x) != rules_rank(y) ? (int)rules_rank(x) - (int)rules_rank(y) : (int)a - (int)b;
	}
}

static void row_look(void *user, guint row, struct table_look *out)
{
	const struct rules_line *r = row_at(user, row);
	enum glyph g;

	out->role = rules_look(r, &g);
	out->glyph = glyph(g);
	out->faded = rules_is_held(r) && (rules_is_firing(r) || r->foreign);
}

static enum role then_role(const struct rules_line *r)
{
	enum glyph g;

	return rules_is_firing(r) && !rules_is_held(r) ? rules_look(r, &g) : ROLE_DIM;
}

/* The values of the labels alone: the details have their names. */
static void append_values(const char *labels, GString *out)
{
	g_autoptr(GString) name = g_string_new(NULL), value = g_string_new(NULL);

	while (labels_next(&labels, name, value))
		g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", value->str);
	g_string_append_printf(out, "%s%s", out->len > 0 && *labels ? " " : "", labels); /* an Alertmanager's labels may have names that are none of ours */
}

static void about_cell(const struct list *l, const struct rules_line *r, struct table_cell *out)
{
	g_autoptr(GString) values = g_string_new(NULL);

	if (about(r)) {
		append_values(about(r), values);
		out->text = g_string_chunk_insert(view_of(l)->words, values->str);
	} else if (r->series > 1) {
		g_snprintf(out->buffer, sizeof out->buffer, "%u series", r->series);
	}
}

static void since_cell(const struct list *l, const struct rules_line *r, struct table_cell *out)
{
	gint64 at = rules_since(l, r);

	if (at > 0)
		list_age_cell(l, at, out);
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct list *l = user;
	const struct rules_line *r = row_at(user, row);
	g_autofree char *words = NULL;

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_RULE:
		words = r->foreign ? g_strdup_printf("AM %s", title_of(r)) : NULL;
		out->text = words ? g_string_chunk_insert(view_of(l)->words, words) : title_of(r);
		break;
	case COLUMN_ABOUT: about_cell(l, r, out); break;
	case COLUMN_STATE: out->text = rules_state_words(r); break;
	case COLUMN_SINCE: since_cell(l, r, out); break;
	case COLUMN_VALUE:
		if (r->alert && r->series <= 1 && isfinite(r->alert->value))
			g_snprintf(out->buffer, sizeof out->buffer, "%.3g", r->alert->value);
		break;
	case COLUMN_SAMPLES:
		words = rules_strip(r->series <= 1 ? r->alert : NULL, STRIP_CELLS);
		out->text = g_string_chunk_insert(view_of(l)->words, words);
		break;
	default:
		words = rules_consequence(l, r);
		out->role = then_role(r);
		out->text = g_string_chunk_insert(view_of(l)->words, words);
		break;
	}
}

/* A row by its key, or the first of a rule by its name. */
static gboolean row_is(const struct list *l, guint row, const char *object)
{
	g_autoptr(GString) key = g_string_new(NULL);

	append_key(row_at(l, row), key);
	return strcmp(key->str, object) == 0 || strcmp(title_of(row_at(l, row)), object) == 0;
}

/* --- chips, title --- */

static const char *place(const struct list *l)
{
	const struct foreign_alerts *f = &world_of(l)->foreign;

	return f->url && !f->datum.error ? "with the Alertmanager's" : NULL; /* the reason needs the room, and names it */
}

static enum role freshness(const struct list *l, char *out, gsize size)
{
	const struct foreign_alerts *f = &world_of(l)->foreign;
	gint64 age = datum_age_s(&f->datum, world_of(l)->now_us);

	*out = '\0';
	if (!f->url)
		return ROLE_DIM;
	if (f->datum.error)
		g_snprintf(out, size, "%s %s", glyph(GLYPH_STALE), f->datum.error);
	else if (age >= 0)
		text_age(age, out, size);
	return f->datum.error ? ROLE_STALE : ROLE_DIM;
}

static char *empty(const struct list *l)
{
	return g_strdup(world_of(l)->rules ? "no rule is configured" : "no rules are evaluated");
}

static char *chip_label(const struct list *l, guint chip, enum role *role)
{
	static const char *const names[RULES_CHIPS] = { "All", "Firing", "Pending", "Unknown", "Silenced" };
	guint count = view_of(l)->chips[chip];

	if (chip == RULES_CHIP_ALL)
		return g_strdup(names[chip]);
	*role = chip == RULES_CHIP_FIRING && count > 0 ? ROLE_CRIT : ROLE_DIM;
	return g_strdup_printf("%s %u", names[chip], count);
}

static char *chip_words(const struct list *l)
{
	static const char *const words[RULES_CHIPS] = { "", " that fires", " that waits", " that is not known", " that is silenced" };

	return g_strdup(words[l->chip]);
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[RULES_TABS] = { [RULES_TAB_RULE] = "Rule", [RULES_TAB_SILENCES] = "Silences" };

const struct list_class rules_list_class = {
	.title = "Rules", .one = "rule", .many = "rules",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = LIST_NO_COLUMN, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = RULES_TABS, .place = place, .freshness = freshness, .empty = empty, .is = row_is, .name = name_of,
	.chip_count = RULES_CHIPS, .chip_label = chip_label, .chip_words = chip_words,
	.collect = rules_collect, .release = rules_release, .lines = rules_lines,
};
