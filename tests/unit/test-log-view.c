#include "model/log_view.h"

#include <string.h>

#define ENOUGH_US (60 * G_USEC_PER_SEC)

struct fixture {
	struct log_store *store;
	struct log_view *view;
	guint32 sources[3];
};

static void set_up(struct fixture *f, gconstpointer limit)
{
	static const char *const names[] = { "one", "two", "three" };
	f->store = log_store_new(limit ? GPOINTER_TO_SIZE(limit) : 8 << 20);
	f->view = log_view_new(f->store);
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		f->sources[i] = log_store_source(f->store, "srv1", "container", names[i]);
}

static void tear_down(struct fixture *f, gconstpointer limit)
{
	log_view_free(f->view);
	log_store_free(f->store);
}

static void add(struct fixture *f, guint source, gint64 time_us, const char *text)
{
	log_store_append_line(f->store, f->sources[source], 0, LEVEL_NONE, time_us, text, strlen(text));
}

static void work(struct fixture *f)
{
	while (log_view_work(f->view, ENOUGH_US))
		;
	g_assert_cmpfloat(log_view_progress(f->view), ==, 1);
}

static void filter(struct fixture *f, const char *pattern, gboolean in)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(log_view_filter(f->view, pattern, in, &error));
	g_assert_no_error(error);
}

static void search(struct fixture *f, const char *pattern)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(log_view_search(f->view, pattern, &error));
	g_assert_no_error(error);
}

/* The shown lines, joined by blanks. */
static void assert_shown(struct fixture *f, const char *expected)
{
	g_autoptr(GString) shown = g_string_new(NULL);
	struct log_line line;
	work(f);
	for (guint64 i = 0; log_view_at(f->view, i, &line); i++) {
		if (i)
			g_string_append_c(shown, ' ');
		g_string_append_len(shown, line.text, line.length);
	}
	g_assert_cmpstr(shown->str, ==, expected);
}

static void add_words(struct fixture *f, const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);
	for (guint i = 0; list[i]; i++)
		add(f, i % 3, 10 * (gint64)(i + 1), list[i]);
}

static void test_empty(struct fixture *f, gconstpointer data)
{
	struct log_line line;
	guint counts[4];
	g_assert_false(log_view_work(f->view, 1000));
	g_assert_cmpuint(log_view_count(f->view), ==, 0);
	g_assert_cmpfloat(log_view_progress(f->view), ==, 1);
	g_assert_false(log_view_at(f->view, 0, &line));
	g_assert_cmpuint(log_view_find_time(f->view, 5), ==, 0);
	g_assert_cmpuint(log_view_find_seq(f->view, 1), ==, 0);
	g_assert_cmpuint(log_view_next(f->view, 0, 1, LEVEL_ERROR), ==, G_MAXUINT64);
	g_assert_cmpuint(log_view_next(f->view, 0, -1, LEVEL_ERROR), ==, G_MAXUINT64);
	g_assert_cmpuint(log_view_next(f->view, 0, 1, LEVEL_NONE), ==, G_MAXUINT64);
	log_view_histogram(f->view, LEVEL_NONE, 0, 100, counts, 4);
	g_assert_cmpuint(counts[0] + counts[3], ==, 0);
	log_view_pause(f->view, TRUE);
	log_view_pause(f->view, FALSE);
}

static void test_filters(struct fixture *f, gconstpointer data)
{
	add_words(f, "apple banana cherry Apricot avocado blueberry");
	assert_shown(f, "apple banana cherry Apricot avocado blueberry");
	filter(f, "^a", TRUE);
	assert_shown(f, "apple Apricot avocado");
	filter(f, "rry$", TRUE);
	assert_shown(f, "apple cherry Apricot avocado blueberry");
	filter(f, "app|blue", FALSE);
	assert_shown(f, "cherry Apricot avocado");
	gboolean in;
	g_assert_cmpuint(log_view_filter_count(f->view), ==, 3);
	g_assert_cmpstr(log_view_filter_text(f->view, 2, &in), ==, "app|blue");
	g_assert_false(in);
	g_assert_null(log_view_filter_text(f->view, 3, &in));
	log_view_filters_clear(f->view);
	/* A capital letter makes it sensitive to case; one in an escape does not. */
	filter(f, "A", TRUE);
	assert_shown(f, "Apricot");
	log_view_filters_clear(f->view);
	filter(f, "^\\Sp", TRUE);
	assert_shown(f, "apple Apricot");
}

