/* Runs of checklists, read again. The file may have been written by anybody: texts are made safe, figures and counts have bounds, and what does not fit
 * the checklist is left out. */
#include "backends/store_private.h"

#include <string.h>

#include "model/sanitize.h"

#define LINKS_MAX 1000
#define NAMES_MAX 1000
#define EVENTS_MAX (RUN_EVENTS_KEPT + 1000)
#define WINDOW_MAX_US (31 * G_TIME_SPAN_DAY)

/* --- small things --- */

static guint
read_count(sqlite3_stmt *q, int column)
{
	return (guint)CLAMP(sqlite3_column_int64(q, column), 0, G_MAXINT);
}

static gint64
read_time(sqlite3_stmt *q, int column)
{
	return MAX(sqlite3_column_int64(q, column), 0);
}

static char *
read_name(sqlite3_stmt *q, int column)
{
	char *text = store_text(q, column);

	return text ? text : g_strdup("");
}

static enum verdict
read_verdict(sqlite3_stmt *q, int column)
{
	enum verdict v;

	return verdict_parse((const char *)sqlite3_column_text(q, column), &v) ? v : VERDICT_NONE;
}

static enum run_state
read_state(sqlite3_stmt *q, int column)
{
	enum run_state state;

	return run_state_parse((const char *)sqlite3_column_text(q, column), &state) ? state : RUN_INTERRUPTED;
}

/* Calls `take` for each row of a run, at most so many. */
static gboolean
each_row(struct store *s, struct check_run *r, const char *sql, guint most, void (*take)(struct check_run *r, sqlite3_stmt *q), GError **error)
{
	sqlite3_stmt *q = store_prepare(s, sql, "read", error);
	int code = SQLITE_DONE;

	if (!q)
		return FALSE;
	sqlite3_bind_int64(q, 1, r->number);
	for (guint i = 0; i < most && (code = sqlite3_step(q)) == SQLITE_ROW; i++)
		take(r, q);
	return store_rows_end(s, q, code, error);
}

/* --- the parts of a run --- */

static struct run_step *
step_of(const struct check_run *r, gint64 step)
{
	return step >= 0 && step < r->steps->len ? r->steps->pdata[step] : NULL;
}

static void
take_variable(struct check_run *r, sqlite3_stmt *q)
{
	g_hash_table_replace(r->variables, read_name(q, 0), read_name(q, 1));
}

static void
take_link(struct check_run *r, sqlite3_stmt *q)
{
	g_ptr_array_add(r->links, read_name(q, 0));
}

static void
take_step(struct check_run *r, sqlite3_stmt *q)
{
	struct run_step *step = step_of(r, sqlite3_column_int64(q, 0));

	if (!step)
		return;
	step->failures = read_count(q, 1);
	step->forgiven = MIN(read_count(q, 2), step->failures);
	step->excused = sqlite3_column_int64(q, 3) != 0;
	step->gaps = read_count(q, 4);
	step->failed_us = read_time(q, 5);
	step->failing_since_us = read_time(q, 6);
	step->overridden = store_text(q, 7);
	step->overridden_by = store_text(q, 8);
}

static GPtrArray *
read_lines(sqlite3_stmt *q, int column)
{
	const char *at = (const char *)sqlite3_column_text(q, column);
	GPtrArray *lines;

	if (!at)
		return NULL;
	lines = g_ptr_array_new_with_free_func(g_free);
	while (lines->len < CHECK_LINES_KEPT) {
		const char *end = strchrnul(at, '\n');
		g_ptr_array_add(lines, sanitize_text(at, end - at));
		if (!*end)
			break;
		at = end + 1;
	}
	return lines;
}

static void
take_result(struct check_run *r, sqlite3_stmt *q)
{
	struct run_step *step = step_of(r, sqlite3_column_int64(q, 0));
	gint64 check = sqlite3_column_int64(q, 1);

	if (!step || check < 0 || check >= step->step->checks->len)
		return;
	check_result_clear(&step->results[check]);
	step->results[check] = (struct check_result){
		.verdict = read_verdict(q, 2), .summary = store_text(q, 3), .lines = read_lines(q, 4), .lines_left_out = read_count(q, 5),
		.command = store_text(q, 6), .by = store_text(q, 7), .begun_us = read_time(q, 8), .took_us = read_time(q, 9),
	};
}

static void
take_event(struct check_run *r, sqlite3_stmt *q)
{
	gint64 step = sqlite3_column_int64(q, 1);

	run_note(r, step_of(r, step) ? (int)step : -1, (const char *)sqlite3_column_text(q, 4), read_time(q, 0));
	if (r->events->len > 0) {
		struct run_event *e = r->events->pdata[r->events->len - 1];
		e->from = read_verdict(q, 2);
		e->to = read_verdict(q, 3);
	}
}

static gboolean
take_parts(struct store *s, struct check_run *r, GError **error)
{
	guint results = 0;
	gboolean ok;

	for (guint i = 0; i < r->steps->len; i++)
		results += step_of(r, i)->step->checks->len;
	ok = each_row(s, r, "SELECT name, value FROM run_variable WHERE run = ?", NAMES_MAX, take_variable, error) &&
	     each_row(s, r, "SELECT text FROM run_link WHERE run = ? ORDER BY position", LINKS_MAX, take_link, error) &&
	     each_row(s, r, "SELECT position, failures, forgiven, excused, gaps, failed_us, failing_since_us, overridden, overridden_by FROM run_step"
	              " WHERE run = ? AND position >= 0 ORDER BY position", r->steps->len, take_step, error) &&
	     each_row(s, r, "SELECT step, position, verdict, summary, lines, lines_left_out, command, answered_by, begun_us, took_us FROM run_result"
	              " WHERE run = ? AND step >= 0 AND position >= 0 ORDER BY step, position", results, take_result, error) &&
	     each_row(s, r, "SELECT utc_us, step, was, became, text FROM run_event WHERE run = ? AND position >= 0 ORDER BY position", EVENTS_MAX, take_event,
	              error);
	for (guint i = 0; i < r->steps->len; i++)
		step_of(r, i)->verdict = run_step_judge(step_of(r, i));
	return ok;
}

