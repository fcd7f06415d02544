#include "model/sanitize.h"

#include <string.h>

struct pair {
	const char *raw, *safe;
};

static void assert_line(const char *raw, gsize len, const char *safe)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_assert_cmpuint(sanitize_line(raw, len, out), ==, 0);
	g_assert_cmpstr(out->str, ==, safe);
	/* What is safe passes unchanged. */
	g_autoptr(GString) again = g_string_new(NULL);
	sanitize_line(out->str, out->len, again);
	g_assert_cmpstr(again->str, ==, safe);
}

static void assert_pairs(const struct pair *pairs, gsize count)
{
	for (gsize i = 0; i < count; i++)
		assert_line(pairs[i].raw, strlen(pairs[i].raw), pairs[i].safe);
}

static void test_plain(void)
{
	g_assert_true(sanitize_is_plain("", 0));
	g_assert_true(sanitize_is_plain("GET /health 200 in 12ms ~", 25));
	for (int c = 0; c < 256; c++) {
		char text[40];
		memset(text, 'x', sizeof text);
		for (gsize at = 0; at < sizeof text; at += 13) {
			text[at] = (char)c;
			gboolean printable = c >= 0x20 && c < 0x7f;
			g_assert_cmpint(sanitize_is_plain(text, sizeof text), ==, printable);
			g_assert_cmpuint(sanitize_plain_prefix(text, sizeof text), ==, printable ? sizeof text : at);
			text[at] = 'x';
		}
	}
}

static void test_controls(void)
{
	static const struct pair pairs[] = {
		{ "bell\a", "bell␇" }, { "back\bspace", "back␈space" }, { "del\x7f", "del␡" }, { "10%\r20%", "10%␍20%" },
		{ "a\nb", "a␊b" }, { "c1 \xc2\x9b" "31m", "c1 \\x9b31m" }, { "nel\xc2\x85x", "nel\\x85x" },
	};
	assert_pairs(pairs, G_N_ELEMENTS(pairs));
	assert_line("nul\0x", 5, "nul␀x");
}

