/* `midwatch check`: walks a checklist without a screen. */
#ifndef MW_APP_CHECK_COMMAND_H
#define MW_APP_CHECK_COMMAND_H

#include "app/config.h"
#include "app/options.h"

/* Exit code: 0 passed (with attention, too), 1 failed, 2 usage or configuration, 3 could not be observed, was interrupted, or the result could not
 * be printed. Progress goes to stderr, a line a transition, results to stdout. */
int check_command_run(const struct config *c, const struct options *o);

#endif
