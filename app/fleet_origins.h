/* Where the fleet's list comes from: makes the sources of the configuration, and gives what they tell to the fleet. */
#ifndef MW_APP_FLEET_ORIGINS_H
#define MW_APP_FLEET_ORIGINS_H

#include "app/config.h"
#include "backends/http.h"
#include "backends/loki.h"
#include "model/world.h"

struct fleet_origins;

/* Takes the configuration's own names into the fleet at once, so that `changes`, which is copied, is called before it returns; the others are
 * borrowed, the configuration too. Nothing is asked before fleet_origins_start(). world_changed() follows each answer; who is online is then to be judged
 * anew with fleet_observe(), which is the caller's, who knows the links. */
struct fleet_origins *fleet_origins_new(const struct config_fleet *c, struct http *http, struct world *world, struct fleet *fleet,
                                        const struct fleet_changes *changes);
void fleet_origins_free(struct fleet_origins *o); /* NULL is ignored; not from inside `changes` */
void fleet_origins_start(struct fleet_origins *o);
/* Asks all of them now; reads the ssh configuration anew. */
void fleet_origins_refresh(struct fleet_origins *o);
/* For sweeps of gateways without SSH; NULL when none is configured. Borrowed. */
struct loki *fleet_origins_loki(const struct fleet_origins *o);

#endif
