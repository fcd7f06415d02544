/* What is seen of a gateway now, as far as it was seen after a certain moment. */
#ifndef MW_APP_GATEWAY_SIGHT_H
#define MW_APP_GATEWAY_SIGHT_H

#include "model/fleet.h"

/* "the product's own view", "the tailnet", "our connection to it" */
const char *fleet_view_words(const struct fleet *f);
/* A rollout's sight of it: known only when report and presence are newer than `after_us`, its restart. */
void gateway_sight(const struct fleet *f, const struct gateway *g, gint64 after_us, gint64 now_us, struct rollout_sight *out);

#endif
