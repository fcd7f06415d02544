/* How a table is laid out and drawn. */
#include <string.h>

#include "tui/glyph.h"
#include "tui/table_private.h"
#include "tui/text.h"

#define EXTRA 9 /* columns of this priority and above are shown only when no name has to be cut for them */
#define GUTTER 3 /* cursor, state glyph, mark */
#define GAP 2    /* between columns; a figure is content with 1 when there is little room */

/* Room for the title and, beside it, for the arrow. */
static int title_width(const struct table *t, guint column)
{
	return text_width(t->columns[column].title) + (t->sort_column == (int)column ? 1 : 0);
}

static int least_width(const struct table *t, guint column)
{
	return MAX(t->columns[column].least, title_width(t, column));
}

static int wanted_width(const struct table *t, guint column)
{
	return MAX(least_width(t, column), MIN(t->needs[column], t->columns[column].most));
}

static int gap_before(const struct table *t, guint column)
{
	return t->columns[column].right ? t->figure_gap : GAP;
}

static int used_width(const struct table *t)
{
	int used = 0;

	for (guint i = 0; i < t->column_count; i++)
		if (t->widths[i] > 0)
			used += t->widths[i] + (used > 0 ? gap_before(t, i) : 0);
	return used;
}

/* The shown column that is missed least; -1 when all that is left has to stay, as the one that is sorted by does. */
static int find_least(const struct table *t)
{
	int found = -1;

	for (guint i = 0; i < t->column_count; i++)
		if (t->widths[i] > 0 && t->columns[i].priority > 0 && t->sort_column != (int)i &&
		    (found < 0 || t->columns[i].priority >= t->columns[found].priority))
			found = (int)i;
	return found;
}

/* Lets the most important columns grow first into what is left; gives what is left then. */
static int grow(struct table *t, int left)
{
	for (guint priority = 0; left > 0 && priority < TABLE_COLUMNS_MAX; priority++)
		for (guint i = 0; left > 0 && i < t->column_count; i++) {
			int more;
			if (t->widths[i] == 0 || t->columns[i].priority != priority)
				continue;
			more = CLAMP(wanted_width(t, i) - t->widths[i], 0, left);
			t->widths[i] += more;
			left -= more;
		}
	return left;
}

/* Cells that the columns which always stay lack to show their texts whole. */
static int missing_for_names(const struct table *t)
{
	int missing = 0;

	for (guint i = 0; i < t->column_count; i++)
		if (t->columns[i].priority == 0 && t->widths[i] > 0)
			missing += wanted_width(t, i) - t->widths[i];
	return missing;
}

/* Drops columns until the least widths fit, and gives what is left to those that can use it. */
static void lay_out(struct table *t, int width)
{
	int figures = 0, dropped;

	t->figure_gap = 1;
	for (guint i = 0; i < t->column_count; i++)
		t->widths[i] = t->hidden[i] ? 0 : least_width(t, i);
	while (used_width(t) > width && (dropped = find_least(t)) >= 0)
		t->widths[dropped] = 0;
	while (missing_for_names(t) > width - used_width(t) && (dropped = find_least(t)) >= 0 && t->columns[dropped].priority >= EXTRA)
		t->widths[dropped] = 0;
	for (guint i = 0; i < t->column_count; i++)
		figures += t->widths[i] > 0 && t->columns[i].right;
	if (grow(t, width - used_width(t)) >= figures)
		t->figure_gap = GAP;
}

static void get_cell(const struct table *t, guint row, guint column, struct table_cell *out)
{
	out->role = ROLE_TEXT;
	out->text = "";
	out->buffer[0] = '\0';
	t->source->cell(t->user, row, column, out);
}

/* How long the texts on this page are. Widths only grow until the filter changes, so that scrolling does not move columns. */
static void measure(struct table *t)
{
	guint first, count;

	table_visible(t, &first, &count);
	for (guint column = 0; column < t->column_count; column++) {
		if (t->hidden[column] || t->columns[column].least >= t->columns[column].most)
			continue;
		for (guint i = first; i < first + count; i++) {
			struct table_cell cell;
			get_cell(t, table_row(t, i), column, &cell);
			t->needs[column] = MAX(t->needs[column], text_width(cell.text));
		}
	}
}

