/* The rows of the Cron panel: which there are, how they sort, what stands in their cells; and its chips. */
#include <string.h>

#include "panels/cron_private.h"
#include "panels/host_line.h"
#include "tui/glyph.h"
#include "tui/text.h"

enum column {
	COLUMN_MANAGED, COLUMN_NAME, COLUMN_HOST, COLUMN_SCHEDULE, COLUMN_LAST, COLUMN_RESULT, COLUMN_FREED, COLUMN_NEXT, COLUMN_SOURCE, COLUMN_USER,
	COLUMN_WHERE, COLUMN_COMMAND, COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_MANAGED] = { .title = "M", .least = 1, .most = 1, .priority = 1 },
	[COLUMN_NAME] = { .title = "NAME", .least = 18, .most = 32, .priority = 0, .middle = TRUE },
	[COLUMN_HOST] = { .title = "HOST", .least = 10, .most = 24, .priority = 2, .middle = TRUE },
	[COLUMN_SCHEDULE] = { .title = "SCHEDULE", .least = 11, .most = 28, .priority = 4 },
	[COLUMN_LAST] = { .title = "LAST", .least = 4, .most = 4, .priority = 1, .right = TRUE },
	[COLUMN_RESULT] = { .title = "RESULT", .least = 10, .most = 24, .priority = 0 },
	[COLUMN_FREED] = { .title = "FREED", .least = 5, .most = 5, .priority = 5, .right = TRUE, .descending = TRUE },
	[COLUMN_NEXT] = { .title = "NEXT", .least = 5, .most = 10, .priority = 1, .right = TRUE },
	[COLUMN_SOURCE] = { .title = "SOURCE", .least = 7, .most = 7, .priority = 6 },
	[COLUMN_USER] = { .title = "USER", .least = 4, .most = 12, .priority = 7 },
	[COLUMN_WHERE] = { .title = "WRITTEN IN", .least = 14, .most = 32, .priority = 9, .middle = TRUE },
	[COLUMN_COMMAND] = { .title = "COMMAND", .least = 20, .most = 80, .priority = 8 },
};

static const char *const state_words[] = { "ok", "failed", "missed", "running", "unknown", "managed", "timer", "broken", NULL };
enum field { FIELD_NAME, FIELD_HOST, FIELD_STATE, FIELD_USER, FIELD_SOURCE, FIELD_WHERE, FIELD_COMMAND, FIELD_COUNT };
static const char *const sources[] = {
	[CRON_USER] = "crontab", [CRON_ETC_CRONTAB] = "/etc", [CRON_ETC_CRON_D] = "cron.d", [CRON_TIMER] = "timer", NULL
};
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_NAME] = { "name", NULL }, [FIELD_HOST] = { "host", NULL }, [FIELD_STATE] = { "state", state_words }, [FIELD_USER] = { "user", NULL },
	[FIELD_SOURCE] = { "source", sources }, [FIELD_WHERE] = { "where", NULL }, [FIELD_COMMAND] = { "command", NULL },
};

enum severity cron_severity(const struct cron_job *j)
{
	if (cron_job_is_faulty(j))
		return SEVERITY_WARN;
	return j->result == CRON_RESULT_OK ? SEVERITY_OK : SEVERITY_UNKNOWN;
}

static void failure_words(const struct cron_job *j, char *out, gsize size)
{
	if (j->result_text)
		g_strlcpy(out, j->result_text, size);
	else if (j->exit_status >= 0)
		g_snprintf(out, size, "exit %d", j->exit_status);
	else
		g_strlcpy(out, "failed", size);
}

void cron_result_words(const struct cron_job *j, gint64 now_us, char *out, gsize size)
{
	static const char *const words[] = { [CRON_RESULT_OK] = "ok", [CRON_RESULT_RUNNING] = "running", [CRON_RESULT_UNKNOWN] = NULL };
	char failure[40] = "", age[16];

	if (j->result == CRON_RESULT_FAILED)
		failure_words(j, failure, sizeof failure);
	text_age((now_us - j->missed_us) / G_USEC_PER_SEC, age, sizeof age);
	if (j->problem)
		g_strlcpy(out, j->file_refused ? "bad file" : "bad line", size);
	else if (j->missed_us > 0)
		g_snprintf(out, size, "MISSED %s%s%s", age, *failure ? ", " : "", failure);
	else if (*failure)
		g_strlcpy(out, failure, size);
	else
		g_strlcpy(out, words[j->result] ? words[j->result] : text_unknown(), size);
}

void cron_next_words(const struct cron_job *j, gint64 now_us, char *out, gsize size)
{
	char left[16];

	text_duration(MAX(j->next_us - now_us, 0) / G_USEC_PER_SEC, left, sizeof left);
	if (j->next_us == 0)
		g_strlcpy(out, !j->problem && j->schedule && g_str_has_prefix(j->schedule, "@reboot") ? "boot" : "none", size);
	else if (j->next_us <= now_us)
		g_strlcpy(out, "due", size);
	else
		g_snprintf(out, size, "%s%s", left, j->next_moved ? " DST" : "");
}

