/* What the rules need over restarts: the state of alerts, silences, open pages; and which of several processes tells people. */
#include "backends/store_private.h"

#include <stdio.h>
#include <string.h>

#include "model/sanitize.h"

#define LEASE_US (60 * G_USEC_PER_SEC)   /* so long after its last sign somebody who lives, but is held up, still has the pager */
#define RENEW_US (10 * G_USEC_PER_SEC)
#define ROWS_MAX 10000
#define SILENCE_MAX_US (366 * G_TIME_SPAN_DAY)

/* --- alerts --- */

#define INSERT_ALERT "INSERT INTO alert (rule, labels, state, active_us, fired_us, kept_us, seen_us, notes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" \
	" ON CONFLICT (rule, labels) DO UPDATE SET state = ?3, active_us = ?4, fired_us = ?5, kept_us = ?6, seen_us = ?7, notes = ?8"

/* By one statement or the other. */
static gboolean
save_alert(struct store *s, sqlite3_stmt *insert, sqlite3_stmt *forget, const struct alert_memory *m, GError **error)
{
	sqlite3_stmt *q = m->state == ALERT_INACTIVE ? forget : insert;

	sqlite3_bind_text(q, 1, m->rule, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, m->labels ? m->labels : "", -1, SQLITE_STATIC);
	if (q == insert) {
		sqlite3_bind_text(q, 3, alert_state_name(m->state), -1, SQLITE_STATIC);
		sqlite3_bind_int64(q, 4, m->active_utc_us);
		sqlite3_bind_int64(q, 5, m->fired_utc_us);
		sqlite3_bind_int64(q, 6, m->kept_utc_us);
		sqlite3_bind_int64(q, 7, m->seen_utc_us);
		sqlite3_bind_text(q, 8, m->notes, -1, SQLITE_STATIC);
	}
	return store_put(s, q, error);
}

static gboolean
save_alerts(struct store *s, const GPtrArray *all, GError **error)
{
	sqlite3_stmt *insert = store_prepare(s, INSERT_ALERT, "written", error);
	sqlite3_stmt *forget = insert ? store_prepare(s, "DELETE FROM alert WHERE rule = ? AND labels = ?", "written", error) : NULL;
	gboolean ok = insert && forget;

	for (guint i = 0; ok && i < all->len; i++)
		ok = save_alert(s, insert, forget, all->pdata[i], error);
	sqlite3_finalize(insert);
	sqlite3_finalize(forget);
	return ok;
}

gboolean
store_alerts_save(struct store *s, const GPtrArray *all, gboolean patient, GError **error)
{
	gboolean ok;

	if (!patient)
		sqlite3_busy_timeout(s->db, STORE_BRIEF_BUSY_MS);
	ok = store_run(s, "BEGIN IMMEDIATE", "written", error) && store_commit(s, save_alerts(s, all, error), error);
	if (!patient)
		sqlite3_busy_timeout(s->db, STORE_BUSY_MS);
	return ok;
}

void
store_alerts_seen(struct store *s, gint64 utc_us)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE alerts_seen SET utc_us = ?", "written", NULL);

	if (q)
		sqlite3_bind_int64(q, 1, utc_us);
	store_light(s, TRUE);
	store_done(s, q, NULL);
	store_light(s, FALSE);
}

static gboolean
alert_state_of(const char *word, enum alert_state *out)
{
	static const enum alert_state kept[] = { ALERT_PENDING, ALERT_FIRING, ALERT_KEPT };

	for (guint i = 0; word && i < G_N_ELEMENTS(kept); i++)
		if (strcmp(word, alert_state_name(kept[i])) == 0) {
			*out = kept[i];
			return TRUE;
		}
	return FALSE;
}

/* A state that nobody knows is left out. */
static void
give_alert(sqlite3_stmt *q, void (*each)(void *user, const struct alert_memory *m), void *user)
{
	g_autofree char *rule = store_text(q, 0), *labels = store_text(q, 1), *notes = store_text(q, 7);
	struct alert_memory m = { .rule = rule, .labels = labels, .notes = notes };

	if (!rule || !labels || !alert_state_of((const char *)sqlite3_column_text(q, 2), &m.state))
		return;
	m.active_utc_us = MAX(sqlite3_column_int64(q, 3), 0);
	m.fired_utc_us = MAX(sqlite3_column_int64(q, 4), 0);
	m.kept_utc_us = MAX(sqlite3_column_int64(q, 5), 0);
	m.seen_utc_us = MAX(sqlite3_column_int64(q, 6), 0);
	each(user, &m);
}

