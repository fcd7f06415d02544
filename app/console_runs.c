/* Checklists from the console: what is asked at their start, the walk, runs of the store, and what is done about a gate that failed. */
#include "app/console_private.h"

#include <string.h>

#include "app/checklist_files.h"
#include "model/sanitize.h"

#define RUNS_SHOWN 100
#define RUNS_EVERY_US (5 * (gint64)G_USEC_PER_SEC) /* while they are looked at: another midwatch may walk one */

static struct slot *
checklist_slot(struct console *c)
{
	return &c->slots[console_panel(c, "checklist")];
}

static struct check_run *
run_here(const struct console *c)
{
	return c->walk ? walk_run(c->walk) : NULL;
}

gboolean
console_run_is_under_way(const struct console *c)
{
	return c->walk && !run_is_over(walk_run(c->walk));
}

/* --- the store's runs --- */

static void
list_runs(struct console *c)
{
	g_autoptr(GError) error = NULL;
	GPtrArray *runs = c->store ? store_run_list(c->store, RUNS_SHOWN, &error) : NULL;

	c->runs_listed_us = g_get_monotonic_time();
	if (!runs)
		return;
	g_ptr_array_unref(c->world->runs);
	c->world->runs = runs;
	world_changed(c->world);
}

static struct check_run *
load_run(struct console *c, const char *number)
{
	g_autoptr(GError) error = NULL;
	struct check_run *r = NULL;

	if (c->store)
		r = store_run_load(c->store, g_ascii_strtoll(number, NULL, 10), checklist_parse_kept, &error);
	if (!r)
		console_notice(c, "the run cannot be read: %s", error ? error->message : "there is no store");
	return r;
}

static void
open_run(struct console *c, const char *number)
{
	struct check_run *r = load_run(c, number);

	if (!r)
		return;
	check_run_free(c->world->opened);
	c->world->opened = r;
	world_changed(c->world);
}

/* --- the walk --- */

static void
walk_changed(void *user)
{
	struct console *c = user;
	const struct check_run *r = run_here(c);

	if (r && r->state != c->run_state) {
		c->run_state = r->state;
		list_runs(c);
	}
	world_changed(c->world);
}

static void
walk_line(void *user, guint step, const char *text)
{
	struct console *c = user;
	struct slot *s = checklist_slot(c);
	g_autofree char *number = g_strdup_printf("%u", step);

	s->class->text(s->panel, number, text, NULL);
	world_changed(c->world);
}

/* The commands that show the same as a step, one a line. */
static char *
commands_of(struct console *c, const struct check_run *r, const struct checklist_step *s)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < s->checks->len; i++) {
		g_autofree char *command = observe_command(&c->observe, r, s->checks->pdata[i]);
		if (command)
			g_string_append_printf(text, "%s%s", text->len ? "\n" : "", command);
	}
	return g_string_free(text, FALSE);
}

static void
begin_walk(struct console *c, struct check_run *r)
{
	static const struct walk_events events = { walk_changed, walk_line };

	c->world->run = NULL;
	walk_free(c->walk);
	c->walk = walk_new(&c->observe, c->store, r, &events, c);
	r = walk_run(c->walk);
	c->world->run = r;
	c->run_state = r->state;
	g_ptr_array_set_size(c->world->run_commands, 0);
	for (guint i = 0; i < r->checklist->steps->len; i++)
		g_ptr_array_add(c->world->run_commands, commands_of(c, r, r->checklist->steps->pdata[i]));
	list_runs(c);
	if (!c->store)
		console_notice(c, "this run is not kept: there is no store");
}

/* --- its start --- */

static const struct checklist *
find_checklist(const struct console *c, const char *name)
{
	for (guint i = 0; name && i < c->world->checklists->len; i++)
		if (strcmp(((const struct checklist *)c->world->checklists->pdata[i])->name, name) == 0)
			return c->world->checklists->pdata[i];
	return NULL;
}

static void
start_now(struct console *c, const char *const *touched)
{
	struct walk_start start = { .version = c->start_version && *c->start_version ? c->start_version : NULL, .touched = touched, .window_s = -1 };
	struct checklist *copy = checklists_copy(c->world->checklists, c->start_name);
	struct check_run *r = copy ? walk_start_run(c->config, copy, &start) : NULL;

	if (r)
		begin_walk(c, r);
	else
		console_notice(c, "the checklist is no longer there");
}

static void
ask_touches(struct console *c, const struct checklist *list)
{
	GPtrArray *items;

	if (list->touches->len == 0) {
		start_now(c, NULL);
		return;
	}
	items = g_ptr_array_new_with_free_func((GDestroyNotify)menu_item_free);
	g_ptr_array_add(items, menu_item_new("", "none of these", NULL));
	for (guint i = 0; i < list->touches->len; i++) {
		const struct checklist_touch *t = list->touches->pdata[i];
		g_ptr_array_add(items, menu_item_new(t->name, t->name, t->hot ? "report mandatory" : NULL));
	}
	overlays_menu(c, MENU_FOR_TOUCHES, "What does it touch? (Space marks, Enter starts)", items, TRUE);
}

static void
ask_start(struct console *c, const char *name)
{
	const struct checklist *list = find_checklist(c, name);

	if (!list || console_run_is_under_way(c)) {
		console_notice(c, list ? "a run is under way: %s ends it" : "the checklist is no longer there", keymap_first_key(c->keymap, ACT_CHECK_ABANDON));
		return;
	}
	g_free(c->start_name);
	c->start_name = g_strdup(name);
	g_clear_pointer(&c->start_version, g_free);
	if (list->deploy)
		overlays_prompt(c, PROMPT_FOR_VERSION, "expected version, Enter for any: ", "");
	else
		ask_touches(c, list);
}