void cron_freed_words(double mb, char *out, gsize size)
{
	text_bytes(mb * 1024 * 1024, out, size);
}

gboolean cron_find(const struct cron_view *p, const char *key, struct host **host, struct cron_job **job)
{
	const char *id = list_key_parts(&p->list, key, host);

	*job = id ? cron_state_job(&(*host)->cron, id) : NULL;
	return *job != NULL;
}

gboolean cron_selected(const struct cron_view *p, struct host **host, struct cron_job **job)
{
	return cron_find(p, table_selected(p->list.table), host, job);
}

static const char *name_of(const struct list *l, const char *key)
{
	struct host *h;
	struct cron_job *j;

	return !cron_find((const struct cron_view *)l, key, &h, &j) ? NULL : j->name ? j->name : j->key;
}

static gboolean chip_shows(guint chip, const struct cron_row *r)
{
	switch ((enum cron_chip)chip) {
	case CRON_CHIP_MANAGED: return r->job->managed;
	case CRON_CHIP_TROUBLE: return r->severity == SEVERITY_WARN;
	case CRON_CHIP_TIMERS: return r->job->origin == CRON_TIMER;
	default: return TRUE;
	}
}

static void collect_host(struct cron_view *p, const struct host *h)
{
	for (guint i = 0; i < h->cron.jobs->len; i++) {
		const struct cron_job *j = h->cron.jobs->pdata[i];
		struct cron_row row = { h, j, cron_severity(j), !host_line_is_up(h) || h->cron.datum.state != DATUM_OK };
		g_array_append_val(p->rows, row);
		for (guint chip = 0; chip < CRON_CHIP_COUNT; chip++)
			p->counts[chip] += chip_shows(chip, &row);
	}
}

void cron_collect(struct list *l)
{
	struct cron_view *p = (struct cron_view *)l;
	const struct world *w = l->context.world;

	cron_release(l);
	memset(p->counts, 0, sizeof p->counts);
	for (guint i = 0; i < w->hosts->len; i++)
		if (list_sees(l, w->hosts->pdata[i]))
			collect_host(p, w->hosts->pdata[i]);
	list_refresh(l, p->rows->len);
}

void cron_release(struct list *l)
{
	g_array_set_size(((struct cron_view *)l)->rows, 0);
}

static const struct cron_row *row_at(const struct cron_view *p, guint row)
{
	return &g_array_index(p->rows, struct cron_row, row);
}

static void row_key(void *user, guint row, GString *out)
{
	list_key(out, row_at(user, row)->host, row_at(user, row)->job->key);
}

/* All that can be said of its state: a job can be missed and have failed before. */
static void state_text(const struct cron_job *j, GString *out)
{
	static const char *const results[] = {
		[CRON_RESULT_UNKNOWN] = "unknown", [CRON_RESULT_OK] = "ok", [CRON_RESULT_FAILED] = "failed", [CRON_RESULT_RUNNING] = "running",
	};

	g_string_printf(out, "%s%s%s%s%s", results[j->result], j->missed_us > 0 ? " missed" : "", j->problem ? " broken" : "",
	                j->managed ? " managed" : "", j->origin == CRON_TIMER ? " timer" : "");
}

static gboolean row_shows(void *user, guint row)
{
	struct list *l = user;
	const struct cron_row *r = row_at(user, row);
	const char *values[FIELD_COUNT] = {
		[FIELD_NAME] = r->job->name, [FIELD_HOST] = r->host->name, [FIELD_USER] = r->job->user, [FIELD_SOURCE] = sources[r->job->origin], [FIELD_WHERE] = r->job->where,
		[FIELD_COMMAND] = r->job->command,
	};

	if (!chip_shows(l->chip, r) || (l->faults && r->severity < SEVERITY_WARN))
		return FALSE;
	if (filter_is_empty(l->filter))
		return TRUE;
	state_text(r->job, l->scratch);
	values[FIELD_STATE] = l->scratch->str;
	return filter_matches(l->filter, values);
}

/* Trouble first, then what runs now; among equals the managed come before the others, and old news behind fresh. */
static int rank(const struct cron_row *r)
{
	int group = r->severity == SEVERITY_WARN ? 0 : r->job->result == CRON_RESULT_RUNNING ? 4 : 8;

	return group + 2 * !r->job->managed + r->old;
}

static int compare_times(gint64 a, gint64 b)
{
	return a > 0 && b > 0 ? (a > b) - (a < b) : (a == 0) - (b == 0); /* none last */
}

/* The last one first, none last. */
static int compare_ages(gint64 a, gint64 b)
{
	return (a < b) - (a > b);
}

static int compare_default(const struct cron_row *x, const struct cron_row *y)
{
	int result = rank(x) - rank(y);

	result = result ? result : compare_times(x->job->next_us, y->job->next_us);
	return result ? result : list_compare_text(x->job->name, y->job->name);
}

