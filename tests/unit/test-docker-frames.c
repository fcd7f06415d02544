/* The Docker stream: frames, and a log that is cut and resumed against a daemon of the test's own. */
#include <string.h>

#include "backends/docker_frames.h"
#include "backends/docker_log.h"
#include "backends/taken_ring.h"

#define NS_PER_S G_GINT64_CONSTANT(1000000000)
#define BASE_NS (G_GINT64_CONSTANT(1795000000) * NS_PER_S)

static void
append_frame(GString *out, guint type, const char *bytes, gsize len)
{
	const char header[8] = { (char)type, 0, 0, 0, (char)(len >> 24), (char)(len >> 16), (char)(len >> 8), (char)len };

	g_string_append_len(out, header, sizeof header);
	g_string_append_len(out, bytes, (gssize)len);
}

static void
on_frame(void *user, enum docker_stream type, const char *bytes, gsize len)
{
	GString *seen = user;

	g_string_append_printf(seen, "%d:%" G_GSIZE_FORMAT ":", type, len);
	g_string_append_len(seen, bytes, (gssize)len);
	g_string_append_c(seen, ';');
}

static void
test_any_split_gives_the_same_frames(void)
{
	g_autoptr(GString) stream = g_string_new(NULL);
	g_autoptr(GString) whole = g_string_new(NULL);

	append_frame(stream, 1, "hello\n", 6);
	append_frame(stream, 2, "", 0);
	append_frame(stream, 2, "a\0b", 3);
	append_frame(stream, 0, "in", 2);
	append_frame(stream, 3, "broken", 6);
	for (gsize step = stream->len; step > 0; step--) {
		g_autoptr(GString) seen = g_string_new(NULL);
		struct docker_frames f;
		docker_frames_init(&f);
		for (gsize at = 0; at < stream->len; at += step)
			g_assert_true(docker_frames_feed(&f, stream->str + at, MIN(step, stream->len - at), on_frame, seen));
		docker_frames_clear(&f);
		if (step == stream->len)
			g_string_append_len(whole, seen->str, (gssize)seen->len);
		g_assert_cmpmem(seen->str, seen->len, whole->str, whole->len);
	}
	g_assert_cmpmem(whole->str, whole->len, "1:6:hello\n;2:3:a\0b;0:2:in;3:6:broken;", 37);
}

static void
expect_malformed(const char *bytes, gsize len)
{
	g_autoptr(GString) seen = g_string_new(NULL);
	struct docker_frames f;

	docker_frames_init(&f);
	g_assert_false(docker_frames_feed(&f, bytes, len, on_frame, seen));
	g_assert_nonnull(f.problem);
	g_assert_false(docker_frames_feed(&f, "\1\0\0\0\0\0\0\1x", 9, on_frame, seen));
	g_assert_cmpuint(seen->len, ==, 0);
	docker_frames_reset(&f);
	g_assert_true(docker_frames_feed(&f, "\1\0\0\0\0\0\0\1x", 9, on_frame, seen));
	g_assert_cmpstr(seen->str, ==, "1:1:x;");
	docker_frames_clear(&f);
}

static void
test_malformed_headers(void)
{
	expect_malformed("2026-11-26T18:00:00Z text of a terminal", 39);
	expect_malformed("\4\0\0\0\0\0\0\1x", 9);
	expect_malformed("\1\0\1\0\0\0\0\1x", 9);
	expect_malformed("\1\0\0\0\0\x10\0\1x", 9);
}

static void
test_half_a_frame_is_dropped_by_reset(void)
{
	g_autoptr(GString) seen = g_string_new(NULL);
	struct docker_frames f;

	docker_frames_init(&f);
	g_assert_true(docker_frames_feed(&f, "\1\0\0\0\0\0\0\5he", 10, on_frame, seen));
	docker_frames_reset(&f);
	g_assert_true(docker_frames_feed(&f, "\2\0\0\0\0\0\0\2ok", 10, on_frame, seen));
	g_assert_cmpstr(seen->str, ==, "2:2:ok;");
	docker_frames_clear(&f);
}