static void test_bad_patterns(struct fixture *f, gconstpointer data)
{
	static const char *const bad[] = { "(", "[a", "a{2,1}", "\\", "*x", "\\C", "\xff" };
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(log_view_filter(f->view, bad[i], TRUE, &error));
		g_assert_nonnull(error);
	}
	g_autoptr(GError) error = NULL;
	g_assert_false(log_view_search(f->view, "x(", &error));
	g_assert_nonnull(strstr(error->message, "offset 2"));
	g_assert_cmpuint(log_view_filter_count(f->view), ==, 0);
	g_assert_true(log_view_search(f->view, "", NULL));
	g_assert_true(log_view_search(f->view, NULL, NULL));
}

static void test_sources_and_levels(struct fixture *f, gconstpointer data)
{
	add_words(f, "ERROR:1 INFO:2 WARN:3 none:4 DEBUG:5 FATAL:6");
	log_view_minimum_level(f->view, LEVEL_WARN);
	assert_shown(f, "ERROR:1 WARN:3 none:4 FATAL:6");
	log_view_strict(f->view, TRUE);
	assert_shown(f, "ERROR:1 WARN:3 FATAL:6");
	log_view_minimum_level(f->view, LEVEL_NONE);
	gboolean wanted[3] = { FALSE, FALSE, TRUE };
	log_view_sources(f->view, wanted, 3);
	assert_shown(f, "INFO:2 DEBUG:5");
	log_view_sources(f->view, wanted, 0);
	assert_shown(f, "");
	log_view_sources(f->view, NULL, 0);
	assert_shown(f, "ERROR:1 INFO:2 WARN:3 none:4 DEBUG:5 FATAL:6");
}

static void test_context(struct fixture *f, gconstpointer data)
{
	add_words(f, "a b c X d e f g Y h");
	filter(f, "[XY]", TRUE);
	log_view_context(f->view, 1);
	assert_shown(f, "c X d g Y h");
	log_view_context(f->view, 2);
	assert_shown(f, "b c X d e f g Y h");
	log_view_context(f->view, 0);
	assert_shown(f, "X Y");
	log_view_context(f->view, 1);
	assert_shown(f, "c X d g Y h");
	/* A line that comes late is a neighbour too. */
	add(f, 0, 45, "late");
	assert_shown(f, "c X late g Y h");
	/* Lines of sources that are not wanted are none. */
	gboolean wanted[4] = { FALSE, TRUE, FALSE, FALSE };
	log_view_sources(f->view, wanted, 4);
	assert_shown(f, "a X late");
}

static void test_late_lines(struct fixture *f, gconstpointer data)
{
	filter(f, "x", TRUE);
	add(f, 0, 10, "x10");
	add(f, 0, 30, "x30");
	assert_shown(f, "x10 x30");
	add(f, 1, 20, "x20");
	add(f, 1, 5, "y5");
	add(f, 1, 6, "x6");
	add(f, 1, 30, "x30b");
	assert_shown(f, "x6 x10 x20 x30 x30b");
}

