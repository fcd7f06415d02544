/* The real program's sheets and what follows from them, with actions of the configuration on this machine: what confirms and what does not,
 * what has to be typed, locking, leaving, and the Activity panel. */
#include "tests/screens/console_fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "backends/store.h"

#define TALL 30

#define ACTIONS \
	"start_panel: score\n" \
	"actions:\n" \
	"  - {name: note, title: Note, keys: M-n, command: 'echo done-{host} && echo ran >>ran.txt', loses: 'Nothing, it is a test.'}\n" \
	"  - {name: wait, title: Wait, keys: M-w, command: 'echo begu${x}n; while [ ! -e go ]; do sleep 0.1; done; echo ran >>ran.txt'}\n" \
	"  - {name: fail, title: Fail, keys: M-f, command: 'printf \"bad \\033]0;owned\\007 end\\n\"; exit 3', danger: destroys}\n" \
	"  - {name: much, title: Much, keys: M-u, command: 'seq 1 500'}\n" \
	"  - {name: typed, title: Typed, keys: M-t, command: 'echo ran >>ran.txt', confirm: host}\n" \
	"  - {name: counted, title: Counted, keys: M-c, command: 'echo ran >>ran.txt', confirm: count}\n" \
	"  - {name: harmless, title: Harmless, keys: M-h, command: 'echo looked', danger: none}\n" \
	"  - {name: elsewhere, title: Elsewhere, keys: M-e, command: 'echo ran >>ran.txt', roles: [gateway], help: 'Only on gateways.'}\n"

/* --- what is in the files --- */

static guint runs(const struct fixture *f)
{
	g_autofree char *path = fixture_path(f, "ran.txt"), *text = NULL;
	guint n = 0;

	if (g_file_get_contents(path, &text, NULL, NULL))
		for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
			n++;
	return n;
}

static GPtrArray *audit(const struct fixture *f)
{
	g_autofree char *path = fixture_path(f, "state/midwatch/store.db"), *problem = NULL;
	g_autoptr(GError) error = NULL;
	struct store *s = store_open_readonly(path, &error);
	GPtrArray *all;
	guint64 rows;

	g_assert_no_error(error);
	if (!store_audit_verify(s, &rows, &problem))
		g_error("the audit log: %s", problem);
	all = store_audit_list(s, 0, &error);
	g_assert_no_error(error);
	store_close(s);
	return all;
}

static guint audit_rows(const struct fixture *f)
{
	g_autoptr(GPtrArray) all = audit(f);

	return all->len;
}

/* --- starting --- */

static struct driver *start(const struct fixture *f, const char *more, const char *option, int rows, int columns)
{
	g_autofree char *text = g_strconcat(ACTIONS, more, NULL);
	struct driver *d;

	fixture_configure(f, text);
	d = fixture_run(f, option ? (const char *const[]){option, NULL} : NULL, NULL, rows, columns);
	driver_wait(d, "assessed", 0);
	return d;
}

/* A key of an action, until its sheet is there. */
static void ask(struct driver *d, const char *key, const char *title)
{
	driver_keys(d, key);
	driver_wait_match(d, title, 0);
	driver_wait(d, "Esc cancel", 0);
}

/* The program has taken all keys that were sent before: the help has come and gone. */
static void settle(struct driver *d)
{
	fixture_press(d, "?", "Keys of the ");
	driver_keys(d, "Esc");
	driver_wait_gone(d, "Keys of the ", 0);
}

/* --- what confirms --- */

static void test_sheet(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 80);

	ask(d, "M-n", "Note: here");
	driver_wait(d, "echo done-'here' && echo ran >>ran.txt   on here", 0);
	driver_wait(d, "Loses: Nothing, it is a test.", 0);
	driver_wait(d, "y Note   Esc cancel", 0);
	fixture_cancel(d);
	g_assert_cmpuint(audit_rows(f), ==, 0);
	ask(d, "M-n", "Note: here");
	fixture_press(d, "y", "ok: exit 0");
	driver_wait(d, "done-here", 0);
	g_assert_cmpuint(runs(f), ==, 1);
	g_autoptr(GPtrArray) all = audit(f);
	g_assert_cmpuint(all->len, ==, 1);
	const struct audit_entry *e = all->pdata[0];
	g_assert_cmpstr(e->action, ==, "custom.note");
	g_assert_cmpstr(e->host, ==, "here");
	g_assert_cmpstr(e->request, ==, "echo done-'here' && echo ran >>ran.txt");
	g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* Enter, other keys, a pasted y, and a y that was typed before the sheet was there. */
