/* Crontabs, timers, cron's journal, the cleanup log, logrotate's rules, and how jobs and runs find each other. */
#include <math.h>
#include <string.h>

#include "model/cleanup_log.h"
#include "model/cron_command.h"
#include "model/cron_journal.h"
#include "model/cron_pair.h"
#include "model/crontab.h"
#include "model/logrotate.h"
#include "model/systemd_timers.h"

#define SECOND G_USEC_PER_SEC

static GPtrArray *
jobs_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)cron_job_free);
}

static GPtrArray *
jobs_of(const char *text, enum cron_origin origin)
{
	const struct crontab_place place = { .origin = origin, .where = "here", .user = origin == CRON_USER ? "root" : NULL };
	GPtrArray *jobs = jobs_new();

	g_assert_cmpuint(crontab_parse(text, strlen(text), &place, jobs), ==, 0);
	return jobs;
}

static struct cron_job *
job(const GPtrArray *jobs, guint i)
{
	g_assert_cmpuint(i, <, jobs->len);
	return jobs->pdata[i];
}

/* --- crontabs --- */

static void
test_crontab(void)
{
	static const char text[] =
		"# a comment\n"
		"  # another\n"
		"SHELL=/bin/bash\n"
		"NAME = with blanks\n"
		"\"quoted name\"='x'\n"
		"\n"
		"\t*/5  * * * *\techo a=b\n"
		"@daily /usr/bin/find /tmp -name 'x y' # tail\n"
		"61 * * * * never\n"
		"0 0 * * * * too many\n"
		"@often x\n"
		"0 0 * * *\n"
		"5 5 * * * last";
	g_autoptr(GPtrArray) jobs = jobs_of(text, CRON_USER);

	g_assert_cmpuint(jobs->len, ==, 7);
	g_assert_cmpstr(job(jobs, 0)->schedule, ==, "*/5 * * * *");
	g_assert_cmpstr(job(jobs, 0)->command, ==, "echo a=b");
	g_assert_cmpstr(job(jobs, 0)->user, ==, "root");
	g_assert_null(job(jobs, 0)->problem);
	g_assert_cmpstr(job(jobs, 1)->schedule, ==, "@daily");
	g_assert_cmpstr(job(jobs, 1)->command, ==, "/usr/bin/find /tmp -name 'x y' # tail");
	g_assert_true(g_str_has_prefix(job(jobs, 2)->problem, "bad minute"));
	g_assert_cmpstr(job(jobs, 2)->command, ==, "61 * * * * never");
	g_assert_true(g_str_has_prefix(job(jobs, 3)->problem, "bad command"));
	g_assert_true(g_str_has_prefix(job(jobs, 4)->problem, "bad time specifier"));
	g_assert_null(job(jobs, 5)->problem);
	g_assert_nonnull(strstr(job(jobs, 6)->problem, "no line feed"));
}

static void
test_system_crontab(void)
{
	g_autoptr(GPtrArray) jobs = jobs_of("17 *\t* * *   root    cd / && run-parts --report /etc/cron.hourly\n0 0 * * * root\n", CRON_ETC_CRONTAB);
	g_autofree char *long_command = g_strnfill(999, 'x'), *line = g_strconcat("* * * * * ", long_command, "\n", NULL);
	g_autoptr(GPtrArray) too_long = jobs_of(line, CRON_USER);

	g_assert_cmpstr(job(jobs, 0)->user, ==, "root");
	g_assert_cmpstr(job(jobs, 0)->command, ==, "cd / && run-parts --report /etc/cron.hourly");
	g_assert_cmpstr(job(jobs, 0)->logged, ==, "cd / && run-parts --report /etc/cron.hourly");
	g_assert_cmpstr(job(jobs, 0)->name, ==, "cron.hourly");
	g_assert_true(g_str_has_prefix(job(jobs, 1)->problem, "bad command"));
	g_assert_true(g_str_has_prefix(job(too_long, 0)->problem, "command too long"));
	g_assert_true(crontab_file_is_run("e2scrub_all") && crontab_file_is_run("A-1"));
	g_assert_false(crontab_file_is_run("a.sh") || crontab_file_is_run("") || crontab_file_is_run("a~") || crontab_file_is_run(".placeholder"));
}

