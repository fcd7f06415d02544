/* What the real program makes of its options, its environment and its configuration. */
#include "tests/screens/console_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Runs it, expects the exit status 2 and the text. */
static void assert_refused(const struct fixture *f, const char *const *arguments, const char *const *environment, const char *expect)
{
	g_autofree char *printed = NULL;
	int status = fixture_run_plain(f, arguments, environment, &printed);

	if (status != 2 || strstr(printed, expect) == NULL)
		g_error("expected \"%s\" and the status 2, got %d and: %s", expect, status, printed);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_faults(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *printed = NULL;

	fixture_write_config(f, "hosts:\n  - name: a\n    transprt: ssh\n    refresh: 0\nkeys:\n  - {command: hlep, keys: F5}\n"
	                        "logs:\n  filter_in: [\"(\"]\nstart_panel: crno\n");
	g_assert_cmpint(fixture_run_plain(f, LIST("--check-config"), NULL, &printed), ==, 2);
	g_assert_nonnull(strstr(printed, "config.yml:3: hosts[0].transprt: unknown key \"transprt\": did you mean \"transport\"?\n"));
	assert_refused(f, NULL, NULL, "config.yml:3: hosts[0].transprt: "); /* and no screen is opened */
	fixture_write_config(f, "hosts:\n  - name: a\n    refresh: 0\nkeys:\n  - {command: hlep, keys: F5}\nlogs:\n  filter_in: [\"(\"]\nstart_panel: crno\n");
	g_clear_pointer(&printed, g_free);
	g_assert_cmpint(fixture_run_plain(f, LIST("--check-config"), NULL, &printed), ==, 2);
	g_assert_nonnull(strstr(printed, "config.yml:3: hosts[0].refresh: must be 1 second or more\n"));
	g_assert_nonnull(strstr(printed, "config.yml:5: keys[0]: "));
	g_assert_nonnull(strstr(printed, "help"));
	g_assert_nonnull(strstr(printed, "config.yml:7: logs.filter_in[0]: "));
	g_assert_nonnull(strstr(printed, "config.yml:8: start_panel: \"crno\" is none of: score, containers, cron, models, gateways, logs, checklist, rules\n"));
	fixture_write_config(f, "hosts: [\n");
	assert_refused(f, LIST("--check-config"), NULL, "config.yml:2: YAML: ");
	fixture_free(f);
}

/* Checklists and rules that are wrong are faults, too, where they stand. */
static void test_files(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *rules = fixture_path(f, "rules.yml"), *checklist = fixture_path(f, "soak.yml"), *printed = NULL;
	g_autofree char *config = g_strdup_printf("checklists: [%s]\nrules: {files: [%s]}\n", checklist, rules);

	fixture_write_config(f, config);
	g_assert_true(g_file_set_contents(rules, "rules:\n  - {name: a, scope: vm, severity: loud, summary: s, manual: true}\n", -1, NULL));
	g_assert_true(g_file_set_contents(checklist, "name: soak\ntitle: Soak\nsteps: []\n", -1, NULL));
	g_assert_cmpint(fixture_run_plain(f, LIST("--check-config"), NULL, &printed), ==, 2);
	g_assert_nonnull(strstr(printed, "soak.yml:3: steps: must have between 1 and 99 steps\n"));
	g_assert_nonnull(strstr(printed, "rules.yml:2: rules[0].severity: \"loud\" is none of: page, crit, warn, ticket, info\n"));
	g_assert_null(strstr(printed, "configuration is fine"));
	g_unlink(rules);
	g_unlink(checklist);
	fixture_free(f);
}

/* A directory in the place of the file stops root as well. */
static void test_unreadable(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *none = fixture_path(f, "none.yml"), *directory = fixture_path(f, "run");
	g_autofree char *of_none = g_strconcat(none, ":1: ", NULL), *of_directory = g_strconcat(directory, ":1: ", NULL);

	assert_refused(f, LIST("--config", none), NULL, of_none);
	assert_refused(f, LIST("-c", none), NULL, "No such file or directory");
	assert_refused(f, LIST("--config", directory, "--check-config"), NULL, of_directory);
	fixture_free(f);
}

static void test_options(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *version = NULL, *fine = NULL, *help = NULL;
	struct driver *d;

	assert_refused(f, LIST("--nonsense"), NULL, "midwatch: Unknown option --nonsense");
	assert_refused(f, LIST("nonsense"), NULL, "midwatch: \"nonsense\" is not a subcommand; there are: doctor, audit, check, score, rules, notify");
	assert_refused(f, LIST("--verify"), NULL, "midwatch: --verify belongs to: midwatch audit");
	assert_refused(f, LIST("check", "--since", "1h"), NULL, "midwatch: --since belongs to: midwatch audit");
	assert_refused(f, LIST("--json"), NULL, "midwatch: --json belongs to: midwatch doctor, midwatch audit, midwatch check, midwatch score, midwatch rules");
	assert_refused(f, LIST("doctor", "more"), NULL, "midwatch: \"more\" is one word too many for: midwatch doctor");
	assert_refused(f, LIST("check", "post-deploy", "more"), NULL, "midwatch: \"more\" is one word too many for: midwatch check");
	g_assert_cmpint(fixture_run_plain(f, LIST("--version"), NULL, &version), ==, 0);
	g_assert_true(g_regex_match_simple("\\Amidwatch \\d+\\.\\d+\\.\\d+\\n", version, 0, 0));
	g_assert_cmpint(fixture_run_plain(f, LIST("--check-config"), NULL, &fine), ==, 0);
	g_assert_true(g_str_has_prefix(fine, "configuration is fine\n"));
	d = fixture_run(f, LIST("--help"), NULL, 60, 200);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 0);
	help = driver_text(d);
	driver_free(d);
	for (guint i = 0; i < 8; i++)
		g_assert_nonnull(strstr(help, LIST("--config", "--check-config", "--readonly", "--theme", "--no-color", "--ascii", "--no-mouse",
		                                   "--version")[i]));
	fixture_free(f);
}

