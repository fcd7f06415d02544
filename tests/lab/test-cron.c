/* Scheduled jobs of a real Debian with systemd, cron and journald, over ssh: what midwatch tells agrees with what the machine itself says.
 * Also as a user without rights, by BusyBox's tools, and of this machine. */
#include "backends/cron_poll.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "backends/cron_reply.h"
#include "backends/cron_script.h"
#include "tests/lab/console_rig.h"
#include "tests/screens/console_fixture.h"
#include "tests/screens/golden.h"
#include "tests/screens/probe_double.h"

#define NAME "vm-cron"

static struct lab *lab; /* one machine for all tests; NULL when there is none */

struct rig {
	struct world *world;
	struct host *host;
	struct link *link;
	struct cron_poll *poll;
};

/* In the machine's time zone, so that a job of each minute is seen within one. cron only looks at its files each minute. */
static const char set_up_machine[] =
	"set -e\n"
	"ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime; echo Europe/Berlin >/etc/timezone\n"
	"cat >/tmp/root.tab <<'END'\n"
	"MAILTO=\"\"\n"
	"# bytelyst-vm-maintenance\n"
	"0 3 * * * /opt/scripts/vm-cleanup.sh --daily >> /var/log/vm-cleanup.log 2>&1\n"
	"30 3 * * 0 /opt/scripts/vm-cleanup.sh --weekly >> /var/log/vm-cleanup.log 2>&1\n"
	"0 4 1 * * /opt/scripts/vm-cleanup.sh --monthly >> /var/log/vm-cleanup.log 2>&1\n"
	"0 7 * * * /opt/scripts/vm-health-check.sh\n"
	"\n"
	"* * * * * echo minute | cat > /dev/null # each minute\n"
	"* * * * * cat >/tmp/got%first%second\n"
	"* * * * * exit 3\n"
	"0 0 30 2 * echo \"$(touch /tmp/owned)\" '`touch /tmp/owned`'; x=\"a b\" | sh\n"
	"0 0 30 2 * printf 'a\\nb'%one\\%%two; touch /tmp/owned\n"
	"END\n"
	"printf '0 0 30 2 * echo \\033[31mred\\033]0;title\\007 \\342\\200\\256abc\\n' >>/tmp/root.tab\n"
	"crontab /tmp/root.tab\n"
	"touch -d '20 days ago' /var/spool/cron/crontabs/root\n"
	"printf 'PATH=/bin\\n30 4 * * * root /opt/backup --all\\n@reboot daemon hello\\n' >/etc/cron.d/backup\n"
	"printf '* * * * * root touch /tmp/beside-bad-line\\n61 * * * * root never\\n' >/etc/cron.d/bad-line\n"
	"printf '* * * * * root touch /tmp/written-by-all\\n' >/etc/cron.d/open; chmod 666 /etc/cron.d/open\n"
	"printf '0 0 * * * root unseen\\n' >/etc/cron.d/unseen.sh\n"
	"useradd -m tester; mkdir -p /home/tester/.ssh; cp /root/.ssh/authorized_keys /home/tester/.ssh/; chown -R tester: /home/tester/.ssh\n"
	"usermod -p '*' tester\n"
	"printf '15 5 * * 1-5 /home/tester/report\\n' | crontab -u tester -\n"
	"cd /etc/systemd/system\n"
	"for u in good bad; do\n"
	"	printf '[Timer]\\nOnActiveSec=0\\nAccuracySec=1us\\nOnCalendar=*-*-* 04:05:00\\n' >mw-$u.timer\n"
	"done\n"
	"printf '[Service]\\nType=oneshot\\nExecStart=/bin/true\\n' >mw-good.service\n"
	"printf '[Service]\\nType=oneshot\\nUser=tester\\nExecStart=/bin/sh -c \"exit 3\"\\n' >mw-bad.service\n"
	"systemctl daemon-reload; systemctl start mw-good.timer mw-bad.timer\n"
	"echo 'EXTRA_OPTS=\"-L 5\"' >/etc/default/cron; systemctl restart cron\n"
	"t() { date -u -d \"$1\" +%Y-%m-%dT%H:%M:%SZ; }\n"
	"{\n"
	"	echo \"[$(t '40 days ago')] Cleanup started (mode: monthly)\"\n"
	"	echo \"[$(t '40 days ago')] Disk before: 61%\"; echo \"[$(t '40 days ago')] apt: freed 120 MB\"; echo 'Disk after: 55%'\n"
	"	echo \"[$(t '40 days ago')] Cleanup complete. Freed 2.5 GB\"\n"
	"	echo \"{\\\"timestamp\\\":\\\"$(t '22 days ago')\\\",\\\"mode\\\":\\\"weekly\\\",\\\"diskBefore\\\":41,\\\"diskAfter\\\":40,\\\"freedMB\\\":257,"
	"\\\"steps\\\":[{\\\"name\\\":\\\"apt\\\",\\\"success\\\":true,\\\"freedMB\\\":57},\\\"images\\\"],\\\"success\\\":true}\"\n"
	"	echo \"{\\\"timestamp\\\":\\\"$(t 'now')\\\",\\\"mode\\\":\\\"daily\\\",\\\"freedMB\\\":0,\\\"success\\\":false}\"\n"
	"} >/var/log/vm-cleanup.log\n"
	"mkdir -p /etc/logrotate.d; printf '#!/bin/sh\\n' >/usr/sbin/logrotate; chmod 755 /usr/sbin/logrotate\n"
	"printf '/var/log/vm-health*.log \"/var/log/docker-watchdog.log\" {\\n\\tweekly\\n}\\n' >/etc/logrotate.d/some\n"
	"printf '/var/log/vm-cleanup.log {\\n}\\n' >/etc/logrotate.d/open; chmod 664 /etc/logrotate.d/open\n";