static void
expect_managed(const char *text, const char *pattern)
{
	g_autoptr(GPtrArray) jobs = jobs_of(text, CRON_USER);

	g_assert_cmpuint(jobs->len, ==, strlen(pattern));
	for (guint i = 0; i < jobs->len; i++)
		g_assert_cmpint(job(jobs, i)->managed, ==, pattern[i] == 'm');
}

static void
test_block(void)
{
	expect_managed("@daily a\n# bytelyst-vm-maintenance\n@daily b\n# words\n@daily c\n\n@daily d\n", ".mm.");
	expect_managed("# bytelyst-vm-maintenance\n\n@daily a\n@daily b\n", "mm");
	expect_managed("# BEGIN bytelyst-vm-maintenance\n@daily a\nMAILTO=x\n@daily b\n# END bytelyst-vm-maintenance\n@daily c\n", "mm.");
	expect_managed("# bytelyst-vm-maintenance\n@daily a\n# /bytelyst-vm-maintenance\n@daily b\n", "m.");
	expect_managed("@daily a # bytelyst-vm-maintenance\n@daily b\n", "m.");
	expect_managed("@daily a\n", ".");
}

static void
test_keys(void)
{
	g_autoptr(GPtrArray) jobs = jobs_of("@daily a\n@daily a\n@daily b\n@daily a\n", CRON_USER), again = jobs_of("@daily b\n@daily a\n", CRON_USER);

	g_assert_false(job(jobs, 0)->altered);
	g_assert_cmpstr(job(jobs, 0)->key, !=, job(jobs, 1)->key);
	g_assert_cmpstr(job(jobs, 1)->key, !=, job(jobs, 3)->key);
	g_assert_cmpstr(job(jobs, 0)->key, ==, job(again, 1)->key);
	g_assert_cmpstr(job(jobs, 2)->key, ==, job(again, 0)->key);
}

static void
test_hostile_lines(void)
{
	g_autoptr(GPtrArray) jobs = jobs_of("* * * * * echo \033[31m'$(rm -rf /)'\t\"\001\xff\" \xe2\x80\xae%in\n", CRON_USER);
	const struct cron_job *j = job(jobs, 0);

	g_assert_true(g_utf8_validate(j->command, -1, NULL));
	g_assert_null(strpbrk(j->command, "\033\001\t"));
	g_assert_nonnull(strstr(j->command, "'$(rm -rf /)'"));
	g_assert_true(g_str_has_suffix(j->command, "%in"));
	g_assert_true(j->altered);
	g_assert_cmpstr(j->logged, ==, "echo ^[[31m'$(rm -rf /)'^I\"^A\\377\" \\342\\200\\256");
}

static void
test_bounds(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GPtrArray) jobs = jobs_new();
	const struct crontab_place place = { .origin = CRON_USER, .where = "here", .user = "root" };

	for (guint i = 0; i < CRONTAB_JOBS_MAX + 7; i++)
		g_string_append(text, "@daily x\n");
	g_assert_cmpuint(crontab_parse(text->str, text->len, &place, jobs), ==, 7);
	g_assert_cmpuint(jobs->len, ==, CRONTAB_JOBS_MAX);
}

/* --- commands --- */

static void
expect_name(const char *command, const char *name)
{
	g_autofree char *got = cron_command_name(command, NULL);

	g_assert_cmpstr(got, ==, name);
}

static void
test_names(void)
{
	g_autofree char *managed = cron_command_name("/opt/x/vm-cleanup.sh --weekly", "weekly");

	g_assert_cmpstr(managed, ==, "vm-cleanup weekly");
	expect_name("/opt/scripts/vm-health-check.sh >> /var/log/x 2>&1", "vm-health-check");
	expect_name("cd /srv/app && ./backup.py --all", "backup");
	expect_name("test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )", "cron.daily");
	expect_name("test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.weekly; }", "cron.weekly");
	expect_name("[ -x /etc/init.d/anacron ] && if [ ! -d /run/systemd/system ]; then /usr/sbin/invoke-rc.d anacron start; fi", "invoke-rc.d");
	expect_name("PATH=/x HOME=/ nice -n 10 ionice -c3 bash /opt/job.sh", "job");
	expect_name("flock -n /run/x.lock /opt/sync", "sync");
	expect_name("\"/opt/my job.sh\" x", "my job");
	expect_name("test -e /run/systemd/system || SERVICE_MODE=1 /sbin/e2scrub_all -A -r", "e2scrub_all");
	expect_name("true", "true");
	expect_name("", "?");
	expect_name("cat >x%input", "cat");
	expect_name("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee", "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd");
}

