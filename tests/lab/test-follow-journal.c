/* The journal of a real journald, followed over a local link. It runs in a mount namespace of the test's own, as a journal namespace, so
 * that nothing of the machine's journal is touched. */
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lab/follow_rig.h"

#define JOURNALD "/lib/systemd/systemd-journald"
#define NAMESPACE "mwtest"
#define SOCKET "/run/systemd/journal." NAMESPACE "/dev-log"

static const char *lacking; /* why these tests cannot run here; NULL when they can */

/* Everything that journald writes lies on file systems that go with this process. */
static const char *
enter_namespace(void)
{
	if (geteuid() != 0)
		return "needs root";
	if (!g_file_test(JOURNALD, G_FILE_TEST_IS_EXECUTABLE) || !g_file_test("/usr/bin/logger", G_FILE_TEST_IS_EXECUTABLE))
		return "needs systemd's journald and logger";
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return "needs mount namespaces";
	g_mkdir_with_parents("/run/systemd", 0755);
	if (mount("none", "/var/log", "tmpfs", 0, NULL) != 0 || mount("none", "/run/systemd", "tmpfs", 0, NULL) != 0)
		return "needs to mount tmpfs";
	return NULL;
}

static gboolean
exists(gpointer path)
{
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static GPid
start_journald(struct follow_rig *r)
{
	const char *const argv[] = { JOURNALD, NAMESPACE, NULL };
	GPid pid = rig_start(r, argv);

	rig_wait(exists, (gpointer)SOCKET, "journald's socket");
	return pid;
}

/* Puts a journalctl before the real one in PATH that reads the test's journal. */
static void
put_journalctl(struct follow_rig *r, const char *how)
{
	g_autofree char *bin = rig_path(r, "bin");
	g_autofree char *path = g_strconcat(bin, ":", g_getenv("PATH"), NULL);
	g_autofree char *file = g_build_filename(bin, "journalctl", NULL);
	g_autofree char *script = g_strdup_printf("#!/bin/sh\nexec %s /usr/bin/journalctl --namespace=" NAMESPACE " \"$@\"\n", how);

	g_mkdir(bin, 0755);
	rig_write(file, script, FALSE);
	g_chmod(file, 0755);
	g_chmod(r->dir, 0755);
	g_setenv("PATH", path, TRUE);
}

static gboolean
setup(struct follow_rig *r, const char *how)
{
	static char *path;

	if (lacking) {
		g_test_skip(lacking);
		return FALSE;
	}
	if (!path)
		path = g_strdup(g_getenv("PATH"));
	g_setenv("PATH", path, TRUE);
	rig_init(r);
	put_journalctl(r, how);
	start_journald(r);
	return TRUE;
}

static void
end_journald(struct follow_rig *r)
{
	for (guint i = 0; i < r->children->len; i++) {
		kill(g_array_index(r->children, GPid, i), SIGTERM);
		waitpid(g_array_index(r->children, GPid, i), NULL, 0);
	}
	g_array_set_size(r->children, 0);
	g_unlink(SOCKET);
}

static void
teardown(struct follow_rig *r)
{
	const char *const argv[] = { "sh", "-c", "rm -rf /var/log/journal /run/systemd/*", NULL };

	follow_free(g_steal_pointer(&r->follow));
	end_journald(r);
	g_free(rig_run(argv));
	rig_clear(r);
}

/* Logs "n 1" to "n LAST", ten at a time, from a process in the cgroup (NULL: where we are). */
static void
start_logging(struct follow_rig *r, guint last, const char *cgroup)
{
	static const char script[] =
		"[ -z \"$2\" ] || echo $$ >\"$2/cgroup.procs\" || exit\n"
		"i=1; { while [ $i -le $1 ]; do echo \"n $i\"; [ $((i % 10)) != 0 ] || sleep .02; i=$((i + 1)); done; sleep 1; } |"
		" logger -t mwtest -p user.warning -u " SOCKET;
	g_autofree char *number = g_strdup_printf("%u", last);
	const char *const argv[] = { "sh", "-c", script, "sh", number, cgroup ? cgroup : "", NULL };

	rig_start(r, argv);
}

/* "mwtest: n 1" or "mwtest[PID]: n 1": logger's process is one and the same. */
static char *
prefix_of(struct follow_rig *r)
{
	g_autofree char *text = NULL;
	const char *end, *line;

	rig_wait_text(r, ": n ");
	text = rig_text(r, FALSE);
	end = strstr(text, ": n ") + strlen(": n ");
	line = g_strrstr_len(text, end - text, "|");
	line = line ? line + 1 : text;
	return g_strndup(line, (gsize)(end - line));
}

static void
test_cuts(void)
{
	struct follow_rig r;
	g_autofree char *prefix = NULL;
	struct log_line line;

	if (!setup(&r, ""))
		return;
	rig_follow(&r, FOLLOW_JOURNAL, "journal", 0, FALSE);
	start_logging(&r, 2000, NULL);
	prefix = prefix_of(&r);
	for (guint i = 0; i < 15; i++) {
		rig_spin((guint)g_test_rand_int_range(20, 250));
		rig_cut(&r);
	}
	rig_expect_numbers(&r, prefix, 1, 2000);
	g_assert_cmpint(follow_state(r.follow), ==, FOLLOW_LIVE);
	g_assert_false(rig_noted(&r, "gap"));
	g_assert_true(log_store_at(r.world->logs, log_store_lines(r.world->logs) - 1, &line));
	g_assert_cmpint(line.level, ==, LEVEL_WARN);
	teardown(&r);
}

/* journald knows a unit by its cgroup, which it cannot read on every machine; journalctl also shows for a unit what root says about it. */
static void
log_about_unit(const char *unit, guint number)
{
	g_autofree char *fields = g_strdup_printf("MESSAGE=of %s: %u\nSYSLOG_IDENTIFIER=mwtest\nOBJECT_SYSTEMD_UNIT=%s.service\n", unit, number, unit);
	const char *const argv[] = { "sh", "-c", "printf %s \"$1\" | logger --journald", "sh", fields, NULL };

	g_free(rig_run(argv));
}

static void
test_unit(void)
{
	struct follow_rig r;
	g_autofree char *text = NULL;

	if (!setup(&r, ""))
		return;
	g_assert_cmpint(symlink("journal." NAMESPACE, "/run/systemd/journal"), ==, 0);
	rig_follow(&r, FOLLOW_UNIT, "good", 0, TRUE);
	for (guint i = 1; i <= 10; i++) {
		log_about_unit("good", i);
		log_about_unit("other", i);
		if (i % 4 == 0)
			rig_cut(&r);
	}
	rig_wait_text(&r, "of good: 10");
	g_assert_cmpuint(rig_count(&r), ==, 10);
	text = rig_text(&r, FALSE);
	g_assert_null(strstr(text, "other"));
	teardown(&r);
}

static void
test_lost_cursor(void)
{
	struct follow_rig r;
	const char *const argv[] = { "sh", "-c", "rm -rf /var/log/journal/*", NULL };

	if (!setup(&r, ""))
		return;
	rig_follow(&r, FOLLOW_JOURNAL, "journal", 0, TRUE);
	start_logging(&r, 10, NULL);
	rig_wait_text(&r, "n 10");
	follow_link_down(r.follow);
	end_journald(&r);
	g_free(rig_run(argv));
	start_journald(&r);
	start_logging(&r, 20, NULL);
	follow_link_up(r.follow);
	rig_wait_text(&r, "n 20");
	g_assert_true(rig_noted(&r, "gap: the journal of lab no longer holds the place"));
	teardown(&r);
}

static void
test_no_rights(void)
{
	struct follow_rig r;

	if (!setup(&r, "setpriv --reuid=65534 --regid=65534 --clear-groups"))
		return;
	start_logging(&r, 10, NULL);
	rig_follow(&r, FOLLOW_JOURNAL, "journal", 0, FALSE);
	rig_wait_state(&r, FOLLOW_FAILED);
	g_assert_nonnull(strstr(follow_problem(r.follow), "systemd-journal"));
	teardown(&r);
}

static void
test_no_journalctl(void)
{
	struct follow_rig r;

	if (!setup(&r, ""))
		return;
	g_setenv("PATH", r.dir, TRUE);
	rig_follow(&r, FOLLOW_JOURNAL, "journal", 0, FALSE);
	rig_wait_state(&r, FOLLOW_FAILED);
	g_assert_nonnull(strstr(follow_problem(r.follow), "no journal on lab"));
	g_setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
	teardown(&r);
}

/* With -o json journalctl does not say it by itself. */
static void
test_no_files(void)
{
	struct follow_rig r;
	const char *const argv[] = { "sh", "-c", "rm -rf /var/log/journal/*", NULL };

	if (!setup(&r, ""))
		return;
	end_journald(&r);
	g_free(rig_run(argv));
	rig_follow(&r, FOLLOW_JOURNAL, "journal", 0, FALSE);
	rig_wait_state(&r, FOLLOW_FAILED);
	g_assert_cmpstr(follow_problem(r.follow), ==, "no journal on lab: journald keeps no files there");
	start_journald(&r);
	start_logging(&r, 10, NULL);
	rig_wait_text(&r, "n 10");
	rig_wait_state(&r, FOLLOW_LIVE);
	teardown(&r);
}

int
main(int argc, char **argv)
{
	lacking = enter_namespace();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/follow-journal/cuts", test_cuts);
	g_test_add_func("/follow-journal/unit", test_unit);
	g_test_add_func("/follow-journal/lost-cursor", test_lost_cursor);
	g_test_add_func("/follow-journal/no-rights", test_no_rights);
	g_test_add_func("/follow-journal/no-journalctl", test_no_journalctl);
	g_test_add_func("/follow-journal/no-files", test_no_files);
	return g_test_run();
}
