#include "app/rule_inputs.h"

#include "app/rule_inputs_private.h"

struct rule_inputs {
	struct rule_inputs_settings s;
	struct host_inputs *hosts;
	struct gateway_inputs *gateways;
	struct product_inputs *product; /* NULL: none is configured */
	struct log_inputs *logs;        /* likewise */
};

/* Of several sources: they are begun and swept once, here. */
static const char *const shared[] = { "fatal_lines", "errors_30m" };

struct rule_inputs *
rule_inputs_new(const struct rule_inputs_settings *s)
{
	struct rule_inputs *i = g_new0(struct rule_inputs, 1);

	i->s = *s;
	i->hosts = host_inputs_new(s->world, s->machines);
	i->gateways = gateway_inputs_new();
	if (s->config->product) {
		i->product = product_inputs_new(s->config->product, s->http);
		i->logs = log_inputs_new(s->config->product, s->world, s->machines);
	}
	return i;
}

void
rule_inputs_free(struct rule_inputs *i)
{
	if (!i)
		return;
	host_inputs_free(i->hosts);
	gateway_inputs_free(i->gateways);
	product_inputs_free(i->product);
	log_inputs_free(i->logs);
	g_free(i);
}

void
rule_inputs_start(struct rule_inputs *i, struct store *store)
{
	host_inputs_start(i->hosts, store);
	if (i->product)
		product_inputs_start(i->product, store);
	if (i->logs)
		log_inputs_start(i->logs);
}

/* --- do we see? --- */

static void
tell_of_fleet(const struct fleet *f, struct observer_evidence *e)
{
	for (guint n = 0; n < f->gateways->len; n++)
		e->linked |= ((const struct gateway *)f->gateways->pdata[n])->host->link.state == LINK_UP;
	for (guint o = ORIGIN_INVENTORY; o <= ORIGIN_PROMETHEUS; o++) {
		const struct datum *d = &f->origins[o].datum;
		e->failed |= f->origins[o].used && (d->state == DATUM_STALE || d->state == DATUM_ERROR);
	}
}

static void
tell_of_hosts(const struct world *w, struct observer_evidence *e)
{
	for (guint n = 0; n < w->hosts->len; n++) {
		const struct host *h = w->hosts->pdata[n];
		if (h->local)
			continue;
		e->linked |= h->link.state == LINK_UP;
		e->failed |= h->link.state == LINK_DOWN && h->link.failures > 0;
	}
}

static void
gather(const struct rule_inputs *i, struct observer_evidence *e, gint64 now_us)
{
	const struct fleet *f = i->s.world->fleet;

	*e = (struct observer_evidence){ .canary = PRESENCE_UNKNOWN };
	if (i->product)
		product_inputs_tell(i->product, e, now_us);
	if (f && i->s.config->fleet->canary && !e->has_canary) {
		e->has_canary = TRUE;
		e->canary = f->canary;
		e->canary_problem = f->canary_problem;
	}
	if (f)
		tell_of_fleet(f, e);
	tell_of_hosts(i->s.world, e);
}

static void
sample_sight(const struct observer_evidence *e, struct samples *s, gint64 now_us)
{
	g_autofree char *blind = observer_blindness(e);

	samples_set(s, "observer_blind", blind != NULL, now_us, "~why", blind ? blind : "", NULL);
}

/* --- the whole --- */

void
rule_inputs_sample(struct rule_inputs *i, struct samples *s, gint64 now_us, gint64 utc_us)
{
	struct observer_evidence e;

	gather(i, &e, now_us);
	sample_sight(&e, s, now_us);
	for (guint n = 0; n < G_N_ELEMENTS(shared); n++)
		samples_begin(s, shared[n]);
	host_inputs_sample(i->hosts, s, now_us);
	fleet_inputs_sample(i->s.world->fleet, s, now_us);
	if (i->s.world->fleet)
		gateway_inputs_sample(i->gateways, i->s.world->fleet, s, now_us, utc_us);
	if (i->product)
		product_inputs_sample(i->product, s, &e, now_us, utc_us);
	if (i->logs)
		log_inputs_sample(i->logs, s, now_us, utc_us);
	for (guint n = 0; n < G_N_ELEMENTS(shared); n++)
		samples_sweep(s, shared[n]);
}

static gboolean
fleet_is_settled(const struct fleet *f)
{
	if (f->observed_us == 0 || !fleet_lists_are_known(f))
		return FALSE;
	for (guint n = 0; n < f->gateways->len; n++) {
		const struct gateway *g = f->gateways->pdata[n];
		gboolean tried = g->host->link.state == LINK_BLOCKED || g->host->link.failures > 0 || g->datum.state != DATUM_UNKNOWN;
		if (!tried && g->seen == PRESENCE_UNKNOWN)
			return FALSE;
	}
	return TRUE;
}

gboolean
rule_inputs_are_settled(const struct rule_inputs *i)
{
	const struct world *w = i->s.world;

	for (guint n = 0; n < w->hosts->len; n++)
		if (!host_is_settled(w->hosts->pdata[n]))
			return FALSE;
	return (!w->fleet || fleet_is_settled(w->fleet)) && (!i->product || product_inputs_are_settled(i->product))
	       && (!i->logs || log_inputs_are_settled(i->logs));
}