static void
expect_mode(const char *command, gboolean cleanup, const char *mode)
{
	g_autofree char *got = cron_command_mode(command);

	g_test_message("%s", command);
	g_assert_cmpint(cron_command_is_cleanup(command), ==, cleanup);
	g_assert_cmpstr(got, ==, mode);
}

static void
test_modes(void)
{
	expect_mode("/opt/x/vm-cleanup.sh --weekly >> /var/log/vm-cleanup.log 2>&1", TRUE, "weekly");
	expect_mode("sudo bash /opt/vm-cleanup.sh --quiet monthly", TRUE, "monthly");
	expect_mode("vm-cleanup.sh --mode=daily", TRUE, "daily");
	expect_mode("vm-cleanup.sh --mode daily", TRUE, "daily");
	expect_mode("vm-cleanup.sh --weekly-digest; echo done", TRUE, "weekly-digest");
	expect_mode("vm-cleanup.sh --DRY-RUN", TRUE, "dry-run");
	expect_mode("vm-cleanup.sh >> /x/weekly", TRUE, NULL);
	expect_mode("vm-cleanup.sh # weekly", TRUE, NULL);
	expect_mode("vm-health-check.sh --full >> /var/log/vm-cleanup.log", FALSE, NULL);
	expect_mode("tail /var/log/vm-cleanup.log", FALSE, NULL);
	expect_mode("", FALSE, NULL);
}

