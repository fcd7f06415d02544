/* The world as the configuration wants it. */
#ifndef MW_APP_CONFIGURED_WORLD_H
#define MW_APP_CONFIGURED_WORLD_H

#include "app/config.h"
#include "app/options.h"
#include "model/world.h"

/* Nobody is in it yet: room for the log, thresholds of the score, read-only when that is said there or by the
 * command line, which says whether it is a drill, too. world_free() it. */
struct world *configured_world_new(const struct config *c, const struct options *o);

#endif
