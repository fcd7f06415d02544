#include "model/log_store.h"

#include <string.h>

#include "model/sanitize.h"

#define NOW_US G_GINT64_CONSTANT(1795312800000000) /* 2026-11-22T02:00:00Z */
#define SECOND_US G_GINT64_CONSTANT(1000000)

struct fixture {
	struct log_store *store;
	guint32 source, other;
};

static void set_up(struct fixture *f, gconstpointer limit)
{
	f->store = log_store_new(limit ? GPOINTER_TO_SIZE(limit) : 4 << 20);
	f->source = log_store_source(f->store, "srv1", "container", "caddy");
	f->other = log_store_source(f->store, "srv2", "unit", "ssh.service");
}

static void tear_down(struct fixture *f, gconstpointer limit)
{
	log_store_free(f->store);
}

static void append(struct fixture *f, const char *text)
{
	log_store_append(f->store, f->source, 0, text, strlen(text), NOW_US);
}

static char *text_at(const struct fixture *f, guint64 position)
{
	struct log_line line;
	g_assert_true(log_store_at(f->store, position, &line));
	return g_strndup(line.text, line.length);
}

static void assert_text(const struct fixture *f, guint64 position, const char *text)
{
	g_autofree char *found = text_at(f, position);
	g_assert_cmpstr(found, ==, text);
}

/* Order, positions and identities fit together. */
static void assert_consistent(const struct fixture *f)
{
	struct log_line line, before = { .time_us = G_MININT64 };
	guint64 count = log_store_lines(f->store);
	for (guint64 i = 0; i < count; i++) {
		g_assert_true(log_store_at(f->store, i, &line));
		g_assert_cmpint(line.time_us, >=, before.time_us);
		if (line.time_us == before.time_us)
			g_assert_cmpuint(line.seq, >, before.seq);
		else
			g_assert_cmpuint(log_store_find_time(f->store, line.time_us), ==, i);
		before = line;
	}
	g_assert_false(log_store_at(f->store, count, &line));
	guint64 lines = 0, dropped = 0, dropped_bytes = 0;
	for (guint32 source = 1; source <= log_store_source_count(f->store); source++) {
		const struct log_source_info *info = log_store_source_info(f->store, source);
		lines += info->lines;
		dropped += info->dropped_lines;
		dropped_bytes += info->dropped_bytes;
	}
	g_assert_cmpuint(lines, ==, count + log_store_dropped_lines(f->store));
	g_assert_cmpuint(dropped, ==, log_store_dropped_lines(f->store));
	g_assert_cmpuint(dropped_bytes, ==, log_store_dropped_bytes(f->store));
}

static void test_sources(struct fixture *f, gconstpointer data)
{
	g_assert_cmpuint(f->source, ==, 1);
	g_assert_cmpuint(log_store_source(f->store, "srv1", "container", "caddy"), ==, f->source);
	g_assert_cmpuint(f->other, ==, 2);
	g_assert_cmpuint(log_store_source_count(f->store), ==, 2);
	g_assert_cmpstr(log_store_source_info(f->store, 2)->name, ==, "ssh.service");
	g_assert_null(log_store_source_info(f->store, 0));
	g_assert_null(log_store_source_info(f->store, 3));
}

static void test_lines(struct fixture *f, gconstpointer data)
{
	append(f, "2026-11-22T01:00:00Z ERROR one\r\n\ntw");
	g_assert_cmpuint(log_store_lines(f->store), ==, 2);
	append(f, "o \xe2\x82");
	append(f, "\xac\x1b[3");
	append(f, "1mred\nthree");
	g_assert_cmpuint(log_store_lines(f->store), ==, 3);
	assert_text(f, 0, "2026-11-22T01:00:00Z ERROR one");
	assert_text(f, 1, "");
	assert_text(f, 2, "two €red");
	log_store_flush(f->store, f->source, NOW_US);
	log_store_flush(f->store, f->source, NOW_US);
	g_assert_cmpuint(log_store_lines(f->store), ==, 4);
	assert_text(f, 3, "three");
	struct log_line line;
	log_store_at(f->store, 0, &line);
	g_assert_cmpint(line.level, ==, LEVEL_ERROR);
	g_assert_cmpuint(line.flags, ==, 0);
	g_assert_cmpuint(line.source, ==, f->source);
	assert_consistent(f);
}