void
console_run_version(struct console *c, const char *text)
{
	const struct checklist *list = find_checklist(c, c->start_name);

	g_free(c->start_version);
	c->start_version = g_strstrip(g_strdup(text));
	if (list)
		ask_touches(c, list);
}

void
console_run_touches(struct console *c, const GPtrArray *items)
{
	g_autoptr(GPtrArray) touched = g_ptr_array_new();

	for (guint i = 0; i < items->len; i++) {
		const struct menu_item *item = items->pdata[i];
		if (*item->id)
			g_ptr_array_add(touched, item->id);
	}
	g_ptr_array_add(touched, NULL);
	start_now(c, (const char *const *)touched->pdata);
}

/* --- what is asked of a run --- */

static void
resume(struct console *c, const char *number)
{
	g_autoptr(GError) error = NULL;
	struct check_run *r;

	if (console_run_is_under_way(c)) {
		console_notice(c, "a run is under way: %s ends it", keymap_first_key(c->keymap, ACT_CHECK_ABANDON));
		return;
	}
	r = c->store ? walk_take_up(c->store, g_ascii_strtoll(number, NULL, 10), &error) : NULL;
	if (r) {
		g_clear_pointer(&c->world->opened, check_run_free);
		begin_walk(c, r);
		return;
	}
	console_notice(c, "not resumed: %s", error ? error->message : "there is no store");
	list_runs(c);
}

static void
look(struct console *c, guint step)
{
	const char *why = NULL;

	if (c->walk && !walk_look(c->walk, step, &why))
		console_notice(c, "not looked at: %s", why ? why : "it is being looked at");
}

static void
override(struct console *c, guint step, const char *reason)
{
	if (!c->walk || c->world->readonly)
		return;
	if (walk_override(c->walk, step, reason))
		console_notice(c, "the gate is overridden: it stands in the audit log and in the report");
	else
		console_notice(c, "not overridden: it could not be written to the audit log");
}

static void
write_report(struct console *c)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = c->walk ? walk_write_report(c->walk, &error) : NULL;

	if (path)
		console_notice(c, "the report is %s", path);
	else if (error)
		console_notice(c, "no report: %s", error->message);
}

static void
end_with_report(struct console *c)
{
	write_report(c);
	if (run_here(c)->report)
		walk_finish(c->walk);
}

void
console_run_answered(struct console *c, int key)
{
	if (!console_run_is_under_way(c) || c->world->readonly)
		return;
	if (key == 'f')
		end_with_report(c);
	else if (key == 'y')
		walk_abandon(c->walk);
}

/* --- requests --- */

gboolean
console_run_request(struct console *c, const struct request *r)
{
	switch (r->kind) {
	case REQUEST_RUN_START: ask_start(c, r->object); break;
	case REQUEST_RUN_OPEN: open_run(c, r->object); break;
	case REQUEST_RUN_RESUME: resume(c, r->object); break;
	case REQUEST_RUN_LOOK: look(c, r->step); break;
	case REQUEST_RUN_ANSWER:
		if (c->walk)
			walk_answer(c->walk, r->step, r->check, r->verdict, r->text);
		break;
	case REQUEST_RUN_OVERRIDE: override(c, r->step, r->text); break;
	case REQUEST_RUN_ESCALATE: overlays_escalate(c); break;
	case REQUEST_RUN_LINK:
		if (c->walk)
			walk_link(c->walk, r->text);
		break;
	case REQUEST_RUN_REPORT: write_report(c); break;
	case REQUEST_RUN_ABANDON: overlays_abandon(c); break;
	default: return FALSE;
	}
	return TRUE;
}

/* --- from start to end --- */

static void
load_checklists(struct console *c)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	GPtrArray *all = checklists_load(c->config, problems);

	g_ptr_array_unref(c->world->checklists);
	c->world->checklists = all;
	if (problems->len > 0) {
		g_autofree char *text = config_problem_text(problems->pdata[0]);
		g_autofree char *words = g_strdup_printf("%u fault%s in checklists: %s", problems->len, problems->len == 1 ? "" : "s", text);
		g_free(c->world->checklists_trouble);
		c->world->checklists_trouble = sanitize_text(words, -1);
		console_notice(c, "%s", c->world->checklists_trouble);
	}
}

void
console_runs_start(struct console *c)
{
	g_autoptr(GError) error = NULL;

	c->observe = (struct observe_context){ .config = c->config, .world = c->world, .http = c->http, .machines = c->machines, .fleet = c->fleet };
	load_checklists(c);
	if (c->store && !store_run_settle(c->store, &error))
		console_notice(c, "runs of checklists: %s", error->message);
	list_runs(c);
}

void
console_runs_tick(struct console *c)
{
	if (c->walk)
		walk_tick(c->walk);
	if (c->slots[c->current].class == &checklist_panel && g_get_monotonic_time() - c->runs_listed_us > RUNS_EVERY_US)
		list_runs(c);
}

void
console_runs_end(struct console *c)
{
	c->world->run = NULL;
	g_clear_pointer(&c->walk, walk_free);
	g_clear_pointer(&c->start_name, g_free);
	g_clear_pointer(&c->start_version, g_free);
}