static void
test_stamp(void)
{
	gint64 ns;
	gsize used;

	g_assert_true(docker_log_stamp("1970-01-02T00:00:01.5Z x", 24, &ns, &used));
	g_assert_cmpint(ns, ==, 86401 * NS_PER_S + NS_PER_S / 2);
	g_assert_cmpuint(used, ==, 23);
	g_assert_true(docker_log_stamp("2026-11-26T18:57:07.000000001Z ", 31, &ns, &used));
	g_assert_cmpint(ns, ==, G_GINT64_CONSTANT(1795719427) * NS_PER_S + 1);
	g_assert_cmpuint(used, ==, 31);
	g_assert_true(docker_log_stamp("2024-02-29T00:00:00Z y", 22, &ns, &used));
	g_assert_cmpint(ns, ==, G_GINT64_CONSTANT(1709164800) * NS_PER_S);
	g_assert_false(docker_log_stamp("2026-11-26T18:57:07.0000000001Z x", 33, &ns, &used));
	g_assert_false(docker_log_stamp("2026-11-26T18:57:07.1Z", 22, &ns, &used));
	g_assert_false(docker_log_stamp("2026-13-26T18:57:07.1Z x", 24, &ns, &used));
	g_assert_false(docker_log_stamp("2026-11-26 18:57:07.1Z x", 24, &ns, &used));
	g_assert_false(docker_log_stamp("", 0, &ns, &used));
}

/* --- a daemon --- */

struct record { guint stream; gint64 ns; char *text; };

struct daemon {
	GPtrArray *records;   /* in the stored order */
	gboolean tty;
	guint rotated;        /* so many at the start are gone */
	/* what the follower got */
	struct docker_log *log;
	GPtrArray *lines;     /* "stream text" */
	guint gaps;
};

static void
record_free(gpointer data)
{
	struct record *r = data;

	g_free(r->text);
	g_free(r);
}

static void
on_line(void *user, enum docker_stream stream, gint64 time_us, const char *text, gsize len)
{
	struct daemon *d = user;

	g_assert_cmpint(time_us, >, 0);
	g_ptr_array_add(d->lines, g_strdup_printf("%d %.*s", stream, (int)len, text));
}

static void
on_gap(void *user, gint64 time_us)
{
	((struct daemon *)user)->gaps++;
}

static void
on_cut(void *user, gint64 time_us, guint64 bytes)
{
	g_assert_not_reached();
}

static void
daemon_init(struct daemon *d, gboolean tty)
{
	static const struct docker_log_events events = { on_line, on_gap, on_cut };

	memset(d, 0, sizeof *d);
	d->records = g_ptr_array_new_with_free_func(record_free);
	d->lines = g_ptr_array_new_with_free_func(g_free);
	d->tty = tty;
	d->log = docker_log_new(&events, d);
}

static void
daemon_clear(struct daemon *d)
{
	docker_log_free(d->log);
	g_ptr_array_unref(d->records);
	g_ptr_array_unref(d->lines);
}

/* `text` as stored: with its line feed, or a piece without. */
static void
daemon_log(struct daemon *d, guint stream, gint64 ns, const char *text)
{
	struct record *r = g_new0(struct record, 1);

	r->stream = stream;
	r->ns = ns;
	r->text = g_strdup(text);
	g_ptr_array_add(d->records, r);
}

static void
append_record(const struct daemon *d, GString *out, const struct record *r)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(r->ns / NS_PER_S);
	g_autofree char *seconds = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
	g_autofree char *payload = g_strdup_printf("%s.%09dZ %s", seconds, (int)(r->ns % NS_PER_S), r->text);

	if (d->tty)
		g_string_append(out, payload);
	else
		append_frame(out, r->stream, payload, strlen(payload));
}

static gint64
parse_since(const char *since)
{
	char *end = NULL;
	gint64 seconds = since ? g_ascii_strtoll(since, &end, 10) : 0;

	return since ? seconds * NS_PER_S + g_ascii_strtoll(end + 1, NULL, 10) : 0;
}

/* Asks as the follower does, and gets `bytes` bytes in chunks of at most `chunk` before the connection is cut; -1 = to the end.
 * Returns the bytes there were. */
