#include "model/sanitize.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define TAB_WIDTH 8
#define COMBINING_MAX 4
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Where one piece of text is on its way from raw to safe. */
struct border {
	const guchar *at, *end;
	GString *out;
	gsize out_end;       /* out->len must not pass this */
	guint column;        /* cells since the last line feed, for tabs */
	guint marks;         /* combining marks on the cell before */
	gboolean keep_lines; /* a line feed stays one */
};

gsize sanitize_plain_prefix(const char *bytes, gsize len)
{
	gsize i = 0;
#ifdef __SSE2__
	/* Signed comparison: bytes from 0x80 on are negative and fail like controls do. */
	const __m128i last_control = _mm_set1_epi8(0x1f), del = _mm_set1_epi8(0x7f);
	for (; i + 16 <= len; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
		__m128i plain = _mm_andnot_si128(_mm_cmpeq_epi8(x, del), _mm_cmpgt_epi8(x, last_control));
		guint odd = (guint)_mm_movemask_epi8(plain) ^ 0xffff;
		if (odd)
			return i + (gsize)__builtin_ctz(odd);
	}
#endif
	while (i < len && bytes[i] >= 0x20 && bytes[i] < 0x7f)
		i++;
	return i;
}

gboolean sanitize_is_plain(const char *bytes, gsize len)
{
	return sanitize_plain_prefix(bytes, len) == len;
}

/* Puts `len` bytes of `cells` cells out; FALSE when there is no room. */
static gboolean border_put(struct border *b, const char *bytes, gsize len, guint cells)
{
	if (b->out->len + len > b->out_end)
		return FALSE;
	g_string_append_len(b->out, bytes, (gssize)len);
	b->column += cells;
	b->marks = 0;
	return TRUE;
}

/* Length of a control sequence (after ESC [) up to its final byte, 0 when it is not whole. */
static gsize csi_length(const guchar *p, const guchar *end)
{
	const guchar *q = p;
	while (q < end && *q >= 0x30 && *q <= 0x3f)
		q++;
	while (q < end && *q >= 0x20 && *q <= 0x2f)
		q++;
	return q < end && *q >= 0x40 && *q <= 0x7e ? (gsize)(q - p) + 1 : 0;
}

/* Length of a string sequence (after ESC ] and the like) with its BEL or ST, 0 when it has no end within the line. */
static gsize string_length(const guchar *p, const guchar *end)
{
	for (const guchar *q = p; q < end && *q != '\n'; q++) {
		if (*q == 0x07)
			return (gsize)(q - p) + 1;
		if (*q == 0x1b)
			return q + 1 < end && q[1] == '\\' ? (gsize)(q - p) + 2 : 0;
	}
	return 0;
}

/* Length of the escape sequence at p, which is at ESC; 0 when it is none or not whole. ECMA-48. */
static gsize escape_length(const guchar *p, const guchar *end)
{
	if (end - p < 2)
		return 0;
	gsize rest;
	switch (p[1]) {
	case '[':
		rest = csi_length(p + 2, end);
		return rest ? rest + 2 : 0;
	case ']': case 'P': case 'X': case '^': case '_':
		rest = string_length(p + 2, end);
		return rest ? rest + 2 : 0;
	}
	const guchar *q = p + 1;
	while (q < end && *q >= 0x20 && *q <= 0x2f)
		q++;
	return q < end && *q >= 0x30 && *q <= 0x7e ? (gsize)(q - p) + 1 : 0;
}

static gboolean put_tab(struct border *b)
{
	static const char spaces[] = "        ";
	guint width = TAB_WIDTH - b->column % TAB_WIDTH;
	return border_put(b, spaces, width, width);
}

/* A control character that stays visible: U+2400+n, U+2421 for DEL. */
static gboolean put_control_picture(struct border *b, guchar c)
{
	char picture[6];
	gint len = g_unichar_to_utf8(c == 0x7f ? 0x2421 : 0x2400u + c, picture);
	return border_put(b, picture, (gsize)len, 1);
}

static gboolean put_line_feed(struct border *b)
{
	if (!b->keep_lines)
		return put_control_picture(b, '\n');
	if (!border_put(b, "\n", 1, 0))
		return FALSE;
	b->column = 0;
	return TRUE;
}

/* One byte below 0x80 that is not printable; FALSE when there is no room. */
static gboolean take_control(struct border *b)
{
	guchar c = *b->at;
	gsize skip = c == 0x1b ? escape_length(b->at, b->end) : 0;
	gboolean ended = b->keep_lines && c == '\r' && b->at + 1 < b->end && b->at[1] == '\n';
	if (skip || ended) {
		b->at += skip ? skip : 1;
		return TRUE;
	}
	gboolean put = c == '\t' ? put_tab(b) : c == '\n' ? put_line_feed(b) : put_control_picture(b, c);
	b->at += put;
	return put;
}

