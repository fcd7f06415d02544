#include "app/audit_command.h"

#include <cjson/cJSON.h>
#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/json_out.h"
#include "backends/store.h"
#include "model/duration.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define LEAST_CELLS 6
#define LINE_MAX_CELLS 1000 /* of a line that goes into a file or a pipe */

/* --- time --- */

/* A part of the match, or what stands for it when it was left out. */
static char *
part(const GMatchInfo *match, int i, const char *otherwise)
{
	g_autofree char *text = g_match_info_fetch(match, i);

	return g_strdup(text && *text ? text : otherwise);
}

gboolean
audit_since(const char *text, gint64 now_us, gint64 *since_us)
{
	g_autoptr(GRegex) form = g_regex_new("^(\\d{4}-\\d\\d-\\d\\d)(?:T(\\d\\d:\\d\\d)(:\\d\\d)?(Z|[+-]\\d\\d:\\d\\d)?)?$", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GDateTime) time = NULL;
	gint64 span;

	if (duration_parse(text, &span)) {
		*since_us = now_us - span * G_USEC_PER_SEC;
		return TRUE;
	}
	if (g_regex_match(form, text, 0, &match)) {
		g_autofree char *day = part(match, 1, ""), *minute = part(match, 2, "00:00"), *second = part(match, 3, ":00"), *zone = part(match, 4, "Z");
		g_autofree char *whole = g_strdup_printf("%sT%s%s%s", day, minute, second, zone);
		time = g_date_time_new_from_iso8601(whole, NULL);
	}
	if (time)
		*since_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
	return time != NULL;
}

/* --- JSON Lines --- */

static void
add_time(cJSON *o, const char *name, gint64 utc_us)
{
	g_autoptr(GDateTime) time = utc_us > 0 ? g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC) : NULL;
	g_autofree char *day = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : NULL;
	g_autofree char *text = day ? g_strdup_printf("%s.%06dZ", day, (int)(utc_us % G_USEC_PER_SEC)) : NULL;

	json_out_text(o, name, text);
}

static gboolean
print_object(cJSON *o)
{
	char *text = cJSON_PrintUnformatted(o);
	gboolean ok = puts(text) >= 0;

	cJSON_free(text);
	cJSON_Delete(o);
	return ok;
}

static gboolean
print_json(const struct audit_entry *e)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "id", (double)e->id);
	add_time(o, "started", e->started_us);
	add_time(o, "ended", e->ended_us);
	json_out_text(o, "actor", e->actor);
	json_out_text(o, "action", e->action);
	json_out_text(o, "host", e->host);
	json_out_text(o, "target", e->target);
	json_out_text(o, "request", e->request);
	json_out_text(o, "evidence", e->evidence);
	json_out_text(o, "note", e->note);
	json_out_text(o, "outcome", outcome_name(e->outcome));
	json_out_text(o, "result", e->result);
	return print_object(o);
}

/* --- the table --- */

enum column { COLUMN_STARTED, COLUMN_OUTCOME, COLUMN_TOOK, COLUMN_ACTION, COLUMN_WHERE, COLUMN_ACTOR, COLUMN_RESULT, COLUMN_COUNT };

static const struct { const char *title; int most; } columns[COLUMN_COUNT] = {
	[COLUMN_STARTED] = { "STARTED", 20 }, [COLUMN_OUTCOME] = { "OUTCOME", 7 }, [COLUMN_TOOK] = { "TOOK", 6 }, [COLUMN_ACTION] = { "ACTION", 28 },
	[COLUMN_WHERE] = { "WHERE", 40 }, [COLUMN_ACTOR] = { "ACTOR", 60 }, [COLUMN_RESULT] = { "RESULT", LINE_MAX_CELLS },
};

static void
free_cells(gpointer data)
{
	char **cells = data;

	for (guint i = 0; i < COLUMN_COUNT; i++)
		g_free(cells[i]);
	g_free(cells);
}

static char *
took(const struct audit_entry *e)
{
	gint64 us = e->ended_us - e->started_us;
	char text[16];

	if (e->ended_us == 0 || us < 0)
		return g_strdup(text_unknown());
	if (us < 10 * G_USEC_PER_SEC)
		return g_strdup_printf("%.1fs", (double)us / G_USEC_PER_SEC);
	text_duration(us / G_USEC_PER_SEC, text, sizeof text);
	return g_strdup(text);
}

static char **
cells_of(const struct audit_entry *e)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(e->started_us / G_USEC_PER_SEC);
	char **cells = g_new0(char *, COLUMN_COUNT);

	cells[COLUMN_STARTED] = time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%SZ") : g_strdup(text_unknown());
	cells[COLUMN_OUTCOME] = g_strdup(outcome_name(e->outcome));
	cells[COLUMN_TOOK] = took(e);
	cells[COLUMN_ACTION] = g_strdup(e->action ? e->action : text_unknown());
	cells[COLUMN_WHERE] = g_strdup_printf("%s%s%s", e->host ? e->host : text_unknown(), e->target ? " " : "", e->target ? e->target : "");
	cells[COLUMN_ACTOR] = g_strdup(e->actor ? e->actor : text_unknown());
	cells[COLUMN_RESULT] = g_strdup(e->result ? e->result : text_unknown());
	return cells;
}