static void
on_up(void *user)
{
	cron_poll_link_up(((struct rig *)user)->poll);
}

static void
on_down(void *user)
{
	cron_poll_link_down(((struct rig *)user)->poll);
}

static void
set_up(struct rig *r, const char *alias, gboolean local)
{
	static const struct link_events events = { .up = on_up, .down = on_down };
	static const char *const users[] = { "tester" };
	g_autofree char *known_hosts = local ? NULL : lab_path(lab, "known_hosts");
	const struct link_settings link = {
		.local = local, .host = alias, .ssh_config = local ? NULL : lab_ssh_config(lab), .known_hosts = known_hosts, .transport = "libssh2",
	};
	const struct cron_poll_settings settings = { .users = users, .user_count = 1, .interval_ms = 2000 };

	r->world = world_new(1 << 20);
	r->host = host_new(alias, "vm", local);
	g_ptr_array_add(r->world->hosts, r->host);
	r->link = link_new(&link, &r->host->link, &events, r);
	r->poll = cron_poll_new(&settings, r->link, r->world, r->host);
	link_start(r->link);
}

static void
tear_down(struct rig *r)
{
	cron_poll_free(r->poll);
	link_free(r->link);
	world_free(r->world);
}

static gboolean
on_tick(gpointer unused)
{
	return G_SOURCE_CONTINUE;
}

/* A job of each minute may take a minute and a half to be seen: longer than lab_wait() waits. */
static void
wait_long(struct rig *r, gboolean (*holds)(struct rig *r), const char *what)
{
	gint64 deadline = g_get_monotonic_time() + 150 * G_USEC_PER_SEC;
	guint tick = g_timeout_add(100, on_tick, NULL);

	while (!holds(r)) {
		g_main_context_iteration(NULL, TRUE);
		if (g_get_monotonic_time() > deadline)
			g_error("after 150 s still waiting for: %s; %s", what, r->host->cron.datum.error);
	}
	g_source_remove(tick);
}

static gboolean
is_answered(struct rig *r)
{
	return r->host->cron.datum.state == DATUM_OK || r->host->cron.datum.state == DATUM_NO_DATA;
}