static gboolean is_tall(struct driver *d, void *user)
{
	g_autofree char *footer = driver_row(d, TALL - 1);

	return strstr(footer, "? help") != NULL;
}

static void test_no_confirmation(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 80);

	ask(d, "M-n", "Note: here");
	driver_keys(d, "Enter Space n Y M-y Down Up");
	driver_type(d, "\033[200~y\033[201~");
	driver_resize(d, TALL, 100); /* drawn anew behind all of these keys */
	driver_wait_until(d, is_tall, NULL, "the tall screen", 0);
	driver_wait(d, "y Note   Esc cancel", 0);
	fixture_insist(d, "Esc", "Esc cancel", FALSE);
	settle(d);
	driver_type(d, "\033ny"); /* M-n and y at once: the y is older than the sheet */
	driver_wait(d, "y Note   Esc cancel", 0);
	fixture_cancel(d);
	settle(d);
	g_assert_cmpuint(audit_rows(f), ==, 0);
	g_assert_cmpuint(runs(f), ==, 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_typed(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 80);

	ask(d, "M-t", "Typed: here");
	fixture_press(d, "y", "type here to Typed:");
	driver_type(d, "there\r");
	driver_wait(d, "nothing was done: that is not \"here\"", 0);
	ask(d, "M-t", "Typed: here");
	fixture_press(d, "y", "type here to");
	driver_keys(d, "Esc");
	driver_wait_gone(d, "type here to", 0);
	ask(d, "M-c", "Counted: here");
	fixture_press(d, "y", "type 1 to Counted 1 target:");
	driver_type(d, "2\r");
	driver_wait(d, "nothing was done: that is not \"1\"", 0);
	g_assert_cmpuint(audit_rows(f), ==, 0);
	ask(d, "M-t", "Typed: here");
	fixture_press(d, "y", "type here to");
	driver_type(d, " here \r");
	driver_wait(d, "ok: exit 0", 0);
	g_assert_cmpuint(runs(f), ==, 1);
	g_assert_cmpuint(audit_rows(f), ==, 1);
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_cleanup(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_write_config(f, "hosts:\n  - name: here\n    local: true\n    docker: {disabled: true}\n    cleanup:\n"
	                        "      dry_run: 'seq 1 20; echo would remove x'\n      command: 'echo ran >>ran.txt'\n");
	d = fixture_run(f, NULL, NULL, 40, 120);
	driver_wait(d, "assessed", 0);
	ask(d, "D", "Dry run of the cleanup on here");
	driver_wait(d, "It should change nothing.", 0);
	driver_keys(d, "y");
	/* When it has ended well the cleanup itself is offered; what is typed meanwhile is no answer. */
	driver_wait(d, "Clean up here", 0);
	driver_wait(d, "Its dry run said, at the end:", 0);
	driver_wait(d, "would remove x", 0);
	fixture_press(d, "y", "type here to clean up:");
	driver_type(d, "\r");
	driver_wait(d, "nothing was done", 0);
	g_assert_cmpuint(runs(f), ==, 0);
	fixture_press(d, "1", "assessed");
	ask(d, "D", "Clean up here"); /* the dry run is fresh */
	fixture_press(d, "y", "type here to");
	driver_type(d, "here\r");
	driver_wait_match(d, "cleanup +here +ok", 0);
	g_assert_cmpuint(runs(f), ==, 1);
	fixture_press(d, "1", "assessed");
	ask(d, "D", "Dry run of the cleanup on here"); /* used up */
	fixture_cancel(d);
	g_assert_cmpuint(audit_rows(f), ==, 2);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* --- locking --- */

static void expect_locked(struct driver *d, const char *why)
{
	static const char *const keys[] = {"M-n", "M-w", "M-f", "M-u", "M-t", "M-c"};

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		driver_keys(d, keys[i]);
		driver_wait(d, why, 0);
		g_assert_false(driver_has(d, "Esc cancel"));
		driver_keys(d, "^L");
		settle(d);
	}
}

static void test_lock(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 120);

	fixture_press(d, "R", "READ-ONLY");
	expect_locked(d, "midwatch is locked read-only");
	ask(d, "M-h", "Harmless: here"); /* it changes nothing */
	fixture_cancel(d);
	driver_keys(d, "R");
	driver_wait(d, "Unlock actions", 0);
	driver_keys(d, "Enter");
	fixture_cancel(d);
	driver_wait(d, "READ-ONLY", 0);
	driver_keys(d, "R");
	driver_wait(d, "y unlock   Esc cancel", 0);
	driver_keys(d, "y");
	driver_wait_gone(d, "READ-ONLY", 0);
	ask(d, "M-n", "Note: here");
	fixture_press(d, "y", "ok: exit 0");
	g_assert_cmpuint(audit_rows(f), ==, 1);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* b without marks is about all that is unhealthy. */
static void test_many_without_marks(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 120);

	fixture_press(d, "2", "Containers  here");
	fixture_press(d, "b", "no container is unhealthy");
	driver_quit(d, "^C");
	fixture_free(f);
}