static void
test_percent(void)
{
	static const struct { const char *command, *shell; } cases[] = {
		{ "a%b%c", "a" }, { "date +\\%F", "date +%F" }, { "a\\\\%b", "a\\" }, { "printf 'x\\n'", "printf 'x\\n'" }, { "a\\", "a\\" }, { "%x", "" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *shell = cron_command_shell_part(cases[i].command);
		g_assert_cmpstr(shell, ==, cases[i].shell);
	}
}

/* --- timers --- */

static void
test_timers(void)
{
	static const char list[] =
		"[{\"next\":1795737600000000,\"left\":1,\"last\":1795651200000000,\"passed\":1,\"unit\":\"a.timer\",\"activates\":\"a.service\"},"
		"{\"next\":null,\"left\":null,\"last\":0,\"passed\":0,\"unit\":\"b.timer\",\"activates\":\"b.service\"},"
		"{\"next\":18446744073709551615,\"last\":5,\"unit\":\"c\\u001b.timer\",\"activates\":\"c.service\"},{\"next\":1},7]";
	static const char show[] =
		"Result=exit-code\nExecMainExitTimestamp=Thu 2026-11-26 00:00:01 UTC\nExecMainStatus=3\nUser=www\nId=a.service\nLoadState=loaded\n"
		"ActiveState=failed\nSubState=failed\n\n"
		"TimersCalendar={ OnCalendar=*-*-* 06,18:00:00 ; next_elapse=Fri 2026-11-27 06:00:00 UTC }\nTimersMonotonic={ OnBootUSec=15min ; next_elapse=0 }\n"
		"Result=success\nId=a.timer\nActiveState=active\nSubState=waiting\n\n"
		"Result=success\nExecMainExitTimestamp=\nExecMainStatus=0\nUser=\nId=b.service\nLoadState=not-found\nActiveState=inactive\n\n"
		"Result=success\nExecMainExitTimestamp=\nExecMainStatus=0\nId=c.service\nActiveState=activating\nSubState=start\n";
	g_autoptr(GPtrArray) jobs = jobs_new();

	g_assert_true(systemd_timers_list(list, strlen(list), jobs));
	systemd_timers_show(show, strlen(show), jobs);
	g_assert_cmpuint(jobs->len, ==, 3);
	g_assert_cmpint(job(jobs, 0)->next_us, ==, G_GINT64_CONSTANT(1795737600000000));
	g_assert_cmpstr(job(jobs, 0)->schedule, ==, "*-*-* 06,18:00:00, OnBootUSec=15min");
	g_assert_cmpstr(job(jobs, 0)->user, ==, "www");
	g_assert_cmpint(job(jobs, 0)->result, ==, CRON_RESULT_FAILED);
	g_assert_cmpint(job(jobs, 0)->exit_status, ==, 3);
	g_assert_cmpstr(job(jobs, 0)->result_text, ==, "exit 3");
	g_assert_cmpint(job(jobs, 1)->next_us, ==, 0);
	g_assert_cmpint(job(jobs, 1)->last_us, ==, 0);
	g_assert_null(job(jobs, 1)->last_from);
	g_assert_cmpint(job(jobs, 1)->result, ==, CRON_RESULT_UNKNOWN);
	g_assert_cmpstr(job(jobs, 1)->problem, ==, "there is no unit b.service");
	g_assert_cmpint(job(jobs, 2)->next_us, ==, 0);
	g_assert_null(strchr(job(jobs, 2)->where, '\033'));
	g_assert_cmpint(job(jobs, 2)->result, ==, CRON_RESULT_RUNNING);
	g_assert_false(systemd_timers_list("NEXT LEFT", 9, jobs));
	g_assert_false(systemd_timers_list("{}", 2, jobs));
	g_assert_true(systemd_timers_list("[]", 2, jobs));
}

/* --- cron's journal --- */

static void
test_journal(void)
{
	static const char text[] =
		"-- Journal begins at Thu 2026-11-26 --\n"
		"1795737061.731588 vm CRON[61]: (root) CMD (/bin/false)\n"
		"1795737121.000001 vm CRON[71]: (root) CMD (/bin/false)\n"
		"1795737001.000001 vm CRON[51]: (root) CMD (/bin/false)\n"
		"1795737121.5 vm CRON[72]: (www-data) CMD (   cd / && x )\n"
		"1795737122.000001 vm CRON[70]: (CRON) error (grandchild #71 failed with exit status 4)\n"
		"1795737122.000001 vm CRON[70]: (CRON) error (grandchild #61 failed with exit status 9)\n"
		"1795737130.000001 vm CRON[80]: (root) CMD ([81] echo [x])\n"
		"1795737131.000001 vm CRON[80]: (CRON) error (grandchild #81 terminated by signal 9)\n"
		"1795737140.000001 vm crond[3]: USER root pid 90 cmd /bin/bb\n"
		"garbage\n1795737140 x\n";
	g_autoptr(GHashTable) starts = cron_journal_parse(text, strlen(text));
	const struct cron_start *s = cron_journal_find(starts, "root", "/bin/false");

	g_assert_cmpuint(g_hash_table_size(starts), ==, 4);
	g_assert_cmpint(s->at_us, ==, G_GINT64_CONSTANT(1795737121000001));
	g_assert_true(s->failed);
	g_assert_cmpint(s->status, ==, 4);
	g_assert_false(cron_journal_find(starts, "www-data", "cd / && x")->failed);
	s = cron_journal_find(starts, "root", "echo [x]");
	g_assert_true(s->failed && s->status == -1 && s->pid == 81);
	g_assert_cmpint(cron_journal_find(starts, "root", "/bin/bb")->pid, ==, 90);
	g_assert_null(cron_journal_find(starts, "daemon", "/bin/false"));
}

/* --- the cleanup log --- */

static GPtrArray *
runs_of(const char *text, gboolean cut, const char *zone_name)
{
	GPtrArray *runs = g_ptr_array_new_with_free_func((GDestroyNotify)cleanup_run_free);
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);

	cleanup_log_parse(text, strlen(text), cut, zone, runs);
	return runs;
}

static const struct cleanup_step *
step(const struct cleanup_run *run, guint i)
{
	g_assert_cmpuint(i, <, run->steps->len);
	return run->steps->pdata[i];
}

static gint64
utc(const char *text)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, zone);

	return g_date_time_to_unix(time) * SECOND;
}

