/* The error sweep of gateways that are not reached by SSH, by what Loki has of them. */
#ifndef MW_APP_FLEET_LOKI_H
#define MW_APP_FLEET_LOKI_H

#include "backends/loki.h"
#include "model/fleet.h"

struct fleet_loki;

/* Is it one of those? */
typedef gboolean (*fleet_loki_has)(void *user, const struct gateway *g);
/* `loki` and `fleet` are borrowed; NULL when `loki` is NULL, which all functions take. `user` is that of both callbacks. */
struct fleet_loki *fleet_loki_new(struct loki *loki, struct fleet *fleet, fleet_loki_has has, void *user);
void fleet_loki_free(struct fleet_loki *l); /* `ended` is not called any more */

/* How it ended for so many of those that were begun; one that has left the list meanwhile counts as done. */
typedef void (*fleet_loki_ended)(void *user, guint done, guint failed);
/* Reads the lines that match, into the parts of the gateways and the fleet's sweep. Gives how many gateways that are; 0: there are none, or they are
 * being read, and `ended` is not called; else it is called once. */
guint fleet_loki_sweep(struct fleet_loki *l, const char *pattern, fleet_loki_ended ended);
void fleet_loki_cancel(struct fleet_loki *l);

#endif