static gsize
daemon_serve(struct daemon *d, guint tail, gssize bytes, gsize chunk, gboolean complete)
{
	g_autofree char *since = docker_log_since(d->log);
	g_autoptr(GString) out = g_string_new(NULL);
	gint64 from = parse_since(since);
	guint first = d->rotated;
	gsize len;

	if (!since && tail && d->records->len > first + tail)
		first = d->records->len - tail;
	for (guint i = first; i < d->records->len; i++)
		if (((struct record *)d->records->pdata[i])->ns >= from)
			append_record(d, out, d->records->pdata[i]);
	len = bytes < 0 ? out->len : MIN((gsize)bytes, out->len);
	docker_log_begin(d->log, d->tty, tail && !since);
	for (gsize at = 0; at < len; at += chunk)
		g_assert_true(docker_log_feed(d->log, out->str + at, MIN(chunk, len - at)));
	docker_log_end(d->log, complete);
	return out->len;
}

static void
expect_lines(struct daemon *d, const char *expected)
{
	g_autofree char *got = NULL;

	g_ptr_array_add(d->lines, NULL);
	got = g_strjoinv("|", (char **)d->lines->pdata);
	g_ptr_array_set_size(d->lines, (int)d->lines->len - 1);
	g_assert_cmpstr(got, ==, expected);
}

static void
test_lines_of_two_streams(void)
{
	struct daemon d;

	daemon_init(&d, FALSE);
	daemon_log(&d, 1, BASE_NS, "one\n");
	daemon_log(&d, 2, BASE_NS + 1, "bad\n");
	daemon_log(&d, 1, BASE_NS + 2, "\n");
	daemon_log(&d, 0, BASE_NS + 3, "three\n");
	daemon_serve(&d, 0, -1, 7, FALSE);
	expect_lines(&d, "1 one|2 bad|1 |1 three");
	g_assert_cmpint(docker_log_newest_us(d.log), ==, (BASE_NS + 3) / 1000);
	daemon_clear(&d);
}

/* Pieces of an overlong line have the time of the first one; the other stream's lines come in between, later and earlier. */
static void
test_pieces_over_a_break(void)
{
	struct daemon d;
	gsize all;

	for (gssize cut = 0;; cut += 11) {
		daemon_init(&d, FALSE);
		daemon_log(&d, 1, BASE_NS, "xxxx");
		daemon_log(&d, 2, BASE_NS + 5 * NS_PER_S, "e1\n");
		daemon_log(&d, 1, BASE_NS, "xxxx");
		daemon_log(&d, 2, BASE_NS + 100 * NS_PER_S, "e2\n");
		daemon_log(&d, 1, BASE_NS, "yy\n");
		daemon_log(&d, 1, BASE_NS + 101 * NS_PER_S, "next\n");
		all = daemon_serve(&d, 0, cut, 1000, FALSE);
		daemon_serve(&d, 0, -1, 1000, FALSE);
		daemon_serve(&d, 0, -1, 1000, FALSE);
		expect_lines(&d, "2 e1|2 e2|1 xxxxxxxxyy|1 next");
		g_assert_cmpuint(d.gaps, ==, 0);
		daemon_clear(&d);
		if ((gsize)cut > all)
			break;
	}
}

static void
test_last_line_without_feed(void)
{
	for (guint tty = 0; tty < 2; tty++) {
		struct daemon d;
		daemon_init(&d, (gboolean)tty);
		daemon_log(&d, 1, BASE_NS, "one\n");
		daemon_log(&d, 1, BASE_NS + 1, "the end");
		daemon_serve(&d, 0, -1, 5, FALSE);
		expect_lines(&d, "1 one");
		daemon_serve(&d, 0, -1, 5, TRUE);
		expect_lines(&d, "1 one|1 the end");
		daemon_serve(&d, 0, -1, 5, TRUE);
		daemon_log(&d, 1, BASE_NS + NS_PER_S, "started again\n");
		daemon_log(&d, 1, BASE_NS + 2 * NS_PER_S, "bye");
		daemon_serve(&d, 0, -1, 5, TRUE);
		daemon_log(&d, 1, BASE_NS + 3 * NS_PER_S, "third\n");
		daemon_serve(&d, 0, -1, 5, FALSE);
		expect_lines(&d, "1 one|1 the end|1 started again|1 bye|1 third");
		daemon_clear(&d);
	}
}

