/* The fleet's part of the configuration: every fault with its line and path; the shipped example. */
#include "tests/unit/problems.h"

#include <string.h>

#define FLEET "fleet:\n  gateways: [gw-1]\n"
#define NO_GATEWAYS "has no gateways: it needs at least one of gateways, ssh_hosts, tailscale with tags, inventory and prometheus"

static void
test_sources(void)
{
	ASSERT_PROBLEMS("fleet:\n  unit: x\n", "c.yml:1: fleet: " NO_GATEWAYS);
	ASSERT_PROBLEMS("fleet:\n  tailscale: {socket: /s}\n", "c.yml:1: fleet: " NO_GATEWAYS);
	ASSERT_FINE("fleet:\n  ssh_hosts: [\"gw-*\"]\n");
	ASSERT_FINE("fleet:\n  tailscale: {tags: [\"tag:gateway\"]}\n");
	ASSERT_FINE("fleet:\n  inventory: {url: \"https://example.com/x?y=z\"}\n");
	ASSERT_FINE("fleet:\n  prometheus: {url: \"http://example.com\", query: up}\n");
	ASSERT_PROBLEMS("fleet:\n  ssh_hosts: [ok, \"!gw-1\", \"a b\"]\n",
	                "c.yml:2: fleet.ssh_hosts[1]: \"!gw-1\" must be a pattern of host names, with * for any text and ? for a character",
	                "c.yml:2: fleet.ssh_hosts[2]: \"a b\" must be a pattern of host names, with * for any text and ? for a character");
	ASSERT_PROBLEMS(FLEET "  tailscale:\n    socket: run/s\n    tags: [gateway, \"tag:\"]\n",
	                "c.yml:4: fleet.tailscale.socket: must be an absolute path, not \"run/s\"",
	                "c.yml:5: fleet.tailscale.tags[0]: \"gateway\" is no tag: it is written as in the tailnet's policy, tag:gateway",
	                "c.yml:5: fleet.tailscale.tags[1]: \"tag:\" is no tag: it is written as in the tailnet's policy, tag:gateway");
}

static void
test_names(void)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	static const char bad[] = "fleet:\n  gateways:\n    - ok\n    - \"gw[9-\"\n";

	ASSERT_PROBLEMS("hosts:\n  - name: gw-02\nfleet:\n  gateways:\n    - gw-1\n    - gw-[01-03]\n", "c.yml:6: fleet.gateways[1]: a host is called \"gw-02\" already");
	ASSERT_PROBLEMS("fleet:\n  gateways:\n    - gw-[1-3]\n    - gw-2\n", "c.yml:4: fleet.gateways[1]: another gateway is called \"gw-2\" already");
	ASSERT_PROBLEMS("fleet:\n  gateways:\n    - root@gw-1\n",
	                "c.yml:3: fleet.gateways[0]: \"root@gw-1\" is no name of a host: letters, digits and . : _ - , without a dash at its beginning");
	g_assert_null(config_parse(bad, strlen(bad), "c.yml", problems));
	g_assert_cmpuint(problems->len, ==, 1);
	g_assert_cmpstr(((struct config_problem *)problems->pdata[0])->path, ==, "fleet.gateways[1]");
	g_assert_cmpuint(((struct config_problem *)problems->pdata[0])->line, ==, 4);
}

static void
test_urls(void)
{
	ASSERT_PROBLEMS("fleet:\n  inventory: {url: \"ftp://example.com\"}\n", "c.yml:2: fleet.inventory.url: must begin with http:// or https://");
	ASSERT_PROBLEMS("fleet:\n  inventory: {url: \"https:///x\"}\n", "c.yml:2: fleet.inventory.url: names no host, or one that is not valid");
	ASSERT_PROBLEMS("fleet:\n  inventory: {url: \"https://u:p@example.com/\"}\n",
	                "c.yml:2: fleet.inventory.url: must not hold a user or a password: a token is given as env, file or command");
	ASSERT_PROBLEMS("fleet:\n  prometheus: {url: \"http://example.com/?a=b\", query: up}\n",
	                "c.yml:2: fleet.prometheus.url: must be the server's address without a query");
	ASSERT_PROBLEMS(FLEET "  canary: example.com\n", "c.yml:3: fleet.canary: must begin with http:// or https://");
	ASSERT_PROBLEMS(FLEET "  inventory: {name: x}\n", "c.yml:3: fleet.inventory: \"url\" is missing");
}

