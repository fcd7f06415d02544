/* The rows of the Gateways panel: which there are, how they sort, and what stands in their cells. */
#include <math.h>
#include <string.h>

#include "panels/gateways_private.h"
#include "panels/host_line.h"
#include "tui/text.h"

enum column {
	COLUMN_NAME, COLUMN_ONLINE, COLUMN_PATH, COLUMN_LINK, COLUMN_UNIT, COLUMN_SINCE, COLUMN_RESTARTS, COLUMN_MEMORY, COLUMN_ERRORS, COLUMN_FATAL,
	COLUMN_LAST_ERROR, COLUMN_VERSION, COLUMN_ROLLOUT, COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_NAME] = { .title = "NAME", .least = 12, .most = 32, .priority = 0, .middle = TRUE },
	[COLUMN_ONLINE] = { .title = "ONLINE", .least = 7, .most = 7, .priority = 0 },
	[COLUMN_PATH] = { .title = "PATH", .least = 9, .most = 20, .priority = 4 },
	[COLUMN_LINK] = { .title = "LINK", .least = 8, .most = 10, .priority = 1 },
	[COLUMN_UNIT] = { .title = "UNIT", .least = 8, .most = 12, .priority = 2 },
	[COLUMN_SINCE] = { .title = "SINCE", .least = 5, .most = 5, .priority = 5, .right = TRUE },
	[COLUMN_RESTARTS] = { .title = "RST", .least = 3, .most = 5, .priority = 6, .right = TRUE, .descending = TRUE },
	[COLUMN_MEMORY] = { .title = "MEM", .least = 4, .most = 4, .priority = 7, .right = TRUE, .descending = TRUE },
	[COLUMN_ERRORS] = { .title = "ERR", .least = 4, .most = 6, .priority = 1, .right = TRUE, .descending = TRUE },
	[COLUMN_FATAL] = { .title = "FATAL", .least = 5, .most = 6, .priority = 2, .right = TRUE, .descending = TRUE },
	[COLUMN_LAST_ERROR] = { .title = "LAST ERROR", .least = 16, .most = 120, .priority = 3 },
	[COLUMN_VERSION] = { .title = "VERSION", .least = 7, .most = 16, .priority = 8, .middle = TRUE },
	[COLUMN_ROLLOUT] = { .title = "ROLLOUT", .least = 11, .most = 12, .priority = 1 },
};

static const char *const state_words[] = {
	"fatal", "failed", "lost", "refused", "errors", "flapping", "gone", "unclear", "well", "disagree", "muted", "old", NULL
};
static const char *const condition_words[GATEWAY_CONDITIONS] = {
	[GATEWAY_FATAL] = "fatal", [GATEWAY_FAILED] = "failed", [GATEWAY_LOST] = "lost", [GATEWAY_REFUSED] = "refused", [GATEWAY_ERRORS] = "errors",
	[GATEWAY_FLAPS] = "flapping", [GATEWAY_GONE] = "gone", [GATEWAY_UNCLEAR] = "unclear", [GATEWAY_WELL] = "well",
};
static const char *const link_words[] = { "up", "connecting", "trying", "down", "asks", "refused", "idle", NULL };
static const char *const unit_words[] = { "active", "activating", "deactivating", "inactive", "failed", "missing", "unknown", NULL };
static const char *const unit_names[] = {
	[UNIT_UNKNOWN] = "unknown", [UNIT_ACTIVE] = "active", [UNIT_ACTIVATING] = "activating", [UNIT_DEACTIVATING] = "deactivating",
	[UNIT_INACTIVE] = "inactive", [UNIT_FAILED] = "failed", [UNIT_MISSING] = "missing",
};
static const char *const online_words[] = { "online", "offline", "unknown", NULL };
enum field { FIELD_NAME, FIELD_STATE, FIELD_LINK, FIELD_UNIT, FIELD_ONLINE, FIELD_PATH, FIELD_ORIGIN, FIELD_ERROR, FIELD_COUNT };
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_NAME] = { "name", NULL }, [FIELD_STATE] = { "state", state_words }, [FIELD_LINK] = { "link", link_words },
	[FIELD_UNIT] = { "unit", unit_words }, [FIELD_ONLINE] = { "online", online_words }, [FIELD_PATH] = { "path", NULL },
	[FIELD_ORIGIN] = { "origin", NULL }, [FIELD_ERROR] = { "error", NULL },
};

static const struct fleet *fleet_of(const void *user)
{
	return ((const struct list *)user)->context.world->fleet;
}

static const struct gateways_row *row_at(const void *user, guint row)
{
	return &g_array_index(((const struct gateways_view *)user)->rows, struct gateways_row, row);
}

