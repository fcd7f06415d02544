#include "tests/unit/store_rig.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RACERS 6

void
store_rig_set_up(struct store_place *p, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;

	p->directory = g_dir_make_tmp("midwatch-store-XXXXXX", &error);
	g_assert_no_error(error);
	p->path = g_build_filename(p->directory, "store.db", NULL);
	p->head = g_strconcat(p->path, ".head", NULL);
}

void
store_rig_tear_down(struct store_place *p, gconstpointer unused)
{
	g_autoptr(GDir) d = g_dir_open(p->directory, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(p->directory, name, NULL);
		g_remove(path);
	}
	g_rmdir(p->directory);
	g_free(p->directory);
	g_free(p->path);
	g_free(p->head);
}

struct store *
store_rig_open(const struct store_place *p)
{
	g_autoptr(GError) error = NULL;
	struct store *s = store_open(p->path, &error);

	g_assert_no_error(error);
	return s;
}

void
store_rig_change(const struct store_place *p, const char *sql)
{
	sqlite3 *db;
	char *problem = NULL;

	g_assert_cmpint(sqlite3_open(p->path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, sql, NULL, NULL, &problem);
	g_assert_cmpstr(problem, ==, NULL);
	sqlite3_close(db);
}

/* --- other processes --- */

static void G_GNUC_NORETURN
live_on(void)
{
	for (;;)
		pause();
}

struct store_other
store_rig_other(const struct store_place *p, void (*does)(struct store *s))
{
	struct store_other o;
	int pipes[2];
	char byte = 0;

	g_assert_cmpint(pipe(pipes), ==, 0);
	o.pid = fork();
	if (o.pid == 0) {
		does(store_rig_open(p));
		(void)!write(pipes[1], "x", 1);
		live_on();
	}
	close(pipes[1]);
	g_assert_cmpint(read(pipes[0], &byte, 1), ==, 1);
	o.told = pipes[0];
	return o;
}

void
store_rig_kill(struct store_other *o)
{
	int status;

	kill(o->pid, SIGKILL);
	g_assert_cmpint(waitpid(o->pid, &status, 0), ==, o->pid);
	close(o->told);
}

guint
store_rig_race(const struct store_place *p, gboolean (*takes)(struct store *s, gint64 number), gint64 number)
{
	int go[2], hold[2];
	pid_t pids[RACERS];
	guint won = 0;
	char byte;

	g_assert_cmpint(pipe(go), ==, 0);
	g_assert_cmpint(pipe(hold), ==, 0);
	for (guint i = 0; i < RACERS; i++)
		if ((pids[i] = fork()) == 0) {
			close(go[1]);
			(void)!read(go[0], &byte, 1);
			byte = takes(store_rig_open(p), number) ? 'y' : 'n';
			(void)!write(hold[1], &byte, 1);
			live_on(); /* who got it keeps it */
		}
	close(go[1]); /* all at once */
	for (guint i = 0; i < RACERS; i++) {
		g_assert_cmpint(read(hold[0], &byte, 1), ==, 1);
		won += byte == 'y';
	}
	for (guint i = 0; i < RACERS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	close(go[0]);
	close(hold[0]);
	close(hold[1]);
	return won;
}

static void
limit_files(rlim_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };

	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

void
store_rig_limited(const struct store_place *p, gulong bytes, int (*does)(struct store *s))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct store *s = store_rig_open(p);
		signal(SIGXFSZ, SIG_IGN);
		limit_files(bytes);
		_exit(does(s));
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

void
store_rig_unlimited(void)
{
	limit_files(RLIM_INFINITY);
}
