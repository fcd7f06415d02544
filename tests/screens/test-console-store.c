/* The console and its store: opened behind the first frame, refused with a reason, what a killed midwatch left, the score's past. */
#include "tests/screens/console_fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/store.h"

#define HOUR_US (3600 * (gint64)G_USEC_PER_SEC)

static char *store_path(const struct fixture *f)
{
	return fixture_path(f, "state/midwatch/store.db");
}

static void test_made(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = store_path(f), *wal = g_strconcat(path, "-wal", NULL), *none = NULL;
	struct driver *d = fixture_run(f, NULL, NULL, 24, 80);
	struct stat st;

	driver_wait(d, "assessed", 0);
	g_assert_false(driver_has(d, "NO AUDIT"));
	driver_quit(d, "q");
	g_assert_cmpint(stat(path, &st), ==, 0);
	g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
	g_assert_cmpint(stat(wal, &st), ==, -1); /* closed in good order */
	g_assert_cmpint(fixture_run_plain(f, (const char *const[]){ "audit", NULL }, NULL, &none), ==, 0);
	g_assert_nonnull(strstr(none, "no action is on record"));
	fixture_free(f);
}

/* Without a store the console works, and says for how long as it lasts that nothing can be done with it. */
static void test_refused(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = store_path(f), *directory = g_path_get_dirname(path);
	struct driver *d;

	g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
	fixture_append_to(f, "state/midwatch/store.db", "this was a database once, and is a text of the same length by now\n");
	d = fixture_run(f, NULL, NULL, 24, 200);
	driver_wait(d, "no audit: actions are refused. The store cannot be read: ", 0);
	driver_wait(d, "it is not a database; move it away", 0);
	driver_wait_match(d, "^ .* NO AUDIT .*Z$", 0);
	driver_wait(d, "assessed", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

/* A midwatch that is killed in the midst of an action. */
static void leave_open(const char *path)
{
	const struct audit_intent intent = { .action = "container.restart", .host = "srv1", .target = "clock-web", .request = "POST /restart" };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct store *s = store_open(path, NULL);
		if (store_audit_begin(s, &intent, NULL) > 0)
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFSIGNALED(status));
}

static void test_left_open(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = store_path(f), *listed = NULL, *verified = NULL;
	struct driver *d;

	leave_open(path);
	d = fixture_run(f, NULL, NULL, 24, 140);
	driver_wait(d, "midwatch ended while container.restart ran on srv1, clock-web: look at its state (midwatch audit)", 0);
	driver_quit(d, "q");
	g_assert_cmpint(fixture_run_plain(f, (const char *const[]){ "audit", NULL }, NULL, &listed), ==, 0);
	g_assert_true(g_regex_match_simple("Z  unknown .*container\\.restart  srv1 clock-web.* midwatch ended while it ran\\n", listed, 0, 0));
	g_assert_cmpint(fixture_run_plain(f, (const char *const[]){ "audit", "--verify", NULL }, NULL, &verified), ==, 0);
	g_assert_nonnull(strstr(verified, "2 rows, none changed"));
	fixture_free(f);
}

/* What an earlier run has kept comes back. */
static void test_past(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = store_path(f);
	gint64 now = g_get_real_time();
	struct store *s = store_open(path, NULL);
	struct driver *d;

	store_sample(s, "here", "score", now - HOUR_US, 1);
	store_sample(s, "here", "score", now - 24 * HOUR_US, 300);
	store_sample(s, "here", "score", now - 48 * HOUR_US, 50);
	store_close(s);
	d = fixture_run(f, NULL, NULL, 24, 140);
	driver_wait_match(d, "^   \\d+ of \\d+ assessed  \xe2\x96\xb2 \\d+ since 1h  \xe2\x96\xbc \\d+ since 24h .* 7d$", 0);
	driver_quit(d, "q");
	fixture_free(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/store/made", test_made);
	g_test_add_func("/console/store/refused", test_refused);
	g_test_add_func("/console/store/left-open", test_left_open);
	g_test_add_func("/console/store/past", test_past);
	return g_test_run();
}
