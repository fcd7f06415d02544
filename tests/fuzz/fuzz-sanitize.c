/* Whatever bytes come in, what is stored is safe for a terminal, bounded, and the same however the stream was cut into chunks. */
#include <glib.h>
#include <string.h>

#include "model/log_store.h"
#include "model/sanitize.h"

#define NOW_US G_GINT64_CONSTANT(1795312800000000) /* 2026-11-22T02:00:00Z */
#define SAFE_MARKS 4

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

/* Bidi controls, zero-width and tag characters, line separators: what must never reach the terminal. */
static gboolean is_trick(gunichar c)
{
	return c == 0x61c || c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0000 && c <= 0xe0fff);
}

static void check_safe(const char *text, gsize len, gboolean may_feed)
{
	g_assert_true(g_utf8_validate_len(text, len, NULL));
	guint marks = 0;
	for (const char *p = text; p < text + len; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		g_assert_true((may_feed && c == '\n') || !(c < 0x20 || (c >= 0x7f && c < 0xa0)));
		g_assert_false(is_trick(c));
		marks = g_unichar_iszerowidth(c) ? marks + 1 : 0;
		g_assert_cmpuint(marks, <=, SAFE_MARKS);
		g_assert_false(marks && p == text);
	}
}

/* Making safe what is safe changes nothing. */
static void check_again(const char *text, gsize len)
{
	g_autoptr(GString) again = g_string_new(NULL);
	g_assert_cmpuint(sanitize_line(text, len, again), ==, 0);
	g_assert_cmpmem(again->str, again->len, text, len);
}

static void check_texts(const char *bytes, gsize len)
{
	g_autofree char *text = sanitize_text(bytes, (gssize)len);
	check_safe(text, strlen(text), FALSE);
	g_autofree char *lines = sanitize_lines(bytes, (gssize)len);
	check_safe(lines, strlen(lines), TRUE);
}

static void check_line(const char *bytes, gsize len)
{
	g_autoptr(GString) out = g_string_new("x");
	gsize left = sanitize_line(bytes, len, out);
	g_assert_cmpuint(out->len, <=, SANITIZE_LINE_MAX + 1);
	g_assert_cmpuint(left, <=, len);
	check_safe(out->str, out->len, FALSE);
	check_again(out->str + 1, out->len - 1);
}

/* Feeds the bytes in chunks whose sizes come from a small generator; 0 feeds all at once. */
static struct log_store *feed(const char *bytes, gsize len, guint32 seed)
{
	struct log_store *s = log_store_new(1 << 20);
	guint32 source = log_store_source(s, "host", "file", "name");
	for (gsize at = 0; at < len;) {
		gsize n = len - at;
		if (seed) {
			seed = seed * 1664525 + 1013904223;
			gsize wanted = 1 + (seed >> 24) % (seed & 0x800 ? 200 : 7);
			n = MIN(n, wanted);
		}
		log_store_append(s, source, 0, bytes + at, n, NOW_US);
		at += n;
	}
	log_store_flush(s, source, NOW_US);
	return s;
}

/* The hint from the lines before makes reading a time quicker, never different. */
static void check_hint(const struct log_line *line, struct log_time_hint *hint)
{
	gint64 with = 0, without = 0;
	gsize end, other_end;
	gboolean found = log_line_time(line->text, line->length, NOW_US, hint, &with, &end);
	g_assert_true(found == log_line_time(line->text, line->length, NOW_US, NULL, &without, &other_end));
	g_assert_true(!found || with == without);
	g_assert_cmpuint(end, ==, other_end);
	g_assert_cmpuint(end, <=, line->length);
}

static void check_chunks(const char *bytes, gsize len)
{
	guint32 seed = 1;
	for (gsize i = 0; i < MIN(len, 8); i++)
		seed = seed * 31 + (guint8)bytes[i];
	struct log_store *whole = feed(bytes, len, 0), *parts = feed(bytes, len, seed | 1);
	g_assert_cmpuint(log_store_lines(whole), ==, log_store_lines(parts));
	struct log_line a, b;
	struct log_time_hint hint = { 0 };
	for (guint64 i = 0; log_store_at(whole, i, &a); i++) {
		g_assert_true(log_store_at(parts, i, &b));
		g_assert_cmpmem(a.text, a.length, b.text, b.length);
		g_assert_true(a.time_us == b.time_us && a.level == b.level && a.flags == b.flags && a.seq == b.seq);
		g_assert_cmpuint(a.length, <=, SANITIZE_LINE_MAX);
		check_safe(a.text, a.length, FALSE);
		check_hint(&a, &hint);
	}
	log_store_free(whole);
	log_store_free(parts);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
	const char *bytes = (const char *)data;
	check_texts(bytes, size);
	check_line(bytes, size);
	check_chunks(bytes, size);
	return 0;
}
