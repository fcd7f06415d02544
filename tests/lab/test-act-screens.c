/* How the sheets about containers look on a real Docker Engine: golden texts of what an operator sees before a restart, and when its evidence
 * cannot be saved. */
#include "tests/lab/act_rig.h"
#include "tests/lab/lab_proxy.h"
#include "tests/screens/console_fixture.h"
#include "tests/screens/golden.h"
#include "tests/screens/probe_double.h"

/* The time, ids, how long a container runs, what it uses, and how fresh that is. */
static const char *const masks[] = {
	MASK_CLOCK, "(?<=▲ here: )(the connection to )?/.*?(?=  hosts)", "\\b[0-9a-f]{12}(?=…)", "~(?<=[Uu]p )\\d\\w+",
	"( {3}\\d| {2}\\d\\d)[smh]\\b", " +[\\d.]+ +[\\d.]+[KM] / ", "( +[\\d.]+[KMG]?){4}(?=  busybox)", "~(?<=busybox:1 ).*$", NULL
};

/* A stack of four, one of which is ill and one of which the others need. */
static void start_containers(void)
{
	g_autofree char *bin = lab_path(trial_lab(0), "bin"), *path = probe_double_new(bin);

	g_setenv("PATH", path, TRUE);
	g_free(act_container("web-db", "--label com.docker.compose.project=web --label com.docker.compose.service=db", "sleep 1000000"));
	g_free(act_container("web-a", "--label com.docker.compose.project=web --label com.docker.compose.service=a "
	                     "--label com.docker.compose.depends_on=db:service_started:false --health-cmd true --health-interval 1s", "sleep 1000000"));
	g_free(act_container("web-b", "--label com.docker.compose.project=web --label com.docker.compose.service=b "
	                     "--label com.docker.compose.depends_on=db:service_started:false", "sleep 1000000"));
	g_free(act_container("web-ill", "--label com.docker.compose.project=web --label com.docker.compose.service=ill "
	                     "--health-cmd 'echo no answer from 8080; exit 1' --health-interval 1s --health-retries 1", "sleep 1000000"));
}

static struct lab_proxy *cable; /* between the console and the daemon */

static struct trial *start(void)
{
	g_autofree char *daemon = lab_path(trial_lab(0), "docker.sock"), *via = lab_path(trial_lab(0), "via.sock");
	struct trial *t;

	cable = cable ? cable : lab_proxy_new_unix(via, daemon);
	t = act_console_at(via, "");
	driver_resize(t->driver, 24, 80);
	driver_wait(t->driver, "2 unhealthy of 18", 0);
	driver_wait(t->driver, "r restart", 0); /* the audit log is open */
	return t;
}

/* So many rows are shown, and of each are known: CPU and memory, and when it was started, of which come age and restarts. */
static void wait_known(struct driver *d, guint rows)
{
	g_autofree char *shown = g_strdup_printf("  %u of 18", rows);
	g_autofree char *known = g_strdup_printf("(^.. \\S+ .* \\d+[smh] +[\\d.]+ +[\\d.]+[KM] / +– +0 .*\n){%u}", rows);

	driver_wait(d, shown, 0);
	driver_wait_match(d, known, 0);
}

static void test_restart_one(void)
{
	struct trial *t = start();

	act_go_to(t->driver, "web-db");
	wait_known(t->driver, 1);
	act_ask(t->driver, "r", "Restart web-db on here");
	golden_check(t->driver, "sheet-restart", masks);
	driver_resize(t->driver, 45, 160);
	golden_check(t->driver, "sheet-restart-160", masks);
	fixture_cancel(t->driver);
	trial_quit(t);
}

static void test_restart_marked(void)
{
	struct trial *t = start();

	trial_filter(t->driver, "name:web");
	wait_known(t->driver, 4);
	driver_keys(t->driver, "Space Space Space Space");
	driver_wait(t->driver, "4 marked", 0);
	act_ask(t->driver, "r", "Restart 4 containers");
	golden_check(t->driver, "sheet-restart-marked", masks);
	driver_keys(t->driver, "y");
	driver_wait(t->driver, "type 4 to restart 4 targets:", 0);
	golden_check(t->driver, "sheet-restart-marked-typed", masks);
	fixture_cancel(t->driver);
	trial_quit(t);
}

static void test_restart_unhealthy(void)
{
	struct trial *t = start();

	trial_filter(t->driver, "state:unhealthy");
	wait_known(t->driver, 2);
	act_palette(t->driver, "container.restart-unhealthy");
	driver_wait(t->driver, "Restart 2 containers", 0);
	golden_check(t->driver, "sheet-restart-unhealthy", masks);
	fixture_cancel(t->driver);
	trial_quit(t);
}

/* The daemon is away when the restart is confirmed. */
static void test_no_evidence(void)
{
	struct trial *t = start();

	act_go_to(t->driver, "web-db");
	act_ask(t->driver, "r", "Restart web-db on here");
	lab_proxy_refuse(cable);
	driver_wait(t->driver, "no answer from Docker", 0);
	driver_keys(t->driver, "y");
	driver_wait(t->driver, "blocked", 0);
	golden_check(t->driver, "activity-blocked", masks);
	driver_keys(t->driver, "A");
	driver_wait(t->driver, "Esc decide later", 0);
	golden_check(t->driver, "sheet-no-evidence", masks);
	driver_keys(t->driver, "o");
	driver_wait(t->driver, "why without evidence:", 0);
	golden_check(t->driver, "sheet-no-evidence-typed", masks);
	driver_keys(t->driver, "Esc");
	driver_wait_gone(t->driver, "why without evidence:", 0);
	driver_keys(t->driver, "A");
	driver_wait(t->driver, "Esc decide later", 0);
	driver_keys(t->driver, "g");
	driver_wait(t->driver, "given up", 0);
	lab_proxy_pass(cable);
	trial_quit(t);
}

int main(int argc, char **argv)
{
	static const struct trial_test tests[] = {
		{"/act-screens/restart-one", test_restart_one},             {"/act-screens/restart-marked", test_restart_marked},
		{"/act-screens/restart-unhealthy", test_restart_unhealthy}, {"/act-screens/no-evidence", test_no_evidence},
	};
	int result = trial_main(argc, argv, tests, G_N_ELEMENTS(tests), 0, start_containers);

	if (cable)
		lab_proxy_free(cable);
	return result;
}
