/* What lists the fleet: recorded-style answers of inventories, tailscaled, Prometheus and Loki, and what none of them should send. */
#include <string.h>

#include "backends/inventory_parse.h"
#include "backends/loki_parse.h"
#include "backends/prometheus_parse.h"
#include "backends/tailscale_parse.h"
#include "model/json.h"
#include "model/sanitize.h"

static char *
load(const char *name, gsize *len)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text;

	g_file_get_contents(path, &text, len, &error);
	g_assert_no_error(error);
	return text;
}

static const struct fleet_entry *
entry(const struct fleet_list *l, guint i)
{
	g_assert_cmpuint(i, <, l->entries->len);
	return &g_array_index(l->entries, struct fleet_entry, i);
}

/* --- JSON pointers --- */

static void
test_pointers(void)
{
	static const char text[] = "{\"a\":[10,{\"b/c\":\"x\",\"d~e\":\"y\",\"\":\"z\"}],\"0\":\"n\",\"A\":true}";
	g_autoptr(cJSON) json = cJSON_Parse(text);
	static const struct { const char *pointer, *value; } found[] = {
		{ "/a/1/b~1c", "x" }, { "/a/1/d~0e", "y" }, { "/a/1/", "z" }, { "/0", "n" },
	};
	static const char *const missing[] = { "/b", "/a/2", "/a/01", "/a/-", "/a/-1", "/a/0/b", "/a/1/b/c", "/a/1/b~1c/x", "a", "/a/1/d~e", "/a/99999999999" };

	g_assert_true(json_at(json, "") == json);
	g_assert_cmpint(json_at(json, "/a/0")->valueint, ==, 10);
	g_assert_true(cJSON_IsTrue(json_at(json, "/A")));
	for (guint i = 0; i < G_N_ELEMENTS(found); i++)
		g_assert_cmpstr(json_at(json, found[i].pointer)->valuestring, ==, found[i].value);
	for (guint i = 0; i < G_N_ELEMENTS(missing); i++)
		g_assert_null(json_at(json, missing[i]));
	g_assert_null(json_at(NULL, ""));
	g_assert_true(json_pointer_is_valid("/a~0~1") && !json_pointer_is_valid("/a~") && !json_pointer_is_valid("/~2") && !json_pointer_is_valid("a/b"));
}

/* --- the inventory --- */

static struct fleet_list *
inventory_of(const char *name, struct inventory_pointers p)
{
	gsize len;
	g_autofree char *text = load(name, &len);
	g_autoptr(GError) error = NULL;
	struct fleet_list *l = inventory_parse(text, len, &p, &error);

	g_assert_no_error(error);
	return l;
}