static struct cron_job *
job_with(const struct rig *r, const char *words)
{
	for (guint i = 0; i < r->host->cron.jobs->len; i++) {
		struct cron_job *j = r->host->cron.jobs->pdata[i];
		if (strstr(j->command, words) || strcmp(j->where, words) == 0)
			return j;
	}
	return NULL;
}

static gboolean
minute_job_ran(struct rig *r)
{
	const struct cron_job *j = job_with(r, "echo minute"), *bad = job_with(r, "exit 3");

	return j && j->last_us && bad && bad->result == CRON_RESULT_FAILED;
}

static gboolean
timers_ran(struct rig *r)
{
	const struct cron_job *good = job_with(r, "mw-good.timer"), *bad = job_with(r, "mw-bad.timer");

	return good && bad && good->result == CRON_RESULT_OK && bad->result == CRON_RESULT_FAILED;
}

static char *
ask_machine(const char *script)
{
	return lab_machine_exec(lab, NAME, "sh", "-c", script, NULL);
}

static gboolean
is_noted(const struct rig *r, const char *words)
{
	for (guint i = 0; i < r->host->cron.not_read->len; i++)
		if (strstr(r->host->cron.not_read->pdata[i], words))
			return TRUE;
	return FALSE;
}

/* The machine's own `date` says when a job of a daily time is next. */
static void
check_next(const struct rig *r, const char *words, const char *clock)
{
	g_autofree char *script = g_strdup_printf("n=$(date -d 'today %s' +%%s); [ $n -gt $(date +%%s) ] || n=$(date -d 'tomorrow %s' +%%s); echo $n",
	                                          clock, clock);
	g_autofree char *said = ask_machine(script);
	const struct cron_job *j = job_with(r, words);

	g_assert_nonnull(j);
	g_assert_cmpint(j->next_us / G_USEC_PER_SEC, ==, g_ascii_strtoll(said, NULL, 10));
}

static void
check_timers(struct rig *r)
{
	g_autofree char *list = ask_machine("systemctl list-timers --all --no-pager --no-legend | grep mw-good");
	const struct cron_job *good = job_with(r, "mw-good.timer"), *bad = job_with(r, "mw-bad.timer");
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(good->next_us / G_USEC_PER_SEC), local = g_date_time_to_timezone(utc, zone);
	g_autofree char *next = g_date_time_format(local, "%Y-%m-%d %H:%M:%S CE");
	g_autofree char *last = ask_machine("date -d \"$(systemctl show --value -p LastTriggerUSec mw-good.timer)\" +%s");

	g_test_message("%s", list);
	g_assert_nonnull(strstr(list, next));
	g_assert_cmpint(good->last_us / G_USEC_PER_SEC, ==, g_ascii_strtoll(last, NULL, 10));
	g_assert_cmpstr(good->last_from, ==, "systemd");
	g_assert_cmpstr(good->name, ==, "mw-good");
	g_assert_cmpstr(good->command, ==, "mw-good.service");
	g_assert_nonnull(strstr(good->schedule, "*-*-* 04:05:00"));
	g_assert_cmpint(good->exit_status, ==, 0);
	g_assert_cmpstr(bad->result_text, ==, "exit 3");
	g_assert_cmpint(bad->exit_status, ==, 3);
	g_assert_cmpstr(bad->user, ==, "tester");
}

static void
check_starts(struct rig *r)
{
	g_autofree char *said = ask_machine("journalctl -t CRON --no-pager -o short-unix | grep 'CMD (echo minute' | tail -n 1 | cut -d. -f1");
	const struct cron_job *minute = job_with(r, "echo minute"), *input = job_with(r, "/tmp/got"), *bad = job_with(r, "exit 3");

	/* One more may have run since the poll. */
	g_assert_cmpint(g_ascii_strtoll(said, NULL, 10) - minute->last_us / G_USEC_PER_SEC, <=, 61);
	g_assert_cmpstr(minute->last_from, ==, "journal");
	g_assert_cmpint(minute->result, ==, CRON_RESULT_UNKNOWN);
	g_assert_cmpint(minute->missed_us, ==, 0);
	g_assert_cmpint(input->last_us, !=, 0);
	g_assert_cmpstr(input->command, ==, "cat >/tmp/got%first%second");
	g_assert_cmpstr(bad->result_text, ==, "exit 3");
}

