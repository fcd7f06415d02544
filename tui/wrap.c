#include "tui/wrap.h"

#include <string.h>

#include "tui/text.h"

static void append_row(GArray *rows, const char *text, const char *start, const char *end)
{
	struct wrap_row row = {(gsize)(start - text), (gsize)(end - start)};

	g_array_append_val(rows, row);
}

/* The end of the row that begins here; *next is where the one after begins. */
static const char *end_of_row(const char *start, const char *end, int width, const char **next)
{
	const char *at = start, *blank = NULL;
	gboolean word = FALSE; /* blanks at the beginning are no place to break */
	struct text_cell cell;

	for (int used = 0;;) {
		const char *before = at;
		if (!text_next(&at, end, &cell)) {
			*next = end;
			return end;
		}
		used += cell.width;
		if (cell.base != ' ')
			word = TRUE;
		else if (word) /* it may hang over the edge */
			blank = before;
		if (used <= width)
			continue;
		if (blank) {
			for (*next = blank + 1; *next < end && **next == ' ';) /* a gap of several leaves no indent below */
				(*next)++;
			return blank;
		}
		*next = before > start ? before : at; /* a character that is wider than the row is a row all the same */
		return *next;
	}
}

void wrap_text(const char *text, int width, GArray *rows)
{
	for (const char *line = text; *line;) {
		const char *end = strchrnul(line, '\n'), *start = line, *next;

		if (width <= 0 || end == line)
			append_row(rows, text, line, end);
		else
			for (; start < end; start = next)
				append_row(rows, text, start, end_of_row(start, end, width, &next));
		line = *end ? end + 1 : end;
	}
}
