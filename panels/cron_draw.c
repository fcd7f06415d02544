/* How the Cron panel is drawn: between the chips and the list stand the cleanup's last runs, the logs that grow, and what was not read. */
#include <math.h>

#include "panels/cron_private.h"
#include "panels/host_line.h"
#include "tui/chart.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define FACT_ROWS 6         /* for all that stands between the chips and the list */
#define RUNS_SHOWN 30
#define LINE_WIDTH 110      /* from so many cells on each log has a line of its own */
#define ROTATE_ADVICE "see docs/examples/logrotate-bytelyst-vm"

/* "weekly 2d ago freed 257M" */
static void last_run_words(const struct cleanup_run *r, gint64 now_us, char *out, gsize size)
{
	char age[16], freed[16];
	const char *mode = r->mode && *r->mode ? r->mode : "cleanup";

	text_age(MAX(now_us - r->at_us, 0) / G_USEC_PER_SEC, age, sizeof age);
	cron_freed_words(r->freed_mb, freed, sizeof freed);
	if (r->result == CRON_RESULT_FAILED)
		g_snprintf(out, size, "%.24s %s ago FAILED", mode, age);
	else if (r->result == CRON_RESULT_RUNNING)
		g_snprintf(out, size, "%.24s began %s ago", mode, age);
	else
		g_snprintf(out, size, "%.24s %s ago, freed %s", mode, age, freed);
}

/* One cell a run, as high as what it freed; a failed one has its glyph. */
static int draw_spark(const struct canvas *c, int y, int x, const GPtrArray *runs, guint *failed)
{
	guint count = MIN(runs->len, RUNS_SHOWN);
	double values[RUNS_SHOWN], high = 1;

	*failed = 0;
	for (guint i = 0; i < count; i++) {
		const struct cleanup_run *r = runs->pdata[runs->len - count + i];
		values[i] = r->result == CRON_RESULT_FAILED ? NAN : r->freed_mb;
		high = isfinite(values[i]) ? fmax(high, values[i]) : high;
	}
	chart_sparkline(c, y, x, (int)count, ROLE_TEXT, values, count, 0, high);
	for (guint i = 0; i < count; i++) {
		const struct cleanup_run *r = runs->pdata[runs->len - count + i];
		if (r->result != CRON_RESULT_FAILED)
			continue;
		canvas_text(c, y, x + (int)i, 1, ROLE_WARN, glyph(GLYPH_CRIT));
		(*failed)++;
	}
	return (int)count;
}

static void draw_runs(const struct cron_view *p, const struct canvas *c, int y, int x, const struct host *h)
{
	const GPtrArray *runs = h->cron.runs;
	enum role role = h->cron.runs_datum.state == DATUM_STALE ? ROLE_STALE : ROLE_TEXT;
	guint failed;
	char last[96];

	x += draw_spark(c, y, x, runs, &failed) + 2;
	last_run_words(runs->pdata[runs->len - 1], p->list.context.world->utc_us, last, sizeof last);
	x += canvas_text(c, y, x, -1, role, last) + 2;
	if (failed > 0)
		canvas_printf(c, y, x, ROLE_WARN, "%u failed", failed);
	else if (role == ROLE_STALE)
		canvas_text(c, y, x, -1, role, "as it was last read");
}

static int draw_cleanups(const struct cron_view *p, const struct canvas *c, int y)
{
	const struct host *h = list_current_host(&p->list);
	char fresh[160], name[96];
	enum role role;
	int x = 3;

	if (!h || (h->cron.runs->len == 0 && h->cron.datum.state == DATUM_NO_DATA))
		return 0;
	x += canvas_text(c, y, x, -1, ROLE_DIM, "cleanups") + 1;
	if (!list_only(&p->list)) {
		text_cut_middle(h->name, 16, name, sizeof name);
		x += canvas_text(c, y, x, -1, ROLE_DIM, name) + 1;
	}
	if (h->cron.runs->len > 0) {
		draw_runs(p, c, y, x + 1, h);
	} else if (datum_known(&h->cron.runs_datum)) {
		canvas_text(c, y, x + 1, -1, ROLE_DIM, "the cleanup log holds no run");
	} else {
		role = host_line_freshness(p->list.context.world, h, &h->cron.runs_datum, fresh, sizeof fresh);
		canvas_text(c, y, x + 1, -1, role, fresh);
	}
	return 1;
}

/* The logs of the hosts seen that no rule of logrotate names. */
static guint collect_logs(const struct cron_view *p, GPtrArray *logs, GPtrArray *hosts)
{
	const struct world *w = p->list.context.world;

	for (guint i = 0; i < w->hosts->len; i++) {
		struct host *h = w->hosts->pdata[i];
		for (guint j = 0; list_sees(&p->list, h) && host_line_is_up(h) && j < h->cron.logs->len; j++) {
			struct growing_log *log = h->cron.logs->pdata[j];
			if (!log->exists || log->rule)
				continue;
			g_ptr_array_add(logs, log);
			g_ptr_array_add(hosts, h);
		}
	}
	return logs->len;
}