static void
test_cleanup_json(void)
{
	static const char text[] =
		"ut off\"}\n"
		"{\"timestamp\":\"2026-05-27T03:00:01Z\",\"mode\":\"weekly\",\"diskBefore\":41,\"diskAfter\":\"40%\",\"freedMB\":257.5,\"steps\":[\"apt\","
		"{\"name\":\"images\",\"message\":\"2 gone\",\"success\":false},{\"name\":\"pnpm\",\"freedMB\":17},3],\"success\":true,\"extra\":{}}\n"
		"not json\n{\"timestamp\":\"yesterday\"}\n{\"mode\":\"x\"}\n[]\n"
		"{\"timestamp\":\"2026-05-28T03:00:01+02:00\",\"mode\":\"evil\\u001b[2J\\u202e\",\"success\":false,\"dryRun\":false}\n"
		"{\"timestamp\":1780000000000,\"dryRun\":true}\n"
		"{\"timestamp\":\"2026-05-29T03:00:01Z\",\"mode\":\"da";
	g_autoptr(GPtrArray) runs = runs_of(text, TRUE, "UTC");
	const struct cleanup_run *r;

	g_assert_cmpuint(runs->len, ==, 3);
	r = runs->pdata[0];
	g_assert_cmpint(r->at_us, ==, utc("2026-05-27T03:00:01Z"));
	g_assert_cmpstr(r->mode, ==, "weekly");
	g_assert_cmpfloat(r->disk_before, ==, 41);
	g_assert_cmpfloat(r->disk_after, ==, 40);
	g_assert_cmpfloat(r->freed_mb, ==, 257.5);
	g_assert_cmpint(r->result, ==, CRON_RESULT_OK);
	g_assert_cmpuint(r->steps->len, ==, 3);
	g_assert_cmpstr(step(r, 1)->text, ==, "2 gone");
	g_assert_true(step(r, 1)->failed && !step(r, 0)->failed);
	g_assert_cmpstr(step(r, 2)->text, ==, "freed 17 MB");
	r = runs->pdata[1];
	g_assert_cmpint(r->at_us, ==, utc("2026-05-28T01:00:01Z"));
	g_assert_cmpint(r->result, ==, CRON_RESULT_FAILED);
	g_assert_null(strchr(r->mode, '\033'));
	g_assert_true(isnan(r->freed_mb) && isnan(r->disk_before));
	r = runs->pdata[2];
	g_assert_cmpstr(r->mode, ==, "dry-run");
	g_assert_cmpint(r->result, ==, CRON_RESULT_UNKNOWN);
}

static void
test_cleanup_text(void)
{
	static const char text[] =
		"[2026-05-20T03:00:00Z] === VM cleanup started (mode: weekly) ===\n"
		"[2026-05-20T03:00:01Z] Disk before: 41% used (38G/96G)\n"
		"[2026-05-20T03:00:02Z] Docker build cache: freed 200 MB\n"
		"[2026-05-20T03:00:03Z] apt: freed 1.5 GB\n"
		"[2026-05-20T03:00:09Z] Disk after: 40%\n"
		"[2026-05-20T03:00:09Z] === VM cleanup complete ===\n"
		"between the runs\n"
		"2026-05-21 03:00:00 Starting cleanup --monthly\n"
		"2026-05-21 03:00:01 images: FAILED, no space left\n"
		"2026-05-21 03:00:02 Cleanup finished. Total freed: 512 KB\n"
		"{\"timestamp\":\"2026-05-21T12:00:00Z\",\"mode\":\"daily\",\"freedMB\":1,\"success\":true}\n"
		"[2026-05-22T03:00:00Z] Disk before: 50%\n"
		"[2026-05-22T03:00:00Z] logs\n"
		"[2026-05-23T03:00:00Z] Disk before: 52%\n"
		"[2026-05-24T03:00:00Z] Starting cleanup (DRY RUN)\n"
		"  \xc3\xa9\xc3\xa9: \xc3\xa9  \n";
	g_autoptr(GPtrArray) runs = runs_of(text, FALSE, "Europe/Berlin");
	const struct cleanup_run *r;

	g_assert_cmpuint(runs->len, ==, 6);
	r = runs->pdata[0];
	g_assert_cmpint(r->at_us, ==, utc("2026-05-20T03:00:00Z"));
	g_assert_cmpstr(r->mode, ==, "weekly");
	g_assert_cmpfloat(r->disk_before, ==, 41);
	g_assert_cmpfloat(r->disk_after, ==, 40);
	g_assert_cmpfloat(r->freed_mb, ==, 200 + 1536);
	g_assert_cmpint(r->result, ==, CRON_RESULT_OK);
	g_assert_cmpuint(r->steps->len, ==, 2);
	g_assert_cmpstr(step(r, 0)->name, ==, "Docker build cache");
	r = runs->pdata[1];
	g_assert_cmpint(r->at_us, ==, utc("2026-05-21T01:00:00Z"));
	g_assert_cmpstr(r->mode, ==, "monthly");
	g_assert_cmpfloat(r->freed_mb, ==, 0.5);
	g_assert_cmpint(r->result, ==, CRON_RESULT_FAILED);
	g_assert_true(step(r, 0)->failed);
	r = runs->pdata[3];
	g_assert_cmpint(r->result, ==, CRON_RESULT_UNKNOWN);
	g_assert_cmpfloat(r->disk_before, ==, 50);
	g_assert_cmpstr(r->mode, ==, "");
	g_assert_cmpstr(step(r, 0)->name, ==, "logs");
	r = runs->pdata[5];
	g_assert_cmpstr(r->mode, ==, "dry-run");
	g_assert_cmpstr(step(r, 0)->name, ==, "\xc3\xa9\xc3\xa9");
	g_assert_cmpstr(step(r, 0)->text, ==, "\xc3\xa9");
}

