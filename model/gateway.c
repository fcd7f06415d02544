#include "model/gateway.h"

#include <stdio.h>
#include <string.h>

#include "model/sanitize.h"

/* --- the report --- */

void
gateway_report_clear(struct gateway_report *r)
{
	g_free(r->sub);
	g_free(r->last_error);
	g_free(r->version);
	g_free(r->cursor);
	g_free(r->problem);
	*r = (struct gateway_report){ .since_s = -1, .restarts = -1, .memory = -1, .errors = -1, .fatals = -1 };
}

struct gateway *
gateway_new(const char *name, const char *address)
{
	struct gateway *g = g_new0(struct gateway, 1);
	g_autofree char *safe = sanitize_text(name, -1);

	g->host = host_new(safe, "gateway", FALSE);
	g->address = address ? sanitize_text(address, -1) : NULL;
	gateway_report_clear(&g->report);
	return g;
}

void
gateway_free(struct gateway *g)
{
	if (!g)
		return;
	host_free(g->host);
	g_free(g->address);
	g_free(g->ssh_address);
	for (guint o = 0; o < ORIGIN_COUNT; o++)
		g_free(g->said[o].address);
	g_free(g->disagreement);
	g_free(g->tailnet.relay);
	datum_clear(&g->datum);
	gateway_report_clear(&g->report);
	sweep_part_clear(&g->sweep);
	g_free(g);
}

/* --- what its origins say --- */

/* Only addresses of one kind can contradict each other: a gateway has one on its own network, one in the tailnet, and names. */
enum address_kind { ADDRESS_NAME, ADDRESS_IPV4, ADDRESS_IPV6, ADDRESS_TAILNET };

/* Tailscale's ranges (100.64.0.0/10, fd7a:115c:a1e0::/48) and the domain of MagicDNS. */
static enum address_kind
address_kind(const char *a)
{
	gsize len = strlen(a);
	guint first, second;

	if (strspn(a, "0123456789.") == len)
		return sscanf(a, "%3u.%3u.", &first, &second) == 2 && first == 100 && second >= 64 && second < 128 ? ADDRESS_TAILNET : ADDRESS_IPV4;
	if (strchr(a, ':') && strspn(a, "0123456789abcdefABCDEF:.") == len)
		return g_ascii_strncasecmp(a, "fd7a:115c:a1e0:", 15) == 0 ? ADDRESS_TAILNET : ADDRESS_IPV6;
	return g_str_has_suffix(a, ".ts.net") || g_str_has_suffix(a, ".ts.net.") ? ADDRESS_TAILNET : ADDRESS_NAME;
}

gboolean
gateway_is_by_tailnet(const struct gateway *g)
{
	if (!g->address && (g->origins & 1u << ORIGIN_TAILSCALE))
		return TRUE;
	return address_kind(g->address ? g->address : g->host->name) == ADDRESS_TAILNET;
}

/* The origin whose address contradicts what ssh's own configuration says; ORIGIN_COUNT: none. */
static guint
contradicting_ssh(const struct gateway *g)
{
	for (guint o = 0; g->ssh_address && o < ORIGIN_COUNT; o++) {
		const char *address = g->said[o].address;
		if (address && address_kind(address) == address_kind(g->ssh_address) && strcmp(address, g->ssh_address) != 0)
			return o;
	}
	return ORIGIN_COUNT;
}

/* The origin whose address contradicts that of an earlier one; ORIGIN_COUNT: none. */
static guint
contradicting_address(const struct gateway *g, guint *first)
{
	guint by_kind[] = { ORIGIN_COUNT, ORIGIN_COUNT, ORIGIN_COUNT, ORIGIN_COUNT };

	for (guint o = 0; o < ORIGIN_COUNT; o++) {
		const char *address = g->said[o].address;
		enum address_kind kind;
		if (!address)
			continue;
		kind = address_kind(address);
		if (by_kind[kind] == ORIGIN_COUNT)
			by_kind[kind] = o;
		*first = by_kind[kind];
		if (strcmp(g->said[*first].address, address) != 0)
			return o;
	}
	return ORIGIN_COUNT;
}

static const char *
presence_word(enum presence p)
{
	return p == PRESENCE_ONLINE ? "online" : "offline";
}

static char *
find_disagreement(const struct gateway *g)
{
	const struct gateway_listing *inventory = &g->said[ORIGIN_INVENTORY], *prometheus = &g->said[ORIGIN_PROMETHEUS];
	guint first, other = contradicting_ssh(g);

	if (other < ORIGIN_COUNT)
		return g_strdup_printf("ssh's configuration says %s, which is used, %s says %s", g->ssh_address,
		                       gateway_origin_name((enum gateway_origin)other), g->said[other].address);
	other = contradicting_address(g, &first);
	if (other < ORIGIN_COUNT)
		return g_strdup_printf("%s says %s, %s says %s", gateway_origin_name((enum gateway_origin)first), g->said[first].address,
		                       gateway_origin_name((enum gateway_origin)other), g->said[other].address);
	if (inventory->product != PRESENCE_UNKNOWN && prometheus->product != PRESENCE_UNKNOWN && inventory->product != prometheus->product)
		return g_strdup_printf("%s says it is %s, %s says it is %s", gateway_origin_name(ORIGIN_INVENTORY), presence_word(inventory->product),
		                       gateway_origin_name(ORIGIN_PROMETHEUS), presence_word(prometheus->product));
	return NULL;
}

