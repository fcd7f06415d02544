#include "backends/store_private.h"

#include <math.h>
#include <string.h>

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)
#define PENDING_MAX 50000
#define EVENTS "llm.load:*"

struct pending_sample {
	const char *host, *series; /* in the chunk */
	gint64 utc_us;
	double value;
};

/* --- writing --- */

static void
bind_series(sqlite3_stmt *q, const char *host, const char *series)
{
	sqlite3_reset(q);
	sqlite3_bind_text(q, 1, host, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, series, -1, SQLITE_STATIC);
}

static gboolean
write_one(sqlite3_stmt *name, sqlite3_stmt *value, const struct pending_sample *p)
{
	bind_series(value, p->host, p->series);
	sqlite3_bind_int64(value, 3, p->utc_us);
	sqlite3_bind_double(value, 4, p->value);
	if (sqlite3_step(value) != SQLITE_DONE)
		return FALSE;
	if (sqlite3_changes(sqlite3_db_handle(value)) > 0)
		return TRUE;
	/* A series that is not known yet. */
	bind_series(name, p->host, p->series);
	if (sqlite3_step(name) != SQLITE_DONE)
		return FALSE;
	sqlite3_reset(value);
	return sqlite3_step(value) == SQLITE_DONE;
}

static gboolean
write_pending(struct store *s)
{
	sqlite3_stmt *name = store_prepare(s, "INSERT OR IGNORE INTO series (host, name) VALUES (?, ?)", "written", NULL);
	sqlite3_stmt *value = store_prepare(s, "INSERT OR REPLACE INTO sample (series, utc_us, value)"
	                                    " SELECT id, ?3, ?4 FROM series WHERE host = ?1 AND name = ?2", "written", NULL);
	gboolean ok = name && value;

	for (guint i = 0; ok && i < s->pending->len; i++)
		ok = write_one(name, value, &g_array_index(s->pending, struct pending_sample, i));
	sqlite3_finalize(name);
	sqlite3_finalize(value);
	return ok;
}

/* Samples are not worth a longer wait of the console: they are tried again. */
static gboolean
transaction(struct store *s, gboolean (*work)(struct store *s))
{
	gboolean ok;

	store_light(s, TRUE);
	ok = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK && work(s) &&
	     sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	store_light(s, FALSE);
	return ok;
}

static void
flush(struct store *s)
{
	if (!s->pending || s->pending->len == 0)
		return;
	/* What cannot be written now is kept for the next minute, within bounds. */
	if (!transaction(s, write_pending) && s->pending->len < PENDING_MAX) {
		s->pending_since_us = g_get_monotonic_time();
		return;
	}
	g_array_set_size(s->pending, 0);
	g_string_chunk_clear(s->pending_names);
}

void
store_sample(struct store *s, const char *host, const char *series, gint64 utc_us, double value)
{
	struct pending_sample p;

	if (isnan(value) || s->readonly)
		return;
	if (!s->pending) {
		s->pending = g_array_new(FALSE, FALSE, sizeof(struct pending_sample));
		s->pending_names = g_string_chunk_new(4096);
	}
	if (s->pending->len == 0)
		s->pending_since_us = g_get_monotonic_time();
	s->pending_from_us = s->pending->len == 0 ? utc_us : MIN(s->pending_from_us, utc_us);
	p = (struct pending_sample){
		.host = g_string_chunk_insert_const(s->pending_names, host), .series = g_string_chunk_insert_const(s->pending_names, series),
		.utc_us = utc_us, .value = value,
	};
	g_array_append_val(s->pending, p);
	if (s->pending->len >= PENDING_MAX || g_get_monotonic_time() - s->pending_since_us >= MINUTE_US)
		flush(s);
}

void
store_samples_close(struct store *s)
{
	if (!s->pending)
		return;
	flush(s);
	g_array_unref(s->pending);
	g_string_chunk_free(s->pending_names);
}

/* --- reading --- */

#define OF_SERIES " FROM sample WHERE series = (SELECT id FROM series WHERE host = ?1 AND name = ?2)"

/* A query about a series up to a time; what was not written yet is, when it would count. */
static sqlite3_stmt *
query(struct store *s, const char *sql, const char *host, const char *series, gint64 to_us)
{
	sqlite3_stmt *q;

	if (s->pending && s->pending->len > 0 && s->pending_from_us <= to_us)
		flush(s);
	q = store_prepare(s, sql, "read", NULL);
	if (q)
		bind_series(q, host, series);
	return q;
}

