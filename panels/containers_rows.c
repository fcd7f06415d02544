/* The rows of the Containers panel: which there are, how they sort, and what stands in their cells. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "panels/containers_private.h"
#include "panels/host_line.h"
#include "tui/text.h"

#define NEAR_LIMIT 0.9 /* part of its memory limit at which a container is warned about: the kernel kills it at 1 */
#define EXIT_SIGTERM 143

enum column {
	COLUMN_NAME, COLUMN_HOST, COLUMN_STACK, COLUMN_HEALTH, COLUMN_AGE, COLUMN_CPU, COLUMN_MEMORY, COLUMN_RESTARTS, COLUMN_WRITES,
	COLUMN_IMAGE_AGE, COLUMN_PIDS, COLUMN_NET_IN, COLUMN_NET_OUT, COLUMN_READ, COLUMN_WRITTEN, COLUMN_IMAGE, COLUMN_STATUS, COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_NAME] = { .title = "NAME", .least = 14, .most = 32, .priority = 0, .middle = TRUE },
	[COLUMN_HOST] = { .title = "HOST", .least = 10, .most = 24, .priority = 1, .middle = TRUE },
	[COLUMN_STACK] = { .title = "STACK", .least = 8, .most = 16, .priority = 5, .middle = TRUE },
	[COLUMN_HEALTH] = { .title = "HEALTH", .least = 9, .most = 14, .priority = 0 },
	[COLUMN_AGE] = { .title = "AGE", .least = 4, .most = 4, .priority = 3, .right = TRUE },
	[COLUMN_CPU] = { .title = "CPU%", .least = 4, .most = 4, .priority = 2, .right = TRUE, .descending = TRUE },
	[COLUMN_MEMORY] = { .title = "MEM / LIMIT", .least = 12, .most = 12, .priority = 3, .right = TRUE, .descending = TRUE },
	[COLUMN_RESTARTS] = { .title = "RST", .least = 3, .most = 5, .priority = 4, .right = TRUE, .descending = TRUE },
	[COLUMN_WRITES] = { .title = "WR/h", .least = 4, .most = 4, .priority = 6, .right = TRUE, .descending = TRUE },
	[COLUMN_IMAGE_AGE] = { .title = "IMAGE", .least = 5, .most = 5, .priority = 7, .right = TRUE, .descending = TRUE },
	[COLUMN_PIDS] = { .title = "PIDS", .least = 4, .most = 5, .priority = 9, .right = TRUE, .descending = TRUE },
	[COLUMN_NET_IN] = { .title = "NET IN", .least = 6, .most = 6, .priority = 10, .right = TRUE, .descending = TRUE },
	[COLUMN_NET_OUT] = { .title = "NET OUT", .least = 7, .most = 7, .priority = 10, .right = TRUE, .descending = TRUE },
	[COLUMN_READ] = { .title = "READ", .least = 4, .most = 4, .priority = 11, .right = TRUE, .descending = TRUE },
	[COLUMN_WRITTEN] = { .title = "WRITTEN", .least = 7, .most = 7, .priority = 11, .right = TRUE, .descending = TRUE },
	[COLUMN_IMAGE] = { .title = "IMAGE NAME", .least = 24, .most = 56, .priority = 8, .middle = TRUE },
	[COLUMN_STATUS] = { .title = "DOCKER SAYS", .least = 16, .most = 40, .priority = 12 },
};

static const char *const state_words[] = {
	"healthy", "unhealthy", "starting", "none", "unknown", "created", "running", "paused", "restarting", "removing", "exited", "dead", "oom", NULL
};
enum field { FIELD_NAME, FIELD_HOST, FIELD_STACK, FIELD_STATE, FIELD_IMAGE, FIELD_COUNT };
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_NAME] = { "name", NULL }, [FIELD_HOST] = { "host", NULL }, [FIELD_STACK] = { "stack", NULL },
	[FIELD_STATE] = { "state", state_words }, [FIELD_IMAGE] = { "image", NULL },
};

static gboolean has_detail(const struct container *c)
{
	return datum_known(&c->detail.datum);
}

/* Figures are those of a running container: what was measured before it stopped is not shown. */
static gboolean has_figures(const struct container *c)
{
	return datum_known(&c->stats.datum) && (c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED);
}

gboolean container_figures_fail(const struct container *c)
{
	const struct datum *d = &c->stats.datum;

	return (c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED) && d->error && (d->state == DATUM_STALE || d->state == DATUM_ERROR);
}

double container_memory(const struct container *c)
{
	return has_figures(c) && c->stats.memory_limit > 0 ? (double)c->stats.memory_used : NAN;
}