/* A key that the configuration moves works, stands in help, footer and menu, and the old one does nothing any more. */
static void test_keys(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_append(f, "2024-05-06T07:08:09Z info one\n");
	fixture_configure(f, "keys:\n  - {command: logs.pause, keys: \"p F9\"}\n  - {command: panel.logs, keys: \"9\"}\nstart_panel: logs\n");
	d = fixture_run(f, NULL, NULL, 100, 200);
	driver_wait(d, "info one", 0);
	driver_wait_match(d, "^ 1 Score  2 Containers  3 Cron( ▲\\d+)?  4 Models  9 Logs  7 Checklist$", 0);
	driver_wait_match(d, "  p pause  .*\\? help$", 0);
	driver_keys(d, "=");
	fixture_press(d, "p", "PAUSED +0");
	driver_keys(d, "F9");
	driver_wait_gone(d, "PAUSED", 0);
	fixture_press(d, "?", "(logs.pause)");
	driver_wait_match(d, "^ +p/F9 +Freezes the view.*\\(logs\\.pause\\)$", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "(logs.pause)", 0);
	fixture_press(d, "x", "type to narrow");
	driver_wait_match(d, "│ p +Freezes the view", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "type to narrow", 0);
	fixture_press(d, "1", "assessed");
	fixture_press(d, "9", "info one");
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_settings(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_append(f, "2024-05-06T07:08:09Z info keep one\n2024-05-06T07:08:10Z info keep noise\n2024-05-06T07:08:11Z info other\n");
	fixture_configure(f, "start_panel: logs\nreadonly: true\nmouse: false\nlogs:\n  filter_in: [keep]\n  filter_out: [noise]\n");
	d = fixture_run(f, NULL, NULL, 24, 120);
	driver_wait(d, "keep one", 0);
	driver_wait(d, "READ-ONLY", 0);
	driver_wait_match(d, "FILTER 2 .*1 of 3 lines", 0);
	driver_wait(d, "in: keep  out: noise", 0);
	driver_quit(d, "q");
	fixture_configure(f, "start_panel: containers\n");
	d = fixture_run(f, NULL, NULL, 24, 80);
	driver_wait(d, "[All] Unhealthy", 0);
	driver_quit(d, "q");
	fixture_configure(f, "start_panel: models\n");
	d = fixture_run(f, NULL, NULL, 24, 80);
	driver_wait(d, "[All] Loaded", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* With nothing configured this machine is watched; it needs no home either. */
static void test_defaults(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *nowhere = g_strdup_printf("XDG_CONFIG_HOME=%s/nowhere", f->root), *docker = g_strdup_printf("DOCKER_HOST=unix://%s/none", f->root);
	struct driver *d = fixture_run(f, NULL, LIST(nowhere, docker), 24, 80);

	driver_wait_match(d, "^ \\S.*up \\S+   Linux .*this machine", 0);
	driver_wait(d, "assessed", 0);
	driver_quit(d, "q");
	fixture_write_config(f, "");
	d = fixture_run(f, NULL, LIST(docker), 24, 80);
	driver_wait(d, "this machine", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* Does a graphic rendition in what came set a colour? */
static gboolean sets_colour(struct driver *d)
{
	gsize length;
	const char *raw = driver_raw(d, &length);
	g_autofree char *text = g_strndup(raw, length);

	return g_regex_match_simple("\\x1b\\[([0-9;]*;)?(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;[0-9;]*)?m", text, G_REGEX_RAW, 0);
}

static gboolean is_ascii(struct driver *d)
{
	gsize length;
	const char *raw = driver_raw(d, &length);

	for (gsize i = 0; i < length; i++)
		if ((guchar)raw[i] >= 0x80)
			return FALSE;
	return TRUE;
}

/* Goes through panels, help and menu, so that everything has been drawn. */
static struct driver *tour(const struct fixture *f, const char *const *arguments, const char *const *environment)
{
	struct driver *d = fixture_run(f, arguments, environment, 24, 80);

	driver_wait_match(d, "CPU efficiency +\\d+/20", 0);
	fixture_press(d, "2", "[All]");
	fixture_press(d, "6", "the error");
	fixture_press(d, "?", "Keys of the Logs panel");
	driver_keys(d, "Esc");
	driver_wait_gone(d, "Keys of the Logs panel", 0);
	fixture_press(d, "x", "type to narrow");
	driver_keys(d, "Esc");
	driver_wait_gone(d, "type to narrow", 0);
	return d;
}

static void test_colours(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_append(f, "2024-05-06T07:08:09Z error the error\n");
	d = tour(f, NULL, NULL);
	g_assert_true(sets_colour(d));
	g_assert_false(is_ascii(d));
	driver_quit(d, "q");
	d = tour(f, NULL, LIST("NO_COLOR=1"));
	g_assert_false(sets_colour(d));
	driver_quit(d, "q");
	d = tour(f, LIST("--no-color"), NULL);
	g_assert_false(sets_colour(d));
	driver_quit(d, "q");
	d = tour(f, NULL, LIST("NO_COLOR="));
	g_assert_true(sets_colour(d));
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_ascii(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_append(f, "2024-05-06T07:08:08Z info 日本 caf\xc3\xa9\n2024-05-06T07:08:09Z error the error\n");
	d = tour(f, NULL, LIST("LC_ALL=C", "TERM=screen-256color")); /* libvterm knows no REP, which xterm has */
	driver_wait_row(d, 2, "--------------------------------------------------------------------------------", 0);
	g_assert_true(is_ascii(d));
	driver_quit(d, "q");
	d = fixture_run(f, NULL, LIST("LC_ALL=C", "LANG=C"), 24, 80); /* only what was sent counts here */
	driver_wait(d, "CPU efficiency", 0);
	g_assert_true(is_ascii(d));
	driver_quit(d, "q");
	d = fixture_run(f, LIST("--ascii"), NULL, 24, 80);
	driver_wait(d, "assessed", 0);
	driver_wait_match(d, "hosts 1\\*", 0);
	g_assert_true(is_ascii(d)); /* of its own; what a log says is text */
	driver_quit(d, "q");
	fixture_free(f);
}

static void test_themes(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *file = fixture_path(f, "my.theme"), *none = fixture_path(f, "none.theme");
	struct driver *d;

	fixture_append(f, "2024-05-06T07:08:09Z error the error\n");
	for (guint i = 0; i < 3; i++)
		driver_quit(tour(f, LIST("--theme", LIST("dark", "light", "sixteen")[i]), NULL), "q");
	fixture_append_to(f, "my.theme", "[theme]\ncrit = red\n");
	d = fixture_run(f, LIST("--theme", file), NULL, 24, 80);
	driver_wait(d, "assessed", 0);
	driver_quit(d, "q");
	fixture_append_to(f, "my.theme", "crti = red\n");
	assert_refused(f, LIST("--theme", file), NULL, "crti: there is no such role; did you mean 'crit'?");
	assert_refused(f, LIST("--theme", "drak"), NULL, "midwatch: there is no theme 'drak'; there are: dark");
	assert_refused(f, LIST("--theme", none), NULL, "No such file or directory");
	fixture_configure(f, "theme: drak\n");
	assert_refused(f, LIST("--check-config"), NULL, "theme: there is no theme 'drak'");
	fixture_free(f);
}

static void test_terminals(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_append(f, "2024-05-06T07:08:09Z error the error\n");
	assert_refused(f, NULL, LIST("TERM=dumb"), "midwatch: the terminal 'dumb' cannot move its cursor, so nothing can be drawn");
	assert_refused(f, NULL, LIST("TERM=no-such-terminal"), "midwatch: the terminal 'no-such-terminal' is not known on this machine: try 'TERM=");
	assert_refused(f, NULL, LIST("TERM"), "midwatch: TERM is not set");
	assert_refused(f, NULL, LIST("TERM="), "midwatch: TERM is not set");
	d = tour(f, NULL, LIST("TERM=vt100"));
	g_assert_false(sets_colour(d));
	driver_quit(d, "q");
	driver_quit(tour(f, NULL, LIST("TERM=screen-256color")), "q");
	driver_quit(tour(f, NULL, LIST("TERM=linux")), "q");
	fixture_free(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/config/faults", test_faults);
	g_test_add_func("/console/config/files", test_files);
	g_test_add_func("/console/config/unreadable", test_unreadable);
	g_test_add_func("/console/config/options", test_options);
	g_test_add_func("/console/config/keys", test_keys);
	g_test_add_func("/console/config/settings", test_settings);
	g_test_add_func("/console/config/defaults", test_defaults);
	g_test_add_func("/console/config/colours", test_colours);
	g_test_add_func("/console/config/ascii", test_ascii);
	g_test_add_func("/console/config/themes", test_themes);
	g_test_add_func("/console/config/terminals", test_terminals);
	return g_test_run();
}
