/* The Gateways panel on six whole systemd machines with a unit each: what systemd and journald say of them, and a restart of one. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lab/fleet_rig.h"

static const char *const names[] = { "one", "two", "three", "four", "five", "six" };
static struct lab *lab;

static char *main_pid(const char *name)
{
	return lab_machine_exec(lab, name, "systemctl", "show", "--value", "-p", "MainPID", "novavms-gateway", NULL);
}

static gboolean has_another_pid(struct driver *d, void *user)
{
	g_autofree char *now = main_pid("two");

	return strcmp(now, "0") != 0 && strcmp(now, user) != 0;
}

static void start_machines(void)
{
	lab = lab_new();
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_free(lab_machine(lab, names[i]));
		lab_machine_gateway(lab, names[i]);
	}
	lab_machine_ops(lab, "six", TRUE);
	lab_machine_gateway_set(lab, "three", "say", "ERROR lost camera 7: rtsp timeout after 10s");
	lab_machine_gateway_set(lab, "four", "dies", "");
	g_free(lab_machine_exec(lab, "five", "systemctl", "stop", "novavms-gateway", NULL));
}

/* Evidence first, then the restart: the process is another one, and both stand in the audit log. */
static void restart_two(struct fleet_console *c)
{
	g_autofree char *before = main_pid("two");

	fixture_type(c->d, "/name:two", "name:two");
	driver_keys(c->d, "Enter");
	driver_wait(c->d, "1 of 6", 0);
	fixture_press(c->d, "r", "two: active since");
	driver_wait(c->d, "systemctl restart", 0);
	driver_wait(c->d, "Evidence first: the last 10,000 lines of the journal", 0);
	driver_keys(c->d, "y");
	driver_wait_until(c->d, has_another_pid, before, "another process of the unit", 0);
	fixture_press(c->d, "7", "Activity");
	driver_wait_match(c->d, "restart +.*two.* ok", 0);
}

static void check_restart(const struct fleet_console *c)
{
	g_autofree char *result = NULL, *evidence = NULL, *journal = NULL, *text = NULL;
	g_auto(GStrv) words = NULL;

	g_assert_cmpuint(fleet_rig_audit(c->f, "gateway.restart", NULL, OUTCOME_OK, &result, &evidence), ==, 1);
	g_assert_nonnull(evidence);
	words = g_strsplit(evidence, " sha256:", 2);
	g_assert_cmpuint(g_strv_length(words), ==, 2);
	journal = g_build_filename(words[0], "journal.txt", NULL);
	g_assert_true(g_file_get_contents(journal, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "INFO heartbeat"));
}

static gboolean follows(const char *name)
{
	g_autofree char *count = lab_machine_exec(lab, name, "sh", "-c", "pgrep -c -x -f 'grep --line-buffered -aE -e .*' || true", NULL);
	g_autofree char *readers = lab_machine_exec(lab, name, "sh", "-c", "pgrep -c -x -f 'journalctl -q .* -f -u .*' || true", NULL);

	g_assert_cmpuint((guint)atoi(count), <=, 1);
	return atoi(count) == 1 && atoi(readers) >= 1;
}

static gboolean sound_ones_follow(struct driver *d, void *user)
{
	return follows("one") && follows("three") && follows("six");
}

static gboolean nothing_is_left(void *user)
{
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *left = lab_machine_exec(lab, names[i], "sh", "-c", "pgrep -c -f '[j]ournalctl -q|line-buffere[d]' || true", NULL);
		if (strcmp(left, "0") != 0)
			return FALSE;
	}
	return TRUE;
}

/* One line in the unit's journal: what root says of it, which counts as its own, is there whether it runs or not. */
static void log_once(const char *name, const char *text)
{
	g_free(lab_machine_exec(lab, name, "sh", "-c", "printf 'MESSAGE=%s\\nOBJECT_SYSTEMD_UNIT=novavms-gateway.service\\n' \"$1\" | logger --journald", "sh",
	                        text, NULL));
}

/* With a real journald, and sudo: after a sweep its errors come by themselves, also of a unit that has ended, and the next sweep counts none twice. */
static void sweep_live(struct fleet_console *c)
{
	fleet_console_sweep(c, ".* lines?");
	driver_wait_until(c->d, sound_ones_follow, NULL, "the followers on the machines", 0);
	fixture_press(c->d, "F", "FINGERPRINT");
	log_once("one", "panic: of a unit that has ended");
	log_once("six", "panic: told by sudo");
	driver_wait_match(c->d, "\\b1 +1 .*panic: of a unit that has ended", 0);
	driver_wait_match(c->d, "\\b1 +1 .*panic: told by sudo", 0);
	fleet_console_sweep(c, ".* lines?");
	driver_wait_match(c->d, "\\b1 +1 .*panic: told by sudo", 0);
	g_assert_true(follows("six"));
	driver_keys(c->d, "F");
}

static void test_machines(void)
{
	struct fleet_rig rig = { NULL, NULL };
	struct fleet_console c;

	if (!lab_have(LAB_SSHD | LAB_MACHINE))
		return;
	start_machines();
	rig.lab = lab;
	fleet_console_start(&c, &rig, "gateways: [one, two, three, four, five, six-ops]\nrefresh: 5\n"
	                              "version: 'grep -o \"[0-9][.][0-9][.][0-9]\" /usr/local/bin/novavms-gateway'");
	fleet_console_wait(&c, 6, 6);
	/* Their memory is not accounted for. */
	driver_wait_match(c.d, "one +online .* up +active +\\d+[sm] +0 +– +0 +0 +none +2.4.1", 0);
	driver_wait_match(c.d, "six-ops +online .* up +active +\\d+[sm] +0 +– +0 +0 +none +2.4.1", 0);
	driver_wait_match(c.d, "three +online .* up +active .* [1-9]\\d* +0 +\\d+[sm] .*ERROR lost camera 7", 0);
	driver_wait_match(c.d, "four +online .* up +failed +\\d+[sm] +[1-9]\\d* .* [1-9]\\d* +[1-9]\\d* .*FATAL pipeline: cannot open", 0);
	driver_wait_match(c.d, "five +online .* up +inactive", 0);
	driver_wait_match(c.d, "rules? firing: fatal_line", 0);
	g_free(lab_machine_exec(lab, "one", "systemctl", "stop", "novavms-gateway", NULL));
	driver_wait_match(c.d, "one +online .* up +inactive", 0);
	sweep_live(&c);
	restart_two(&c);
	driver_quit(c.d, "^C");
	check_restart(&c);
	lab_wait(nothing_is_left, NULL, "nothing of it on the machines");
	fixture_free(c.f);
	lab_free(lab);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet-machines/six", test_machines);
	return g_test_run();
}
