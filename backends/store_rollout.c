/* Rolling restarts: each transition is on the disk before anything follows from it, so that a start after a kill can tell how far it had come.
 * Times are UTC here and monotonic in the model. */
#include "backends/store_private.h"

#include <string.h>

#include "model/sanitize.h"

static const char *const states[] = {
	[ROLLOUT_RUNNING] = "running", [ROLLOUT_PAUSED] = "paused", [ROLLOUT_STOPPED] = "stopped", [ROLLOUT_ABORTED] = "aborted", [ROLLOUT_DONE] = "done",
	[ROLLOUT_INTERRUPTED] = "interrupted",
};
static const char *const stages[] = {
	[ROLLOUT_WAITS] = "waits", [ROLLOUT_RESTARTS] = "restarts", [ROLLOUT_GATE] = "gate", [ROLLOUT_WELL] = "well", [ROLLOUT_FAILED] = "failed",
	[ROLLOUT_LEFT] = "left",
};

/* --- small things --- */

static gint64
utc_of(gint64 monotonic_us)
{
	return monotonic_us == 0 ? 0 : monotonic_us + g_get_real_time() - g_get_monotonic_time();
}

/* Of an earlier boot it is negative, but never 0, which says that it was not. */
static gint64
monotonic_of(gint64 utc_us)
{
	gint64 at = utc_us - g_get_real_time() + g_get_monotonic_time();

	return utc_us == 0 ? 0 : at == 0 ? 1 : at;
}

static guint
index_of(const char *const *words, guint count, const unsigned char *word, guint otherwise)
{
	for (guint i = 0; i < count; i++)
		if (g_strcmp0(words[i], (const char *)word) == 0)
			return i;
	return otherwise;
}

/* --- what is written --- */

static gboolean
insert_head(struct store *s, const struct rollout *r, GError **error)
{
	const struct rollout_settings *set = &r->settings;
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO rollout (number, process, begun_us, ended_us, state, batch, budget, pause_s, gate_s, quiet_s, batch_begin)"
	                                " VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, r->number);
	sqlite3_bind_text(q, 2, store_process(s), -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, utc_of(r->begun_us));
	sqlite3_bind_text(q, 4, states[r->state], -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 5, set->batch);
	sqlite3_bind_int64(q, 6, set->budget);
	sqlite3_bind_int64(q, 7, set->pause_s);
	sqlite3_bind_int64(q, 8, set->gate_s);
	sqlite3_bind_int64(q, 9, set->quiet_s);
	sqlite3_bind_int64(q, 10, r->batch_begin);
	return store_done(s, q, error);
}

static gboolean
update_head(struct store *s, const struct rollout *r, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE rollout SET state = ?, ended_us = ?, batch_begin = ? WHERE number = ?", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_text(q, 1, states[r->state], -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, utc_of(r->ended_us));
	sqlite3_bind_int64(q, 3, r->batch_begin);
	sqlite3_bind_int64(q, 4, r->number);
	return store_done(s, q, error);
}

/* Steps that stand there as they are now are not touched. */
static gboolean
put_steps(struct store *s, const struct rollout *r, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO rollout_step (rollout, position, gateway, stage, reason, begun_us, restarted_us, ended_us)"
	                                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (rollout, position) DO UPDATE SET stage = ?4, reason = ?5,"
	                                " begun_us = ?6, restarted_us = ?7, ended_us = ?8 WHERE stage <> ?4 OR reason IS NOT ?5", "written", error);
	gboolean ok = q != NULL;

	for (guint i = 0; ok && i < r->steps->len; i++) {
		const struct rollout_step *step = r->steps->pdata[i];
		sqlite3_bind_int64(q, 1, r->number);
		sqlite3_bind_int64(q, 2, i);
		sqlite3_bind_text(q, 3, step->gateway, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 4, stages[step->stage], -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 5, step->reason, -1, SQLITE_STATIC);
		sqlite3_bind_int64(q, 6, utc_of(step->begun_us));
		sqlite3_bind_int64(q, 7, utc_of(step->restarted_us));
		sqlite3_bind_int64(q, 8, utc_of(step->ended_us));
		ok = store_put(s, q, error);
	}
	sqlite3_finalize(q);
	return ok;
}

