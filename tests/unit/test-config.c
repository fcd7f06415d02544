/* The configuration: every fault with its line, path and the nearest name; the shipped examples load. */
#include "tests/unit/problems.h"

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
test_faults(void)
{
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    transprt: ssh\n", "c.yml:3: hosts[0].transprt: unknown key \"transprt\": did you mean \"transport\"?");
	ASSERT_PROBLEMS("hosts:\n  - role: vm\n", "c.yml:2: hosts[0]: \"name\" is missing");
	ASSERT_PROBLEMS("score:\n  disk_warn: many\nmouse: perhaps\n", "c.yml:2: score.disk_warn: must be a whole number, 0 or more, not \"many\"",
	                "c.yml:3: mouse: must be true or false, not \"perhaps\"");
	ASSERT_PROBLEMS("hosts: a\n", "c.yml:1: hosts: must be a list, each item on a line with \"- \"");
	ASSERT_PROBLEMS("- a\n", "c.yml:1: must be a group of \"key: value\" lines");
	ASSERT_PROBLEMS("theme: dark\ntheme: light\n", "c.yml:2: theme: stands here twice");
	ASSERT_PROBLEMS("theme: \"\"\n", "c.yml:1: theme: must not be empty");
}

static void
test_rules(void)
{
	ASSERT_PROBLEMS("hosts:\n  - name: a\n  - name: a\n", "c.yml:3: hosts[1].name: another host is called \"a\" already");
	ASSERT_PROBLEMS("hosts:\n  - name: Zürich 雪\n  - name: \"a\u202eb\"\n", "c.yml:3: hosts[1].name: has characters that cannot be shown as they are: control characters, "
	                "or such that turn the direction of text");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    transport: telnet\n", "c.yml:3: hosts[0].transport: \"telnet\" is none of: auto, libssh2, ssh");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    logs:\n      - container: x\n        unit: y\n",
	                "c.yml:4: hosts[0].logs[0]: needs exactly one of container, unit, file and journal: true");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    logs:\n      - file: x.log\n",
	                "c.yml:4: hosts[0].logs[0]: file must be an absolute path, not \"x.log\"");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    ssh: -oProxyCommand=x\n", "c.yml:3: hosts[0].ssh: a host name must not begin with \"-\"");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    cron:\n      users: [ok, -x]\n      refresh: 5\n      cleanup_log: x\n      growing_logs: [y]\n",
	                "c.yml:6: hosts[0].cron.cleanup_log: must be an absolute path, not \"x\"",
	                "c.yml:5: hosts[0].cron.refresh: must be 10 seconds or more", "c.yml:4: hosts[0].cron.users[1]: \"-x\" is no name of a user",
	                "c.yml:7: hosts[0].cron.growing_logs[0]: must be an absolute path, not \"y\"");
	ASSERT_PROBLEMS("keys:\n  - {command: list.down, keys: k}\n",
	                "c.yml:2: keys[0]: list.down: the key k belongs to list.up in the same place; give that another key");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    ollama: {host: \"http://b\", port: 70000, refresh: 0, keep_alive: soon}\n",
	                "c.yml:3: hosts[0].ollama.host: must be a host name or an address, without brackets, port and path",
	                "c.yml:3: hosts[0].ollama.port: must be between 1 and 65535",
	                "c.yml:3: hosts[0].ollama.refresh: must be between 1 second and 86400",
	                "c.yml:3: hosts[0].ollama.keep_alive: must be a time such as 10m, 1h30m or 300 (seconds), or -1 for ever");
	ASSERT_PROBLEMS("start_panel: crno\n", "c.yml:1: start_panel: \"crno\" is none of: score, containers, cron, models, gateways, logs, checklist, rules");
	ASSERT_PROBLEMS("score:\n  steal_warn: 20\n  steal_crit: 10\n", "c.yml:3: score.steal_crit: must be greater than steal_warn, which is 20");
	ASSERT_PROBLEMS("score:\n  steal_warn: 20\n", "c.yml:2: score.steal_warn: must be less than steal_crit, which is 15");
	ASSERT_PROBLEMS("score:\n  steal_crit: 4\n", "c.yml:2: score.steal_crit: must be greater than steal_warn, which is 5");
	ASSERT_PROBLEMS("score:\n  steal_warn: nan\n  steal_crit: inf\n  swap_warn_gb: -1\n  swap_cached_warn_mb: 1e9\n",
	                "c.yml:2: score.steal_warn: must be a number, 0 to 1000000, not \"nan\"",
	                "c.yml:3: score.steal_crit: must be a number, 0 to 1000000, not \"inf\"",
	                "c.yml:4: score.swap_warn_gb: must be a number, 0 to 1000000, not \"-1\"",
	                "c.yml:5: score.swap_cached_warn_mb: must be a number, 0 to 1000000, not \"1e9\"");
	ASSERT_PROBLEMS("hosts:\n  - name: \"\"\n", "c.yml:2: hosts[0].name: must not be empty");
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