static void test_streams_apart(struct fixture *f, gconstpointer data)
{
	append(f, "out ");
	log_store_append(f->store, f->source, LINE_STDERR, "err ", 4, NOW_US);
	append(f, "put\n");
	log_store_append(f->store, f->source, LINE_STDERR, "or\n", 3, NOW_US);
	log_store_append(f->store, f->other, 0, "other\n", 6, NOW_US);
	assert_text(f, 0, "out put");
	assert_text(f, 1, "err or");
	assert_text(f, 2, "other");
	struct log_line line;
	log_store_at(f->store, 1, &line);
	g_assert_cmpuint(line.flags, ==, LINE_STDERR | LINE_TIME_ARRIVAL);
}

static void test_long_lines(struct fixture *f, gconstpointer data)
{
	g_autofree char *raw = g_malloc(1 << 20);
	memset(raw, 'x', 1 << 20);
	for (gsize at = 0; at < 1 << 20; at += 1 << 12)
		log_store_append(f->store, f->source, 0, raw + at, 1 << 12, NOW_US);
	append(f, "\nnext\n");
	raw[(1 << 20) - 1] = '\n';
	log_store_append(f->store, f->other, 0, raw, 1 << 20, NOW_US);
	struct log_line line;
	g_assert_cmpuint(log_store_lines(f->store), ==, 3);
	log_store_at(f->store, 0, &line);
	g_assert_cmpuint(line.length, ==, SANITIZE_LINE_MAX);
	g_assert_true(line.flags & LINE_CUT);
	g_assert_cmpuint(log_store_source_info(f->store, f->source)->cut_bytes, ==, (1 << 20) - SANITIZE_LINE_MAX);
	g_assert_cmpuint(log_store_source_info(f->store, f->other)->cut_bytes, ==, (1 << 20) - 1 - SANITIZE_LINE_MAX);
	assert_text(f, 1, "next");
}

static void test_told_lines(struct fixture *f, gconstpointer data)
{
	log_store_append_line(f->store, f->source, LINE_NOTE, LEVEL_WARN, 20, "note ERROR", 10);
	log_store_append_line(f->store, f->source, 0, LEVEL_NONE, 10, "ERROR first\n  second \x1b[1m\n", 26);
	log_store_append_line(f->store, f->source, 0, LEVEL_NONE, 30, "", 0);
	g_assert_cmpuint(log_store_lines(f->store), ==, 4);
	assert_text(f, 0, "ERROR first");
	assert_text(f, 1, "  second ");
	assert_text(f, 2, "note ERROR");
	assert_text(f, 3, "");
	struct log_line line;
	log_store_at(f->store, 2, &line);
	g_assert_cmpint(line.level, ==, LEVEL_WARN);
	g_assert_cmpuint(line.flags, ==, LINE_NOTE);
	log_store_at(f->store, 0, &line);
	g_assert_cmpint(line.level, ==, LEVEL_ERROR);
}

static void test_merge(struct fixture *f, gconstpointer data)
{
	static const char other[] = "2026-11-22T01:00:01Z b1\n2026-11-22T01:00:03Z b3\n";
	append(f, "2026-11-22T01:00:02Z a2\n2026-11-22T01:00:04Z a4\n");
	log_store_append(f->store, f->other, 0, other, strlen(other), NOW_US);
	append(f, "2026-11-22T01:00:03Z a3\n2026-11-22T01:00:00Z a0\n");
	static const char *const order[] = { "a0", "b1", "a2", "b3", "a3", "a4" };
	for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
		g_autofree char *text = text_at(f, i);
		g_assert_true(g_str_has_suffix(text, order[i]));
	}
	assert_consistent(f);
}