struct gateway *gateways_find(const struct list *l, const char *key)
{
	const struct fleet *f = l->context.world->fleet;

	return f && key ? fleet_gateway(f, key) : NULL;
}

static const char *name_of(const struct list *l, const char *key)
{
	const struct gateway *g = gateways_find(l, key);

	return g ? g->host->name : NULL;
}

/* The steps of a rollout by their gateways: a look-up for each row in a list of steps would cost the square of them. */
static GHashTable *steps_of(const struct rollout *r)
{
	GHashTable *steps = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; r && i < r->steps->len; i++)
		g_hash_table_insert(steps, ((struct rollout_step *)r->steps->pdata[i])->gateway, r->steps->pdata[i]);
	return steps;
}

static void collect_row(struct gateways_view *v, const struct gateway *g, GHashTable *steps)
{
	const struct world *w = v->list.context.world;
	struct gateways_row row = { .gateway = g };

	row.step = g_hash_table_lookup(steps, g->host->name);
	row.condition = gateway_condition(w->fleet, g, w->now_us);
	row.severity = gateway_severity(w->fleet, row.condition);
	row.errors = gateway_errors(w->fleet, g, w->now_us);
	row.fatals = gateway_fatals(w->fleet, g, w->now_us);
	row.old = datum_known(&g->datum) && (g->datum.state != DATUM_OK || gateway_is_down(g));
	row.muted = gateway_is_muted(w->fleet, g, w->now_us);
	row.chips = gateways_chips_of(&row, w->now_us);
	for (guint i = 0; i < GATEWAYS_CHIPS; i++)
		v->chips[i] += (row.chips >> i) & 1;
	g_array_append_val(v->rows, row);
}

void gateways_collect(struct list *l)
{
	struct gateways_view *v = (struct gateways_view *)l;
	const struct world *w = l->context.world;
	const struct rollout *r = w->fleet ? fleet_current_rollout(w->fleet, w->now_us) : NULL;
	g_autoptr(GHashTable) steps = steps_of(r);
	gboolean versions = FALSE;

	gateways_release(l);
	memset(v->chips, 0, sizeof v->chips);
	for (guint i = 0; w->fleet && i < w->fleet->gateways->len; i++) {
		const struct gateway *g = w->fleet->gateways->pdata[i];
		versions = versions || g->report.version;
		collect_row(v, g, steps);
	}
	table_hide_column(l->table, COLUMN_VERSION, !versions);
	table_hide_column(l->table, COLUMN_ROLLOUT, !r || (!rollout_is_under_way(r) && l->chip != GATEWAYS_CHIP_ROLLOUT)); /* errors need the room */
	list_refresh(l, v->rows->len);
}

void gateways_release(struct list *l)
{
	struct gateways_view *v = (struct gateways_view *)l;

	g_array_set_size(v->rows, 0);
	g_string_chunk_clear(v->words);
}

static void row_key(void *user, guint row, GString *out)
{
	g_string_append(out, row_at(user, row)->gateway->host->name);
}

static void state_text(const struct gateways_row *r, gint64 now_us, GString *out)
{
	const struct gateway *g = r->gateway;

	g_string_assign(out, condition_words[r->condition]);
	if (g->lost && r->condition != GATEWAY_LOST)
		g_string_append(out, " lost");
	if (gateway_is_flapping(g, now_us) && r->condition != GATEWAY_FLAPS)
		g_string_append(out, " flapping");
	if (r->errors > 0 && r->condition != GATEWAY_ERRORS)
		g_string_append(out, " errors");
	g_string_append_printf(out, "%s%s%s", g->disagreement ? " disagree" : "", r->muted ? " muted" : "", r->old ? " old" : "");
}

static const char *link_word(const struct gateway *g)
{
	const struct link_status *s = &g->host->link;

	if (s->question != LINK_ASKS_NOTHING)
		return "asks";
	if (gateway_is_refused(g))
		return "refused";
	if (s->state == LINK_UP || s->state == LINK_DOWN)
		return s->state == LINK_UP ? "up" : "down";
	if (s->state == LINK_IDLE)
		return "idle";
	return s->failures > 0 ? "trying" : "connecting";
}

static void origin_text(const struct gateway *g, GString *out)
{
	for (guint o = 0; o < ORIGIN_COUNT; o++)
		if (g->origins & 1u << o)
			g_string_append_printf(out, "%s ", gateway_origin_name((enum gateway_origin)o));
}

