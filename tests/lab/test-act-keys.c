/* The real console, driven by keys as an operator does, acts on a real Docker Engine: what is asked, what the daemon has done by its own account,
 * what stands in the audit log, and what was saved before. */
#include "tests/lab/act_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/sanitize.h"
#include "tests/lab/lab_proxy.h"

#define HEARS_TERM "--stop-signal TERM" /* the image's containers are killed at once */
#define HOLDS \
	"rm -f /tmp/go; trap 'echo asked' TERM; echo begun; while [ ! -e /tmp/go ]; do sleep 0.1; done" /* stops when the test says so */
#define PATIENCE_S 60 /* what such a container gets to stop */

/* --- what the tests share --- */

/* A container under the cursor, and the sheet of its restart. */
static void ask_restart(struct trial *t, const char *name)
{
	g_autofree char *title = g_strdup_printf("Restart %s on here", name);

	act_go_to(t->driver, name);
	act_ask(t->driver, "r", title);
}

static void remove_container(const char *name)
{
	trial_docker("rm", "-f", name, NULL);
}

/* The row of one container's restart that went well; its evidence is complete. Gives the directory. */
static char *check_restart(const struct audit_entry *e, const char *name, int stop_s, gboolean health)
{
	g_autofree char *id = trial_inspect(name, "{{.Id}}"), *end = g_strdup_printf("/containers/%s/restart?t=%d", id, stop_s);

	g_assert_cmpstr(e->action, ==, "container.restart");
	g_assert_cmpstr(e->host, ==, "here");
	g_assert_cmpstr(e->target, ==, name);
	g_assert_true(g_str_has_prefix(e->request, "POST /v"));
	g_assert_true(g_str_has_suffix(e->request, end));
	g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
	g_assert_cmpstr(e->result, ==, "HTTP 204");
	g_assert_null(e->note);
	g_assert_cmpint(e->started_us, >, 0);
	g_assert_cmpint(e->ended_us, >, e->started_us);
	return act_check_evidence(e->evidence, health);
}

static void check_nothing_kept(const struct trial *t)
{
	g_autoptr(GPtrArray) all = act_audit(t);

	g_assert_cmpuint(all->len, ==, 0);
}

static void check_untouched(const char *name, const char *started_at)
{
	g_autofree char *now = act_started_at(name);

	g_assert_cmpstr(now, ==, started_at);
}

static gboolean has_begun_again(struct driver *d, void *name)
{
	return act_starts(name) > 1;
}

/* Its script may say so a moment after the daemon's answer. */
static void expect_restarted_once(struct trial *t, const char *name)
{
	driver_wait_until(t->driver, has_begun_again, (void *)name, "the container to begin again", 0);
	g_assert_cmpuint(act_starts(name), ==, 2);
}

/* A console that gives containers much time to stop, on a Docker socket of the lab. */
static struct trial *patient_console(const char *socket)
{
	g_autofree char *path = lab_path(trial_lab(0), socket);
	struct trial *t = trial_console("hosts:\n  - name: here\n    local: true\n    refresh: 1\n    docker: {socket: %s, stats_interval: 1, stop_timeout: %d}\n"
	                                "start_panel: containers\n", path, PATIENCE_S);

	driver_wait_match(t->driver, "Containers  here  \\d+ of \\d+", 0);
	return t;
}

/* The daemon has asked it to stop. */
static gboolean was_asked(struct driver *d, void *name)
{
	g_autofree char *log = trial_docker_text("logs", name, NULL);

	return strstr(log, "asked") != NULL;
}

static void let_stop(const char *name)
{
	trial_docker("exec", name, "touch", "/tmp/go", NULL);
}

/* --- restarts --- */

static void test_restart(void)
{
	struct trial *t = act_console("");
	g_autofree char *before = NULL, *after = NULL, *directory = NULL;

	g_free(act_container("one", "--health-cmd 'echo fine' --health-interval 1s", "seq 1 7; " ACT_SLEEPS));
	trial_wait_health(t->driver, "one", "healthy");
	before = act_started_at("one");
	ask_restart(t, "one");
	check_nothing_kept(t);
	driver_keys(t->driver, "y");
	act_wait(t->driver, "restart", "one", "ok +\\d+s +HTTP 204");
	after = act_started_at("one");
	g_assert_cmpstr(after, !=, before);
	expect_restarted_once(t, "one");
	g_autoptr(GPtrArray) all = act_audit(t);
	directory = check_restart(act_last(all, 1), "one", ACT_STOP_S, TRUE);
	g_assert_cmpuint(act_lines(directory, "log.txt"), ==, 8);
	g_assert_cmpuint(act_snapshots(t), ==, 1);
	trial_quit(t);
	remove_container("one");
}

