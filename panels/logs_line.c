/* How one log line is laid out and drawn. */
#include <string.h>

#include "panels/logs_private.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define GUTTER 2        /* cursor, bookmark */
#define LEVEL_CELLS 6
#define SOURCE_NARROW 16
#define SOURCE_WIDE 30
#define HOST_LEAST 5    /* cells of a host before its source; less says nothing */
#define TEXT_LEAST 24   /* a narrower text loses the columns before it */
#define MATCHES_MAX 32
#define ROWS_MAX 400    /* of one wrapped line */

enum role logs_level_role(enum log_level level)
{
	if (level >= LEVEL_ERROR)
		return ROLE_CRIT;
	if (level == LEVEL_WARN)
		return ROLE_WARN;
	return level == LEVEL_INFO ? ROLE_TEXT : ROLE_DIM;
}

void logs_time_text(enum logs_time mode, gint64 time_us, gint64 now_us, char *out, gsize size)
{
	gint64 seconds = time_us / G_USEC_PER_SEC, of_day = seconds % 86400;
	int ms = (int)(time_us % G_USEC_PER_SEC / 1000);
	g_autoptr(GDateTime) day = mode == LOGS_FULL ? g_date_time_new_from_unix_utc(seconds) : NULL;
	char clock[24];

	g_snprintf(clock, sizeof clock, "%02d:%02d:%02d.%03d", (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60), ms);
	if (mode == LOGS_NO_TIME)
		g_strlcpy(out, "", size);
	else if (mode == LOGS_AGE)
		text_age(MAX(now_us - time_us, 0) / G_USEC_PER_SEC, out, size);
	else if (day)
		g_snprintf(out, size, "%04d-%02d-%02d %sZ", g_date_time_get_year(day), g_date_time_get_month(day), g_date_time_get_day_of_month(day), clock);
	else
		g_strlcpy(out, clock, size);
}

/* Of the same unit on many gateways the gateway alone. */
static void source_text(const struct log_source_info *info, const struct logs_columns *c, char *out, gsize size)
{
	if (c->hosts && !c->names)
		g_strlcpy(out, info->host, size);
	else
		logs_source_name(info, c->hosts, out, size);
}

struct logs_columns logs_columns(const struct panel *p, int width)
{
	static const int times[] = { [LOGS_CLOCK] = 13, [LOGS_FULL] = 25, [LOGS_AGE] = 5, [LOGS_NO_TIME] = 0 };
	const struct log_store *store = p->context.world->logs;
	struct logs_columns c = { .time = times[p->time], .level = TRUE };
	const struct log_source_info *first = NULL;
	guint shown = 0;

	for (guint32 i = 1; i <= log_store_source_count(store); i++) {
		const struct log_source_info *info = log_store_source_info(store, i);
		if (!logs_is_wanted(p, i))
			continue;
		first = first ? first : info;
		c.hosts = c.hosts || !g_str_equal(first->host, info->host);
		c.names = c.names || !g_str_equal(first->name, info->name);
		shown++;
	}
	for (guint32 i = 1; shown > 1 && i <= log_store_source_count(store); i++) {
		char name[256];
		if (!logs_is_wanted(p, i))
			continue;
		source_text(log_store_source_info(store, i), &c, name, sizeof name);
		c.source = MAX(c.source, MIN(text_width(name), width >= 120 ? SOURCE_WIDE : SOURCE_NARROW) + 1);
	}
	c.text = GUTTER + c.time + c.source + LEVEL_CELLS;
	if (width - c.text < TEXT_LEAST)
		c = (struct logs_columns){ .text = GUTTER };
	return c;
}

/* Cells of so many bytes; `most`: more need not be counted. */
static int cells_of(const char *text, gsize len, int most)
{
	const char *at = text, *end = text + len;
	struct text_cell cell;
	int n = 0;

	while (n <= most && text_next(&at, end, &cell))
		n += cell.width;
	return n;
}

/* A row of a wrapped text, in cells of it. */
struct stretch { int from, cells; };

/* How many rows a text takes; `out` is the one that is asked for. A wide character that has no room at the end of a row begins the next. */
static int wrap_cells(const struct log_line *line, int room, int segment, struct stretch *out)
{
	const char *at = line->text, *end = at + line->length;
	struct text_cell cell;
	int row = 0, used = 0, all = 0;

	*out = (struct stretch){ 0, 0 };
	while (text_next(&at, end, &cell)) {
		if (used > 0 && used + cell.width > room) {
			used = 0;
			if (++row == segment)
				out->from = all;
		}
		used += cell.width;
		all += cell.width;
		if (row == segment)
			out->cells = used;
	}
	return row + 1;
}

