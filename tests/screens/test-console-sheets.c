/* How sheets, prompts and the Activity panel look, with actions of the configuration on this machine: golden texts of what an operator sees
 * before, while and after something is done. */
#include "tests/screens/console_fixture.h"
#include "tests/screens/golden.h"
#include "tests/screens/probe_double.h"

/* The time, and how long an action took, or runs. */
static const char *const masks[] = {MASK_CLOCK, "( {4}\\d| {3}\\d\\d)s\\b", NULL};

static const char host[] =
	"start_panel: containers\n"
	"hosts:\n"
	"  - name: srv1\n"
	"    local: true\n"
	"    refresh: 1\n"
	"    docker: {disabled: true}\n"
	"    cron: {disabled: true}\n"
	"    ollama: {disabled: true}\n"
	"    cleanup:\n"
	"      dry_run: 'for i in $(seq 1 9); do echo \"[$i] would remove image sha256:00$i\"; done; echo would free 1.4G in 9 images'\n"
	"      command: /opt/scripts/vm-cleanup.sh --weekly\n"
	"actions:\n"
	"  - {name: reload, title: Reload nginx, keys: M-r, command: 'nginx -t && systemctl reload nginx', loses: 'nothing; open connections go on'}\n"
	"  - {name: drain, title: Drain, keys: M-d, http: {url: 'http://127.0.0.1:8080/hosts/{host}/drain', body: '{\"by\":\"midwatch\",\"host\":\"{host}\"}'},\n"
	"     loses: 'sessions of customers on this host', danger: destroys}\n"
	"  - {name: deploy, title: Deploy, keys: M-p, command: 'echo pulling; echo 3 of 7 layers; while [ ! -e go ]; do sleep 0.1; done; echo done'}\n"
	"  - {name: check, title: Check, keys: M-k, command: 'echo one; echo two', danger: none}\n"
	"  - {name: broken, title: Migrate, keys: M-b, command: 'echo \"no such table: users\" >&2; exit 3'}\n";

static struct driver *start(struct fixture *f, const char *option)
{
	g_autofree char *bin = fixture_path(f, "bin"), *path = probe_double_new(bin), *variable = g_strconcat("PATH=", path, NULL);
	struct driver *d;

	fixture_write_config(f, host);
	d = fixture_run(f, option ? (const char *const[]){option, NULL} : NULL, (const char *const[]){variable, NULL}, 24, 80);
	driver_wait(d, "all is well", 0);
	driver_wait(d, option ? "M-k Check" : "D cleanup", 0); /* the audit log is open */
	return d;
}

static void end(struct fixture *f, struct driver *d)
{
	driver_quit(d, "^C");
	fixture_free(f);
}

static void ask(struct driver *d, const char *key, const char *title, const char *golden)
{
	fixture_press(d, key, title);
	driver_wait(d, "Esc cancel", 0);
	golden_check(d, golden, masks);
}

/* An action that is done, seen from the Activity panel. */
static void run(struct driver *d, const char *key, const char *row)
{
	fixture_press(d, key, "Esc cancel");
	driver_keys(d, "y");
	driver_wait_match(d, row, 0);
	fixture_press(d, "2", "Containers  srv1");
}

static void test_cleanup(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, NULL);

	ask(d, "D", "Dry run of the cleanup on srv1", "sheet-cleanup-dry-run");
	fixture_press(d, "y", "Clean up srv1");
	golden_check(d, "sheet-cleanup", masks);
	fixture_press(d, "y", "type srv1 to clean up:");
	golden_check(d, "sheet-cleanup-typed", masks);
	driver_keys(d, "Esc");
	driver_wait_gone(d, "type srv1 to clean up:", 0);
	end(f, d);
}

static void test_custom(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, NULL);

	ask(d, "M-r", "Reload nginx", "sheet-custom-command");
	fixture_cancel(d);
	ask(d, "M-d", "Drain", "sheet-custom-http");
	fixture_cancel(d);
	end(f, d);
}

static void test_running(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, NULL);

	fixture_press(d, "M-p", "Esc cancel");
	fixture_press(d, "y", "3 of 7 layers");
	driver_wait_match(d, "Deploy .* running", 0);
	golden_check(d, "activity-running", masks);
	fixture_press(d, "2", "Containers  srv1");
	ask(d, "q", "Leave while 1 action is", "sheet-quit");
	fixture_append_to(f, "go", "");
	fixture_cancel(d);
	fixture_press(d, "a", "Activity");
	driver_wait_match(d, "Deploy .* ok", 0);
	end(f, d);
}

static void test_activity(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, NULL);

	fixture_press(d, "a", "no action was run yet");
	golden_check(d, "activity-none", masks);
	fixture_press(d, "2", "Containers  srv1");
	run(d, "M-k", "Check .* ok");
	run(d, "M-b", "Migrate .* failed");
	fixture_press(d, "a", "Migrate");
	golden_check(d, "activity", masks);
	driver_keys(d, "Enter");
	driver_wait_gone(d, "ACTION", 0);
	golden_check(d, "activity-output", masks);
	driver_keys(d, "Esc");
	driver_wait(d, "ACTION", 0);
	driver_resize(d, 45, 160);
	driver_wait(d, "RESULT", 0);
	golden_check(d, "activity-160", masks);
	end(f, d);
}

static void test_readonly(void)
{
	struct fixture *f = fixture_new();
	struct driver *d = start(f, "--readonly");

	fixture_press(d, "D", "started read-only");
	golden_check(d, "refused-readonly", masks);
	end(f, d);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console-sheets/cleanup", test_cleanup);
	g_test_add_func("/console-sheets/custom", test_custom);
	g_test_add_func("/console-sheets/running", test_running);
	g_test_add_func("/console-sheets/activity", test_activity);
	g_test_add_func("/console-sheets/readonly", test_readonly);
	return g_test_run();
}
