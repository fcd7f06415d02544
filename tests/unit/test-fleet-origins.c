/* The sources of a configuration, wired to a fleet: one list of all of them, what stays when one fails, and what the tailnet tells. */
#include "app/fleet_origins.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/unit/http_double.h"
#include "tests/unit/wait_for.h"

#define PEER(name, ip, more) "\"k" name "\":{\"HostName\":\"pi\",\"DNSName\":\"" name ".tail0.ts.net.\",\"TailscaleIPs\":[\"" ip "\"]," more "}"
#define STATUS(state, peers) "{\"BackendState\":\"" state "\",\"Self\":{\"Online\":true},\"Peer\":{" peers "}}"

struct rig {
	struct http *http;
	struct http_double *server;
	struct world *world;
	struct config *config;
	struct fleet_changes changes;
	struct fleet_origins *origins;
	guint added, gone, changed;
	char *directory, *ssh_config;
};

static void
on_added(void *user, struct gateway *g)
{
	((struct rig *)user)->added++;
}

static void
on_gone(void *user, struct gateway *g)
{
	((struct rig *)user)->gone++;
}

static void
on_changed(void *user)
{
	((struct rig *)user)->changed++;
}

static void
set_up(struct rig *r, gconstpointer data)
{
	*r = (struct rig){ .http = http_new(), .server = http_double_new(), .world = world_new(1 << 20) };
	r->world->changed = on_changed;
	r->world->changed_user = r;
	r->world->fleet = fleet_new("unit", 1800 * G_USEC_PER_SEC);
	r->changes = (struct fleet_changes){ on_added, on_gone, r };
	r->directory = g_dir_make_tmp("midwatch-origins-XXXXXX", NULL);
	r->ssh_config = g_build_filename(r->directory, "config", NULL);
}

static void
tear_down(struct rig *r, gconstpointer data)
{
	fleet_origins_free(r->origins);
	http_free(r->http);
	http_double_free(r->server);
	world_free(r->world);
	config_free(r->config);
	g_unlink(r->ssh_config);
	g_rmdir(r->directory);
	g_free(r->ssh_config);
	g_free(r->directory);
}

/* URL, SOCKET and SSH in the text stand for the server's and the file. */
static void
make(struct rig *r, const char *text)
{
	GString *s = g_string_new(text);
	g_autoptr(GPtrArray) problems = config_problems_new();

	g_string_replace(s, "URL", http_double_url(r->server), 0);
	g_string_replace(s, "SOCKET", http_double_socket(r->server), 0);
	g_string_replace(s, "SSH", r->ssh_config, 0);
	r->config = config_parse(s->str, s->len, "c.yml", problems);
	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *words = config_problem_text(problems->pdata[i]);
		g_test_message("%s", words);
	}
	g_assert_nonnull(r->config);
	r->origins = fleet_origins_new(r->config->fleet, r->http, r->world, r->world->fleet, &r->changes);
	g_string_free(s, TRUE);
}

static const struct gateway *
gateway(const struct rig *r, const char *name)
{
	const struct gateway *g = fleet_gateway(r->world->fleet, name);

	g_assert_nonnull(g);
	return g;
}

static const struct datum *
datum_of(const struct rig *r, enum gateway_origin o)
{
	return &r->world->fleet->origins[o].datum;
}

static void
test_configured(struct rig *r, gconstpointer data)
{
	make(r, "fleet:\n  gateways: [\"gw-[08-11]\", lab]\n");
	g_assert_cmpuint(r->world->fleet->gateways->len, ==, 5);
	g_assert_cmpuint(r->added, ==, 5);
	g_assert_nonnull(fleet_gateway(r->world->fleet, "gw-08"));
	g_assert_cmpint(datum_of(r, ORIGIN_CONFIG)->state, ==, DATUM_OK);
	g_assert_false(r->world->fleet->origins[ORIGIN_TAILSCALE].used || r->world->fleet->origins[ORIGIN_SSH_CONFIG].used);
	g_assert_null(fleet_origins_loki(r->origins));
	fleet_origins_start(r->origins);
	fleet_origins_refresh(r->origins);
}

