/* Runs of checklists: each transition is on the disk before anything follows from it, so that a run goes on after a kill. What is read of them is in
 * store_run_load.c. */
#include "backends/store_private.h"

#define RUNS_KEPT 500 /* older ones are forgotten, with their lines */

/* A run that is over, or interrupted, is nobody's. */
static const char *
owner_of(struct store *s, const struct check_run *r)
{
	return run_is_over(r) || r->state == RUN_INTERRUPTED ? "" : store_process(s);
}

static guint
looked_at(const struct check_run *r)
{
	return r->steps->len - run_count(r, VERDICT_NONE) - run_count(r, VERDICT_RUNNING);
}

/* --- what is written --- */

static void
bind_text(sqlite3_stmt *q, int *n, const char *text)
{
	sqlite3_bind_text(q, ++*n, text, -1, SQLITE_STATIC);
}

static void
bind_number(sqlite3_stmt *q, int *n, gint64 number)
{
	sqlite3_bind_int64(q, ++*n, number);
}

static gint64
insert_head(struct store *s, const struct check_run *r, GError **error)
{
	const struct checklist *c = r->checklist;
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO run (process, actor, checklist, title, origin, source, version, state, verdict, begun_us, window_end_us,"
	                                " ended_us, unwatched_us, events_left_out, step, steps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?)",
	                                "written", error);
	int n = 0;

	if (!q)
		return 0;
	bind_text(q, &n, owner_of(s, r));
	bind_text(q, &n, r->actor);
	bind_text(q, &n, c->name ? c->name : "");
	bind_text(q, &n, c->title ? c->title : c->name ? c->name : "");
	bind_text(q, &n, c->origin);
	bind_text(q, &n, c->source ? c->source : "");
	bind_text(q, &n, r->version);
	bind_text(q, &n, run_state_name(r->state));
	bind_text(q, &n, verdict_name(run_verdict(r)));
	bind_number(q, &n, r->begun_us);
	bind_number(q, &n, r->window_end_us);
	bind_number(q, &n, r->steps->len);
	return store_done(s, q, error) ? sqlite3_last_insert_rowid(s->db) : 0;
}

/* Not that of a run that another process has taken over. */
static gboolean
update_head(struct store *s, const struct check_run *r, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE run SET process = ?, state = ?, verdict = ?, report = ?, window_end_us = ?, ended_us = ?, unwatched_us = ?,"
	                                " events_left_out = ?, step = ? WHERE number = ? AND process IN (?, '')", "written", error);
	int n = 0;

	if (!q)
		return FALSE;
	bind_text(q, &n, owner_of(s, r));
	bind_text(q, &n, run_state_name(r->state));
	bind_text(q, &n, verdict_name(run_verdict(r)));
	bind_text(q, &n, r->report);
	bind_number(q, &n, r->window_end_us);
	bind_number(q, &n, r->ended_us);
	bind_number(q, &n, r->unwatched_us);
	bind_number(q, &n, r->events_left_out);
	bind_number(q, &n, looked_at(r));
	bind_number(q, &n, number);
	bind_text(q, &n, store_process(s));
	if (!store_done(s, q, error))
		return FALSE;
	if (sqlite3_changes(s->db) == 1)
		return TRUE;
	g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "Run %" G_GINT64_FORMAT " cannot be written: another midwatch has taken it over, or it is gone.",
	            number);
	return FALSE;
}

static gboolean
put_texts(struct store *s, gint64 number, const GPtrArray *texts, const char *sql, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, sql, "written", error);
	gboolean ok = q != NULL;

	for (guint i = 0; ok && i < texts->len; i++) {
		int n = 0;
		bind_number(q, &n, number);
		bind_number(q, &n, i);
		bind_text(q, &n, texts->pdata[i]);
		ok = store_put(s, q, error);
	}
	sqlite3_finalize(q);
	return ok;
}

static gboolean
put_links(struct store *s, const struct check_run *r, gint64 number, GError **error)
{
	return put_texts(s, number, r->links, "INSERT INTO run_link (run, position, text) VALUES (?1, ?2, ?3) ON CONFLICT (run, position) DO UPDATE"
	                 " SET text = ?3 WHERE text <> ?3", error);
}

static gboolean
put_variables(struct store *s, const struct check_run *r, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO run_variable (run, name, value) VALUES (?, ?, ?)", "written", error);
	gboolean ok = q != NULL;
	GHashTableIter iter;
	gpointer name, value;

	g_hash_table_iter_init(&iter, r->variables);
	while (ok && g_hash_table_iter_next(&iter, &name, &value)) {
		int n = 0;
		bind_number(q, &n, number);
		bind_text(q, &n, name);
		bind_text(q, &n, value);
		ok = store_put(s, q, error);
	}
	sqlite3_finalize(q);
	return ok;
}