gboolean
store_rollout_save(struct store *s, const struct rollout *r, GError **error)
{
	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return FALSE;
	return store_commit(s, update_head(s, r, error) && put_steps(s, r, error), error);
}

/* --- who runs one --- */

char *
store_rollout_running(struct store *s, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT process, (SELECT actor FROM audit WHERE seq = number),"
	                                " (SELECT count(*) FROM rollout_step WHERE rollout = number),"
	                                " (SELECT count(*) FROM rollout_step WHERE rollout = number AND stage IN ('well', 'failed'))"
	                                " FROM rollout WHERE ended_us = 0 ORDER BY number DESC", "read", error);
	char *words = NULL;
	int code = SQLITE_DONE;

	while (q && !words && (code = sqlite3_step(q)) == SQLITE_ROW) {
		const char *actor = (const char *)sqlite3_column_text(q, 1);
		g_autofree char *who = sanitize_text(actor ? actor : "somebody", -1);
		gint64 count = sqlite3_column_int64(q, 2), done = sqlite3_column_int64(q, 3);
		if (!store_process_gone((const char *)sqlite3_column_text(q, 0)))
			words = g_strdup_printf("%s runs a rolling restart of %" G_GINT64_FORMAT " gateway%s, %" G_GINT64_FORMAT " of them done", who, count,
			                        count == 1 ? "" : "s", done);
	}
	if (q && code != SQLITE_ROW && code != SQLITE_DONE)
		store_refused(s, "read", error);
	sqlite3_finalize(q);
	return words;
}

/* In one transaction with what follows: two cannot both find that nobody does. */
static gboolean
is_free(struct store *s, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autofree char *running = store_rollout_running(s, &problem);

	if (problem)
		g_propagate_error(error, g_steal_pointer(&problem));
	else if (running)
		g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "%s: one at a time", running);
	else
		return TRUE;
	return FALSE;
}

gboolean
store_rollout_begin(struct store *s, const struct rollout *r, GError **error)
{
	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return FALSE;
	return store_commit(s, is_free(s, error) && insert_head(s, r, error) && put_steps(s, r, error), error);
}

/* --- what is read: the file may have been written by anybody --- */

static void
read_times(sqlite3_stmt *q, int first, gint64 *begun_us, gint64 *restarted_us, gint64 *ended_us)
{
	*begun_us = monotonic_of(sqlite3_column_int64(q, first));
	*restarted_us = monotonic_of(sqlite3_column_int64(q, first + 1));
	*ended_us = monotonic_of(sqlite3_column_int64(q, first + 2));
}

static void
read_step(sqlite3_stmt *q, struct rollout *r, guint i)
{
	struct rollout_step *step = r->steps->pdata[i];
	const char *reason = (const char *)sqlite3_column_text(q, 2);

	step->stage = (enum rollout_stage)index_of(stages, G_N_ELEMENTS(stages), sqlite3_column_text(q, 1), ROLLOUT_LEFT);
	step->reason = reason ? sanitize_text(reason, -1) : NULL;
	read_times(q, 3, &step->begun_us, &step->restarted_us, &step->ended_us);
	r->well += step->stage == ROLLOUT_WELL;
	r->failed += step->stage == ROLLOUT_FAILED;
}

static sqlite3_stmt *
select_steps(struct store *s, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT gateway, stage, reason, begun_us, restarted_us, ended_us FROM rollout_step WHERE rollout = ? ORDER BY position",
	                                "read", error);

	if (q)
		sqlite3_bind_int64(q, 1, number);
	return q;
}

