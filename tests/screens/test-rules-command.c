/* `midwatch rules` and `midwatch score` as from cron: no terminal, exit codes, JSON by its schema, and state that is kept from run to run. */
#include <cjson/cJSON.h>
#include <string.h>

#include "tests/screens/console_fixture.h"

static char *
run(const struct fixture *f, int expected, const char *const *arguments)
{
	char *printed;
	int code = fixture_run_plain(f, arguments, NULL, &printed);

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
		int code = fixture_run_plain(f, (const char *const[]){ "rules", "--json", NULL }, NULL, &printed);
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

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/headless/score", test_score);
	g_test_add_func("/headless/rules-from-cron", test_rules_from_cron);
	g_test_add_func("/headless/rules-page", test_rules_page);
	return g_test_run();
}