static gboolean
put_steps(struct store *s, const struct check_run *r, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO run_step (run, position, failures, forgiven, excused, gaps, failed_us, failing_since_us, overridden,"
	                                " overridden_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (run, position) DO UPDATE SET failures = ?3,"
	                                " forgiven = ?4, excused = ?5, gaps = ?6, failed_us = ?7, failing_since_us = ?8, overridden = ?9, overridden_by = ?10"
	                                " WHERE (failures, forgiven, excused, gaps, failed_us, failing_since_us, overridden, overridden_by)"
	                                " IS NOT (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", "written", error);
	gboolean ok = q != NULL;

	for (guint i = 0; ok && i < r->steps->len; i++) {
		const struct run_step *step = r->steps->pdata[i];
		int n = 0;
		bind_number(q, &n, number);
		bind_number(q, &n, i);
		bind_number(q, &n, step->failures);
		bind_number(q, &n, step->forgiven);
		bind_number(q, &n, step->excused);
		bind_number(q, &n, step->gaps);
		bind_number(q, &n, step->failed_us);
		bind_number(q, &n, step->failing_since_us);
		bind_text(q, &n, step->overridden);
		bind_text(q, &n, step->overridden_by);
		ok = store_put(s, q, error);
	}
	sqlite3_finalize(q);
	return ok;
}

/* The lines in one text: they are safe, and so hold no line feed. */
static char *
join_lines(const struct check_result *result)
{
	GString *all;

	if (!result->lines)
		return NULL;
	all = g_string_new(NULL);
	for (guint i = 0; i < result->lines->len; i++)
		g_string_append_printf(all, "%s%s", i ? "\n" : "", (const char *)result->lines->pdata[i]);
	return g_string_free(all, FALSE);
}

static gboolean
put_result(struct store *s, sqlite3_stmt *q, gint64 number, guint step, guint check, const struct check_result *result, GError **error)
{
	g_autofree char *lines = join_lines(result);
	gboolean ok;
	int n = 0;

	bind_number(q, &n, number);
	bind_number(q, &n, step);
	bind_number(q, &n, check);
	bind_text(q, &n, verdict_name(result->verdict));
	bind_text(q, &n, result->summary);
	bind_text(q, &n, lines);
	bind_number(q, &n, (gint64)result->lines_left_out);
	bind_text(q, &n, result->command);
	bind_text(q, &n, result->by);
	bind_number(q, &n, result->begun_us);
	bind_number(q, &n, result->took_us);
	ok = store_put(s, q, error);
	sqlite3_clear_bindings(q);
	return ok;
}

/* Results that stand there as they are now are not touched. */
static gboolean
put_results(struct store *s, const struct check_run *r, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "INSERT INTO run_result (run, step, position, verdict, summary, lines, lines_left_out, command, answered_by, begun_us,"
	                                " took_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (run, step, position) DO UPDATE SET"
	                                " verdict = ?4, summary = ?5, lines = ?6, lines_left_out = ?7, command = ?8, answered_by = ?9, begun_us = ?10,"
	                                " took_us = ?11 WHERE (verdict, summary, answered_by, begun_us, took_us) IS NOT (?4, ?5, ?9, ?10, ?11)", "written", error);
	gboolean ok = q != NULL;

	for (guint i = 0; ok && i < r->steps->len; i++) {
		const struct run_step *step = r->steps->pdata[i];
		for (guint j = 0; ok && j < step->step->checks->len; j++)
			ok = put_result(s, q, number, i, j, &step->results[j], error);
	}
	sqlite3_finalize(q);
	return ok;
}

/* How many rows of the log are there; -1 with an error. */
static gint64
count_events(struct store *s, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT ifnull(max(position) + 1, 0) FROM run_event WHERE run = ?", "read", error);
	gint64 count = -1;

	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, number);
	if (sqlite3_step(q) == SQLITE_ROW)
		count = MAX(sqlite3_column_int64(q, 0), 0);
	else
		store_refused(s, "read", error);
	sqlite3_finalize(q);
	return count;
}

