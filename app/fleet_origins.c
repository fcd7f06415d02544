#include "app/fleet_origins.h"

#include "app/configured_http.h"
#include "backends/canary.h"
#include "backends/inventory.h"
#include "backends/prometheus.h"
#include "backends/ssh_aliases.h"
#include "backends/tailscale.h"
#include "model/host_range.h"
#include "model/sanitize.h"

/* What the events of one source come with. */
struct feed { struct fleet_origins *origins; enum gateway_origin origin; };

struct fleet_origins {
	const struct config_fleet *config;
	struct world *world;
	struct fleet *fleet;
	struct fleet_changes changes;
	struct feed feeds[ORIGIN_COUNT];
	char **patterns, **tags;       /* of ssh_hosts, and of Tailscale; NULL: none */
	struct ssh_aliases *aliases;   /* being read */
	struct tailscale *tailscale;
	struct fleet_list_doubt tailnet_doubt;
	struct inventory *inventory;
	struct prometheus *prometheus;
	struct loki *loki;
	struct canary *canary;
};

/* --- what they tell --- */

static void
on_list(void *user, const struct fleet_list *l)
{
	struct feed *feed = user;
	struct fleet_origins *o = feed->origins;

	if (feed->origin == ORIGIN_SSH_CONFIG)
		o->aliases = NULL;
	fleet_take_list(o->fleet, feed->origin, (const struct fleet_entry *)l->entries->data, l->entries->len, g_get_monotonic_time(), &o->changes);
	o->fleet->origins[feed->origin].refused += l->left_out;
	world_changed(o->world);
}

static void
on_failed(void *user, const char *why)
{
	struct feed *feed = user;

	if (feed->origin == ORIGIN_SSH_CONFIG)
		feed->origins->aliases = NULL;
	fleet_list_failed(feed->origins->fleet, feed->origin, why);
	world_changed(feed->origins->world);
}

static const struct fleet_list_events list_events = { on_list, on_failed };

static void
on_canary(void *user, enum presence presence, const char *problem)
{
	struct fleet_origins *o = user;

	o->fleet->canary = presence;
	g_free(o->fleet->canary_problem);
	o->fleet->canary_problem = problem ? sanitize_text(problem, -1) : NULL;
	world_changed(o->world);
}

/* --- the tailnet --- */

/* A name that two peers have (one may be shared from another tailnet) tells neither. */
static void
add_key(GHashTable *peers, const char *key, const struct tailscale_peer *p)
{
	g_autofree char *small = key ? g_ascii_strdown(key, -1) : NULL;
	gpointer other = NULL;

	if (!small)
		return;
	if (g_hash_table_lookup_extended(peers, small, NULL, &other) && other != p)
		p = NULL;
	g_hash_table_replace(peers, g_steal_pointer(&small), (gpointer)p);
}

/* Names, DNS names and addresses -> struct tailscale_peer, borrowed. */
static GHashTable *
peers_by_key(const struct tailscale_status *s)
{
	GHashTable *peers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < s->peers->len; i++) {
		const struct tailscale_peer *p = s->peers->pdata[i];
		add_key(peers, p->name, p);
		add_key(peers, p->dns, p);
		for (char **address = p->addresses; *address; address++)
			add_key(peers, *address, p);
	}
	return peers;
}

static const struct tailscale_peer *
peer_of(GHashTable *peers, const char *key)
{
	g_autofree char *small = key ? g_ascii_strdown(key, -1) : NULL;

	return small ? g_hash_table_lookup(peers, small) : NULL;
}

/* What the tailnet knows of gateways, whoever lists them. */
static void
take_facts(struct fleet_origins *o, const struct tailscale_status *s)
{
	g_autoptr(GHashTable) peers = peers_by_key(s);
	g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(struct fleet_entry));

	for (guint i = 0; i < o->fleet->gateways->len; i++) {
		const struct gateway *g = o->fleet->gateways->pdata[i];
		const struct tailscale_peer *p = peer_of(peers, g->address);
		if (!p)
			p = peer_of(peers, g->host->name);
		if (p)
			g_array_append_val(facts, ((struct fleet_entry){ .name = g->host->name, .tailnet = &p->tailnet }));
	}
	fleet_take_tailnet(o->fleet, (const struct fleet_entry *)facts->data, facts->len, g_get_monotonic_time());
}

static void
take_tagged(struct fleet_origins *o, const struct tailscale_status *s)
{
	struct fleet_list *l = fleet_list_new();

	for (guint i = 0; i < s->peers->len; i++) {
		const struct tailscale_peer *p = s->peers->pdata[i];
		if (p->tagged)
			fleet_list_add(l, p->name, tailscale_peer_address(s, p), PRESENCE_UNKNOWN, &p->tailnet);
	}
	fleet_list_hand_on(&o->tailnet_doubt, l, "Tailscale", &list_events, &o->feeds[ORIGIN_TAILSCALE]);
	fleet_list_free(l);
}

static void
on_tailnet(void *user, const struct tailscale_status *s)
{
	struct fleet_origins *o = user;

	g_free(o->fleet->tailnet_problem);
	o->fleet->tailnet_problem = g_strdup(s->problem ? s->problem : s->health);
	if (s->problem) {
		on_failed(&o->feeds[ORIGIN_TAILSCALE], s->problem);
		return;
	}
	if (o->tags)
		take_tagged(o, s);
	if (!o->tags || o->fleet->origins[ORIGIN_TAILSCALE].datum.state == DATUM_OK)
		take_facts(o, s);
	world_changed(o->world);
}