#define ACTION(more) "actions:\n  - name: a\n" more

static void
test_actions(void)
{
	ASSERT_PROBLEMS("actions:\n  - command: x\n", "c.yml:2: actions[0]: \"name\" is missing");
	ASSERT_PROBLEMS(ACTION("    comand: x\n    command: x\n"), "c.yml:3: actions[0].comand: unknown key \"comand\": did you mean \"command\"?");
	ASSERT_PROBLEMS("actions:\n  - name: A b\n    command: x\n",
	                "c.yml:2: actions[0].name: \"A b\" must be of small letters, digits and dashes: the command is called custom.NAME");
	ASSERT_PROBLEMS("actions:\n  - name: a\n    command: x\n  - name: b\n    command: x\n  - command: y\n    name: a\n",
	                "c.yml:7: actions[2].name: another action is called \"a\" already");
	ASSERT_PROBLEMS(ACTION(""), "c.yml:2: actions[0]: needs exactly one of command and http");
	ASSERT_PROBLEMS(ACTION("    command: x\n    http:\n      url: http://a/\n"), "c.yml:2: actions[0]: needs exactly one of command and http");
	ASSERT_PROBLEMS(ACTION("    help: h\n    command: echo '{name}'\n"),
	                "c.yml:4: actions[0].command: a placeholder stands within quotes: its value is quoted already, leave the quotes out");
	ASSERT_PROBLEMS(ACTION("    command: x\n    danger: some\n"), "c.yml:4: actions[0].danger: \"some\" is none of: none, changes, destroys");
	ASSERT_PROBLEMS(ACTION("    command: x\n    on: pod\n"), "c.yml:4: actions[0].on: \"pod\" is none of: host, container, model, job, gateway");
	ASSERT_PROBLEMS(ACTION("    command: x\n    confirm: always\n"), "c.yml:4: actions[0].confirm: \"always\" is none of: key, count, host");
	ASSERT_PROBLEMS(ACTION("    command: x\n    timeout: soon\n"), "c.yml:4: actions[0].timeout: must be a whole number, 0 or more, not \"soon\"");
	ASSERT_PROBLEMS(ACTION("    command: x\n    timeout: 5\n"), "c.yml:4: actions[0].timeout: is of http only: a command goes on until it ends");
}

static void
test_action_requests(void)
{
	ASSERT_PROBLEMS(ACTION("    http:\n      method: POST\n"), "c.yml:3: actions[0].http: \"url\" is missing");
	ASSERT_PROBLEMS(ACTION("    http:\n      url: ftp://a/\n"), "c.yml:4: actions[0].http.url: must begin with http:// or https://");
	ASSERT_PROBLEMS(ACTION("    http:\n      url: http:///x\n"), "c.yml:4: actions[0].http.url: names no host, or one that is not valid");
	ASSERT_PROBLEMS(ACTION("    http:\n      url: http://{name}/x\n"), "c.yml:4: actions[0].http.url: names no host, or one that is not valid");
	ASSERT_PROBLEMS(ACTION("    http:\n      url: http://a/\n      headers: [\"X: y\", \"X: y\\nZ: w\"]\n"),
	                "c.yml:5: actions[0].http.headers[1]: must be one line, \"Name: value\"");
	ASSERT_PROBLEMS(ACTION("    http:\n      url: http://a/\n      headers: [no colon]\n"),
	                "c.yml:5: actions[0].http.headers[0]: must be one line, \"Name: value\"");
	ASSERT_PROBLEMS(ACTION("    http:\n      url: http://a/\n      method: \"GET /x\"\n"),
	                "c.yml:5: actions[0].http.method: \"GET /x\" must be of capital letters, as in POST");
}

static void
test_action_keys(void)
{
	g_autoptr(GPtrArray) clash = problems_of("actions:\n  - name: a\n    command: x\n    on: container\n    keys: r\n");
	g_autoptr(GPtrArray) twice = problems_of("actions:\n  - {name: a, command: x, keys: M-a}\n  - {name: b, command: x, keys: M-a}\n");
	g_autoptr(GPtrArray) none = problems_of("actions:\n  - {name: a, command: x, keys: M-nothing}\n");
	const struct config_problem *p;

	g_assert_cmpuint(clash->len, ==, 1);
	p = clash->pdata[0];
	g_assert_cmpstr(p->path, ==, "actions[0].keys");
	g_assert_cmpuint(p->line, ==, 5);
	g_assert_nonnull(strstr(p->message, "container.restart"));
	g_assert_cmpuint(twice->len, ==, 1);
	p = twice->pdata[0];
	g_assert_cmpstr(p->path, ==, "actions[1].keys");
	g_assert_nonnull(strstr(p->message, "custom.a"));
	g_assert_cmpuint(none->len, ==, 1);
}