/* Used part of its own memory limit; NAN when there is none or it is not known. */
static double memory_part(const struct container *c)
{
	if (!has_detail(c) || c->detail.memory_limit == 0)
		return NAN;
	return container_memory(c) / (double)c->detail.memory_limit;
}

/* From the details, or before they are there from the daemon's words; -1: not known. */
static int exit_code(const struct container *c)
{
	int code;

	if (has_detail(c))
		return c->detail.exit_code;
	return c->status && sscanf(c->status, "Exited (%d)", &code) == 1 ? code : -1;
}

static enum severity stopped_severity(const struct container *c)
{
	int code = exit_code(c);

	if (c->state == CONTAINER_DEAD || c->state == CONTAINER_RESTARTING || c->state == CONTAINER_PAUSED)
		return SEVERITY_WARN;
	if (c->state == CONTAINER_EXITED && ((has_detail(c) && c->detail.oom_killed) || (code > 0 && code != EXIT_SIGTERM)))
		return SEVERITY_WARN;
	return c->state == CONTAINER_STATE_UNKNOWN ? SEVERITY_UNKNOWN : SEVERITY_OK;
}

enum severity container_severity(const struct container *c)
{
	double part = memory_part(c);

	if (c->state != CONTAINER_RUNNING)
		return stopped_severity(c);
	if (c->health == HEALTH_UNHEALTHY)
		return SEVERITY_CRIT;
	if (isfinite(part) && part >= NEAR_LIMIT)
		return SEVERITY_WARN;
	return c->health == HEALTH_UNKNOWN || c->health == HEALTH_STARTING ? SEVERITY_UNKNOWN : SEVERITY_OK;
}

void container_health_words(const struct container *c, char *out, gsize size)
{
	if (c->state != CONTAINER_RUNNING && has_detail(c) && c->detail.oom_killed)
		g_strlcpy(out, "OOM killed", size);
	else if ((c->state == CONTAINER_EXITED || c->state == CONTAINER_DEAD) && exit_code(c) >= 0)
		g_snprintf(out, size, "%s %d", container_state_name(c->state), exit_code(c));
	else if (c->state != CONTAINER_RUNNING)
		g_strlcpy(out, container_state_name(c->state), size);
	else if (c->health == HEALTH_NONE)
		g_strlcpy(out, text_unknown(), size);
	else
		g_strlcpy(out, container_health_name(c->health), size);
}

static int compare_stacks(gconstpointer a, gconstpointer b)
{
	return strcmp(((const struct stack_count *)a)->name, ((const struct stack_count *)b)->name);
}

static void count_row(struct containers *p, const struct container *c, GHashTable *stacks)
{
	p->unhealthy += c->health == HEALTH_UNHEALTHY;
	if (!has_detail(c))
		p->limit_unknown++;
	else if (c->detail.memory_limit == 0)
		p->no_limit++;
	if (c->stack)
		g_hash_table_insert(stacks, c->stack, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(stacks, c->stack)) + 1));
}

static void list_stacks(struct containers *p, GHashTable *stacks)
{
	GHashTableIter i;
	gpointer name, count;

	g_hash_table_iter_init(&i, stacks);
	while (g_hash_table_iter_next(&i, &name, &count)) {
		struct stack_count s = { name, GPOINTER_TO_UINT(count) };
		g_array_append_val(p->stacks, s);
	}
	g_array_sort(p->stacks, compare_stacks);
}

static void collect_host(struct containers *p, const struct host *h, GHashTable *stacks)
{
	for (guint i = 0; i < h->docker.containers->len; i++) {
		const struct container *c = h->docker.containers->pdata[i];
		struct row row = { h, c, container_severity(c), !host_line_is_up(h) || h->docker.datum.state != DATUM_OK };
		g_array_append_val(p->rows, row);
		count_row(p, c, stacks);
	}
}

void containers_collect(struct list *l)
{
	struct containers *p = (struct containers *)l;
	g_autoptr(GHashTable) stacks = g_hash_table_new(g_str_hash, g_str_equal);
	const struct world *w = p->list.context.world;

	containers_release(l);
	p->unhealthy = p->no_limit = p->limit_unknown = 0;
	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		if (list_sees(l, h))
			collect_host(p, h, stacks);
	}
	list_stacks(p, stacks);
	list_refresh(l, p->rows->len);
}

void containers_release(struct list *l)
{
	struct containers *p = (struct containers *)l;

	g_array_set_size(p->rows, 0);
	g_array_set_size(p->stacks, 0);
}