static void test_escapes(void)
{
	static const struct pair pairs[] = {
		{ "\x1b[1;31mred\x1b[0m", "red" },
		{ "\x1b[38:2::255:0:0mrgb\x1b[m", "rgb" },
		{ "\x1b]0;title\atext", "text" },
		{ "\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\", "link" },
		{ "\x1bP$q\"p\x1b\\dcs", "dcs" },
		{ "\x1b(B\x1b=keypad\x1b>", "keypad" },
		{ "\x1b" "c reset", " reset" },
		/* Without an end they are shown: nothing may hide behind them. */
		{ "\x1b]0;hidden", "␛]0;hidden" },
		{ "\x1b[31", "␛[31" },
		{ "end\x1b", "end␛" },
		{ "\x1b\x1b[0mx", "␛x" },
		{ "\x1b[\x1b[0mx", "␛[x" },
		{ "\x1b]0;a\x1b[31mb\a", "␛]0;ab␇" },
	};
	assert_pairs(pairs, G_N_ELEMENTS(pairs));
}

static void test_unicode(void)
{
	static const struct pair pairs[] = {
		{ "Grüße, 日本 ✓ 😀", "Grüße, 日本 ✓ 😀" },
		{ "bad \xff\xfe", "bad \xef\xbf\xbd\xef\xbf\xbd" },
		{ "lone \xc3", "lone \xef\xbf\xbd" },
		{ "overlong \xc0\xaf", "overlong \xef\xbf\xbd\xef\xbf\xbd" },
		{ "surrogate \xed\xa0\x80", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "high \xf5\x80\x80\x80", "high \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "raw c1 \x9b" "31m", "raw c1 \xef\xbf\xbd" "31m" },
		{ "\xc2\x1b[0m\x9b", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a\u202eb", "a<U+202E>b" },
		{ "a\u200bb\ufeff\u2066\u200d", "a<U+200B>b<U+FEFF><U+2066><U+200D>" },
		{ "\u2028\u2029", "<U+2028><U+2029>" },
		{ "tag\U000e0041", "tag<U+E0041>" },
		{ "soft\u00adhyphen", "soft<U+00AD>hyphen" },
		{ "filler\u3164", "filler<U+3164>" },
		{ "no\uffff", "no<U+FFFF>" },
		{ "e\u0301", "e\u0301" },
		{ "\u0301x", " \u0301x" },
		{ "e\u0301\u0302\u0303\u0304\u0305\u0306x", "e\u0301\u0302\u0303\u0304\ufffdx" },
		{ "warn \u26a0\ufe0f!", "warn \u26a0!" },
	};
	assert_pairs(pairs, G_N_ELEMENTS(pairs));
}

static void test_tabs(void)
{
	static const struct pair pairs[] = {
		{ "\tx", "        x" }, { "abc\tx", "abc     x" }, { "12345678\tx", "12345678        x" },
		{ "\x1b[31mabc\x1b[0m\tx", "abc     x" }, { "日本\tx", "日本    x" }, { "e\u0301\tx", "e\u0301       x" },
	};
	assert_pairs(pairs, G_N_ELEMENTS(pairs));
}

static void test_bound(void)
{
	g_autofree char *raw = g_malloc(SANITIZE_LINE_MAX + 100);
	memset(raw, 'x', SANITIZE_LINE_MAX + 100);
	g_autoptr(GString) out = g_string_new("before");
	g_assert_cmpuint(sanitize_line(raw, SANITIZE_LINE_MAX + 100, out), ==, 100);
	g_assert_cmpuint(out->len, ==, SANITIZE_LINE_MAX + strlen("before"));

	/* A character is not cut in two. */
	memcpy(raw + SANITIZE_LINE_MAX - 1, "ü", 2);
	g_string_truncate(out, 0);
	g_assert_cmpuint(sanitize_line(raw, SANITIZE_LINE_MAX + 1, out), ==, 2);
	g_assert_cmpuint(out->len, ==, SANITIZE_LINE_MAX - 1);
	g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
}

static void test_texts(void)
{
	g_autofree char *name = sanitize_text("evil\x1b]0;x\a\nname", -1);
	g_assert_cmpstr(name, ==, "evil␊name");
	g_autofree char *some = sanitize_text("abcdef", 3);
	g_assert_cmpstr(some, ==, "abc");
	g_autofree char *none = sanitize_text(NULL, -1);
	g_assert_cmpstr(none, ==, "");
	g_autofree char *lines = sanitize_lines("one\r\ntwo\n\tthree\r\x1b]0;open\nfour\a", -1);
	g_assert_cmpstr(lines, ==, "one\ntwo\n        three␍␛]0;open\nfour␇");
}

static void test_fit(void)
{
	g_assert_cmpuint(sanitize_fit("abc", 3, 3), ==, 3);
	g_assert_cmpuint(sanitize_fit("abc", 3, 2), ==, 2);
	g_assert_cmpuint(sanitize_fit("a…b", 5, 4), ==, 4);
	g_assert_cmpuint(sanitize_fit("a…b", 5, 3), ==, 1);
	g_assert_cmpuint(sanitize_fit("…", 3, 2), ==, 0);
	g_assert_cmpuint(sanitize_fit("", 0, 2), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sanitize/plain", test_plain);
	g_test_add_func("/sanitize/controls", test_controls);
	g_test_add_func("/sanitize/escapes", test_escapes);
	g_test_add_func("/sanitize/unicode", test_unicode);
	g_test_add_func("/sanitize/tabs", test_tabs);
	g_test_add_func("/sanitize/bound", test_bound);
	g_test_add_func("/sanitize/texts", test_texts);
	g_test_add_func("/sanitize/fit", test_fit);
	return g_test_run();
}