static void
test_merged(struct rig *r, gconstpointer data)
{
	const struct gateway *g;

	g_assert_true(g_file_set_contents(r->ssh_config, "Host gw-2 other\nHost gw-3\n", -1, NULL));
	http_double_route(r->server, "/localapi/", "200 OK", STATUS("Running", PEER("gw-4", "100.64.0.4", "\"Tags\":[\"tag:gateway\"],\"Online\":true,\"CurAddr\":\"x\"")));
	http_double_route(r->server, "/inventory", "200 OK", "[{\"name\":\"gw-1\",\"address\":\"192.0.2.1\",\"online\":1},{\"name\":\"gw-4\",\"online\":0},{\"name\":\"-x\"}]");
	http_double_route(r->server, "/api/v1/query", "200 OK", "{\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"instance\":\"gw-5:1\"},\"value\":[1,\"1\"]}]}}");
	make(r, "fleet:\n  gateways: [gw-1]\n  ssh_hosts: [\"gw-*\"]\n  ssh_config: SSH\n  tailscale: {socket: SOCKET, tags: [\"tag:gateway\"]}\n"
	        "  inventory: {url: \"URL/inventory\", address: /address, online: /online}\n  prometheus: {url: URL, query: up}\n"
	        "  loki: {url: URL, query: \"{a=\\\"b\\\"}\"}\n  canary: URL\n");
	g_assert_cmpuint(r->world->fleet->gateways->len, ==, 1);
	fleet_origins_start(r->origins);
	for (guint o = 0; o < ORIGIN_COUNT; o++) {
		g_assert_true(r->world->fleet->origins[o].used);
		WAIT_FOR(datum_of(r, o)->state == DATUM_OK);
	}
	WAIT_FOR(r->world->fleet->canary == PRESENCE_ONLINE);
	g_assert_cmpuint(r->world->fleet->gateways->len, ==, 5);
	g = gateway(r, "gw-1");
	g_assert_cmpuint(g->origins, ==, 1u << ORIGIN_CONFIG | 1u << ORIGIN_INVENTORY);
	g_assert_cmpint(g->product, ==, PRESENCE_ONLINE);
	g_assert_cmpstr(g->address, ==, "192.0.2.1");
	g = gateway(r, "gw-4");
	g_assert_cmpint(g->product, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(g->tailnet.presence, ==, PRESENCE_ONLINE);
	g_assert_cmpint(g->tailnet.path, ==, PATH_DIRECT);
	g_assert_cmpint(gateway(r, "gw-5")->product, ==, PRESENCE_ONLINE);
	g_assert_cmpuint(r->world->fleet->origins[ORIGIN_INVENTORY].refused, ==, 1);
	g_assert_nonnull(fleet_origins_loki(r->origins));
	g_assert_cmpuint(r->changed, >, 5);
}

/* Without tags nothing is added; gateways are found by name, DNS name and address. */
static void
test_tailnet_facts(struct rig *r, gconstpointer data)
{
	http_double_route(r->server, "/inventory", "200 OK", "[{\"name\":\"Keller 1\",\"address\":\"100.64.0.7\"},{\"name\":\"GW-2\"},{\"name\":\"gw-3\",\"address\":\"gw-8.tail0.ts.net\"},"
	                                                     "{\"name\":\"gw-4\"},{\"name\":\"twice\"}]");
	http_double_route(r->server, "/localapi/", "200 OK",
	                  STATUS("Running", PEER("a", "100.64.0.7", "\"Online\":true") "," PEER("gw-2", "100.64.0.2", "\"Online\":false") ","
	                                    PEER("gw-8", "100.64.0.8", "\"Online\":true,\"Relay\":\"fra\"") ",\"x\":{\"DNSName\":\"twice.one.ts.net.\",\"Online\":true},"
	                                    "\"y\":{\"DNSName\":\"twice.two.ts.net.\",\"Online\":true}"));
	make(r, "fleet:\n  inventory: {url: \"URL/inventory\", address: /address}\n  tailscale: {socket: SOCKET}\n");
	fleet_origins_start(r->origins);
	WAIT_FOR(datum_of(r, ORIGIN_INVENTORY)->state == DATUM_OK);
	fleet_origins_refresh(r->origins);
	WAIT_FOR(fleet_gateway(r->world->fleet, "GW-2")->tailnet.presence == PRESENCE_OFFLINE);
	g_assert_cmpuint(r->world->fleet->gateways->len, ==, 5);
	g_assert_cmpint(gateway(r, "Keller 1")->tailnet.presence, ==, PRESENCE_ONLINE);
	g_assert_cmpint(gateway(r, "gw-3")->tailnet.path, ==, PATH_DERP);
	g_assert_cmpint(gateway(r, "gw-4")->tailnet.presence, ==, PRESENCE_UNKNOWN);
	g_assert_cmpint(gateway(r, "twice")->tailnet.presence, ==, PRESENCE_UNKNOWN);
	g_assert_cmpuint(gateway(r, "GW-2")->origins, ==, 1u << ORIGIN_INVENTORY);
}

static void
test_tailnet_down(struct rig *r, gconstpointer data)
{
	http_double_route(r->server, "/localapi/", "200 OK", STATUS("Running", PEER("gw-1", "100.64.0.1", "\"Tags\":[\"tag:gateway\"],\"Online\":true")));
	make(r, "fleet:\n  tailscale: {socket: SOCKET, tags: [\"tag:gateway\"]}\n");
	fleet_origins_start(r->origins);
	WAIT_FOR(r->world->fleet->gateways->len == 1);
	g_assert_null(r->world->fleet->tailnet_problem);
	http_double_route(r->server, "/localapi/", "200 OK", STATUS("Stopped", ""));
	fleet_origins_refresh(r->origins);
	WAIT_FOR(r->world->fleet->tailnet_problem);
	g_assert_nonnull(strstr(r->world->fleet->tailnet_problem, "Tailscale is stopped"));
	g_assert_cmpint(datum_of(r, ORIGIN_TAILSCALE)->state, ==, DATUM_STALE);
	g_assert_cmpuint(r->world->fleet->gateways->len, ==, 1);
	http_double_route(r->server, "/localapi/", "500 Internal Server Error", "");
	fleet_origins_refresh(r->origins);
	WAIT_FOR(!r->world->fleet->tailnet_problem);
	g_assert_nonnull(strstr(datum_of(r, ORIGIN_TAILSCALE)->error, "HTTP status 500"));
	http_double_route(r->server, "/localapi/", "200 OK", STATUS("Running", ""));
	fleet_origins_refresh(r->origins); /* no peer with the tag: not believed at once */
	WAIT_FOR(strstr(datum_of(r, ORIGIN_TAILSCALE)->error, "lists no gateway at all"));
	g_assert_cmpuint(r->gone, ==, 0);
	fleet_origins_refresh(r->origins);
	WAIT_FOR(r->gone == 1);
	g_assert_cmpuint(r->world->fleet->gateways->len, ==, 0);
}

static void
test_failures(struct rig *r, gconstpointer data)
{
	http_double_route(r->server, "/inventory", "200 OK", "[{\"name\":\"gw-1\",\"online\":true},{\"name\":\"gw-2\",\"online\":true}]");
	make(r, "fleet:\n  inventory: {url: \"URL/inventory\", online: /online}\n  ssh_hosts: [\"*\"]\n  ssh_config: SSH-missing\n");
	fleet_origins_start(r->origins);
	WAIT_FOR(datum_of(r, ORIGIN_INVENTORY)->state == DATUM_OK && datum_of(r, ORIGIN_SSH_CONFIG)->state == DATUM_ERROR);
	g_assert_nonnull(strstr(datum_of(r, ORIGIN_SSH_CONFIG)->error, "cannot be read"));
	http_double_route(r->server, "/inventory", "500 Internal Server Error", "");
	fleet_origins_refresh(r->origins);
	WAIT_FOR(datum_of(r, ORIGIN_INVENTORY)->state == DATUM_STALE);
	g_assert_cmpuint(r->world->fleet->gateways->len, ==, 2);
	g_assert_cmpuint(r->gone, ==, 0);
	http_double_route(r->server, "/inventory", "200 OK", "[{\"name\":\"gw-2\",\"online\":true}]");
	fleet_origins_refresh(r->origins);
	WAIT_FOR(r->gone == 1);
	g_assert_null(fleet_gateway(r->world->fleet, "gw-1"));
	fleet_origins_refresh(r->origins); /* and is left while it asks */
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct rig *r, gconstpointer data);
	} tests[] = {
		{ "/fleet-origins/configured", test_configured },
		{ "/fleet-origins/merged", test_merged },
		{ "/fleet-origins/tailnet-facts", test_tailnet_facts },
		{ "/fleet-origins/tailnet-down", test_tailnet_down },
		{ "/fleet-origins/failures", test_failures },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct rig, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
