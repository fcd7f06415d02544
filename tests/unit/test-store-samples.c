/* Samples in the store: what is kept, found again, thinned and forgotten, on a clock of its own. */
#include "backends/store.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)
#define NOW_US (G_GINT64_CONSTANT(1795312042) * G_USEC_PER_SEC) /* 2026-11-22T01:47:22Z */

static char *directory, *path;

static struct store *
open_store(void)
{
	g_autoptr(GError) error = NULL;
	struct store *s = store_open(path, &error);

	g_assert_no_error(error);
	return s;
}

static struct store *
new_store(void)
{
	directory = g_dir_make_tmp("midwatch-samples-XXXXXX", NULL);
	path = g_build_filename(directory, "store.db", NULL);
	return open_store();
}

static void
free_store(struct store *s)
{
	g_autofree char *head = g_strconcat(path, ".head", NULL);

	store_close(s);
	g_unlink(path);
	g_unlink(head);
	g_assert_cmpint(g_rmdir(directory), ==, 0); /* and nothing else is left */
	g_free(directory);
	g_free(path);
}

static guint
count(struct store *s, const char *series)
{
	return store_sample_count(s, "srv1", series, 0, G_MAXINT64 / 2);
}

static void
test_near(void)
{
	struct store *s = new_store();

	g_assert_true(isnan(store_sample_near(s, "srv1", "score", NOW_US, HOUR_US)));
	store_sample(s, "srv1", "score", NOW_US - HOUR_US, 70);
	store_sample(s, "srv1", "score", NOW_US - HOUR_US + 3 * MINUTE_US, 75);
	store_sample(s, "srv1", "score", NOW_US, NAN); /* a gap is no sample */
	store_sample(s, "srv2", "score", NOW_US - HOUR_US, 10);
	store_sample(s, "srv1", "score.cpu", NOW_US - HOUR_US, 20);
	g_assert_cmpfloat(store_sample_near(s, "srv1", "score", NOW_US - HOUR_US, 10 * MINUTE_US), ==, 70);
	g_assert_cmpfloat(store_sample_near(s, "srv1", "score", NOW_US - HOUR_US + 2 * MINUTE_US, 10 * MINUTE_US), ==, 75);
	g_assert_true(isnan(store_sample_near(s, "srv1", "score", NOW_US, 10 * MINUTE_US)));
	g_assert_cmpfloat(store_sample_near(s, "srv1", "score", NOW_US, 57 * MINUTE_US), ==, 75); /* the border is within */
	g_assert_cmpfloat(store_sample_near(s, "srv2", "score", NOW_US - HOUR_US, 0), ==, 10);
	store_sample(s, "srv1", "score", NOW_US - HOUR_US, 71); /* of the same moment: the later one counts */
	g_assert_cmpfloat(store_sample_near(s, "srv1", "score", NOW_US - HOUR_US, 0), ==, 71);
	g_assert_cmpuint(store_sample_count(s, "srv1", "score", NOW_US - HOUR_US, NOW_US), ==, 2);
	g_assert_cmpuint(store_sample_count(s, "srv1", "score", NOW_US - HOUR_US + 1, NOW_US), ==, 1);
	free_store(s);
}

