#include "app/console_private.h"

#include <string.h>

#include "tui/screen.h"

/* Everything that floats over a panel: prompt, menu, sheet and help. At most one of each; the last opened has the keys. */

gboolean
overlays_open(const struct console *c)
{
	return c->over.prompt || c->over.menu || c->over.sheet || c->over.help;
}

static void
answer_panel(struct console *c, const char *text, gboolean final)
{
	struct slot *s = &c->slots[c->over.prompt_panel];

	if (s->class->answer)
		s->class->answer(s->panel, c->over.prompt_command, text, final);
	world_changed(c->world);
}

static void
run_palette(struct console *c, const char *text)
{
	g_autofree char *word = g_strstrip(g_strdup(text));
	int command = keymap_by_id(c->keymap, word);

	if (command < 0 || !(c->commands->all[command].scopes & console_scopes(c))) {
		if (*word)
			console_notice(c, command < 0 ? "there is no command \"%s\": Tab completes, ? lists them" : "%s does not work in this panel", word);
		return;
	}
	console_command(c, (guint)command);
}

static void
override(struct console *c, const char *text)
{
	g_autofree char *reason = g_strstrip(g_strdup(text));

	if (*reason)
		executor_override(c->executor, c->over.operation, reason);
	else
		console_notice(c, "it still waits: without evidence a reason is needed");
}

static void
prompt_changed(void *user, const char *text)
{
	struct console *c = user;

	if (c->over.prompt_purpose == PROMPT_FOR_PANEL)
		answer_panel(c, text, FALSE);
}

/* What confirms an action is typed anew each time, and a secret is kept nowhere. */
static gboolean
is_remembered(enum prompt_purpose purpose)
{
	return purpose == PROMPT_FOR_PANEL || purpose == PROMPT_FOR_PALETTE || purpose == PROMPT_FOR_SOURCE;
}

static void
remember(struct console *c, const char *text)
{
	GPtrArray **lines = &c->over.history[c->over.prompt_purpose];
	guint same;

	if (!is_remembered(c->over.prompt_purpose) || !*text)
		return;
	if (!*lines)
		*lines = g_ptr_array_new_with_free_func(g_free);
	if (g_ptr_array_find_with_equal_func(*lines, text, g_str_equal, &same))
		g_ptr_array_remove_index(*lines, same);
	if ((*lines)->len == HISTORY_MAX)
		g_ptr_array_remove_index(*lines, 0);
	g_ptr_array_add(*lines, g_strdup(text));
}

static void
prompt_accepted(void *user, const char *text)
{
	struct console *c = user;
	struct machine *m = console_machine(c, c->over.host);

	c->over.prompt_done = c->over.sheet_done = TRUE; /* together with the sheet that it belongs to */
	remember(c, text);
	switch (c->over.prompt_purpose) {
	case PROMPT_FOR_PANEL: case PROMPT_FOR_REASON:
		answer_panel(c, text, TRUE);
		break;
	case PROMPT_FOR_VERSION:
		console_run_version(c, text);
		break;
	case PROMPT_FOR_PALETTE:
		run_palette(c, text);
		break;
	case PROMPT_FOR_PASSPHRASE:
		if (m && m->gateway)
			fleet_watch_passphrase(c->fleet, m->host->link.question_text, text);
		else if (m)
			link_answer_passphrase(m->link, text);
		break;
	case PROMPT_FOR_SOURCE:
		if (!console_follow_text(c, text))
			console_notice(c, "not a source: write [HOST] container:NAME, unit:NAME, file:/PATH or journal");
		break;
	case PROMPT_FOR_PLAN:
		console_plan_typed(c, text);
		break;
	case PROMPT_FOR_OVERRIDE:
		override(c, text);
		break;
	case PROMPT_FOR_BATCH:
		console_rollout_batch(c, text);
		break;
	case PROMPT_PURPOSES:
		break;
	}
}

static void
prompt_cancelled(void *user)
{
	struct console *c = user;

	c->over.prompt_done = c->over.sheet_done = TRUE;
	if (c->over.prompt_purpose == PROMPT_FOR_PANEL || c->over.prompt_purpose == PROMPT_FOR_REASON)
		answer_panel(c, NULL, TRUE);
	else if (c->over.prompt_purpose == PROMPT_FOR_PLAN)
		console_plan_typed(c, NULL);
	else if (c->over.prompt_purpose == PROMPT_FOR_BATCH)
		console_rollout_batch(c, NULL);
}

static GPtrArray *
prompt_complete(void *user, const char *text)
{
	struct console *c = user;
	GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)prompt_candidate_free);

	for (guint i = 0; i < c->commands->count; i++) {
		const struct command *command = &c->commands->all[i];
		if ((command->scopes & console_scopes(c)) && (g_str_has_prefix(command->id, text) || (*text && strstr(command->id, text))))
			g_ptr_array_add(found, prompt_candidate_new(command->id, command->help));
	}
	return found;
}

void
overlays_prompt(struct console *c, enum prompt_purpose purpose, const char *label, const char *initial)
{
	static const struct prompt_events plain = { prompt_changed, prompt_accepted, prompt_cancelled, NULL };
	static const struct prompt_events completing = { prompt_changed, prompt_accepted, prompt_cancelled, prompt_complete };

	g_clear_pointer(&c->over.old_prompt, prompt_free);
	c->over.old_prompt = c->over.prompt;
	c->over.prompt_done = FALSE;
	c->over.prompt_purpose = purpose;
	c->over.prompt = prompt_new(label, initial, purpose == PROMPT_FOR_PASSPHRASE, purpose == PROMPT_FOR_PALETTE ? &completing : &plain, c);
	prompt_history(c->over.prompt, c->over.history[purpose]);
}

