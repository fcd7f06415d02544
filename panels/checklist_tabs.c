/* The details of a step: the lines behind each verdict, the commands that it stands for; and of its run: the log, and the report as it would be
 * written now. */
#include <string.h>

#include "model/report.h"
#include "panels/checklist_private.h"
#include "tui/text.h"

#define LABEL 12

static const struct check_run *run_of(const struct list *l)
{
	return ((const struct step_list *)l)->run;
}

static const char *check_label(const struct check *c)
{
	return c->label ? c->label : check_kind_name(c->kind);
}

/* --- lines --- */

static void add_question(const struct list *l, const struct check *c, const struct check_result *r, int cells, GPtrArray *lines)
{
	g_autofree char *filled = run_fill(run_of(l), c->question, NULL), *who = r->by ? g_strdup_printf("%s: %s", r->by, r->summary ? r->summary : "") : NULL;

	list_add_labelled(lines, r->verdict == VERDICT_ASKED ? ROLE_ACCENT : ROLE_TEXT, "  asks", LABEL, filled ? filled : c->question, cells);
	if (who)
		list_add_labelled(lines, ROLE_TEXT, "  answered", LABEL, who, cells);
}

static void add_lines_behind(const struct check_result *r, enum role role, GPtrArray *lines)
{
	char count[40];

	for (guint i = 0; r->lines && i < r->lines->len; i++)
		list_add(lines, role, "    %s", (const char *)r->lines->pdata[i]);
	text_count(r->lines_left_out, count, sizeof count);
	if (r->lines_left_out > 0)
		list_add(lines, ROLE_DIM, "    %s more lines are not kept: the command shows them", count);
}

static void add_check(const struct list *l, const struct check *c, const struct check_result *r, int cells, GPtrArray *lines)
{
	enum glyph g;
	enum role role = verdict_look(r->verdict, &g);
	g_autofree char *label = g_strdup_printf("%s %s", glyph(g), check_label(c));
	const char *summary = r->verdict == VERDICT_NONE ? "not looked at yet" : r->verdict == VERDICT_RUNNING ? "looking" : r->summary ? r->summary : "";
	gboolean person = c->kind == CHECK_MANUAL;

	list_add_labelled(lines, role == ROLE_OK ? ROLE_TEXT : role, label, LABEL, person ? verdict_name(r->verdict) : summary, cells);
	if (person)
		add_question(l, c, r, cells, lines);
	else if (r->by)
		list_add_labelled(lines, ROLE_TEXT, "  answered", LABEL, r->by, cells);
	if (r->verdict == VERDICT_ATTENTION && c->watch_means)
		list_add_labelled(lines, ROLE_WARN, "  means", LABEL, c->watch_means, cells);
	add_lines_behind(r, r->verdict == VERDICT_FAIL ? ROLE_CRIT : r->verdict == VERDICT_ATTENTION ? ROLE_WARN : ROLE_DIM, lines);
}

/* What a look that goes on has printed: the newest, as many as there is room for. */
static void add_live(const struct list *l, guint step, int rows, GPtrArray *lines)
{
	const GPtrArray *live = g_hash_table_lookup(((const struct step_list *)l)->live, GUINT_TO_POINTER(step + 1));
	guint room = (guint)MAX(rows - (int)lines->len, 1);

	for (guint i = live && live->len > room && !l->details.full ? live->len - room : 0; live && i < live->len; i++)
		list_add(lines, ROLE_DIM, "    %s", (const char *)live->pdata[i]);
}

char *step_commands(const struct list *l, guint step)
{
	const struct world *w = l->context.world;
	const struct run_step *s = run_of(l)->steps->pdata[step];
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < s->step->checks->len; i++)
		if (s->results[i].command)
			g_string_append_printf(text, "%s%s", text->len ? "\n" : "", s->results[i].command);
	if (text->len == 0 && run_of(l) == w->run && step < w->run_commands->len)
		g_string_append(text, w->run_commands->pdata[step]);
	return g_string_free(text, FALSE);
}

static void add_commands(const struct list *l, guint step, const char *label, int cells, GPtrArray *lines)
{
	g_autofree char *text = step_commands(l, step);
	g_auto(GStrv) each = g_strsplit(text, "\n", -1);

	for (char **at = each; *at; at++)
		list_add_labelled(lines, ROLE_DIM, at == each ? label : "", LABEL, *at, cells);
}

