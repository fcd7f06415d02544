/* What is seen of the gateways, by whom, and whether what is not seen is their fault or ours. Used by fleet_drop.c. */
#ifndef MW_MODEL_FLEET_SIGHT_H
#define MW_MODEL_FLEET_SIGHT_H

#include "model/fleet.h"

/* What there is to judge by. */
struct fleet_evidence {
	guint up, blocked, down;   /* links to gateways; a blocked one waits for the operator */
	guint behind_tailnet;      /* gateways that are reached through the tailnet and are not up; 0 while the tailnet is up */
	enum fleet_view view;      /* the best one in which at least half of the gateways were told of in the last FLEET_STALE_US */
	gboolean product_answers, product_fails; /* the inventory or Prometheus, now */
	gboolean tailnet_answers, tailnet_fails;
	gboolean others_up;
};

void fleet_gather(const struct fleet *f, gboolean others_up, gint64 now_us, struct fleet_evidence *e);
/* Why we cannot see the gateways, newly allocated and safe; NULL: we can, or nothing has been tried yet. */
char *fleet_blindness(const struct fleet *f, const struct fleet_evidence *e);
/* Whether one is online, in the fleet's view. What a source said that does not answer any more is not known. */
enum presence fleet_presence(const struct fleet *f, const struct gateway *g, gint64 now_us);
/* Counts who is online. */
void fleet_count(struct fleet *f);
/* Is that a drop: strictly more than FLEET_DROP_SHARE, and at least FLEET_DROP_LEAST? */
gboolean fleet_is_drop(guint lost, guint baseline);

#endif
