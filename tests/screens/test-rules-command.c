/* `midwatch rules` and `midwatch score` as from cron: no terminal, exit codes, JSON by its schema, and state that is kept from run to run. */
#include <cjson/cJSON.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/screens/console_fixture.h"
#include "tests/unit/http_double.h"

/* Without a terminal: gives the exit code and what it printed on standard output. */
static int
run_any(const struct fixture *f, const char *const *arguments, char **printed)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	char **environment = g_environ_setenv(g_get_environ(), "HOME", f->root, TRUE);
	g_autoptr(GError) error = NULL;
	g_autofree char *err = NULL;
	int status = 0;

	environment = g_environ_unsetenv(g_environ_unsetenv(environment, "XDG_STATE_HOME"), "XDG_CONFIG_HOME");
	g_ptr_array_add(argv, (gpointer)fixture_program());
	for (; *arguments; arguments++)
		g_ptr_array_add(argv, (gpointer)*arguments);
	g_ptr_array_add(argv, (gpointer)"--config");
	g_ptr_array_add(argv, f->config);
	g_ptr_array_add(argv, NULL);
	g_assert_true(g_spawn_sync(NULL, (char **)argv->pdata, environment, G_SPAWN_DEFAULT, NULL, NULL, printed, &err, &status, &error));
	g_test_message("%s", err);
	g_strfreev(environment);
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static char *
run(const struct fixture *f, int expected, const char *const *arguments)
{
	char *printed;
	int code = run_any(f, arguments, &printed);

	if (code != expected)
		g_error("exit %d, not %d: %s", code, expected, printed);
	return printed;
}

static void
assert_schema(const char *printed, const char *name)
{
	g_autofree char *schema = g_test_build_filename(G_TEST_DIST, "..", "..", "docs", name, NULL);
	const char *argv[] = { "python3", "-c", "import json,sys,jsonschema\njsonschema.validate(json.loads(sys.argv[2]), json.load(open(sys.argv[1])))", schema,
		                   printed, NULL };
	g_autofree char *err = NULL;
	int status = 1;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &err, &status, NULL));
	if (status != 0)
		g_error("not as %s says: %s\n%s", name, err, printed);
}

static void
test_score(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *printed = run(f, 0, (const char *const[]){ "score", "--json", NULL });
	cJSON *root = cJSON_Parse(printed);
	const cJSON *host = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "hosts"), 0);

	assert_schema(printed, "score.schema.json");
	g_assert_cmpstr(cJSON_GetStringValue(cJSON_GetObjectItem(host, "name")), ==, "here");
	g_assert_true(cJSON_IsTrue(cJSON_GetObjectItem(host, "observed")));
	cJSON_Delete(root);
	g_free(run(f, 2, (const char *const[]){ "score", "--host", "nobody", NULL }));
	fixture_free(f);
}

static const cJSON *
alert(const cJSON *root, const char *rule)
{
	const cJSON *a;

	cJSON_ArrayForEach(a, cJSON_GetObjectItem(root, "alerts"))
		if (g_strcmp0(cJSON_GetStringValue(cJSON_GetObjectItem(a, "rule")), rule) == 0)
			return a;
	g_error("%s is not among the alerts", rule);
}

/* A rule that is always true here. */
static void
write_rule(const struct fixture *f, const char *time)
{
	g_autofree char *path = fixture_path(f, "rules.yml"), *more = g_strdup_printf("rules:\n  files: [%s]\n", path);
	g_autofree char *text = g_strdup_printf("rules:\n  - name: always\n    scope: vm\n    expr: host_unreachable == 0\n    for: %s\n    severity: page\n"
		"    summary: \"{host} is there\"\n", time);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	fixture_configure(f, more);
}

