/* The faults that the sweep found over all gateways: lines that differ only in figures are one. */
#include <string.h>

#include "panels/gateways_private.h"
#include "tui/text.h"

enum column { COLUMN_COUNTED, COLUMN_GATEWAYS, COLUMN_FIRST, COLUMN_LAST, COLUMN_FINGERPRINT, COLUMN_COUNT };
enum chip { CHIP_ALL, CHIP_FATAL };

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_COUNTED] = { .title = "COUNT", .least = 6, .most = 7, .priority = 0, .right = TRUE, .descending = TRUE },
	[COLUMN_GATEWAYS] = { .title = "GATEWAYS", .least = 8, .most = 8, .priority = 0, .right = TRUE, .descending = TRUE },
	[COLUMN_FIRST] = { .title = "FIRST", .least = 5, .most = 5, .priority = 2, .right = TRUE },
	[COLUMN_LAST] = { .title = "LAST", .least = 5, .most = 5, .priority = 1, .right = TRUE },
	[COLUMN_FINGERPRINT] = { .title = "FINGERPRINT", .least = 20, .most = 300, .priority = 0 },
};

static const char *const state_words[] = { "fatal", "error", NULL };
enum field { FIELD_TEXT, FIELD_STATE, FIELD_NAME, FIELD_COUNT };
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_TEXT] = { "error", NULL }, [FIELD_STATE] = { "state", state_words }, [FIELD_NAME] = { "name", NULL },
};

static const struct sweep_fault *row_at(const void *user, guint row)
{
	return ((const struct fault_list *)user)->rows->pdata[row];
}

const struct sweep_fault *fault_list_find(const struct list *l, const char *fingerprint)
{
	const struct fleet *f = l->context.world->fleet;
	guint index = f && fingerprint ? GPOINTER_TO_UINT(g_hash_table_lookup(f->sweep->by_fingerprint, fingerprint)) : 0;
	const struct sweep_fault *fault = index > 0 && index <= f->sweep->faults->len ? f->sweep->faults->pdata[index - 1] : NULL;

	return fault && fault->count > 0 ? fault : NULL;
}

static const char *name_of(const struct list *l, const char *key)
{
	const struct sweep_fault *f = fault_list_find(l, key);

	return f ? f->fingerprint : NULL;
}

void fault_list_collect(struct list *l)
{
	struct fault_list *v = (struct fault_list *)l;
	const struct fleet *f = l->context.world->fleet;

	fault_list_release(l);
	v->fatal = 0;
	for (guint i = 0; f && i < f->sweep->faults->len; i++) {
		struct sweep_fault *fault = f->sweep->faults->pdata[i];
		if (fault->count == 0)
			continue;
		g_ptr_array_add(v->rows, fault);
		v->fatal += fault->fatal != 0;
	}
	list_refresh(l, v->rows->len);
}

void fault_list_release(struct list *l)
{
	g_ptr_array_set_size(((struct fault_list *)l)->rows, 0);
}

static void row_key(void *user, guint row, GString *out)
{
	g_string_append(out, row_at(user, row)->fingerprint);
}

static void names_text(const struct sweep_fault *f, GString *out)
{
	GHashTableIter i;
	gpointer name;

	g_string_truncate(out, 0);
	g_hash_table_iter_init(&i, f->by_gateway);
	while (g_hash_table_iter_next(&i, &name, NULL))
		g_string_append_printf(out, "%s ", (const char *)name);
}

static gboolean row_shows(void *user, guint row)
{
	const struct list *l = user;
	const struct sweep_fault *f = row_at(user, row);
	const char *values[FIELD_COUNT] = { [FIELD_TEXT] = f->example, [FIELD_STATE] = state_words[f->fatal ? 0 : 1] };

	if ((l->chip == CHIP_FATAL || l->faults) && !f->fatal)
		return FALSE;
	if (filter_is_empty(l->filter))
		return TRUE;
	names_text(f, l->scratch);
	values[FIELD_NAME] = l->scratch->str;
	return filter_matches(l->filter, values);
}

