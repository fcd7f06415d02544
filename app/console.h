/* The console: one main loop that carries keys, hosts and drawing. */
#ifndef MW_APP_CONSOLE_H
#define MW_APP_CONSOLE_H

#include "app/config.h"
#include "app/options.h"

/* Runs until the operator leaves or the terminal goes. Gives the exit code; errors are on stderr after the terminal was restored. */
int console_run(const struct options *options, const struct config *config);

#endif
