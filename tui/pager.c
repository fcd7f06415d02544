#include "tui/pager.h"

#include <string.h>

#include "tui/text.h"
#include "tui/wrap.h"

struct pager {
	char *text;
	GArray *rows;    /* of struct wrap_row */
	int width;       /* for which they were made; -1: they have to be made */
	gboolean pan;    /* long lines are cut and panned instead of wrapped */
	int left;        /* cells panned */
	int top, page;   /* rows; page 0 before the first drawing */
	int halves;      /* of a page, to be turned by the first drawing */
	char *needle;
	gsize match, match_length; /* bytes; length 0: there is none */
	gboolean seek;   /* the match has to come into sight at the next draw */
};

struct pager *pager_new(void)
{
	struct pager *p = g_new0(struct pager, 1);

	p->text = g_strdup("");
	p->rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
	p->width = -1;
	return p;
}

void pager_free(struct pager *p)
{
	if (!p)
		return;
	g_free(p->text);
	g_free(p->needle);
	g_array_unref(p->rows);
	g_free(p);
}

static const struct wrap_row *row_at(const struct pager *p, int row)
{
	return &g_array_index(p->rows, struct wrap_row, row);
}

/* The row that holds a byte of the text. */
static int row_of(const struct pager *p, gsize byte)
{
	int low = 0, high = (int)p->rows->len - 1;

	while (low < high) {
		int middle = (low + high + 1) / 2;
		if (row_at(p, middle)->start <= byte)
			low = middle;
		else
			high = middle - 1;
	}
	return MAX(low, 0);
}

/* Alike: half of the lines of the shorter one are in the other too. */
static gboolean is_alike(const char *old, const char *new)
{
	g_autoptr(GHashTable) lines = g_hash_table_new(g_str_hash, g_str_equal);
	g_auto(GStrv) old_lines = g_strsplit(old, "\n", -1);
	g_auto(GStrv) new_lines = g_strsplit(new, "\n", -1);
	guint known = 0, shorter = MIN(g_strv_length(old_lines), g_strv_length(new_lines));

	for (char **line = old_lines; *line; line++)
		g_hash_table_add(lines, *line);
	for (char **line = new_lines; *line; line++)
		known += g_hash_table_contains(lines, *line);
	return shorter > 0 && known * 2 >= shorter;
}

void pager_text(struct pager *p, const char *text)
{
	if (g_str_equal(text, p->text))
		return;
	if (*p->text && !is_alike(p->text, text))
		pager_home(p);
	g_free(p->text);
	p->text = g_strdup(text);
	g_array_set_size(p->rows, 0);
	p->width = -1;
	p->match_length = 0;
	p->seek = FALSE;
}

void pager_scroll(struct pager *p, int lines)
{
	/* Before the first draw nobody knows how many rows there are; drawing sets the limit. */
	int last = p->rows->len > 0 ? MAX((int)p->rows->len - p->page, 0) : p->top + MAX(lines, 0);

	p->top = CLAMP(p->top + lines, 0, last);
	p->seek = FALSE;
}

void pager_pan(struct pager *p, int cells)
{
	if (cells > 0 && !p->pan) {
		/* First the lines are seen from their beginning. */
		p->pan = TRUE;
		p->left = 0;
		p->width = -1;
	} else if (cells < 0 && p->pan && p->left == 0) {
		p->pan = FALSE;
		p->width = -1;
	} else if (p->pan)
		p->left = MAX(p->left + cells, 0);
}

void pager_home(struct pager *p)
{
	p->top = p->left = p->halves = 0;
	p->seek = FALSE;
}

void pager_end(struct pager *p)
{
	p->top = G_MAXINT / 2; /* drawing sets the limit */
	p->halves = 0;
	p->seek = FALSE;
}

void pager_turn(struct pager *p, int halves)
{
	if (p->page > 0)
		pager_scroll(p, halves * p->page / 2);
	else
		p->halves += halves;
}