static void test_search(struct fixture *f, gconstpointer data)
{
	add_words(f, "red:1 blue:2 red:3 green:4 red:5 blue:6");
	work(f);
	search(f, "red");
	g_assert_cmpuint(log_view_next(f->view, 0, 1, LEVEL_NONE), ==, 2);
	g_assert_cmpuint(log_view_next(f->view, 2, 1, LEVEL_NONE), ==, 4);
	g_assert_cmpuint(log_view_next(f->view, 4, 1, LEVEL_NONE), ==, G_MAXUINT64);
	g_assert_cmpuint(log_view_next(f->view, 4, -1, LEVEL_NONE), ==, 2);
	g_assert_cmpuint(log_view_next(f->view, 0, -1, LEVEL_NONE), ==, G_MAXUINT64);
	g_assert_cmpuint(log_view_next(f->view, G_MAXUINT64, 1, LEVEL_NONE), ==, 0);
	g_assert_cmpuint(log_view_next(f->view, G_MAXUINT64, -1, LEVEL_NONE), ==, 4);
	g_assert_cmpuint(log_view_next(f->view, 99, 1, LEVEL_NONE), ==, G_MAXUINT64);
	work(f);
	g_assert_cmpuint(log_view_search_count(f->view), ==, 3);
	g_assert_cmpfloat(log_view_search_progress(f->view), ==, 1);
	/* It hides nothing, and finds only what is shown. */
	g_assert_cmpuint(log_view_count(f->view), ==, 6);
	filter(f, "[1-4]", TRUE);
	work(f);
	g_assert_cmpuint(log_view_search_count(f->view), ==, 2);
	g_assert_cmpuint(log_view_next(f->view, G_MAXUINT64, -1, LEVEL_NONE), ==, 2);
	search(f, NULL);
	g_assert_cmpuint(log_view_next(f->view, G_MAXUINT64, -1, LEVEL_NONE), ==, G_MAXUINT64);
	g_assert_cmpuint(log_view_search_count(f->view), ==, 0);
}

static void test_next_level(struct fixture *f, gconstpointer data)
{
	add_words(f, "ERROR:0 INFO:1 WARN:2 INFO:3 FATAL:4 INFO:5");
	work(f);
	g_assert_cmpuint(log_view_next(f->view, 0, 1, LEVEL_ERROR), ==, 4);
	g_assert_cmpuint(log_view_next(f->view, 0, 1, LEVEL_WARN), ==, 2);
	g_assert_cmpuint(log_view_next(f->view, 4, -1, LEVEL_ERROR), ==, 0);
	g_assert_cmpuint(log_view_next(f->view, 4, 1, LEVEL_ERROR), ==, G_MAXUINT64);
	log_view_context(f->view, 1);
	filter(f, "INFO:3", TRUE);
	work(f);
	g_assert_cmpuint(log_view_next(f->view, 0, 1, LEVEL_ERROR), ==, 2);
}

static void assert_ranges(struct fixture *f, const char *text, const char *expected)
{
	struct log_line line = { .text = text, .length = (guint32)strlen(text) };
	struct log_range ranges[8];
	g_autoptr(GString) found = g_string_new(NULL);
	guint count = log_view_matches(f->view, &line, ranges, G_N_ELEMENTS(ranges));
	for (guint i = 0; i < count; i++)
		g_string_append_printf(found, "%s%u-%u", i ? " " : "", ranges[i].start, ranges[i].end);
	g_assert_cmpstr(found->str, ==, expected);
}

static void test_matches(struct fixture *f, gconstpointer data)
{
	assert_ranges(f, "nothing asked for", "");
	search(f, "o+");
	assert_ranges(f, "foo bar o", "1-3 8-9");
	assert_ranges(f, "", "");
	filter(f, "bar", TRUE);
	filter(f, "o b", TRUE);
	filter(f, "f", FALSE);
	assert_ranges(f, "foo bar o", "1-7 8-9");
	assert_ranges(f, "ooooooo", "0-7");
	assert_ranges(f, "o o o o o o o o o o o o", "0-1 2-3 4-5 6-7 8-9 10-11 12-13 14-15");
	/* Empty matches mark nothing, and characters stay whole. */
	search(f, "x*");
	log_view_filters_clear(f->view);
	assert_ranges(f, "üxxü€x", "2-4 9-10");
}

