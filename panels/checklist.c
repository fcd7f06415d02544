/* The Checklist panel: a run is walked step by step, each by one key; without one, what can be walked and what was. */
#include <string.h>

#include "panels/checklist_private.h"

static struct panel *create(const struct panel_context *context)
{
	struct checklist_view *v = g_new0(struct checklist_view, 1);

	list_init(&v->steps.list, &step_list_class, context);
	list_init(&v->choice.list, &choice_list_class, context);
	v->steps.list.details.open = TRUE;
	v->steps.live = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	v->steps.words = g_string_chunk_new(4096);
	v->choice.rows = g_array_new(FALSE, FALSE, sizeof(struct choice_row));
	return (struct panel *)v;
}

static void destroy(struct panel *panel)
{
	struct checklist_view *v = (struct checklist_view *)panel;

	list_clear(&v->steps.list);
	list_clear(&v->choice.list);
	g_hash_table_unref(v->steps.live);
	g_string_chunk_free(v->steps.words);
	g_array_unref(v->choice.rows);
	g_free(v);
}

static const struct world *world_of(const struct checklist_view *v)
{
	return v->choice.list.context.world;
}

static void forget_shown(struct checklist_view *v)
{
	g_hash_table_remove_all(v->steps.live);
	table_home(v->steps.list.table);
	v->steps.list.details.full = FALSE;
}

/* The model may have another run than the one that was shown: the panel never keeps one. */
static void follow_model(struct checklist_view *v)
{
	const struct world *w = world_of(v);

	if ((w->run ? w->run->begun_us : 0) != v->seen_us) {
		v->seen_us = w->run ? w->run->begun_us : 0;
		forget_shown(v);
		v->mode = w->run ? CHECKLIST_RUN : CHECKLIST_CHOICE;
	}
	if (v->opening && w->opened && w->opened->number == v->opening) {
		v->opening = 0;
		forget_shown(v);
		v->mode = CHECKLIST_OPENED;
	}
	v->steps.run = v->mode == CHECKLIST_RUN ? w->run : v->mode == CHECKLIST_OPENED ? w->opened : NULL;
	if (!v->steps.run)
		v->mode = CHECKLIST_CHOICE;
}

static void draw(struct panel *panel, const struct canvas *c)
{
	follow_model((struct checklist_view *)panel);
	checklist_draw(panel, c);
}

struct list *checklist_front(const struct checklist_view *v)
{
	return (struct list *)(v->steps.run ? &v->steps.list : &v->choice.list);
}

int checklist_step_here(const struct checklist_view *v)
{
	return v->mode == CHECKLIST_RUN && v->steps.run ? step_list_number(&v->steps.list, table_selected(v->steps.list.table)) : -1;
}

static void request(const struct checklist_view *v, const struct request *r)
{
	list_request(&v->choice.list, r);
}

/* --- looking --- */

static void look(struct checklist_view *v, int step)
{
	const struct run_step *s;

	if (step < 0)
		return;
	s = v->steps.run->steps->pdata[step];
	table_select(v->steps.list.table, s->step->id);
	g_hash_table_remove(v->steps.live, GINT_TO_POINTER(step + 1));
	request(v, &(struct request){ .kind = REQUEST_RUN_LOOK, .step = (guint)step });
}

/* Enter on the step whose turn it is looks at it; on another one it gives its lines the whole panel. */
static gboolean open_step(struct checklist_view *v)
{
	int step = checklist_step_here(v);

	if (step >= 0 && step == run_next(v->steps.run) && ((const struct run_step *)v->steps.run->steps->pdata[step])->verdict == VERDICT_NONE)
		look(v, step);
	else if (v->steps.list.details.open)
		v->steps.list.details.full = TRUE;
	else
		list_open_details(&v->steps.list, TRUE);
	return TRUE;
}

/* --- answering --- */

int checklist_answerable(const struct checklist_view *v, int step)
{
	const struct run_step *s = step < 0 ? NULL : v->steps.run->steps->pdata[step];
	int check = s ? step_asks(v->steps.run, (guint)step) : -1;
	const char *why;

	for (guint i = 0; s && check < 0 && i < s->step->checks->len; i++)
		if (run_can_answer(v->steps.run, (guint)step, i, &why))
			check = (int)i;
	return check;
}

