/* The rolling restart as an operator runs it, in the real program on a real sshd with gateways behind it: through to its end, stopped by a gateway
 * that does not come up, paused and aborted, left, and killed (SIGKILL) in the midst of it. */
#include "tests/lab/fleet_rig.h"

#include <signal.h>
#include <string.h>

#define GATEWAYS 6

static struct fleet_rig rig;

struct setting { struct fixture *f; struct driver *d; };

/* --- what the tests share --- */

static gboolean fleet_is_up(void)
{
	if (!lab_have(LAB_SSHD))
		return FALSE;
	if (!rig.lab)
		fleet_rig_start(&rig, GATEWAYS);
	return TRUE;
}

static void configure(const struct fixture *f)
{
	g_autoptr(GString) names = g_string_new("");

	for (guint i = 1; i <= GATEWAYS; i++) {
		g_autofree char *name = lab_fleet_name(i);
		g_string_append_printf(names, "%s%s", i > 1 ? ", " : "", name);
	}
	g_autofree char *text = g_strdup_printf(
		"start_panel: gateways\n"
		"fleet:\n"
		"  gateways: [%s]\n"
		"  ssh_config: %s\n"
		"  rolling: {batch: '2', pause: 1, gate: 12, quiet: 2}\n", names->str, lab_ssh_config(rig.lab));
	fixture_configure(f, text);
}

/* All gateways are connected and have told their state. */
static void start(struct setting *s)
{
	s->d = fixture_run(s->f, NULL, NULL, 40, 160);
	for (guint i = 1; i <= GATEWAYS; i++) { /* each has told its state, in whatever order they came */
		g_autofree char *row = g_strdup_printf("pi-gw%03u .*active", i);
		driver_wait_match(s->d, row, 0);
	}
	driver_wait(s->d, "gateways 6/6", 0);
}

static gboolean begin_setting(struct setting *s)
{
	if (!fleet_is_up())
		return FALSE;
	fleet_rig_reset(&rig, GATEWAYS);
	s->f = fixture_new();
	configure(s->f);
	start(s);
	return TRUE;
}

static void end_setting(struct setting *s)
{
	fixture_free(s->f);
}

/* Marks all, asks, and confirms with the count. */
static void begin_rollout(struct setting *s)
{
	driver_keys(s->d, "g Space Space Space Space Space Space");
	fixture_press(s->d, "r", "batch (3 or 10%");
	fixture_press(s->d, "Enter", "Rolling restart of 6 gateways");
	driver_wait(s->d, "6 gateways in 3 batches of 2, 1 s apart", 0);
	fixture_press(s->d, "y", "type 6 to restart 6 targets");
	driver_type(s->d, "6");
	driver_keys(s->d, "Enter");
	driver_wait(s->d, "rollout running", 0);
}

static guint restarts(void)
{
	guint n = 0;

	for (guint i = 1; i <= GATEWAYS; i++) {
		g_autofree char *name = lab_fleet_name(i);
		n += lab_fleet_restarts(rig.fleet, name);
	}
	return n;
}

static gboolean has_restarted(struct driver *d, void *count)
{
	return restarts() >= *(guint *)count;
}

static void wait_restarts(struct setting *s, guint count)
{
	driver_wait_until(s->d, has_restarted, &count, "restarts of gateways", 0);
}

/* --- tests --- */

static void test_through(void)
{
	struct setting s;
	g_autofree char *result = NULL;

	if (!begin_setting(&s))
		return;
	begin_rollout(&s);
	driver_wait(s.d, "rollout done: 6 of 6 well", 0);
	g_assert_cmpuint(restarts(), ==, GATEWAYS);
	driver_quit(s.d, "^C"); /* nothing is under way, nothing is asked */
	g_assert_cmpuint(fleet_rig_audit(s.f, "gateway.rolling-restart", NULL, OUTCOME_OK, &result, NULL), ==, 1);
	g_assert_cmpstr(result, ==, "done: 6 of 6 well");
	g_assert_cmpuint(fleet_rig_audit(s.f, "gateway.restart", NULL, OUTCOME_OK, NULL, NULL), ==, GATEWAYS);
	end_setting(&s);
}

/* The third one says that it was restarted, and then does not come up: the others of its batch are finished, the rest is left out. */
static void test_stops(void)
{
	struct setting s;

	if (!begin_setting(&s))
		return;
	lab_fleet_set(rig.fleet, "pi-gw003", "restart-fails", "later");
	begin_rollout(&s);
	driver_wait(s.d, "rollout stopped: 3 of 6 well, 1 failed, 2 left out", 0);
	g_assert_cmpuint(restarts(), ==, 4);
	g_assert_cmpuint(lab_fleet_restarts(rig.fleet, "pi-gw005"), ==, 0);
	driver_quit(s.d, "^C");
	g_assert_cmpuint(fleet_rig_audit(s.f, "gateway.rolling-restart", NULL, OUTCOME_FAILED, NULL, NULL), ==, 1);
	end_setting(&s);
}