#define MARKED 4

/* From four on the count is typed. */
/* What is about a host, or about all that is unhealthy, is not about what is marked. */
static void check_marked_menu(struct driver *d)
{
	driver_keys(d, "b");
	driver_wait(d, "For all that is marked", 0);
	driver_wait(d, "Restarts the container, or the marked ones", 0);
	driver_wait(d, "Saves log, health log, inspect and stats", 0);
	g_assert_false(driver_has(d, "Restarts all containers that are unhealthy"));
	g_assert_false(driver_has(d, "Runs the host's cleanup"));
	g_assert_false(driver_has(d, "Opens a shell"));
	driver_keys(d, "Esc");
	driver_wait_gone(d, "For all that is marked", 0);
}

static void test_marked(void)
{
	struct trial *t = act_console("");
	g_autofree char *other = act_started_at("other");
	const char *const names[MARKED] = {"mark-1", "mark-2", "mark-3", "mark-4"};
	g_autoptr(GHashTable) targets = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < MARKED; i++)
		g_free(act_container(names[i], i == 0 ? HEARS_TERM : "", ACT_SLEEPS)); /* process 1 does not act on it: that one is killed in the end */
	trial_filter(t->driver, "name:mark-");
	driver_wait_match(t->driver, "Containers  here  4 of \\d+", 0);
	driver_keys(t->driver, "g Space Space Space Space");
	driver_wait(t->driver, "4 marked", 0);
	check_marked_menu(t->driver);
	act_ask(t->driver, "r", "Restart 4 containers");
	for (guint i = 0; i < MARKED; i++) {
		g_autofree char *line = g_strdup_printf("%s on here: up", names[i]);
		driver_wait(t->driver, line, 0);
	}
	driver_keys(t->driver, "y");
	driver_wait(t->driver, "type 4 to restart 4 targets:", 0);
	driver_keys(t->driver, "y Enter");
	driver_wait(t->driver, "nothing was done: that is not \"4\"", 0);
	check_nothing_kept(t);
	act_ask(t->driver, "r", "Restart 4 containers");
	driver_keys(t->driver, "y");
	driver_wait(t->driver, "type 4 to restart 4 targets:", 0);
	driver_type(t->driver, "4\r");
	for (guint i = 0; i < MARKED; i++)
		act_wait(t->driver, "restart", names[i], "ok +\\d+s +HTTP 204");
	g_autoptr(GPtrArray) all = act_audit(t);
	g_assert_cmpuint(all->len, ==, MARKED);
	for (guint i = 0; i < MARKED; i++) {
		const struct audit_entry *e = all->pdata[i];
		g_free(check_restart(e, e->target, ACT_STOP_S, FALSE));
		g_assert_true(g_hash_table_add(targets, e->target));
		if (g_str_equal(e->target, names[0]))
			g_assert_cmpint(e->ended_us - e->started_us, >, (ACT_STOP_S - 1) * G_USEC_PER_SEC);
		expect_restarted_once(t, names[i]);
	}
	check_untouched("other", other);
	trial_quit(t);
	for (guint i = 0; i < MARKED; i++)
		remove_container(names[i]);
}