static gboolean
put_events(struct store *s, const struct check_run *r, gint64 number, GError **error)
{
	gint64 count = count_events(s, number, error);
	sqlite3_stmt *q = count < 0 ? NULL : store_prepare(s, "INSERT INTO run_event (run, position, utc_us, step, was, became, text) VALUES"
	                                                   " (?, ?, ?, ?, ?, ?, ?)", "written", error);
	gboolean ok = q != NULL;

	for (gint64 i = count; ok && i < r->events->len; i++) {
		const struct run_event *e = r->events->pdata[i];
		int n = 0;
		bind_number(q, &n, number);
		bind_number(q, &n, i);
		bind_number(q, &n, e->utc_us);
		bind_number(q, &n, e->step);
		bind_text(q, &n, verdict_name(e->from));
		bind_text(q, &n, verdict_name(e->to));
		bind_text(q, &n, e->text);
		ok = store_put(s, q, error);
	}
	sqlite3_finalize(q);
	return ok;
}

static gboolean
put_all(struct store *s, const struct check_run *r, gint64 number, GError **error)
{
	return update_head(s, r, number, error) && put_steps(s, r, number, error) && put_results(s, r, number, error) &&
	       put_events(s, r, number, error) && put_links(s, r, number, error);
}

gboolean
store_run_save(struct store *s, const struct check_run *r, GError **error)
{
	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return FALSE;
	return store_commit(s, put_all(s, r, r->number, error), error);
}

/* --- begun --- */

static gboolean
forget_old(struct store *s, gint64 number, GError **error)
{
	static const char *const tables[] = { "run_touch", "run_variable", "run_link", "run_step", "run_result", "run_event" };
	g_autofree char *old = g_strdup_printf("SELECT number FROM run WHERE number <= %" G_GINT64_FORMAT " AND process = ''", number - RUNS_KEPT);
	g_autofree char *heads = g_strdup_printf("DELETE FROM run WHERE number IN (%s)", old);
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < G_N_ELEMENTS(tables); i++) {
		g_autofree char *sql = g_strdup_printf("DELETE FROM %s WHERE run IN (%s)", tables[i], old);
		ok = store_run(s, sql, "written", error);
	}
	return ok && store_run(s, heads, "written", error);
}

gboolean
store_run_begin(struct store *s, struct check_run *r, GError **error)
{
	static const char touches[] = "INSERT INTO run_touch (run, position, name) VALUES (?, ?, ?)";
	gint64 number;
	gboolean ok;

	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return FALSE;
	number = insert_head(s, r, error);
	ok = number != 0 && put_texts(s, number, r->touched, touches, error) && put_variables(s, r, number, error) && put_all(s, r, number, error) &&
	     forget_old(s, number, error);
	if (!store_commit(s, ok, error))
		return FALSE;
	r->number = number;
	return TRUE;
}

/* --- whose it is --- */

static gboolean
interrupt(struct store *s, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE run SET state = 'interrupted', process = '' WHERE number = ?", "written", error);

	if (q)
		sqlite3_bind_int64(q, 1, number);
	return store_done(s, q, error);
}

gboolean
store_run_settle(struct store *s, GError **error)
{
	g_autoptr(GArray) orphans = NULL;
	gboolean ok;

	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return FALSE;
	orphans = store_orphans(s, "SELECT number, process FROM run WHERE process <> ''", error);
	ok = orphans != NULL;
	for (guint i = 0; ok && i < orphans->len; i++)
		ok = interrupt(s, g_array_index(orphans, gint64, i), error);
	return store_commit(s, ok, error);
}

/* May this process have it? */
static gboolean
is_free(struct store *s, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT process, ended_us FROM run WHERE number = ?", "read", error);
	gboolean is = FALSE;
	int code;

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, number);
	code = sqlite3_step(q);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		store_refused(s, "read", error);
	else if (code == SQLITE_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_MISSING, "There is no run %" G_GINT64_FORMAT " in the store.", number);
	else if (sqlite3_column_int64(q, 1) != 0)
		g_set_error(error, STORE_ERROR, STORE_ERROR_FAILED, "Run %" G_GINT64_FORMAT " is over: begin a new one.", number);
	else if (!store_process_gone((const char *)sqlite3_column_text(q, 0)))
		g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "Run %" G_GINT64_FORMAT " is walked by another midwatch already.", number);
	else
		is = TRUE;
	sqlite3_finalize(q);
	return is;
}

static gboolean
take(struct store *s, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "UPDATE run SET process = ? WHERE number = ?", "written", error);

	if (!q)
		return FALSE;
	sqlite3_bind_text(q, 1, store_process(s), -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, number);
	return store_done(s, q, error);
}

gboolean
store_run_take(struct store *s, gint64 number, GError **error)
{
	if (!store_run(s, "BEGIN IMMEDIATE", "written", error))
		return FALSE;
	return store_commit(s, is_free(s, number, error) && take(s, number, error), error);
}