/* Names are data, in whatever they hold. */
static void
test_names(void)
{
	struct store *s = new_store();
	static const char *const names[] = { "a'b", "a\"; DROP TABLE sample; --", "llm.load:qwen2.5:7b", "", "caf\xc3\xa9 * ?" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		store_sample(s, names[i], names[i], NOW_US, i);
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_cmpfloat(store_sample_near(s, names[i], names[i], NOW_US, 0), ==, i);
	free_store(s);
}

/* Written behind, and not lost when the store is closed. */
static void
test_close(void)
{
	struct store *s = new_store();

	for (int i = 0; i < 1000; i++)
		store_sample(s, "srv1", "score", NOW_US - i * MINUTE_US, i);
	store_close(s);
	s = open_store();
	g_assert_cmpuint(count(s, "score"), ==, 1000);
	g_assert_cmpfloat(store_sample_near(s, "srv1", "score", NOW_US - 999 * MINUTE_US, 0), ==, 999);
	free_store(s);
}

static void
test_last(void)
{
	struct store *s = new_store();
	gint64 now = g_get_real_time();

	g_assert_cmpint(store_sample_last(s, "srv1", "llm.load:m"), ==, 0);
	store_sample(s, "srv1", "llm.load:m", now - HOUR_US, 1);
	store_sample(s, "srv1", "llm.load:m", now - DAY_US, 1);
	store_sample(s, "srv1", "llm.load:m", now + HOUR_US, 1); /* the clock was wrong then */
	g_assert_cmpint(store_sample_last(s, "srv1", "llm.load:m"), ==, now - HOUR_US);
	free_store(s);
}

static void
test_means(void)
{
	struct store *s = new_store();
	double means[4];

	store_sample(s, "srv1", "score", NOW_US, 10);
	store_sample(s, "srv1", "score", NOW_US + HOUR_US - 1, 20);
	store_sample(s, "srv1", "score", NOW_US + 2 * HOUR_US, 40);
	store_sample(s, "srv1", "score", NOW_US + 4 * HOUR_US, 99);
	store_sample(s, "srv1", "score", NOW_US - 1, 99);
	store_sample_means(s, "srv1", "score", NOW_US, HOUR_US, means, G_N_ELEMENTS(means));
	g_assert_cmpfloat(means[0], ==, 15);
	g_assert_true(isnan(means[1]));
	g_assert_cmpfloat(means[2], ==, 40);
	g_assert_true(isnan(means[3]));
	free_store(s);
}

/* Six weeks, a sample a minute: thinned once at the end and, in another store, every day on the way, with the same result. */
#define DAYS 42

static void
fill(struct store *s, gint64 from_us, gint64 to_us)
{
	for (gint64 t = from_us; t < to_us; t += MINUTE_US)
		store_sample(s, "srv1", "score", t, (double)(t / MINUTE_US % 100));
	for (gint64 t = from_us; t < to_us; t += 10 * MINUTE_US)
		store_sample(s, "srv1", "llm.load:m", t, 1);
}

static guint
between(struct store *s, const char *series, gint64 oldest_age_us, gint64 newest_age_us)
{
	return store_sample_count(s, "srv1", series, NOW_US - oldest_age_us, NOW_US - newest_age_us - 1);
}

static void
assert_thin(struct store *s)
{
	g_assert_cmpuint(between(s, "score", DAY_US, 0), ==, 24 * 60);
	g_assert_cmpuint(between(s, "score", 7 * DAY_US, DAY_US), >=, 6 * 24 * 12 - 2);
	g_assert_cmpuint(between(s, "score", 7 * DAY_US, DAY_US), <=, 6 * 24 * 12 + 5); /* a bucket at the border is whole yet */
	g_assert_cmpuint(between(s, "score", 30 * DAY_US, 7 * DAY_US), >=, 23 * 24 - 2);
	g_assert_cmpuint(between(s, "score", 30 * DAY_US, 7 * DAY_US), <=, 23 * 24 + 13);
	g_assert_cmpuint(between(s, "score", 100 * DAY_US, 30 * DAY_US), ==, 0);
	g_assert_cmpuint(between(s, "llm.load:m", 30 * DAY_US, 0), ==, 30 * 24 * 6);
	g_assert_cmpuint(between(s, "llm.load:m", 100 * DAY_US, 30 * DAY_US), ==, 0);
}

static void
test_thin_once(void)
{
	struct store *s = new_store();

	fill(s, NOW_US - DAYS * DAY_US, NOW_US);
	store_samples_thin(s, NOW_US);
	assert_thin(s);
	store_samples_thin(s, NOW_US); /* again: nothing more goes */
	assert_thin(s);
	free_store(s);
}

static void
test_thin_daily(void)
{
	struct store *s = new_store();

	for (int day = DAYS; day > 0; day--) {
		fill(s, NOW_US - day * DAY_US, NOW_US - (day - 1) * DAY_US);
		store_samples_thin(s, NOW_US - (day - 1) * DAY_US);
	}
	assert_thin(s);
	/* The clock was wrong for a moment: what it thinned is gone, but it goes on from the right time. */
	store_samples_thin(s, NOW_US + HOUR_US);
	store_samples_thin(s, NOW_US);
	g_assert_cmpuint(between(s, "score", DAY_US - 2 * HOUR_US, 0), ==, 22 * 60);
	free_store(s);
}

/* Another process that holds the store keeps them waiting, not the console; they are there afterwards. */
static void
test_busy(void)
{
	struct store *s = new_store();
	gint64 start;
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	store_sample(s, "srv1", "score", NOW_US, 70);
	start = g_get_monotonic_time();
	g_assert_true(isnan(store_sample_near(s, "srv1", "score", NOW_US, 0)));
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
	sqlite3_close(db);
	g_assert_cmpfloat(store_sample_near(s, "srv1", "score", NOW_US, 0), ==, 70);
	free_store(s);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/samples/near", test_near);
	g_test_add_func("/store/samples/names", test_names);
	g_test_add_func("/store/samples/close", test_close);
	g_test_add_func("/store/samples/last", test_last);
	g_test_add_func("/store/samples/means", test_means);
	g_test_add_func("/store/samples/thin-once", test_thin_once);
	g_test_add_func("/store/samples/thin-daily", test_thin_daily);
	g_test_add_func("/store/samples/busy", test_busy);
	return g_test_run();
}
