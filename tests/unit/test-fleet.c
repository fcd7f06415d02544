/* The fleet's list: merged from its sources, safe, counted, in one pass; and what a gateway is called and does. */
#include "model/fleet.h"

#include <string.h>

#include "model/world.h"

#define NOW_US (1000 * (gint64)G_USEC_PER_SEC)
#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)

struct seen { GString *text; };

static void
on_added(void *user, struct gateway *g)
{
	g_string_append_printf(((struct seen *)user)->text, "+%s ", g->host->name);
}

static void
on_gone(void *user, struct gateway *g)
{
	g_string_append_printf(((struct seen *)user)->text, "-%s ", g->host->name);
}

static void
take(struct fleet *f, enum gateway_origin o, const struct fleet_entry *entries, guint count)
{
	fleet_take_list(f, o, entries, count, NOW_US, NULL);
}

static char *
names_of(const struct fleet *f)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < f->gateways->len; i++)
		g_string_append_printf(s, "%s%s", i ? " " : "", ((const struct gateway *)f->gateways->pdata[i])->host->name);
	return g_string_free(s, FALSE);
}

static void
assert_names(const struct fleet *f, const char *names)
{
	g_autofree char *all = names_of(f);

	g_assert_cmpstr(all, ==, names);
	g_assert_cmpuint(g_hash_table_size(f->by_name), ==, f->gateways->len);
}

/* What comes, stays and goes with each list of a source; another source's gateways stay. */
static void
test_changes(void)
{
	static const struct fleet_entry first[] = { { .name = "gw-2" }, { .name = "gw-1" } }, second[] = { { .name = "gw-3" }, { .name = "gw-2" } };
	static const struct fleet_entry config[] = { { .name = "gw-1" } };
	struct seen seen = { .text = g_string_new(NULL) };
	struct fleet_changes c = { .added = on_added, .gone = on_gone, .user = &seen };
	struct fleet *f = fleet_new("novavms-gateway", MINUTE_US);
	struct gateway *kept;

	g_assert_cmpuint(fleet_take_list(f, ORIGIN_INVENTORY, first, 2, NOW_US, &c), ==, 2);
	g_assert_cmpstr(seen.text->str, ==, "+gw-2 +gw-1 ");
	assert_names(f, "gw-1 gw-2");
	g_assert_cmpuint(f->unknown, ==, 2);
	kept = fleet_gateway(f, "gw-2");
	g_string_truncate(seen.text, 0);
	g_assert_cmpuint(fleet_take_list(f, ORIGIN_INVENTORY, second, 2, NOW_US, &c), ==, 2);
	g_assert_cmpstr(seen.text->str, ==, "-gw-1 +gw-3 ");
	assert_names(f, "gw-2 gw-3");
	g_assert_true(fleet_gateway(f, "gw-2") == kept);
	g_assert_null(fleet_gateway(f, "gw-1"));
	g_assert_null(fleet_gateway(f, NULL));
	g_assert_cmpuint(fleet_take_list(f, ORIGIN_INVENTORY, second, 2, NOW_US, &c), ==, 0);
	take(f, ORIGIN_CONFIG, config, 1);
	take(f, ORIGIN_INVENTORY, first, 2);
	assert_names(f, "gw-1 gw-2");
	g_assert_cmpuint(fleet_gateway(f, "gw-1")->origins, ==, 1u << ORIGIN_CONFIG | 1u << ORIGIN_INVENTORY);
	take(f, ORIGIN_INVENTORY, NULL, 0);
	assert_names(f, "gw-1");
	g_assert_cmpuint(fleet_gateway(f, "gw-1")->origins, ==, 1u << ORIGIN_CONFIG);
	g_string_free(seen.text, TRUE);
	fleet_free(f);
}

