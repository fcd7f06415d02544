/* The names of hosts in ssh configurations, compared with what ssh itself would read of them. */
#include "backends/ssh_aliases.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/wait_for.h"

struct fixture { char *ssh; };

static void
put(const struct fixture *f, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(f->ssh, name, NULL), *directory = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
set_up(struct fixture *f, gconstpointer data)
{
	f->ssh = g_build_filename(g_get_home_dir(), ".ssh", NULL);
	g_assert_cmpint(g_mkdir(f->ssh, 0700), ==, 0);
}

static void
remove_all(const char *path)
{
	const char *argv[] = { "rm", "-rf", path, NULL };

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	remove_all(f->ssh);
	g_free(f->ssh);
}

static char *
names_of(const struct fleet_list *l)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < l->entries->len; i++)
		g_string_append_printf(s, "%s%s", i ? " " : "", g_array_index(l->entries, struct fleet_entry, i).name);
	return g_string_free(s, FALSE);
}

static void
assert_names(const char *file, const char *const *patterns, const char *expected)
{
	g_autofree char *problem = NULL, *names = NULL;
	struct fleet_list *l = ssh_aliases_load(file, patterns, &problem);

	g_assert_cmpstr(problem, ==, NULL);
	names = names_of(l);
	g_assert_cmpstr(names, ==, expected);
	fleet_list_free(l);
}

#define ASSERT_NAMES(file, expected, ...) assert_names(file, (const char *const[]){ __VA_ARGS__, NULL }, expected)

static void
test_lines(struct fixture *f, gconstpointer data)
{
	put(f, "config",
	    "# Host gw-comment\nHost gw-1 gw-2   gw-*  !gw-3 \"gw-4\" # gw-5\n  HostName 100.64.0.1\nhost=gw-6\nHOST = gw-7 gw-1\r\n"
	    "HostName gw-8\nMatch host gw-9\n\tHost\tgw-10\nHost -gw-11 gw-?2 other-1 gw;12\nHost\nHost gw-13");
	ASSERT_NAMES(NULL, "gw-1 gw-2 gw-4 gw-6 gw-7 gw-10 gw-13", "gw-*");
	ASSERT_NAMES(NULL, "gw-1 gw-2 gw-4 gw-6 gw-7", "gw-?");
	ASSERT_NAMES(NULL, "gw-1 gw-2 gw-4 gw-6 gw-7 gw-10 other-1 gw-13", "*");
	ASSERT_NAMES(NULL, "gw-7 other-1", "other-*", "gw-7", "nothing");
}

static void
test_include(struct fixture *f, gconstpointer data)
{
	g_autofree char *text = g_strdup_printf("Include conf.d/*.conf missing \"%s/conf.d/quoted name\"\nHost gw-9\nInclude ~/.ssh/last\nInclude /dev/zero\n", f->ssh);
	g_autofree char *other = g_build_filename(f->ssh, "other", NULL);

	put(f, "config", text);
	put(f, "conf.d/10.conf", "Host gw-1\n");
	put(f, "conf.d/20.conf", "Host gw-2\n");
	put(f, "conf.d/30.off", "Host gw-3\n");
	put(f, "conf.d/quoted name", "Host gw-4\n");
	put(f, "last", "Host gw-8\nInclude last\n"); /* a circle */
	put(f, "other", "Host gw-20\nInclude last\n");
	ASSERT_NAMES(NULL, "gw-1 gw-2 gw-4 gw-9 gw-8", "gw-*");
	ASSERT_NAMES(other, "gw-20 gw-8", "gw-*");
}

static void
test_bounds(struct fixture *f, gconstpointer data)
{
	g_autofree char *problem = NULL, *path = g_build_filename(f->ssh, "config", NULL);
	static const char *const patterns[] = { "*", NULL };
	GString *text = g_string_new(NULL);
	struct fleet_list *l;

	g_assert_null(ssh_aliases_load(NULL, patterns, &problem));
	g_assert_nonnull(strstr(problem, "cannot be read: No such file"));
	g_clear_pointer(&problem, g_free);
	for (guint i = 0; i < FLEET_LIST_MAX + 10; i++)
		g_string_append_printf(text, "Host gw-%u\n", i);
	put(f, "config", text->str);
	l = ssh_aliases_load(path, patterns, &problem);
	g_assert_cmpuint(l->entries->len, ==, FLEET_LIST_MAX);
	fleet_list_free(l);
	while (text->len <= 1 << 20)
		g_string_append(text, "# filler filler filler filler filler filler filler filler filler\n");
	put(f, "config", text->str);
	g_assert_null(ssh_aliases_load(path, patterns, &problem));
	g_assert_nonnull(strstr(problem, "larger than 1 MiB"));
	g_string_free(text, TRUE);
}

struct told { guint lists, failures; char *words; };

static void
on_list(void *user, const struct fleet_list *l)
{
	struct told *t = user;

	t->lists++;
	t->words = names_of(l);
}

static void
on_failed(void *user, const char *why)
{
	struct told *t = user;

	t->failures++;
	t->words = g_strdup(why);
}

static void
test_thread(struct fixture *f, gconstpointer data)
{
	static const struct fleet_list_events events = { on_list, on_failed };
	static const char *const patterns[] = { "gw-*", NULL };
	struct told t = { 0 }, bad = { 0 }, cancelled = { 0 };

	put(f, "config", "Host gw-1 gw-2\n");
	ssh_aliases_cancel(ssh_aliases_start(NULL, patterns, &events, &cancelled));
	ssh_aliases_start(NULL, patterns, &events, &t);
	ssh_aliases_start("/nonexistent", patterns, &events, &bad);
	WAIT_FOR(t.lists && bad.failures);
	g_assert_cmpstr(t.words, ==, "gw-1 gw-2");
	g_assert_nonnull(strstr(bad.words, "/nonexistent"));
	g_assert_cmpuint(cancelled.lists + cancelled.failures, ==, 0);
	g_free(t.words);
	g_free(bad.words);
}

int
main(int argc, char **argv)
{
	g_autofree char *home = NULL;
	int failed;

	g_test_init(&argc, &argv, NULL);
	home = g_dir_make_tmp("midwatch-aliases-XXXXXX", NULL);
	g_setenv("HOME", home, TRUE); /* before GLib looks, which it does once */
	g_test_add("/ssh-aliases/lines", struct fixture, NULL, set_up, test_lines, tear_down);
	g_test_add("/ssh-aliases/include", struct fixture, NULL, set_up, test_include, tear_down);
	g_test_add("/ssh-aliases/bounds", struct fixture, NULL, set_up, test_bounds, tear_down);
	g_test_add("/ssh-aliases/thread", struct fixture, NULL, set_up, test_thread, tear_down);
	failed = g_test_run();
	remove_all(home);
	return failed;
}
