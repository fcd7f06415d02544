#include "app/commands.h"

#include <string.h>

static guint
scopes_of(const struct config_action *a)
{
	static const struct { const char *on; guint scopes; } places[] = {
		{ "container", SCOPE_CONTAINERS }, { "model", SCOPE_MODELS }, { "job", SCOPE_CRON }, { "gateway", SCOPE_GATEWAYS },
	};

	for (guint i = 0; a->on && i < G_N_ELEMENTS(places); i++)
		if (strcmp(a->on, places[i].on) == 0)
			return places[i].scopes;
	return SCOPE_SCORE | SCOPE_CONTAINERS | SCOPE_CRON | SCOPE_MODELS;
}

static enum danger
danger_of(const struct config_action *a)
{
	if (g_strcmp0(a->danger, "none") == 0)
		return DANGER_NONE;
	return g_strcmp0(a->danger, "destroys") == 0 ? DANGER_DESTROYS : DANGER_CHANGES;
}

struct commands *
commands_new(const struct config *config)
{
	struct commands *c = g_new0(struct commands, 1);

	c->config = config;
	c->count = ACT_COUNT + config->actions_count;
	c->all = g_new0(struct command, c->count);
	memcpy(c->all, actions, sizeof actions);
	for (unsigned i = 0; i < config->actions_count; i++) {
		const struct config_action *a = &config->actions[i];
		const char *title = a->title ? a->title : a->name;
		/* Menus and the palette show the help alone, so that without one it is the title: several have to be told apart. */
		c->all[ACT_COUNT + i] = (struct command){
			.id = g_strconcat("custom.", a->name, NULL), .title = title, .help = a->help ? a->help : title,
			.keys = "", /* bound by commands_bind(): a fault is told, not fatal */
			.scopes = scopes_of(a), .danger = danger_of(a), .footer = a->keys ? 70 : 0,
		};
	}
	return c;
}

void
commands_free(struct commands *c)
{
	if (!c)
		return;
	for (guint i = ACT_COUNT; i < c->count; i++)
		g_free((char *)c->all[i].id);
	g_free(c->all);
	g_free(c);
}

gboolean
commands_bind(const struct commands *c, struct keymap *map, guint i, GError **error)
{
	const char *keys = c->config->actions[i].keys;

	return !keys || keymap_bind(map, c->all[ACT_COUNT + i].id, keys, error);
}

const struct config_action *
commands_custom(const struct commands *c, guint command)
{
	return command >= ACT_COUNT ? &c->config->actions[command - ACT_COUNT] : NULL;
}

gboolean
commands_is_on_host(const struct commands *c, guint command)
{
	const struct config_action *a = commands_custom(c, command);

	return a ? config_action_is_on_host(a) : command == ACT_CLEANUP;
}
