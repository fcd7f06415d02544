/* What followers read: container inspect replies, journal entries as recorded from systemd 252, and the file follower's output. */
#include <string.h>

#include "backends/container_inspect.h"
#include "backends/file_segments.h"
#include "backends/journal_entry.h"

/* Only the prefix that names a recorded process differs from run to run. */
static void
expect_entry(const char *line, const char *text, enum log_level level)
{
	struct journal_entry e;

	g_assert_true(journal_entry_parse(line, strlen(line), &e));
	g_assert_cmpstr(e.text->str, ==, text);
	g_assert_cmpint(e.level, ==, level);
	g_assert_true(g_str_has_prefix(e.cursor, "s=238ec4e999b24713a08fb238ed53f3b8;"));
	g_assert_cmpint(e.time_us / G_USEC_PER_SEC, ==, 1795719942);
	journal_entry_clear(&e);
}

static void
test_recorded_entries(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "journal", "entries.json", NULL);
	g_autofree char *recorded = NULL;
	g_auto(GStrv) lines = NULL;
	g_autofree char *long_text = NULL;
	g_autofree char *ys = g_strnfill(6000, 'y');
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, &recorded, NULL, &error);
	g_assert_no_error(error);
	lines = g_strsplit(recorded, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 10);
	long_text = g_strconcat("mwtest[24883]: ", ys, NULL);
	expect_entry(lines[0], "mwtest[24883]: hello", LEVEL_ERROR);
	expect_entry(lines[1], "mwtest[24883]: caf\xc3\xa9 \xff\x01 raw", LEVEL_WARN);
	expect_entry(lines[2], "mwtest[24883]: Traceback:\nmwtest[24883]:   line one\nmwtest[24883]:   line two", LEVEL_INFO);
	expect_entry(lines[3], "mwtest[24883]: first value second value", LEVEL_DEBUG);
	expect_entry(lines[4], long_text, LEVEL_FATAL);
	expect_entry(lines[5], "python3[24883]: no identifier", LEVEL_INFO);
	expect_entry(lines[6], "mwtest[24883]: no priority", LEVEL_NONE);
	expect_entry(lines[7], "mwtest[24883]: ", LEVEL_NONE);
	expect_entry(lines[8], "mwtest[24962]: level=error from stdout", LEVEL_NONE);
}

static void
expect_no_entry(const char *line)
{
	struct journal_entry e;

	g_assert_false(journal_entry_parse(line, strlen(line), &e));
	g_assert_null(e.text);
	journal_entry_clear(&e);
}

static void
test_broken_entries(void)
{
	expect_no_entry("");
	expect_no_entry("-- No entries --");
	expect_no_entry("{\"__CURSOR\":\"s=1\",\"MESS");
	expect_no_entry("{\"MESSAGE\":\"without a cursor\"}");
	expect_no_entry("{\"__CURSOR\":7}");
	expect_no_entry("[\"__CURSOR\"]");
}

static void
test_odd_entries(void)
{
	static const char odd[] = "{\"__CURSOR\":\"c\",\"__REALTIME_TIMESTAMP\":\"x\",\"PRIORITY\":\"99\",\"SYSLOG_IDENTIFIER\":\"a\\nb\",\"_PID\":\"-1\","
		"\"SYSLOG_PID\":\"12\",\"MESSAGE\":[[104,105],\"you\",[1e9,-1,0.5,null]]}";
	static const char too_long[] = "{\"__CURSOR\":\"c\",\"MESSAGE\":null}";
	struct journal_entry e;

	g_assert_true(journal_entry_parse(odd, strlen(odd), &e));
	g_assert_cmpmem(e.text->str, e.text->len, "a b[12]: hi you \0", 17);
	g_assert_cmpint(e.time_us, ==, 0);
	g_assert_cmpint(e.level, ==, LEVEL_NONE);
	journal_entry_clear(&e);
	g_assert_true(journal_entry_parse(too_long, strlen(too_long), &e));
	g_assert_cmpstr(e.text->str, ==, "unknown: (message longer than journalctl shows)");
	journal_entry_clear(&e);
}

