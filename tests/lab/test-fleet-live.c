/* After a sweep the errors come by themselves: the next one has what was logged a moment before it, counts nothing twice, and goes back to a command
 * where the follower over there ended, hangs or is flooded. Nothing of it outlives the console. */
#include "tests/lab/fleet_rig.h"
#include "tests/lab/lab_private.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define GATEWAYS 4

static struct fleet_rig rig;

static gboolean start(struct fleet_console *c, const char *more)
{
	g_autofree char *all = g_strconcat("gateways: ['pi-gw[001-004]']\nrefresh: 5", more, NULL);

	if (!lab_have(LAB_SSHD))
		return FALSE;
	if (!rig.lab)
		fleet_rig_start(&rig, GATEWAYS);
	fleet_rig_reset(&rig, GATEWAYS);
	for (guint i = 1; i <= GATEWAYS; i++) {
		g_autofree char *name = lab_fleet_name(i);
		lab_fleet_log(rig.fleet, name, "INFO started");
	}
	lab_fleet_log(rig.fleet, "pi-gw001", "ERROR lost camera 7: rtsp timeout after 10s");
	fleet_console_start(c, &rig, all);
	fleet_console_wait(c, GATEWAYS, GATEWAYS);
	fleet_console_sweep(c, "1 line, 1 fault on 1 gateway");
	return TRUE;
}

/* --- what runs over there --- */

static gboolean file_has(guint pid, const char *file, const char *words)
{
	g_autofree char *path = g_strdup_printf("/proc/%u/%s", pid, file), *text = NULL;
	gsize len = 0;

	return g_file_get_contents(path, &text, &len, NULL) && memmem(text, len, words, strlen(words)) != NULL;
}

/* Processes of the lab with these words on their command line, of one gateway or (NULL) all; the last of them in `pid`. */
static guint count_processes(const char *words, const char *gateway, guint *pid)
{
	g_autofree char *whose = g_strdup_printf("GATEWAY=%s", gateway ? gateway : "pi-gw");
	GDir *dir = g_dir_open("/proc", 0, NULL);
	guint n = 0;

	for (const char *name; (name = g_dir_read_name(dir));) {
		guint id = (guint)atoi(name);
		if (id == 0 || !file_has(id, "cmdline", words) || !file_has(id, "environ", whose) || !file_has(id, "environ", rig.lab->run))
			continue;
		n++;
		if (pid)
			*pid = id;
	}
	g_dir_close(dir);
	return n;
}

static gboolean all_follow(struct driver *d, void *user)
{
	return count_processes("follow=yes", NULL, NULL) == *(const guint *)user;
}

static void wait_followers(struct fleet_console *c, guint count)
{
	driver_wait_until(c->d, all_follow, &count, "the followers over there", 0);
}

/* Only to let things happen at different times. */
static void pass(struct fleet_console *c, double seconds)
{
	gint64 begun_us = g_get_monotonic_time();

	while (g_get_monotonic_time() - begun_us < (gint64)(seconds * G_USEC_PER_SEC))
		driver_pump(c->d, 0.1);
}

static gboolean none_is_left(void *unused)
{
	return count_processes("journalctl", NULL, NULL) == 0;
}

/* --- the tests --- */

/* The line may come before `e` or after it; it is there, once. */
static void test_found(void)
{
	struct fleet_console c;

	if (!start(&c, ""))
		return;
	wait_followers(&c, GATEWAYS);
	pass(&c, 1.5); /* for what began to be trusted */
	for (guint i = 0; i < 5; i++) {
		g_autofree char *expect = g_strdup_printf("%u lines, 2 faults", i + 2), *line = g_strdup_printf("FATAL number %u", i);
		lab_fleet_log(rig.fleet, "pi-gw003", line);
		fleet_console_sweep(&c, expect);
	}
	lab_fleet_log(rig.fleet, "pi-gw004", "panic: nobody asked");
	driver_wait_match(c.d, "sweep \\d+[sm] ago: 7 lines, 3 faults on 3 gateways", 0); /* without a key */
	wait_followers(&c, GATEWAYS); /* the sweeps were theirs */
	fleet_console_quit(&c);
	lab_wait(none_is_left, NULL, "no follower over there after the end");
}

