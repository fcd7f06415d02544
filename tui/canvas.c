#include "tui/canvas.h"

#include <curses.h>
#include <stdarg.h>
#include <string.h>

#include "tui/glyph.h"
#include "tui/palette.h"
#include "tui/text.h"

struct canvas canvas_part(const struct canvas *c, int y, int x, int height, int width)
{
	int top = MAX(y, 0), left = MAX(x, 0);
	int bottom = height < 0 ? c->height : MIN(y + height, c->height);
	int right = width < 0 ? c->width : MIN(x + width, c->width);

	return (struct canvas){c->y + top, c->x + left, MAX(bottom - top, 0), MAX(right - left, 0)};
}

static void put_cell(int y, int x, const struct text_cell *cell, struct palette_style style)
{
	wchar_t chars[CCHARW_MAX + 1] = {(wchar_t)cell->base};
	cchar_t out;
	guint n = 1;

	for (guint i = 0; i < cell->mark_count && n < CCHARW_MAX; i++)
		chars[n++] = (wchar_t)cell->marks[i];
	/* Curses takes a character that the locale calls no character as an error, not as a blank. */
	if (setcchar(&out, chars, style.attributes, style.pair, NULL) == ERR)
		setcchar(&out, L"?", style.attributes, style.pair, NULL);
	mvadd_wchnstr(y, x, &out, 1);
}

static void put_blanks(int y, int x, int count, struct palette_style style)
{
	static const struct text_cell blank = {.base = ' ', .width = 1};

	for (int i = 0; i < count; i++)
		put_cell(y, x + i, &blank, style);
}

/* The part of a row that is inside: FALSE when nothing is. `skip` grows by what is cut off at the left. */
static gboolean clip(const struct canvas *c, int y, int *x, int *width, int *skip)
{
	int rest;

	if (y < 0 || y >= c->height || *x >= c->width)
		return FALSE;
	if (*width < 0)
		*width = c->width - *x;
	if (*x < 0) {
		*skip -= *x;
		*width += *x;
		*x = 0;
	}
	rest = c->width - *x;
	*width = MIN(*width, rest);
	return *width > 0;
}

/* Draws cells `skip` … `skip + width` of the text; gives the cells used. All is inside already. */
static int draw(int y, int x, int width, struct palette_style style, const char *text, const char *end, int skip)
{
	struct text_cell cell;
	int at = -skip; /* cell, from the left edge */

	while (at < width && text_next(&text, end, &cell)) {
		int after = at + cell.width;
		if (at >= 0 && after <= width)
			put_cell(y, x + at, &cell, style);
		else if (after > 0) /* half of a wide character */
			put_blanks(y, x + MAX(at, 0), MIN(after, width) - MAX(at, 0), style);
		at = after;
	}
	return CLAMP(at, 0, width);
}

/* Does the text end within so many cells? Looks no further. */
static gboolean fits(const char *text, const char *end, int cells)
{
	struct text_cell cell;

	if (end - text <= cells) /* no character has more cells than bytes */
		return TRUE;
	while (text_next(&text, end, &cell))
		if ((cells -= cell.width) < 0)
			return FALSE;
	return TRUE;
}

/* The first byte after as many whole cells as fit. */
static const char *find_cut(const char *text, const char *end, int cells)
{
	struct text_cell cell;
	const char *at = text;

	while (text_next(&at, end, &cell) && (cells -= cell.width) >= 0)
		text = at;
	return text;
}

int canvas_text(const struct canvas *c, int y, int x, int width, enum role role, const char *text)
{
	const char *end = text + strlen(text), *mark = glyph(GLYPH_ELLIPSIS);
	struct palette_style style = palette_style(role);
	int skip = 0;

	if (!clip(c, y, &x, &width, &skip))
		return 0;
	if (fits(text, end, skip + width))
		return draw(c->y + y, c->x + x, width, style, text, end, skip);
	int used = draw(c->y + y, c->x + x, width - 1, style, text, find_cut(text, end, skip + width - 1), skip);
	return used + draw(c->y + y, c->x + x + used, 1, style, mark, mark + strlen(mark), 0);
}

int canvas_bytes(const struct canvas *c, int y, int x, int width, enum role role, const char *bytes, gsize len, int skip)
{
	skip = MAX(skip, 0);
	if (!clip(c, y, &x, &width, &skip))
		return 0;
	return draw(c->y + y, c->x + x, width, palette_style(role), bytes, bytes + len, skip);
}

int canvas_text_right(const struct canvas *c, int y, int right, enum role role, const char *text)
{
	int width = text_width(text);

	return canvas_text(c, y, right - width, width, role, text);
}

int canvas_printf(const struct canvas *c, int y, int x, enum role role, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	return canvas_text(c, y, x, -1, role, text);
}

void canvas_fill(const struct canvas *c, int y, int x, int height, int width, enum role role)
{
	struct canvas part = canvas_part(c, y, x, height, width);

	for (int row = 0; row < part.height; row++)
		put_blanks(part.y + row, part.x, part.width, palette_style(role));
}

void canvas_rule(const struct canvas *c, int y, enum role role)
{
	const char *line = glyph(GLYPH_RULE);

	for (int x = 0; x < c->width; x++)
		canvas_text(c, y, x, 1, role, line);
}

static struct palette_style style_at(int y, int x)
{
	wchar_t chars[CCHARW_MAX + 1];
	struct palette_style style = {A_NORMAL, 0};
	cchar_t cell;

	if (mvin_wch(y, x, &cell) != ERR)
		getcchar(&cell, chars, &style.attributes, &style.pair, NULL);
	style.attributes &= ~(attr_t)A_COLOR;
	return style;
}

void canvas_overlay(const struct canvas *c, int y, int x, int width, enum role role)
{
	int skip = 0;

	if (!clip(c, y, &x, &width, &skip))
		return;
	for (int i = 0; i < width; i++) {
		struct palette_style style = palette_overlay(role, style_at(c->y + y, c->x + x + i));
		mvchgat(c->y + y, c->x + x + i, 1, style.attributes, style.pair, NULL);
	}
}
