#include "app/config_rules_fleet.h"

#include <string.h>

#include "app/config_checks.h"
#include "backends/fleet_list.h"
#include "model/host_range.h"
#include "model/rollout.h"

/* --- the sources --- */

static void
check_inventory(struct config_findings *f, const struct config_inventory *i)
{
	config_check_url(f, "fleet.inventory.url", i->url, i->token != NULL, FALSE);
	config_check_pointer(f, "fleet.inventory", "items", i->items);
	config_check_pointer(f, "fleet.inventory", "name", i->name);
	config_check_pointer(f, "fleet.inventory", "address", i->address);
	config_check_pointer(f, "fleet.inventory", "online", i->online);
	config_check_secret(f, "fleet.inventory.token", i->token);
	config_check_number(f, "fleet.inventory", "refresh", i->refresh, 1, 86400);
}

static void
check_label(struct config_findings *f, const char *path, const char *label)
{
	if (label && (!config_is_of(label, CONFIG_LETTERS CONFIG_DIGITS "_") || g_ascii_isdigit(*label)))
		config_findings_add(f, path, "\"%s\" is no name of a label", label);
}

static void
check_prometheus(struct config_findings *f, const struct config_prometheus *p)
{
	config_check_url(f, "fleet.prometheus.url", p->url, p->token != NULL, TRUE);
	check_label(f, "fleet.prometheus.label", p->label);
	config_check_secret(f, "fleet.prometheus.token", p->token);
	config_check_number(f, "fleet.prometheus", "refresh", p->refresh, 1, 86400);
}

static gboolean
has_controls(const char *text)
{
	for (; *text; text++)
		if (g_ascii_iscntrl(*text))
			return TRUE;
	return FALSE;
}

static void
check_loki(struct config_findings *f, const struct config_loki *l)
{
	config_check_url(f, "fleet.loki.url", l->url, l->token != NULL, TRUE);
	if (l->query[0] != '{' || !g_str_has_suffix(l->query, "}"))
		config_findings_add(f, "fleet.loki.query", "must be a stream selector such as {job=\"gateway\"}: the pattern is added to it");
	check_label(f, "fleet.loki.label", l->label);
	if (l->tenant && has_controls(l->tenant))
		config_findings_add(f, "fleet.loki.tenant", "must be one line of text: it is sent as a header");
	config_check_secret(f, "fleet.loki.token", l->token);
}

static void
check_tailscale(struct config_findings *f, const struct config_tailscale *t)
{
	if (t->socket && t->socket[0] != '/')
		config_findings_add(f, "fleet.tailscale.socket", "must be an absolute path, not \"%s\"", t->socket);
	for (unsigned i = 0; i < t->tags_count; i++) {
		g_autofree char *at = g_strdup_printf("fleet.tailscale.tags[%u]", i);
		if (!g_str_has_prefix(t->tags[i], "tag:") || !config_is_of(t->tags[i] + 4, CONFIG_LETTERS CONFIG_DIGITS "-"))
			config_findings_add(f, at, "\"%s\" is no tag: it is written as in the tailnet's policy, tag:gateway", t->tags[i]);
	}
}

/* --- names --- */

static void
check_name(struct config_findings *f, const char *path, const char *name, GHashTable *hosts, GHashTable *seen)
{
	if (!fleet_list_is_host(name))
		config_findings_add(f, path, "\"%s\" is no name of a host: letters, digits and . : _ - , without a dash at its beginning", name);
	else if (g_hash_table_contains(hosts, name))
		config_findings_add(f, path, "a host is called \"%s\" already", name);
	else if (!g_hash_table_add(seen, g_strdup(name)))
		config_findings_add(f, path, "another gateway is called \"%s\" already", name);
}

static void
check_gateways(struct config_findings *f, const struct config *c)
{
	g_autoptr(GHashTable) hosts = g_hash_table_new(g_str_hash, g_str_equal), seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < c->hosts_count; i++)
		g_hash_table_add(hosts, c->hosts[i].name);
	for (unsigned i = 0; i < c->fleet->gateways_count; i++) {
		g_autofree char *path = g_strdup_printf("fleet.gateways[%u]", i);
		g_autoptr(GError) error = NULL;
		g_auto(GStrv) names = host_range_expand(c->fleet->gateways[i], HOST_RANGE_MAX, &error);
		guint before = f->problems->len;
		if (!names)
			config_findings_add(f, path, "%s", error->message);
		for (char **name = names; name && *name && f->problems->len == before; name++) /* the first of a range says it */
			check_name(f, path, *name, hosts, seen);
	}
}

