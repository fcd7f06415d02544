/* The score card of a host: sum, gauge, six dimensions, warnings; and, when it is not reached, why and what helps. */
#include <math.h>
#include <string.h>

#include "panels/host_line.h"
#include "panels/score_private.h"
#include "tui/chart.h"
#include "tui/text.h"

#define POINTS_AT 24
#define TEXT_AT 32
#define GAUGE_CELLS 40
#define REPORT_ROWS 6
#define SPARK_LEAST 7
#define CHANGES_AT_WIDTH 100 /* from this width on the rows have room for their changes */
#define CHANGES_CELLS 15

struct look { enum role role; enum glyph glyph; };

static struct look look_of(const struct score_part *part, gboolean up)
{
	static const struct look looks[] = {
		[SEVERITY_UNKNOWN] = { ROLE_UNKNOWN, GLYPH_UNKNOWN }, [SEVERITY_OK] = { ROLE_OK, GLYPH_OK },
		[SEVERITY_WARN] = { ROLE_WARN, GLYPH_WARN }, [SEVERITY_CRIT] = { ROLE_CRIT, GLYPH_CRIT },
	};

	if (!part->assessed)
		return (struct look){ ROLE_DIM, GLYPH_NONE };
	if (part->stale || !up)
		return (struct look){ ROLE_STALE, GLYPH_STALE };
	return looks[part->severity];
}

/* The newest samples, as many as fit. */
static void draw_history(const struct canvas *c, int y, int x, int width, const struct history *h, double high)
{
	double values[HISTORY_SIZE];
	guint count = MIN(h->count, (guint)MAX(width, 0));

	for (guint i = 0; i < count; i++)
		values[i] = history_at(h, count - 1 - i);
	chart_sparkline(c, y, x, width, ROLE_DIM, values, count, 0, high);
}

/* A change of points, when it is known and not zero; gives the cells used. */
static int draw_change(const struct canvas *c, int y, int x, double points, const char *word, const char *since)
{
	int n = isnan(points) ? 0 : (int)lround(points);
	g_autofree char *figure = g_strdup_printf(*word ? "%s %d" : "%s%d", glyph(n < 0 ? GLYPH_DOWN : GLYPH_UP), ABS(n));

	return n == 0 ? 0 : canvas_printf(c, y, x, n < 0 ? ROLE_WARN : ROLE_OK, "%s %s%s", figure, word, since);
}

/* Against an hour and a day ago: "▼ 5 since 1h  ▲ 3 since 24h", or short, "▼5 1h ▲3 24h". Gives the cells used. */
static int draw_changes(const struct canvas *c, int y, int x, const struct host *h, const struct score *s, enum score_dimension d, gboolean brief)
{
	const char *word = brief ? "" : "since ";
	int start = x, gap = brief ? 1 : 2;
	double hour, day;

	score_change(h, s, d, &hour, &day);
	x += draw_change(c, y, x, hour, word, "1h");
	x += x > start ? gap : 0;
	x += draw_change(c, y, x, day, word, "24h");
	return x - start;
}

/* The samples of a dimension and the top of their scale; NULL when none are kept. */
static const struct history *history_of(const struct host *h, enum score_dimension d, double *high)
{
	const struct history *history = d == SCORE_CPU ? &h->steal : d == SCORE_SERVICES ? &h->unhealthy : d == SCORE_DISK ? &h->disk
		: d == SCORE_MEMORY || d == SCORE_LLM ? &h->memory : NULL;

	*high = d == SCORE_CPU ? 20 : d == SCORE_SERVICES ? 4 : 100;
	for (guint i = 0; history && d == SCORE_SERVICES && i < history->count; i++)
		*high = fmax(*high, history_at(history, i));
	return history;
}

/* Cells of the longest text: the sparklines stand right behind it. */
static int text_cells(const struct score *s, int most)
{
	int cells = 0;

	for (guint i = 0; i < SCORE_DIMENSIONS; i++)
		cells = MAX(cells, text_width(s->parts[i].text));
	return MIN(cells, most);
}

static void draw_dimension(const struct panel *p, const struct canvas *c, int y, const struct host *h, const struct score *s,
                           enum score_dimension d)
{
	const struct score_part *part = &s->parts[d];
	struct look look = look_of(part, host_line_is_up(h));
	enum role text = look.role == ROLE_OK ? ROLE_TEXT : look.role;
	int spark = CLAMP((c->width - 80) / 2 + SPARK_LEAST, 0, 40), room = c->width - (c->width >= CHANGES_AT_WIDTH ? CHANGES_CELLS : 0);
	int most = room - TEXT_AT - (spark >= SPARK_LEAST ? SPARK_LEAST + 3 : 1), cells = text_cells(s, most);
	double high;
	const struct history *history = history_of(h, d, &high);