static void
check_cleanup(struct rig *r)
{
	const struct cron_job *daily = job_with(r, "--daily"), *weekly = job_with(r, "--weekly"), *monthly = job_with(r, "--monthly");
	const struct cleanup_run *run;
	const struct cron_state *s = &r->host->cron;

	g_assert_true(s->jobs->pdata[0] == daily && s->jobs->pdata[1] == weekly && s->jobs->pdata[2] == monthly);
	g_assert_true(daily->managed && weekly->managed && monthly->managed && job_with(r, "health-check")->managed);
	g_assert_false(job_with(r, "echo minute")->managed);
	g_assert_cmpstr(weekly->name, ==, "vm-cleanup weekly");
	g_assert_cmpint(s->runs_datum.state, ==, DATUM_OK);
	g_assert_cmpuint(s->runs->len, ==, 3);
	run = s->runs->pdata[0];
	g_assert_cmpfloat(run->freed_mb, ==, 2560);
	g_assert_cmpstr(((const struct cleanup_step *)run->steps->pdata[0])->name, ==, "apt");
	g_assert_cmpfloat(weekly->freed_mb, ==, 257);
	g_assert_cmpint(weekly->result, ==, CRON_RESULT_OK);
	g_assert_cmpint(weekly->missed_us, !=, 0); /* its last run was 22 days ago, its crontab was written 20 days ago */
	g_assert_cmpint(daily->result, ==, CRON_RESULT_FAILED);
	g_assert_cmpint(daily->missed_us, ==, 0);
	g_assert_true(cron_state_last_cleanup(s) == s->runs->pdata[1]);
}

static void
check_hostile(struct rig *r)
{
	g_autofree char *owned = ask_machine("ls /tmp/owned 2>&1 || true");
	const struct cron_job *quotes = job_with(r, "$(touch"), *percent = job_with(r, "printf"), *escape = job_with(r, "red");

	g_assert_nonnull(strstr(owned, "No such file"));
	g_assert_cmpstr(quotes->command, ==, "echo \"$(touch /tmp/owned)\" '`touch /tmp/owned`'; x=\"a b\" | sh");
	g_assert_cmpstr(percent->command, ==, "printf 'a\\nb'%one\\%%two; touch /tmp/owned");
	g_assert_cmpint(quotes->next_us, ==, 0);
	g_assert_null(strchr(escape->command, '\033'));
	g_assert_null(strstr(escape->command, "\xe2\x80\xae"));
	g_assert_nonnull(strstr(escape->command, "<U+202E>"));
}

/* What is told not to run did not, while the job of each minute did. */
static void
check_refused(struct rig *r)
{
	g_autofree char *made = NULL;

	g_assert_true(job_with(r, "beside-bad-line")->file_refused && is_noted(r, "/etc/cron.d/bad-line is not run: a line"));
	g_assert_true(job_with(r, "written-by-all")->file_refused && is_noted(r, "/etc/cron.d/open is not run: it has to be root's own"));
	g_assert_false(job_with(r, "/opt/backup")->file_refused);
	made = ask_machine("cd /tmp; ls -d beside-bad-line written-by-all 2>/dev/null; true");
	g_assert_cmpstr(made, ==, "");
}

