/* Journal entries and the file follower's output on any bytes: no crash, whole fields, and any split gives the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "backends/file_segments.h"
#include "backends/journal_entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_text(void *user, const char *bytes, gsize len)
{
	g_string_append_len(user, bytes, (gssize)len);
}

static void
on_record(void *user, char letter, const char *words)
{
	g_string_append_printf(user, "<%c %s>", letter, words);
}

static GString *
segments_of(const char *bytes, gsize len, gsize chunk)
{
	static const struct file_segments_events events = { on_text, on_record };
	static const char greeting[] = "midwatch-file 00000000000000000000000000000000\n";
	GString *seen = g_string_new(NULL);
	struct file_segments s;

	file_segments_init(&s, &events, seen);
	file_segments_feed(&s, greeting, strlen(greeting));
	for (gsize at = 0; at < len; at += chunk)
		file_segments_feed(&s, bytes + at, MIN(chunk, len - at));
	file_segments_clear(&s);
	return seen;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct journal_entry e;
	gboolean is_entry = journal_entry_parse((const char *)data, size, &e);

	g_assert_true(is_entry == (e.cursor != NULL) && is_entry == (e.text != NULL));
	journal_entry_clear(&e);
	if (size < 2)
		return 0;
	g_autoptr(GString) whole = segments_of((const char *)data + 1, size - 1, size - 1);
	g_autoptr(GString) split = segments_of((const char *)data + 1, size - 1, (gsize)data[0] % 64 + 1);
	g_assert_true(g_string_equal(whole, split));
	return 0;
}