static void
test_cleanup_bounds(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
	g_autoptr(GPtrArray) none = g_ptr_array_new_with_free_func((GDestroyNotify)cleanup_run_free);
	g_autoptr(GPtrArray) runs = NULL;

	for (guint i = 0; i < 500; i++)
		g_string_append_printf(text, "{\"timestamp\":%u}\n", 1780000000 + i);
	runs = runs_of(text->str, FALSE, "UTC");
	g_assert_cmpuint(runs->len, ==, CLEANUP_RUNS_MAX);
	g_assert_cmpint(((struct cleanup_run *)runs->pdata[0])->at_us, ==, G_GINT64_CONSTANT(1780000440) * SECOND);
	g_assert_false(cleanup_log_parse("words\n", 6, FALSE, zone, none));
	g_assert_true(cleanup_log_parse("", 0, FALSE, zone, none));
}

/* --- jobs and their runs --- */

/* The managed block and another job, at noon of Wednesday 2026-05-27 (UTC), the crontab written a year ago. */
static GPtrArray *
paired(const char *log, const char *journal, gint64 journal_from, gint64 changed)
{
	static const char crontab[] =
		"# bytelyst-vm-maintenance\n0 3 * * * vm-cleanup.sh --daily\n30 3 * * 0 vm-cleanup.sh --weekly\n0 7 * * * vm-health-check.sh\n\n"
		"0 11 * * * backup\n55 11 * * * young\n0 0 30 2 * never\n@reboot boot\n";
	GPtrArray *jobs = jobs_of(crontab, CRON_USER);
	g_autoptr(GPtrArray) runs = log ? runs_of(log, FALSE, "UTC") : NULL;
	g_autoptr(GHashTable) starts = journal ? cron_journal_parse(journal, strlen(journal)) : NULL;
	const struct cron_evidence evidence = { .runs = runs, .starts = starts, .starts_from_us = journal_from };
	g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

	for (guint i = 0; i < jobs->len; i++)
		job(jobs, i)->changed_us = changed;
	cron_pair(jobs, &evidence, zone, utc("2026-05-27T12:00:00Z"));
	return jobs;
}

enum { DAILY, WEEKLY, HEALTH, BACKUP, YOUNG, NEVER, BOOT };

static void
test_pair_nothing_known(void)
{
	g_autoptr(GPtrArray) jobs = paired(NULL, NULL, 0, 1);

	for (guint i = 0; i < jobs->len; i++) {
		g_assert_cmpint(job(jobs, i)->missed_us, ==, 0);
		g_assert_cmpint(job(jobs, i)->last_us, ==, 0);
	}
	g_assert_cmpint(job(jobs, DAILY)->next_us, ==, utc("2026-05-28T03:00:00Z"));
	g_assert_cmpint(job(jobs, WEEKLY)->next_us, ==, utc("2026-05-31T03:30:00Z"));
	g_assert_cmpint(job(jobs, NEVER)->next_us, ==, 0);
	g_assert_cmpint(job(jobs, BOOT)->next_us, ==, 0);
}