static void test_find(struct fixture *f, gconstpointer data)
{
	add_words(f, "a b c d e f");
	filter(f, "[bdf]", TRUE);
	work(f);
	g_assert_cmpuint(log_view_find_time(f->view, 0), ==, 0);
	g_assert_cmpuint(log_view_find_time(f->view, 20), ==, 0);
	g_assert_cmpuint(log_view_find_time(f->view, 21), ==, 1);
	g_assert_cmpuint(log_view_find_time(f->view, 61), ==, 3);
	struct log_line line;
	for (guint i = 0; log_view_at(f->view, i, &line); i++)
		g_assert_cmpuint(log_view_find_seq(f->view, line.seq), ==, i);
	log_store_at(f->store, 2, &line);
	g_assert_cmpuint(log_view_find_seq(f->view, line.seq), ==, 1);
	g_assert_cmpuint(log_view_find_seq(f->view, 999), ==, 3);
}

static void test_histogram(struct fixture *f, gconstpointer data)
{
	for (gint64 i = 0; i < 6000; i++)
		add(f, 0, i, i % 10 ? "INFO x" : i % 100 ? "ERROR x" : "FATAL y");
	work(f);
	guint counts[7];
	log_view_histogram(f->view, LEVEL_ERROR, 0, 6000, counts, 6);
	for (guint i = 0; i < 6; i++)
		g_assert_cmpuint(counts[i], ==, 100);
	log_view_histogram(f->view, LEVEL_NONE, -1000, 5000, counts, 6);
	g_assert_cmpuint(counts[0], ==, 0);
	g_assert_cmpuint(counts[5], ==, 1000);
	log_view_histogram(f->view, LEVEL_NONE, G_MININT64 / 4, G_MAXINT64 / 4, counts, 2);
	g_assert_cmpuint(counts[0] + counts[1], ==, 6000);
	log_view_histogram(f->view, LEVEL_NONE, 10, 10, counts, 2);
	g_assert_cmpuint(counts[0] + counts[1], ==, 0);
	filter(f, "y", TRUE);
	work(f);
	log_view_histogram(f->view, LEVEL_ERROR, 0, 6000, counts, 6);
	g_assert_cmpuint(counts[3], ==, 10);
}

static void test_pause(struct fixture *f, gconstpointer data)
{
	add_words(f, "a b c");
	work(f);
	log_view_pause(f->view, TRUE);
	g_assert_true(log_view_paused(f->view));
	add(f, 0, 15, "late");
	add(f, 0, 50, "new");
	assert_shown(f, "a b c");
	g_assert_cmpuint(log_view_pending(f->view), ==, 2);
	/* Other filters look at what was there. */
	filter(f, "[abl]", TRUE);
	assert_shown(f, "a b");
	search(f, "b|new");
	work(f);
	g_assert_cmpuint(log_view_search_count(f->view), ==, 1);
	log_view_filters_clear(f->view);
	log_view_pause(f->view, FALSE);
	g_assert_cmpuint(log_view_pending(f->view), ==, 0);
	assert_shown(f, "a late b c new");
}

static char *all_text(struct log_view *v)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct log_line line;
	for (guint64 i = 0; log_view_at(v, i, &line); i++) {
		g_string_append_len(text, line.text, line.length);
		g_string_append_c(text, '\n');
	}
	return g_strdup(text->str);
}

static void add_many(struct fixture *f, guint count, gint64 from_us, gint64 spread_us)
{
	static const char *const levels[] = { "INFO", "ERROR", "WARN", "" };
	for (guint i = 0; i < count; i++) {
		g_autofree char *text = g_strdup_printf("%s request %d took %d ms, %s", levels[g_test_rand_int_range(0, 4)],
			g_test_rand_int_range(0, 1000), g_test_rand_int_range(0, 100), g_test_rand_int_range(0, 20) ? "fine" : "Zürich lost");
		add(f, (guint)g_test_rand_int_range(0, 3), from_us + (gint64)i + g_test_rand_int_range(0, (gint)spread_us + 1), text);
	}
}