static gboolean passes(const struct list *l, const struct gateways_row *r)
{
	const struct gateway *g = r->gateway;
	g_autoptr(GString) origins = g_string_new(NULL);
	char path[64];
	const char *values[FIELD_COUNT] = {
		[FIELD_NAME] = g->host->name, [FIELD_LINK] = link_word(g), [FIELD_UNIT] = unit_names[g->report.unit],
		[FIELD_ONLINE] = online_words[g->seen == PRESENCE_ONLINE ? 0 : g->seen == PRESENCE_OFFLINE ? 1 : 2], [FIELD_ERROR] = g->report.last_error,
	};

	gateways_path(g, path, sizeof path);
	state_text(r, l->context.world->now_us, l->scratch);
	origin_text(g, origins);
	values[FIELD_PATH] = path;
	values[FIELD_STATE] = l->scratch->str;
	values[FIELD_ORIGIN] = origins->str;
	return filter_matches(l->filter, values);
}

static gboolean row_shows(void *user, guint row)
{
	const struct list *l = user;
	const struct gateways_row *r = row_at(user, row);

	if (!(r->chips & 1u << l->chip) || (l->faults && r->severity < SEVERITY_WARN))
		return FALSE;
	return filter_is_empty(l->filter) || passes(l, r);
}

/* NAN: not known. */
static double known(gint64 value)
{
	return value >= 0 ? (double)value : NAN;
}

static double figure(const struct gateways_row *r, int column)
{
	const struct gateway_report *p = &r->gateway->report;
	gboolean told = datum_known(&r->gateway->datum);

	switch (column) {
	case COLUMN_SINCE: return told ? known(p->since_s) : NAN;
	case COLUMN_RESTARTS: return told ? known(p->restarts) : NAN;
	case COLUMN_MEMORY: return told ? known(p->memory) : NAN;
	case COLUMN_ERRORS: return known(r->errors);
	case COLUMN_FATAL: return known(r->fatals);
	case COLUMN_LAST_ERROR: return p->last_error ? -(double)p->last_error_us : 1; /* the newest first, none last */
	default: return NAN;
	}
}

static int rank_of_link(const struct gateway *g)
{
	return g->host->link.state == LINK_UP ? 2 : g->host->link.state == LINK_BLOCKED ? 0 : 1;
}

static int row_compare(void *user, guint a, guint b, int column)
{
	const struct gateways_row *x = row_at(user, a), *y = row_at(user, b);
	const struct gateway *g = x->gateway, *h = y->gateway;
	double left = figure(x, column), right = figure(y, column);
	int result = (int)x->condition - (int)y->condition;

	switch (column) {
	case TABLE_SORT_DEFAULT: return result ? result : strcmp(g->host->name, h->host->name);
	case COLUMN_NAME: return strcmp(g->host->name, h->host->name);
	case COLUMN_ONLINE: return (int)g->seen - (int)h->seen;
	case COLUMN_PATH: return (int)g->tailnet.path - (int)h->tailnet.path;
	case COLUMN_LINK: return rank_of_link(g) - rank_of_link(h);
	case COLUMN_UNIT: return (int)h->report.unit - (int)g->report.unit;
	case COLUMN_LAST_ERROR: return (left > right) - (left < right);
	case COLUMN_VERSION: return list_compare_text(g->report.version, h->report.version);
	case COLUMN_ROLLOUT: return (x->step ? (int)x->step->stage : -1) - (y->step ? (int)y->step->stage : -1);
	default: return list_compare_figures(left, right);
	}
}

enum role gateways_role(enum severity s)
{
	static const enum role roles[] = {
		[SEVERITY_UNKNOWN] = ROLE_UNKNOWN, [SEVERITY_OK] = ROLE_OK, [SEVERITY_WARN] = ROLE_WARN, [SEVERITY_CRIT] = ROLE_CRIT,
	};

	return roles[s];
}

/* That a gateway is gone is news, though what it said is old. Of a fleet that cannot be seen everything is old. */
static void row_look(void *user, guint row, struct table_look *out)
{
	static const enum glyph glyphs[] = {
		[SEVERITY_UNKNOWN] = GLYPH_UNKNOWN, [SEVERITY_OK] = GLYPH_OK, [SEVERITY_WARN] = GLYPH_WARN, [SEVERITY_CRIT] = GLYPH_CRIT,
	};
	const struct gateways_row *r = row_at(user, row);
	enum glyph g = glyphs[r->severity];

	out->role = gateways_role(r->severity);
	out->faded = fleet_of(user)->blind || (r->old && r->severity < SEVERITY_WARN);
	if (r->severity == SEVERITY_UNKNOWN && (r->muted || r->gateway->host->link.state == LINK_CONNECTING))
		g = GLYPH_STARTING;
	if (out->faded) {
		g = GLYPH_STALE;
		out->role = ROLE_STALE;
	}
	out->glyph = glyph(g);
}