static void
test_cleanup(void)
{
	static const char text[] = "hosts:\n  - name: a\n    cleanup: {command: c, dry_run: d, weekly: w, monthly: m}\n    docker: {stop_timeout: 3}\n";
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *c = config_parse(text, strlen(text), "c.yml", problems);

	g_assert_nonnull(c);
	g_assert_cmpstr(c->hosts[0].cleanup->command, ==, "c");
	g_assert_cmpstr(c->hosts[0].cleanup->dry_run, ==, "d");
	g_assert_cmpstr(c->hosts[0].cleanup->weekly, ==, "w");
	g_assert_cmpstr(c->hosts[0].cleanup->monthly, ==, "m");
	g_assert_cmpuint(*c->hosts[0].docker->stop_timeout, ==, 3);
	config_free(c);
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    cleanup:\n      comand: x\n",
	                "c.yml:4: hosts[0].cleanup.comand: unknown key \"comand\": did you mean \"command\"?");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    cleanup: x\n", "c.yml:3: hosts[0].cleanup: must be a group of \"key: value\" lines");
	ASSERT_PROBLEMS("hosts:\n  - name: a\n    docker: {stop_timeout: 86401}\n",
	                "c.yml:3: hosts[0].docker.stop_timeout: must be at most 3600: no restart waits longer");
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
	static const char text[] = "hosts:\n  - name: a\n    local: true\n    logs: [{file: /x, from_start: yes}]\n    ollama: {host: \"::1\", keep_alive: -1}\nscore: {steal_warn: 4.5}\n";
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *c = config_parse(text, strlen(text), "c.yml", problems);

	g_assert_nonnull(c);
	g_assert_cmpuint(c->hosts_count, ==, 1);
	g_assert_true(*c->hosts[0].local);
	g_assert_cmpstr(c->hosts[0].logs[0].file, ==, "/x");
	g_assert_true(*c->hosts[0].logs[0].from_start);
	g_assert_cmpstr(c->hosts[0].ollama->keep_alive, ==, "-1");
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
	g_assert_null(config_load("/", problems));
	g_assert_cmpstr(((struct config_problem *)problems->pdata[1])->message, ==, "cannot be read: Is a directory");
	g_assert_null(config_load("/dev/zero", problems)); /* it has no end */
	g_assert_cmpstr(((struct config_problem *)problems->pdata[2])->message, ==, "larger than 1 MiB: it is not read");
}

/* What the example offers as comments, "# cleanup:" and "# actions:" with what follows, taken out of them. */
static char *
uncomment(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gboolean inside = FALSE;

	for (guint i = 0; lines[i]; i++) {
		char *hash = lines[i] + strspn(lines[i], " ");
		inside = *hash == '#' && (inside || strcmp(hash, "# cleanup:") == 0 || strcmp(hash, "# actions:") == 0);
		if (inside)
			memmove(hash, hash + 2, strlen(hash + 2) + 1);
	}
	return g_strjoinv("\n", lines);
}

static void
test_commented_example(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "..", "docs", "examples", "vm-and-gateways.yml", NULL), *text = NULL;
	g_autoptr(GPtrArray) problems = config_problems_new();
	g_autofree char *all = NULL;
	struct config *c;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	all = uncomment(text);
	c = config_parse(all, strlen(all), "example", problems);
	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *words = config_problem_text(problems->pdata[i]);
		g_test_message("%s", words);
	}
	g_assert_nonnull(c);
	g_assert_cmpuint(c->actions_count, >=, 3);
	g_assert_nonnull(c->hosts[1].cleanup->dry_run);
	config_free(c);
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
	g_test_add_func("/config/actions", test_actions);
	g_test_add_func("/config/action-requests", test_action_requests);
	g_test_add_func("/config/action-keys", test_action_keys);
	g_test_add_func("/config/cleanup", test_cleanup);
	g_test_add_func("/config/not-yaml", test_not_yaml);
	g_test_add_func("/config/values", test_values);
	g_test_add_func("/config/empty", test_empty);
	g_test_add_func("/config/unreadable", test_unreadable);
	g_test_add_func("/config/commented-example", test_commented_example);
	g_test_add_func("/config/examples", test_examples);
	return g_test_run();
}