/* Where a column begins when the one before ended at `x`; 0: it is the first. */
static int column_left(const struct table *t, int x, guint column)
{
	return x > 0 ? x + gap_before(t, column) : GUTTER;
}

static void draw_title(const struct table *t, const struct canvas *c, guint column, int x)
{
	gboolean sorted = t->sort_column == (int)column;
	gboolean down = sorted && t->columns[column].descending != t->inverted;
	g_autofree char *title = g_strconcat(t->columns[column].title, sorted ? glyph(down ? GLYPH_DOWN : GLYPH_UP) : "", NULL);
	enum role role = sorted ? ROLE_ACCENT : ROLE_DIM;

	if (t->columns[column].right)
		canvas_text_right(c, 0, x + t->widths[column], role, title);
	else
		canvas_text(c, 0, x, t->widths[column], role, title);
}

static void draw_cell(const struct table *t, const struct canvas *c, int y, int x, int width, guint column, const struct table_cell *cell)
{
	char cut[512];

	if (t->columns[column].middle)
		text_cut_middle(cell->text, width, cut, sizeof cut);
	else
		text_cut_end(cell->text, width, cut, sizeof cut);
	if (t->columns[column].right)
		canvas_text_right(c, y, x + width, cell->role, cut);
	else
		canvas_text(c, y, x, width, cell->role, cut);
}

static void draw_row(const struct table *t, const struct canvas *c, int y, guint place)
{
	const struct entry *e = table_entry(t, place);
	struct table_look look = { .role = ROLE_TEXT, .glyph = "" };
	int x = 0;

	if (t->source->look)
		t->source->look(t->user, e->row, &look);
	if (place == t->cursor)
		canvas_text(c, y, 0, 1, ROLE_ACCENT, glyph(GLYPH_CURSOR));
	canvas_text(c, y, 1, 1, look.role, look.glyph);
	if (e->marked)
		canvas_text(c, y, 2, 1, ROLE_ACCENT, glyph(GLYPH_MARK));
	for (guint column = 0; column < t->column_count; column++) {
		struct table_cell cell;
		if (t->widths[column] == 0)
			continue;
		get_cell(t, e->row, column, &cell);
		if (look.faded)
			cell.role = ROLE_STALE;
		x = column_left(t, x, column);
		draw_cell(t, c, y, x, t->widths[column], column, &cell);
		x += t->widths[column];
	}
	if (place == t->cursor)
		canvas_overlay(c, y, 0, c->width, ROLE_SELECTED);
}

static void draw_header(const struct table *t, const struct canvas *c)
{
	int x = 0;

	if (t->sort_column == TABLE_SORT_DEFAULT && t->inverted)
		canvas_text(c, 0, 1, 1, ROLE_ACCENT, glyph(GLYPH_DOWN));
	for (guint column = 0; column < t->column_count; column++) {
		if (t->widths[column] == 0)
			continue;
		x = column_left(t, x, column);
		draw_title(t, c, column, x);
		x += t->widths[column];
	}
}

/* The part of the rows that is seen, at the right edge. */
static void draw_scrollbar(const struct table *t, const struct canvas *c)
{
	int rows = t->page, shown = (int)t->order->len;
	int size = MAX(rows * rows / MAX(shown, 1), 1);
	int at = (int)((gint64)t->top * (rows - size) / MAX(shown - rows, 1));

	for (int y = 0; y < size; y++)
		canvas_text(c, 1 + at + y, c->width - 1, 1, ROLE_DIM, glyph(GLYPH_VERTICAL));
}

void table_draw(struct table *t, const struct canvas *c, const char *empty)
{
	gboolean scrolls;

	t->page = MAX(c->height - 1, 0);
	table_scroll_to_cursor(t); /* the height may be another: no cursor outside, no blank lines below the last row */
	scrolls = (int)t->order->len > t->page && t->page > 0;
	measure(t);
	lay_out(t, c->width - GUTTER - (scrolls ? 2 : 1));
	draw_header(t, c);
	if (t->order->len == 0)
		canvas_text(c, MIN(2, c->height - 1), GUTTER, c->width - GUTTER, ROLE_DIM, empty);
	for (int y = 0; y < t->page && t->top + (guint)y < t->order->len; y++)
		draw_row(t, c, y + 1, t->top + (guint)y);
	if (scrolls)
		draw_scrollbar(t, c);
}
