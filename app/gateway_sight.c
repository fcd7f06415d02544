#include "app/gateway_sight.h"

#include "model/fleet_sight.h"

/* When the view that counts was told of it last. */
static gint64
told_at(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	const struct datum *inventory = &f->origins[ORIGIN_INVENTORY].datum;

	switch (f->view) {
	case VIEW_PRODUCT:
		return inventory->state == DATUM_OK && g->said[ORIGIN_INVENTORY].product != PRESENCE_UNKNOWN ? inventory->at_us
		       : f->origins[ORIGIN_PROMETHEUS].datum.at_us;
	case VIEW_TAILNET:
		return f->origins[ORIGIN_TAILSCALE].datum.at_us;
	default:
		return now_us;
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
	gint64 told_us = told_at(f, g, now_us), report_us = g->datum.at_us;
	enum presence presence = fleet_presence(f, g, now_us);

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