static void
test_tokens(void)
{
	ASSERT_PROBLEMS("fleet:\n  inventory:\n    url: http://100.64.0.1/list\n    token: {env: T}\n",
	                "c.yml:3: fleet.inventory.url: the token would go to 100.64.0.1 over plain http, where everyone on the way can read it: use https://");
	ASSERT_PROBLEMS("fleet:\n  prometheus:\n    url: http://127.evil.example.com\n    query: up\n    token: {env: T}\n",
	                "c.yml:3: fleet.prometheus.url: the token would go to 127.evil.example.com over plain http, where everyone on the way can read it: use https://");
	ASSERT_FINE("fleet:\n  inventory: {url: \"http://127.0.0.1:8080/\", token: {env: T}}\n");
	ASSERT_FINE("fleet:\n  inventory: {url: \"http://[::1]:8080/\", token: {file: ~/t}}\n");
	ASSERT_FINE("fleet:\n  inventory: {url: \"https://example.com/\", token: {command: pass show x}}\n");
	ASSERT_PROBLEMS("fleet:\n  inventory:\n    url: https://example.com/\n    token: {env: T, file: /t}\n",
	                "c.yml:4: fleet.inventory.token: needs exactly one of env, file and command");
	ASSERT_PROBLEMS("fleet:\n  inventory:\n    url: https://example.com/\n    token: {}\n",
	                "c.yml:4: fleet.inventory.token: needs exactly one of env, file and command");
	ASSERT_PROBLEMS("fleet:\n  inventory:\n    url: https://example.com/\n    token: {env: \"a-secret=\"}\n",
	                "c.yml:4: fleet.inventory.token.env: must be the name of a variable of the environment, not the secret itself");
	ASSERT_PROBLEMS(FLEET "  loki:\n    url: https://example.com/\n    query: \"{a=\\\"b\\\"}\"\n    token: {file: t}\n",
	                "c.yml:6: fleet.loki.token.file: must be an absolute path, or begin with ~/");
}

static void
test_details(void)
{
	ASSERT_PROBLEMS("fleet:\n  inventory:\n    url: https://example.com/\n    items: data\n    name: /a~2\n    refresh: 0\n",
	                "c.yml:4: fleet.inventory.items: \"data\" is no JSON pointer: it begins with \"/\", as in /data/gateways; ~1 stands for a \"/\" in a name, ~0 for a \"~\"",
	                "c.yml:5: fleet.inventory.name: \"/a~2\" is no JSON pointer: it begins with \"/\", as in /data/gateways; ~1 stands for a \"/\" in a name, ~0 for a \"~\"",
	                "c.yml:6: fleet.inventory.refresh: must be between 1 and 86400");
	ASSERT_PROBLEMS("fleet:\n  prometheus: {url: \"http://example.com\", query: up, label: a-b, refresh: 90000}\n",
	                "c.yml:2: fleet.prometheus.label: \"a-b\" is no name of a label", "c.yml:2: fleet.prometheus.refresh: must be between 1 and 86400");
	ASSERT_PROBLEMS(FLEET "  loki: {url: \"https://example.com\", query: up, tenant: \"a\\nX: y\"}\n",
	                "c.yml:3: fleet.loki.query: must be a stream selector such as {job=\"gateway\"}: the pattern is added to it",
	                "c.yml:3: fleet.loki.tenant: must be one line of text: it is sent as a header");
}

