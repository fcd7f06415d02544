/* How the Logs panel is drawn. */
#include "panels/logs_private.h"
#include "tui/glyph.h"

#define WORK_US 3000      /* so that a new filter fills the screen in the same frame: the newest lines come first */
#define DETAILS_LEAST 6

static gboolean all_have_problems(const struct log_store *store)
{
	for (guint32 i = 1; i <= log_store_source_count(store); i++)
		if (!log_store_source_info(store, i)->problem)
			return FALSE;
	return TRUE;
}

static void draw_empty(struct panel *p, const struct canvas *c, int y)
{
	const struct panel_context *k = &p->context;
	const struct log_store *store = k->world->logs;

	if (log_store_source_count(store) == 0) {
		canvas_printf(c, y + 1, 2, ROLE_TEXT, "nothing is followed yet: %s picks sources; %s on a container", panel_key(k, ACT_LOG_SOURCES),
		              panel_key(k, ACT_LOGS));
	} else if (log_store_lines(store) == 0 && all_have_problems(store)) {
		canvas_printf(c, y + 1, 2, ROLE_TEXT, "nothing comes from what is followed: %s picks other sources", panel_key(k, ACT_LOG_SOURCES));
	} else if (log_store_lines(store) == 0) {
		canvas_text(c, y + 1, 2, -1, ROLE_TEXT, "waiting for the first line");
	} else if (log_view_progress(p->view) < 1) {
		canvas_text(c, y + 1, 2, -1, ROLE_TEXT, "no line so far: still looking");
	} else if (log_view_filter_count(p->view) > 0 || p->level != LEVEL_NONE) {
		canvas_printf(c, y + 1, 2, ROLE_TEXT, "no line passes the filters: %s takes them away", panel_key(k, ACT_LOG_CLEAR_FILTERS));
	} else {
		canvas_printf(c, y + 1, 2, ROLE_TEXT, "no line of these sources yet: %s shows all sources", panel_key(k, ACT_LOG_CLEAR_FILTERS));
	}
}

/* Rows of the lines from `first` up to but without `last`; stops counting above `most`. */
static int rows_between(struct panel *p, const struct logs_columns *columns, int width, guint64 first, guint64 last, int most)
{
	struct log_line line;
	int rows = 0;

	for (guint64 i = first; i < last && rows <= most && log_view_at(p->view, i, &line); i++)
		rows += logs_line_rows(p, columns, width, &line);
	return rows;
}

/* The earliest line from which on `last` and what lies before it fill so many rows at most. */
static guint64 fill_up(struct panel *p, const struct logs_columns *columns, int width, guint64 last, int height)
{
	guint64 top = last;
	int rows = rows_between(p, columns, width, last, last + 1, height);

	while (top > 0) {
		rows += rows_between(p, columns, width, top - 1, top, height);
		if (rows > height)
			break;
		top--;
	}
	return top;
}

/* The first line to draw: as it was, unless the cursor would be outside or rows below the last line stayed blank. A step beyond the edge
 * scrolls by that step; a jump shows the line in the middle, with what was around it. */
static guint64 find_top(struct panel *p, const struct logs_columns *columns, int width, int height, guint64 cursor, guint64 count)
{
	guint64 top = MIN(log_view_find_seq(p->view, p->top), count - 1), end_top = fill_up(p, columns, width, count - 1, height);
	int below;

	if (p->follow)
		return end_top;
	below = rows_between(p, columns, width, top, cursor + 1, 2 * height);
	if (cursor < top)
		top = top - cursor <= (guint64)height ? cursor : fill_up(p, columns, width, cursor, height / 2);
	else if (below > height)
		top = fill_up(p, columns, width, cursor, below > 2 * height ? height / 2 : height);
	return MIN(top, end_top);
}

static int draw_line(struct panel *p, const struct canvas *c, const struct logs_columns *columns, int y, const struct log_line *line, gboolean at)
{
	int rows = MIN(logs_line_rows(p, columns, c->width, line), c->height - y);

	for (int i = 0; i < rows; i++) {
		logs_line_draw(p, c, columns, y + i, i, line);
		g_array_append_val(p->row_lines, line->seq);
		if (at && i == 0)
			canvas_text(c, y, 0, 1, ROLE_ACCENT, glyph(GLYPH_CURSOR));
		if (at)
			canvas_overlay(c, y + i, 0, c->width, ROLE_SELECTED);
	}
	return rows;
}

static void draw_lines(struct panel *p, const struct canvas *c)
{
	struct logs_columns columns = logs_columns(p, c->width);
	guint64 count = log_view_count(p->view), cursor = logs_cursor_index(p), top;
	struct log_line line;
	int y = 0;

	p->page = c->height;
	g_array_set_size(p->row_lines, 0);
	if (count == 0 || c->height <= 0)
		return;
	if (p->follow)
		logs_set_cursor(p, cursor);
	top = find_top(p, &columns, c->width, c->height, cursor, count);
	for (guint64 i = top; i < count && y < c->height && log_view_at(p->view, i, &line); i++) {
		if (i == top)
			p->top = line.seq;
		y += draw_line(p, c, &columns, y, &line, i == cursor);
	}
}

static void draw_list(struct panel *p, const struct canvas *c, int y, int height)
{
	gboolean histogram = p->histogram != HISTOGRAM_NONE && height >= 5 && log_store_source_count(p->context.world->logs) > 0;
	struct canvas lines = canvas_part(c, y, 0, MAX(height - histogram, 0), -1);

	p->lines_y = y;
	draw_lines(p, &lines);
	if (log_view_count(p->view) == 0)
		draw_empty(p, &lines, 0);
	if (histogram)
		logs_draw_histogram(p, c, y + height - 1);
}

void logs_draw(struct panel *p, const struct canvas *c)
{
	int y = 1, height, below;
	struct canvas pane;

	if (p->sources_seen != log_store_source_count(p->context.world->logs))
		logs_choose_sources(p);
	log_view_work(p->view, WORK_US);
	logs_draw_title(p, c);
	y += logs_draw_conditions(p, c, y);
	height = MAX(c->height - y, 0);
	below = !p->details ? 0 : p->full ? height : MIN(MAX(DETAILS_LEAST, height * 2 / 5), height);
	if (!p->full)
		draw_list(p, c, y, height - below);
	pane = canvas_part(c, y + height - below, 0, below, -1);
	if (p->details)
		logs_draw_details(p, &pane);
}