static void test_timeless(struct fixture *f, gconstpointer data)
{
	append(f, "no time yet\n2026-11-22T01:00:00Z panic: x\n\tat main.go:1\n");
	static const char between[] = "2026-11-22T01:00:00.5Z other\n";
	log_store_append(f->store, f->other, 0, between, strlen(between), NOW_US);
	append(f, "\tat main.go:2\n");
	assert_text(f, 0, "2026-11-22T01:00:00Z panic: x");
	assert_text(f, 1, "        at main.go:1");
	assert_text(f, 2, "        at main.go:2");
	assert_text(f, 4, "no time yet");
	/* Long after, it is no continuation any more. */
	log_store_append(f->store, f->source, 0, "later\n", 6, NOW_US + 6 * SECOND_US);
	struct log_line line;
	log_store_at(f->store, 5, &line);
	g_assert_cmpint(line.time_us, ==, NOW_US + 6 * SECOND_US);
	g_assert_true(line.flags & LINE_TIME_ARRIVAL);
	/* A clock in the far future is not believed. */
	append(f, "2036-01-01T00:00:00Z x\n");
	log_store_at(f->store, 5, &line);
	g_assert_cmpint(line.time_us, <=, NOW_US + 6 * SECOND_US);
}

static void test_bound(struct fixture *f, gconstpointer data)
{
	gsize limit = GPOINTER_TO_SIZE(data);
	guint64 bytes = 0;
	for (int i = 0; i < 30000; i++) {
		g_autofree char *line = g_strdup_printf("line %05d of a bounded store, with a text that is as long as most are\n", i);
		log_store_append(f->store, i % 3 ? f->source : f->other, 0, line, strlen(line), NOW_US + i);
		bytes += strlen(line) - 1;
		g_assert_cmpuint(log_store_bytes(f->store), <=, limit);
	}
	g_assert_cmpuint(log_store_dropped_lines(f->store), >, 0);
	g_assert_cmpuint(log_store_lines(f->store), >, limit / 2 / 100);
	struct log_line line;
	guint64 kept = 0;
	for (guint64 i = 0; log_store_at(f->store, i, &line); i++)
		kept += line.length;
	g_assert_cmpuint(kept + log_store_dropped_bytes(f->store), ==, bytes);
	log_store_at(f->store, log_store_lines(f->store) - 1, &line);
	g_assert_cmpint(line.time_us, ==, NOW_US + 29999);
	assert_consistent(f);
}

/* Lines in any order of time: the store holds the newest, in order. */
static void add_at(struct fixture *f, gint64 time_us, int i)
{
	g_autofree char *line = g_strdup_printf("%d at %" G_GINT64_FORMAT, i, time_us);
	log_store_append_line(f->store, i % 2 ? f->source : f->other, 0, LEVEL_NONE, time_us, line, strlen(line));
}

static void test_backward(struct fixture *f, gconstpointer data)
{
	for (int i = 0; i < 20000; i++)
		add_at(f, 1000000 - i, i);
	assert_consistent(f);
	struct log_line line;
	log_store_at(f->store, log_store_lines(f->store) - 1, &line);
	g_assert_cmpint(line.time_us, ==, 1000000);
	g_assert_cmpuint(log_store_lines(f->store), >, GPOINTER_TO_SIZE(data) / 200);
}

static void test_shuffled(struct fixture *f, gconstpointer data)
{
	for (int i = 0; i < 20000; i++)
		add_at(f, g_test_rand_int_range(0, 5000), i);
	assert_consistent(f);
	g_assert_cmpuint(log_store_lines(f->store), >, GPOINTER_TO_SIZE(data) / 200);
}