/* What is shown stays to the byte while the store turns over many times, late lines come and blocks are split. */
static void test_pause_holds(struct fixture *f, gconstpointer limit)
{
	add_many(f, 2000, 0, 0);
	work(f);
	g_autofree char *before = all_text(f->view);
	log_view_pause(f->view, TRUE);
	for (guint round = 0; round < 8; round++) {
		add_many(f, 1000, 0, 3000);
		add_many(f, 3000, 3000 * round, 0);
		work(f);
		g_autofree char *now = all_text(f->view);
		g_assert_cmpstr(now, ==, before);
		g_assert_cmpuint(log_store_bytes(f->store), <=, GPOINTER_TO_SIZE(limit));
		g_assert_cmpuint(log_store_held_bytes(f->store), <=, GPOINTER_TO_SIZE(limit));
	}
	g_assert_cmpuint(log_store_held_bytes(f->store), >, 0);
	log_view_pause(f->view, FALSE);
	g_assert_cmpuint(log_store_held_bytes(f->store), ==, 0);
	work(f);
	g_assert_cmpuint(log_view_count(f->view), ==, log_store_lines(f->store));
	/* A view that goes away while paused lets its blocks go as well. */
	log_view_pause(f->view, TRUE);
	add_many(f, 9000, 90000, 0);
	log_view_free(f->view);
	g_assert_cmpuint(log_store_held_bytes(f->store), ==, 0);
	f->view = log_view_new(f->store);
}

/* What the view should show, found out the plain way: one line after the other. */
struct oracle {
	GRegex *in[2], *out;
	enum log_level minimum;
	gboolean strict;
	const gboolean *wanted; /* four */
	guint context;
};

static gboolean oracle_match(GRegex *regex, const struct log_line *line)
{
	g_autofree char *text = g_strndup(line->text, line->length);
	return g_regex_match(regex, text, 0, NULL);
}

static gboolean oracle_passes(const struct oracle *o, const struct log_line *line)
{
	if (line->level < o->minimum && (line->level != LEVEL_NONE || o->strict))
		return FALSE;
	if (o->in[0] && !oracle_match(o->in[0], line) && !(o->in[1] && oracle_match(o->in[1], line)))
		return FALSE;
	return !o->out || !oracle_match(o->out, line);
}

static void oracle_check(const struct oracle *o, struct fixture *f)
{
	g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(guint64));
	g_autoptr(GByteArray) passes = g_byte_array_new();
	struct log_line line;
	for (guint64 i = 0; log_store_at(f->store, i, &line); i++) {
		if (o->wanted && !o->wanted[line.source])
			continue;
		guint8 pass = (guint8)oracle_passes(o, &line);
		g_array_append_val(seqs, line.seq);
		g_byte_array_append(passes, &pass, 1);
	}
	guint64 shown = 0;
	for (guint i = 0; i < seqs->len; i++) {
		gboolean near = FALSE;
		for (guint j = i > o->context ? i - o->context : 0; j < passes->len && j <= i + o->context && !near; j++)
			near = passes->data[j];
		guint64 seq = g_array_index(seqs, guint64, i);
		g_assert_cmpuint(log_view_find_seq(f->view, seq), ==, shown);
		if (!near)
			continue;
		g_assert_true(log_view_at(f->view, shown, &line));
		g_assert_cmpuint(line.seq, ==, seq);
		shown++;
	}
	g_assert_cmpuint(log_view_count(f->view), ==, shown);
}

/* Patterns of each kind: literals, whole blocks, line by line. */
static const char *const patterns[] = {
	"error|zürich", "ERROR|WARN|Zürich", "took 7\\d ms", "^$|request 1\\d*5", "fine$", "took \\d+ ms, [^f]", "request\\s+\\d{2} (?!took 1)",
	"(?<=INFO )request 9", "^ ", "(?i)LOST", ".", "x*", "\\Aerror", "e.*9.*z", "\\b5\\b",
};