/* tailscaled does not answer: whether the tailnet is up is not known, and whether gateways are reached shows it. */
static void
on_tailnet_failed(void *user, const char *why)
{
	struct fleet_origins *o = user;

	g_clear_pointer(&o->fleet->tailnet_problem, g_free);
	on_failed(&o->feeds[ORIGIN_TAILSCALE], why);
}

/* --- making them --- */

static char **
words_of(char **words, unsigned count)
{
	char **copy = count > 0 ? g_new0(char *, count + 1) : NULL;

	for (unsigned i = 0; i < count; i++)
		copy[i] = g_strdup(words[i]);
	return copy;
}

static guint
milliseconds(const unsigned *seconds)
{
	return seconds ? *seconds * 1000 : 0;
}

/* The rules have checked the ranges. */
static void
take_configured(struct fleet_origins *o)
{
	struct fleet_list *l = fleet_list_new();

	for (unsigned i = 0; i < o->config->gateways_count; i++) {
		g_auto(GStrv) names = host_range_expand(o->config->gateways[i], HOST_RANGE_MAX, NULL);
		for (char **name = names; name && *name; name++)
			fleet_list_add(l, *name, NULL, PRESENCE_UNKNOWN, NULL);
	}
	on_list(&o->feeds[ORIGIN_CONFIG], l);
	fleet_list_free(l);
}

static void
make_tailscale(struct fleet_origins *o, struct http *http)
{
	static const struct tailscale_events events = { on_tailnet, on_tailnet_failed };
	const struct config_tailscale *c = o->config->tailscale;

	o->tags = words_of(c->tags, c->tags_count);
	o->tailscale = tailscale_new(http, &(struct tailscale_settings){ .socket = c->socket, .tags = (const char *const *)o->tags }, &events, o);
	o->fleet->origins[ORIGIN_TAILSCALE].used = TRUE;
}

static void
make_inventory(struct fleet_origins *o, struct http *http)
{
	const struct config_inventory *c = o->config->inventory;
	struct secret_source token;

	o->inventory = inventory_new(http, &(struct inventory_settings){
		.url = c->url, .pointers = { .items = c->items, .name = c->name, .address = c->address, .online = c->online },
		.token = config_secret_source(c->token, &token), .interval_ms = milliseconds(c->refresh) }, &list_events, &o->feeds[ORIGIN_INVENTORY]);
	o->fleet->origins[ORIGIN_INVENTORY].used = TRUE;
}

static void
make_prometheus(struct fleet_origins *o, struct http *http)
{
	const struct config_prometheus *c = o->config->prometheus;
	struct secret_source token;

	o->prometheus = prometheus_new(http, &(struct prometheus_settings){
		.url = c->url, .query = c->query, .label = c->label, .token = config_secret_source(c->token, &token), .interval_ms = milliseconds(c->refresh) },
		&list_events, &o->feeds[ORIGIN_PROMETHEUS]);
	o->fleet->origins[ORIGIN_PROMETHEUS].used = TRUE;
}

static void
make_loki(struct fleet_origins *o, struct http *http)
{
	const struct config_loki *c = o->config->loki;
	struct secret_source token;

	o->loki = loki_new(http, &(struct loki_settings){
		.url = c->url, .query = c->query, .label = c->label, .tenant = c->tenant, .token = config_secret_source(c->token, &token) });
}

struct fleet_origins *
fleet_origins_new(const struct config_fleet *c, struct http *http, struct world *world, struct fleet *fleet, const struct fleet_changes *changes)
{
	struct fleet_origins *o = g_new0(struct fleet_origins, 1);

	*o = (struct fleet_origins){ .config = c, .world = world, .fleet = fleet, .changes = *changes };
	for (guint i = 0; i < ORIGIN_COUNT; i++)
		o->feeds[i] = (struct feed){ o, (enum gateway_origin)i };
	o->patterns = words_of(c->ssh_hosts, c->ssh_hosts_count);
	fleet->origins[ORIGIN_SSH_CONFIG].used = o->patterns != NULL;
	if (c->tailscale)
		make_tailscale(o, http);
	if (c->inventory)
		make_inventory(o, http);
	if (c->prometheus)
		make_prometheus(o, http);
	if (c->loki)
		make_loki(o, http);
	if (c->canary)
		o->canary = canary_new(http, &(struct canary_settings){ .url = c->canary }, on_canary, o);
	if (c->gateways_count > 0)
		take_configured(o);
	return o;
}

void
fleet_origins_free(struct fleet_origins *o)
{
	if (!o)
		return;
	ssh_aliases_cancel(o->aliases);
	tailscale_free(o->tailscale);
	inventory_free(o->inventory);
	prometheus_free(o->prometheus);
	loki_free(o->loki);
	canary_free(o->canary);
	g_strfreev(o->patterns);
	g_strfreev(o->tags);
	g_free(o);
}

void
fleet_origins_start(struct fleet_origins *o)
{
	fleet_origins_refresh(o);
}

void
fleet_origins_refresh(struct fleet_origins *o)
{
	if (o->patterns && !o->aliases)
		o->aliases = ssh_aliases_start(o->config->ssh_config, (const char *const *)o->patterns, &list_events, &o->feeds[ORIGIN_SSH_CONFIG]);
	if (o->tailscale)
		tailscale_ask(o->tailscale);
	if (o->inventory)
		inventory_ask(o->inventory);
	if (o->prometheus)
		prometheus_ask(o->prometheus);
	if (o->canary)
		canary_ask(o->canary);
}

struct loki *
fleet_origins_loki(const struct fleet_origins *o)
{
	return o->loki;
}