/* Makes the rows for a width; the line at the top stays there. */
static void lay_out(struct pager *p, int width)
{
	gboolean known = p->rows->len > 0 && p->top < (int)p->rows->len;
	gsize byte = known ? row_at(p, p->top)->start : 0;

	if (p->width == width)
		return;
	g_array_set_size(p->rows, 0);
	wrap_text(p->text, p->pan ? 0 : width, p->rows);
	p->width = width;
	if (known)
		p->top = row_of(p, byte);
}

/* The last match that begins before `limit`, or NULL. */
static const char *find_last(const char *text, const char *limit, const char *needle, gsize *length)
{
	const char *end = text + strlen(text), *last = NULL, *at = text;
	gsize n;

	while ((at = text_find(at, end, needle, &n)) && at < limit) {
		last = at;
		*length = n;
		at++;
	}
	return last;
}

gboolean pager_search(struct pager *p, const char *needle, int direction)
{
	const char *end = p->text + strlen(p->text), *found;
	gsize length, from = 0;

	if (!needle || !*needle) {
		g_clear_pointer(&p->needle, g_free);
		p->match_length = 0;
		return FALSE;
	}
	gboolean again = p->match_length > 0 && g_strcmp0(needle, p->needle) == 0;
	if (again)
		from = p->match + (direction > 0 ? 1 : 0);
	else if (p->rows->len > 0)
		from = row_at(p, CLAMP(p->top, 0, (int)p->rows->len - 1))->start;
	if (!again && needle != p->needle) {
		g_free(p->needle);
		p->needle = g_strdup(needle);
	}
	if (direction >= 0) {
		found = text_find(p->text + from, end, p->needle, &length);
		if (!found)
			found = text_find(p->text, end, p->needle, &length);
	} else {
		found = find_last(p->text, p->text + from, p->needle, &length);
		if (!found)
			found = find_last(p->text, end, p->needle, &length);
	}
	p->match_length = found ? length : 0;
	p->match = found ? (gsize)(found - p->text) : 0;
	p->seek = found != NULL;
	return found != NULL;
}

/* Lays the match role over the part of a row that the needle covers. */
static void mark_matches(const struct pager *p, const struct canvas *c, int y, const struct wrap_row *row)
{
	const char *start = p->text + row->start, *end = start + row->len, *at = start;
	gsize length;

	while (p->needle && (at = text_find(at, end, p->needle, &length))) {
		g_autofree char *before = g_strndup(start, (gsize)(at - start));
		g_autofree char *match = g_strndup(at, length);
		int x = text_width(before) - (p->pan ? p->left : 0), width = text_width(match);
		gboolean current = p->match_length > 0 && at == p->text + p->match;
		if (width > 0)
			canvas_overlay(c, y, x, width, current ? ROLE_CHIP : ROLE_MATCH);
		at += length;
	}
}

static void seek_match(struct pager *p, int width)
{
	int row = row_of(p, p->match);

	if (row < p->top || row >= p->top + p->page)
		p->top = MAX(row - p->page / 2, 0);
	if (p->pan) {
		const char *start = p->text + row_at(p, row)->start;
		g_autofree char *before = g_strndup(start, (gsize)(p->text + p->match - start));
		int x = text_width(before);
		if (x < p->left || x >= p->left + width)
			p->left = MAX(x - width / 2, 0);
	}
	p->seek = FALSE;
}

void pager_draw(struct pager *p, const struct canvas *c)
{
	if (c->height <= 0 || c->width <= 0)
		return;
	lay_out(p, c->width);
	p->page = c->height;
	p->top += p->halves * p->page / 2;
	p->halves = 0;
	if (p->seek && p->rows->len > 0)
		seek_match(p, c->width);
	p->top = CLAMP(p->top, 0, MAX((int)p->rows->len - c->height, 0));
	int left = p->pan ? p->left : 0;
	for (int y = 0; y < c->height && p->top + y < (int)p->rows->len; y++) {
		const struct wrap_row *row = row_at(p, p->top + y);
		canvas_bytes(c, y, 0, -1, ROLE_TEXT, p->text + row->start, row->len, left);
		mark_matches(p, c, y, row);
	}
}