static void name_cell(const struct list *l, const struct gateways_row *r, struct table_cell *out)
{
	const char *name = r->gateway->host->name;
	char age[16], cut[48];

	out->text = name;
	if (!r->old)
		return;
	text_age(datum_age_s(&r->gateway->datum, l->context.world->now_us), age, sizeof age);
	text_cut_middle(name, 20, cut, sizeof cut);
	g_snprintf(out->buffer, sizeof out->buffer, "%s %s", cut, age);
	out->text = out->buffer;
}

const char *gateways_presence(enum presence p)
{
	return p == PRESENCE_ONLINE ? "online" : p == PRESENCE_OFFLINE ? "offline" : text_unknown();
}

gboolean gateways_have_product(const struct fleet *f)
{
	return f->origins[ORIGIN_INVENTORY].used || f->origins[ORIGIN_PROMETHEUS].used;
}

/* As the product says, or where nobody is asked that, as it is judged otherwise. */
static void online_cell(const struct fleet *f, const struct gateways_row *r, struct table_cell *out)
{
	enum presence p = gateways_have_product(f) ? r->gateway->product : r->gateway->seen;

	out->text = gateways_presence(p);
	if (p == PRESENCE_OFFLINE)
		out->role = r->severity == SEVERITY_CRIT && r->condition == GATEWAY_LOST ? ROLE_CRIT : ROLE_WARN;
	else if (p == PRESENCE_UNKNOWN || f->view != VIEW_PRODUCT)
		out->role = ROLE_DIM;
}

void gateways_path(const struct gateway *g, char *out, gsize size)
{
	const struct gateway_tailnet *t = &g->tailnet;
	const char *name = tailnet_path_name(t->path);

	if (t->path == PATH_UNKNOWN)
		g_strlcpy(out, text_unknown(), size);
	else if (t->relay && *t->relay && (t->path == PATH_DERP || t->path == PATH_PEER_RELAY))
		g_snprintf(out, size, "%s %s", name, t->relay);
	else
		g_strlcpy(out, name, size);
}