/* The configuration says that it changes nothing: a lock is no reason not to run it. */
static void test_harmless_while_locked(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", "--readonly", 24, 120);

	driver_wait(d, "READ-ONLY", 0);
	ask(d, "M-h", "Harmless: here");
	fixture_press(d, "y", "ok: exit 0");
	driver_wait(d, "READ-ONLY", 0);
	g_assert_cmpuint(audit_rows(f), ==, 1);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* What is about the host needs no row: there is no container here. */
static void test_host_without_rows(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 120);

	fixture_press(d, "2", "no Docker here");
	ask(d, "M-n", "Note: here");
	fixture_press(d, "y", "ok: exit 0");
	g_assert_cmpuint(runs(f), ==, 1);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* In the menu each of them has its words; what is for other hosts is in no footer, crossed out in the menu, and says why. */
static void test_own_in_menu(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 160);

	driver_wait(d, "M-n Note", 0);
	g_assert_false(driver_has(d, "M-e Elsewhere"));
	fixture_press(d, "x", "What can be done here");
	driver_wait_match(d, "M-n +Note", 0);
	driver_wait_match(d, "M-w +Wait", 0);
	driver_wait_match(d, "M-e +Only on gateways\\. +it does not apply", 0);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "What can be done here", 0);
	driver_keys(d, "M-e");
	driver_wait(d, "Elsewhere: it does not apply to what is selected", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

static void test_locked_for_good(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", "--readonly", 24, 120);

	for (guint i = 0; i < 2; i++) {
		driver_wait(d, "READ-ONLY", 0);
		expect_locked(d, "midwatch was started read-only");
		fixture_press(d, "R", "midwatch was started read-only: leave it");
		driver_wait(d, "READ-ONLY", 0);
		g_assert_cmpuint(audit_rows(f), ==, 0);
		driver_quit(d, "^C");
		d = i == 0 ? start(f, "readonly: true\n", NULL, 24, 120) : NULL;
	}
	fixture_free(f);
}

static void test_locked_host(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *text = g_strconcat("hosts:\n  - {name: here, local: true, readonly: true, docker: {disabled: true}}\n", ACTIONS, NULL);
	struct driver *d;

	fixture_write_config(f, text);
	d = fixture_run(f, NULL, NULL, 24, 120);
	driver_wait(d, "assessed", 0);
	expect_locked(d, "the configuration says that this host is read-only");
	g_assert_cmpuint(audit_rows(f), ==, 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* Locked while the dry run runs: the cleanup is not offered, and a sheet that is open does not go on. */
static void test_locked_meanwhile(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_write_config(f, "hosts:\n  - name: here\n    local: true\n    docker: {disabled: true}\n    cleanup:\n"
	                        "      dry_run: 'echo begu${x}n; while [ ! -e go ]; do sleep 0.1; done'\n      command: 'echo ran >>ran.txt'\n");
	d = fixture_run(f, NULL, NULL, 40, 120);
	driver_wait(d, "assessed", 0);
	ask(d, "D", "Dry run of the cleanup on here");
	fixture_press(d, "y", "begun");
	fixture_press(d, "R", "READ-ONLY");
	fixture_append_to(f, "go", "");
	driver_wait_match(d, "cleanup dry run +dry run +here +ok", 0);
	settle(d);
	g_assert_false(driver_has(d, "Clean up here"));
	g_assert_cmpuint(runs(f), ==, 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* Locked while actions wait for another one: that one ends, those that change something are not begun. */
static void test_locked_queue(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 40, 140);

	ask(d, "M-w", "Wait: here");
	fixture_press(d, "y", "begun");
	fixture_press(d, "1", "assessed");
	ask(d, "M-n", "Note: here");
	driver_keys(d, "y");
	driver_wait_match(d, "Note +here +waiting", 0);
	fixture_press(d, "1", "assessed");
	ask(d, "M-h", "Harmless: here");
	driver_keys(d, "y");
	driver_wait_match(d, "Harmless +here +waiting", 0);
	fixture_press(d, "R", "READ-ONLY");
	fixture_append_to(f, "go", "");
	driver_wait_match(d, "Wait +here +ok", 0);
	driver_wait_match(d, "Note +here +failed .*it was not begun: midwatch was locked read-only", 0);
	driver_wait_match(d, "Harmless +here +ok", 0);
	g_assert_cmpuint(runs(f), ==, 1);
	g_assert_cmpuint(audit_rows(f), ==, 2);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* --- running and leaving --- */

static void test_leave_while_running(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 120);

	ask(d, "M-w", "Wait: here");
	fixture_press(d, "y", "begun");
	driver_wait_match(d, "Wait +here +running", 0);
	driver_keys(d, "Esc"); /* leaving the panel cancels nothing */
	driver_wait(d, "assessed", 0);
	driver_keys(d, "q");
	driver_wait(d, "Leave while 1 action is under way?", 0);
	driver_wait(d, "Wait on here: running", 0);
	driver_keys(d, "Enter y");
	fixture_cancel(d);
	driver_keys(d, "^C");
	driver_wait(d, "q leave   Esc cancel", 0);
	driver_keys(d, "q");
	g_assert_cmpint(driver_wait_exit(d, 0), ==, 0);
	driver_assert_restored(d);
	driver_free(d);
	g_autoptr(GPtrArray) all = audit(f);
	g_assert_cmpuint(all->len, ==, 1);
	g_assert_cmpint(((struct audit_entry *)all->pdata[0])->outcome, ==, OUTCOME_UNKNOWN);
	g_assert_cmpuint(runs(f), ==, 0);
	fixture_append_to(f, "go", "");
	g_autofree char *ran = fixture_path(f, "ran.txt");
	g_free(fixture_wait_file(f, ran, "ran")); /* it went on */
	fixture_wait_processes(f, 0, 0);
	g_assert_cmpuint(runs(f), ==, 1);
	fixture_free(f);
}

/* A command that hangs does not keep all others of its host waiting: it is let go, and nothing is ended over there. */
static void test_let_go(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 40, 140);

	fixture_press(d, "a", "no action was run yet");
	driver_keys(d, "W");
	driver_wait(d, "stop waiting: no command is running under the cursor", 0);
	fixture_press(d, "1", "assessed");
	ask(d, "M-w", "Wait: here");
	fixture_press(d, "y", "begun");
	fixture_press(d, "1", "assessed");
	ask(d, "M-n", "Note: here");
	driver_keys(d, "y");
	driver_wait_match(d, "^>. Note +here +waiting", 0);
	driver_keys(d, "k");
	driver_wait_match(d, "^>. Wait +here +running", 0);
	ask(d, "W", "Stop waiting for Wait on here\\?");
	driver_keys(d, "Enter");
	fixture_cancel(d);
	driver_wait_match(d, "Note +here +waiting", 0);
	ask(d, "W", "Stop waiting for Wait on here\\?");
	driver_keys(d, "y");
	driver_wait_match(d, "Note +here +ok", 0);
	driver_wait_match(d, "Wait +here +unknown .*it was not waited for any more; it goes on over there", 0);
	g_assert_cmpuint(runs(f), ==, 1);
	fixture_append_to(f, "go", "");
	g_autofree char *ran = fixture_path(f, "ran.txt");
	g_free(fixture_wait_file(f, ran, "ran\nran\n"));
	g_autoptr(GPtrArray) all = audit(f);
	g_assert_cmpuint(all->len, ==, 2);
	g_assert_cmpint(((struct audit_entry *)all->pdata[0])->outcome, ==, OUTCOME_UNKNOWN);
	g_assert_cmpint(((struct audit_entry *)all->pdata[1])->outcome, ==, OUTCOME_OK);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* --- the Activity panel --- */

static void test_activity(void)
{
	static const struct { int rows, columns; } sizes[] = {{24, 80}, {60, 200}, {10, 40}, {1, 1}, {5, 300}, {24, 80}};
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "", NULL, 24, 80);

	fixture_press(d, "a", "no action was run yet; midwatch audit lists");
	driver_keys(d, "Esc");
	driver_wait(d, "assessed", 0);
	ask(d, "M-f", "Fail: here");
	fixture_press(d, "y", "failed: exit 3");
	driver_wait_match(d, "^.*bad .*end$", 0);
	g_assert_cmpstr(driver_title(d), ==, "");
	driver_keys(d, "Esc");
	driver_wait(d, "assessed", 0);
	ask(d, "M-u", "Much: here");
	driver_keys(d, "y");
	driver_wait_match(d, "^ +500$", 0); /* it follows the end */
	driver_wait_match(d, "^> *\\S Much +here +ok", 0);
	driver_wait_match(d, "^  *\\S Fail +here +failed", 0);
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
		driver_resize(d, sizes[i].rows, sizes[i].columns);
	driver_wait_match(d, "^> *\\S Much +here +ok", 0);
	driver_resize(d, 60, 200);
	driver_wait_match(d, "Much +here +ok +\\d+s +exit 0", 0); /* room for the result */
	driver_keys(d, "Enter g");
	driver_wait_match(d, "^ seq 1 500$", 0);
	driver_wait_gone(d, "Fail", 0);
	fixture_press(d, "G", "500");
	driver_keys(d, "Esc");
	driver_wait(d, "Fail", 0);
	fixture_press(d, "j", "failed: exit 3");
	driver_quit(d, "^C");
	fixture_free(f);
}

/* While it prints and the terminal changes its size all the time. */
static void test_resize_while_running(void)
{
	struct fixture *f = fixture_new();
	struct driver *d;

	fixture_configure(f, "actions:\n"
	                     "  - {name: chat, title: Chat, keys: M-c, command: 'for i in $(seq 1 40); do echo line $i; sleep 0.05; done'}\n");
	d = fixture_run(f, NULL, NULL, 24, 80);
	driver_wait(d, "assessed", 0);
	ask(d, "M-c", "Chat: here");
	driver_keys(d, "y");
	for (guint i = 0; i < 60; i++) {
		driver_resize(d, 2 + (int)(i * 7 % 50), 10 + (int)(i * 13 % 190));
		driver_pump(d, 0.05);
	}
	driver_resize(d, 40, 120);
	driver_wait_match(d, "Chat +here +ok +\\d+s +exit 0", 0);
	driver_wait_match(d, "^ line 40$", 0);
	driver_quit(d, "^C");
	fixture_free(f);
}

/* --- without an audit log --- */

/* A directory in the place of the store stops root as well. */
static void test_no_store(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *path = fixture_path(f, "state/midwatch/store.db");
	struct driver *d;

	g_assert_cmpint(g_mkdir_with_parents(path, 0700), ==, 0);
	d = start(f, "", NULL, 24, 120);
	driver_wait(d, "no audit: actions are refused", 0);
	expect_locked(d, "The store cannot be");
	driver_quit(d, "^C");
	fixture_free(f);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console-actions/sheet", test_sheet);
	g_test_add_func("/console-actions/no-confirmation", test_no_confirmation);
	g_test_add_func("/console-actions/typed", test_typed);
	g_test_add_func("/console-actions/cleanup", test_cleanup);
	g_test_add_func("/console-actions/lock", test_lock);
	g_test_add_func("/console-actions/many-without-marks", test_many_without_marks);
	g_test_add_func("/console-actions/harmless-while-locked", test_harmless_while_locked);
	g_test_add_func("/console-actions/host-without-rows", test_host_without_rows);
	g_test_add_func("/console-actions/own-in-menu", test_own_in_menu);
	g_test_add_func("/console-actions/locked-for-good", test_locked_for_good);
	g_test_add_func("/console-actions/locked-host", test_locked_host);
	g_test_add_func("/console-actions/locked-meanwhile", test_locked_meanwhile);
	g_test_add_func("/console-actions/locked-queue", test_locked_queue);
	g_test_add_func("/console-actions/leave-while-running", test_leave_while_running);
	g_test_add_func("/console-actions/let-go", test_let_go);
	g_test_add_func("/console-actions/activity", test_activity);
	g_test_add_func("/console-actions/resize-while-running", test_resize_while_running);
	g_test_add_func("/console-actions/no-store", test_no_store);
	return g_test_run();
}