const char *
gateway_offered_address(const struct gateway *g)
{
	for (guint o = 0; o < ORIGIN_COUNT; o++)
		if (g->said[o].address)
			return g->said[o].address;
	return NULL;
}

gboolean
gateway_is_the_operators(const struct gateway *g)
{
	return g->origins & (1u << ORIGIN_CONFIG | 1u << ORIGIN_SSH_CONFIG);
}

static void
conclude(struct gateway *g)
{
	const char *address;

	if (!gateway_is_the_operators(g))
		g_clear_pointer(&g->ssh_address, g_free);
	address = g->ssh_address ? g->ssh_address : gateway_offered_address(g);
	g->product = g->said[ORIGIN_INVENTORY].product ? g->said[ORIGIN_INVENTORY].product : g->said[ORIGIN_PROMETHEUS].product;
	if (g_strcmp0(g->address, address) != 0) {
		g_free(g->address);
		g->address = g_strdup(address);
	}
	g_free(g->disagreement);
	g->disagreement = find_disagreement(g);
}

void
gateway_listed(struct gateway *g, enum gateway_origin o, const char *address, enum presence product)
{
	struct gateway_listing *l = &g->said[o];

	g_free(l->address);
	l->address = address && *address ? sanitize_text(address, -1) : NULL;
	l->product = o == ORIGIN_INVENTORY || o == ORIGIN_PROMETHEUS ? product : PRESENCE_UNKNOWN;
	g->origins |= 1u << o;
	conclude(g);
}

/* "10.0.0.1" of "pi@10.0.0.1:22", "fe80::1" of "pi@[fe80::1]:22"; newly allocated. */
static char *
host_of(const char *address)
{
	const char *at = strrchr(address, '@'), *host = at ? at + 1 : address, *end = strrchr(host, ':');
	gsize len = end ? (gsize)(end - host) : strlen(host);

	return *host == '[' && len > 2 ? g_strndup(host + 1, len - 2) : g_strndup(host, len);
}

void
gateway_connected_to(struct gateway *g, const char *address)
{
	g_autofree char *raw = host_of(address), *host = sanitize_text(raw, -1);
	const char *offered = gateway_offered_address(g);
	gboolean own = gateway_is_the_operators(g) && g_ascii_strcasecmp(host, g->host->name) != 0 && g_strcmp0(host, offered) != 0;

	if (g_strcmp0(own ? host : NULL, g->ssh_address) == 0)
		return;
	g_free(g->ssh_address);
	g->ssh_address = own ? g_steal_pointer(&host) : NULL;
	conclude(g);
}

void
gateway_unlisted(struct gateway *g, enum gateway_origin o)
{
	g_clear_pointer(&g->said[o].address, g_free);
	g->said[o].product = PRESENCE_UNKNOWN;
	g->origins &= ~(1u << o);
	conclude(g);
}

void
gateway_set_tailnet(struct gateway *g, const struct gateway_tailnet *t)
{
	g_free(g->tailnet.relay);
	g->tailnet = t ? *t : (struct gateway_tailnet){ 0 };
	g->tailnet.relay = t && t->relay ? sanitize_text(t->relay, -1) : NULL;
}

/* --- words --- */

gboolean
gateway_is_flapping(const struct gateway *g, gint64 now_us)
{
	gint64 oldest = g->changes_us[GATEWAY_CHANGES - 1];

	return oldest > 0 && now_us - oldest <= GATEWAY_FLAP_US;
}

const char *
unit_state_name(enum unit_state s)
{
	static const char *const names[] = {
		[UNIT_UNKNOWN] = "unknown", [UNIT_ACTIVE] = "active", [UNIT_ACTIVATING] = "activating", [UNIT_DEACTIVATING] = "deactivating",
		[UNIT_INACTIVE] = "inactive", [UNIT_FAILED] = "failed", [UNIT_MISSING] = "no such unit",
	};
	return names[s];
}

const char *
tailnet_path_name(enum tailnet_path p)
{
	static const char *const names[] = {
		[PATH_UNKNOWN] = "unknown", [PATH_NONE] = "none", [PATH_DIRECT] = "direct", [PATH_PEER_RELAY] = "peer relay", [PATH_DERP] = "relay",
	};
	return names[p];
}

const char *
gateway_origin_name(enum gateway_origin o)
{
	static const char *const names[] = {
		[ORIGIN_CONFIG] = "configuration", [ORIGIN_SSH_CONFIG] = "ssh config", [ORIGIN_TAILSCALE] = "Tailscale",
		[ORIGIN_INVENTORY] = "inventory", [ORIGIN_PROMETHEUS] = "Prometheus",
	};
	return names[o];
}