static void ask_note(struct checklist_view *v, enum action command)
{
	int step = checklist_step_here(v), check = checklist_answerable(v, step);
	const struct run_step *s = v->steps.run->steps->pdata[step];
	const struct check *c = s->step->checks->pdata[check];
	g_autofree char *label = g_strdup_printf("%s %s; %s: ", c->label ? c->label : s->step->title, command == ACT_CHECK_PASS ? "passes" : "fails",
	                                         c->note ? "note" : "a note, or Enter for none");

	v->answering = (guint)step;
	v->answered_check = (guint)check;
	request(v, &(struct request){ .kind = REQUEST_REASON, .command = command, .text = label });
}

static void answer_check(struct checklist_view *v, enum action command, const char *text)
{
	const struct check_run *r = v->steps.run;
	const struct run_step *s = r && v->answering < r->steps->len ? r->steps->pdata[v->answering] : NULL;
	const struct check *c = s && v->answered_check < s->step->checks->len ? s->step->checks->pdata[v->answered_check] : NULL;

	if (!c)
		return;
	if (c->note && !*text) {
		panel_notice(&v->choice.list.context, "not answered: this one needs a note");
		return;
	}
	request(v, &(struct request){
		.kind = REQUEST_RUN_ANSWER, .step = v->answering, .check = v->answered_check,
		.verdict = command == ACT_CHECK_PASS ? VERDICT_PASS : VERDICT_FAIL, .text = *text ? text : NULL });
}

static void override(struct checklist_view *v, const char *text)
{
	int step = v->steps.run ? run_stopped_at(v->steps.run) : -1;

	if (step >= 0 && *text)
		request(v, &(struct request){ .kind = REQUEST_RUN_OVERRIDE, .step = (guint)step, .text = text });
	else
		panel_notice(&v->choice.list.context, step < 0 ? "nothing was overridden: no gate stops the run any more" : "it stays stopped: going on needs a reason");
}

static void ask_override(struct checklist_view *v)
{
	int step = run_stopped_at(v->steps.run);
	g_autofree char *label = g_strdup_printf("why override %d %s: ", step + 1,
	                                         ((const struct run_step *)v->steps.run->steps->pdata[step])->step->title);

	request(v, &(struct request){ .kind = REQUEST_REASON, .command = ACT_CHECK_OVERRIDE, .text = label });
}

static void answer(struct panel *panel, enum action command, const char *text, gboolean final)
{
	struct checklist_view *v = (struct checklist_view *)panel;
	g_autofree char *typed = text ? g_strstrip(g_strdup(text)) : NULL;

	if (command == ACT_FILTER) {
		list_answer((struct panel *)checklist_front(v), command, text, final);
		return;
	}
	if (!typed || !final || v->mode != CHECKLIST_RUN)
		return;
	if (command == ACT_CHECK_OVERRIDE)
		override(v, typed);
	else if (command == ACT_CHECK_PASS || command == ACT_CHECK_FAIL)
		answer_check(v, command, typed);
	else if (command == ACT_CHECK_ISSUE && *typed)
		request(v, &(struct request){ .kind = REQUEST_RUN_LINK, .text = typed });
}

/* --- the choice --- */

gboolean checklist_chosen(const struct checklist_view *v, struct choice_row *r)
{
	return !v->steps.run && choice_list_find(&v->choice.list, table_selected(v->choice.list.table), r);
}

static void ask_for_run(struct checklist_view *v, enum request_kind kind, gint64 number)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

	if (kind == REQUEST_RUN_OPEN)
		v->opening = number;
	request(v, &(struct request){ .kind = kind, .object = text });
}

static gboolean open_choice(struct checklist_view *v)
{
	struct choice_row r;

	if (!checklist_chosen(v, &r))
		return FALSE;
	if (r.kind == CHOICE_NOW)
		v->mode = CHECKLIST_RUN;
	else if (r.kind == CHOICE_PAST)
		ask_for_run(v, REQUEST_RUN_OPEN, r.head->number);
	else
		request(v, &(struct request){ .kind = REQUEST_RUN_START, .object = r.checklist->name });
	follow_model(v);
	return TRUE;
}

static void resume(struct checklist_view *v)
{
	struct choice_row r;

	if (v->mode == CHECKLIST_OPENED)
		ask_for_run(v, REQUEST_RUN_RESUME, v->steps.run->number);
	else if (checklist_chosen(v, &r))
		ask_for_run(v, REQUEST_RUN_RESUME, r.head->number);
	follow_model(v);
}