static void
test_machine(void)
{
	struct rig r;
	const struct cron_job *bad_line;
	const struct growing_log *log;

	if (!lab)
		return g_test_skip("needs a systemd machine");
	set_up(&r, NAME, FALSE);
	wait_long(&r, timers_ran, "the timers' results");
	g_assert_cmpstr(r.host->cron.zone, ==, "Europe/Berlin");
	check_next(&r, "/opt/backup", "04:30");
	check_next(&r, "--daily", "03:00");
	check_next(&r, "health-check", "07:00");
	check_timers(&r);
	check_cleanup(&r);
	check_hostile(&r);
	bad_line = job_with(&r, "root never");
	g_assert_true(g_str_has_prefix(bad_line->problem, "bad minute"));
	g_assert_cmpstr(job_with(&r, "hello")->user, ==, "daemon");
	g_assert_cmpstr(job_with(&r, "/home/tester/report")->where, ==, "crontab of tester");
	g_assert_null(job_with(&r, "unseen"));
	g_assert_true(is_noted(&r, "unseen.sh is not run"));
	g_assert_cmpuint(r.host->cron.logs->len, ==, 3);
	log = r.host->cron.logs->pdata[0];
	g_assert_true(log->exists && log->size > 100 && !log->rule && is_noted(&r, "/etc/logrotate.d/open rotates nothing"));
	log = r.host->cron.logs->pdata[1];
	g_assert_cmpstr(log->rule, ==, "/etc/logrotate.d/some");
	wait_long(&r, minute_job_ran, "the job of each minute");
	check_starts(&r);
	check_refused(&r);
	cron_poll_link_down(r.poll);
	g_assert_cmpint(r.host->cron.datum.state, ==, DATUM_STALE);
	g_assert_nonnull(job_with(&r, "echo minute"));
	tear_down(&r);
}

static void
add_tester(void)
{
	g_autofree char *from = lab_path(lab, "ssh_config.d/" NAME), *to = lab_path(lab, "ssh_config.d/" NAME "-tester"), *text = NULL;
	g_autoptr(GString) config = NULL;

	g_assert_true(g_file_get_contents(from, &text, NULL, NULL));
	config = g_string_new(text);
	g_string_replace(config, "Host " NAME, "Host " NAME "-tester", 1);
	g_string_replace(config, "User root", "User tester", 1);
	g_assert_true(g_file_set_contents(to, config->str, -1, NULL));
}

/* Without rights the rest is still told, what is lacking is said, and nothing is called missed. */
static void
test_no_rights(void)
{
	struct rig r;

	if (!lab)
		return g_test_skip("needs a systemd machine");
	add_tester();
	set_up(&r, NAME "-tester", FALSE);
	wait_long(&r, is_answered, "an answer");
	g_assert_nonnull(job_with(&r, "/home/tester/report"));
	g_assert_nonnull(job_with(&r, "/opt/backup"));
	g_assert_nonnull(job_with(&r, "mw-good.timer"));
	g_assert_null(job_with(&r, "echo minute"));
	g_assert_true(is_noted(&r, "crontab of root could not be read"));
	g_assert_true(is_noted(&r, "the journal says"));
	for (guint i = 0; i < r.host->cron.jobs->len; i++)
		g_assert_cmpint(((struct cron_job *)r.host->cron.jobs->pdata[i])->missed_us, ==, 0);
	tear_down(&r);
}

/* --- how it looks --- */

/* Jobs at fixed distances from now, so that the order, the ages and which of them was missed are the same at every time of day. */
static const char set_up_looks[] =
	"set -e\n"
	"ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime; echo Etc/UTC >/etc/timezone\n"
	"rm -f /etc/cron.d/* /etc/crontab /etc/systemd/system/timers.target.wants/*; crontab -u tester -r\n"
	"systemctl stop '*.timer'; find /etc/systemd/system /usr/lib/systemd/system -name '*.timer' -delete\n"
	"at() { date -u -d \"now + $1 minutes\" \"$2\"; }\n"
	"printf '[Timer]\\nOnActiveSec=0\\nAccuracySec=1us\\nOnCalendar=*-*-* %s:00\\n' \"$(at 210 +%H:%M)\" >/etc/systemd/system/mw-good.timer\n"
	"systemctl daemon-reload; systemctl reset-failed; systemctl start mw-good.timer\n"
	"printf '61 * * * * root /opt/backup --all\\n@reboot root /opt/warm-caches\\n' >/etc/cron.d/backup\n"
	"{\n"
	"	echo '# bytelyst-vm-maintenance'\n"
	"	echo \"$(at 330 '+%M %H') * * * /opt/scripts/vm-cleanup.sh --daily >>/var/log/vm-cleanup.log 2>&1\"\n"
	"	echo \"$(at 3270 '+%M %H * * %w') /opt/scripts/vm-cleanup.sh --weekly >>/var/log/vm-cleanup.log 2>&1\"\n"
	"	echo \"$(at 570 '+%M %H') * * * /opt/scripts/vm-cleanup.sh --monthly >>/var/log/vm-cleanup.log 2>&1\"\n"
	"	echo \"$(at 450 '+%M %H') * * * /opt/scripts/vm-health-check.sh\"\n"
	"	echo; echo \"$(at 390 '+%M %H') * * * /opt/report --mail ops@example.org\"\n"
	"} >/tmp/root.tab; crontab /tmp/root.tab; touch -d '20 days ago' /var/spool/cron/crontabs/root\n"
	"run() { echo \"{\\\"timestamp\\\":\\\"$(at $1 +%Y-%m-%dT%H:%M:%SZ)\\\",\\\"mode\\\":\\\"$2\\\",\\\"freedMB\\\":$3,\\\"success\\\":$4}\"; }\n"
	"{ run -16890 weekly 1433 true; run -2550 daily 120 true; run -1110 daily 257 true; run -870 monthly 0 false; } >/var/log/vm-cleanup.log\n"
	"systemctl restart cron\n";

