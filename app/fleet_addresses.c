#include "app/fleet_addresses.h"

gboolean
fleet_addresses_are_told(const struct fleet *f, const struct config_fleet *c)
{
	const struct fleet_origin *o = f->origins;
	gboolean tagged = c->tailscale && c->tailscale->tags_count > 0;

	return !(o[ORIGIN_INVENTORY].used && o[ORIGIN_INVENTORY].datum.state == DATUM_UNKNOWN) &&
	       !(tagged && o[ORIGIN_TAILSCALE].datum.state == DATUM_UNKNOWN);
}

void
fleet_addresses_settle(struct gateway *g, struct link *link)
{
	const struct link_status *s = &g->host->link;

	if (s->state == LINK_UP && s->address)
		gateway_connected_to(g, s->address);
	if (link_set_hostname(link, gateway_offered_address(g), gateway_is_the_operators(g)) && s->state == LINK_DOWN)
		link_retry(link);
}
