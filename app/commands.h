/* All commands of the program: those of panels/actions.h, and the operator's own after them. */
#ifndef MW_APP_COMMANDS_H
#define MW_APP_COMMANDS_H

#include "app/config.h"
#include "panels/actions.h"

struct commands {
	struct command *all;   /* owned; its index is the command's number */
	guint count;
	const struct config *config;
};

/* `config` is borrowed and stays. */
struct commands *commands_new(const struct config *config);
void commands_free(struct commands *c);
/* Binds the keys of the configuration's action number `i`. FALSE with an error when one is no key. */
gboolean commands_bind(const struct commands *c, struct keymap *map, guint i, GError **error);
/* The operator's own action behind a command; NULL when it is one of the program's. */
const struct config_action *commands_custom(const struct commands *c, guint command);
/* Is it about the host as a whole, not about what stands in a row? */
gboolean commands_is_on_host(const struct commands *c, guint command);

#endif
