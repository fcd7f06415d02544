/* The whole program is killed (SIGKILL) at random moments while it acts: no row of the audit log is lost, every action that began has an outcome
 * after the next start, and the store is whole. Several consoles at once, each a process of this test with a home of its own. (The 200 kills of
 * tests/lab/test-act-kills are of the executor alone.) */
#include "tests/screens/console_fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/store.h"

#define WORKERS 4
#define KILLS 13       /* of each */
#define MOMENT_MS 1600  /* after the key that starts it: from before its first row to behind its last */

/* Each command leaves a line when it has begun. */
#define ACTION "actions:\n  - {name: work, title: Work, keys: M-w, command: 'echo begun >>begun.txt; sleep 0.15'}\n"

static char *store_path(const struct fixture *f)
{
	return fixture_path(f, "state/midwatch/store.db");
}

static guint commands_begun(const struct fixture *f)
{
	g_autofree char *path = fixture_path(f, "begun.txt"), *text = NULL;
	guint n = 0;

	if (g_file_get_contents(path, &text, NULL, NULL))
		for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
			n++;
	return n;
}

/* --- killing --- */

static struct driver *start(const struct fixture *f)
{
	struct driver *d = fixture_run(f, NULL, NULL, 24, 100);

	driver_wait(d, " assessed", 0);
	return d;
}

static void kill_once(const struct fixture *f, GRand *rand)
{
	struct driver *d = start(f);
	gint64 moment;

	driver_keys(d, "M-w");
	driver_wait(d, "y Work   Esc cancel", 0);
	driver_keys(d, "y");
	moment = g_get_monotonic_time() + g_rand_int_range(rand, 0, MOMENT_MS * 1000);
	while (g_get_monotonic_time() < moment)
		driver_pump(d, 0.002);
	kill(driver_pid(d), SIGKILL);
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 128 + SIGKILL);
	driver_free(d);
}

/* --- afterwards --- */

static void check_integrity(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;

	g_assert_cmpint(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &s, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(s), ==, SQLITE_ROW);
	g_assert_cmpstr((const char *)sqlite3_column_text(s, 0), ==, "ok");
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void check_audit(const struct fixture *f, const char *path)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *problem = NULL;
	struct store *s = store_open_readonly(path, &error);
	guint outcomes[OUTCOME_UNKNOWN + 1] = {0}, begun = commands_begun(f);
	guint64 rows;

	g_assert_no_error(error);
	if (!store_audit_verify(s, &rows, &problem))
		g_error("the audit log: %s", problem);
	g_autoptr(GPtrArray) all = store_audit_list(s, 0, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < all->len; i++)
		outcomes[((struct audit_entry *)all->pdata[i])->outcome]++;
	g_printerr("# %u begun, %u rows: %u ok, %u unknown\n", begun, all->len, outcomes[OUTCOME_OK], outcomes[OUTCOME_UNKNOWN]);
	g_assert_cmpuint(outcomes[OUTCOME_OPEN], ==, 0);
	g_assert_cmpuint(outcomes[OUTCOME_FAILED], ==, 0);
	g_assert_cmpuint(begun, <=, all->len); /* nothing began without its row */
	g_assert_cmpuint(outcomes[OUTCOME_OK], <=, begun); /* and nothing counts as done that did not begin */
	g_assert_cmpuint(all->len, <=, KILLS);
	g_assert_cmpuint(outcomes[OUTCOME_UNKNOWN], >, 0); /* some were hit */
	store_close(s);
}

static void be_worker(guint32 seed)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = store_path(f);
	GRand *rand = g_rand_new_with_seed(seed);
	struct driver *d;

	fixture_configure(f, ACTION);
	for (guint i = 0; i < KILLS; i++)
		kill_once(f, rand);
	g_rand_free(rand);
	d = start(f); /* this one lives, and settles what the last one left */
	driver_quit(d, "^C");
	fixture_wait_processes(f, 0, 0); /* the commands go on by themselves */
	check_integrity(path);
	check_audit(f, path);
	fixture_free(f);
}

static void test_killed(void)
{
	pid_t workers[WORKERS];

	for (guint i = 0; i < WORKERS; i++) {
		guint32 seed = (guint32)g_test_rand_int();
		workers[i] = fork();
		g_assert_cmpint(workers[i], >=, 0);
		if (workers[i] == 0) {
			be_worker(seed);
			_exit(0);
		}
	}
	for (guint i = 0; i < WORKERS; i++) {
		int status;
		g_assert_cmpint(waitpid(workers[i], &status, 0), ==, workers[i]);
		g_assert_cmpint(status, ==, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console-killed/many-times", test_killed);
	return g_test_run();
}