static void add_step_lines(struct list *l, guint step, const struct canvas *body, GPtrArray *lines)
{
	const struct run_step *s = run_of(l)->steps->pdata[step];

	if (s->overridden) {
		g_autofree char *who = g_strdup_printf("by %s: %s", s->overridden_by, s->overridden);
		list_add_labelled(lines, ROLE_WARN, "overridden", LABEL, who, body->width);
	}
	for (guint i = 0; i < s->step->checks->len; i++)
		add_check(l, s->step->checks->pdata[i], &s->results[i], body->width, lines);
	if (s->step->help)
		list_add_labelled(lines, ROLE_DIM, "help", LABEL, s->step->help, body->width);
	add_commands(l, step, "command", body->width, lines);
	if (s->verdict == VERDICT_RUNNING)
		add_live(l, step, body->height, lines);
}

/* --- command --- */

static void add_step_commands(struct list *l, guint step, const struct canvas *body, GPtrArray *lines)
{
	g_autofree char *text = step_commands(l, step);

	if (*text) {
		add_commands(l, step, "$", body->width, lines);
		list_add(lines, ROLE_DIM, "%s copies it", panel_key(&l->context, ACT_CHECK_COMMAND));
	} else {
		list_add(lines, ROLE_DIM, "no command shows this: a person looks, or it was not looked at yet");
	}
}

/* --- log --- */

static void add_event(const struct list *l, const struct run_event *e, GPtrArray *lines)
{
	const struct check_run *r = run_of(l);
	char at[40];
	enum glyph g;
	enum role role = verdict_look(e->to, &g);
	const char *title = e->step >= 0 && (guint)e->step < r->steps->len ? ((const struct run_step *)r->steps->pdata[e->step])->step->title : "";
	g_autofree char *change = e->from != e->to ? g_strdup_printf("%s to %s", verdict_name(e->from), verdict_name(e->to)) : g_strdup("");

	panel_time(e->utc_us, l->context.world->utc_us, at, sizeof at);
	list_add(lines, role == ROLE_OK || e->step < 0 ? ROLE_TEXT : role, "%s  %s%s%s%s%s", at, title, *title ? "  " : "", change, *change ? "  " : "",
	         e->text ? e->text : "");
}

/* Beside the list only the newest have room. */
static void add_log(struct list *l, const struct canvas *body, GPtrArray *lines)
{
	const GPtrArray *events = run_of(l)->events;
	guint room = (guint)MAX(body->height, 1);

	for (guint i = !l->details.full && events->len > room ? events->len - room : 0; i < events->len; i++)
		add_event(l, events->pdata[i], lines);
	if (events->len == 0)
		list_add(lines, ROLE_DIM, "nothing has happened yet");
}

void step_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	int step = step_list_number(l, key);

	if (step < 0)
		return;
	if (l->details.tab == STEP_TAB_COMMAND)
		add_step_commands(l, (guint)step, body, lines);
	else if (l->details.tab == STEP_TAB_LOG)
		add_log(l, body, lines);
	else
		add_step_lines(l, (guint)step, body, lines);
}

/* The report is the run's, whatever step the cursor is on. */
gboolean step_draw_tab(struct list *l, const char *key, const struct canvas *body)
{
	g_autofree char *text = NULL;

	if (l->details.tab != STEP_TAB_REPORT)
		return FALSE;
	text = report_text(run_of(l), l->context.world->utc_us);
	list_draw_page(l, body, "report", text);
	return TRUE;
}

char *step_text(const struct list *l, guint step)
{
	const struct run_step *s = run_of(l)->steps->pdata[step];
	g_autofree char *summary = run_step_summary(s);
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%u %s: %s  %s", step + 1, s->step->title, verdict_name(s->verdict), summary);
	for (guint i = 0; i < s->step->checks->len; i++)
		for (guint j = 0; s->results[i].lines && j < s->results[i].lines->len; j++)
			g_string_append_printf(text, "\n%s", (const char *)s->results[i].lines->pdata[j]);
	return g_string_free(text, FALSE);
}