static void
menu_chosen(void *user, const GPtrArray *items)
{
	struct console *c = user;

	c->over.menu_done = TRUE;
	if (c->over.menu_purpose == MENU_FOR_TOUCHES)
		console_run_touches(c, items);
	for (guint i = 0; i < items->len; i++) {
		const struct menu_item *item = items->pdata[i];
		int command = c->over.menu_purpose == MENU_FOR_COMMANDS ? keymap_by_id(c->keymap, item->id) : -1;
		if (command >= 0)
			console_command(c, (guint)command);
		else if (c->over.menu_purpose == MENU_FOR_RUNS)
			console_run_chosen(c, item->id);
		else if (c->over.menu_purpose == MENU_FOR_SOURCES)
			console_follow_text(c, item->id);
	}
}

static void
menu_cancelled(void *user)
{
	struct console *c = user;

	c->over.menu_done = TRUE;
}

void
overlays_menu(struct console *c, enum menu_purpose purpose, const char *title, GPtrArray *items, gboolean multiple)
{
	static const struct menu_events events = { menu_chosen, menu_cancelled };

	g_clear_pointer(&c->over.old_menu, menu_free);
	c->over.old_menu = c->over.menu;
	c->over.menu_done = FALSE;
	c->over.menu_purpose = purpose;
	c->over.menu = menu_new(title, items, multiple, &events, c);
}

static void
help_section(struct console *c, GString *out, const char *title, guint scopes, guint without)
{
	g_string_append_printf(out, "%s%s\n\n", out->len > 0 ? "\n" : "", title);
	for (guint i = 0; i < c->commands->count; i++) {
		const struct command *command = &c->commands->all[i];
		if ((command->scopes & scopes) && !(command->scopes & without))
			g_string_append_printf(out, "  %-10s %s (%s)\n", keymap_keys(c->keymap, i), command->help, command->id);
	}
}

void
overlays_help(struct console *c)
{
	const struct panel_class *class = c->slots[c->current].class;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *title = g_strdup_printf("Keys of the %s panel", class->title);

	help_section(c, text, title, class->scopes & ~(guint)SCOPE_LIST, SCOPE_EVERYWHERE);
	help_section(c, text, "Moving", SCOPE_LIST & class->scopes, SCOPE_EVERYWHERE);
	help_section(c, text, "Everywhere", SCOPE_EVERYWHERE, 0);
	g_string_append(text, "\nIn the configuration, keys are set by the command's name (in parentheses): see midwatch(1).\n");
	c->over.help = pager_new();
	pager_text(c->over.help, text->str);
}

static void
help_key(struct console *c, const struct key_event *key)
{
	int command = keymap_find(c->keymap, key, SCOPE_LIST | SCOPE_EVERYWHERE);

	switch (command) {
	case ACT_QUIT: g_main_loop_quit(c->loop); break;
	case ACT_ESCAPE: case ACT_BACK: case ACT_HELP: g_clear_pointer(&c->over.help, pager_free); break;
	default: panel_scroll(c->over.help, (enum action)command); break;
	}
}

/* What was answered is freed here, after the widget's own function has returned. */
static void
sweep(struct console *c)
{
	if (c->over.prompt_done)
		g_clear_pointer(&c->over.prompt, prompt_free);
	if (c->over.menu_done)
		g_clear_pointer(&c->over.menu, menu_free);
	if (c->over.sheet_done)
		g_clear_pointer(&c->over.sheet, sheet_free);
	c->over.prompt_done = c->over.menu_done = c->over.sheet_done = FALSE;
	g_clear_pointer(&c->over.old_prompt, prompt_free);
	g_clear_pointer(&c->over.old_menu, menu_free);
	g_clear_pointer(&c->over.old_sheet, sheet_free);
}

gboolean
overlays_key(struct console *c, const struct key_event *key)
{
	if (!overlays_open(c))
		return FALSE;
	if (c->over.prompt)
		prompt_key(c->over.prompt, key);
	else if (c->over.sheet)
		sheet_key(c->over.sheet, key);
	else if (c->over.menu)
		menu_key(c->over.menu, key);
	else if (!key->pasted)
		help_key(c, key);
	sweep(c);
	return TRUE;
}

void
overlays_draw(struct console *c, const struct canvas *screen)
{
	struct canvas body = console_body(screen), above = canvas_part(screen, 0, 0, screen->height - (c->over.prompt ? 1 : 0), -1);

	if (c->over.help) {
		canvas_fill(&body, 0, 0, body.height, body.width, ROLE_TEXT);
		body = canvas_part(&body, 0, 1, -1, body.width - 2);
		pager_draw(c->over.help, &body);
	}
	if (c->over.menu)
		menu_draw(c->over.menu, screen);
	if (c->over.sheet)
		sheet_draw(c->over.sheet, &above); /* what is asked in the prompt is not dimmed by the sheet that it belongs to */
}

void
overlays_free(struct console *c)
{
	c->over.prompt_done = c->over.menu_done = c->over.sheet_done = TRUE;
	sweep(c);
	g_clear_pointer(&c->over.help, pager_free);
	g_clear_pointer(&c->over.host, g_free);
	for (guint i = 0; i < PROMPT_PURPOSES; i++)
		g_clear_pointer(&c->over.history[i], g_ptr_array_unref);
}
