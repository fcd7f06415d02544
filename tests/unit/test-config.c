/* The configuration: every fault with its line, path and the nearest name; the shipped examples load. */
#include "app/config.h"

#include <string.h>

static GPtrArray *
problems_of(const char *text)
{
	GPtrArray *problems = config_problems_new();
	struct config *c = config_parse(text, strlen(text), "c.yml", problems);

	g_assert_true((c == NULL) == (problems->len > 0));
	config_free(c);
	return problems;
}

static void
assert_problems(const char *text, const char *const *expected)
{
	g_autoptr(GPtrArray) problems = problems_of(text);

	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *got = config_problem_text(problems->pdata[i]);
		g_assert_nonnull(expected[i]);
		g_assert_cmpstr(got, ==, expected[i]);
	}
	g_assert_null(expected[problems->len]);
}

#define ASSERT_PROBLEMS(text, ...) assert_problems(text, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_faults(void)
{
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    transprt: ssh\n", "c.yml:3: hosts[0].transprt: unknown key \"transprt\": did you mean \"transport\"?");
	ASSERT_PROBLEMS("hosts:\n  - role: vm\n", "c.yml:2: hosts[0]: \"name\" is missing");
	ASSERT_PROBLEMS("score:\n  disk_warn: many\nmouse: perhaps\n", "c.yml:2: score.disk_warn: must be a whole number, 0 or more, not \"many\"",
	                "c.yml:3: mouse: must be true or false, not \"perhaps\"");
	ASSERT_PROBLEMS("hosts: a\n", "c.yml:1: hosts: must be a list, each item on a line with \"- \"");
	ASSERT_PROBLEMS("- a\n", "c.yml:1: must be a group of \"key: value\" lines");
	ASSERT_PROBLEMS("theme: dark\ntheme: light\n", "c.yml:2: theme: stands here twice");
	ASSERT_PROBLEMS("theme: \"\"\n", "c.yml:1: theme: must not be empty, not \"\"");
}

static void
test_rules(void)
{
	ASSERT_PROBLEMS("hosts:\n  - name: a\n  - name: a\n", "c.yml:3: hosts[1].name: another host is called \"a\" already");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    transport: telnet\n", "c.yml:3: hosts[0].transport: \"telnet\" is none of: auto, libssh2, ssh");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    logs:\n      - container: x\n        unit: y\n",
	                "c.yml:4: hosts[0].logs[0]: needs exactly one of container, unit, file and journal: true");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    logs:\n      - file: x.log\n",
	                "c.yml:4: hosts[0].logs[0]: file must be an absolute path, not \"x.log\"");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    ssh: -oProxyCommand=x\n", "c.yml:2: hosts[0]: a host name must not begin with \"-\"");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    cron:\n      users: [ok, -x]\n      refresh: 5\n      cleanup_log: x\n      growing_logs: [y]\n",
	                "c.yml:6: hosts[0].cron.cleanup_log: must be an absolute path, not \"x\"",
	                "c.yml:5: hosts[0].cron.refresh: must be 10 seconds or more", "c.yml:4: hosts[0].cron.users[1]: \"-x\" is no name of a user",
	                "c.yml:7: hosts[0].cron.growing_logs[0]: must be an absolute path, not \"y\"");
	ASSERT_PROBLEMS("keys:\n  - {command: list.down, keys: k}\n",
	                "c.yml:2: keys[0]: list.down: the key k belongs to list.up in the same place; give that another key");
	ASSERT_PROBLEMS("start_panel: crno\n", "c.yml:1: start_panel: \"crno\" is none of: score, containers, cron, models, logs");
	ASSERT_PROBLEMS("score:\n  steal_warn: 20\n  steal_crit: 10\n", "c.yml:3: score.steal_crit: must be greater than steal_warn");
}

