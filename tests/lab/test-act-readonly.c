/* No action is reachable in read-only mode, on a real Docker Engine: the whole table is walked in every panel. */
#include "panels/actions.h"

#include "tests/lab/act_rig.h"
#include "tests/screens/console_fixture.h"

/* Every command that changes something, by its name in every panel where it works: each says why not, no request is sent, no row is written. */
static void walk(struct trial *t)
{
	static const struct { guint scope; const char *key, *shown; } panels[] = {
		{SCOPE_SCORE, "1", "assessed"}, {SCOPE_CONTAINERS, "2", "Containers  here"}, {SCOPE_CRON, "3", "Cron"}, {SCOPE_MODELS, "4", "Models"},
		{SCOPE_LOGS, "6", "Logs"},
	};
	static const struct { const char *key, *notice; } keys[] = {
		{"r", "restart: .*read-only"}, {"s", "shell: .*read-only"}, {"D", "cleanup: .*read-only"}, {"M-t", "tell: .*read-only"},
	};
	guint walked = 0;

	for (guint p = 0; p < G_N_ELEMENTS(panels); p++) {
		driver_keys(t->driver, panels[p].key);
		driver_wait(t->driver, panels[p].shown, 0);
		for (guint i = 0; i < ACT_COUNT; i++) {
			g_autofree char *notice = g_strdup_printf("%s: \\S.*", actions[i].title);
			if (actions[i].danger == DANGER_NONE || !(actions[i].scopes & panels[p].scope))
				continue;
			act_palette(t->driver, actions[i].id);
			driver_wait_match(t->driver, notice, 0);
			g_assert_false(driver_has(t->driver, "Esc cancel"));
			walked++;
		}
	}
	g_assert_cmpuint(walked, >=, 8);
	driver_keys(t->driver, "2");
	driver_wait(t->driver, "Containers  here", 0);
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		driver_keys(t->driver, keys[i].key);
		driver_wait_match(t->driver, keys[i].notice, 0);
		g_assert_false(driver_has(t->driver, "Esc cancel"));
	}
	driver_keys(t->driver, "b"); /* nothing is marked: all that is unhealthy */
	driver_wait_match(t->driver, "restart unhealthy: .*read-only", 0);
	g_assert_false(driver_has(t->driver, "Esc cancel"));
	driver_keys(t->driver, "Space");
	driver_wait(t->driver, "1 marked", 0);
	driver_keys(t->driver, "b"); /* the menu has them, crossed out */
	driver_wait(t->driver, "For all that is marked", 0);
	driver_type(t->driver, "Restarts the container");
	driver_keys(t->driver, "Enter");
	driver_wait(t->driver, "read-only", 0);
	driver_keys(t->driver, "Esc Esc");
	driver_wait_gone(t->driver, "For all that is marked", 0);
	g_autoptr(GPtrArray) none = act_audit(t);
	g_assert_cmpuint(none->len, ==, 0);
}

static void test_readonly(void)
{
	static const char actions_text[] = "actions:\n  - {name: tell, on: container, keys: M-t, command: 'touch ran'}\n";
	g_autofree char *since = act_now(), *host_readonly = g_strconcat("    readonly: true\n", actions_text, NULL);
	g_autofree char *readonly = g_strconcat("readonly: true\n", actions_text, NULL);
	const char *const configurations[] = {actions_text, readonly, host_readonly};
	g_autofree char *text = NULL, *sick = act_started_at("sick"), *sick_now = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(configurations); i++) {
		struct trial *t = act_console(configurations[i]);
		trial_wait_health(t->driver, "sick", "unhealthy");
		act_go_to(t->driver, "sick");
		if (i == 0)
			driver_keys(t->driver, "R");
		if (i < 2)
			driver_wait(t->driver, "READ-ONLY", 0);
		walk(t);
		trial_quit(t);
	}
	text = act_now();
	g_autofree char *events = trial_docker_text("events", "--since", since, "--until", text, "--filter", "event=restart", "--filter", "event=stop", "--filter", "event=kill", NULL);
	g_assert_cmpstr(events, ==, "");
	sick_now = act_started_at("sick"); /* the daemon forgets events, not this */
	g_assert_cmpstr(sick_now, ==, sick);
}

/* A host that is read-only keeps no other's unhealthy containers from being restarted together: its own are left out, and that is said. */
static void test_unhealthy_elsewhere(void)
{
	g_autofree char *docker = g_strdup_printf("local: true, docker: {socket: %s/docker.sock, stats_interval: 1}", lab_dir(trial_lab(0)));
	struct trial *t = trial_console("hosts:\n  - {name: here, %s}\n  - {name: locked, readonly: true, %s}\nstart_panel: containers\n", docker, docker);
	trial_wait_health(t->driver, "sick", "unhealthy");
	trial_filter(t->driver, "host:locked name:sick");
	driver_wait_match(t->driver, "^>. sick +locked .*unhealthy", 0);
	act_palette(t->driver, "container.restart-unhealthy");
	driver_wait(t->driver, "Restart sick on here", 0);
	driver_wait(t->driver, "Left out: 1 unhealthy on hosts that are read-only.", 0);
	fixture_cancel(t->driver);
	g_autoptr(GPtrArray) none = act_audit(t);
	g_assert_cmpuint(none->len, ==, 0);
	trial_quit(t);
}

int main(int argc, char **argv)
{
	static const struct trial_test tests[] = { {"/act/readonly", test_readonly}, {"/act/unhealthy-elsewhere", test_unhealthy_elsewhere} };

	return trial_main(argc, argv, tests, G_N_ELEMENTS(tests), 0, NULL);
}