static int row_compare(void *user, guint a, guint b, int column)
{
	const struct cron_row *x = row_at(user, a), *y = row_at(user, b);

	switch (column) {
	case COLUMN_MANAGED: return y->job->managed - x->job->managed;
	case COLUMN_NAME: return list_compare_text(x->job->name, y->job->name);
	case COLUMN_HOST: return list_compare_text(x->host->name, y->host->name);
	case COLUMN_SCHEDULE: return list_compare_text(x->job->schedule, y->job->schedule);
	case COLUMN_LAST: return compare_ages(x->job->last_us, y->job->last_us);
	case COLUMN_FREED: return list_compare_figures(x->job->freed_mb, y->job->freed_mb);
	case COLUMN_NEXT: return compare_times(x->job->next_us, y->job->next_us);
	case COLUMN_SOURCE: return (int)x->job->origin - (int)y->job->origin;
	case COLUMN_WHERE: return list_compare_text(x->job->where, y->job->where);
	case COLUMN_USER: return list_compare_text(x->job->user, y->job->user);
	case COLUMN_COMMAND: return list_compare_text(x->job->command, y->job->command);
	default: return compare_default(x, y);
	}
}

static void row_look(void *user, guint row, struct table_look *out)
{
	const struct cron_row *r = row_at(user, row);
	enum glyph g = GLYPH_UNKNOWN;

	out->role = ROLE_UNKNOWN;
	if (r->old) {
		g = GLYPH_STALE;
		out->role = ROLE_STALE;
	} else if (r->severity == SEVERITY_WARN) {
		g = GLYPH_WARN;
		out->role = ROLE_WARN;
	} else if (r->job->result == CRON_RESULT_RUNNING) {
		g = GLYPH_STARTING;
	} else if (r->severity == SEVERITY_OK) {
		g = GLYPH_OK;
		out->role = ROLE_OK;
	} else if (r->job->next_us == 0) { /* nothing is known of it, and it is not due */
		g = GLYPH_NONE;
		out->role = ROLE_DIM;
	}
	out->faded = r->old;
	out->glyph = glyph(g);
}

static void result_cell(const struct cron_row *r, gint64 now_us, struct table_cell *out)
{
	cron_result_words(r->job, now_us, out->buffer, sizeof out->buffer);
	out->role = r->severity == SEVERITY_WARN ? ROLE_WARN : r->severity == SEVERITY_OK ? ROLE_TEXT : ROLE_DIM;
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct list *l = user;
	const struct cron_row *r = row_at(user, row);
	const struct cron_job *j = r->job;
	gint64 now_us = l->context.world->utc_us;

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_MANAGED: out->text = j->managed ? "M" : " "; break;
	case COLUMN_NAME: out->text = list_or_unknown(j->name); break;
	case COLUMN_HOST: list_host_cell(l, r->host, r->old, out); break;
	case COLUMN_SCHEDULE: out->text = list_or_unknown(j->schedule); break;
	case COLUMN_LAST: list_age_cell(l, j->last_us, out); break;
	case COLUMN_RESULT: result_cell(r, now_us, out); break;
	case COLUMN_FREED: cron_freed_words(j->freed_mb, out->buffer, sizeof out->buffer); break;
	case COLUMN_NEXT: cron_next_words(j, now_us, out->buffer, sizeof out->buffer); break;
	case COLUMN_SOURCE: out->text = sources[j->origin]; break;
	case COLUMN_WHERE: out->text = list_or_unknown(j->where); break;
	case COLUMN_USER: out->text = list_or_unknown(j->user); break;
	case COLUMN_COMMAND: out->text = list_or_unknown(j->command); break;
	case COLUMN_COUNT: break;
	}
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	const struct cron_job *j = row_at((const struct cron_view *)l, row)->job;

	return g_strcmp0(j->key, object) == 0 || g_strcmp0(j->name, object) == 0;
}

static const struct datum *datum_of(const struct host *h)
{
	return &h->cron.datum;
}

static char *chip_label(const struct list *l, guint chip, enum role *role)
{
	static const char *const titles[] = { "All", "Managed", "Failed/Missed", "Timers" };
	const struct cron_view *p = (const struct cron_view *)l;

	if (chip == CRON_CHIP_TROUBLE && p->counts[chip] > 0)
		*role = ROLE_WARN;
	return chip == CRON_CHIP_ALL ? g_strdup(titles[chip]) : g_strdup_printf("%s %u", titles[chip], p->counts[chip]);
}

static char *chip_words(const struct list *l)
{
	static const char *const words[] = { "", " that is managed", " that failed or was missed", " that is a timer" };

	return g_strdup(words[l->chip]);
}

/* The runs give the keys back. */
static void tab_changed(struct list *l)
{
	((struct cron_view *)l)->in_runs = FALSE;
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[CRON_TAB_COUNT] = { "Job", "Runs", "Not read" };

const struct list_class cron_list = {
	.title = "Cron", .one = "job", .many = "jobs", .asked = "cron",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = COLUMN_HOST, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = CRON_TAB_COUNT, .datum = datum_of, .is = row_is, .name = name_of,
	.chip_count = CRON_CHIP_COUNT, .chip_label = chip_label, .chip_words = chip_words,
	.collect = cron_collect, .release = cron_release, .lines = cron_lines, .tab_changed = tab_changed,
};
