/* The lines of one fault over all gateways, newest first. */
#include <string.h>

#include "panels/gateways_private.h"
#include "tui/text.h"

#define LINES_MOST 1000 /* the newest; a thousand gateways may keep a hundred each */

enum column { COLUMN_TIME, COLUMN_GATEWAY, COLUMN_TEXT, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_TIME] = { .title = "TIME", .least = 9, .most = 17, .priority = 0 },
	[COLUMN_GATEWAY] = { .title = "GATEWAY", .least = 10, .most = 24, .priority = 0, .middle = TRUE },
	[COLUMN_TEXT] = { .title = "LINE", .least = 20, .most = SWEEP_LINE_BYTES, .priority = 0 },
};

enum field { FIELD_NAME, FIELD_TEXT, FIELD_COUNT };
static const struct filter_field fields[FIELD_COUNT] = { [FIELD_NAME] = { "name", NULL }, [FIELD_TEXT] = { "error", NULL } };

static const struct line_row *row_at(const void *user, guint row)
{
	return &g_array_index(((const struct line_list *)user)->rows, struct line_row, row);
}

static const struct sweep_fault *fault_of(const struct list *l)
{
	return fault_list_find(l, ((const struct line_list *)l)->fingerprint);
}

static guint32 index_of(const struct list *l)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(l->context.world->fleet->sweep->by_fingerprint, ((const struct line_list *)l)->fingerprint)) - 1;
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
	const struct line_row *x = a, *y = b;
	int result = (x->line->utc_us < y->line->utc_us) - (x->line->utc_us > y->line->utc_us);

	return result ? result : strcmp(x->gateway->host->name, y->gateway->host->name);
}

/* Those that are newer than `floor_us`. */
static void collect_gateway(struct line_list *v, const struct gateway *g, guint32 fault, gint64 floor_us)
{
	struct line_row row = { .gateway = g };

	for (guint i = g->sweep.lines ? g->sweep.lines->len : 0; i-- > 0;) {
		const struct sweep_line *line = &g_array_index(g->sweep.lines, struct sweep_line, i);
		if (line->utc_us < floor_us)
			break;
		if (line->fingerprint != fault)
			continue;
		row.twin = row.line && row.line->utc_us == line->utc_us ? row.twin + 1 : 0;
		row.line = line;
		g_array_append_val(v->rows, row);
	}
}

/* From so many on only the newest are kept, so that they do not grow with the gateways that have the fault. Gives the time of the oldest of them:
 * what is older has no place there any more. */
static gint64 thin(struct line_list *v, guint most, gint64 floor_us)
{
	if (v->rows->len < most)
		return floor_us;
	g_array_sort(v->rows, compare_rows);
	g_array_set_size(v->rows, LINES_MOST);
	return g_array_index(v->rows, struct line_row, LINES_MOST - 1).line->utc_us;
}

void line_list_collect(struct list *l)
{
	struct line_list *v = (struct line_list *)l;
	const struct fleet *f = l->context.world->fleet;
	const struct sweep_fault *fault = fault_of(l);
	gint64 floor_us = 0;

	line_list_release(l);
	for (guint i = 0; fault && i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		if (!g_hash_table_contains(fault->by_gateway, g->host->name))
			continue;
		collect_gateway(v, g, index_of(l), floor_us);
		floor_us = thin(v, 4 * LINES_MOST, floor_us);
	}
	thin(v, LINES_MOST + 1, floor_us);
	list_refresh(l, v->rows->len);
}

void line_list_release(struct list *l)
{
	g_array_set_size(((struct line_list *)l)->rows, 0);
}

static void row_key(void *user, guint row, GString *out)
{
	const struct line_row *r = row_at(user, row);

	g_string_append_printf(out, "%s\n%" G_GINT64_FORMAT "\n%u", r->gateway->host->name, r->line->utc_us, r->twin);
}

const struct sweep_line *line_list_find(const struct list *l, const char *key, struct gateway **gateway)
{
	g_auto(GStrv) parts = g_strsplit(key ? key : "", "\n", 3);
	struct gateway *g = g_strv_length(parts) == 3 ? gateways_find(l, parts[0]) : NULL;
	gint64 utc_us = g ? g_ascii_strtoll(parts[1], NULL, 10) : 0;
	guint64 twin = g ? g_ascii_strtoull(parts[2], NULL, 10) : 0;

	*gateway = g;
	for (guint i = g && fault_of(l) && g->sweep.lines ? g->sweep.lines->len : 0; i-- > 0;) {
		const struct sweep_line *line = &g_array_index(g->sweep.lines, struct sweep_line, i);
		if (line->utc_us == utc_us && line->fingerprint == index_of(l) && twin-- == 0)
			return line;
	}
	return NULL;
}

static const char *name_of(const struct list *l, const char *key)
{
	struct gateway *g;

	return line_list_find(l, key, &g) ? g->host->name : NULL;
}

static gboolean row_shows(void *user, guint row)
{
	const struct list *l = user;
	const struct line_row *r = row_at(user, row);
	const char *values[FIELD_COUNT] = { [FIELD_NAME] = r->gateway->host->name, [FIELD_TEXT] = r->line->text };

	return filter_is_empty(l->filter) || filter_matches(l->filter, values);
}

static int row_compare(void *user, guint a, guint b, int column)
{
	const struct line_row *x = row_at(user, a), *y = row_at(user, b);

	switch (column) {
	case COLUMN_GATEWAY: return strcmp(x->gateway->host->name, y->gateway->host->name);
	case COLUMN_TEXT: return strcmp(x->line->text, y->line->text);
	default: return compare_rows(x, y);
	}
}

static void row_look(void *user, guint row, struct table_look *out)
{
	gboolean fatal = fault_of(user) && fault_of(user)->fatal;

	out->role = fatal ? ROLE_CRIT : ROLE_WARN;
	out->glyph = glyph(fatal ? GLYPH_CRIT : GLYPH_WARN);
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct list *l = user;
	const struct line_row *r = row_at(user, row);

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_TIME: panel_time(r->line->utc_us, l->context.world->utc_us, out->buffer, sizeof out->buffer); break;
	case COLUMN_GATEWAY: out->text = r->gateway->host->name; break;
	default: out->text = r->line->text; break;
	}
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	return strcmp(row_at(l, row)->gateway->host->name, object) == 0;
}

static const char *place(const struct list *l)
{
	return "of one fault";
}

static char *empty(const struct list *l)
{
	return g_strdup(fault_of(l) ? "its lines are not kept any more: only their number is known" : "this fault is gone: its lines are older than the span");
}

static char *chip_label(const struct list *l, guint chip, enum role *role)
{
	return g_strdup("All");
}

static void line_details(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	struct gateway *g;
	const struct sweep_line *line = line_list_find(l, key, &g);
	char at[40];

	if (!line)
		return;
	panel_time(line->utc_us, l->context.world->utc_us, at, sizeof at);
	list_add_wrapped(lines, ROLE_DIM, "time", at, body->width);
	list_add_wrapped(lines, ROLE_TEXT, "line", line->text, body->width);
	list_add_wrapped(lines, ROLE_DIM, "fault", ((const struct line_list *)l)->fingerprint, body->width);
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[] = { "Line" };

const struct list_class line_list_class = {
	.title = "Lines", .one = "line", .many = "lines",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = LIST_NO_COLUMN, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = G_N_ELEMENTS(tabs), .place = place, .freshness = gateways_freshness, .empty = empty, .is = row_is, .name = name_of,
	.chip_count = 1, .chip_label = chip_label,
	.collect = line_list_collect, .release = line_list_release, .lines = line_details,
};
