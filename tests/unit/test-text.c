/* Width, cutting and figures: tables of what goes in and what must come out. */
#include "tui/text.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "tui/glyph.h"
#include "tui/wrap.h"

static void test_width(void)
{
	static const struct { const char *text; int width; } cases[] = {
		{"", 0},
		{"plain", 5},
		{"é", 1},
		{"e\u0301", 1},                                     /* combining acute */
		{"e\u0301\u0302\u0303\u0304\u0305\u0306", 1},       /* six marks: two are dropped */
		{"\u0301x", 1},                                     /* a mark without a base */
		{"漢字", 4},
		{"●▲✖○?◌·", 7},
		{"a\u200b\u202e\ufeffb", 2},                        /* zero width, bidi, byte order mark */
		{"\u26a0\ufe0f", 1},                                /* variation selector: dropped, terminals disagree */
		{"a\U000e0041b", 2},                                /* tag */
		{"\xff\xfe", 2},                                    /* each bad byte is one */
		{"\xe6\xbc", 2},                                    /* cut short */
		{"a\tb\nc\x1b[31m", 10},                             /* controls are drawn as one '?' each */
		{"\xc2\x9b", 1},                                    /* C1 */
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
		g_assert_cmpint(text_width(cases[i].text), ==, cases[i].width);
}

static void test_next(void)
{
	const char *text = "e\u0301\u0302\u0303\u0304\u0305\x1b漢", *end = text + strlen(text);
	struct text_cell cell;

	g_assert_true(text_next(&text, end, &cell));
	g_assert_cmpuint(cell.base, ==, 'e');
	g_assert_cmpuint(cell.mark_count, ==, 4);
	g_assert_cmpuint(cell.marks[3], ==, 0x304);
	g_assert_true(text_next(&text, end, &cell));
	g_assert_cmpuint(cell.base, ==, '?');
	g_assert_true(text_next(&text, end, &cell));
	g_assert_cmpint(cell.width, ==, 2);
	g_assert_false(text_next(&text, end, &cell));
}

static void test_next_stops_at_end(void)
{
	/* The bytes after `end` would make the sequence whole: they must not be looked at. */
	const char *text = "漢", *at = text;
	struct text_cell cell;

	g_assert_true(text_next(&at, text + 2, &cell));
	g_assert_cmpuint(cell.base, ==, 0xfffd);
	g_assert_true(text_next(&at, text + 2, &cell));
	g_assert_true(at == text + 2);
}

static void test_ascii(void)
{
	struct text_cell cell;
	const char *at = "é", *end = at + 2;

	glyph_use_ascii(TRUE);
	g_assert_true(text_next(&at, end, &cell));
	g_assert_cmpuint(cell.base, ==, '?');
	g_assert_cmpint(text_width("漢e\u0301"), ==, 2);
	g_assert_cmpstr(text_unknown(), ==, "-");
	for (int i = 0; i < GLYPH_COUNT; i++) {
		g_assert_cmpuint(strlen(glyph(i)), ==, 1);
		g_assert_cmpuint((guchar)*glyph(i), <, 0x80);
	}
	glyph_use_ascii(FALSE);
	for (int i = 0; i < GLYPH_COUNT; i++)
		g_assert_cmpint(text_width(glyph(i)), ==, 1);
}

static void test_cut(void)
{
	static const struct { const char *text; int cells; const char *end, *middle; } cases[] = {
		{"short", 5, "short", "short"},
		{"short", 9, "short", "short"},
		{"short", 0, "", ""},
		{"short", -3, "", ""},
		{"short", 1, "…", "…"},
		{"short", 2, "s…", "s…"},
		{"invttrdg-backend", 12, "invttrdg-ba…", "invttrdg…end"},
		{"漢字漢字", 8, "漢字漢字", "漢字漢字"},
		{"漢字漢字", 7, "漢字漢…", "漢字…字"},
		{"漢字漢字", 6, "漢字…", "漢字…"},
		{"漢字漢字", 2, "…", "…"},
		{"ae\u0301ae\u0301ae\u0301", 4, "ae\u0301a…", "ae\u0301…e\u0301"},
	};
	char out[64];

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		text_cut_end(cases[i].text, cases[i].cells, out, sizeof out);
		g_assert_cmpstr(out, ==, cases[i].end);
		text_cut_middle(cases[i].text, cases[i].cells, out, sizeof out);
		g_assert_cmpstr(out, ==, cases[i].middle);
		g_assert_cmpint(text_width(out), <=, MAX(cases[i].cells, 0));
	}
}

static void test_cut_small_buffer(void)
{
	for (gsize size = 1; size < 16; size++) {
		g_autofree char *out = g_malloc(size); /* so that the sanitizer sees a byte too many */
		text_cut_end("漢字é漢字", 7, out, size);
		g_assert_true(g_utf8_validate(out, -1, NULL));
		text_cut_middle("漢字é漢字", 7, out, size);
		g_assert_true(g_utf8_validate(out, -1, NULL));
	}
}

struct figure { double value; const char *text; };

static void check_doubles(void (*format)(double, char *, gsize), const struct figure *cases, guint count)
{
	char out[32];

	for (guint i = 0; i < count; i++) {
		format(cases[i].value, out, sizeof out);
		g_assert_cmpstr(out, ==, cases[i].text);
	}
}