gboolean
store_alerts_each(struct store *s, void (*each)(void *user, const struct alert_memory *m), void *user, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT rule, labels, state, active_us, fired_us, kept_us, max(seen_us, ifnull((SELECT utc_us FROM alerts_seen), 0)),"
	                                " notes FROM alert ORDER BY rule, labels", "read", error);
	int code = SQLITE_DONE;

	if (!q)
		return FALSE;
	for (guint i = 0; i < ROWS_MAX && (code = sqlite3_step(q)) == SQLITE_ROW; i++)
		give_alert(q, each, user);
	return store_rows_end(s, q, code, error);
}

/* --- silences --- */

gboolean
store_silence_add(struct store *s, struct silence *silence, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO silence (rule, labels, begin_us, end_us, made_by, comment) VALUES (?, ?, ?, ?, ?, ?)", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_text(q, 1, silence->rule, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, silence->labels, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, silence->begin_utc_us);
	sqlite3_bind_int64(q, 4, silence->end_utc_us);
	sqlite3_bind_text(q, 5, silence->by ? silence->by : "", -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 6, silence->comment ? silence->comment : "", -1, SQLITE_STATIC);
	if (!store_done(s, q, error))
		return FALSE;
	silence->number = sqlite3_last_insert_rowid(s->db);
	return TRUE;
}

gboolean
store_silence_end(struct store *s, gint64 number, gint64 utc_us, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE silence SET end_us = min(end_us, ?) WHERE number = ?", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, utc_us);
	sqlite3_bind_int64(q, 2, number);
	return store_done(s, q, error);
}

/* One that would never end was not written by us: it holds no page back. */
static void
take_silence(sqlite3_stmt *q, GPtrArray *all)
{
	struct silence *silence;
	gint64 begin = sqlite3_column_int64(q, 3), end = sqlite3_column_int64(q, 4);

	if (begin < 0 || end <= begin || end - begin > SILENCE_MAX_US)
		return;
	silence = g_new0(struct silence, 1);
	*silence = (struct silence){
		.number = sqlite3_column_int64(q, 0), .rule = store_text(q, 1), .labels = store_text(q, 2), .begin_utc_us = begin, .end_utc_us = end,
		.by = store_text(q, 5), .comment = store_text(q, 6),
	};
	g_ptr_array_add(all, silence);
}

static void
free_silence(gpointer data)
{
	silence_free(data);
}

GPtrArray *
store_silences(struct store *s, gint64 utc_us, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT number, rule, labels, begin_us, end_us, made_by, comment FROM silence WHERE end_us > ? ORDER BY number",
	                                "read", error);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_silence);
	int code = SQLITE_DONE;

	if (!q)
		return NULL;
	sqlite3_bind_int64(q, 1, utc_us);
	for (guint i = 0; i < ROWS_MAX && (code = sqlite3_step(q)) == SQLITE_ROW; i++)
		take_silence(q, all);
	return store_rows_end(s, q, code, error) ? g_steal_pointer(&all) : NULL;
}

/* --- open pages --- */

gboolean
store_page_save(struct store *s, const char *scope, const char *dedup_key, gint64 opened_utc_us, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO page (scope, dedup_key, opened_us, taken) VALUES (?1, ?2, ?3, 0) ON CONFLICT (scope) DO UPDATE SET"
	                                " dedup_key = ?2, opened_us = ?3, taken = 0 WHERE dedup_key <> ?2 OR opened_us <> ?3 OR taken <> 0", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_text(q, 1, scope, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, dedup_key, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, opened_utc_us);
	return store_done(s, q, error);
}

gboolean
store_page_taken(struct store *s, const char *scope, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE page SET taken = 1 WHERE scope = ?", "written", error);

	if (q)
		sqlite3_bind_text(q, 1, scope, -1, SQLITE_STATIC);
	return store_done(s, q, error);
}

gboolean
store_page_end(struct store *s, const char *scope, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "DELETE FROM page WHERE scope = ?", "written", error);

	if (q)
		sqlite3_bind_text(q, 1, scope, -1, SQLITE_STATIC);
	return store_done(s, q, error);
}