static void test_unhealthy(void)
{
	struct trial *t = act_console("");
	g_autofree char *well = NULL, *slow = NULL, *sick = act_started_at("sick"), *sick_now = NULL;

	g_free(act_container("ill", "--health-cmd 'echo no; exit 1' --health-interval 1s --health-retries 1", ACT_SLEEPS));
	trial_wait_health(t->driver, "ill", "unhealthy");
	trial_wait_health(t->driver, "sick", "unhealthy");
	trial_wait_health(t->driver, "well", "healthy");
	well = act_started_at("well");
	slow = act_started_at("slow");
	act_go_to(t->driver, "well"); /* what is selected is not what it is about */
	act_ask(t->driver, "b", "Restart 2 containers"); /* nothing is marked */
	driver_wait_match(t->driver, "ill on here: up \\d+\\w+, unhealthy", 0);
	driver_wait_match(t->driver, "sick on here: up \\d+\\w+, unhealthy", 0);
	g_assert_false(driver_has(t->driver, "well on here: up"));
	g_assert_false(driver_has(t->driver, "slow on here: up"));
	driver_keys(t->driver, "y");
	act_wait(t->driver, "restart", "ill", "ok +\\d+s +HTTP 204");
	act_wait(t->driver, "restart", "sick", "ok +\\d+s +HTTP 204");
	expect_restarted_once(t, "ill");
	sick_now = act_started_at("sick");
	g_assert_cmpstr(sick_now, !=, sick);
	check_untouched("well", well);
	check_untouched("slow", slow);
	g_autoptr(GPtrArray) all = act_audit(t);
	act_last(all, 2);
	trial_quit(t);
	remove_container("ill");
}

static const char *const slow_row = "restart +slowly +here +running +(\\d+)s";

