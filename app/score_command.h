/* `midwatch score`: the score card of each host without a screen. */
#ifndef MW_APP_SCORE_COMMAND_H
#define MW_APP_SCORE_COMMAND_H

#include "app/config.h"
#include "app/options.h"

/* Gives the exit code: 0 assessed and nothing critical, 1 a dimension is critical, 2 wrong arguments, 3 a host could not be observed. */
int score_command_run(const struct options *o, const struct config *config);

#endif