/* Names are compared exactly; the first of two entries counts. */
static void
test_duplicates(void)
{
	static const struct fleet_entry list[] = {
		{ .name = "gw", .address = "10.0.0.1" }, { .name = "GW" }, { .name = "gw", .address = "10.0.0.2" }, { .name = "gw." }, { .name = "gw" },
	};
	struct fleet *f = fleet_new("unit", MINUTE_US);

	g_assert_cmpuint(fleet_take_list(f, ORIGIN_INVENTORY, list, 5, NOW_US, NULL), ==, 3);
	assert_names(f, "GW gw gw.");
	g_assert_cmpuint(f->origins[ORIGIN_INVENTORY].listed, ==, 5);
	g_assert_cmpuint(f->origins[ORIGIN_INVENTORY].duplicates, ==, 2);
	g_assert_cmpstr(fleet_gateway(f, "gw")->address, ==, "10.0.0.1");
	take(f, ORIGIN_INVENTORY, list, 2);
	g_assert_cmpuint(f->origins[ORIGIN_INVENTORY].duplicates, ==, 0);
	fleet_free(f);
}

/* Nothing from outside becomes an option of ssh, a second line or an escape sequence. */
static void
test_hostile(void)
{
	g_autofree char *longest = g_strnfill(253, 'a'), *too_long = g_strnfill(254, 'a');
	const struct fleet_entry list[] = {
		{ .name = "-oProxyCommand=reboot" }, { .name = "" }, { .name = NULL }, { .name = "a\nb" }, { .name = "a\x1b[31mb" }, { .name = "a\x7f" },
		{ .name = too_long }, { .name = "gw-1", .address = "-oProxyCommand=reboot" }, { .name = "gw-2", .address = "10.0.0.1\n" },
		{ .name = longest }, { .name = "Lisbon \xe2\x80\xae#3", .address = "" },
	};
	struct fleet *f = fleet_new("unit", MINUTE_US);

	take(f, ORIGIN_INVENTORY, list, G_N_ELEMENTS(list));
	g_assert_cmpuint(f->origins[ORIGIN_INVENTORY].refused, ==, 9);
	g_assert_cmpuint(f->origins[ORIGIN_INVENTORY].listed, ==, 2);
	g_assert_cmpuint(f->gateways->len, ==, 2);
	g_assert_nonnull(fleet_gateway(f, longest));
	g_assert_nonnull(fleet_gateway(f, "Lisbon <U+202E>#3"));
	g_assert_null(fleet_gateway(f, "Lisbon <U+202E>#3")->address);
	fleet_list_failed(f, ORIGIN_PROMETHEUS, "a\x1b[31mb");
	g_assert_cmpstr(f->origins[ORIGIN_PROMETHEUS].datum.error, ==, "ab");
	fleet_free(f);
}

struct listing { const char *address; enum presence product; };

