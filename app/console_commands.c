#include "app/console_private.h"

#include "tui/screen.h"

guint
console_scopes(const struct console *c)
{
	return SCOPE_EVERYWHERE | c->slots[c->current].class->scopes;
}

static void
go_back(struct console *c, gboolean quit_at_root)
{
	guint index;

	if (c->trail->len > 0) {
		index = g_array_index(c->trail, guint, c->trail->len - 1);
		g_array_set_size(c->trail, c->trail->len - 1);
		console_show_panel(c, index, FALSE);
	} else if (quit_at_root) {
		g_main_loop_quit(c->loop);
	}
}

static void
refresh(struct console *c)
{
	for (guint i = 0; i < c->machines->len; i++)
		machine_refresh(c->machines->pdata[i]);
	console_notice(c, "asking %s again", c->machines->len == 1 ? "the host" : "all hosts");
}

static void
add_menu_items(struct console *c, GPtrArray *items, guint scopes, guint without)
{
	for (guint i = 0; i < ACT_COUNT; i++) {
		const char *why = NULL;
		g_autofree char *label = NULL;
		struct menu_item *item;
		if (!(actions[i].scopes & scopes) || (actions[i].scopes & without) || actions[i].scopes == SCOPE_LIST)
			continue;
		label = g_strdup_printf("%-8s %s", keymap_first_key(c->keymap, i), actions[i].help);
		item = menu_item_new(actions[i].id, label, NULL);
		if (!console_can(c, (enum action)i, &why)) {
			item->disabled = TRUE;
			item->why = g_strdup(why);
		}
		g_ptr_array_add(items, item);
	}
}

/* What the panel offers comes first. */
static void
open_menu(struct console *c)
{
	GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)menu_item_free);

	add_menu_items(c, items, console_scopes(c) & ~(guint)SCOPE_EVERYWHERE, SCOPE_EVERYWHERE);
	add_menu_items(c, items, SCOPE_EVERYWHERE, 0);
	overlays_menu(c, MENU_FOR_COMMANDS, "What can be done here", items, FALSE);
}

/* The commands of the frame itself. FALSE: the panel's. */
static gboolean
frame_command(struct console *c, enum action command)
{
	switch (command) {
	case ACT_PANEL_1: case ACT_PANEL_2: case ACT_PANEL_6:
		g_array_set_size(c->trail, 0);
		console_show_panel(c, (guint)(command - ACT_PANEL_1), FALSE);
		return TRUE;
	case ACT_PANEL_NEXT:
		console_show_panel(c, (c->current + 1) % CONSOLE_PANELS, FALSE);
		return TRUE;
	case ACT_PANEL_PREVIOUS:
		console_show_panel(c, (c->current + CONSOLE_PANELS - 1) % CONSOLE_PANELS, FALSE);
		return TRUE;
	case ACT_HELP:
		overlays_help(c);
		return TRUE;
	case ACT_MENU:
		open_menu(c);
		return TRUE;
	case ACT_PALETTE:
		overlays_prompt(c, PROMPT_FOR_PALETTE, ":", "");
		return TRUE;
	case ACT_QUIT:
		g_main_loop_quit(c->loop);
		return TRUE;
	case ACT_REFRESH:
		refresh(c);
		return TRUE;
	case ACT_REPAINT:
		screen_repaint();
		return TRUE;
	case ACT_HOST_ANSWER:
		overlays_answer_host(c);
		return TRUE;
	case ACT_LOG_ADD:
		overlays_prompt(c, PROMPT_FOR_SOURCE, "follow: ", c->machines->len == 1 ? "" : "HOST ");
		return TRUE;
	default:
		return FALSE;
	}
}

gboolean
console_can(struct console *c, enum action command, const char **why)
{
	struct slot *s = &c->slots[c->current];
	const char *ignored;

	if (!why)
		why = &ignored;
	*why = NULL;
	if (command == ACT_HOST_ANSWER) {
		for (guint i = 0; i < c->world->hosts->len; i++)
			if (((struct host *)c->world->hosts->pdata[i])->link.question != LINK_ASKS_NOTHING)
				return TRUE;
		*why = "no host asks anything";
		return FALSE;
	}
	if (actions[command].scopes & SCOPE_EVERYWHERE)
		return TRUE;
	return !s->class->can || s->class->can(s->panel, command, why);
}

void
console_command(struct console *c, enum action command)
{
	struct slot *s = &c->slots[c->current];
	const char *why = NULL;

	g_clear_pointer(&c->notice, g_free);
	if (frame_command(c, command))
		return;
	if (command == ACT_BACK || command == ACT_ESCAPE) {
		if (!s->class->act(s->panel, command))
			go_back(c, command == ACT_BACK);
		return;
	}
	if (!console_can(c, command, &why) || !s->class->act(s->panel, command))
		console_notice(c, "%s: %s", actions[command].title, why ? why : "not possible here");
	world_changed(c->world);
}
