/* The parts of the configuration for the product, checklists, rules and who is told: every fault with its line and path; the shipped example. */
#include "tests/unit/problems.h"

#include <glib/gstdio.h>
#include <string.h>

#define HOST "hosts: [{name: cloud}]\n"
#define PRODUCT HOST "product:\n  url: https://app.example.com\n"

static void
test_where(void)
{
	ASSERT_FINE(PRODUCT "  env: staging\n  health: /h?x=1\n  host: cloud\n  container: app\n  reports: ~/reports\n  canary: https://example.com\n");
	ASSERT_PROBLEMS(HOST "product:\n  env: \"a b\"\n  url: app.example.com\n  health: h\n  host: clod\n  reports: here\n  canary: ftp://x\n",
	                "c.yml:3: product.env: \"a b\" must be a word such as prod or staging",
	                "c.yml:4: product.url: must begin with http:// or https://", "c.yml:5: product.health: must be a path below product.url, such as /api/v1/health",
	                "c.yml:8: product.canary: must begin with http:// or https://",
	                "c.yml:7: product.reports: must be an absolute path, or begin with ~/, not \"here\"",
	                "c.yml:6: product.host: no host is called \"clod\": hosts names them");
	ASSERT_PROBLEMS("product:\n  url: https://app.example.com/?x\n  container: a\n",
	                "c.yml:2: product.url: must be the server's address without a query", "c.yml:3: product.container: needs product.host, where it runs");
}

static void
test_this_machine(void)
{
	g_autofree char *text = g_strdup_printf("product: {host: \"%s\"}\n", g_get_host_name());
	g_autofree char *other = g_strconcat(HOST, text, NULL);
	g_autofree char *expected = g_strdup_printf("c.yml:2: product.host: no host is called \"%s\": hosts names them", g_get_host_name());

	ASSERT_FINE(text);
	ASSERT_PROBLEMS(other, expected);
}

static void
test_ca(void)
{
	g_autofree char *path = NULL, *fine = NULL, *dir = NULL, *expected = NULL;
	int fd = g_file_open_tmp("mw-ca-XXXXXX", &path, NULL);

	g_close(fd, NULL);
	fine = g_strdup_printf("product: {ca: %s}\n", path);
	dir = g_strdup_printf("product: {ca: %s}\n", g_get_tmp_dir());
	expected = g_strdup_printf("c.yml:1: product.ca: there is no file %s", g_get_tmp_dir());
	ASSERT_FINE(fine);
	ASSERT_PROBLEMS(dir, expected);
	ASSERT_PROBLEMS("product: {ca: ca.pem}\n", "c.yml:1: product.ca: must be an absolute path, not \"ca.pem\"");
	ASSERT_PROBLEMS("product: {ca: /nowhere/ca.pem}\n", "c.yml:1: product.ca: there is no file /nowhere/ca.pem");
	g_unlink(path);
}

static void
test_probes(void)
{
	ASSERT_FINE(PRODUCT "  authread: {url: /api/me, token: {env: T}, refresh: 30}\n  auth: {url: /login, method: POST, body: \"{}\"}\n"
	                    "  ingest: {url: \"https://metrics.example.com/x\", pointer: /newest}\n  audit_rows: {url: /n, pointer: /0}\n");
	ASSERT_PROBLEMS("product:\n  authread: {url: /api/me}\n", "c.yml:2: product.authread.url: is a path below product.url, which is not given");
	ASSERT_PROBLEMS(PRODUCT "  ingest: {url: /a}\n  audit_rows:\n    url: /b\n    pointer: rows\n",
	                "c.yml:4: product.ingest: \"pointer\" is missing: where in the answer the time of the newest event stands",
	                "c.yml:7: product.audit_rows.pointer: \"rows\" is no JSON pointer: it begins with \"/\", as in /data/gateways; ~1 stands for a \"/\" in a name, "
	                "~0 for a \"~\"");
	ASSERT_PROBLEMS(PRODUCT "  auth:\n    url: /a\n    method: DELETE\n    body: x\n    pointer: /x\n    refresh: 1\n",
	                "c.yml:6: product.auth.method: \"DELETE\" is none of: GET, HEAD, POST", "c.yml:7: product.auth.body: goes with method: POST only",
	                "c.yml:9: product.auth.refresh: must be between 2 and 3600",
	                "c.yml:8: product.auth.pointer: is for ingest and audit_rows: here the status alone is looked at");
	ASSERT_PROBLEMS(PRODUCT "  auth: {url: \"/a b\"}\n", "c.yml:4: product.auth.url: has characters that no path has");
}

/* A path takes the token to product.url. */
static void
test_tokens(void)
{
	ASSERT_PROBLEMS("product:\n  url: http://app.example.com\n  authread:\n    url: /x\n    token: {env: T}\n",
	                "c.yml:4: product.authread.url: the token would go to app.example.com over plain http, where everyone on the way can read it: use https://");
	ASSERT_FINE("product:\n  url: http://127.0.0.1:8080\n  authread:\n    url: /x\n    token: {env: T}\n");
	ASSERT_PROBLEMS(PRODUCT "  auth:\n    url: /x\n    token: {env: T, file: ~/t}\n", "c.yml:6: product.auth.token: needs exactly one of env, file and command");
	ASSERT_PROBLEMS("alertmanager:\n  url: http://am.example.com:9093\n  token: {env: T}\n  refresh: 0\n",
	                "c.yml:2: alertmanager.url: the token would go to am.example.com over plain http, where everyone on the way can read it: use https://",
	                "c.yml:4: alertmanager.refresh: must be between 2 and 3600");
	ASSERT_FINE("alertmanager: {url: \"http://am.example.com:9093\"}\n");
}