/* Who is believed, and when two contradict each other: addresses of the same kind only. */
static void
test_disagreement(void)
{
	static const struct { struct listing said[ORIGIN_COUNT]; const char *address, *words; enum presence product; gboolean by_tailnet; } cases[] = {
		{ { [ORIGIN_CONFIG] = { "10.0.0.1", 0 }, [ORIGIN_INVENTORY] = { "10.0.0.1", 0 } }, "10.0.0.1", NULL, PRESENCE_UNKNOWN, FALSE },
		{ { [ORIGIN_CONFIG] = { "10.0.0.1", 0 }, [ORIGIN_INVENTORY] = { "10.0.0.2", 0 } }, "10.0.0.1",
		  "configuration says 10.0.0.1, inventory says 10.0.0.2", PRESENCE_UNKNOWN, FALSE },
		{ { [ORIGIN_TAILSCALE] = { "100.64.0.1", 0 }, [ORIGIN_INVENTORY] = { "10.0.0.2", 0 } }, "100.64.0.1", NULL, PRESENCE_UNKNOWN, TRUE },
		{ { [ORIGIN_TAILSCALE] = { "100.127.0.1", 0 }, [ORIGIN_INVENTORY] = { "100.64.0.2", 0 } }, "100.127.0.1",
		  "Tailscale says 100.127.0.1, inventory says 100.64.0.2", PRESENCE_UNKNOWN, TRUE },
		{ { [ORIGIN_INVENTORY] = { "100.128.0.1", 0 }, [ORIGIN_PROMETHEUS] = { "100.63.0.2", 0 } }, "100.128.0.1",
		  "inventory says 100.128.0.1, Prometheus says 100.63.0.2", PRESENCE_UNKNOWN, FALSE },
		{ { [ORIGIN_SSH_CONFIG] = { "gw.example.com", 0 }, [ORIGIN_INVENTORY] = { "fe80::1", 0 } }, "gw.example.com", NULL, PRESENCE_UNKNOWN, FALSE },
		{ { [ORIGIN_INVENTORY] = { "fd7a:115c:a1e0::1", 0 } }, "fd7a:115c:a1e0::1", NULL, PRESENCE_UNKNOWN, TRUE },
		{ { [ORIGIN_INVENTORY] = { "gw.tail1234.ts.net", 0 } }, "gw.tail1234.ts.net", NULL, PRESENCE_UNKNOWN, TRUE },
		{ { [ORIGIN_INVENTORY] = { NULL, PRESENCE_ONLINE }, [ORIGIN_PROMETHEUS] = { NULL, PRESENCE_OFFLINE } }, NULL,
		  "inventory says it is online, Prometheus says it is offline", PRESENCE_ONLINE, FALSE },
		{ { [ORIGIN_PROMETHEUS] = { NULL, PRESENCE_OFFLINE } }, NULL, NULL, PRESENCE_OFFLINE, FALSE },
		{ { [ORIGIN_CONFIG] = { "", PRESENCE_ONLINE } }, NULL, NULL, PRESENCE_UNKNOWN, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fleet *f = fleet_new("unit", MINUTE_US);
		struct gateway *g;
		for (enum gateway_origin o = ORIGIN_CONFIG; o < ORIGIN_COUNT; o++) {
			const struct listing *l = &cases[i].said[o];
			struct fleet_entry e = { .name = "gw", .address = l->address, .product = l->product };
			if (l->address || l->product)
				take(f, o, &e, 1);
		}
		g = fleet_gateway(f, "gw");
		g_assert_cmpstr(g->address, ==, cases[i].address);
		g_assert_cmpstr(g->disagreement, ==, cases[i].words);
		g_assert_cmpint(g->product, ==, cases[i].product);
		g_assert_cmpint(gateway_is_by_tailnet(g), ==, cases[i].by_tailnet);
		fleet_free(f);
	}
}

/* A source that lists a gateway no more takes back what it said. */
static void
test_taken_back(void)
{
	static const struct fleet_entry config = { .name = "gw" }, inventory = { .name = "gw", .address = "10.0.0.1", .product = PRESENCE_ONLINE };
	struct fleet *f = fleet_new("unit", MINUTE_US);
	struct gateway *g;

	take(f, ORIGIN_CONFIG, &config, 1);
	take(f, ORIGIN_INVENTORY, &inventory, 1);
	g = fleet_gateway(f, "gw");
	g_assert_cmpstr(g->address, ==, "10.0.0.1");
	take(f, ORIGIN_INVENTORY, NULL, 0);
	g_assert_true(fleet_gateway(f, "gw") == g);
	g_assert_null(g->address);
	g_assert_cmpint(g->product, ==, PRESENCE_UNKNOWN);
	fleet_free(f);
}

/* What the tailnet knows of gateways that it lists, and of those that it does not. */
static void
test_tailnet(void)
{
	static const struct gateway_tailnet direct = { .presence = PRESENCE_ONLINE, .path = PATH_DIRECT };
	static const struct gateway_tailnet relayed = { .presence = PRESENCE_OFFLINE, .path = PATH_DERP, .relay = (char *)"fr\x1b[1ma" };
	const struct fleet_entry config[] = { { .name = "a" }, { .name = "b" } }, listed[] = { { .name = "c", .tailnet = &direct } };
	const struct fleet_entry peers[] = { { .name = "b", .tailnet = &relayed }, { .name = "b", .tailnet = &direct }, { .name = "z", .tailnet = &direct } };
	struct fleet *f = fleet_new("unit", MINUTE_US);

	take(f, ORIGIN_CONFIG, config, 2);
	take(f, ORIGIN_TAILSCALE, listed, 1);
	g_assert_cmpint(fleet_gateway(f, "c")->tailnet.path, ==, PATH_DIRECT);
	g_assert_true(gateway_is_by_tailnet(fleet_gateway(f, "c")));
	fleet_take_tailnet(f, peers, 3, NOW_US);
	assert_names(f, "a b c");
	g_assert_cmpstr(fleet_gateway(f, "b")->tailnet.relay, ==, "fra");
	g_assert_cmpint(fleet_gateway(f, "b")->tailnet.presence, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(fleet_gateway(f, "c")->tailnet.presence, ==, PRESENCE_UNKNOWN);
	g_assert_false(gateway_is_by_tailnet(fleet_gateway(f, "b")));
	take(f, ORIGIN_TAILSCALE, listed, 1);
	g_assert_cmpint(fleet_gateway(f, "b")->tailnet.presence, ==, PRESENCE_UNKNOWN);
	g_assert_null(fleet_gateway(f, "b")->tailnet.relay);
	fleet_free(f);
}

static void
test_world(void)
{
	static const struct fleet_entry list[] = { { .name = "gw" }, { .name = "vm1" } };
	struct world *w = world_new(1 << 20);
	struct host *vm = host_new("vm1", "vm", FALSE);

	g_ptr_array_add(w->hosts, vm);
	g_assert_null(world_host(w, "gw"));
	w->fleet = fleet_new("unit", MINUTE_US);
	take(w->fleet, ORIGIN_CONFIG, list, 2);
	g_assert_true(world_host(w, "gw") == fleet_gateway(w->fleet, "gw")->host);
	g_assert_cmpstr(world_host(w, "gw")->role, ==, "gateway");
	g_assert_true(world_host(w, "vm1") == vm);
	g_assert_null(world_host(w, "no"));
	world_free(w);
}

/* A list of a thousand, again and again: nothing is made anew for those that stay. */
static void
test_many(void)
{
	enum { MANY = 1000 };
	struct fleet_entry entries[MANY];
	struct fleet *f = fleet_new("unit", MINUTE_US);
	struct gateway *last;

	for (guint i = 0; i < MANY; i++)
		entries[i] = (struct fleet_entry){ .name = g_strdup_printf("gw-%04u", MANY - i), .product = PRESENCE_ONLINE };
	g_assert_cmpuint(fleet_take_list(f, ORIGIN_INVENTORY, entries, MANY, NOW_US, NULL), ==, MANY);
	last = f->gateways->pdata[MANY - 1];
	g_assert_cmpstr(last->host->name, ==, "gw-1000");
	for (guint round = 1; round <= 360; round++)
		g_assert_cmpuint(fleet_take_list(f, ORIGIN_INVENTORY, entries, MANY, NOW_US + round * 10 * G_USEC_PER_SEC, NULL), ==, 0);
	g_assert_true(f->gateways->pdata[MANY - 1] == last);
	g_assert_cmpuint(fleet_take_list(f, ORIGIN_INVENTORY, entries, MANY / 2, NOW_US, NULL), ==, MANY / 2);
	g_assert_cmpuint(f->gateways->len, ==, MANY / 2);
	for (guint i = 0; i < MANY; i++)
		g_free((char *)entries[i].name);
	fleet_free(f);
}

/* What is not told is unknown, never a healthy figure. */
static void
test_unknown_report(void)
{
	struct gateway *g = gateway_new("gw\x1b[31m", "10.0.0.1");

	g_assert_cmpstr(g->host->name, ==, "gw");
	g->report.errors = 0;
	g->report.unit = UNIT_ACTIVE;
	g->report.problem = g_strdup("no journald");
	gateway_report_clear(&g->report);
	g_assert_cmpint(g->report.errors, ==, -1);
	g_assert_cmpint(g->report.fatals, ==, -1);
	g_assert_cmpint(g->report.restarts, ==, -1);
	g_assert_cmpint(g->report.memory, ==, -1);
	g_assert_cmpint(g->report.since_s, ==, -1);
	g_assert_cmpint(g->report.unit, ==, UNIT_UNKNOWN);
	g_assert_null(g->report.problem);
	g_assert_cmpstr(unit_state_name(UNIT_MISSING), ==, "no such unit");
	g_assert_cmpstr(tailnet_path_name(PATH_DERP), ==, "relay");
	g_assert_cmpstr(gateway_origin_name(ORIGIN_SSH_CONFIG), ==, "ssh config");
	gateway_free(g);
}

/* Where ssh went on its own account is what its configuration says, for names that the operator lists. */
static void
test_ssh_address(void)
{
	static const struct fleet_entry plain = { .name = "gw" }, told = { .name = "gw", .address = "10.0.0.1" }, moved = { .name = "gw", .address = "10.0.0.9" };
	struct fleet *f = fleet_new("unit", MINUTE_US);
	struct gateway *g;

	take(f, ORIGIN_INVENTORY, &told, 1);
	g = fleet_gateway(f, "gw");
	g_assert_false(gateway_is_the_operators(g));
	gateway_connected_to(g, "pi@10.0.0.5:22");
	g_assert_cmpstr(g->address, ==, "10.0.0.1");
	take(f, ORIGIN_CONFIG, &plain, 1);
	g_assert_true(gateway_is_the_operators(g));
	gateway_connected_to(g, "pi@10.0.0.1:22");
	g_assert_null(g->ssh_address);
	g_assert_null(g->disagreement);
	gateway_connected_to(g, "pi@GW:22");
	g_assert_null(g->ssh_address);
	gateway_connected_to(g, "pi@10.0.0.5:22");
	g_assert_cmpstr(g->address, ==, "10.0.0.5");
	g_assert_cmpstr(g->disagreement, ==, "ssh's configuration says 10.0.0.5, which is used, inventory says 10.0.0.1");
	g_assert_cmpstr(gateway_offered_address(g), ==, "10.0.0.1");
	take(f, ORIGIN_INVENTORY, &moved, 1);
	g_assert_cmpstr(g->address, ==, "10.0.0.5");
	g_assert_cmpstr(g->disagreement, ==, "ssh's configuration says 10.0.0.5, which is used, inventory says 10.0.0.9");
	gateway_connected_to(g, "pi@[fe80::1]:22");
	g_assert_cmpstr(g->address, ==, "fe80::1");
	g_assert_null(g->disagreement);
	take(f, ORIGIN_CONFIG, NULL, 0);
	g_assert_cmpstr(g->address, ==, "10.0.0.9");
	fleet_free(f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet/changes", test_changes);
	g_test_add_func("/fleet/duplicates", test_duplicates);
	g_test_add_func("/fleet/hostile", test_hostile);
	g_test_add_func("/fleet/disagreement", test_disagreement);
	g_test_add_func("/fleet/taken-back", test_taken_back);
	g_test_add_func("/fleet/ssh-address", test_ssh_address);
	g_test_add_func("/fleet/tailnet", test_tailnet);
	g_test_add_func("/fleet/world", test_world);
	g_test_add_func("/fleet/many", test_many);
	g_test_add_func("/fleet/unknown-report", test_unknown_report);
	return g_test_run();
}