gboolean
store_pages_each(struct store *s, void (*each)(void *user, const char *scope, const char *dedup_key, gint64 opened_utc_us, gboolean taken), void *user,
                 GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT scope, dedup_key, opened_us, taken FROM page ORDER BY opened_us, scope", "read", error);
	int code = SQLITE_DONE;

	if (!q)
		return FALSE;
	for (guint i = 0; i < ROWS_MAX && (code = sqlite3_step(q)) == SQLITE_ROW; i++) {
		g_autofree char *scope = store_text(q, 0), *key = store_text(q, 1);
		if (scope && key)
			each(user, scope, key, MAX(sqlite3_column_int64(q, 2), 0), sqlite3_column_int64(q, 3) != 0);
	}
	return store_rows_end(s, q, code, error);
}

/* --- the pager --- */

/* Ours is free, too, when its time is over: somebody else may be taking it at this moment. */
enum pager { PAGER_FREE, PAGER_OURS, PAGER_OURS_OLD /* to be renewed */, PAGER_OTHER };

/* Does it still hold the pager? Not when it is gone, and not when it has given no sign for a while: one that was stopped with ^Z tells nobody. */
static gboolean
holds(const char *process, gint64 seen_us, gint64 now_us)
{
	return !store_process_gone(process) && ABS(now_us - seen_us) <= LEASE_US;
}

static char *
words_of(const char *process, const char *actor)
{
	g_autofree char *safe = sanitize_text(actor ? actor : "somebody", -1);
	gint64 pid = 0;

	if (process && sscanf(process, "boot %*63s ns %*63s pid %" G_GINT64_FORMAT, &pid) == 1)
		return g_strdup_printf("%s (PID %" G_GINT64_FORMAT ")", safe, pid);
	return g_steal_pointer(&safe);
}

/* PAGER_FREE with an error, too. */
static enum pager
pager_now(struct store *s, gint64 now_us, char **who, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT process, actor, seen_us FROM pager WHERE one = 1", "read", error);
	enum pager is = PAGER_FREE;
	int code = q ? sqlite3_step(q) : SQLITE_DONE;

	if (code == SQLITE_ROW) {
		const char *process = (const char *)sqlite3_column_text(q, 0), *actor = (const char *)sqlite3_column_text(q, 1);
		gint64 seen_us = CLAMP(sqlite3_column_int64(q, 2), 0, G_MAXINT64 / 2);
		if (g_strcmp0(process, store_process(s)) == 0)
			is = ABS(now_us - seen_us) < RENEW_US ? PAGER_OURS : ABS(now_us - seen_us) <= LEASE_US ? PAGER_OURS_OLD : PAGER_FREE;
		else if (holds(process, seen_us, now_us))
			is = PAGER_OTHER;
		if (is == PAGER_OTHER && who)
			*who = words_of(process, actor);
	} else if (code != SQLITE_DONE) {
		store_refused(s, "read", error);
	}
	sqlite3_finalize(q);
	return is;
}

static gboolean
write_pager(struct store *s, gint64 now_us, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO pager (one, process, actor, seen_us) VALUES (1, ?1, ?2, ?3) ON CONFLICT (one) DO UPDATE SET process = ?1,"
	                                " actor = ?2, seen_us = ?3", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_text(q, 1, store_process(s), -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, store_acts_as(s), -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, now_us);
	return store_done(s, q, error);
}

/* In one transaction: two cannot both find that nobody has it. */
static enum pager
take_pager(struct store *s, gint64 now_us, char **who, GError **error)
{
	enum pager is;

	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return PAGER_FREE;
	is = pager_now(s, now_us, who, NULL);
	store_commit(s, is == PAGER_OTHER || write_pager(s, now_us, error), error);
	return is;
}

gboolean
store_pager_take(struct store *s, char **who, GError **error)
{
	gint64 now_us = g_get_real_time();
	g_autoptr(GError) problem = NULL;
	enum pager is;

	if (who)
		*who = NULL;
	is = pager_now(s, now_us, who, &problem);
	if (is == PAGER_FREE && !problem) {
		is = take_pager(s, now_us, who, &problem);
	} else if (is == PAGER_OURS_OLD) {
		store_light(s, TRUE);
		write_pager(s, now_us, &problem);
		store_light(s, FALSE);
	}
	if (problem)
		g_propagate_error(error, g_steal_pointer(&problem));
	return is != PAGER_OTHER;
}