/* Esc leads from a run to the choice, and from there back to the run; q leaves the panel. */
static gboolean leave(struct checklist_view *v, enum action command)
{
	if (v->steps.run && v->steps.list.details.full) {
		v->steps.list.details.full = FALSE;
		return TRUE;
	}
	if (!v->steps.run && list_act(&v->choice.list, command))
		return TRUE;
	if (command == ACT_BACK && v->mode != CHECKLIST_OPENED)
		return FALSE;
	if (v->steps.run)
		v->mode = CHECKLIST_CHOICE;
	else if (world_of(v)->run)
		v->mode = CHECKLIST_RUN;
	else
		return FALSE;
	follow_model(v);
	return TRUE;
}

/* --- commands --- */

static void copy_commands(const struct checklist_view *v)
{
	int step = step_list_number(&v->steps.list, table_selected(v->steps.list.table));
	g_autofree char *text = step_commands(&v->steps.list, (guint)step);

	request(v, &(struct request){ .kind = REQUEST_COPY, .text = text });
}

static void copy_row(const struct checklist_view *v)
{
	int step = v->steps.run ? step_list_number(&v->steps.list, table_selected(v->steps.list.table)) : -1;
	g_autofree char *text = step >= 0 ? step_text(&v->steps.list, (guint)step) : choice_text(&v->choice.list, table_selected(v->choice.list.table));

	request(v, &(struct request){ .kind = REQUEST_COPY, .text = text });
}

static gboolean act_on_run(struct checklist_view *v, enum action command)
{
	switch (command) {
	case ACT_CHECK_NEXT: look(v, run_next(v->steps.run)); break;
	case ACT_CHECK_LOOK: look(v, checklist_step_here(v)); break;
	case ACT_CHECK_PASS: case ACT_CHECK_FAIL: ask_note(v, command); break;
	case ACT_CHECK_OVERRIDE: ask_override(v); break;
	case ACT_CHECK_ESCALATE: request(v, &(struct request){ .kind = REQUEST_RUN_ESCALATE }); break;
	case ACT_CHECK_ISSUE:
		request(v, &(struct request){ .kind = REQUEST_PROMPT, .command = command, .text = "link to an issue: " });
		break;
	case ACT_CHECK_REPORT: request(v, &(struct request){ .kind = REQUEST_RUN_REPORT }); break;
	case ACT_CHECK_ABANDON: request(v, &(struct request){ .kind = REQUEST_RUN_ABANDON }); break;
	default: return FALSE;
	}
	return TRUE;
}

static gboolean act(struct panel *panel, enum action command)
{
	struct checklist_view *v = (struct checklist_view *)panel;

	switch (command) {
	case ACT_ESCAPE: case ACT_BACK: return leave(v, command);
	case ACT_OPEN: return v->steps.run ? open_step(v) : open_choice(v);
	case ACT_CHECK_START: return open_choice(v);
	case ACT_CHECK_RESUME: resume(v); return TRUE;
	case ACT_CHECK_COMMAND: copy_commands(v); return TRUE;
	case ACT_COPY: copy_row(v); return TRUE;
	default: return act_on_run(v, command) || list_act(checklist_front(v), command);
	}
}

/* --- the rest of the class --- */

/* A line that a look has printed; `object` is its step's number. */
static void live(struct panel *panel, const char *object, const char *text, const char *problem)
{
	struct checklist_view *v = (struct checklist_view *)panel;
	gpointer key = GUINT_TO_POINTER((guint)g_ascii_strtoull(object, NULL, 10) + 1);
	GPtrArray *lines = g_hash_table_lookup(v->steps.live, key);

	if (!text)
		return;
	if (!lines) {
		lines = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(v->steps.live, key, lines);
	}
	if (lines->len == LIVE_LINES)
		g_ptr_array_remove_index(lines, 0);
	g_ptr_array_add(lines, g_strdup(text));
}

/* A run of the store by its number, or a step by its id. */
static void select_object(struct panel *panel, const char *host, const char *object)
{
	struct checklist_view *v = (struct checklist_view *)panel;

	if (v->steps.run)
		list_select((struct panel *)&v->steps.list, NULL, object);
	else
		list_select((struct panel *)&v->choice.list, NULL, object);
}

static gboolean mouse(struct panel *panel, const struct canvas *c, int y, int x, guint buttons)
{
	struct list *l = checklist_front((struct checklist_view *)panel);

	return list_mouse((struct panel *)l, c, y, x, buttons);
}

const struct panel_class checklist_panel = {
	.id = "checklist", .title = "Checklist", .scopes = SCOPE_LIST | SCOPE_TABLE | SCOPE_DETAILS | SCOPE_CHECKLIST,
	.create = create, .destroy = destroy, .draw = draw, .act = act, .can = checklist_can, .answer = answer, .text = live, .select = select_object, .mouse = mouse,
	.badge = checklist_badge,
};