	canvas_text(c, y, 3, 1, look.role, glyph(look.glyph));
	canvas_text(c, y, 5, POINTS_AT - 6, part->assessed ? look.role == ROLE_STALE ? ROLE_STALE : ROLE_TEXT : ROLE_DIM, score_dimension_title(d));
	if (part->assessed)
		canvas_printf(c, y, POINTS_AT, text, "%2d/%d", part->points, part->maximum);
	else
		canvas_text(c, y, POINTS_AT, -1, ROLE_DIM, " n/a");
	canvas_text(c, y, TEXT_AT, cells, text, part->text);
	spark = MIN(spark, SPARK_LEAST + most - cells); /* a longer text is worth more than a longer line */
	if (history && spark >= SPARK_LEAST)
		draw_history(c, y, TEXT_AT + cells + 2, spark, history, high);
	if (room < c->width)
		draw_changes(c, y, TEXT_AT + cells + 2 + spark + 2, h, s, d, TRUE);
	if (d == p->dimension) {
		canvas_text(c, y, 1, 1, ROLE_ACCENT, glyph(GLYPH_CURSOR));
		canvas_overlay(c, y, 0, c->width, ROLE_SELECTED);
	}
}

static void draw_title(const struct panel *p, const struct canvas *c, int y, const struct host *h)
{
	char fresh[160], up[32], name[160];
	enum role role = host_line_freshness(p->context.world, h, &h->probe_datum, fresh, sizeof fresh);
	int width = MIN(text_width(fresh), c->width / 2);
	struct canvas left = canvas_part(c, y, 0, 1, c->width - width - 3);
	int x = 1;

	text_cut_middle(h->name, 32, name, sizeof name);
	x += canvas_text(&left, 0, x, -1, ROLE_ACCENT, name) + 3;
	if (datum_known(&h->probe_datum)) {
		text_duration((gint64)h->probe.uptime_s, up, sizeof up);
		x += canvas_printf(&left, 0, x, ROLE_DIM, "up %s   Linux %s", up, h->probe.kernel) + 3;
	}
	if (h->local)
		canvas_text(&left, 0, x, -1, ROLE_DIM, "this machine");
	else if (h->link.address)
		canvas_printf(&left, 0, x, ROLE_DIM, "%s by %s", h->link.address, h->link.transport ? h->link.transport : text_unknown());
	canvas_text(c, y, c->width - width - 1, width, role, fresh);
}

/* Why it is not reached, since when, what to do. Gives the rows used. */
static int draw_report(const struct panel *p, const struct canvas *c, int y, const struct host *h)
{
	g_autofree char *report = host_line_report(&p->context, h);
	g_auto(GStrv) lines = g_strsplit(report, "\n", -1);
	int used = 0, width = c->width - 6;
	struct look look;

	host_line_look(h, &look.role, &look.glyph);
	canvas_text(c, y, 3, 1, look.role, glyph(look.glyph));
	for (guint i = 0; lines[i]; i++)
		for (const char *at = lines[i]; *at && used < REPORT_ROWS;) {
			gsize len = panel_wrap_row(at, width);
			g_autofree char *row = g_strndup(at, len);
			canvas_text(c, y + used++, 5, width, i == 0 ? look.role : ROLE_TEXT, row);
			at += len;
			at += *at == ' ';
		}
	return used;
}

/* The week when the store knows it and it fits, else the last minutes. */
static void draw_sum_history(const struct canvas *c, int y, int x, const struct host *h)
{
	int known = 0, room = c->width - x - 2;

	for (guint i = 0; i < HOST_WEEK_STEPS; i++)
		known += !isnan(h->past.week[i]);
	if (known > 1 && room >= HOST_WEEK_STEPS + 4) {
		chart_sparkline(c, y, x, HOST_WEEK_STEPS, ROLE_DIM, h->past.week, HOST_WEEK_STEPS, 0, 100);
		canvas_text(c, y, x + HOST_WEEK_STEPS + 1, -1, ROLE_DIM, "7d");
	} else if (h->score.count > 1) {
		draw_history(c, y, x, MIN((int)h->score.count, room), &h->score, 100);
	}
}