static void
check_sources(struct config_findings *f, const struct config_fleet *c)
{
	gboolean tagged = c->tailscale && c->tailscale->tags_count > 0;

	if (c->gateways_count == 0 && c->ssh_hosts_count == 0 && !tagged && !c->inventory && !c->prometheus)
		config_findings_add(f, "fleet", "has no gateways: it needs at least one of gateways, ssh_hosts, tailscale with tags, inventory and prometheus");
	for (unsigned i = 0; i < c->ssh_hosts_count; i++) {
		g_autofree char *at = g_strdup_printf("fleet.ssh_hosts[%u]", i);
		if (!config_is_of(c->ssh_hosts[i], CONFIG_LETTERS CONFIG_DIGITS ".:_-*?"))
			config_findings_add(f, at, "\"%s\" must be a pattern of host names, with * for any text and ? for a character", c->ssh_hosts[i]);
	}
}

/* --- how it is watched --- */

static void
check_rolling(struct config_findings *f, const struct config_rolling *r)
{
	const unsigned gate = r->gate ? *r->gate : ROLLOUT_GATE_S, quiet = r->quiet ? *r->quiet : ROLLOUT_QUIET_S;
	g_autoptr(GError) error = NULL;

	if (r->batch && rollout_batch_size(r->batch, 1000, &error) == 0)
		config_findings_add(f, "fleet.rolling.batch", "%s", error->message);
	config_check_number(f, "fleet.rolling", "pause", r->pause, 0, 3600);
	config_check_number(f, "fleet.rolling", "gate", r->gate, 1, 3600);
	config_check_number(f, "fleet.rolling", "quiet", r->quiet, 0, 3600);
	config_check_number(f, "fleet.rolling", "budget", r->budget, 1, 1000);
	if ((r->quiet || r->gate) && quiet >= gate)
		config_findings_add(f, r->quiet ? "fleet.rolling.quiet" : "fleet.rolling.gate",
		                    "quiet, which is %u, must be less than gate, which is %u: no gateway could stay well for so long in time", quiet, gate);
}

static void
check_watching(struct config_findings *f, const struct config_fleet *c)
{
	static const char *const transports[] = { "auto", "libssh2", "ssh", NULL };

	config_findings_word(f, "fleet.transport", c->transport, transports);
	config_check_number(f, "fleet", "connect_timeout", c->connect_timeout, 1, 300);
	config_check_number(f, "fleet", "connects", c->connects, 1, 256);
	config_check_number(f, "fleet", "sessions", c->sessions, 1, 10000);
	config_check_number(f, "fleet", "refresh", c->refresh, 5, 86400);
	config_check_number(f, "fleet", "span", c->span, 1, 10080);
	if (c->unit && !config_is_of(c->unit, CONFIG_LETTERS CONFIG_DIGITS ":_.@\\-"))
		config_findings_add(f, "fleet.unit", "\"%s\" is no name of a systemd unit", c->unit);
	config_check_extended_pattern(f, "fleet", "pattern", c->pattern);
	if (c->canary)
		config_check_url(f, "fleet.canary", c->canary, FALSE, FALSE);
}

void
config_rules_check_fleet(const struct config *c, struct config_findings *f)
{
	const struct config_fleet *fleet = c->fleet;

	if (!fleet)
		return;
	check_sources(f, fleet);
	check_gateways(f, c);
	if (fleet->tailscale)
		check_tailscale(f, fleet->tailscale);
	if (fleet->inventory)
		check_inventory(f, fleet->inventory);
	if (fleet->prometheus)
		check_prometheus(f, fleet->prometheus);
	if (fleet->loki)
		check_loki(f, fleet->loki);
	if (fleet->rolling)
		check_rolling(f, fleet->rolling);
	check_watching(f, fleet);
}