/* Characters that hide, reorder or smuggle text, beyond those of category Cf, Zl and Zp. */
static gboolean is_deceptive(gunichar c)
{
	static const struct { gunichar first, last; } ranges[] = {
		{ 0x34f, 0x34f }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfdd0, 0xfdef }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff },
	};
	for (guint i = 0; i < G_N_ELEMENTS(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return TRUE;
	if ((c & 0xfffe) == 0xfffe)
		return TRUE;
	GUnicodeType type = g_unichar_type(c);
	return type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

static gboolean put_code_point(struct border *b, gunichar c)
{
	char name[16];
	gint len = g_snprintf(name, sizeof name, "<U+%04X>", c);
	return border_put(b, name, (gsize)len, (guint)len);
}

static gboolean put_c1(struct border *b, gunichar c)
{
	char name[8];
	gint len = g_snprintf(name, sizeof name, "\\x%02x", c);
	return border_put(b, name, (gsize)len, (guint)len);
}

/* A mark that sits on the cell before it. A line's first one gets a blank to sit on; too many become one U+FFFD. */
static gboolean put_mark(struct border *b, const char *bytes, gsize len)
{
	if (b->column == 0 && !border_put(b, " ", 1, 1))
		return FALSE;
	guint marks = b->marks;
	if (marks > COMBINING_MAX)
		return TRUE;
	gboolean put = marks == COMBINING_MAX ? border_put(b, REPLACEMENT, strlen(REPLACEMENT), 1) : border_put(b, bytes, len, 0);
	b->marks = marks + 1;
	return put;
}

static gboolean put_character(struct border *b, gunichar c, const char *bytes, gsize len)
{
	if (c < 0xa0)
		return put_c1(b, c);
	if (c < 0x300 && c != 0xad)
		return border_put(b, bytes, len, 1);
	if (c >= 0xfe00 && c <= 0xfe0f)
		return TRUE;
	if (is_deceptive(c))
		return put_code_point(b, c);
	if (g_unichar_iszerowidth(c))
		return put_mark(b, bytes, len);
	return border_put(b, bytes, len, g_unichar_iswide(c) ? 2 : 1);
}

/* One character from 0x80 on, or one invalid byte; FALSE when there is no room. */
static gboolean take_character(struct border *b)
{
	gunichar c = g_utf8_get_char_validated((const char *)b->at, b->end - b->at);
	gboolean valid = c < 0x110000;
	gsize len = valid ? (gsize)g_unichar_to_utf8(c, NULL) : 1;
	gboolean put = valid ? put_character(b, c, (const char *)b->at, len) : border_put(b, REPLACEMENT, strlen(REPLACEMENT), 1);
	if (put)
		b->at += len;
	return put;
}

/* A run of printable ASCII, as much as fits; FALSE when there is no room for all of it. */
static gboolean take_plain(struct border *b)
{
	gsize run = sanitize_plain_prefix((const char *)b->at, (gsize)(b->end - b->at));
	gsize fits = MIN(run, b->out_end - b->out->len);
	if (fits)
		border_put(b, (const char *)b->at, fits, (guint)fits);
	b->at += fits;
	return fits == run;
}

/* The whole border; returns the bytes left over when `max` was reached. */
static gsize sanitize_into(const char *bytes, gsize len, GString *out, gsize max, gboolean keep_lines)
{
	struct border b = {
		.at = (const guchar *)bytes, .end = (const guchar *)bytes + len,
		.out = out, .out_end = max > G_MAXSIZE - out->len ? G_MAXSIZE : out->len + max, .keep_lines = keep_lines,
	};
	while (b.at < b.end) {
		if (!take_plain(&b))
			break;
		if (b.at == b.end)
			break;
		if (!(*b.at < 0x80 ? take_control(&b) : take_character(&b)))
			break;
	}
	return (gsize)(b.end - b.at);
}

static char *sanitize_whole(const char *bytes, gssize len, gboolean keep_lines)
{
	gsize n = len >= 0 ? (gsize)len : bytes ? strlen(bytes) : 0;
	GString *out = g_string_sized_new(n);
	sanitize_into(bytes, n, out, G_MAXSIZE, keep_lines);
	return g_string_free(out, FALSE);
}

gsize sanitize_fit(const char *text, gsize len, gsize room)
{
	gsize n = MIN(len, room);

	while (n < len && n > 0 && ((guchar)text[n] & 0xc0) == 0x80)
		n--;
	return n;
}

char *sanitize_text(const char *bytes, gssize len)
{
	return sanitize_whole(bytes, len, FALSE);
}

char *sanitize_lines(const char *bytes, gssize len)
{
	return sanitize_whole(bytes, len, TRUE);
}

gsize sanitize_line(const char *bytes, gsize len, GString *out)
{
	return sanitize_into(bytes, len, out, SANITIZE_LINE_MAX, FALSE);
}