int logs_line_rows(const struct panel *p, const struct logs_columns *columns, int width, const struct log_line *line)
{
	struct stretch first;

	return p->wrap ? MIN(wrap_cells(line, MAX(width - columns->text, 1), 0, &first), ROWS_MAX) : 1;
}

static void draw_matches(struct panel *p, const struct canvas *c, const struct logs_columns *columns, int y, struct stretch shown,
                         const struct log_line *line)
{
	struct log_range ranges[MATCHES_MAX];
	guint n = log_view_matches(p->view, line, ranges, MATCHES_MAX);

	for (guint i = 0; i < n; i++) {
		int from = cells_of(line->text, ranges[i].start, G_MAXINT) - shown.from;
		int to = from + cells_of(line->text + ranges[i].start, ranges[i].end - ranges[i].start, G_MAXINT);
		from = MAX(from, 0);
		to = MIN(to, shown.cells);
		if (to > from)
			canvas_overlay(c, y, columns->text + from, to - from, ROLE_MATCH);
	}
}

/* The same source has the same look in every session; the colours of states are not among them. */
static enum role source_role(const struct log_source_info *info)
{
	static const enum role roles[] = { ROLE_ACCENT, ROLE_FRAME, ROLE_TEXT, ROLE_DIM };

	return roles[(g_str_hash(info->host) * 31 + g_str_hash(info->name)) % G_N_ELEMENTS(roles)];
}

/* The name is what tells sources apart: when there is little room the host before it is cut first. */
static void fit_source(const struct log_source_info *info, const struct logs_columns *columns, char *out, gsize size)
{
	const int cells = columns->source - 1;
	char name[256], host[128];
	int left;

	logs_source_name(info, FALSE, name, sizeof name);
	left = cells - text_width(name) - 1;
	if (columns->hosts && columns->names && left >= HOST_LEAST) {
		text_cut_middle(info->host, left, host, sizeof host);
		g_snprintf(out, size, "%s/%s", host, name);
		return;
	}
	source_text(info, columns, name, sizeof name);
	text_cut_middle(name, cells, out, size);
}

static void draw_head(struct panel *p, const struct canvas *c, const struct logs_columns *columns, int y, const struct log_line *line)
{
	const struct log_source_info *info = log_store_source_info(p->context.world->logs, line->source);
	char text[64], cut[400];
	int x = GUTTER;

	if (logs_is_bookmark(p, line->seq))
		canvas_text(c, y, 1, 1, ROLE_ACCENT, glyph(GLYPH_MARK));
	logs_time_text(p->time, line->time_us, p->context.world->utc_us, text, sizeof text);
	if (columns->time > 0)
		canvas_text(c, y, x, columns->time, line->flags & LINE_TIME_ARRIVAL ? ROLE_STALE : ROLE_DIM, text);
	x += columns->time;
	fit_source(info, columns, cut, sizeof cut);
	if (columns->source > 0)
		canvas_text(c, y, x, columns->source, source_role(info), cut);
	x += columns->source;
	if (columns->level)
		canvas_text(c, y, x, LEVEL_CELLS, logs_level_role(line->level), log_level_name(line->level));
}

static enum role text_role(const struct log_line *line)
{
	if (line->flags & LINE_NOTE)
		return ROLE_WARN;
	return line->level == LEVEL_FATAL ? ROLE_CRIT : line->level == LEVEL_DEBUG || line->level == LEVEL_TRACE ? ROLE_DIM : ROLE_TEXT;
}

void logs_line_draw(struct panel *p, const struct canvas *c, const struct logs_columns *columns, int y, int segment, const struct log_line *line)
{
	int room = MAX(c->width - columns->text, 1), skip = p->pan;
	struct stretch shown = { skip, room };

	if (segment == 0)
		draw_head(p, c, columns, y, line);
	if (p->wrap)
		wrap_cells(line, room, segment, &shown);
	canvas_bytes(c, y, columns->text, shown.cells, text_role(line), line->text, line->length, shown.from);
	draw_matches(p, c, columns, y, shown, line);
	if (p->wrap)
		return;
	if (skip > 0 && line->length > 0)
		canvas_text(c, y, columns->text, 1, ROLE_DIM, glyph(GLYPH_ELLIPSIS));
	if (cells_of(line->text, line->length, skip + room) > skip + room)
		canvas_text(c, y, c->width - 1, 1, ROLE_DIM, glyph(GLYPH_ELLIPSIS));
}