static struct rollout *
read_steps(struct store *s, gint64 number, const struct rollout_settings *settings, GError **error)
{
	sqlite3_stmt *q = select_steps(s, number, error);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct rollout *r;

	if (!q)
		return NULL;
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(q, 0);
		g_ptr_array_add(names, sanitize_text(name ? name : "", -1));
	}
	r = rollout_new(settings, (const char *const *)names->pdata, names->len, 0);
	sqlite3_reset(q);
	for (guint i = 0; i < names->len && sqlite3_step(q) == SQLITE_ROW; i++)
		read_step(q, r, i);
	sqlite3_finalize(q);
	return r;
}

static guint
read_number(sqlite3_stmt *q, int column)
{
	return (guint)CLAMP(sqlite3_column_int64(q, column), 0, G_MAXINT);
}

/* The newest; NULL when there is none, or with an error. */
static struct rollout *
read_last(struct store *s, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT number, state, begun_us, 0, ended_us, batch, budget, pause_s, gate_s, quiet_s, batch_begin FROM rollout"
	                                " ORDER BY number DESC LIMIT 1", "read", error);
	struct rollout *r = NULL;
	gint64 unused;
	int code = q ? sqlite3_step(q) : SQLITE_DONE;

	if (code == SQLITE_ROW) {
		const struct rollout_settings settings = {
			.batch = read_number(q, 5), .budget = read_number(q, 6), .pause_s = read_number(q, 7), .gate_s = read_number(q, 8), .quiet_s = read_number(q, 9),
		};
		r = read_steps(s, sqlite3_column_int64(q, 0), &settings, error);
	} else if (code != SQLITE_DONE) {
		store_refused(s, "read", error);
	}
	if (r) {
		r->number = sqlite3_column_int64(q, 0);
		r->state = (enum rollout_state)index_of(states, G_N_ELEMENTS(states), sqlite3_column_text(q, 1), ROLLOUT_INTERRUPTED);
		read_times(q, 2, &r->begun_us, &unused, &r->ended_us);
		r->batch_begin = MIN(read_number(q, 10), r->steps->len);
		r->batch_end = MIN(r->batch_begin + r->settings.batch, r->steps->len);
	}
	sqlite3_finalize(q);
	return r;
}

/* --- those who died --- */

static gboolean
interrupt(struct store *s, gint64 number, GError **error)
{
	sqlite3_stmt *head = store_prepare(s, "UPDATE rollout SET state = 'interrupted', ended_us = ? WHERE number = ?", "written", error), *steps;

	if (!head)
		return FALSE;
	sqlite3_bind_int64(head, 1, g_get_real_time());
	sqlite3_bind_int64(head, 2, number);
	if (!store_done(s, head, error))
		return FALSE;
	steps = store_prepare(s, "UPDATE rollout_step SET stage = 'left' WHERE rollout = ? AND stage = 'waits'", "written", error);
	if (steps)
		sqlite3_bind_int64(steps, 1, number);
	return store_done(s, steps, error);
}

struct rollout *
store_rollout_settle(struct store *s, GError **error)
{
	g_autoptr(GArray) orphans = NULL;
	g_autofree char *words = NULL;
	struct rollout *last;
	gboolean ok;

	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return NULL;
	orphans = store_orphans(s, "SELECT number, process FROM rollout WHERE ended_us = 0", error);
	ok = orphans != NULL;
	for (guint i = 0; ok && i < orphans->len; i++)
		ok = interrupt(s, g_array_index(orphans, gint64, i), error);
	if (!store_commit(s, ok, error))
		return NULL;
	last = read_last(s, error);
	if (!last || last->state != ROLLOUT_INTERRUPTED) {
		rollout_free(last);
		return NULL;
	}
	words = rollout_words(last, g_get_monotonic_time());
	for (guint i = 0; i < orphans->len; i++) /* one that died between its two last rows has its outcome already */
		if (g_array_index(orphans, gint64, i) == last->number)
			store_audit_end(s, last->number, OUTCOME_UNKNOWN, words, NULL);
	return last;
}