static void
test_keys_and_patterns(void)
{
	g_autoptr(GPtrArray) keys = problems_of("keys:\n  - command: host.nxt\n    keys: h\n");
	g_autoptr(GPtrArray) swapped = problems_of("keys:\n  - {command: list.down, keys: k}\n  - {command: list.up, keys: j}\n");
	g_autoptr(GPtrArray) patterns = problems_of("logs:\n  filter_in: [ok, \"a(\"]\n");
	const struct config_problem *p;

	g_assert_cmpuint(keys->len, ==, 1);
	g_assert_cmpuint(swapped->len, ==, 0);
	p = keys->pdata[0];
	g_assert_nonnull(strstr(p->message, "host.next"));
	g_assert_cmpuint(patterns->len, ==, 1);
	p = patterns->pdata[0];
	g_assert_cmpstr(p->path, ==, "logs.filter_in[1]");
	g_assert_cmpuint(p->line, ==, 2);
}

static void
test_not_yaml(void)
{
	static const char *const texts[] = { "hosts: [", "\tx: 1\n", "a: b: c\n", "--- \na: 1\n---\nb: 2\n", "hosts: &a [*a]\n", "x: \xff\n", "{{{{{{{{" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GPtrArray) problems = problems_of(texts[i]);
		const struct config_problem *p;
		g_assert_cmpuint(problems->len, >=, 1);
		p = problems->pdata[0];
		g_assert_cmpuint(p->line, >=, 1);
	}
}

static void
test_values(void)
{
	static const char text[] = "hosts:\n  - name: a\n    local: true\n    logs: [{file: /x, from_start: yes}]\nscore: {steal_warn: 4.5}\n";
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *c = config_parse(text, strlen(text), "c.yml", problems);

	g_assert_nonnull(c);
	g_assert_cmpuint(c->hosts_count, ==, 1);
	g_assert_true(*c->hosts[0].local);
	g_assert_cmpstr(c->hosts[0].logs[0].file, ==, "/x");
	g_assert_true(*c->hosts[0].logs[0].from_start);
	g_assert_cmpfloat(*c->score->steal_warn, ==, 4.5);
	config_free(c);
}

static void
test_empty(void)
{
	static const char *const texts[] = { "", "\n", "# only words\n", "---\n" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GPtrArray) problems = config_problems_new();
		struct config *c = config_parse(texts[i], strlen(texts[i]), "c.yml", problems);
		g_assert_nonnull(c);
		g_assert_cmpuint(c->hosts_count, ==, 0);
		config_free(c);
	}
}

static void
test_unreadable(void)
{
	g_autoptr(GPtrArray) problems = config_problems_new();

	g_assert_null(config_load("/nonexistent/config.yml", problems));
	g_assert_cmpuint(problems->len, ==, 1);
}

static void
test_examples(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "..", "docs", "examples", NULL);
	GDir *dir = g_dir_open(path, 0, NULL);
	guint seen = 0;

	g_assert_nonnull(dir);
	for (const char *name; (name = g_dir_read_name(dir));) {
		g_autofree char *file = g_build_filename(path, name, NULL);
		g_autoptr(GPtrArray) problems = config_problems_new();
		struct config *c;
		if (!g_str_has_suffix(name, ".yml"))
			continue;
		c = config_load(file, problems);
		for (guint i = 0; i < problems->len; i++) {
			g_autofree char *text = config_problem_text(problems->pdata[i]);
			g_test_message("%s", text);
		}
		g_assert_nonnull(c);
		config_free(c);
		seen++;
	}
	g_dir_close(dir);
	g_assert_cmpuint(seen, >=, 2);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/faults", test_faults);
	g_test_add_func("/config/rules", test_rules);
	g_test_add_func("/config/keys-and-patterns", test_keys_and_patterns);
	g_test_add_func("/config/not-yaml", test_not_yaml);
	g_test_add_func("/config/values", test_values);
	g_test_add_func("/config/empty", test_empty);
	g_test_add_func("/config/unreadable", test_unreadable);
	g_test_add_func("/config/examples", test_examples);
	return g_test_run();
}