double
store_sample_near(struct store *s, const char *host, const char *series, gint64 utc_us, gint64 within_us)
{
	sqlite3_stmt *q = query(s, "SELECT value" OF_SERIES " AND utc_us BETWEEN ?3 - ?4 AND ?3 + ?4 ORDER BY abs(utc_us - ?3) LIMIT 1", host, series,
	                        utc_us + within_us);
	double value = NAN;

	if (!q)
		return NAN;
	sqlite3_bind_int64(q, 3, utc_us);
	sqlite3_bind_int64(q, 4, within_us);
	if (sqlite3_step(q) == SQLITE_ROW)
		value = sqlite3_column_double(q, 0);
	sqlite3_finalize(q);
	return value;
}

static gint64
number(sqlite3_stmt *q, gint64 from_us, gint64 to_us)
{
	gint64 value = 0;

	if (!q)
		return 0;
	sqlite3_bind_int64(q, 3, from_us);
	sqlite3_bind_int64(q, 4, to_us);
	if (sqlite3_step(q) == SQLITE_ROW)
		value = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return value;
}

guint
store_sample_count(struct store *s, const char *host, const char *series, gint64 from_us, gint64 to_us)
{
	return (guint)number(query(s, "SELECT count(*)" OF_SERIES " AND utc_us BETWEEN ?3 AND ?4", host, series, to_us), from_us, to_us);
}

gint64
store_sample_last(struct store *s, const char *host, const char *series)
{
	gint64 now = g_get_real_time();

	return number(query(s, "SELECT max(utc_us)" OF_SERIES " AND utc_us BETWEEN ?3 AND ?4", host, series, now), 0, now);
}

void
store_sample_means(struct store *s, const char *host, const char *series, gint64 from_us, gint64 step_us, double *means, guint count)
{
	sqlite3_stmt *q = query(s, "SELECT (utc_us - ?3) / ?4, avg(value)" OF_SERIES " AND utc_us >= ?3 AND utc_us < ?3 + ?4 * ?5 GROUP BY 1", host,
	                        series, from_us + step_us * count);

	for (guint i = 0; i < count; i++)
		means[i] = NAN;
	if (!q)
		return;
	sqlite3_bind_int64(q, 3, from_us);
	sqlite3_bind_int64(q, 4, step_us);
	sqlite3_bind_int64(q, 5, count);
	while (sqlite3_step(q) == SQLITE_ROW) {
		gint64 i = sqlite3_column_int64(q, 0);
		if (i >= 0 && i < count)
			means[i] = sqlite3_column_double(q, 1);
	}
	sqlite3_finalize(q);
}

/* --- thinning --- */

/* Keeps the first sample of each step in [from, to), both whole multiples of the step; step 0: keeps none, events neither. */
static gboolean
thin(struct store *s, gint64 from_us, gint64 to_us, gint64 step_us)
{
	static const char *const keep_first =
		"DELETE FROM sample WHERE utc_us >= ?1 AND utc_us < ?2 AND series IN (SELECT id FROM series WHERE name NOT GLOB '" EVENTS "')"
		" AND EXISTS (SELECT 1 FROM sample b WHERE b.series = sample.series AND b.utc_us >= sample.utc_us / ?3 * ?3 AND b.utc_us < sample.utc_us)";
	sqlite3_stmt *q = store_prepare(s, step_us > 0 ? keep_first : "DELETE FROM sample WHERE utc_us >= ?1 AND utc_us < ?2", "written", NULL);
	gboolean ok;

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, from_us);
	sqlite3_bind_int64(q, 2, to_us);
	if (step_us > 0)
		sqlite3_bind_int64(q, 3, step_us);
	ok = sqlite3_step(q) == SQLITE_DONE;
	sqlite3_finalize(q);
	return ok;
}

static gint64
floor_to(gint64 us, gint64 step_us)
{
	return us - us % step_us;
}

/* Up to where the last thinning came is thin already. */
static gboolean
thin_all(struct store *s)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT utc_us FROM thinned", "read", NULL);
	gint64 now = s->thin_us, before = q && sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
	g_autofree char *mark = g_strdup_printf("UPDATE thinned SET utc_us = %" G_GINT64_FORMAT, now);

	sqlite3_finalize(q);
	if (before > now) /* the clock was set back */
		before = 0;
	return thin(s, MAX(0, floor_to(before - DAY_US, 5 * MINUTE_US)), floor_to(now - DAY_US, 5 * MINUTE_US), 5 * MINUTE_US) &&
	       thin(s, MAX(0, floor_to(before - 7 * DAY_US, HOUR_US)), floor_to(now - 7 * DAY_US, HOUR_US), HOUR_US) &&
	       thin(s, 0, now - 30 * DAY_US, 0) && sqlite3_exec(s->db, mark, NULL, NULL, NULL) == SQLITE_OK;
}

void
store_samples_thin(struct store *s, gint64 now_us)
{
	flush(s);
	s->thin_us = now_us;
	transaction(s, thin_all);
}