/* One whose follower was killed is read by a command, all of its span, and then followed again. */
static void test_died(void)
{
	struct fleet_console c;
	guint pid = 0;

	if (!start(&c, ""))
		return;
	wait_followers(&c, GATEWAYS);
	lab_fleet_log(rig.fleet, "pi-gw002", "ERROR lost camera 8: rtsp timeout after 10s");
	driver_wait_match(c.d, "sweep \\d+[sm] ago: 2 lines, 1 fault on 2 gateways", 0);
	g_assert_cmpuint(count_processes("--pid=", "pi-gw002", &pid), ==, 1); /* what the double's journalctl reads from */
	kill((pid_t)pid, SIGKILL);
	wait_followers(&c, GATEWAYS - 1);
	lab_fleet_log(rig.fleet, "pi-gw002", "ERROR lost camera 9: rtsp timeout after 10s");
	fleet_console_sweep(&c, "3 lines, 1 fault on 2 gateways");
	wait_followers(&c, GATEWAYS);
	driver_wait_match(c.d, "sweep \\d+[sm] ago: 3 lines, 1 fault on 2 gateways", 0);
	fleet_console_quit(&c);
}

/* One whose follower hangs answers still, but the next look at its state tells of an error that it did not send: then it is given up. */
static void test_hangs(void)
{
	struct fleet_console c;
	guint pid = 0;

	if (!start(&c, ""))
		return;
	wait_followers(&c, GATEWAYS);
	pass(&c, 3);
	g_assert_cmpuint(count_processes("follow=yes", "pi-gw002", &pid), ==, 1);
	kill((pid_t)pid, SIGSTOP);
	lab_fleet_log(rig.fleet, "pi-gw002", "ERROR behind its back");
	wait_followers(&c, GATEWAYS - 1);
	fleet_console_sweep(&c, "2 lines, 2 faults on 2 gateways");
	fleet_console_quit(&c);
}

/* A flood ends it; the command of the next sweep counts what it does not send. */
static void test_flood(void)
{
	struct fleet_console c;

	if (!start(&c, ""))
		return;
	wait_followers(&c, GATEWAYS);
	for (guint i = 0; i < 3000; i++)
		lab_fleet_log(rig.fleet, "pi-gw002", "ERROR the same again and again, and it is a long line, too");
	wait_followers(&c, GATEWAYS - 1);
	fleet_console_sweep(&c, "501 lines, 2 faults on 2 gateways");
	driver_keys(c.d, "g j");
	fixture_press(c.d, "d", "[State]");
	driver_keys(c.d, "]");
	driver_wait_match(c.d, "read up to .*, 3000 lines, 2900 of them not kept", 0);
	fleet_console_quit(&c);
}

/* A console that is killed leaves none over there either. */
static void test_killed(void)
{
	struct fleet_console c;

	if (!start(&c, ""))
		return;
	wait_followers(&c, GATEWAYS);
	kill(driver_pid(c.d), SIGKILL);
	lab_wait(none_is_left, NULL, "no follower over there after a kill");
	driver_free(c.d);
	fixture_free(c.f);
}

/* None where it is not wanted. */
static void test_off(void)
{
	struct fleet_console c;

	if (!start(&c, "\nlive_sweep: false"))
		return;
	pass(&c, 3);
	g_assert_cmpuint(count_processes("follow=yes", NULL, NULL), ==, 0);
	lab_fleet_log(rig.fleet, "pi-gw002", "ERROR lost camera 8: rtsp timeout after 10s");
	fleet_console_sweep(&c, "2 lines, 1 fault on 2 gateways");
	fleet_console_quit(&c);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet-live/found", test_found);
	g_test_add_func("/fleet-live/died", test_died);
	g_test_add_func("/fleet-live/hangs", test_hangs);
	g_test_add_func("/fleet-live/flood", test_flood);
	g_test_add_func("/fleet-live/killed", test_killed);
	g_test_add_func("/fleet-live/off", test_off);
	result = g_test_run();
	fleet_rig_end(&rig);
	return result;
}
