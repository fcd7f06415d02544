/* The gateways of the fleet, each with its machine: connected a bounded number at a time, asked in turn, swept for errors. */
#ifndef MW_APP_FLEET_WATCH_H
#define MW_APP_FLEET_WATCH_H

#include "app/config.h"
#include "app/machine.h"

struct fleet_watch;

#define FLEET_WATCH_PATTERN "ERROR|panic|FATAL" /* of the sweep, unless the configuration has another */

/* Makes world->fleet. Nothing is connected or asked before fleet_watch_start(). `c` is borrowed. */
struct fleet_watch *fleet_watch_new(const struct config_fleet *c, struct world *world, struct http *http);
void fleet_watch_free(struct fleet_watch *w); /* NULL is ignored; world->fleet stays */
void fleet_watch_start(struct fleet_watch *w);
/* `gone` is called before a machine is freed that is no longer in the list. */
void fleet_watch_on_gone(struct fleet_watch *w, void (*gone)(void *user, const struct machine *m), void *user);
/* The machine of a gateway; NULL when there is none of that name, or it is not reached by SSH. `w` may be NULL. */
struct machine *fleet_watch_machine(const struct fleet_watch *w, const char *gateway);
/* Asks a gateway for its state now; a link that gave up tries again. */
void fleet_watch_ask(struct fleet_watch *w, const char *gateway);
/* Asks all sources of the list and all gateways anew. */
void fleet_watch_refresh(struct fleet_watch *w);
/* Answers all gateways that ask for the passphrase of this key file. */
void fleet_watch_passphrase(struct fleet_watch *w, const char *key_file, const char *passphrase);
/* Reads the errors of the whole fleet; nothing when that is under way. Those that are not connected are read when they are. */
void fleet_watch_sweep(struct fleet_watch *w);
void fleet_watch_sweep_cancel(struct fleet_watch *w);
/* Of how many gateways a sweep is answered from what has come by itself since the last one. */
guint fleet_watch_followed(const struct fleet_watch *w);

#endif