static void
test_variables(void)
{
	ASSERT_FINE(PRODUCT "  variables: [{name: login, value: /login}]\n  impersonators: [ann@example.com]\n");
	ASSERT_PROBLEMS(PRODUCT "  variables:\n    - {name: Login, value: a}\n    - {name: version, value: a}\n    - {name: url, value: a}\n    - {name: x, value: a}\n"
	                        "    - {name: x, value: \"a\\u202eb\"}\n",
	                "c.yml:5: product.variables[0].name: \"Login\" must be of small letters, digits and _, begun by a letter",
	                "c.yml:6: product.variables[1].name: {version} is the version that is expected: it is told when a run begins",
	                "c.yml:7: product.variables[2].name: {url} is product.url: set that",
	                "c.yml:9: product.variables[4].name: another variable is called \"x\" already",
	                "c.yml:9: product.variables[4].value: has characters that cannot be shown as they are: control characters, or such that turn the direction of text");
}

static void
test_files(void)
{
	ASSERT_FINE("checklists: [~/a.yml, /b.yml]\nrules: {files: [~/no-such-rules.yml]}\nstart_panel: checklist\n");
	ASSERT_PROBLEMS("checklists: [a.yml]\nrules:\n  files: [b.yml]\n",
	                "c.yml:1: checklists[0]: must be an absolute path, or begin with ~/, not \"a.yml\"",
	                "c.yml:3: rules.files[0]: must be an absolute path, or begin with ~/, not \"b.yml\"");
	ASSERT_FINE("rules: {disabled: [disk_warn]}\nstart_panel: rules\n");
	ASSERT_PROBLEMS("rules:\n  disabled:\n    - disk_warn\n    - dsk_warn\n", "c.yml:4: rules.disabled[1]: no rule is called \"dsk_warn\"");
}

static void
test_notify(void)
{
	ASSERT_FINE("notify:\n  pagerduty: {routing_key: {file: ~/pd}}\n  slack: [{name: on-call, webhook: {env: W}, tells: [page, crit]}]\n"
	            "  telegram: {token: {command: pass tg}, chat: \"-100123\", thread: 4}\n");
	ASSERT_FINE("notify:\n  telegram: {token: {env: T}, chat: \"@ops_room\"}\n");
	ASSERT_PROBLEMS("notify:\n  pagerduty: {url: https://x}\n", "c.yml:2: notify.pagerduty: \"routing_key\" is missing");
	ASSERT_PROBLEMS("notify:\n  pagerduty:\n    routing_key: {env: \"a b\"}\n    url: http://pd.example.com\n",
	                "c.yml:3: notify.pagerduty.routing_key.env: must be the name of a variable of the environment, not the secret itself",
	                "c.yml:4: notify.pagerduty.url: the token would go to pd.example.com over plain http, where everyone on the way can read it: use https://");
	ASSERT_PROBLEMS("notify:\n  slack:\n    - {name: a, webhook: {env: W}, tells: [page, pgae, page]}\n    - {name: a, webhook: {}}\n    - {name: \"a b\", webhook: {env: W}}\n",
	                "c.yml:3: notify.slack[0].tells[1]: \"pgae\" is none of: page, crit, warn, ticket, info",
	                "c.yml:3: notify.slack[0].tells[2]: \"page\" stands here twice", "c.yml:4: notify.slack[1].name: another one is called \"a\" already",
	                "c.yml:4: notify.slack[1].webhook: needs exactly one of env, file and command",
	                "c.yml:5: notify.slack[2].name: \"a b\" must be a word of letters, digits, _ and dashes");
	ASSERT_PROBLEMS("notify:\n  telegram: {token: {env: T}, chat: ops, thread: 0}\n", "c.yml:2: notify.telegram.thread: must be between 1 and 2147483647",
	                "c.yml:2: notify.telegram.chat: must be the number of a chat (\"-1001234567890\") or the name of a public channel (\"@name\"), not \"ops\"");
}

/* A secret that was put where its source should stand is not shown. */
static void
test_secret_is_not_shown(void)
{
	static const char text[] = "notify:\n  slack: [{name: a, webhook: {file: \"hooks/T0/B0/xoxsecret\"}}]\n  pagerduty: {routing_key: {env: \"xoxsecret!\"}}\n";
	g_autoptr(GPtrArray) problems = config_problems_new();

	g_assert_null(config_parse(text, strlen(text), "c.yml", problems));
	g_assert_cmpuint(problems->len, ==, 2);
	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *words = config_problem_text(problems->pdata[i]);
		g_assert_null(strstr(words, "xoxsecret"));
	}
}

static void
test_example(void)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autofree char *path = g_build_filename(g_getenv("MIDWATCH_SOURCE"), "docs", "examples", "product.yml", NULL);
	struct config *c = config_load(path, problems);

	assert_problem_texts(problems, (const char *const[]){ NULL });
	g_assert_nonnull(c);
	g_assert_nonnull(c->product);
	g_assert_nonnull(c->notify);
	g_assert_nonnull(c->alertmanager);
	g_assert_nonnull(c->rules);
	config_free(c);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config-product/where", test_where);
	g_test_add_func("/config-product/this-machine", test_this_machine);
	g_test_add_func("/config-product/ca", test_ca);
	g_test_add_func("/config-product/probes", test_probes);
	g_test_add_func("/config-product/tokens", test_tokens);
	g_test_add_func("/config-product/variables", test_variables);
	g_test_add_func("/config-product/files", test_files);
	g_test_add_func("/config-product/notify", test_notify);
	g_test_add_func("/config-product/secret-is-not-shown", test_secret_is_not_shown);
	g_test_add_func("/config-product/example", test_example);
	return g_test_run();
}
