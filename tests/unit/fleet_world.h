/* Hand-made fleets of gateways for tests of what shows them: the clock stands still, as in panel_world.h. */
#ifndef MW_TESTS_FLEET_WORLD_H
#define MW_TESTS_FLEET_WORLD_H

#include "tests/unit/panel_world.h"

/* panel_world_new() with gateways gw-001 …, all well: listed by the configuration, Tailscale and the inventory, whose word counts. */
struct world *fleet_world_new(guint count);
/* Twelve, with one of each kind of trouble; one is lost, which is no drop. */
struct world *fleet_world_troubled(void);
struct gateway *fleet_world_gateway(const struct world *w, const char *name);
/* Was online, and is gone since 3 minutes. */
void fleet_world_lose(struct world *w, const char *name);
/* Counts who is online, and the drop against all but `absent` of them, as fleet_observe() would after a while. */
void fleet_world_count(struct world *w, enum drop_state drop, guint absent);
/* A sweep that ran 4 minutes ago and found three faults, one of them FATAL, on some of the gateways. */
void fleet_world_sweep(struct world *w);
void fleet_world_add_line(struct world *w, const char *name, int seconds_ago, const char *text);
/* A rolling restart over the first `count` gateways, two of them well, one failed, one at its gate. */
void fleet_world_roll(struct world *w, guint count, enum rollout_state state);

#endif