static void
test_overlong_line_of_a_terminal(void)
{
	struct daemon d;
	g_autofree char *piece = g_strnfill(16384, 'x');
	g_autofree char *line = g_strconcat("1 ", piece, piece, "tail|1 next", NULL);

	daemon_init(&d, TRUE);
	daemon_log(&d, 1, BASE_NS, piece);
	daemon_log(&d, 1, BASE_NS, piece);
	daemon_log(&d, 1, BASE_NS, "tail\n");
	daemon_log(&d, 1, BASE_NS + 1, "next\n");
	daemon_serve(&d, 0, 20000, 1000, FALSE);
	daemon_serve(&d, 0, -1, 1000, FALSE);
	expect_lines(&d, line);
	daemon_clear(&d);
}

static void
test_equal_lines_at_one_time(void)
{
	struct daemon d;

	for (gssize cut = 0; cut < 250; cut++) {
		daemon_init(&d, FALSE);
		for (guint i = 0; i < 5; i++)
			daemon_log(&d, 1, BASE_NS, "same\n");
		daemon_log(&d, 2, BASE_NS, "same\n");
		daemon_serve(&d, 0, cut, 64, FALSE);
		daemon_serve(&d, 0, -1, 64, FALSE);
		expect_lines(&d, "1 same|1 same|1 same|1 same|1 same|2 same");
		daemon_clear(&d);
	}
}

static void
test_tail_begins_the_log(void)
{
	struct daemon d;

	daemon_init(&d, FALSE);
	for (guint i = 0; i < 10; i++) {
		g_autofree char *text = g_strdup_printf("%u\n", i);
		daemon_log(&d, 1, BASE_NS + i, text);
	}
	daemon_serve(&d, 3, -1, 64, FALSE);
	daemon_log(&d, 1, BASE_NS + 10, "10\n");
	daemon_serve(&d, 3, -1, 64, FALSE);
	expect_lines(&d, "1 7|1 8|1 9|1 10");
	daemon_clear(&d);
}

/* The host's clock is set back by an hour, and a break comes before it has caught up. */
static void
test_clock_set_back(void)
{
	struct daemon d;

	for (guint tty = 0; tty < 2; tty++) {
		daemon_init(&d, (gboolean)tty);
		daemon_log(&d, 1, BASE_NS, "a\n");
		daemon_log(&d, 1, BASE_NS + 20 * NS_PER_S, "b\n");
		daemon_log(&d, 1, BASE_NS - 3600 * NS_PER_S, "c\n");
		daemon_log(&d, 1, BASE_NS - 3599 * NS_PER_S, "d\n");
		daemon_serve(&d, 0, -1, 64, FALSE);
		daemon_log(&d, 1, BASE_NS - 3598 * NS_PER_S, "e\n");
		daemon_serve(&d, 0, -1, 64, FALSE);
		daemon_log(&d, 1, BASE_NS + 40 * NS_PER_S, "f\n");
		daemon_serve(&d, 0, -1, 64, FALSE);
		daemon_log(&d, 1, BASE_NS + 41 * NS_PER_S, "g\n");
		daemon_serve(&d, 0, -1, 64, FALSE);
		expect_lines(&d, "1 a|1 b|1 c|1 d|1 e|1 f|1 g");
		g_assert_cmpuint(d.gaps, ==, 0);
		daemon_clear(&d);
	}
}

static void
test_rotated_away_is_a_gap(void)
{
	struct daemon d;

	daemon_init(&d, FALSE);
	daemon_log(&d, 1, BASE_NS, "a\n");
	daemon_log(&d, 1, BASE_NS + 1, "b\n");
	daemon_serve(&d, 0, -1, 64, FALSE);
	daemon_log(&d, 1, BASE_NS + 2, "lost\n");
	daemon_log(&d, 1, BASE_NS + 3, "kept\n");
	d.rotated = 1;
	daemon_serve(&d, 0, 0, 64, FALSE);
	g_assert_cmpuint(d.gaps, ==, 0);
	d.rotated = 3;
	daemon_serve(&d, 0, -1, 64, FALSE);
	expect_lines(&d, "1 a|1 b|1 kept");
	g_assert_cmpuint(d.gaps, ==, 1);
	daemon_clear(&d);
}