static int row_compare(void *user, guint a, guint b, int column)
{
	const struct sweep_fault *x = row_at(user, a), *y = row_at(user, b);
	int result = (y->fatal != 0) - (x->fatal != 0);

	switch (column) {
	case TABLE_SORT_DEFAULT: return result ? result : (x->count < y->count) - (x->count > y->count);
	case COLUMN_GATEWAYS: return (x->gateways > y->gateways) - (x->gateways < y->gateways);
	case COLUMN_FIRST: return (x->first_us < y->first_us) - (x->first_us > y->first_us);
	case COLUMN_LAST: return (x->last_us < y->last_us) - (x->last_us > y->last_us);
	case COLUMN_FINGERPRINT: return strcmp(x->fingerprint, y->fingerprint);
	default: return (x->count > y->count) - (x->count < y->count);
	}
}

static void row_look(void *user, guint row, struct table_look *out)
{
	gboolean fatal = row_at(user, row)->fatal;

	out->role = fatal ? ROLE_CRIT : ROLE_WARN;
	out->glyph = glyph(fatal ? GLYPH_CRIT : GLYPH_WARN);
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct list *l = user;
	const struct sweep_fault *f = row_at(user, row);

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_COUNTED: text_count(f->count, out->buffer, sizeof out->buffer); break;
	case COLUMN_GATEWAYS: g_snprintf(out->buffer, sizeof out->buffer, "%u", f->gateways); break;
	case COLUMN_FIRST: list_age_cell(l, f->first_us, out); break;
	case COLUMN_LAST: list_age_cell(l, f->last_us, out); break;
	default:
		out->text = f->fingerprint;
		out->role = f->fatal ? ROLE_CRIT : ROLE_TEXT;
		break;
	}
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	return strcmp(row_at(l, row)->fingerprint, object) == 0;
}

static const char *place(const struct list *l)
{
	return "all gateways";
}

static char *empty(const struct list *l)
{
	const struct fleet *f = l->context.world->fleet;

	return g_strdup(f && f->sweep->state == SWEEP_RUNS ? "the sweep has found nothing yet" : "the sweep found no line");
}

static char *chip_label(const struct list *l, guint chip, enum role *role)
{
	guint fatal = ((const struct fault_list *)l)->fatal;

	if (chip == CHIP_ALL)
		return g_strdup("All");
	*role = fatal > 0 ? ROLE_CRIT : ROLE_DIM;
	return g_strdup_printf("FATAL %u", fatal);
}

static char *chip_words(const struct list *l)
{
	return g_strdup(l->chip == CHIP_FATAL ? " with FATAL" : "");
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Which gateways had it, the name with its count behind. */
static void add_gateways(const struct sweep_fault *f, int cells, GPtrArray *lines)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);
	GHashTableIter i;
	gpointer name;

	g_hash_table_iter_init(&i, f->by_gateway);
	while (g_hash_table_iter_next(&i, &name, NULL))
		g_ptr_array_add(names, name);
	g_ptr_array_sort(names, compare_names);
	for (guint n = 0; n < names->len; n++)
		g_string_append_printf(text, "%s%s %u", n ? ", " : "", (const char *)names->pdata[n],
		                       GPOINTER_TO_UINT(g_hash_table_lookup(f->by_gateway, names->pdata[n])));
	list_add_wrapped(lines, ROLE_TEXT, "gateways", text->str, cells);
}

static void fault_details(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	const struct sweep_fault *f = fault_list_find(l, key);
	gint64 now = l->context.world->utc_us;
	g_autofree char *times = NULL;
	char first[40], last[40];

	if (!f)
		return;
	panel_time(f->first_us, now, first, sizeof first);
	panel_time(f->last_us, now, last, sizeof last);
	times = g_strdup_printf("%s to %s", first, last);
	list_add_wrapped(lines, f->fatal ? ROLE_CRIT : ROLE_TEXT, "newest", f->example, body->width);
	list_add_wrapped(lines, ROLE_TEXT, "seen", times, body->width);
	add_gateways(f, body->width, lines);
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[] = { "Fault" };

const struct list_class fault_list_class = {
	.title = "Faults", .one = "fault", .many = "faults",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = LIST_NO_COLUMN, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = G_N_ELEMENTS(tabs), .place = place, .freshness = gateways_freshness, .empty = empty, .is = row_is, .name = name_of,
	.chip_count = 2, .chip_label = chip_label, .chip_words = chip_words,
	.collect = fault_list_collect, .release = fault_list_release, .lines = fault_details,
};