gboolean containers_find(const struct containers *p, const char *key, struct host **host, struct container **container)
{
	const char *id = list_key_parts(&p->list, key, host);

	*container = id ? g_hash_table_lookup((*host)->docker.by_id, id) : NULL;
	return *container != NULL;
}

gboolean containers_selected(const struct containers *p, struct host **host, struct container **container)
{
	return containers_find(p, table_selected(p->list.table), host, container);
}

static const char *name_of(const struct list *l, const char *key)
{
	struct host *h;
	struct container *c;

	return !containers_find((const struct containers *)l, key, &h, &c) ? NULL : c->name ? c->name : c->id;
}

static const struct row *row_at(const struct containers *p, guint row)
{
	return &g_array_index(p->rows, struct row, row);
}

static void row_key(void *user, guint row, GString *out)
{
	const struct row *r = row_at(user, row);

	list_key(out, r->host, r->container->id);
}

static gboolean row_shows(void *user, guint row)
{
	struct containers *p = user;
	const struct row *r = row_at(p, row);
	const struct container *c = r->container;
	const char *values[FIELD_COUNT] = {
		[FIELD_NAME] = c->name, [FIELD_HOST] = r->host->name, [FIELD_STACK] = c->stack, [FIELD_IMAGE] = c->image,
	};

	if (!containers_chip_shows(p, r) || (p->list.faults && r->severity < SEVERITY_WARN))
		return FALSE;
	if (filter_is_empty(p->list.filter))
		return TRUE;
	g_string_printf(p->list.scratch, "%s %s%s", container_health_name(c->health), container_state_name(c->state),
	                c->detail.oom_killed ? " oom" : "");
	values[FIELD_STATE] = p->list.scratch->str;
	return filter_matches(p->list.filter, values);
}

/* Trouble first; what is old comes behind what is seen now. */
static int rank(const struct row *r)
{
	static const int ranks[] = { [SEVERITY_CRIT] = 0, [SEVERITY_WARN] = 2, [SEVERITY_UNKNOWN] = 4, [SEVERITY_OK] = 6 };
	int stopped = r->severity == SEVERITY_OK && r->container->state != CONTAINER_RUNNING;

	return ranks[r->severity] + r->old + 2 * stopped;
}

static double started_us(const struct container *c)
{
	gint64 at = !has_detail(c) ? 0 : c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED ? c->detail.started_us : c->detail.finished_us;

	return at > 0 ? (double)at : NAN;
}

static double figure(const struct row *r, int column)
{
	const struct container *c = r->container;
	gboolean known = has_figures(c), detail = has_detail(c);

	switch (column) {
	case COLUMN_AGE: return -started_us(c);
	case COLUMN_CPU: return known ? c->stats.cpu_percent : NAN;
	case COLUMN_MEMORY: return container_memory(c);
	case COLUMN_RESTARTS: return detail ? c->detail.restart_count : NAN;
	case COLUMN_WRITES: return known ? c->stats.write_per_hour : NAN;
	case COLUMN_IMAGE_AGE: return detail && c->detail.image_created_us > 0 ? -(double)c->detail.image_created_us : NAN;
	case COLUMN_PIDS: return known ? c->stats.pids : NAN;
	case COLUMN_NET_IN: return known ? (double)c->stats.net_rx : NAN;
	case COLUMN_NET_OUT: return known ? (double)c->stats.net_tx : NAN;
	case COLUMN_READ: return known ? (double)c->stats.block_read : NAN;
	case COLUMN_WRITTEN: return known ? (double)c->stats.block_write : NAN;
	default: return NAN;
	}
}

static int row_compare(void *user, guint a, guint b, int column)
{
	const struct row *x = row_at(user, a), *y = row_at(user, b);
	int result;

	switch (column) {
	case TABLE_SORT_DEFAULT:
		result = rank(x) - rank(y);
		return result ? result : list_compare_text(x->container->name, y->container->name);
	case COLUMN_NAME: return list_compare_text(x->container->name, y->container->name);
	case COLUMN_HOST: return list_compare_text(x->host->name, y->host->name);
	case COLUMN_STACK: return list_compare_text(x->container->stack, y->container->stack);
	case COLUMN_HEALTH: return rank(x) - rank(y);
	case COLUMN_IMAGE: return list_compare_text(x->container->image, y->container->image);
	case COLUMN_STATUS: return list_compare_text(x->container->status, y->container->status);
	default: return list_compare_figures(figure(x, column), figure(y, column));
	}
}