/* "srv1: /var/log/vm-cleanup.log 1.2G" */
static char *log_words(const struct cron_view *p, const struct growing_log *log, const struct host *h)
{
	gboolean named = !list_only(&p->list);
	char size[16];

	text_bytes((double)log->size, size, sizeof size);
	return g_strdup_printf("%s%s%s %s", named ? h->name : "", named ? ": " : "", log->path, size);
}

/* A line for each when they fit, with what to do. */
static int draw_logs_wide(const struct cron_view *p, const struct canvas *c, int y, const GPtrArray *logs, const GPtrArray *hosts)
{
	for (guint i = 0; i < logs->len; i++) {
		g_autofree char *words = log_words(p, logs->pdata[i], hosts->pdata[i]);
		int room = c->width - 4 - text_width(": no logrotate rule: " ROTATE_ADVICE), x = 3;
		canvas_text(c, y + (int)i, 1, 1, ROLE_WARN, glyph(GLYPH_WARN));
		x += canvas_text(c, y + (int)i, x, room, ROLE_WARN, words);
		canvas_text(c, y + (int)i, x, -1, ROLE_WARN, ": no logrotate rule: " ROTATE_ADVICE);
	}
	return (int)logs->len;
}

/* In few lines: how many and what to do, then which. */
static int draw_logs_narrow(const struct cron_view *p, const struct canvas *c, int y, int rows, const GPtrArray *logs, const GPtrArray *hosts)
{
	g_autoptr(GString) which = g_string_new(NULL);

	canvas_text(c, y, 1, 1, ROLE_WARN, glyph(GLYPH_WARN));
	canvas_printf(c, y, 3, ROLE_WARN, "%u log%s: no logrotate rule: %s", logs->len, logs->len == 1 ? " grows" : "s grow", ROTATE_ADVICE);
	for (guint i = 0; i < logs->len; i++) {
		g_autofree char *words = log_words(p, logs->pdata[i], hosts->pdata[i]);
		g_string_append_printf(which, "%s%s", i ? "  " : "", words);
	}
	if (rows > 1)
		canvas_text(c, y + 1, 3, -1, ROLE_TEXT, which->str);
	return MIN(rows, 2);
}

static int draw_logs(const struct cron_view *p, const struct canvas *c, int y, int rows)
{
	g_autoptr(GPtrArray) logs = g_ptr_array_new(), hosts = g_ptr_array_new();

	if (rows < 1 || collect_logs(p, logs, hosts) == 0)
		return 0;
	if (c->width >= LINE_WIDTH && (int)logs->len <= rows)
		return draw_logs_wide(p, c, y, logs, hosts);
	return draw_logs_narrow(p, c, y, rows, logs, hosts);
}

/* What was not read may hold jobs: it is said, and where to read more. */
static int draw_not_read(const struct cron_view *p, const struct canvas *c, int y)
{
	const struct world *w = p->list.context.world;
	const struct host *first = NULL;
	guint count = 0;
	g_autofree char *text = NULL, *more = NULL;
	int room;

	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		if (!list_sees(&p->list, h) || !host_line_is_up(h) || h->cron.not_read->len == 0)
			continue;
		first = first ? first : h;
		count += h->cron.not_read->len;
	}
	if (!first)
		return 0;
	text = g_strdup_printf("not read%s%s: %s", list_only(&p->list) ? "" : " on ", list_only(&p->list) ? "" : first->name,
	                       (const char *)first->cron.not_read->pdata[0]);
	more = count > 1 ? g_strdup_printf(" (and %u more: %s shows them)", count - 1, panel_key(&p->list.context, ACT_DETAILS)) : g_strdup("");
	room = MAX(c->width - 4 - text_width(more), 8);
	canvas_text(c, y, 1, 1, ROLE_WARN, glyph(GLYPH_WARN));
	canvas_text(c, y, 3 + canvas_text(c, y, 3, room, ROLE_TEXT, text), -1, ROLE_DIM, more);
	return 1;
}

/* Gives the rows used, of so many. */
static int draw_facts(const struct cron_view *p, const struct canvas *c, int y, int rows)
{
	int used = rows > 0 ? draw_cleanups(p, c, y) : 0;

	if (used < rows)
		used += draw_logs(p, c, y + used, rows - used - 1 > 0 ? rows - used - 1 : rows - used);
	if (used < rows)
		used += draw_not_read(p, c, y + used);
	return used;
}

void cron_draw(struct panel *panel, const struct canvas *c)
{
	struct cron_view *p = (struct cron_view *)panel;
	struct list *l = &p->list;
	int y = 1, troubles;

	cron_collect(l);
	if (!l->details.full) {
		list_draw_chips(l, c, y++);
		y += troubles = list_draw_troubles(l, c, y);
		y += draw_facts(p, c, y, list_fact_rows(c, troubles, FACT_ROWS));
	}
	list_draw_body(l, c, y);
	list_draw_title(l, c);
	cron_release(l);
}