static GRegex *pick_filter(struct fixture *f, gboolean in)
{
	const char *pattern = patterns[g_test_rand_int_range(0, G_N_ELEMENTS(patterns))];
	gboolean caseless = TRUE;
	for (const char *p = pattern; *p; p++)
		if (g_ascii_isupper(*p) && (p == pattern || p[-1] != '\\'))
			caseless = FALSE;
	filter(f, pattern, in);
	return g_regex_new(pattern, caseless ? G_REGEX_CASELESS : 0, 0, NULL);
}

static void oracle_clear(struct oracle *o)
{
	g_clear_pointer(&o->in[0], g_regex_unref);
	g_clear_pointer(&o->in[1], g_regex_unref);
	g_clear_pointer(&o->out, g_regex_unref);
}

static void oracle_choose(struct oracle *o, struct fixture *f)
{
	static const gboolean wanted[4] = { FALSE, TRUE, FALSE, TRUE };
	oracle_clear(o);
	log_view_filters_clear(f->view);
	if (g_test_rand_int_range(0, 4))
		o->in[0] = pick_filter(f, TRUE);
	if (o->in[0] && g_test_rand_bit())
		o->in[1] = pick_filter(f, TRUE);
	if (g_test_rand_bit())
		o->out = pick_filter(f, FALSE);
	o->minimum = g_test_rand_bit() ? LEVEL_NONE : (enum log_level)g_test_rand_int_range(0, LEVEL_FATAL + 1);
	o->strict = g_test_rand_bit();
	o->wanted = g_test_rand_bit() ? wanted : NULL;
	o->context = g_test_rand_bit() ? 0 : (guint)g_test_rand_int_range(1, 6);
	log_view_minimum_level(f->view, o->minimum);
	log_view_strict(f->view, o->strict);
	log_view_sources(f->view, o->wanted, 4);
	log_view_context(f->view, o->context);
}

/* Lines in and out of order, a store that turns over, filters that change half-way: the view shows what it should. */
static void test_against_oracle(struct fixture *f, gconstpointer limit)
{
	struct oracle o = { 0 };
	gint64 at_us = 0;
	for (guint round = 0; round < 30; round++) {
		if (round % 3 == 0)
			oracle_choose(&o, f);
		guint count = (guint)g_test_rand_int_range(0, 1500);
		add_many(f, count, at_us, round % 2 ? 0 : 2000);
		at_us += count;
		if (g_test_rand_bit())
			log_view_work(f->view, 1);
		add_many(f, 20, at_us > 3000 ? at_us - 3000 : 0, 100);
		work(f);
		/* The oracle is slow: context over an evicted border is not known to it. */
		if (o.context && log_store_dropped_lines(f->store)) {
			log_view_context(f->view, o.context);
			work(f);
		}
		oracle_check(&o, f);
		g_assert_null(log_view_pattern_problem(f->view));
	}
	oracle_clear(&o);
}

/* The search finds the same lines forward and backward, step by step, as the pattern does on each. */
static void test_search_against_oracle(struct fixture *f, gconstpointer limit)
{
	for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
		add_many(f, 300, i * 200, 500);
		log_view_filters_clear(f->view);
		g_autoptr(GRegex) regex = pick_filter(f, TRUE);
		g_autofree char *pattern = g_strdup(log_view_filter_text(f->view, 0, NULL));
		log_view_filters_clear(f->view);
		search(f, pattern);
		work(f);
		struct log_line line;
		guint64 at = G_MAXUINT64, found = 0;
		for (guint64 index = 0; log_view_at(f->view, index, &line); index++) {
			if (!oracle_match(regex, &line))
				continue;
			guint64 next = log_view_next(f->view, at, 1, LEVEL_NONE);
			g_assert_cmpuint(next, ==, index);
			if (at != G_MAXUINT64)
				g_assert_cmpuint(log_view_next(f->view, next, -1, LEVEL_NONE), ==, at);
			at = next;
			found++;
		}
		if (at != G_MAXUINT64)
			g_assert_cmpuint(log_view_next(f->view, at, 1, LEVEL_NONE), ==, G_MAXUINT64);
		g_assert_cmpuint(log_view_search_count(f->view), ==, found);
	}
}