static void row_look(void *user, guint row, struct table_look *out)
{
	static const struct { enum role role; enum glyph glyph; } looks[] = {
		[SEVERITY_UNKNOWN] = { ROLE_UNKNOWN, GLYPH_UNKNOWN }, [SEVERITY_OK] = { ROLE_OK, GLYPH_OK },
		[SEVERITY_WARN] = { ROLE_WARN, GLYPH_WARN }, [SEVERITY_CRIT] = { ROLE_CRIT, GLYPH_CRIT },
	};
	const struct row *r = row_at(user, row);
	const struct container *c = r->container;
	enum glyph g = looks[r->severity].glyph;

	out->role = looks[r->severity].role;
	if (r->severity == SEVERITY_UNKNOWN && c->health == HEALTH_STARTING)
		g = GLYPH_STARTING;
	if (r->severity == SEVERITY_OK && c->state != CONTAINER_RUNNING) {
		g = GLYPH_NONE;
		out->role = ROLE_DIM;
	}
	if (r->old) {
		g = GLYPH_STALE;
		out->role = ROLE_STALE;
	}
	out->faded = r->old;
	out->glyph = glyph(g);
}

static void memory_cell(const struct container *c, struct table_cell *out)
{
	char used[16], limit[16];
	double part = memory_part(c);

	text_bytes(container_memory(c), used, sizeof used);
	text_bytes(has_detail(c) && c->detail.memory_limit > 0 ? (double)c->detail.memory_limit : NAN, limit, sizeof limit);
	if (isfinite(part) && part >= NEAR_LIMIT)
		out->role = ROLE_WARN;
	/* Padded by cells: an unknown is one cell of three bytes. */
	g_snprintf(out->buffer, sizeof out->buffer, "%s%s /%*s%s", out->role == ROLE_WARN ? glyph(GLYPH_WARN) : "", used,
	           5 - text_width(limit), "", limit);
}

static void health_cell(const struct row *r, struct table_cell *out)
{
	container_health_words(r->container, out->buffer, sizeof out->buffer);
	if (r->severity == SEVERITY_CRIT)
		out->role = ROLE_CRIT;
	else if (r->severity == SEVERITY_WARN && r->container->state != CONTAINER_RUNNING)
		out->role = ROLE_WARN;
	else if (r->container->state != CONTAINER_RUNNING || r->container->health == HEALTH_NONE)
		out->role = ROLE_DIM;
}

static void figure_cell(const struct row *r, int column, struct table_cell *out)
{
	double value = figure(r, column);

	if (column == COLUMN_CPU)
		text_percent(value, out->buffer, sizeof out->buffer);
	else if ((column == COLUMN_RESTARTS || column == COLUMN_PIDS) && isfinite(value))
		g_snprintf(out->buffer, sizeof out->buffer, "%.0f", value);
	else
		text_bytes(value, out->buffer, sizeof out->buffer);
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	struct containers *p = user;
	const struct row *r = row_at(p, row);
	const struct container *c = r->container;

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_NAME: out->text = c->name ? c->name : c->id; break;
	case COLUMN_HOST: list_host_cell(&p->list, r->host, r->old, out); break;
	case COLUMN_STACK: out->text = list_or_unknown(c->stack); break;
	case COLUMN_HEALTH: health_cell(r, out); break;
	case COLUMN_AGE: list_age_cell(&p->list, isfinite(started_us(c)) ? (gint64)started_us(c) : 0, out); break;
	case COLUMN_MEMORY: memory_cell(c, out); break;
	case COLUMN_IMAGE_AGE: list_age_cell(&p->list, has_detail(c) ? c->detail.image_created_us : 0, out); break;
	case COLUMN_IMAGE: out->text = list_or_unknown(c->image); break;
	case COLUMN_STATUS: out->text = list_or_unknown(c->status); break;
	default: figure_cell(r, (int)column, out); break;
	}
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	const struct container *c = row_at((const struct containers *)l, row)->container;

	return g_strcmp0(c->name, object) == 0 || g_strcmp0(c->id, object) == 0;
}

static const struct datum *datum_of(const struct host *h)
{
	return &h->docker.datum;
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[TAB_COUNT] = { "Health", "Logs", "Inspect", "Stats" };

const struct list_class containers_list = {
	.title = "Containers", .one = "container", .many = "containers", .asked = "Docker",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = COLUMN_HOST, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = TAB_COUNT, .tabs_from_end = 1u << TAB_LOGS, .datum = datum_of, .is = row_is, .name = name_of,
	.chips = containers_chips, .chip_label = containers_chip_label, .chip_words = containers_chip_words, .chip_set = containers_chip_set,
	.collect = containers_collect, .release = containers_release, .lines = containers_lines, .draw_tab = containers_draw_tab,
	.tab_changed = containers_tab_changed,
};
