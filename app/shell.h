/* A shell in a container or on a gateway, on the operator's own terminal: the screen is left to it and taken back. */
#ifndef MW_APP_SHELL_H
#define MW_APP_SHELL_H

#include "app/console_private.h"

/* Audited as all actions are; a notice says why when it cannot be opened. */
void shell_open(struct console *c, const struct action_target *t);
void shell_open_gateway(struct console *c, const struct action_target *t);

#endif