/* The machine's own memory, load and disk are those of the machine of the test. */
static void
install_doubles(void)
{
	g_autofree char *dir = lab_path(lab, "bin");
	g_autoptr(GDir) d = NULL;

	g_free(probe_double_new(dir));
	d = g_dir_open(dir, 0, NULL);
	for (const char *name; (name = g_dir_read_name(d));) {
		g_autofree char *file = g_build_filename(dir, name, NULL), *there = g_strconcat("/usr/local/sbin/", name, NULL), *text = NULL;
		g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
		g_free(lab_machine_exec(lab, NAME, "sh", "-c", "printf %s \"$1\" >\"$2\"; chmod 755 \"$2\"", "sh", text, there, NULL));
	}
}

static void
test_looks(void)
{
	static const char *const masks[] = {
		MASK_CLOCK, "\\b\\d\\d \\d\\d (?=\\* \\* )", "(?<=\\* \\* )\\d\\b", "\\b\\dh\\d\\d\\b", "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ",
		"(?<=\\*-\\*-\\* )\\d\\d:\\d\\d", "(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \\d\\d:\\d\\d", "( {3}\\d| {2}\\d\\d)[sm]\\b", "~(?<=root@)[\\d.]+", NULL
	};
	struct trial *t;

	if (!lab)
		return g_test_skip("needs a systemd machine");
	g_free(ask_machine(set_up_looks));
	install_doubles();
	t = trial_console("hosts:\n  - name: srv1\n    ssh: %s\n    ssh_config: %s\n    refresh: 1\n    docker: {disabled: true}\n    ollama: {disabled: true}\n"
	                  "    cleanup: {command: /opt/scripts/vm-cleanup.sh, weekly: /opt/scripts/vm-cleanup.sh --weekly}\nstart_panel: cron\n",
	                  NAME, lab_ssh_config(lab));
	driver_resize(t->driver, 24, 80);
	driver_wait_match(t->driver, "mw-good .* ok ", 0);
	driver_wait(t->driver, "n run now", 0);
	golden_check(t->driver, "cron", masks);
	driver_keys(t->driver, "j Enter");
	driver_wait(t->driver, "[Job]", 0);
	golden_check(t->driver, "cron-details", masks);
	driver_resize(t->driver, 45, 160);
	golden_check(t->driver, "cron-details-160", masks);
	driver_keys(t->driver, "Esc");
	driver_wait_gone(t->driver, "[Job]", 0);
	golden_check(t->driver, "cron-160", masks);
	driver_resize(t->driver, 24, 80);
	driver_keys(t->driver, "n");
	driver_wait(t->driver, "this job:", 0);
	golden_check(t->driver, "menu-cron-run", masks);
	driver_keys(t->driver, "Enter");
	driver_wait(t->driver, "Esc cancel", 0);
	golden_check(t->driver, "sheet-cron-run", masks);
	fixture_cancel(t->driver);
	trial_quit(t);
}

