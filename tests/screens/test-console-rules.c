/* The paging rules in the real program: rules of the test's own on figures of this machine, that fire, wait, or are for a person to tell. */
#include "tests/screens/console_fixture.h"

#include <string.h>

static struct fixture *rules_fixture(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = fixture_path(f, "rules.yml"), *more = g_strdup_printf("rules:\n  files: [%s]\n", path);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path,
	                    "rules:\n"
	                    "  - {name: mine_fires, scope: vm, expr: disk_used_percent >= 0, severity: warn, summary: '{host}: the disk is there'}\n"
	                    "  - {name: mine_waits, scope: vm, expr: disk_used_percent >= 0, for: 1h, severity: page, summary: '{host}: the disk is there still'}\n"
	                    "  - {name: mine_never, scope: vm, expr: disk_used_percent > 200, severity: ticket, summary: '{host}: the disk is too full'}\n"
	                    "  - {name: mine_said, scope: cloud, severity: page, manual: true, summary: 'nothing works for {org}'}\n", -1, &error);
	g_assert_no_error(error);
	fixture_configure(f, more);
	return f;
}

/* Only the test's own are shown, or one of them. */
static void filter(struct driver *d, const char *name)
{
	g_autofree char *text = g_strdup_printf("rule:%s", name), *pattern = g_strdup_printf("^ Rules  .*  /%s", text);

	driver_keys(d, "/ ^U");
	driver_type(d, text);
	driver_keys(d, "Enter");
	driver_wait_match(d, pattern, 0);
}

static struct driver *start(const struct fixture *f, const char *option, int rows, int columns)
{
	struct driver *d = fixture_run(f, option ? (const char *const[]){option, NULL} : NULL, NULL, rows, columns);

	driver_wait(d, " assessed", 0);
	fixture_press(d, "P", "[All] Firing");
	filter(d, "mine");
	driver_wait_match(d, "mine_fires .*firing .*attention", 0);
	return d;
}

static void test_shown(void)
{
	struct fixture *f = rules_fixture();
	struct driver *d = start(f, NULL, 24, 80);

	driver_wait_match(d, "mine_waits .*pending .*soon: page now", 0);
	driver_wait_match(d, "mine_never .*inactive .*if so: next business day", 0);
	driver_wait_match(d, "mine_said .*never .*if so: page now", 0);
	driver_wait(d, "nobody is told from here: ", 0);
	driver_wait(d, "P Rules ▲", 0);
	filter(d, "mine_waits");
	fixture_press(d, "Enter", "the disk is there still");
	driver_resize(d, 40, 132);
	driver_wait(d, "SAMPLES", 0);
	driver_wait(d, "disk_used_percent >= 0", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* For how long, why, and then it pages nobody, also after a restart; it stands in the audit log. */
static void test_silence(void)
{
	struct fixture *f = rules_fixture();
	g_autofree char *listed = NULL;
	struct driver *d = start(f, NULL, 24, 132);

	filter(d, "mine_fires");
	fixture_press(d, "s", "silence for (30m, 2h, 1d): 2h");
	fixture_press(d, "Enter", "why (others read it):");
	driver_type(d, "it is meant to be");
	fixture_press(d, "Enter", "mine_fires is silenced");
	driver_wait_match(d, "mine_fires .*do not page: silenced until .* by ", 0);
	driver_wait(d, "Silenced 1", 0);
	driver_quit(d, "^C");
	d = fixture_run(f, NULL, NULL, 24, 132);
	driver_wait(d, " assessed", 0);
	fixture_press(d, "P", "[All] Firing");
	driver_wait_match(d, "mine_fires .*do not page: silenced until .* by ", 0);
	filter(d, "mine_fires");
	driver_wait_gone(d, "mine_never", 0);
	fixture_press(d, "u", "the silence is ended");
	driver_wait_match(d, "mine_fires .*attention", 0);
	driver_quit(d, "^C");
	g_assert_cmpint(fixture_run_plain(f, (const char *const[]){"audit", "--json", NULL}, NULL, &listed), ==, 0);
	g_assert_nonnull(strstr(listed, "it is meant to be"));
	fixture_free(f);
}

/* What only a person can tell: it is asked for, shown, and fires. */
static void test_form(void)
{
	struct fixture *f = rules_fixture();
	struct driver *d = start(f, NULL, 24, 132);

	filter(d, "mine_said");
	fixture_press(d, "m", "org:");
	driver_type(d, "acme");
	fixture_press(d, "Enter", "what is known, and from whom:");
	driver_type(d, "their admin called");
	fixture_press(d, "Enter", "mine_said: it is so");
	driver_wait(d, "org=\"acme\"", 0);
	fixture_press(d, "y", "said that it is so");
	driver_wait_match(d, "mine_said .*firing", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_readonly(void)
{
	struct fixture *f = rules_fixture();
	struct driver *d = start(f, "--readonly", 24, 132);

	fixture_press(d, "s", "silence: midwatch is locked read-only");
	driver_quit(d, "^C");
	fixture_free(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console-rules/shown", test_shown);
	g_test_add_func("/console-rules/silence", test_silence);
	g_test_add_func("/console-rules/form", test_form);
	g_test_add_func("/console-rules/readonly", test_readonly);
	return g_test_run();
}