static void
test_daemon_error(void)
{
	struct daemon d;
	g_autoptr(GString) out = g_string_new(NULL);

	daemon_init(&d, FALSE);
	daemon_log(&d, 1, BASE_NS, "a\n");
	daemon_serve(&d, 0, -1, 64, FALSE);
	append_frame(out, 3, "Error grabbing logs: EOF\n", 25);
	docker_log_begin(d.log, FALSE, FALSE);
	g_assert_true(docker_log_feed(d.log, out->str, out->len));
	g_assert_cmpstr(docker_log_problem(d.log), ==, "Error grabbing logs: EOF\n");
	docker_log_end(d.log, FALSE);
	expect_lines(&d, "1 a|3 Error grabbing logs: EOF\n");
	daemon_clear(&d);
}

/* Logs at random in both streams, with stamps that are stored out of order, and cuts at random places. */
static void
random_run(gboolean tty, guint records)
{
	struct daemon d;
	gint64 now = BASE_NS;
	guint taken_from[2] = { 0, 0 };
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	daemon_init(&d, tty);
	for (guint i = 0; i < records; i++) {
		guint stream = tty ? 0 : (guint)g_test_rand_int_range(0, 2);
		g_autofree char *text = g_strdup_printf("%u.%u\n", stream, taken_from[stream]++);
		now += g_test_rand_int_range(0, 3) * G_GINT64_CONSTANT(20000000);
		daemon_log(&d, stream + 1, now - (stream ? g_test_rand_int_range(0, 2) * 2 * NS_PER_S : 0), text);
		if (g_test_rand_int_range(0, 30) == 0)
			daemon_serve(&d, 0, g_test_rand_int_range(0, 20000), (gsize)g_test_rand_int_range(1, 500), FALSE);
	}
	daemon_serve(&d, 0, -1, 100, TRUE);
	g_assert_cmpuint(d.lines->len, ==, records);
	for (guint i = 0; i < d.lines->len; i++)
		g_assert_true(g_hash_table_add(seen, d.lines->pdata[i]));
	g_assert_cmpuint(d.gaps, ==, 0);
	daemon_clear(&d);
}

static void
test_random_cuts(void)
{
	for (guint i = 0; i < 20; i++)
		random_run(i % 2 == 1, 400);
}

static void
test_ring_is_bounded(void)
{
	struct taken_ring r = { 0 };
	g_autoptr(GHashTable) table = NULL;

	for (guint i = 0; i < TAKEN_RING_MAX + 10; i++)
		taken_ring_add(&r, BASE_NS + i, i, NS_PER_S);
	g_assert_cmpuint(r.count, ==, TAKEN_RING_MAX);
	g_assert_cmpint(r.floor_ns, ==, BASE_NS + 10);
	table = taken_ring_table(&r, BASE_NS + TAKEN_RING_MAX);
	g_assert_cmpuint(g_hash_table_size(table), ==, 10);
	g_assert_true(taken_table_remove(table, BASE_NS + TAKEN_RING_MAX, TAKEN_RING_MAX));
	g_assert_false(taken_table_remove(table, BASE_NS + TAKEN_RING_MAX, TAKEN_RING_MAX));
	taken_ring_add(&r, BASE_NS + 100 * NS_PER_S, 1, NS_PER_S);
	g_assert_cmpuint(r.count, ==, 2); /* the newest before is kept, to tell a gap by */
	taken_ring_clear(&r);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/docker-frames/any-split", test_any_split_gives_the_same_frames);
	g_test_add_func("/docker-frames/malformed", test_malformed_headers);
	g_test_add_func("/docker-frames/reset", test_half_a_frame_is_dropped_by_reset);
	g_test_add_func("/docker-log/stamp", test_stamp);
	g_test_add_func("/docker-log/two-streams", test_lines_of_two_streams);
	g_test_add_func("/docker-log/pieces", test_pieces_over_a_break);
	g_test_add_func("/docker-log/last-line", test_last_line_without_feed);
	g_test_add_func("/docker-log/terminal-overlong", test_overlong_line_of_a_terminal);
	g_test_add_func("/docker-log/equal-lines", test_equal_lines_at_one_time);
	g_test_add_func("/docker-log/tail", test_tail_begins_the_log);
	g_test_add_func("/docker-log/clock", test_clock_set_back);
	g_test_add_func("/docker-log/gap", test_rotated_away_is_a_gap);
	g_test_add_func("/docker-log/daemon-error", test_daemon_error);
	g_test_add_func("/docker-log/random-cuts", test_random_cuts);
	g_test_add_func("/docker-log/ring", test_ring_is_bounded);
	return g_test_run();
}