/* The time between two runs counts: what pended at the end of one fires in a later one. */
static void
test_rules_from_cron(void)
{
	struct fixture *f = fixture_new();
	gint64 begun_us = g_get_monotonic_time();
	gboolean fired = FALSE;

	write_rule(f, "20s");
	for (guint n = 0; n < 30 && !fired; n++) {
		char *printed;
		int code = run_any(f, (const char *const[]){ "rules", "--json", NULL }, &printed);
		cJSON *root = cJSON_Parse(printed);
		const cJSON *a = alert(root, "always");
		assert_schema(printed, "rules.schema.json");
		fired = g_strcmp0(cJSON_GetStringValue(cJSON_GetObjectItem(a, "state")), "firing") == 0;
		g_assert_cmpint(code, ==, fired ? 1 : 0);
		g_assert_true(n > 0 || !fired);
		cJSON_Delete(root);
		g_free(printed);
	}
	g_assert_true(fired);
	g_assert_cmpint(g_get_monotonic_time() - begun_us, >=, 20 * G_USEC_PER_SEC);
	fixture_free(f);
}

static void
test_rules_page(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *printed = NULL, *json = NULL;

	write_rule(f, "0s");
	printed = run(f, 1, (const char *const[]){ "rules", NULL });
	g_assert_nonnull(strstr(printed, "here is there"));
	g_assert_nonnull(strstr(printed, "page now"));
	json = run(f, 1, (const char *const[]){ "rules", "--json", NULL });
	assert_schema(json, "rules.schema.json");
	g_free(run(f, 2, (const char *const[]){ "rules", "--watch", "soon", NULL }));
	g_free(run(f, 2, (const char *const[]){ "score", "--watch", "5s", NULL }));
	fixture_free(f);
}

/* Only the host that is named is connected to: the other one would write a file where it is asked for its address. */
static void
test_score_of_one(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *ssh_config = fixture_path(f, "ssh_config"), *asked = fixture_path(f, "asked"), *text = NULL, *config = NULL;

	text = g_strdup_printf("Match host other exec \"touch %s\"\nHost *\n  HostName 127.0.0.1\n  Port 1\n", asked);
	config = g_strdup_printf("hosts:\n  - {name: here, local: true, docker: {disabled: true}, ollama: {disabled: true}}\n"
	                         "  - {name: other, ssh_config: %s, docker: {disabled: true}, ollama: {disabled: true}}\n", ssh_config);
	g_assert_true(g_file_set_contents(ssh_config, text, -1, NULL));
	fixture_write_config(f, config);
	g_free(run(f, 0, (const char *const[]){ "score", "--host", "here", NULL }));
	g_assert_false(g_file_test(asked, G_FILE_TEST_EXISTS));
	g_free(run(f, 3, (const char *const[]){ "score", "--host", "other", NULL }));
	g_assert_true(g_file_test(asked, G_FILE_TEST_EXISTS));
	fixture_free(f);
}

/* In a drill nobody is told, whatever --notify says, and it is listed what would have been. */
static void
test_rules_drill(void)
{
	struct fixture *f = fixture_new();
	struct http_double *slack = http_double_new();
	g_autofree char *path = fixture_path(f, "rules.yml"), *secret = fixture_path(f, "webhook"), *more = NULL, *url = NULL, *printed = NULL;

	url = g_strdup_printf("%s/services/T/B/X", http_double_url(slack));
	g_assert_true(g_file_set_contents(secret, url, -1, NULL) && g_chmod(secret, 0600) == 0);
	write_rule(f, "0s");
	more = g_strdup_printf("rules:\n  files: [%s]\nnotify:\n  slack:\n    - {name: oncall, webhook: {file: %s}}\n", path, secret);
	fixture_configure(f, more);
	printed = run(f, 1, (const char *const[]){ "rules", "--notify", "--drill", NULL });
	g_assert_nonnull(strstr(printed, "this is a drill: 1 message was held back"));
	g_assert_cmpuint(http_double_requests(slack), ==, 0);
	http_double_set(slack, DOUBLE_ANSWERS, "200 OK", "ok");
	g_free(run(f, 1, (const char *const[]){ "rules", "--notify", NULL }));
	g_assert_cmpuint(http_double_requests(slack), ==, 1);
	http_double_free(slack);
	fixture_free(f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/headless/score", test_score);
	g_test_add_func("/headless/rules-from-cron", test_rules_from_cron);
	g_test_add_func("/headless/rules-page", test_rules_page);
	g_test_add_func("/headless/score-of-one", test_score_of_one);
	g_test_add_func("/headless/rules-drill", test_rules_drill);
	return g_test_run();
}