static void test_bytes(void)
{
	static const struct figure cases[] = {
		{0, "0"}, {1, "1"}, {512, "512"}, {999, "999"}, {1000, "1.0K"}, {1023, "1.0K"}, {1024, "1.0K"}, {1434, "1.4K"},
		{10188, "9.9K"}, {10189, "10K"}, {10240, "10K"}, {1022976, "999K"}, {1023488, "1.0M"}, {32505856, "31M"}, {134217728, "128M"},
		{8375186227., "7.8G"}, {17179869184., "16G"}, {1.5 * 1099511627776., "1.5T"}, {1125899906842624., "1.0P"},
		{1152921504606846976., "1.0E"}, {1e30, "867361737988E"}, {-1, "–"}, {NAN, "–"}, {INFINITY, "–"},
	};

	check_doubles(text_bytes, cases, G_N_ELEMENTS(cases));
}

static void test_percent(void)
{
	static const struct figure cases[] = {
		{0, "0.0"}, {0.04, "0.0"}, {0.1, "0.1"}, {8.24, "8.2"}, {9.94, "9.9"}, {9.95, "10"}, {12.4, "12"}, {37, "37"}, {99.6, "100"}, {100, "100"},
		{412.7, "413"}, {NAN, "–"}, {-1, "–"},
	};

	check_doubles(text_percent, cases, G_N_ELEMENTS(cases));
}

static void test_time(void)
{
	static const struct { gint64 seconds; const char *age, *duration; } cases[] = {
		{-1, "–", "–"}, {0, "0s", "0s"}, {3, "3s", "3s"}, {59, "59s", "59s"}, {60, "1m", "1m"}, {130, "2m", "2m10s"}, {125, "2m", "2m05s"},
		{1800, "30m", "30m"}, {3599, "59m", "59m59s"}, {3600, "1h", "1h"}, {3960, "1h", "1h06"}, {8040, "2h", "2h14"}, {86399, "23h", "23h59"},
		{86400, "1d", "1d"}, {100000, "1d", "1d3h"}, {777600, "9d", "9d"}, {863999, "9d", "9d23h"}, {867600, "10d", "10d"},
		{41 * 86400 + 7200, "41d", "41d"}, {G_MAXINT64, "106751991167300d", "106751991167300d"},
	};
	char out[32];

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		text_age(cases[i].seconds, out, sizeof out);
		g_assert_cmpstr(out, ==, cases[i].age);
		text_duration(cases[i].seconds, out, sizeof out);
		g_assert_cmpstr(out, ==, cases[i].duration);
	}
}

static void test_count_and_clock(void)
{
	static const struct { guint64 n; const char *text; } counts[] = {
		{0, "0"}, {999, "999"}, {1000, "1,000"}, {41202, "41,202"}, {1234567, "1,234,567"}, {G_MAXUINT64, "18,446,744,073,709,551,615"},
	};
	static const struct { gint64 us; const char *text; } clocks[] = {
		{0, "00:00:00Z"}, {G_GINT64_CONSTANT(1763862442999999), "01:47:22Z"}, {-1, "23:59:59Z"}, {-G_USEC_PER_SEC, "23:59:59Z"},
	};
	char out[32];

	for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
		text_count(counts[i].n, out, sizeof out);
		g_assert_cmpstr(out, ==, counts[i].text);
	}
	for (guint i = 0; i < G_N_ELEMENTS(clocks); i++) {
		text_clock(clocks[i].us, out, sizeof out);
		g_assert_cmpstr(out, ==, clocks[i].text);
	}
}

static void test_find(void)
{
	static const struct { const char *text, *needle; int at; gsize length; } cases[] = {
		{"Hello World", "world", 6, 5}, {"Hello", "", -1, 0}, {"Hello", "x", -1, 0}, {"ÜBER", "über", 0, 5}, {"aaab", "aab", 1, 3}, {"ab", "abc", -1, 0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		gsize length = 0;
		const char *text = cases[i].text, *found = text_find(text, text + strlen(text), cases[i].needle, &length);
		g_assert_cmpint(found ? (int)(found - text) : -1, ==, cases[i].at);
		g_assert_cmpuint(length, ==, cases[i].length);
	}
}

static void test_wrap(void)
{
	static const struct { const char *text; int width; const char *rows; } cases[] = {
		{"", 5, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 5, "one|two|three"},
		{"one two ", 7, "one two"},
		{"one two   three", 7, "one two|three"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"a\n\nb\n", 4, "a||b"},
		{"漢字漢字", 5, "漢字|漢字"},
		{"漢字", 1, "漢|字"},
		{"    indented", 6, "    in|dented"},
		{"one two", 0, "one two"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
		g_autoptr(GString) joined = g_string_new(NULL);
		wrap_text(cases[i].text, cases[i].width, rows);
		for (guint r = 0; r < rows->len; r++) {
			const struct wrap_row *row = &g_array_index(rows, struct wrap_row, r);
			if (r > 0)
				g_string_append_c(joined, '|');
			g_string_append_len(joined, cases[i].text + row->start, (gssize)row->len);
		}
		g_assert_cmpstr(joined->str, ==, cases[i].rows);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		g_error("this test needs the locale C.UTF-8");
	g_test_add_func("/text/width", test_width);
	g_test_add_func("/text/next", test_next);
	g_test_add_func("/text/next-stops-at-end", test_next_stops_at_end);
	g_test_add_func("/text/ascii", test_ascii);
	g_test_add_func("/text/cut", test_cut);
	g_test_add_func("/text/cut-small-buffer", test_cut_small_buffer);
	g_test_add_func("/text/bytes", test_bytes);
	g_test_add_func("/text/percent", test_percent);
	g_test_add_func("/text/time", test_time);
	g_test_add_func("/text/count-and-clock", test_count_and_clock);
	g_test_add_func("/text/find", test_find);
	g_test_add_func("/text/wrap", test_wrap);
	return g_test_run();
}