static guint seconds_shown(struct driver *d)
{
	g_autofree char *text = driver_text(d), *digits = NULL;
	g_autoptr(GRegex) regex = g_regex_new(slow_row, 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	if (!g_regex_match(regex, text, 0, &match))
		return 0;
	digits = g_match_info_fetch(match, 1);
	return (guint)atoi(digits);
}

static gboolean goes_on(struct driver *d, void *seconds)
{
	return seconds_shown(d) > *(guint *)seconds;
}

/* Its time runs before the operator's eyes; leaving the panel cancels nothing. */
static void test_slow_stop(void)
{
	struct trial *t = patient_console("docker.sock");
	guint seconds;

	g_free(act_container("slowly", HEARS_TERM, HOLDS));
	ask_restart(t, "slowly");
	driver_keys(t->driver, "y");
	driver_wait_match(t->driver, slow_row, 0);
	seconds = seconds_shown(t->driver);
	driver_wait_until(t->driver, goes_on, &seconds, "its time to go on", 0);
	driver_keys(t->driver, "Esc");
	driver_wait_match(t->driver, "Containers  here  1 of \\d+", 0);
	driver_wait_until(t->driver, was_asked, (void *)"slowly", "the daemon to ask it", 0);
	g_assert_cmpuint(act_starts("slowly"), ==, 1);
	let_stop("slowly");
	driver_wait(t->driver, "restart slowly on here: ok: HTTP 204", 0);
	expect_restarted_once(t, "slowly");
	g_autoptr(GPtrArray) all = act_audit(t);
	g_free(check_restart(act_last(all, 1), "slowly", PATIENCE_S, FALSE));
	trial_quit(t);
	remove_container("slowly");
}

/* --- when the daemon cannot --- */

/* From the panel: the evidence could not be saved, and the operator is asked what now. */
static void ask_override(struct trial *t, const char *name, const char *why)
{
	g_autofree char *title = g_strdup_printf("No evidence of %s on here", name);

	act_wait(t->driver, "restart", name, "blocked");
	act_ask(t->driver, "A", title);
	driver_wait_match(t->driver, why, 0);
}

static void go_on_without(struct trial *t, const char *reason)
{
	driver_keys(t->driver, "o");
	driver_wait(t->driver, "why without evidence:", 0);
	driver_type(t->driver, reason);
	driver_keys(t->driver, "Enter");
}

/* Removed while its sheet was open: given up it leaves no row, since nothing was begun; sent all the same, it has failed with the daemon's words. */
static void test_removed(void)
{
	struct trial *t = act_console("");

	for (guint i = 0; i < 2; i++) {
		g_free(act_container("gone", "", ACT_SLEEPS));
		ask_restart(t, "gone");
		remove_container("gone");
		driver_keys(t->driver, "y");
		ask_override(t, "gone", "the Docker daemon says: No such container");
		if (i == 0) {
			driver_keys(t->driver, "g");
			act_wait(t->driver, "restart", "gone", "failed +\\d+s +given up: no evidence could be saved: the Docker daemon says: No such");
			check_nothing_kept(t);
			act_back(t->driver);
		}
	}
	go_on_without(t, "it is to fail");
	act_wait(t->driver, "restart", "gone", "failed +\\d+s +the Docker daemon says: No such container");
	g_autoptr(GPtrArray) all = act_audit(t);
	const struct audit_entry *e = act_last(all, 1);
	g_assert_cmpint(e->outcome, ==, OUTCOME_FAILED);
	g_assert_nonnull(strstr(e->result, "No such container"));
	g_assert_cmpstr(e->note, ==, "without evidence: it is to fail");
	g_assert_null(e->evidence);
	g_assert_cmpuint(act_snapshots(t), ==, 0);
	trial_quit(t);
}

/* The connection is cut while the daemon restarts it: once it is there again, the container's state tells what came of it. */
static void test_answer_lost(void)
{
	g_autofree char *path = lab_path(trial_lab(0), "cut.sock"), *socket = lab_path(trial_lab(0), "docker.sock");
	struct lab_proxy *proxy = lab_proxy_new_unix(path, socket);
	struct trial *t = patient_console("cut.sock");

	g_free(act_container("lost", HEARS_TERM, HOLDS));
	ask_restart(t, "lost");
	driver_keys(t->driver, "y");
	act_wait(t->driver, "restart", "lost", "running");
	driver_wait_until(t->driver, was_asked, (void *)"lost", "the daemon to ask it", 0);
	lab_proxy_refuse(proxy);
	act_wait(t->driver, "restart", "lost", "verifying");
	let_stop("lost");
	lab_proxy_pass(proxy);
	act_wait(t->driver, "restart", "lost", "ok +\\d+s +restarted at .*: no answer came, its state shows it");
	expect_restarted_once(t, "lost");
	g_autoptr(GPtrArray) all = act_audit(t);
	const struct audit_entry *e = act_last(all, 1);
	g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
	g_assert_nonnull(strstr(e->result, "no answer came"));
	g_free(act_check_evidence(e->evidence, FALSE));
	trial_quit(t);
	lab_proxy_free(proxy);
	remove_container("lost");
}

/* The last test: containers end with the daemon. What could not be sent has failed, and nothing is sent late when it is back. */
static void test_daemon_away(void)
{
	struct trial *t = act_console("");
	struct lab *lab = trial_lab(0);
	g_autofree char *before = act_started_at("other"), *after = NULL;

	ask_restart(t, "other");
	lab_dockerd_stop(lab);
	driver_keys(t->driver, "y");
	ask_override(t, "other", "Docker on this host is not connected now|docker.sock");
	go_on_without(t, "the daemon is away");
	act_wait(t->driver, "restart", "other", "failed +\\d+s +\\S.*(not connected now|docker.sock)");
	g_autoptr(GPtrArray) all = act_audit(t);
	const struct audit_entry *e = act_last(all, 1);
	g_assert_cmpint(e->outcome, ==, OUTCOME_FAILED);
	g_assert_cmpstr(e->note, ==, "without evidence: the daemon is away");
	lab_dockerd_start(lab);
	act_back(t->driver);
	trial_wait_health(t->driver, "other", "exited 137");
	check_untouched("other", before);
	ask_restart(t, "other");
	driver_keys(t->driver, "y");
	act_wait(t->driver, "restart", "other", "ok +\\d+s +HTTP 204");
	after = act_started_at("other");
	g_assert_cmpstr(after, !=, before);
	trial_quit(t);
}

/* --- evidence that cannot be saved --- */

/* Without a reason nothing happens; with one it is restarted, and the row says why. */
static void expect_override(struct trial *t, const char *name, const char *why)
{
	g_autofree char *before = act_started_at(name), *after = NULL;

	ask_restart(t, name);
	driver_keys(t->driver, "y");
	ask_override(t, name, why);
	driver_keys(t->driver, "y Esc"); /* y is no answer to this sheet */
	driver_wait_gone(t->driver, "Esc decide later", 0);
	act_ask(t->driver, "A", "No evidence of");
	go_on_without(t, "  ");
	driver_wait(t->driver, "it still waits: without evidence a reason is needed", 0);
	act_wait(t->driver, "restart", name, "blocked");
	check_untouched(name, before);
	check_nothing_kept(t);
	act_ask(t->driver, "A", "No evidence of");
	go_on_without(t, "the disk is full, INC-7");
	act_wait(t->driver, "restart", name, "ok +\\d+s +HTTP 204");
	after = act_started_at(name);
	g_assert_cmpstr(after, !=, before);
	expect_restarted_once(t, name);
	g_autoptr(GPtrArray) all = act_audit(t);
	const struct audit_entry *e = act_last(all, 1);
	g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
	g_assert_cmpstr(e->note, ==, "without evidence: the disk is full, INC-7");
	g_assert_null(e->evidence);
}

static void test_disk_full(void)
{
	struct trial *t = act_console("");
	g_autofree char *path = trial_path(t, "state/midwatch/snapshots");

	g_free(act_container("full", "", "seq 1 9000; " ACT_SLEEPS));
	g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	if (mount("midwatch-test", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0700") != 0)
		g_error("cannot mount a file system at %s: %s", path, g_strerror(errno));
	expect_override(t, "full", "No space left on device");
	g_assert_cmpuint(act_snapshots(t), ==, 0); /* no half of it */
	g_assert_cmpint(umount2(path, MNT_DETACH), ==, 0);
	trial_quit(t);
	remove_container("full");
}

/* A file in the directory's place stops root as well. */
static void test_no_directory(void)
{
	struct trial *t = act_console("");
	g_autofree char *path = trial_path(t, "state/midwatch/snapshots");

	g_free(act_container("kept", "", ACT_SLEEPS));
	g_assert_true(g_file_set_contents(path, "in the way\n", -1, NULL));
	expect_override(t, "kept", "snapshots");
	trial_quit(t);
	remove_container("kept");
}

/* --- snapshots, and what is taken back --- */

static void test_snapshot(void)
{
	struct trial *t = act_console("");
	g_autofree char *before = NULL, *directory = NULL;

	g_free(act_container("still", "", "seq 1 5; " ACT_SLEEPS));
	before = act_started_at("still");
	act_go_to(t->driver, "still");
	driver_keys(t->driver, "S");
	driver_wait(t->driver, "Snapshot of still on here: it is being saved", 0);
	driver_keys(t->driver, "a");
	act_wait(t->driver, "snapshot", "still", "ok");
	check_untouched("still", before);
	g_autoptr(GPtrArray) all = act_audit(t);
	const struct audit_entry *e = act_last(all, 1);
	g_assert_cmpstr(e->action, ==, "container.snapshot");
	g_assert_cmpstr(e->target, ==, "still");
	g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
	directory = act_check_evidence(e->evidence, FALSE);
	g_assert_cmpuint(act_lines(directory, "log.txt"), ==, 6);
	g_assert_cmpuint(act_snapshots(t), ==, 1);
	trial_quit(t);
	remove_container("still");
}

/* One runs, two wait for it: those do not begin any more, that one goes on to its end. */
static void test_take_back(void)
{
	struct trial *t = patient_console("docker.sock");
	g_autofree char *first = NULL, *second = NULL;

	g_free(act_container("runs", HEARS_TERM, HOLDS));
	g_free(act_container("waits-1", "", ACT_SLEEPS));
	g_free(act_container("waits-2", "", ACT_SLEEPS));
	first = act_started_at("waits-1");
	second = act_started_at("waits-2");
	ask_restart(t, "runs");
	driver_keys(t->driver, "y");
	act_wait(t->driver, "restart", "runs", "(saving evidence|running)");
	act_back(t->driver);
	trial_filter(t->driver, "name:waits-");
	driver_wait_match(t->driver, "Containers  here  2 of \\d+", 0);
	driver_keys(t->driver, "g Space Space");
	act_ask(t->driver, "r", "Restart 2 containers");
	driver_keys(t->driver, "y");
	act_wait(t->driver, "restart", "waits-1", "waiting");
	act_wait(t->driver, "restart", "waits-2", "waiting");
	driver_keys(t->driver, "K");
	act_wait(t->driver, "restart", "waits-1", "failed .*taken back: it was not begun");
	act_wait(t->driver, "restart", "waits-2", "failed .*taken back: it was not begun");
	driver_keys(t->driver, "K");
	driver_wait(t->driver, "take back: nothing waits", 0);
	driver_wait_until(t->driver, was_asked, (void *)"runs", "the daemon to ask it", 0);
	let_stop("runs");
	act_wait(t->driver, "restart", "runs", "ok +\\d+s +HTTP 204");
	check_untouched("waits-1", first);
	check_untouched("waits-2", second);
	expect_restarted_once(t, "runs");
	g_autoptr(GPtrArray) all = act_audit(t);
	g_free(check_restart(act_last(all, 1), "runs", PATIENCE_S, FALSE));
	g_assert_cmpuint(act_snapshots(t), ==, 1);
	trial_quit(t);
	remove_container("runs");
	remove_container("waits-1");
	remove_container("waits-2");
}

/* --- names, labels and outputs that mean harm --- */

/* A path that exists once anything of a hostile text was executed. */
static char *trap_path(void)
{
	return lab_path(trial_lab(0), "executed");
}

/* What a shell would run, in every way that one quotes; `controls` are what a terminal would obey. */
static char *hostile_text(const char *controls)
{
	g_autofree char *path = trap_path();

	return g_strdup_printf("it's \"$(touch %s)\" `touch %s` ; touch %s & | {name} %%s \\%s *", path, path, path, controls);
}

#define CONTROLS "\nfeed \033]0;owned\007 \033[6n \033P1\033\\ \302\233 \342\200\256 end"

static char *start_hostile(const char *name, const char *stack)
{
	g_autofree char *evil = hostile_text(CONTROLS), *quoted = g_shell_quote(evil), *stack_word = g_shell_quote(stack);
	g_autofree char *options = g_strdup_printf(
		"--label com.docker.compose.project=%s --label com.docker.compose.service=%s --label com.docker.compose.depends_on=%s -e EVIL=%s "
		"--health-cmd 'printf \"%%s\\n\" \"$EVIL\"; exit 1' --health-interval 1s --health-retries 1", stack_word, quoted, quoted, quoted);

	return act_container(name, options, "printf '%s\\n' \"$EVIL\"; " ACT_SLEEPS);
}

static void expect_file(struct trial *t, const char *name, const char *text)
{
	g_autofree char *path = trial_path(t, name), *found = NULL;

	g_assert_true(g_file_get_contents(path, &found, NULL, NULL));
	g_assert_cmpstr(found, ==, text);
}

/* Restart, snapshot and a command of the configuration. What the command gets of a label is what is shown of it, to the byte, as one word. */
static void act_on_hostile(struct trial *t, const char *name, const char *stack)
{
	g_autofree char *shown = sanitize_text(stack, -1), *words = g_strdup_printf("[%s][%s][busybox:1][here]", name, shown), *trap = trap_path();

	g_free(start_hostile(name, stack));
	trial_filter(t->driver, "");
	trial_wait_health(t->driver, name, "unhealthy");
	ask_restart(t, name);
	driver_keys(t->driver, "y");
	act_wait(t->driver, "restart", name, "ok +\\d+s +HTTP 204");
	act_back(t->driver);
	driver_keys(t->driver, "S");
	driver_wait(t->driver, "it is being saved", 0);
	driver_keys(t->driver, "a");
	act_wait(t->driver, "snapshot", name, "ok");
	act_back(t->driver);
	act_ask(t->driver, "M-t", "printf '[%s]'");
	driver_keys(t->driver, "y");
	act_wait(t->driver, "Tell .*", name, "ok +\\d+s +exit 0");
	expect_file(t, "words", words);
	g_assert_false(g_file_test(trap, G_FILE_TEST_EXISTS));
	act_back(t->driver);
	driver_keys(t->driver, "y"); /* the daemon's reply as it is */
	driver_wait(t->driver, "\"Output\": \"it's ", 0);
	driver_keys(t->driver, "d");
	driver_wait_gone(t->driver, "[Inspect]", 0);
	trial_assert_harmless(t->driver);
	remove_container(name);
}

static void test_hostile_labels(void)
{
	g_autofree char *plain = hostile_text(""), *evil = hostile_text(CONTROLS), *trap = trap_path();
	g_autofree char *actions_text = g_strdup_printf(
		"actions:\n  - name: tell\n    on: container\n    keys: M-t\n    title: \"Tell $(touch %s) `touch %s` \\e]0;owned\\a\"\n"
		"    command: \"printf '[%%s]' {name} {stack} {image} {host} >$HOME/words\"\n", trap, trap);
	struct trial *t = act_console(actions_text);

	act_on_hostile(t, "hostile-1", plain);
	act_on_hostile(t, "hostile-2", evil);
	g_autoptr(GPtrArray) all = act_audit(t);
	g_assert_cmpuint(all->len, ==, 6);
	for (guint i = 0; i < all->len; i++) {
		const struct audit_entry *e = all->pdata[i];
		g_assert_cmpint(e->outcome, ==, OUTCOME_OK);
		if (e->evidence)
			g_free(act_check_evidence(e->evidence, TRUE));
	}
	g_assert_cmpuint(act_snapshots(t), ==, 4);
	trial_quit(t);
}

/* A host's name of the configuration: in titles, file names, the audit log and as a word of a command. */
static void test_hostile_host(void)
{
	g_autofree char *trap = trap_path(), *host = g_strdup_printf("it's $(touch %s) `touch %s` ../..;&", trap, trap);
	g_autofree char *words = g_strdup_printf("[%s][odd]", host);
	struct trial *t = trial_console("hosts:\n  - name: \"%s\"\n    local: true\n    refresh: 1\n    docker: {socket: %s/docker.sock, stop_timeout: %d}\n"
	                                "actions:\n  - {name: tell, on: container, keys: M-t, command: 'printf \"[%%s]\" {host} {name} >$HOME/words'}\n"
	                                "start_panel: containers\n", host, lab_dir(trial_lab(0)), ACT_STOP_S);

	g_free(act_container("odd", "", ACT_SLEEPS));
	driver_wait(t->driver, "Containers  it's $(touch", 0);
	act_go_to(t->driver, "odd");
	act_ask(t->driver, "r", "Restart odd on it's $(touch");
	driver_keys(t->driver, "y");
	driver_wait_match(t->driver, "restart +odd +.* ok +\\d+s +HTTP 204", 0);
	driver_keys(t->driver, "2");
	driver_wait(t->driver, "Containers  it's $(touch", 0);
	act_ask(t->driver, "M-t", "printf");
	driver_keys(t->driver, "y");
	driver_wait_match(t->driver, "tell +odd +.* ok +\\d+s +exit 0", 0);
	expect_file(t, "words", words);
	g_assert_false(g_file_test(trap, G_FILE_TEST_EXISTS));
	trial_assert_harmless(t->driver);
	g_autoptr(GPtrArray) all = act_audit(t);
	g_assert_cmpstr(act_last(all, 2)->host, ==, host);
	g_autofree char *directory = act_check_evidence(((const struct audit_entry *)all->pdata[0])->evidence, FALSE);
	g_autofree char *above = g_path_get_dirname(directory), *snapshots = trial_path(t, "state/midwatch/snapshots");
	g_assert_cmpstr(above, ==, snapshots);
	trial_quit(t);
	remove_container("odd");
}

/* --- HTTP actions --- */

/* Answers one request after the other in a thread: 500 to what asks for /fail, else 200. */
struct server {
	int fd;
	guint port;
	GThread *thread;
	GMutex lock;
	GPtrArray *requests; /* of char *, owned: each with its body */
};

static gboolean is_whole(const GString *request)
{
	const char *end = strstr(request->str, "\r\n\r\n"), *length = strcasestr(request->str, "\r\ncontent-length:");

	return end && strlen(end + 4) >= (length && length < end ? strtoul(length + strlen("\r\ncontent-length:"), NULL, 10) : 0);
}

static void serve_one(struct server *s, int fd)
{
	GString *request = g_string_new(NULL);
	char part[1024];
	ssize_t n;

	while (!is_whole(request) && (n = read(fd, part, sizeof part)) > 0)
		g_string_append_len(request, part, n);
	g_autofree char *answer = g_strdup_printf("HTTP/1.1 %s\r\nContent-Length: 13\r\nConnection: close\r\n\r\nout of order\n",
	                                          strstr(request->str, " /fail") ? "500 Internal Server Error" : "200 OK");
	g_mutex_lock(&s->lock);
	g_ptr_array_add(s->requests, g_string_free(request, FALSE));
	g_mutex_unlock(&s->lock);
	if (write(fd, answer, strlen(answer)) < 0)
		g_test_message("the client has gone");
}

static gpointer serve(gpointer user)
{
	struct server *s = user;
	int fd;

	while ((fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		serve_one(s, fd);
		close(fd);
	}
	return NULL;
}

static struct server *server_new(void)
{
	struct server *s = g_new0(struct server, 1);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(s->fd, (struct sockaddr *)&address, size), ==, 0);
	g_assert_cmpint(listen(s->fd, 8), ==, 0);
	g_assert_cmpint(getsockname(s->fd, (struct sockaddr *)&address, &size), ==, 0);
	s->port = ntohs(address.sin_port);
	s->requests = g_ptr_array_new_with_free_func(g_free);
	s->thread = g_thread_new("server", serve, s);
	return s;
}

/* No request comes any more after this. */
static void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	g_thread_join(s->thread);
	close(s->fd);
}

static void server_free(struct server *s)
{
	g_ptr_array_unref(s->requests);
	g_free(s);
}

/* Each is sent once, also one that fails; a placeholder is percent-encoded in the URL and escaped in the body. */
static void test_http(void)
{
	struct server *s = server_new();
	g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u", s->port);
	g_autofree char *actions_text = g_strdup_printf(
		"actions:\n  - name: hook\n    on: container\n    keys: M-h\n    title: Hook\n    http: {url: '%s/hook/{name}?of={stack}', body: '{\"of\":\"{stack}\"}'}\n"
		"  - {name: bad, on: container, keys: M-b, title: Bad, http: {url: '%s/fail', method: PUT}}\n", url, url);
	struct trial *t = act_console(actions_text);

	g_free(act_container("web", "--label com.docker.compose.project='a b/c?d=e&f#g%\"é\\'", ACT_SLEEPS));
	act_go_to(t->driver, "web");
	act_ask(t->driver, "M-h", "Hook: web on here");
	driver_wait(t->driver, "/hook/web?of=a%20b%2Fc%3Fd%3De%26f%23g%25%22%C3%A9%5C", 0);
	driver_keys(t->driver, "y");
	act_wait(t->driver, "Hook", "web", "ok +\\d+s +HTTP 200");
	act_back(t->driver);
	act_ask(t->driver, "M-b", "Bad: web on here");
	driver_keys(t->driver, "y");
	act_wait(t->driver, "Bad", "web", "failed +\\d+s +HTTP 500");
	driver_wait_match(t->driver, "^ out of order$", 0);
	server_stop(s);
	g_assert_cmpuint(s->requests->len, ==, 2);
	g_assert_true(g_str_has_prefix(s->requests->pdata[0], "POST /hook/web?of=a%20b%2Fc%3Fd%3De%26f%23g%25%22%C3%A9%5C HTTP/1.1\r\n"));
	g_assert_true(g_str_has_suffix(s->requests->pdata[0], "\r\n\r\n{\"of\":\"a b/c?d=e&f#g%\\\"é\\\\\"}"));
	g_assert_true(g_str_has_prefix(s->requests->pdata[1], "PUT /fail HTTP/1.1\r\n"));
	act_back(t->driver);
	act_ask(t->driver, "M-h", "Hook: web on here");
	driver_keys(t->driver, "y");
	act_wait(t->driver, "Hook", "web", "failed +\\d+s +127.0.0.1:\\d+: connection refused, nothing listens there");
	g_autoptr(GPtrArray) all = act_audit(t);
	g_assert_cmpuint(all->len, ==, 3);
	for (guint i = 0; i < all->len; i++)
		g_assert_cmpint(((const struct audit_entry *)all->pdata[i])->outcome, ==, i == 0 ? OUTCOME_OK : OUTCOME_FAILED);
	trial_quit(t);
	server_free(s);
	remove_container("web");
}

int main(int argc, char **argv)
{
	static const struct trial_test tests[] = {
		{"/act/keys/restart", test_restart},           {"/act/keys/marked", test_marked},             {"/act/keys/unhealthy", test_unhealthy},
		{"/act/keys/slow-stop", test_slow_stop},       {"/act/keys/removed", test_removed},           {"/act/keys/answer-lost", test_answer_lost},
		{"/act/keys/disk-full", test_disk_full},       {"/act/keys/no-directory", test_no_directory}, {"/act/keys/snapshot", test_snapshot},
		{"/act/keys/take-back", test_take_back},       {"/act/keys/hostile-labels", test_hostile_labels},
		{"/act/keys/hostile-host", test_hostile_host}, {"/act/keys/http", test_http},                 {"/act/keys/daemon-away", test_daemon_away},
	};

	return trial_main(argc, argv, tests, G_N_ELEMENTS(tests), 0, NULL);
}
