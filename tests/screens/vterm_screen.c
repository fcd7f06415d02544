/* The driver's reading half: what is on the screen. */
#include "tests/screens/vterm_driver.h"

#include "tests/screens/vterm_driver_private.h"

#include <string.h>

static VTermScreenCell cell_at(struct driver *d, int row, int column)
{
	VTermScreenCell cell;

	memset(&cell, 0, sizeof cell);
	vterm_screen_get_cell(d->screen, (VTermPos){row, column}, &cell);
	return cell;
}

static gboolean is_right_half(const VTermScreenCell *cell)
{
	return cell->chars[0] == (uint32_t)-1;
}

static void append_cell(GString *text, const VTermScreenCell *cell)
{
	if (cell->chars[0] == 0)
		g_string_append_c(text, ' ');
	if (is_right_half(cell))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(cell->chars) && cell->chars[i] != 0; i++)
		g_string_append_unichar(text, cell->chars[i]);
}

static void append_row(struct driver *d, GString *text, int row)
{
	gsize start = text->len;

	for (int x = 0; x < d->columns; x++) {
		VTermScreenCell cell = cell_at(d, row, x);
		append_cell(text, &cell);
	}
	while (text->len > start && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
}

char *driver_row(struct driver *d, int row)
{
	GString *text = g_string_new(NULL);

	append_row(d, text, row);
	return g_string_free(text, FALSE);
}

char *driver_text(struct driver *d)
{
	GString *text = g_string_new(NULL);

	for (int y = 0; y < d->rows; y++) {
		append_row(d, text, y);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

gboolean driver_has(struct driver *d, const char *text)
{
	g_autofree char *screen = driver_text(d);

	return strstr(screen, text) != NULL;
}

/* The column of the cell in which a byte of the row's text stands. */
static int column_of(struct driver *d, int row, gsize at)
{
	g_autoptr(GString) text = g_string_new(NULL);
	int x = 0;

	for (; x < d->columns; x++) {
		VTermScreenCell cell = cell_at(d, row, x);
		append_cell(text, &cell);
		if (text->len > at)
			break;
	}
	return x;
}

int driver_find(struct driver *d, const char *text, int *column)
{
	for (int y = 0; y < d->rows; y++) {
		g_autofree char *row = driver_row(d, y);
		const char *at = strstr(row, text);
		if (at == NULL)
			continue;
		if (column != NULL)
			*column = column_of(d, y, (gsize)(at - row));
		return y;
	}
	return -1;
}

int driver_rows(const struct driver *d)
{
	return d->rows;
}

int driver_columns(const struct driver *d)
{
	return d->columns;
}

static int colour_of(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return -1;
	if (VTERM_COLOR_IS_INDEXED(c))
		return c->indexed.idx;
	return 0x1000000 | c->rgb.red << 16 | c->rgb.green << 8 | c->rgb.blue;
}

struct driver_cell driver_cell(struct driver *d, int row, int column)
{
	VTermScreenCell cell = cell_at(d, row, column);

	return (struct driver_cell){
		.c = is_right_half(&cell) ? 0 : cell.chars[0],
		.fg = colour_of(&cell.fg),
		.bg = colour_of(&cell.bg),
		.bold = cell.attrs.bold,
		.reverse = cell.attrs.reverse,
		.underline = cell.attrs.underline != 0,
		.blink = cell.attrs.blink,
	};
}

gboolean driver_cursor(struct driver *d, int *row, int *column)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(d->vt), &at);
	if (row != NULL)
		*row = at.row;
	if (column != NULL)
		*column = at.col;
	return d->cursor;
}

gboolean driver_alternate(const struct driver *d)
{
	return d->alternate;
}

guint64 driver_bytes(const struct driver *d)
{
	return d->bytes;
}

const char *driver_raw(const struct driver *d, gsize *length)
{
	*length = d->raw->len;
	return (const char *)d->raw->data;
}

/* The payload of the last operating system command that starts so, newly allocated; NULL when there was none. libvterm's interface to
 * them changes from version to version. */
static char *last_command(const struct driver *d, const char *start)
{
	const char *from = (const char *)d->raw->data, *end = from + d->raw->len, *found = NULL, *stop;
	gsize length = 0;

	while (from != NULL && (from = memmem(from, (gsize)(end - from), start, strlen(start))) != NULL) {
		from += strlen(start);
		for (stop = from; stop < end && *stop != '\007' && *stop != '\033'; stop++)
			;
		if (stop == end)
			break;
		found = from;
		length = (gsize)(stop - from);
	}
	return found != NULL ? g_strndup(found, length) : NULL;
}

const char *driver_title(struct driver *d)
{
	char *title = last_command(d, "\033]2;");

	if (title == NULL)
		title = last_command(d, "\033]0;");
	g_free(d->title);
	d->title = title != NULL ? title : g_strdup("");
	return d->title;
}

const char *driver_clipboard(struct driver *d)
{
	g_autofree char *coded = last_command(d, "\033]52;c;");
	gsize length;

	g_clear_pointer(&d->clipboard, g_free);
	if (coded != NULL) {
		g_autofree guchar *bytes = g_base64_decode(coded, &length);
		d->clipboard = g_strndup((const char *)bytes, length);
	}
	return d->clipboard;
}
