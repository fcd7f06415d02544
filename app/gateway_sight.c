#include "app/gateway_sight.h"

static enum presence
presence_by(const struct fleet *f, enum gateway_origin o, enum presence told, gint64 *at_us)
{
	const struct datum *d = &f->origins[o].datum;

	*at_us = d->at_us;
	return d->state == DATUM_OK ? told : PRESENCE_UNKNOWN;
}

enum presence
gateway_presence(const struct fleet *f, const struct gateway *g, gint64 now_us, gint64 *at_us)
{
	const struct gateway_listing *inventory = &g->said[ORIGIN_INVENTORY];

	switch (f->view) {
	case VIEW_PRODUCT:
		return presence_by(f, inventory->product != PRESENCE_UNKNOWN ? ORIGIN_INVENTORY : ORIGIN_PROMETHEUS, g->product, at_us);
	case VIEW_TAILNET:
		return presence_by(f, ORIGIN_TAILSCALE, g->tailnet.presence, at_us);
	default:
		*at_us = now_us;
		return g->host->link.state == LINK_UP ? PRESENCE_ONLINE : PRESENCE_OFFLINE;
	}
}

const char *
fleet_view_words(const struct fleet *f)
{
	return f->view == VIEW_PRODUCT ? "the product's own view" : f->view == VIEW_TAILNET ? "the tailnet" : "our connection to it";
}

void
gateway_sight(const struct fleet *f, const struct gateway *g, gint64 after_us, gint64 now_us, struct rollout_sight *out)
{
	const struct gateway_report *r = &g->report;
	gint64 told_us, report_us = g->datum.at_us;
	enum presence presence = gateway_presence(f, g, now_us, &told_us);

	*out = (struct rollout_sight){ .last_error_us = -1 };
	if (g->datum.state != DATUM_OK || report_us <= after_us || told_us <= after_us || r->unit == UNIT_UNKNOWN || presence == PRESENCE_UNKNOWN)
		return;
	out->known = TRUE;
	out->unit_active = r->unit == UNIT_ACTIVE;
	out->online = presence == PRESENCE_ONLINE;
	out->last_error_us = r->errors < 0 ? -1 : r->last_error_us;
	out->at_us = MIN(report_us, told_us);
	out->active_since_us = r->since_s < 0 ? 0 : report_us - r->since_s * G_USEC_PER_SEC;
}
