/* The frame of the real console: help, palette, menu, sizes, colours, ways out, wrong configurations. */
#include <signal.h>
#include <string.h>

#include "panels/actions.h"
#include "tests/screens/console_fixture.h"

static struct driver *
start(const struct fixture *f, const char *const *arguments, const char *const *environment)
{
	struct driver *d = fixture_run(f, arguments, environment, 24, 80);

	driver_wait(d, "CPU efficiency", 0);
	return d;
}

static void
test_panels(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, NULL, NULL);

	driver_wait_match(d, "\\d\\d:\\d\\d:\\d\\dZ", 0);
	driver_wait(d, "n/a", 0); /* no Docker: left out of the sum and said */
	fixture_press(d, "6", "Logs");
	driver_wait(d, "FOLLOW", 0);
	fixture_press(d, "2", "no Docker here");
	fixture_press(d, "S-Tab", "CPU efficiency");
	fixture_press(d, "Tab Tab", "FOLLOW");
	driver_keys(d, "1");
	driver_wait(d, "CPU efficiency", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* Every command that the panel offers stands in its help. */
static void
test_help(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run(f, NULL, NULL, 100, 120);

	driver_wait(d, "CPU efficiency", 0);
	driver_keys(d, "6");
	driver_wait(d, "FOLLOW", 0);
	fixture_press(d, "?", "Keys of the Logs panel");
	for (guint i = 0; i < ACT_COUNT; i++)
		if (actions[i].scopes & (SCOPE_LOGS | SCOPE_LIST | SCOPE_EVERYWHERE)) {
			g_autofree char *id = g_strdup_printf("(%s)", actions[i].id);
			if (!driver_has(d, id))
				driver_keys(d, "PgDn");
			driver_wait(d, id, 0);
		}
	driver_keys(d, "Esc");
	driver_wait_gone(d, "Keys of the Logs panel", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* A command of the palette may open a prompt itself, one of the menu the menu. */
static void
test_palette_and_menu(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z info one\n", "info one", 80);

	fixture_press(d, ":", ":");
	driver_type(d, "logs.sea");
	driver_wait(d, "logs.search  Searches", 0);
	driver_keys(d, "Tab Enter");
	driver_wait_match(d, "^search:", 0);
	driver_type(d, "one");
	driver_keys(d, "Enter");
	driver_wait(d, "1 found", 0);
	driver_keys(d, ":");
	driver_type(d, "no.such");
	driver_keys(d, "Enter");
	driver_wait(d, "there is no command \"no.such\"", 0);
	fixture_press(d, "x", "What can be done here");
	driver_type(d, "lists what");
	driver_wait(d, "1 of 1", 0);
	driver_keys(d, "Enter");
	driver_wait_gone(d, "1 of 1 ", 0);
	driver_wait(d, "What can be done here", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "What can be done here", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

static gboolean
has_size(struct driver *d, void *user)
{
	const int *size = user;
	g_autofree char *want = g_strdup_printf("this terminal has %dx%d", size[1], size[0]);
	g_autofree char *first = driver_row(d, 0), *last = driver_row(d, size[0] - 1);

	if (size[0] < 24 || size[1] < 80)
		return size[1] < 60 || strstr(first, want) != NULL;
	if (driver_has(d, "What can be done here")) /* a menu may cover the status line */
		return driver_find(d, "Esc cancel", NULL) >= 0;
	return strchr(first, 'Z') && *last != '\0';
}

static void
sweep(struct driver *d)
{
	static const int sizes[][2] = { { 24, 80 }, { 5, 20 }, { 23, 79 }, { 25, 81 }, { 1, 1 }, { 45, 140 }, { 60, 200 }, { 24, 300 }, { 100, 80 }, { 24, 80 } };

	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		driver_resize(d, sizes[i][0], sizes[i][1]);
		driver_wait_until(d, has_size, (void *)sizes[i], "the screen at its size", 0);
	}
}

static void
test_sizes(void)
{
	static const char *const keys[] = { "1", "2", "6", "d", "?", "Esc", "x", "Esc" };
	struct fixture *f = fixture_new();
	struct driver *d = fixture_run_logs(f, "2024-05-06T07:08:09Z info one\n", "info one", 80);

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		driver_keys(d, keys[i]);
		sweep(d);
	}
	driver_quit(d, "^C");
	fixture_free(f);
}

static gboolean
only_ascii(struct driver *d)
{
	gsize length;
	const char *raw = driver_raw(d, &length);

	for (gsize i = 0; i < length; i++)
		if ((guchar)raw[i] >= 0x80)
			return FALSE;
	return TRUE;
}

static void
test_looks(void)
{
	static const char *const ascii[] = { "--ascii", NULL }, *const light[] = { "--theme", "light", NULL };
	static const char *const sixteen[] = { "--theme", "sixteen", "--readonly", NULL };
	static const char *const c[] = { "LC_ALL=C", "LANG=C", NULL }, *const plain[] = { "NO_COLOR=1", NULL }, *const vt100[] = { "TERM=vt100", NULL };
	struct fixture *f = fixture_new();
	struct driver *d = start(f, ascii, NULL);
	const char *raw;
	gsize length;

	g_assert_true(only_ascii(d));
	driver_quit(d, "q");
	d = start(f, NULL, c);
	g_assert_true(only_ascii(d));
	driver_quit(d, "q");
	d = start(f, NULL, plain);
	raw = driver_raw(d, &length);
	g_assert_null(g_strstr_len(raw, (gssize)length, "\033[38;5;"));
	driver_quit(d, "q");
	driver_quit(start(f, NULL, vt100), "q");
	driver_quit(start(f, light, NULL), "q");
	d = start(f, sixteen, NULL);
	driver_wait(d, "READ-ONLY", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

static void
test_signals(void)
{
	static const struct { int number, status; } signals[] = { { SIGTERM, 0 }, { SIGHUP, 0 }, { SIGINT, 0 } };
	struct fixture *f = fixture_new();
	struct driver *d;

	for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
		d = start(f, NULL, NULL);
		kill(driver_pid(d), signals[i].number);
		g_assert_cmpint(driver_wait_exit(d, 0), ==, signals[i].status);
		driver_assert_restored(d);
		driver_free(d);
	}
	d = start(f, NULL, NULL);
	driver_hang_up(d);
	driver_wait_exit(d, 0);
	driver_free(d);
	fixture_wait_processes(f, 0, 0);
	d = start(f, NULL, NULL);
	kill(driver_pid(d), SIGKILL);
	driver_wait_exit(d, 0);
	driver_free(d);
	fixture_wait_processes(f, 0, 0); /* no follower, no probe outlives it */
	fixture_free(f);
}

static void
test_configurations(void)
{
	static const char *const check[] = { "--check-config", NULL }, *const unknown[] = { "--no-such-option", NULL };
	static const char *const version[] = { "--version", NULL }, *const theme[] = { "--theme", "no-such-theme", NULL };
	struct fixture *f = fixture_new();
	g_autofree char *bad = NULL, *good = NULL, *option = NULL, *told = NULL, *name = NULL;

	g_assert_cmpint(fixture_run_plain(f, check, NULL, &good), ==, 0);
	fixture_write_config(f, "hosts:\n  - name: a\n    colour: red\nmouse: perhaps\n");
	g_assert_cmpint(fixture_run_plain(f, check, NULL, &bad), ==, 2);
	g_assert_nonnull(strstr(bad, ":3: hosts[0].colour: unknown key"));
	g_assert_nonnull(strstr(bad, ":4: mouse: must be true or false"));
	g_assert_cmpint(fixture_run_plain(f, unknown, NULL, &option), ==, 2);
	g_assert_cmpint(fixture_run_plain(f, version, NULL, &told), ==, 0);
	g_assert_true(g_str_has_prefix(told, "midwatch "));
	fixture_configure(f, "");
	g_assert_cmpint(fixture_run_plain(f, theme, NULL, &name), ==, 2);
	fixture_free(f);
}

static void
test_keys(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_configure(f, "keys:\n  - {command: help, keys: \"F5\"}\nstart_panel: logs\n");
	d = fixture_run(f, NULL, NULL, 24, 80);
	driver_wait(d, "F5 help", 0);
	fixture_press(d, "F5", "Keys of the Logs panel");
	driver_keys(d, "Esc");
	driver_wait_gone(d, "Keys of the Logs panel", 0);
	driver_type(d, "\033[200~q\033[201~"); /* what is pasted is no key */
	fixture_press(d, "1", "CPU efficiency");
	driver_quit(d, "q");
	fixture_free(f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/frame/panels", test_panels);
	g_test_add_func("/console/frame/help", test_help);
	g_test_add_func("/console/frame/palette-and-menu", test_palette_and_menu);
	g_test_add_func("/console/frame/sizes", test_sizes);
	g_test_add_func("/console/frame/looks", test_looks);
	g_test_add_func("/console/frame/signals", test_signals);
	g_test_add_func("/console/frame/configurations", test_configurations);
	g_test_add_func("/console/frame/keys", test_keys);
	return g_test_run();
}
