#include "app/console_private.h"

#include "tui/screen.h"

guint
console_scopes(const struct console *c)
{
	return SCOPE_EVERYWHERE | c->slots[c->current].class->scopes;
}

/* What runs goes on over there; only its outcome is not learned any more. That is said before. */
static void
quit(struct console *c)
{
	if (world_operations_open(c->world) > 0 || console_run_is_under_way(c))
		overlays_quit(c);
	else
		g_main_loop_quit(c->loop);
}

static void
lock(struct console *c)
{
	if (c->locked_for_good) {
		console_notice(c, "midwatch was started read-only: leave it and start it without --readonly");
	} else if (c->world->readonly) {
		overlays_unlock(c);
	} else {
		c->world->readonly = TRUE;
		console_notice(c, "read-only: no action that changes something can be run; %s unlocks", keymap_first_key(c->keymap, ACT_READONLY));
	}
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
		quit(c);
	}
}

static void
refresh(struct console *c)
{
	for (guint i = 0; i < c->machines->len; i++)
		machine_refresh(c->machines->pdata[i]);
	if (c->fleet)
		fleet_watch_refresh(c->fleet);
	console_notice(c, "asking %s%s again", c->machines->len == 1 ? "the host" : "all hosts", c->fleet ? " and the fleet" : "");
}

struct menu_item *
console_menu_item(struct console *c, guint command)
{
	const struct command *what = &c->commands->all[command];
	const char *why = NULL;
	g_autofree char *label = g_strdup_printf("%-8s %s", keymap_first_key(c->keymap, command), what->help);
	struct menu_item *item = menu_item_new(what->id, label, NULL);

	item->disabled = !console_can(c, command, &why);
	item->why = item->disabled ? g_strdup(why) : NULL;
	return item;
}

static void
add_menu_items(struct console *c, GPtrArray *items, guint scopes, guint without)
{
	for (guint i = 0; i < c->commands->count; i++) {
		guint where = c->commands->all[i].scopes;
		if ((where & scopes) && !(where & without) && where != SCOPE_LIST)
			g_ptr_array_add(items, console_menu_item(c, i));
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

static void
step_panel(struct console *c, guint by)
{
	guint index = (c->current + by) % CONSOLE_PANELS;

	while (!console_has_tab(c, index))
		index = (index + by) % CONSOLE_PANELS;
	console_show_panel(c, index, FALSE);
}

/* Without marks there is one thing that is done to many: a restart of all that is unhealthy. */
static void
apply_to_many(struct console *c)
{
	const struct slot *s = &c->slots[c->current];
	const char *why;

	if (s->class->can && s->class->can(s->panel, ACT_UNMARK, &why))
		overlays_bulk(c);
	else if (console_runs(c, ACT_RESTART_UNHEALTHY))
		console_act(c, ACT_RESTART_UNHEALTHY);
	else
		console_notice(c, "no row is marked: %s marks one, %s all that are shown", keymap_first_key(c->keymap, ACT_MARK),
		               keymap_first_key(c->keymap, ACT_MARK_SHOWN));
}

/* The commands of the frame itself. FALSE: the panel's. */
static gboolean
frame_command(struct console *c, guint command)
{
	switch (command) {
	case ACT_PANEL_1: case ACT_PANEL_2: case ACT_PANEL_3: case ACT_PANEL_4: case ACT_PANEL_5: case ACT_PANEL_6:
	case ACT_PANEL_7:
		if (command == ACT_PANEL_5 && !c->world->fleet) {
			console_notice(c, "the configuration has no gateways: \"fleet\" names them");
			return TRUE;
		}
		g_array_set_size(c->trail, 0);
		console_show_panel(c, command - ACT_PANEL_1, FALSE);
		return TRUE;
	case ACT_PANEL_NEXT:
		step_panel(c, 1);
		return TRUE;
	case ACT_PANEL_PREVIOUS:
		step_panel(c, CONSOLE_PANELS - 1);
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
		quit(c);
		return TRUE;
	case ACT_ACTIVITY:
		console_show_panel(c, console_panel(c, "activity"), TRUE);
		return TRUE;
	case ACT_RULES:
		console_show_panel(c, console_panel(c, "rules"), TRUE);
		return TRUE;
	case ACT_READONLY:
		lock(c);
		return TRUE;
	case ACT_BULK:
		apply_to_many(c);
		return TRUE;
	case ACT_REFRESH:
		refresh(c);
		return TRUE;
	case ACT_REPAINT:
		screen_repaint();
		return TRUE;
	case ACT_HOST_ANSWER:
		overlays_answer(c);
		return TRUE;
	case ACT_ROLLOUT_PAUSE: case ACT_ROLLOUT_ABORT:
		console_rollout_act(c, command);
		return TRUE;
	case ACT_LOG_ADD:
		overlays_prompt(c, PROMPT_FOR_SOURCE, c->machines->len == 1 ? "follow: " : "follow HOST SOURCE: ", "");
		return TRUE;
	default:
		return FALSE;
	}
}

gboolean
console_can(struct console *c, guint command, const char **why)
{
	struct slot *s = &c->slots[c->current];
	const char *ignored;

	if (!why)
		why = &ignored;
	*why = NULL;
	if (command == ACT_HOST_ANSWER) {
		*why = "nothing is asked";
		return overlays_asked(c);
	}
	if (command == ACT_ROLLOUT_PAUSE || command == ACT_ROLLOUT_ABORT) {
		*why = rollout_run_lock(c->rollout);
		return *why == NULL;
	}
	if (console_runs(c, command))
		return console_can_run(c, command, why);
	if (c->commands->all[command].scopes & SCOPE_EVERYWHERE)
		return TRUE;
	return !s->class->can || s->class->can(s->panel, (enum action)command, why);
}

void
console_command(struct console *c, guint command)
{
	struct slot *s = &c->slots[c->current];
	const char *why = NULL;

	g_clear_pointer(&c->notice, g_free);
	if (frame_command(c, command))
		return;
	if (console_runs(c, command)) {
		console_act(c, command);
		return;
	}
	if (command == ACT_BACK || command == ACT_ESCAPE) {
		if (!s->class->act(s->panel, (enum action)command))
			go_back(c, command == ACT_BACK);
		return;
	}
	if (!console_can(c, command, &why) || !s->class->act(s->panel, (enum action)command))
		console_notice(c, "%s: %s", c->commands->all[command].title, why ? why : "not possible here");
	world_changed(c->world);
}