static void
test_watching(void)
{
	ASSERT_PROBLEMS(FLEET "  transport: telnet\n", "c.yml:3: fleet.transport: \"telnet\" is none of: auto, libssh2, ssh");
	ASSERT_PROBLEMS(FLEET "  connect_timeout: 0\n  connects: 0\n  sessions: 0\n  refresh: 1\n  span: 0\n",
	                "c.yml:3: fleet.connect_timeout: must be between 1 and 300", "c.yml:4: fleet.connects: must be between 1 and 256",
	                "c.yml:5: fleet.sessions: must be between 1 and 10000", "c.yml:6: fleet.refresh: must be between 5 and 86400",
	                "c.yml:7: fleet.span: must be between 1 and 10080");
	ASSERT_PROBLEMS(FLEET "  unit: \"a; reboot\"\n", "c.yml:3: fleet.unit: \"a; reboot\" is no name of a systemd unit");
	ASSERT_PROBLEMS(FLEET "  pattern: \"a(\"\n", "c.yml:3: fleet.pattern: is no extended regular expression: Unmatched ( or \\(");
	ASSERT_FINE(FLEET "  pattern: \"ERROR|panic: [a-z]+(x|y){2}\"\n  unit: gw@1.service\n");
	ASSERT_PROBLEMS(FLEET "  rolling: {pause: 4000, gate: 10, quiet: 10, budget: 0}\n", "c.yml:3: fleet.rolling.pause: must be between 0 and 3600",
	                "c.yml:3: fleet.rolling.budget: must be between 1 and 1000",
	                "c.yml:3: fleet.rolling.quiet: quiet, which is 10, must be less than gate, which is 10: no gateway could stay well for so long in time");
	ASSERT_PROBLEMS(FLEET "  rolling: {gate: 15}\n",
	                "c.yml:3: fleet.rolling.gate: quiet, which is 15, must be less than gate, which is 15: no gateway could stay well for so long in time");
	ASSERT_PROBLEMS(FLEET "  rolling: {quiet: 120}\n",
	                "c.yml:3: fleet.rolling.quiet: quiet, which is 120, must be less than gate, which is 120: no gateway could stay well for so long in time");
	ASSERT_FINE(FLEET "  rolling: {batch: 10%, quiet: 100}\n");
}

static void
test_actions(void)
{
	ASSERT_FINE(FLEET "actions:\n  - {name: a, on: gateway, command: \"echo {host} {name}\"}\n");
	ASSERT_PROBLEMS(FLEET "actions:\n  - {name: a, on: gateway, command: x, roles: [gateway]}\n", "c.yml:4: actions[0].roles: are of hosts: a gateway has none");
	ASSERT_PROBLEMS(FLEET "actions:\n  - {name: a, on: gateway, http: {url: \"http://a/\"}}\n",
	                "c.yml:4: actions[0].http: is for hosts: on a gateway it is a command, with curl for example");
	ASSERT_PROBLEMS("actions:\n  - {name: a, on: gateway, command: x}\n", "c.yml:2: actions[0].on: there are no gateways: fleet names them");
}

static void
test_batch(void)
{
	static const char *const bad[] = { "0", "0%", "101%", "many", "-1", "1.5" };

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = g_strdup_printf(FLEET "  rolling: {batch: \"%s\"}\n", bad[i]);
		g_autoptr(GPtrArray) problems = config_problems_new();
		g_assert_null(config_parse(text, strlen(text), "c.yml", problems));
		g_assert_cmpuint(problems->len, ==, 1);
		g_assert_cmpstr(((struct config_problem *)problems->pdata[0])->path, ==, "fleet.rolling.batch");
	}
}

static void
test_example(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "..", "docs", "examples", "fleet.yml", NULL);
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *c = config_load(path, problems);

	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *words = config_problem_text(problems->pdata[i]);
		g_test_message("%s", words);
	}
	g_assert_nonnull(c);
	g_assert_cmpuint(c->fleet->gateways_count, ==, 2);
	g_assert_cmpstr(c->fleet->inventory->token->env, ==, "NOVAVMS_TOKEN");
	g_assert_cmpstr(c->fleet->loki->query, ==, "{job=\"gateway\"}");
	config_free(c);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config-fleet/sources", test_sources);
	g_test_add_func("/config-fleet/names", test_names);
	g_test_add_func("/config-fleet/urls", test_urls);
	g_test_add_func("/config-fleet/tokens", test_tokens);
	g_test_add_func("/config-fleet/details", test_details);
	g_test_add_func("/config-fleet/watching", test_watching);
	g_test_add_func("/config-fleet/batch", test_batch);
	g_test_add_func("/config-fleet/actions", test_actions);
	g_test_add_func("/config-fleet/example", test_example);
	return g_test_run();
}
