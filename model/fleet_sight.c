#include "model/fleet_sight.h"

static const enum gateway_origin product_origins[] = { ORIGIN_INVENTORY, ORIGIN_PROMETHEUS };

#define ANSWER_US (15 * (gint64)G_USEC_PER_SEC) /* an answer of so long ago shows that we see; less than what a drop has to last */

/* --- sources --- */

/* It told something not so long ago: its view still counts, though it may not answer right now. While we were blind it could not. */
static gboolean
is_recent(const struct fleet *f, enum gateway_origin o, gint64 now_us)
{
	const struct datum *d = &f->origins[o].datum;

	return f->origins[o].used && d->at_us > 0 && now_us - MAX(d->at_us, f->sight_us) <= FLEET_STALE_US;
}

static gboolean
answers(const struct fleet_origin *o, gint64 now_us)
{
	return o->used && o->datum.state == DATUM_OK && now_us - o->datum.at_us <= FLEET_STALE_US;
}

static gboolean
fails(const struct fleet_origin *o, gint64 now_us)
{
	return o->used && o->datum.state != DATUM_UNKNOWN && !answers(o, now_us);
}

static void
gather_sources(const struct fleet *f, gint64 now_us, struct fleet_evidence *e)
{
	for (guint i = 0; i < G_N_ELEMENTS(product_origins); i++) {
		e->product_answers |= answers(&f->origins[product_origins[i]], now_us);
		e->product_fails |= fails(&f->origins[product_origins[i]], now_us);
	}
	e->tailnet_answers = answers(&f->origins[ORIGIN_TAILSCALE], now_us) && !f->tailnet_problem;
	e->tailnet_fails = fails(&f->origins[ORIGIN_TAILSCALE], now_us) || f->tailnet_problem;
}

/* --- gateways --- */

static gboolean
product_tells(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	for (guint i = 0; i < G_N_ELEMENTS(product_origins); i++)
		if (g->said[product_origins[i]].product != PRESENCE_UNKNOWN && is_recent(f, product_origins[i], now_us))
			return TRUE;
	return FALSE;
}

static gboolean
tailnet_tells(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	return g->tailnet.presence != PRESENCE_UNKNOWN && is_recent(f, ORIGIN_TAILSCALE, now_us);
}

/* With more gateways than sessions some rest between their turns: what they said when they were asked last still counts for a while. */
static gboolean
has_answered(const struct gateway *g, gint64 now_us, gint64 within_us)
{
	return g->datum.state == DATUM_OK && now_us - g->datum.at_us <= within_us;
}

void
fleet_gather(const struct fleet *f, gboolean others_up, gint64 now_us, struct fleet_evidence *e)
{
	guint told[] = { [VIEW_LINK] = 0, [VIEW_TAILNET] = 0, [VIEW_PRODUCT] = 0 };

	*e = (struct fleet_evidence){ .others_up = others_up };
	gather_sources(f, now_us, e);
	for (guint i = 0; i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		enum link_state state = g->host->link.state;
		e->up += state == LINK_UP || (state != LINK_DOWN && has_answered(g, now_us, ANSWER_US));
		e->blocked += state == LINK_BLOCKED;
		e->down += state == LINK_DOWN;
		e->behind_tailnet += f->tailnet_problem && state != LINK_UP && gateway_is_by_tailnet(g);
		told[VIEW_PRODUCT] += product_tells(f, g, now_us);
		told[VIEW_TAILNET] += tailnet_tells(f, g, now_us);
	}
	for (enum fleet_view v = VIEW_TAILNET; v <= VIEW_PRODUCT; v++)
		if (told[v] > 0 && told[v] >= f->gateways->len - told[v])
			e->view = v;
}

static enum presence
presence_by_link(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	const struct link_status *l = &g->host->link;
	gboolean tried_since_sight = l->since_us >= f->sight_us || l->retry_at_us == 0;

	if (l->state == LINK_UP)
		return PRESENCE_ONLINE;
	if (f->tailnet_problem && gateway_is_by_tailnet(g))
		return PRESENCE_UNKNOWN;
	if (l->state == LINK_BLOCKED)
		return PRESENCE_OFFLINE;
	/* A link that failed while we were blind says nothing of the gateway until it was tried again. */
	if (l->state == LINK_DOWN)
		return tried_since_sight ? PRESENCE_OFFLINE : PRESENCE_UNKNOWN;
	if (l->state == LINK_CONNECTING && g->seen == PRESENCE_OFFLINE)
		return PRESENCE_OFFLINE;
	return has_answered(g, now_us, FLEET_STALE_US) ? PRESENCE_ONLINE : PRESENCE_UNKNOWN;
}

