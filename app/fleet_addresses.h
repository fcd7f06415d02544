/* Where gateways are: what the sources tell of it, and what ssh's own configuration does. */
#ifndef MW_APP_FLEET_ADDRESSES_H
#define MW_APP_FLEET_ADDRESSES_H

#include "app/config.h"
#include "backends/link.h"
#include "model/fleet.h"

/* Has every source that tells addresses answered, or failed? */
gboolean fleet_addresses_are_told(const struct fleet *f, const struct config_fleet *c);
/* Gives the link the address that is told now, for its next connection, which comes at once when it is down and that is another one; and notes by
 * whose word the gateway was reached. */
void fleet_addresses_settle(struct gateway *g, struct link *link);

#endif
