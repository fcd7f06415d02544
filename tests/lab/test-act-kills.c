/* midwatch is killed 200 times in the midst of actions, several at once on one store: every command that ran has its row, every row gets an outcome, and
 * the chain and the database are whole. The killed process is this program again, with --act. */
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "app/executor.h"
#include "app/machine.h"
#include "backends/link.h"

#define KILLS 200
#define AT_ONCE 6
#define LIVES_MS_MAX 2500
#define ACTIONS 30 /* more than one life has time for */

static const char *self;

/* --- the one that is killed --- */

static void
ignore(void *user, const struct operation *o)
{
}

static void
trouble(void *user, const char *words)
{
	g_error("the audit log: %s", words);
}

static int
act(const char *dir, const char *number)
{
	static const char text[] = "hosts:\n  - {name: here, local: true, docker: {disabled: true}, cron: {disabled: true}, ollama: {disabled: true}}\n";
	static const struct executor_events events = { ignore, ignore, trouble };
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *config = config_parse(text, strlen(text), "test", problems);
	struct world *world = world_new(1 << 20);
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(NULL, &error);
	GPtrArray *machines = machines_new(world, http_new(), config);
	struct executor *x;

	g_assert_no_error(error);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	machine_start(machines->pdata[0], store);
	x = executor_new(world, store, &events, NULL);
	for (guint i = 0; i < ACTIONS; i++) {
		g_autofree char *name = g_strdup_printf("%s-%u", number, i);
		g_autofree char *command = g_strdup_printf("echo %s >>%s/ran", name, dir);
		executor_add(x, work_command_new(machines->pdata[0], "custom.echo", "echo", name, command));
	}
	for (;;)
		g_main_context_iteration(NULL, TRUE);
	return 0;
}

/* --- the one that kills --- */

struct life { GPid pid; gint64 end_us; };

static void
begin_life(struct life *l, const char *dir, guint number)
{
	g_autofree char *word = g_strdup_printf("%u", number);
	char *argv[] = { (char *)self, (char *)"--act", (char *)dir, word, NULL };
	g_autoptr(GError) error = NULL;

	g_spawn_async(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &l->pid, &error);
	g_assert_no_error(error);
	l->end_us = g_get_monotonic_time() + g_test_rand_int_range(0, LIVES_MS_MAX) * 1000;
}

static void
end_life(struct life *l)
{
	int status;

	kill(l->pid, SIGKILL);
	g_assert_cmpint(waitpid(l->pid, &status, 0), ==, l->pid);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL); /* it did not end by itself */
	l->pid = 0;
}

static void
kill_many(const char *dir)
{
	struct life lives[AT_ONCE] = { 0 };
	guint begun = 0, ended = 0;

	while (ended < KILLS) {
		for (guint i = 0; i < AT_ONCE; i++) {
			if (lives[i].pid && g_get_monotonic_time() >= lives[i].end_us) {
				end_life(&lives[i]);
				ended++;
			}
			if (!lives[i].pid && begun < KILLS)
				begin_life(&lives[i], dir, begun++);
		}
		g_usleep(2000);
	}
}

static void
check_database(const char *path)
{
	sqlite3 *db;
	sqlite3_stmt *q;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(q), ==, SQLITE_ROW);
	g_assert_cmpstr((const char *)sqlite3_column_text(q, 0), ==, "ok");
	sqlite3_finalize(q);
	sqlite3_close(db);
}

/* Each line of the file is an action that was carried out, once. */
static guint
check_ran(const char *dir, GHashTable *targets)
{
	g_autofree char *path = g_build_filename(dir, "ran", NULL), *text = NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_auto(GStrv) lines = NULL;
	guint count = 0;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		if (*lines[i] == '\0')
			continue;
		g_assert_true(g_hash_table_contains(targets, lines[i]));
		g_assert_true(g_hash_table_add(seen, lines[i]));
		count++;
	}
	return count;
}

static void
check(const char *dir)
{
	g_autofree char *path = store_default_path(), *problem = NULL;
	struct store *s = store_open(NULL, NULL);
	g_autoptr(GPtrArray) settled = store_audit_settle(s, NULL), list = store_audit_list(s, 0, NULL);
	g_autoptr(GHashTable) targets = g_hash_table_new(g_str_hash, g_str_equal);
	guint outcomes[OUTCOME_UNKNOWN + 1] = { 0 };
	guint64 rows;

	g_assert_nonnull(settled);
	g_assert_nonnull(list);
	for (guint i = 0; i < list->len; i++) {
		const struct audit_entry *e = list->pdata[i];
		outcomes[e->outcome]++;
		g_assert_true(g_hash_table_add(targets, e->target));
	}
	g_assert_cmpuint(outcomes[OUTCOME_OPEN], ==, 0);
	g_test_message("%u actions: %u ok, %u failed, %u unknown; %u carried out", list->len, outcomes[OUTCOME_OK], outcomes[OUTCOME_FAILED],
	               outcomes[OUTCOME_UNKNOWN], check_ran(dir, targets));
	g_assert_cmpuint(outcomes[OUTCOME_UNKNOWN], >, KILLS / 4); /* the kills came in the midst */
	g_assert_cmpuint(outcomes[OUTCOME_OK], >, 0);
	if (!store_audit_verify(s, &rows, &problem))
		g_error("%s", problem);
	store_close(s);
	check_database(path);
}

/* What commands leave over there when nobody reads their end. Who reads it does within a second or two: what is older is nobody's. */
static void
remove_traces(gint64 since_s)
{
	gint64 until_s = g_get_real_time() / G_USEC_PER_SEC - 5;
	GDir *dir = g_dir_open("/tmp", 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		static const char *const files[] = { "out", "rc", "rc.part", "pid" };
		g_autofree char *path = g_build_filename("/tmp", name, NULL);
		GStatBuf status;
		if (!g_str_has_prefix(name, "midwatch-") || strlen(name) != strlen("midwatch-") + 32 || g_stat(path, &status) != 0 || status.st_mtime < since_s ||
		    status.st_mtime > until_s)
			continue;
		for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
			g_autofree char *file = g_build_filename(path, files[i], NULL);
			g_unlink(file);
		}
		g_rmdir(path);
	}
	g_dir_close(dir);
}

static void
test_kills(void)
{
	g_autofree char *dir = g_dir_make_tmp("midwatch-kills-XXXXXX", NULL), *command = g_strdup_printf("rm -rf %s", dir);
	gint64 begun_s = g_get_real_time() / G_USEC_PER_SEC;

	g_setenv("XDG_STATE_HOME", dir, TRUE);
	kill_many(dir);
	g_usleep(2 * G_USEC_PER_SEC); /* commands that were started last may run still */
	check(dir);
	g_usleep(6 * G_USEC_PER_SEC);
	remove_traces(begun_s);
	g_assert_cmpint(system(command), ==, 0);
}

int
main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 4 && strcmp(argv[1], "--act") == 0)
		return act(argv[2], argv[3]);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/act/kills", test_kills);
	return g_test_run();
}