/* --- inspect --- */

static void
test_inspect(void)
{
	static const char body[] = "{\"Id\":\"0a1b\",\"Created\":\"2026-11-26T18:57:07.5Z\",\"State\":{\"Status\":\"exi\\u0007ted\",\"Running\":false,"
		"\"StartedAt\":\"2026-11-26T18:57:08Z\"},\"Config\":{\"Tty\":true}}";
	struct container_inspect i;

	g_assert_true(container_inspect_parse(body, strlen(body), &i));
	g_assert_cmpstr(i.id, ==, "0a1b");
	g_assert_cmpstr(i.started, ==, "2026-11-26T18:57:08Z");
	g_assert_cmpstr(i.status, ==, "exi\xe2\x90\x87ted");
	g_assert_cmpint(i.created_us, ==, G_GINT64_CONSTANT(1795719427500000));
	g_assert_true(i.tty);
	g_assert_false(i.running);
	container_inspect_clear(&i);
	g_assert_false(container_inspect_parse("{\"Id\":\"../../images\"}", 22, &i));
	container_inspect_clear(&i);
	g_assert_false(container_inspect_parse("{\"Id\":", 6, &i));
	container_inspect_clear(&i);
}

static void
test_reply_words(void)
{
	struct http_reply r = { .status = 404, .body = "{\"message\":\"No such container: x\"}", .body_length = 35 };
	g_autofree char *words = container_reply_words(&r);
	g_autofree char *status = NULL;

	g_assert_cmpstr(words, ==, "No such container: x");
	r.body = "<html>";
	r.body_length = 6;
	status = container_reply_words(&r);
	g_assert_cmpstr(status, ==, "status 404");
}

/* --- the file follower's output --- */

#define TOKEN "0123456789abcdef0123456789abcdef"
#define MARK "\036" TOKEN

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

static void
expect_segments(const char *bytes, gsize len, const char *expected)
{
	static const struct file_segments_events events = { on_text, on_record };

	for (gsize step = 1; step <= len; step++) {
		g_autoptr(GString) seen = g_string_new(NULL);
		struct file_segments s;
		file_segments_init(&s, &events, seen);
		for (gsize at = 0; at < len; at += step)
			file_segments_feed(&s, bytes + at, MIN(step, len - at));
		g_assert_cmpstr(seen->str, ==, expected);
		file_segments_clear(&s);
	}
}

static void
test_segments(void)
{
	static const char output[] = "Welcome to Gateway\nmidwatch-file " TOKEN "\n" MARK " O 12 34\nline\nunfinished" MARK " F 12 4 99\n"
		MARK " H\nmore " MARK " W 11 5 P\n\nend\036";

	expect_segments(output, strlen(output), "<O 12 34>line\nunfinished<F 12 4 99><H >more <W 11 5 P>\nend");
}

/* A log line that looks like a record, but for the token. */
static void
test_forged_records_are_text(void)
{
	static const char output[] = "midwatch-file " TOKEN "\n\0360123 O 1 1\n\036\036" "0123456789abcdef0123456789abcdeX O 2 2\n\036" MARK " X 1\nz";

	expect_segments(output, strlen(output), "\0360123 O 1 1\n\036\036" "0123456789abcdef0123456789abcdeX O 2 2\n\036<X 1>z");
}

static void
test_no_greeting_no_text(void)
{
	static const char output[] = "midwatch-file 0123\nsome text\n" MARK " O 1 1\n";

	expect_segments(output, strlen(output), "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/follow-parse/journal/recorded", test_recorded_entries);
	g_test_add_func("/follow-parse/journal/broken", test_broken_entries);
	g_test_add_func("/follow-parse/journal/odd", test_odd_entries);
	g_test_add_func("/follow-parse/inspect/reply", test_inspect);
	g_test_add_func("/follow-parse/inspect/words", test_reply_words);
	g_test_add_func("/follow-parse/file/segments", test_segments);
	g_test_add_func("/follow-parse/file/forged", test_forged_records_are_text);
	g_test_add_func("/follow-parse/file/no-greeting", test_no_greeting_no_text);
	return g_test_run();
}