static void
test_inventory_array(void)
{
	struct fleet_list *l = inventory_of("inventory/array.json", (struct inventory_pointers){ .address = "/address", .online = "/online" });

	g_assert_cmpuint(l->entries->len, ==, 3);
	g_assert_cmpstr(entry(l, 0)->name, ==, "gw-001");
	g_assert_cmpstr(entry(l, 0)->address, ==, "100.64.0.11");
	g_assert_cmpint(entry(l, 0)->product, ==, PRESENCE_ONLINE);
	g_assert_cmpint(entry(l, 1)->product, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(entry(l, 2)->product, ==, PRESENCE_UNKNOWN);
	fleet_list_free(l);
}

static void
test_inventory_deep(void)
{
	struct fleet_list *l = inventory_of("inventory/orgs.json", (struct inventory_pointers){
		.items = "/data/org~1a/gateways", .name = "/attributes/label", .address = "/attributes/hostname", .online = "/state" });
	static const enum presence expected[] = { PRESENCE_ONLINE, PRESENCE_OFFLINE, PRESENCE_UNKNOWN, PRESENCE_ONLINE, PRESENCE_OFFLINE };

	g_assert_cmpuint(l->entries->len, ==, G_N_ELEMENTS(expected));
	for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
		g_assert_cmpint(entry(l, i)->product, ==, expected[i]);
	g_assert_cmpstr(entry(l, 3)->name, ==, "Keller (S\303\274d) 4"); /* any words, since it has an address */
	g_assert_null(entry(l, 4)->address);
	fleet_list_free(l);
}

static void
test_inventory_object(void)
{
	struct fleet_list *l = inventory_of("inventory/object.json", (struct inventory_pointers){ .items = "/gateways", .address = "/ip", .online = "/up" });
	g_autoptr(GError) error = NULL;
	static const struct inventory_pointers none;
	static const char plain[] = "[\"gw-1\", \"gw-2\", 3]", keyed[] = "{\"gw-1\":true,\"gw-2\":\"down\",\"gw-3\":null}";
	struct fleet_list *names = inventory_parse(plain, strlen(plain), &none, &error), *states = inventory_parse(keyed, strlen(keyed), &none, &error);

	g_assert_cmpuint(l->entries->len, ==, 3);
	g_assert_cmpstr(entry(l, 1)->name, ==, "gw-002");
	g_assert_cmpstr(entry(l, 1)->address, ==, "fd7a:115c:a1e0::12");
	g_assert_cmpint(entry(l, 0)->product, ==, PRESENCE_ONLINE);
	g_assert_cmpint(entry(l, 1)->product, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(entry(l, 2)->product, ==, PRESENCE_UNKNOWN);
	g_assert_no_error(error);
	g_assert_cmpuint(names->entries->len, ==, 3);
	g_assert_cmpstr(entry(names, 2)->name, ==, "3");
	g_assert_cmpint(entry(names, 0)->product, ==, PRESENCE_UNKNOWN);
	g_assert_cmpuint(states->entries->len, ==, 3);
	g_assert_cmpint(entry(states, 0)->product, ==, PRESENCE_ONLINE);
	g_assert_cmpint(entry(states, 1)->product, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(entry(states, 2)->product, ==, PRESENCE_UNKNOWN);
	fleet_list_free(states);
	fleet_list_free(l);
	fleet_list_free(names);
}

/* Nothing that ssh would take for an option, another user or a word of a shell. */
static void
test_inventory_hostile(void)
{
	struct fleet_list *l = inventory_of("inventory/hostile.json", (struct inventory_pointers){ .items = "/items", .address = "/address" });

	g_assert_cmpuint(l->entries->len, ==, 3);
	g_assert_cmpstr(entry(l, 0)->address, ==, "100.64.0.9");
	g_assert_cmpstr(entry(l, 1)->name, ==, "17");
	g_assert_cmpstr(entry(l, 2)->name, ==, "gw-10");
	g_assert_cmpuint(l->left_out, ==, 11);
	fleet_list_free(l);
}

static void
test_inventory_many(void)
{
	GString *text = g_string_new("[\"gw-0\"");
	struct fleet_list *l;

	for (guint i = 1; i < FLEET_LIST_MAX + 5; i++)
		g_string_append_printf(text, ",\"gw-%u\"", i);
	g_string_append_c(text, ']');
	l = inventory_parse(text->str, text->len, &(struct inventory_pointers){ 0 }, NULL);
	g_assert_cmpuint(l->entries->len, ==, FLEET_LIST_MAX);
	g_assert_cmpuint(l->left_out, ==, 5);
	fleet_list_free(l);
	g_string_free(text, TRUE);
}

static void
test_inventory_faults(void)
{
	static const struct { const char *text, *file, *items, *words; } faults[] = {
		{ NULL, "inventory/page.html", NULL, "a web page instead of JSON" },
		{ NULL, "inventory/half.json", NULL, "no valid JSON" },
		{ NULL, "inventory/array.json", "/gateways", "nothing at \"/gateways\": check items" },
		{ "{\"a\":7}", NULL, "/a", "no list at \"/a\": check items" },
		{ "", NULL, NULL, "no valid JSON" },
		{ "17", NULL, NULL, "is no list of gateways: set items" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
		gsize len = faults[i].text ? strlen(faults[i].text) : 0;
		g_autofree char *text = faults[i].text ? g_strdup(faults[i].text) : load(faults[i].file, &len);
		g_autoptr(GError) error = NULL;
		g_assert_null(inventory_parse(text, len, &(struct inventory_pointers){ .items = faults[i].items }, &error));
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, faults[i].words));
		g_assert_null(strstr(error->message, "token="));
	}
}

static void
test_presence_words(void)
{
	static const struct { const char *json; enum presence presence; } words[] = {
		{ "\"Online\"", PRESENCE_ONLINE }, { "\"UP\"", PRESENCE_ONLINE }, { "\"active\"", PRESENCE_ONLINE }, { "2.5", PRESENCE_ONLINE },
		{ "\"inactive\"", PRESENCE_OFFLINE }, { "\"down\"", PRESENCE_OFFLINE }, { "0", PRESENCE_OFFLINE }, { "false", PRESENCE_OFFLINE },
		{ "\"\"", PRESENCE_UNKNOWN }, { "\"degraded\"", PRESENCE_UNKNOWN }, { "null", PRESENCE_UNKNOWN }, { "[true]", PRESENCE_UNKNOWN },
	};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autoptr(cJSON) json = cJSON_Parse(words[i].json);
		g_assert_cmpint(inventory_presence(json), ==, words[i].presence);
	}
	g_assert_cmpint(inventory_presence(NULL), ==, PRESENCE_UNKNOWN);
}

/* --- an empty list --- */

struct taken { guint lists, failures; char *why; };

static void
on_list(void *user, const struct fleet_list *l)
{
	((struct taken *)user)->lists++;
}

static void
on_failed(void *user, const char *why)
{
	struct taken *t = user;

	t->failures++;
	g_free(t->why);
	t->why = g_strdup(why);
}

static void
test_doubt(void)
{
	static const struct fleet_list_events events = { on_list, on_failed };
	struct fleet_list_doubt doubt = { FALSE };
	struct fleet_list *empty = fleet_list_new(), *full = fleet_list_new(), *wrong = fleet_list_new();
	struct taken t = { 0 };

	g_assert_true(fleet_list_add(full, "gw-1", "", PRESENCE_UNKNOWN, NULL));
	g_assert_false(fleet_list_add(wrong, NULL, NULL, PRESENCE_UNKNOWN, NULL));
	fleet_list_hand_on(&doubt, full, "it", &events, &t);
	fleet_list_hand_on(&doubt, empty, "it", &events, &t);
	g_assert_cmpuint(t.lists, ==, 1);
	g_assert_nonnull(strstr(t.why, "lists no gateway at all"));
	fleet_list_hand_on(&doubt, full, "it", &events, &t);
	fleet_list_hand_on(&doubt, empty, "it", &events, &t);
	g_assert_cmpuint(t.failures, ==, 2);
	fleet_list_hand_on(&doubt, empty, "it", &events, &t);
	g_assert_cmpuint(t.lists, ==, 3);
	fleet_list_hand_on(&doubt, empty, "it", &events, &t); /* and stays so */
	g_assert_cmpuint(t.lists, ==, 4);
	fleet_list_hand_on(&doubt, wrong, "it", &events, &t);
	fleet_list_hand_on(&doubt, wrong, "it", &events, &t); /* rows that cannot be read are never an empty list */
	g_assert_cmpuint(t.lists, ==, 4);
	g_assert_nonnull(strstr(t.why, "lists 1 gateways, none with"));
	g_free(t.why);
	fleet_list_free(empty);
	fleet_list_free(full);
	fleet_list_free(wrong);
}

/* --- Tailscale --- */

static struct tailscale_status *
status_of(const char *name)
{
	static const char *const tags[] = { "tag:other", "tag:gateway", NULL };
	gsize len;
	g_autofree char *text = load(name, &len);
	g_autoptr(GError) error = NULL;
	struct tailscale_status *s = tailscale_parse_status(text, len, tags, &error);

	g_assert_no_error(error);
	return s;
}

static const struct tailscale_peer *
peer(const struct tailscale_status *s, const char *name)
{
	for (guint i = 0; i < s->peers->len; i++) {
		const struct tailscale_peer *p = s->peers->pdata[i];
		if (strcmp(p->name, name) == 0)
			return p;
	}
	g_error("no peer %s", name);
}

static void
test_tailscale_peers(void)
{
	struct tailscale_status *s = status_of("tailscale/running.json");
	const struct tailscale_peer *direct = peer(s, "gw-001"), *gone = peer(s, "gw-002"), *relayed = peer(s, "gw-004"), *expired = peer(s, "gw-005");

	g_assert_null(s->problem);
	g_assert_null(s->health);
	g_assert_cmpuint(s->peers->len, ==, 7);
	g_assert_cmpuint(s->left_out, ==, 1);
	g_assert_true(direct->tagged && !peer(s, "laptop")->tagged);
	g_assert_cmpint(direct->tailnet.path, ==, PATH_DIRECT);
	g_assert_cmpint(direct->tailnet.presence, ==, PRESENCE_ONLINE);
	g_assert_cmpint(direct->tailnet.last_seen_us, ==, 0); /* the year 1 stands for now */
	g_assert_cmpstr(tailscale_peer_address(s, direct), ==, "gw-001.tail0.ts.net");
	g_assert_cmpint(gone->tailnet.presence, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(gone->tailnet.path, ==, PATH_NONE);
	g_assert_cmpint(gone->tailnet.last_seen_us, ==, G_GINT64_CONSTANT(1795309092400000)); /* 2026-11-22T00:58:12.4Z */
	g_assert_cmpint(peer(s, "gw-003")->tailnet.path, ==, PATH_DERP);
	g_assert_cmpstr(peer(s, "gw-003")->tailnet.relay, ==, "fra");
	g_assert_cmpint(relayed->tailnet.path, ==, PATH_PEER_RELAY);
	g_assert_cmpstr(tailscale_peer_address(s, relayed), ==, "100.64.0.14");
	g_assert_true(expired->tailnet.expired);
	g_assert_cmpint(expired->tailnet.presence, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(peer(s, "gw-007")->tailnet.path, ==, PATH_UNKNOWN);
	tailscale_status_free(s);
}

static void
test_tailscale_states(void)
{
	struct tailscale_status *out = status_of("tailscale/logged-out.json"), *alone = status_of("tailscale/alone.json"), *ill = status_of("tailscale/health.json");
	struct tailscale_status *lost = status_of("tailscale/out-of-sync.json");
	g_autofree char *again = sanitize_text(ill->health, -1);
	g_autoptr(GError) error = NULL;
	static const char odd[] = "{\"BackendState\":\"\\u001b[2JOdd\"}";
	struct tailscale_status *other = tailscale_parse_status(odd, strlen(odd), NULL, &error);

	g_assert_nonnull(strstr(out->problem, "tailscale up"));
	g_assert_cmpuint(out->peers->len, ==, 0);
	g_assert_null(alone->problem);
	g_assert_cmpuint(alone->peers->len, ==, 0);
	g_assert_null(ill->problem);
	g_assert_nonnull(strstr(ill->health, "relay server"));
	g_assert_cmpstr(ill->health, ==, again);
	g_assert_null(strstr(ill->health, "update"));
	g_assert_true(ill->connected && !ill->magic_dns);
	g_assert_nonnull(strstr(lost->problem, "coordination server"));
	g_assert_false(lost->connected);
	g_assert_nonnull(strstr(other->problem, "its state is "));
	g_assert_null(strchr(other->problem, '\033'));
	tailscale_status_free(out);
	tailscale_status_free(alone);
	tailscale_status_free(ill);
	tailscale_status_free(lost);
	tailscale_status_free(other);
}

static void
test_tailscale_hostile(void)
{
	static const char *const texts[] = { "", "[]", "null", "{\"BackendState\":1}", "<html>", "{\"Peer\":{}}" };
	struct tailscale_status *s = status_of("tailscale/hostile.json");
	const struct tailscale_peer *p = s->peers->pdata[0];

	g_assert_cmpuint(s->peers->len, ==, 2);
	g_assert_cmpuint(s->left_out, ==, 3);
	g_assert_null(strchr(p->tailnet.relay, '\033'));
	g_assert_cmpstr(tailscale_peer_address(s, p), ==, "100.64.0.9");
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(tailscale_parse_status(texts[i], strlen(texts[i]), NULL, &error));
		g_assert_nonnull(error);
	}
	tailscale_status_free(s);
}

/* --- Prometheus --- */

static void
test_prometheus(void)
{
	static const struct { const char *name; enum presence presence; } expected[] = {
		{ "gw-001", PRESENCE_ONLINE }, { "gw-002", PRESENCE_OFFLINE }, { "gw-003", PRESENCE_UNKNOWN }, { "fd7a:115c:a1e0::14", PRESENCE_ONLINE },
		{ "fd7a:115c:a1e0::15", PRESENCE_UNKNOWN }, { "gw-006", PRESENCE_UNKNOWN }, { "gw-007:x", PRESENCE_UNKNOWN },
	};
	gsize len;
	g_autofree char *text = load("prometheus/vector.json", &len);
	struct fleet_list *l = prometheus_parse(text, len, "instance", NULL);

	g_assert_cmpuint(l->entries->len, ==, G_N_ELEMENTS(expected));
	g_assert_cmpuint(l->left_out, ==, 1);
	for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_assert_cmpstr(entry(l, i)->name, ==, expected[i].name);
		g_assert_cmpint(entry(l, i)->product, ==, expected[i].presence);
	}
	fleet_list_free(l);
}

static void
test_prometheus_faults(void)
{
	gsize len;
	g_autofree char *scalar = load("prometheus/scalar.json", &len);
	g_autoptr(GError) error = NULL, other = NULL;
	gsize words_len;
	g_autofree char *refusal = load("prometheus/bad-data.json", &words_len), *words = prometheus_parse_error(refusal, words_len);

	g_assert_null(prometheus_parse(scalar, len, "instance", &error));
	g_assert_nonnull(strstr(error->message, "a scalar: it must give an instant vector"));
	g_assert_null(prometheus_parse("{}", 2, "instance", &other));
	g_assert_nonnull(strstr(other->message, "is not Prometheus"));
	g_assert_true(g_str_has_prefix(words, "bad_data: invalid parameter"));
	g_assert_null(prometheus_parse_error("{\"status\":\"error\"}", 18));
}

/* --- Loki --- */

static void
test_loki(void)
{
	static const struct { const char *gateway, *text; gint64 ns; } expected[] = {
		{ "", "ERROR of nobody", G_GINT64_CONSTANT(1790000000000000000) },
		{ "gw-002", "panic: nil map", G_GINT64_CONSTANT(1790000001000000001) },
		{ "gw-001", "\033[31mFATAL\033[0m no space", G_GINT64_CONSTANT(1790000002000000000) },
		{ "gw-001", "ERROR second of the same time", G_GINT64_CONSTANT(1790000002000000000) },
		{ "gw-002", "ERROR lost camera 7: rtsp timeout after 10s", G_GINT64_CONSTANT(1790000003000000000) },
	};
	gsize len;
	g_autofree char *text = load("loki/streams.json", &len);
	struct loki_lines *l = loki_parse(text, len, "host", NULL);

	g_assert_cmpuint(l->lines->len, ==, G_N_ELEMENTS(expected));
	g_assert_cmpuint(l->left_out, ==, 4);
	for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
		const struct loki_line *line = &g_array_index(l->lines, struct loki_line, i);
		g_assert_cmpstr(line->gateway, ==, expected[i].gateway);
		g_assert_cmpint(line->ns, ==, expected[i].ns);
		g_assert_cmpmem(line->text, line->length, expected[i].text, strlen(expected[i].text));
	}
	loki_lines_free(l);
}