/* A pattern that would take for ever gives up, says so and leaves the other lines right. */
static void test_costly_pattern(struct fixture *f, gconstpointer limit)
{
	g_autofree char *trap = g_strnfill(4000, 'a');
	trap[3999] = '!';
	add(f, 0, 1, "aaab");
	add(f, 0, 2, trap);
	add(f, 0, 3, "b aab");
	filter(f, "^(a+)+[bc]$|aab", TRUE);
	search(f, "(\\w+)*\\1c?$");
	work(f);
	const char *problem = log_view_pattern_problem(f->view);
	g_assert_nonnull(problem);
	g_assert_nonnull(strstr(problem, "no match"));
	assert_shown(f, "aaab b aab");
	log_view_search(f->view, NULL, NULL);
	log_view_filters_clear(f->view);
	g_assert_null(log_view_pattern_problem(f->view));
}

/* Work comes in slices, newest first, and what is shown before the end is right as far as it goes. */
static void test_slices(struct fixture *f, gconstpointer limit)
{
	add_many(f, 20000, 0, 0);
	filter(f, "ERROR.*fine", TRUE);
	double progress = log_view_progress(f->view);
	g_assert_cmpfloat(progress, ==, 0);
	guint slices = 0;
	while (log_view_work(f->view, 1)) {
		g_assert_cmpfloat(log_view_progress(f->view), >, progress);
		progress = log_view_progress(f->view);
		struct log_line line;
		if (log_view_at(f->view, 0, &line))
			g_assert_cmpuint(line.length, >, 0);
		slices++;
	}
	g_assert_cmpuint(slices, >, 10);
	g_assert_cmpfloat(log_view_progress(f->view), ==, 1);
}

/* Calls on a view that did not work since its blocks went must not touch them. */
static void test_behind(struct fixture *f, gconstpointer limit)
{
	add_many(f, 2000, 0, 0);
	work(f);
	struct log_line first;
	log_view_at(f->view, 0, &first);
	guint64 seq = first.seq;
	search(f, "request 5");
	add_many(f, 20000, 5000, 100);
	struct log_line line;
	while (log_view_at(f->view, 0, &line) && !log_view_next(f->view, 0, 1, LEVEL_ERROR))
		;
	g_assert_cmpuint(log_view_find_seq(f->view, seq), ==, 0);
	g_assert_cmpuint(log_view_next(f->view, 0, 1, LEVEL_NONE), ==, G_MAXUINT64);
	guint counts[3];
	log_view_histogram(f->view, LEVEL_NONE, 0, 30000, counts, 3);
	work(f);
	g_assert_cmpuint(log_view_count(f->view), ==, log_store_lines(f->store));
}

#define ADD(name, limit, test) g_test_add("/log-view/" name, struct fixture, GSIZE_TO_POINTER(limit), set_up, test, tear_down)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("empty", 0, test_empty);
	ADD("filters", 0, test_filters);
	ADD("bad-patterns", 0, test_bad_patterns);
	ADD("sources-and-levels", 0, test_sources_and_levels);
	ADD("context", 0, test_context);
	ADD("late-lines", 0, test_late_lines);
	ADD("search", 0, test_search);
	ADD("next-level", 0, test_next_level);
	ADD("matches", 0, test_matches);
	ADD("find", 0, test_find);
	ADD("histogram", 0, test_histogram);
	ADD("pause", 0, test_pause);
	ADD("pause-holds", 256 * 1024, test_pause_holds);
	ADD("oracle", 256 * 1024, test_against_oracle);
	ADD("oracle-unbounded", 0, test_against_oracle);
	ADD("search-oracle", 0, test_search_against_oracle);
	ADD("costly-pattern", 0, test_costly_pattern);
	ADD("slices", 0, test_slices);
	ADD("behind", 256 * 1024, test_behind);
	return g_test_run();
}