/* "68 /100", or "68 of 85 assessed" when a dimension has no data, and the gauge below. */
static void draw_sum(const struct canvas *c, int y, const struct host *h, const struct score *s)
{
	static const enum role roles[] = {
		[SEVERITY_UNKNOWN] = ROLE_UNKNOWN, [SEVERITY_OK] = ROLE_OK, [SEVERITY_WARN] = ROLE_WARN, [SEVERITY_CRIT] = ROLE_CRIT,
	};
	enum role role = host_line_is_up(h) ? roles[s->worst] : ROLE_STALE;
	int x = 3;

	if (s->maximum == 0)
		x += canvas_printf(c, y, x, ROLE_UNKNOWN, "%s  nothing is known yet", text_unknown());
	else if (s->maximum == 100)
		x += canvas_printf(c, y, x, role, "%d /100", s->points);
	else
		x += canvas_printf(c, y, x, role, "%d of %d assessed", s->points, s->maximum);
	x += 2;
	x += draw_changes(c, y, x, h, s, SCORE_DIMENSIONS, FALSE);
	draw_sum_history(c, y, MAX(x + 2, TEXT_AT), h);
	chart_gauge(c, y + 1, 3, MIN(c->width - 6, GAUGE_CELLS), role, s->maximum > 0 ? (double)s->points / s->maximum : NAN);
}

static int draw_text(const struct canvas *c, int y, const char *text, enum role role)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	int used = 0;

	for (guint i = 0; lines[i]; i++)
		if (*lines[i])
			canvas_text(c, y + used++, 5, -1, role, lines[i]);
	if (y < c->height && y + used > c->height)
		canvas_text_right(c, c->height - 1, c->width, ROLE_DIM, " more: make the window higher ");
	return used;
}

static int draw_warnings(const struct canvas *c, int y, const struct score *s, gboolean up)
{
	enum role role = up ? ROLE_WARN : ROLE_STALE;
	int used = 0;

	for (guint i = 0; i < G_N_ELEMENTS(s->warnings); i++) {
		if (!*s->warnings[i])
			continue;
		canvas_text(c, y + used, 3, 1, role, glyph(up ? GLYPH_WARN : GLYPH_STALE));
		canvas_text(c, y + used++, 5, -1, role, s->warnings[i]);
	}
	return used;
}

static void draw_explanation(const struct panel *p, const struct canvas *c, int y, const struct host *h, const struct score *s)
{
	g_autofree char *text = score_explain(h, p->dimension, &p->context.world->thresholds);

	canvas_rule(c, y, ROLE_FRAME);
	canvas_printf(c, y, 3, ROLE_ACCENT, " %s ", score_dimension_title(p->dimension));
	y += 1 + (draw_changes(c, y + 1, 5, h, s, p->dimension, FALSE) > 0);
	draw_text(c, y, text, ROLE_TEXT);
}

static void draw_card(struct panel *p, const struct canvas *c, int y, const struct host *h, const struct score *s)
{
	gboolean up = host_line_is_up(h);
	g_autofree char *facts = score_facts(h);

	draw_title(p, c, y++, h);
	if (host_line_has_trouble(h))
		y += draw_report(p, c, y, h);
	draw_sum(c, y, h, s);
	y += 2;
	p->first_row = y;
	for (guint d = 0; d < SCORE_DIMENSIONS; d++)
		draw_dimension(p, c, y++, h, s, d);
	y += draw_warnings(c, y, s, up);
	if (p->explained)
		draw_explanation(p, c, y, h, s);
	else if (y + 4 <= c->height && *facts)
		draw_text(c, y + 1, facts, up ? ROLE_DIM : ROLE_STALE);
}

void score_draw(struct panel *p, const struct canvas *c)
{
	int y;

	score_collect(p);
	p->list_height = 0;
	if (p->rows->len == 0) {
		canvas_text(c, 1, 2, -1, ROLE_DIM, "no host is configured");
		return;
	}
	y = p->explained ? 0 : score_draw_hosts(p, c); /* the explanation needs the room */
	for (guint i = 0; i < p->rows->len; i++) {
		const struct score_row *r = &g_array_index(p->rows, struct score_row, i);
		if (g_strcmp0(r->host->name, table_selected(p->table)) == 0)
			draw_card(p, c, y, r->host, &r->score);
	}
	g_array_set_size(p->rows, 0);
}