static char **
titles(void)
{
	char **cells = g_new0(char *, COLUMN_COUNT);

	for (guint i = 0; i < COLUMN_COUNT; i++)
		cells[i] = g_strdup(columns[i].title);
	return cells;
}

/* As the terminal can show it: '?' for what is not ASCII where that is all there is. */
static gboolean
put_line(const char *text)
{
	const char *end = text + strlen(text);
	g_autoptr(GString) out = g_string_new(NULL);
	struct text_cell cell;

	if (!glyph_ascii())
		return puts(text) >= 0;
	while (text_next(&text, end, &cell))
		g_string_append_unichar(out, cell.base);
	return puts(out->str) >= 0;
}

/* One line: each cell in the width of its column, all of it within the terminal. */
static gboolean
print_line(char *const *cells, const int *widths, int room)
{
	g_autoptr(GString) line = g_string_new(NULL);
	char cut[LINE_MAX_CELLS * 4 + 8];

	for (guint i = 0; i < COLUMN_COUNT; i++) {
		text_cut_middle(cells[i], widths[i], cut, sizeof cut);
		g_string_append(line, cut);
		if (i + 1 < COLUMN_COUNT)
			g_string_append_printf(line, "%*s", widths[i] - text_width(cut) + 2, "");
	}
	text_cut_end(g_strchomp(line->str), room, cut, sizeof cut);
	return put_line(cut);
}

/* Cells of the terminal's line; a file or a pipe gets whole lines. */
static int
terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : LINE_MAX_CELLS;
}

/* Takes cells from the widest columns of text until the line fits, or each has no more than a few left. */
static void
fit(int *widths, int room)
{
	int excess = (COLUMN_COUNT - 1) * 2 - room, widest;

	for (int i = 0; i < COLUMN_COUNT; i++)
		excess += widths[i];
	for (; excess > 0; excess--) {
		widest = COLUMN_ACTION;
		for (int i = COLUMN_ACTION; i < COLUMN_COUNT; i++)
			widest = widths[i] > widths[widest] ? i : widest;
		if (widths[widest] <= LEAST_CELLS)
			break;
		widths[widest]--;
	}
}

static gboolean
print_table(const GPtrArray *list)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_cells);
	int widths[COLUMN_COUNT] = { 0 }, room = terminal_width();
	gboolean ok = TRUE;

	g_ptr_array_add(lines, titles());
	for (guint i = 0; i < list->len; i++)
		g_ptr_array_add(lines, cells_of(list->pdata[i]));
	for (guint i = 0; i < lines->len; i++)
		for (guint j = 0; j < COLUMN_COUNT; j++)
			widths[j] = CLAMP(text_width(((char **)lines->pdata[i])[j]), widths[j], columns[j].most);
	fit(widths, room);
	for (guint i = 0; ok && i < lines->len; i++)
		ok = print_line(lines->pdata[i], widths, room);
	return ok;
}

/* --- the command --- */

static int
failed(const char *message)
{
	fprintf(stderr, "midwatch: %s\n", message);
	return 2;
}

static int
verify(struct store *s, gboolean json)
{
	g_autofree char *problem = NULL;
	char hash[AUDIT_HASH_SIZE];
	guint64 rows;
	gboolean ok = store_audit_verify(s, &rows, &problem);
	cJSON *o;

	store_audit_last(s, hash);
	if (!json) {
		if (ok)
			printf("%" G_GUINT64_FORMAT " rows, none changed; the last has the hash %s\n", rows, hash);
		else
			printf("NOT as it was written: %s\n", problem);
		return ok ? 0 : 1;
	}
	o = cJSON_CreateObject();
	cJSON_AddBoolToObject(o, "verified", ok);
	cJSON_AddNumberToObject(o, "rows", (double)rows);
	json_out_text(o, "hash", ok ? hash : NULL);
	json_out_text(o, "problem", problem);
	print_object(o);
	return ok ? 0 : 1;
}

static int
list_entries(struct store *s, gint64 since_us, gboolean json)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = store_audit_list(s, since_us, &error);
	gboolean ok = TRUE;

	if (!list)
		return failed(error->message);
	if (list->len == STORE_AUDIT_LIST_MAX)
		fprintf(stderr, "midwatch: only the newest %d actions are listed; see the others with --since\n", STORE_AUDIT_LIST_MAX);
	for (guint i = 0; json && ok && i < list->len; i++)
		ok = print_json(list->pdata[i]);
	if (!json && list->len > 0)
		ok = print_table(list);
	else if (!json)
		fprintf(stderr, "midwatch: no action is on record%s\n", since_us > 0 ? " since then" : "");
	return ok && fflush(stdout) == 0 ? 0 : failed("the list cannot be written");
}

int
audit_run(const struct options *o)
{
	g_autoptr(GError) error = NULL;
	gint64 since_us = 0;
	struct store *s;
	int code;

	if (o->since && !audit_since(o->since, g_get_real_time(), &since_us))
		return failed("--since takes a span (30m, 2h, 7d) or a UTC time (2026-11-22, 2026-11-22T01:00Z)");
	if (o->since && o->verify)
		return failed("--verify checks the whole log; --since is for the list");
	glyph_use_ascii(strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
	s = store_open_readonly(o->store, &error);
	if (!s)
		return failed(error->message);
	code = o->verify ? verify(s, o->json) : list_entries(s, since_us, o->json);
	store_close(s);
	return code;
}