/* --- a run --- */

static GPtrArray *
read_touches(struct store *s, gint64 number, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT name FROM run_touch WHERE run = ? ORDER BY position", "read", error);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	int code = SQLITE_DONE;

	if (!q)
		return NULL;
	sqlite3_bind_int64(q, 1, number);
	while (names->len < NAMES_MAX && (code = sqlite3_step(q)) == SQLITE_ROW)
		g_ptr_array_add(names, read_name(q, 0));
	if (!store_rows_end(s, q, code, error))
		return NULL;
	g_ptr_array_add(names, NULL);
	return g_steal_pointer(&names);
}

static struct checklist *
read_checklist(sqlite3_stmt *q, gint64 number, store_run_parse parse, GError **error)
{
	const char *source = (const char *)sqlite3_column_text(q, 0);
	g_autofree char *origin = read_name(q, 1);
	struct checklist *c = source ? parse(source, strlen(source), origin) : NULL;

	if (!c || c->steps->len == 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_DAMAGED, "Run %" G_GINT64_FORMAT " cannot be read: the checklist that was kept with it is not one.", number);
		g_clear_pointer(&c, checklist_free);
	}
	return c;
}

/* What a new run of the checklist has told of itself gives way to what is in the store. */
static void
take_head(struct check_run *r, sqlite3_stmt *q)
{
	gint64 window_end_us;

	g_ptr_array_set_size(r->events, 0);
	g_hash_table_remove_all(r->variables);
	r->report = store_text(q, 4);
	r->state = read_state(q, 5);
	r->begun_us = read_time(q, 6);
	window_end_us = read_time(q, 7);
	r->window_end_us = window_end_us == 0 ? 0 : CLAMP(window_end_us, r->begun_us + 1, r->begun_us + WINDOW_MAX_US);
	r->ended_us = read_time(q, 8);
	r->unwatched_us = read_time(q, 9);
}

static struct check_run *
read_run(struct store *s, sqlite3_stmt *q, gint64 number, store_run_parse parse, GError **error)
{
	g_autoptr(GPtrArray) touched = read_touches(s, number, error);
	g_autofree char *actor = read_name(q, 2), *version = store_text(q, 3);
	struct run_settings settings = { .actor = actor, .version = version };
	struct checklist *c = touched ? read_checklist(q, number, parse, error) : NULL;
	struct check_run *r;

	if (!c)
		return NULL;
	settings.touched = (const char *const *)touched->pdata;
	r = check_run_new(c, &settings, 0);
	r->number = number;
	take_head(r, q);
	if (take_parts(s, r, error)) {
		r->events_left_out = read_count(q, 10);
		return r;
	}
	check_run_free(r);
	return NULL;
}

struct check_run *
store_run_load(struct store *s, gint64 number, store_run_parse parse, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT source, origin, actor, version, report, state, begun_us, window_end_us, ended_us, unwatched_us,"
	                                " events_left_out FROM run WHERE number = ?", "read", error);
	struct check_run *r = NULL;
	int code;

	if (!q)
		return NULL;
	sqlite3_bind_int64(q, 1, number);
	code = sqlite3_step(q);
	if (code == SQLITE_ROW)
		r = read_run(s, q, number, parse, error);
	else if (code == SQLITE_DONE)
		g_set_error(error, STORE_ERROR, STORE_ERROR_MISSING, "There is no run %" G_GINT64_FORMAT " in the store.", number);
	else
		store_refused(s, "read", error);
	sqlite3_finalize(q);
	return r;
}

/* --- the list --- */

static gboolean
is_of_another(struct store *s, sqlite3_stmt *q, int column)
{
	const char *process = (const char *)sqlite3_column_text(q, column);

	if (!process || !*process)
		return FALSE;
	return strcmp(process, store_process(s)) != 0 && !store_process_gone(process);
}

static struct run_head *
read_head(struct store *s, sqlite3_stmt *q)
{
	struct run_head *h = g_new0(struct run_head, 1);

	*h = (struct run_head){
		.number = sqlite3_column_int64(q, 0), .checklist = read_name(q, 1), .title = read_name(q, 2), .actor = read_name(q, 3),
		.version = store_text(q, 4), .report = store_text(q, 5), .state = read_state(q, 6), .verdict = read_verdict(q, 7),
		.begun_us = read_time(q, 8), .ended_us = read_time(q, 9), .step = read_count(q, 10), .steps = read_count(q, 11),
		.alive = is_of_another(s, q, 12),
	};
	return h;
}

static void
head_free(gpointer data)
{
	run_head_free(data);
}

GPtrArray *
store_run_list(struct store *s, guint most, GError **error)
{
	sqlite3_stmt *q = store_prepare(s, "SELECT number, checklist, title, actor, version, report, state, verdict, begun_us, ended_us, step, steps, process"
	                                " FROM run ORDER BY number DESC LIMIT ?", "read", error);
	g_autoptr(GPtrArray) heads = g_ptr_array_new_with_free_func(head_free);
	int code;

	if (!q)
		return NULL;
	sqlite3_bind_int64(q, 1, most);
	while ((code = sqlite3_step(q)) == SQLITE_ROW)
		g_ptr_array_add(heads, read_head(s, q));
	return store_rows_end(s, q, code, error) ? g_steal_pointer(&heads) : NULL;
}