/* A source whose clock goes an hour ahead, and one that lags behind, must not waste the store. */
static void test_skewed(struct fixture *f, gconstpointer data)
{
	for (int i = 0; i < 20000; i++)
		add_at(f, i % 2 ? i : i + 3600 * SECOND_US, i);
	for (int i = 0; i < 20000; i++)
		add_at(f, 20000 + (i % 2 ? i : i - 300), i);
	assert_consistent(f);
	g_assert_cmpuint(log_store_lines(f->store), >, GPOINTER_TO_SIZE(data) / 150);
	g_assert_cmpuint(log_store_bytes(f->store), <=, GPOINTER_TO_SIZE(data));
}

static void test_find_time(struct fixture *f, gconstpointer data)
{
	g_assert_cmpuint(log_store_find_time(f->store, 0), ==, 0);
	for (int i = 0; i < 5000; i++)
		add_at(f, i / 2 * 10, i);
	g_assert_cmpuint(log_store_find_time(f->store, G_MININT64), ==, 0);
	g_assert_cmpuint(log_store_find_time(f->store, 20), ==, 4);
	g_assert_cmpuint(log_store_find_time(f->store, 21), ==, 6);
	g_assert_cmpuint(log_store_find_time(f->store, 24990), ==, 4998);
	g_assert_cmpuint(log_store_find_time(f->store, 24991), ==, 5000);
	g_assert_cmpuint(log_store_find_time(f->store, G_MAXINT64), ==, 5000);
}

/* However the stream is cut into chunks, the lines are the same. */
static void test_chunks(void)
{
	for (int round = 0; round < 50; round++) {
		g_autoptr(GString) raw = g_string_new(NULL);
		int length = g_test_rand_int_range(1, 3000);
		for (int i = 0; i < length; i++)
			g_string_append_c(raw, "abc \n\r\t\x1b[31m]\a\xe2\x82\xac\xff\xc2\x9b"[g_test_rand_int_range(0, 19)]);
		struct log_store *whole = log_store_new(1 << 20), *parts = log_store_new(1 << 20);
		guint32 one = log_store_source(whole, "h", "k", "n"), two = log_store_source(parts, "h", "k", "n");
		log_store_append(whole, one, 0, raw->str, raw->len, NOW_US);
		for (gsize at = 0; at < raw->len;) {
			gsize n = (gsize)g_test_rand_int_range(1, 9);
			n = MIN(n, raw->len - at);
			log_store_append(parts, two, 0, raw->str + at, n, NOW_US);
			at += n;
		}
		log_store_flush(whole, one, NOW_US);
		log_store_flush(parts, two, NOW_US);
		g_assert_cmpuint(log_store_lines(whole), ==, log_store_lines(parts));
		struct log_line a, b;
		for (guint64 i = 0; log_store_at(whole, i, &a); i++) {
			g_assert_true(log_store_at(parts, i, &b));
			g_assert_cmpmem(a.text, a.length, b.text, b.length);
			g_assert_cmpint(a.time_us, ==, b.time_us);
			g_assert_cmpuint(a.flags, ==, b.flags);
		}
		log_store_free(whole);
		log_store_free(parts);
	}
}

#define ADD(name, limit, test) g_test_add("/log-store/" name, struct fixture, GSIZE_TO_POINTER(limit), set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("sources", 0, test_sources);
	ADD("lines", 0, test_lines);
	ADD("streams-apart", 0, test_streams_apart);
	ADD("long-lines", 0, test_long_lines);
	ADD("told-lines", 0, test_told_lines);
	ADD("merge", 0, test_merge);
	ADD("timeless", 0, test_timeless);
	ADD("bound", 256 * 1024, test_bound);
	ADD("bound-large", 1024 * 1024, test_bound);
	ADD("backward", 256 * 1024, test_backward);
	ADD("shuffled", 256 * 1024, test_shuffled);
	ADD("skewed", 256 * 1024, test_skewed);
	ADD("find-time", 0, test_find_time);
	g_test_add_func("/log-store/chunks", test_chunks);
	return g_test_run();
}