static void
test_pair_cleanup(void)
{
	g_autoptr(GPtrArray) jobs = paired("{\"timestamp\":\"2026-05-17T03:30:09Z\",\"mode\":\"weekly\",\"freedMB\":257,\"success\":true}\n"
	                                   "{\"timestamp\":\"2026-05-27T03:00:09Z\",\"mode\":\"daily\",\"freedMB\":3,\"success\":false}\n",
	                                   NULL, 0, 1);

	g_assert_cmpint(job(jobs, DAILY)->last_us, ==, utc("2026-05-27T03:00:09Z"));
	g_assert_cmpint(job(jobs, DAILY)->result, ==, CRON_RESULT_FAILED);
	g_assert_cmpint(job(jobs, DAILY)->missed_us, ==, 0);
	g_assert_cmpfloat(job(jobs, WEEKLY)->freed_mb, ==, 257);
	g_assert_cmpint(job(jobs, WEEKLY)->result, ==, CRON_RESULT_OK);
	g_assert_cmpint(job(jobs, WEEKLY)->missed_us, ==, utc("2026-05-24T03:30:00Z"));
	g_assert_cmpstr(job(jobs, WEEKLY)->last_from, ==, "cleanup log");
	g_assert_cmpint(job(jobs, HEALTH)->missed_us, ==, 0); /* it is not in that log */
}

/* The log calls the modes otherwise: what ran at a job's time is the job's; dry runs are nobody's. */
static void
test_pair_by_time(void)
{
	g_autoptr(GPtrArray) jobs = paired("{\"timestamp\":\"2026-05-24T03:31:09Z\",\"mode\":\"full\",\"success\":true}\n"
	                                   "{\"timestamp\":\"2026-05-26T03:00:09Z\",\"mode\":\"standard\",\"success\":true}\n"
	                                   "{\"timestamp\":\"2026-05-26T15:00:09Z\",\"mode\":\"standard\",\"success\":true}\n"
	                                   "{\"timestamp\":\"2026-05-27T03:00:09Z\",\"mode\":\"dry-run\",\"success\":true}\n",
	                                   NULL, 0, 1);

	g_assert_cmpint(job(jobs, WEEKLY)->last_us, ==, utc("2026-05-24T03:31:09Z"));
	g_assert_cmpint(job(jobs, DAILY)->last_us, ==, utc("2026-05-26T03:00:09Z"));
	g_assert_cmpint(job(jobs, DAILY)->missed_us, ==, utc("2026-05-27T03:00:00Z"));
}

static void
test_pair_journal(void)
{
	g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT ".000002 vm CRON[7]: (root) CMD (vm-health-check.sh)\n"
	                                        "%" G_GINT64_FORMAT ".000002 vm CRON[6]: (CRON) error (grandchild #7 failed with exit status 2)\n",
	                                        utc("2026-05-27T07:00:01Z") / SECOND, utc("2026-05-27T07:00:02Z") / SECOND);
	gint64 from = utc("2026-05-26T12:00:00Z");
	g_autoptr(GPtrArray) jobs = paired(NULL, line, from, 1), written = paired(NULL, line, from, utc("2026-05-27T11:30:00Z"));
	g_autoptr(GPtrArray) no_time = paired(NULL, line, from, 0), late = paired(NULL, line, utc("2026-05-27T11:30:00Z"), 1);

	g_assert_cmpint(job(jobs, HEALTH)->last_us, ==, utc("2026-05-27T07:00:01Z") + 2);
	g_assert_cmpint(job(jobs, HEALTH)->result, ==, CRON_RESULT_FAILED);
	g_assert_cmpint(job(jobs, HEALTH)->exit_status, ==, 2);
	g_assert_cmpint(job(jobs, HEALTH)->missed_us, ==, 0);
	g_assert_cmpint(job(jobs, BACKUP)->missed_us, ==, utc("2026-05-27T11:00:00Z"));
	g_assert_cmpint(job(jobs, YOUNG)->missed_us, ==, 0);   /* 5 minutes ago: it may come */
	g_assert_cmpint(job(jobs, WEEKLY)->missed_us, ==, 0);  /* before the journal */
	g_assert_cmpint(job(jobs, BOOT)->missed_us, ==, 0);
	g_assert_cmpint(job(written, BACKUP)->missed_us, ==, 0);
	g_assert_cmpint(job(no_time, BACKUP)->missed_us, ==, 0);
	g_assert_cmpint(job(late, BACKUP)->missed_us, ==, 0);
}