static void test_paused_and_aborted(void)
{
	struct setting s;

	if (!begin_setting(&s))
		return;
	begin_rollout(&s);
	wait_restarts(&s, 1);
	fixture_press(s.d, "=", "the rolling restart is paused");
	driver_wait(s.d, "paused: 2 of 6 well", 0);
	g_assert_cmpuint(restarts(), ==, 2);
	fixture_press(s.d, "=", "Resume the rolling restart?");
	driver_keys(s.d, "y");
	wait_restarts(&s, 3);
	fixture_press(s.d, "X", "Abort the rolling restart?");
	driver_keys(s.d, "y");
	driver_wait(s.d, "aborted: 4 of 6 well, 2 left out", 0);
	g_assert_cmpuint(restarts(), ==, 4);
	driver_quit(s.d, "^C");
	end_setting(&s);
}

/* Asked first; then it stands as interrupted, and the next start says so. */
static void test_left(void)
{
	struct setting s;
	g_autofree char *result = NULL;

	if (!begin_setting(&s))
		return;
	begin_rollout(&s);
	wait_restarts(&s, 3);
	fixture_press(s.d, "^C", "The rolling restart ends here");
	driver_quit(s.d, "q");
	g_assert_cmpuint(fleet_rig_audit(s.f, "gateway.rolling-restart", NULL, OUTCOME_UNKNOWN, &result, NULL), ==, 1);
	g_assert_true(g_str_has_prefix(result, "interrupted, 2 of 6 done"));
	start(&s);
	driver_wait(s.d, "rollout interrupted, 2 of 6 done", 0);
	driver_quit(s.d, "^C");
	end_setting(&s);
}

/* Killed in the second batch: the next start tells how far it had come, and does not go on. */
static void test_killed(void)
{
	struct setting s;
	g_autofree char *result = NULL;
	guint before;

	if (!begin_setting(&s))
		return;
	begin_rollout(&s);
	wait_restarts(&s, 3);
	kill(driver_pid(s.d), SIGKILL);
	g_assert_cmpint(driver_wait_exit(s.d, 0), ==, 128 + SIGKILL);
	driver_free(s.d);
	fixture_wait_processes(s.f, 0, 0);
	g_usleep(2 * G_USEC_PER_SEC); /* what was sent is carried out over there */
	before = restarts();
	g_assert_cmpuint(before, <=, 4);
	start(&s);
	driver_wait(s.d, "rollout interrupted, 2 of 6 done", 0);
	fixture_press(s.d, "=", "no rolling restart of this midwatch is under way");
	driver_keys(s.d, "g Space Space Space Space Space Space");
	fixture_press(s.d, "r", "batch (3 or 10%"); /* another one may begin */
	driver_keys(s.d, "Esc");
	g_usleep(3 * G_USEC_PER_SEC);
	g_assert_cmpuint(restarts(), ==, before);
	driver_quit(s.d, "^C");
	g_assert_cmpuint(fleet_rig_audit(s.f, "gateway.rolling-restart", NULL, OUTCOME_UNKNOWN, &result, NULL), ==, 1);
	g_assert_true(g_str_has_prefix(result, "interrupted, 2 of 6 done"));
	g_assert_cmpuint(fleet_rig_audit(s.f, "gateway.restart", NULL, OUTCOME_OPEN, NULL, NULL), ==, 0);
	end_setting(&s);
}

/* A second console on the same store sees it, and begins none. */
static void test_two_consoles(void)
{
	struct setting s;
	struct driver *other;

	if (!begin_setting(&s))
		return;
	other = fixture_run(s.f, NULL, NULL, 40, 160);
	driver_wait_match(other, "^.*pi-gw006.*active", 0);
	begin_rollout(&s);
	driver_keys(other, "g Space Space Space Space");
	fixture_press(other, "r", "runs a rolling restart of 6 gateways");
	driver_quit(other, "^C");
	driver_wait(s.d, "rollout done: 6 of 6 well", 0);
	driver_quit(s.d, "^C");
	end_setting(&s);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rollout/through", test_through);
	g_test_add_func("/rollout/stops", test_stops);
	g_test_add_func("/rollout/paused-and-aborted", test_paused_and_aborted);
	g_test_add_func("/rollout/left", test_left);
	g_test_add_func("/rollout/killed", test_killed);
	g_test_add_func("/rollout/two-consoles", test_two_consoles);
	result = g_test_run();
	fleet_rig_end(&rig);
	return result;
}