static void path_cell(const struct list *l, const struct gateway *g, struct table_cell *out)
{
	gint64 seen_us = g->tailnet.last_seen_us;
	char age[16];

	if (g->tailnet.presence != PRESENCE_OFFLINE || (seen_us <= 0 && !g->tailnet.expired)) {
		gateways_path(g, out->buffer, sizeof out->buffer);
		return;
	}
	text_age(MAX(l->context.world->utc_us - seen_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	if (g->tailnet.expired)
		g_strlcpy(out->buffer, "expired", sizeof out->buffer);
	else
		g_snprintf(out->buffer, sizeof out->buffer, "seen %s", age);
	out->role = ROLE_WARN;
}

void gateways_link(const struct gateway *g, gint64 now_us, char *out, gsize size)
{
	const struct link_status *s = &g->host->link;
	const char *word = link_word(g);
	char age[16];

	if (s->state == LINK_IDLE && s->question == LINK_ASKS_NOTHING) {
		g_strlcpy(out, text_unknown(), size);
	} else if (s->state == LINK_DOWN && s->since_us > 0) {
		text_age(MAX(now_us - s->since_us, 0) / G_USEC_PER_SEC, age, sizeof age);
		g_snprintf(out, size, "%s %s", word, age);
	} else {
		g_strlcpy(out, word, size);
	}
}

static void link_cell(const struct list *l, const struct gateway *g, struct table_cell *out)
{
	gateways_link(g, l->context.world->now_us, out->buffer, sizeof out->buffer);
	if (gateway_is_refused(g))
		out->role = ROLE_CRIT;
	else if (g->host->link.question != LINK_ASKS_NOTHING || gateway_is_down(g))
		out->role = ROLE_WARN;
	else if (g->host->link.state != LINK_UP)
		out->role = ROLE_DIM;
}

static void unit_cell(const struct gateways_row *r, struct table_cell *out)
{
	enum unit_state s = r->gateway->report.unit;

	out->text = datum_known(&r->gateway->datum) && s != UNIT_UNKNOWN ? unit_state_name(s) : text_unknown();
	if (gateway_unit_loops(r->gateway))
		out->text = r->gateway->report.sub;
	if (s == UNIT_FAILED)
		out->role = ROLE_CRIT;
	else if (s == UNIT_INACTIVE || s == UNIT_MISSING || gateway_unit_loops(r->gateway))
		out->role = ROLE_WARN;
}

static void figure_cell(const struct gateways_row *r, int column, struct table_cell *out)
{
	double value = figure(r, column);

	if (column == COLUMN_MEMORY)
		text_bytes(value, out->buffer, sizeof out->buffer);
	else if (column == COLUMN_SINCE)
		text_age(isfinite(value) ? (gint64)value : -1, out->buffer, sizeof out->buffer);
	else if (isfinite(value))
		g_snprintf(out->buffer, sizeof out->buffer, "%.0f%s", value, column == COLUMN_ERRORS && r->gateway->report.errors_least ? "+" : "");
	else
		out->text = text_unknown();
	if (value > 0 && (column == COLUMN_ERRORS || column == COLUMN_FATAL))
		out->role = column == COLUMN_FATAL ? ROLE_CRIT : ROLE_WARN;
}

/* What stands behind "novavms-gateway[812]: ": all lines of the column begin with it, and few cells are left where there is no room. */
static const char *without_program(const char *line)
{
	const char *end = strstr(line, "]: "), *open = strchr(line, '[');

	return end && open && open < end && open > line && !memchr(line, ' ', (gsize)(end - line)) ? end + 3 : line;
}

/* Why one that is tried has told nothing of itself yet; NULL: it has, or nothing is known against it. */
static const char *silent_because(const struct gateway *g)
{
	if (datum_known(&g->datum))
		return NULL;
	return host_line_is_up(g->host) ? g->datum.error : g->host->link.reason;
}

/* With its age before it. What is missing of the report stands here too: a column that is empty would look well. */
static void last_error_cell(struct gateways_view *v, const struct gateways_row *r, struct table_cell *out)
{
	const struct gateway_report *p = &r->gateway->report;
	struct table_cell age = { .text = "" };
	g_autofree char *text = NULL;

	out->text = text_unknown();
	if (p->last_error) {
		list_age_cell(&v->list, p->last_error_us, &age);
		text = g_strdup_printf("%s %s", age.buffer, without_program(p->last_error));
	} else if (p->problem || silent_because(r->gateway)) {
		text = g_strdup(p->problem ? p->problem : silent_because(r->gateway));
		out->role = ROLE_WARN;
	} else if (r->errors == 0) {
		out->text = "none";
		out->role = ROLE_DIM;
	}
	if (text)
		out->text = g_string_chunk_insert(v->words, text);
}

static void rollout_cell(const struct gateways_row *r, struct table_cell *out)
{
	out->text = r->step ? rollout_stage_name(r->step->stage) : "";
	if (r->step && r->step->stage == ROLLOUT_FAILED)
		out->role = ROLE_CRIT;
	else if (r->step && (r->step->stage == ROLLOUT_RESTARTS || r->step->stage == ROLLOUT_GATE))
		out->role = ROLE_ACCENT;
	else
		out->role = ROLE_DIM;
}

static gboolean is_of_report(enum column column)
{
	return column >= COLUMN_UNIT && column <= COLUMN_VERSION;
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	struct gateways_view *v = user;
	const struct gateways_row *r = row_at(v, row);
	const struct gateway *g = r->gateway;

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_NAME: name_cell(&v->list, r, out); break;
	case COLUMN_ONLINE: online_cell(fleet_of(user), r, out); break;
	case COLUMN_PATH: path_cell(&v->list, g, out); break;
	case COLUMN_LINK: link_cell(&v->list, g, out); break;
	case COLUMN_UNIT: unit_cell(r, out); break;
	case COLUMN_LAST_ERROR: last_error_cell(v, r, out); break;
	case COLUMN_VERSION: out->text = list_or_unknown(g->report.version); break;
	case COLUMN_ROLLOUT: rollout_cell(r, out); break;
	default: figure_cell(r, (int)column, out); break;
	}
	if (r->old && is_of_report((enum column)column))
		out->role = ROLE_STALE;
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	return strcmp(row_at(l, row)->gateway->host->name, object) == 0;
}

static const char *place(const struct list *l)
{
	return l->context.world->fleet ? l->context.world->fleet->unit : NULL;
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[GATEWAY_TABS] = { "State", "Errors", "Faults", "Fleet" };

const struct list_class gateways_list = {
	.title = "Gateways", .one = "gateway", .many = "gateways",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = LIST_NO_COLUMN, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = GATEWAY_TABS, .place = place, .freshness = gateways_freshness, .empty = gateways_empty, .is = row_is, .name = name_of,
	.chips = gateways_chips, .chip_label = gateways_chip_label, .chip_words = gateways_chip_words, .chip_set = gateways_chip_set,
	.collect = gateways_collect, .release = gateways_release, .lines = gateways_lines,
};
