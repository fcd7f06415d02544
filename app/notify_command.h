/* `midwatch notify --test`: does what would page us work? */
#ifndef MW_APP_NOTIFY_COMMAND_H
#define MW_APP_NOTIFY_COMMAND_H

#include "app/config.h"
#include "app/options.h"

/* Sends one harmless message to each notifier of the configuration, or to those that o->words name, and prints a line for each, or JSON. To PagerDuty a
 * trigger of severity info, and its resolve. Exit code: 0 all were sent, 1 one failed, 2 there are none, or it may not send (read-only), 3 none answered
 * at all. */
int notify_run(const struct options *o, const struct config *c);

#endif