static enum presence
presence_by_product(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	for (guint i = 0; i < G_N_ELEMENTS(product_origins); i++)
		if (g->said[product_origins[i]].product != PRESENCE_UNKNOWN && answers(&f->origins[product_origins[i]], now_us))
			return g->said[product_origins[i]].product;
	return PRESENCE_UNKNOWN;
}

enum presence
fleet_presence(const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	if (f->blind)
		return PRESENCE_UNKNOWN;
	if (f->view == VIEW_PRODUCT)
		return presence_by_product(f, g, now_us);
	if (f->view == VIEW_TAILNET)
		return answers(&f->origins[ORIGIN_TAILSCALE], now_us) && !f->tailnet_problem ? g->tailnet.presence : PRESENCE_UNKNOWN;
	return presence_by_link(f, g, now_us);
}

void
fleet_count(struct fleet *f)
{
	f->online = f->offline = f->unknown = 0;
	for (guint i = 0; i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		f->online += g->seen == PRESENCE_ONLINE;
		f->offline += g->seen == PRESENCE_OFFLINE;
		f->unknown += g->seen == PRESENCE_UNKNOWN;
	}
}

/* --- are we blind? --- */

gboolean
fleet_is_drop(guint lost, guint baseline)
{
	return lost >= FLEET_DROP_LEAST && (double)lost / baseline > FLEET_DROP_SHARE;
}

/* "; inventory: timed out": the sources that fail, and why. */
static char *
failing_sources(const struct fleet *f)
{
	GString *s = g_string_new(NULL);

	for (guint o = 0; o < ORIGIN_COUNT; o++) {
		const struct datum *d = &f->origins[o].datum;
		if (f->origins[o].used && (d->state == DATUM_STALE || d->state == DATUM_ERROR))
			g_string_append_printf(s, "; %s: %s", gateway_origin_name((enum gateway_origin)o), d->error ? d->error : "no answer");
	}
	return g_string_free(s, FALSE);
}

/* The canary is a host of nobody's: without it, and without the product or any gateway, what is gone is our own network. While the product
 * answers, or gateways do and no source fails, it is the canary that is gone. */
static gboolean
network_is_gone(const struct fleet *f, const struct fleet_evidence *e)
{
	return f->canary == PRESENCE_OFFLINE && !e->product_answers && (e->product_fails || e->up == 0);
}

/* What is seen through the tailnet is not seen: everything, or so many that a drop could hide among them. */
static gboolean
tailnet_hides(const struct fleet *f, const struct fleet_evidence *e)
{
	gboolean product_sees = e->view == VIEW_PRODUCT && e->product_answers;

	return f->tailnet_problem && !product_sees && (e->view == VIEW_TAILNET || fleet_is_drop(e->behind_tailnet, f->gateways->len));
}

/* A blocked link got an answer, or needs none to be blocked: it is no sign of darkness. */
static gboolean
nothing_answers(const struct fleet *f, const struct fleet_evidence *e)
{
	gboolean seen = e->up > 0 || e->blocked > 0 || e->others_up || e->product_answers || e->tailnet_answers || f->canary == PRESENCE_ONLINE;

	return !seen && (e->down > 0 || e->product_fails || e->tailnet_fails);
}

char *
fleet_blindness(const struct fleet *f, const struct fleet_evidence *e)
{
	g_autofree char *sources = failing_sources(f);

	if (network_is_gone(f, e))
		return g_strdup_printf("our own network seems to be gone: the canary does not answer%s%s%s%s%s", f->canary_problem ? " (" : "",
		                       f->canary_problem ? f->canary_problem : "", f->canary_problem ? ")" : "", e->up == 0 ? ", nor does a gateway" : "", sources);
	if (tailnet_hides(f, e) && e->view == VIEW_TAILNET)
		return g_strdup_printf("the tailnet, which tells who is online, is not up: %s", f->tailnet_problem);
	if (tailnet_hides(f, e))
		return g_strdup_printf("the tailnet is not up: %s; %u of %u gateways are reached through it", f->tailnet_problem, e->behind_tailnet,
		                       f->gateways->len);
	if (nothing_answers(f, e))
		return g_strdup_printf("nothing answers, no gateway and no other host: our own network, or all of theirs%s%s",
		                       f->canary == PRESENCE_UNKNOWN ? " (fleet.canary would tell)" : "", sources);
	return NULL;
}