static void
test_loki_query(void)
{
	g_autofree char *plain = loki_query("{job=\"gateway\"}", "ERROR|panic|FATAL"), *quoted = loki_query("{a=\"b\"}", "\"x\\.y\"");
	gsize len;
	g_autofree char *matrix = load("loki/matrix.json", &len);
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(plain, ==, "{job=\"gateway\"} |~ \"ERROR|panic|FATAL\"");
	g_assert_cmpstr(quoted, ==, "{a=\"b\"} |~ \"\\\"x\\\\.y\\\"\"");
	g_assert_null(loki_parse(matrix, len, "host", &error));
	g_assert_nonnull(strstr(error->message, "must be a stream selector"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet-parse/pointers", test_pointers);
	g_test_add_func("/fleet-parse/inventory-array", test_inventory_array);
	g_test_add_func("/fleet-parse/inventory-deep", test_inventory_deep);
	g_test_add_func("/fleet-parse/inventory-object", test_inventory_object);
	g_test_add_func("/fleet-parse/inventory-hostile", test_inventory_hostile);
	g_test_add_func("/fleet-parse/inventory-many", test_inventory_many);
	g_test_add_func("/fleet-parse/inventory-faults", test_inventory_faults);
	g_test_add_func("/fleet-parse/presence-words", test_presence_words);
	g_test_add_func("/fleet-parse/doubt", test_doubt);
	g_test_add_func("/fleet-parse/tailscale-peers", test_tailscale_peers);
	g_test_add_func("/fleet-parse/tailscale-states", test_tailscale_states);
	g_test_add_func("/fleet-parse/tailscale-hostile", test_tailscale_hostile);
	g_test_add_func("/fleet-parse/prometheus", test_prometheus);
	g_test_add_func("/fleet-parse/prometheus-faults", test_prometheus_faults);
	g_test_add_func("/fleet-parse/loki", test_loki);
	g_test_add_func("/fleet-parse/loki-query", test_loki_query);
	return g_test_run();
}