/* --- without systemd --- */

static void
test_this_machine(void)
{
	struct rig r;

	set_up(&r, "here", TRUE);
	wait_long(&r, is_answered, "an answer");
	g_assert_nonnull(r.host->cron.zone);
	g_assert_cmpuint(r.host->cron.logs->len, ==, 3);
	if (!g_file_test("/run/systemd/system", G_FILE_TEST_IS_DIR))
		g_assert_true(is_noted(&r, "runs without systemd"));
	tear_down(&r);
}

static char *
busybox_directory(void)
{
	static const char *const applets[] = { "sh", "sed", "head", "tail", "awk", "date", "ls", "cat", "grep", "id", "readlink", "printf", "wc" };
	g_autofree char *busybox = g_find_program_in_path("busybox");
	char *dir = g_dir_make_tmp("midwatch-busybox-XXXXXX", NULL);

	g_assert_nonnull(busybox);
	for (guint i = 0; i < G_N_ELEMENTS(applets); i++) {
		g_autofree char *name = g_build_filename(dir, applets[i], NULL);
		g_assert_no_errno(symlink(busybox, name));
	}
	return dir;
}

static void
remove_directory(const char *dir)
{
	GDir *d = g_dir_open(dir, 0, NULL);

	for (const char *name; (name = g_dir_read_name(d));) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		g_unlink(path);
	}
	g_dir_close(d);
	g_rmdir(dir);
}

/* All tools are BusyBox's, there is a log with a mark of a section in it. */
static void
test_busybox(void)
{
	static const char text[] = "@end\n{\"timestamp\":\"2026-05-27T03:00:01Z\",\"mode\":\"weekly\",\"success\":true}\n@end";
	g_autofree char *dir = NULL, *log = NULL, *script = NULL, *output = NULL, *errors = NULL, *path = NULL, *shell = NULL;
	const char *argv[] = { NULL, "-c", NULL, NULL }, *problem;
	const char *growing[] = { NULL, "/nonexistent/it's.log" };
	char *environment[] = { NULL, NULL };
	struct cron_script s = { .growing = growing, .growing_count = 2 };
	struct cron_reply reply;
	const struct growing_log *l;
	int status;

	if (!lab_have(LAB_DOCKER))
		return;
	dir = busybox_directory();
	log = g_build_filename(dir, "clean up.log", NULL);
	g_assert_true(g_file_set_contents(log, text, -1, NULL));
	s.cleanup_log = growing[0] = log;
	argv[0] = shell = g_build_filename(dir, "sh", NULL);
	argv[2] = script = cron_script_new(&s);
	environment[0] = path = g_strconcat("PATH=", dir, NULL);
	g_assert_true(g_spawn_sync(NULL, (char **)argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status, NULL));
	g_test_message("%s", errors);
	g_assert_true(cron_reply_parse(output, strlen(output), 5, NULL, &reply, &problem));
	g_assert_cmpuint(reply.state.runs->len, ==, 1);
	g_assert_nonnull(reply.cleanup_stamp);
	l = reply.state.logs->pdata[0];
	g_assert_true(l->exists && l->size == strlen(text));
	l = reply.state.logs->pdata[1];
	g_assert_cmpstr(l->path, ==, "/nonexistent/it's.log");
	g_assert_false(l->exists);
	cron_reply_clear(&reply);
	remove_directory(dir);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	if (lab_have(LAB_MACHINE)) {
		lab = lab_new();
		g_free(lab_machine(lab, NAME));
		g_free(ask_machine(set_up_machine));
	}
	g_test_add_func("/cron/machine", test_machine);
	g_test_add_func("/cron/no-rights", test_no_rights);
	g_test_add_func("/cron/looks", test_looks);
	g_test_add_func("/cron/this-machine", test_this_machine);
	g_test_add_func("/cron/busybox", test_busybox);
	status = g_test_run();
	if (lab)
		lab_free(lab);
	return status;
}