/* --- logrotate --- */

static gboolean
names(const char *text, const char *path)
{
	return logrotate_names(text, strlen(text), path);
}

static void
test_logrotate(void)
{
	static const char text[] =
		"# /var/log/commented.log {\nweekly\ninclude /etc/logrotate.d\n/var/log/a.log /var/log/b.log {\n\tpostrotate\n\t\t/var/log/script.log }\n\tendscript\n"
		"\tolddir /var/log/old.log\n}\n\"/var/log/with blank.log\"\n/var/log/app/*.log\n{\n\trotate 3\n}\n/var/log/one.log { daily }\n/var/log/last.log{\n}\n";

	g_assert_true(names(text, "/var/log/a.log") && names(text, "/var/log/b.log") && names(text, "/var/log/with blank.log"));
	g_assert_true(names(text, "/var/log/app/x.log") && names(text, "/var/log/one.log") && names(text, "/var/log/last.log"));
	g_assert_false(names(text, "/var/log/commented.log") || names(text, "/var/log/script.log") || names(text, "/var/log/old.log"));
	g_assert_false(names(text, "/var/log/app/deep/x.log") || names(text, "/etc/logrotate.d") || names("", "/x"));
}

/* The rule that is shipped: logrotate itself takes it, and it names the three logs. */
static void
test_shipped_rule(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "..", "docs", "examples", "logrotate-bytelyst-vm", NULL);
	g_autofree char *text = NULL, *output = NULL, *errors = NULL, *program = NULL, *state = NULL;
	const char *argv[] = { NULL, "-d", "-s", NULL, path, NULL };
	gsize len;
	int status;

	g_assert_true(g_file_get_contents(path, &text, &len, NULL));
	g_assert_true(names(text, "/var/log/vm-cleanup.log") && names(text, "/var/log/vm-health-check.log") && names(text, "/var/log/docker-watchdog.log"));
	program = g_find_program_in_path("logrotate");
	argv[0] = program ? program : "/usr/sbin/logrotate";
	argv[3] = state = g_build_filename(g_get_tmp_dir(), "midwatch-no-such-state", NULL);
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status, NULL));
	g_test_message("%s", errors);
	g_assert_cmpint(status, ==, 0);
	g_assert_null(strstr(errors, "error:"));
	g_assert_nonnull(strstr(errors, "/var/log/docker-watchdog.log"));
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*test)(void); } tests[] = {
		{ "/cron-data/crontab", test_crontab }, { "/cron-data/system-crontab", test_system_crontab }, { "/cron-data/block", test_block },
		{ "/cron-data/keys", test_keys }, { "/cron-data/hostile-lines", test_hostile_lines }, { "/cron-data/bounds", test_bounds },
		{ "/cron-data/names", test_names }, { "/cron-data/modes", test_modes }, { "/cron-data/percent", test_percent },
		{ "/cron-data/timers", test_timers }, { "/cron-data/journal", test_journal }, { "/cron-data/cleanup-json", test_cleanup_json },
		{ "/cron-data/cleanup-text", test_cleanup_text }, { "/cron-data/cleanup-bounds", test_cleanup_bounds },
		{ "/cron-data/pair-nothing-known", test_pair_nothing_known }, { "/cron-data/pair-cleanup", test_pair_cleanup },
		{ "/cron-data/pair-by-time", test_pair_by_time }, { "/cron-data/pair-journal", test_pair_journal },
		{ "/cron-data/logrotate", test_logrotate }, { "/cron-data/shipped-rule", test_shipped_rule },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add_func(tests[i].path, tests[i].test);
	return g_test_run();
}
