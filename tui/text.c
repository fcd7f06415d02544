#include "tui/text.h"

#include <string.h>
#include <wchar.h>

#include "tui/glyph.h"

#define REPLACEMENT 0xFFFD

/* One code point off [*at, end); a bad byte is U+FFFD. */
static gunichar next_char(const char **at, const char *end)
{
	guchar first = (guchar)**at;

	if (first < 0x80) {
		(*at)++;
		return first;
	}
	gunichar c = g_utf8_get_char_validated(*at, end - *at);
	if (c == (gunichar)-1 || c == (gunichar)-2) {
		(*at)++;
		return REPLACEMENT;
	}
	*at = g_utf8_next_char(*at);
	return c;
}

/* Characters that would change how their neighbours look, or that terminals do not agree about. */
static gboolean is_invisible(gunichar c)
{
	return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF) || g_unichar_type(c) == G_UNICODE_FORMAT;
}

/* Cells of a character: 0 for a mark, -1 for what must not reach the terminal, -2 for what is dropped. */
static int char_width(gunichar c)
{
	if (c >= 0x20 && c < 0x7f)
		return 1;
	if (c < 0xa0)
		return -1;
	if (is_invisible(c))
		return -2;
	if (glyph_ascii()) /* the locale's wcwidth() knows none of them */
		return g_unichar_iszerowidth(c) ? -2 : -1;
	int width = wcwidth((wchar_t)c);
	if (width == 0 && c >= 0x2028 && c <= 0x2029)
		return -2;
	return width;
}

static void take_marks(const char **at, const char *end, struct text_cell *out)
{
	while (*at < end && (guchar)**at >= 0x80) {
		const char *after = *at;
		gunichar c = next_char(&after, end);
		int width = char_width(c);

		if (width == 0 && out->mark_count < G_N_ELEMENTS(out->marks))
			out->marks[out->mark_count++] = c;
		else if (width != 0 && width != -2)
			return;
		*at = after;
	}
}

gboolean text_next(const char **at, const char *end, struct text_cell *out)
{
	out->mark_count = 0;
	while (*at < end) {
		out->base = next_char(at, end);
		out->width = char_width(out->base);
		if (out->width == 0 || out->width == -2)
			continue;
		if (out->width < 0) {
			out->base = '?';
			out->width = 1;
		}
		if (*at < end && (guchar)**at >= 0x80)
			take_marks(at, end, out);
		return TRUE;
	}
	return FALSE;
}

int text_width(const char *utf8)
{
	const char *at = utf8, *end = utf8 + strlen(utf8);
	struct text_cell cell;
	int width = 0;

	while (text_next(&at, end, &cell))
		width += cell.width;
	return width;
}

/* Length of `needle` in the haystack when it stands at its beginning, else 0. */
static gsize match_length(const char *at, const char *end, const char *needle)
{
	const char *start = at, *needle_end = needle + strlen(needle);

	while (needle < needle_end) {
		if (at >= end || g_unichar_tolower(next_char(&at, end)) != g_unichar_tolower(next_char(&needle, needle_end)))
			return 0;
	}
	return (gsize)(at - start);
}

const char *text_find(const char *at, const char *end, const char *needle, gsize *length)
{
	if (*needle == '\0')
		return NULL;
	while (at < end) {
		gsize n = match_length(at, end, needle);
		if (n > 0) {
			*length = n;
			return at;
		}
		next_char(&at, end);
	}
	return NULL;
}

/* The first byte after as many whole cells as fit. */
static const char *skip_fitting(const char *text, const char *end, int cells)
{
	struct text_cell cell;
	const char *at = text;

	for (;;) {
		const char *after = at;
		if (!text_next(&after, end, &cell) || cell.width > cells)
			return at;
		cells -= cell.width;
		at = after;
	}
}

/* Where the last `cells` cells begin. */
static const char *find_tail(const char *text, const char *end, int cells)
{
	int surplus = text_width(text) - cells;
	struct text_cell cell;
	const char *at = text;

	while (surplus > 0 && text_next(&at, end, &cell))
		surplus -= cell.width;
	return at;
}

/* Appends bytes to a string in a buffer, whole characters only. */
static void append(char *out, gsize size, const char *bytes, gsize len)
{
	gsize used = strlen(out);

	if (used + 1 >= size)
		return;
	if (len > size - used - 1) {
		len = size - used - 1;
		while (len > 0 && ((guchar)bytes[len] & 0xC0) == 0x80)
			len--;
	}
	memcpy(out + used, bytes, len);
	out[used + len] = '\0';
}

static void cut(const char *utf8, int head, int tail, char *out, gsize size)
{
	const char *end = utf8 + strlen(utf8), *mark = glyph(GLYPH_ELLIPSIS);

	append(out, size, utf8, (gsize)(skip_fitting(utf8, end, head) - utf8));
	append(out, size, mark, strlen(mark));
	if (tail > 0) {
		const char *rest = find_tail(utf8, end, tail);
		append(out, size, rest, (gsize)(end - rest));
	}
}

/* TRUE when nothing has to be cut, or nothing can be shown: the work is done. */
static gboolean fits(const char *utf8, int cells, char *out, gsize size)
{
	g_return_val_if_fail(size > 0, TRUE);
	out[0] = '\0';
	if (cells <= 0)
		return TRUE;
	if (text_width(utf8) > cells)
		return FALSE;
	append(out, size, utf8, strlen(utf8));
	return TRUE;
}

void text_cut_end(const char *utf8, int cells, char *out, gsize size)
{
	if (!fits(utf8, cells, out, size))
		cut(utf8, cells - 1, 0, out, size);
}

void text_cut_middle(const char *utf8, int cells, char *out, gsize size)
{
	/* Names tell most at the beginning, and differ from their sisters at the end. */
	int tail = (cells - 1) / 3;

	if (!fits(utf8, cells, out, size))
		cut(utf8, cells - 1 - tail, tail, out, size);
}
