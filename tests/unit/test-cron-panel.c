/* The Cron panel, drawn from a hand-made world whose clock stands still. UPDATE_GOLDEN=1 writes what it looks like anew. */
#include <math.h>
#include <string.h>

#include "panels/cron_private.h"
#include "tests/unit/panel_world.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define HOUR (3600 * SECOND)

static struct world *cron_world(void)
{
	struct world *w = panel_world_new();

	panel_world_add_cron(w->hosts->pdata[0]);
	return w;
}

/* One host that is up, one that went down, one that never answered. */
static struct world *fleet_world(void)
{
	struct world *w = cron_world();
	struct host *h = panel_world_add_dead(w);

	panel_world_add_cron(h);
	host_went_down(h, "the link is down");
	panel_world_add_asking(w);
	return w;
}

static struct stage *stage_of(struct world *w)
{
	return stage_new(&cron_panel, w, 19, 80);
}

static struct host *first_host(const struct stage *s)
{
	return s->world->hosts->pdata[0];
}

static void has(const struct stage *s, const char *text)
{
	page_assert_has(&s->canvas, text);
}

static void lacks(const struct stage *s, const char *text)
{
	page_assert_lacks(&s->canvas, text);
}

static void test_golden(void)
{
	struct stage *s = stage_of(cron_world());

	stage_golden(s, "cron", TRUE);
	stage_press(s, ACT_DETAILS);
	stage_golden(s, "cron-job", TRUE);
	stage_press(s, ACT_TAB_NEXT);
	stage_press(s, ACT_OPEN);
	stage_golden(s, "cron-runs", TRUE);
	stage_free(s);
	s = stage_of(fleet_world());
	stage_golden(s, "cron-hosts", TRUE);
	stage_free(s);
}

static void test_words(void)
{
	static const struct {
		enum cron_result result;
		int exit;
		const char *text;
		gint64 missed_ago_s;
		const char *problem, *words;
		enum severity severity;
		gboolean file_refused;
	} cases[] = {
		{ CRON_RESULT_OK, 0, NULL, 0, NULL, "ok", SEVERITY_OK, FALSE },
		{ CRON_RESULT_UNKNOWN, -1, NULL, 0, NULL, "–", SEVERITY_UNKNOWN, FALSE },
		{ CRON_RESULT_RUNNING, -1, NULL, 0, NULL, "running", SEVERITY_UNKNOWN, FALSE },
		{ CRON_RESULT_FAILED, 3, NULL, 0, NULL, "exit 3", SEVERITY_WARN, FALSE },
		{ CRON_RESULT_FAILED, -1, NULL, 0, NULL, "failed", SEVERITY_WARN, FALSE },
		{ CRON_RESULT_FAILED, 137, "oom-kill", 0, NULL, "oom-kill", SEVERITY_WARN, FALSE },
		{ CRON_RESULT_OK, 0, NULL, 7200, NULL, "MISSED 2h", SEVERITY_WARN, FALSE },
		{ CRON_RESULT_FAILED, 1, NULL, 7200, NULL, "MISSED 2h, exit 1", SEVERITY_WARN, FALSE },
		{ CRON_RESULT_OK, 0, NULL, 0, "no such minute", "bad line", SEVERITY_WARN, FALSE },
		{ CRON_RESULT_OK, 0, NULL, 0, "another line is wrong", "bad file", SEVERITY_WARN, TRUE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct cron_job j = { .result = cases[i].result, .exit_status = cases[i].exit, .result_text = (char *)cases[i].text,
			.problem = (char *)cases[i].problem, .file_refused = cases[i].file_refused };
		char words[64];
		j.missed_us = cases[i].missed_ago_s ? WORLD_UTC_US - cases[i].missed_ago_s * SECOND : 0;
		cron_result_words(&j, WORLD_UTC_US, words, sizeof words);
		g_assert_cmpstr(words, ==, cases[i].words);
		g_assert_cmpint(cron_severity(&j), ==, cases[i].severity);
	}
}

static void test_next_words(void)
{
	struct { gint64 in_us; gboolean moved; const char *schedule, *words; } cases[] = {
		{ 8040 * SECOND, FALSE, "x", "2h14" }, { 2 * HOUR, TRUE, "x", "2h DST" }, { -5 * SECOND, FALSE, "x", "due" }, { 0, FALSE, "x", "due" },
		{ G_MININT64, FALSE, "@reboot", "boot" }, { G_MININT64, FALSE, "0 0 30 2 *", "none" }, { G_MININT64, FALSE, NULL, "none" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct cron_job j = { .schedule = (char *)cases[i].schedule, .next_moved = cases[i].moved };
		char words[64];
		j.next_us = cases[i].in_us == G_MININT64 ? 0 : WORLD_UTC_US + cases[i].in_us;
		cron_next_words(&j, WORLD_UTC_US, words, sizeof words);
		g_assert_cmpstr(words, ==, cases[i].words);
	}
}

/* Trouble first; among equals the managed. */
static void test_order(void)
{
	static const char *const order[] = {
		"vm-cleanup weekly", "vm-cleanup monthly", "report", "apt-daily.timer", "vm-cleanup daily", "e2", "backup-to-nas", "logrotate.timer", "tunnel",
	};
	struct stage *s = stage_of(cron_world());
	int top = page_find(&s->canvas, order[0]);

	for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
		g_autofree char *row = page_row(top + (int)i);
		if (!strstr(row, order[i]))
			g_error("'%s' does not stand in '%s'", order[i], row);
	}
	stage_free(s);
}

static void test_chips_and_filter(void)
{
	struct stage *s = stage_of(cron_world());

	stage_press(s, ACT_CHIP);
	has(s, "[Managed 3]");
	has(s, "3 of 9");
	lacks(s, "backup-to-nas");
	stage_press(s, ACT_CHIP);
	has(s, "[Failed/Missed 3]");
	lacks(s, "vm-cleanup daily");
	stage_press(s, ACT_CHIP);
	has(s, "[Timers 2]");
	lacks(s, "tunnel");
	stage_press(s, ACT_ESCAPE);
	has(s, "9 of 9");
	stage_press(s, ACT_FAULTS);
	has(s, "3 of 9");
	has(s, "FAULTS");
	stage_press(s, ACT_FAULTS);
	stage_press(s, ACT_FILTER);
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_PROMPT), ==, "-||/|0");
	stage_answer(s, ACT_FILTER, "state:missed", TRUE);
	has(s, "1 of 9");
	has(s, "vm-cleanup monthly");
	stage_answer(s, ACT_FILTER, "state:managed !monthly host:srv", TRUE);
	has(s, "2 of 9");
	stage_answer(s, ACT_FILTER, "source:cron.d", TRUE);
	has(s, "1 of 9");
	stage_answer(s, ACT_FILTER, "state:sick", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_NOTICE), "no state is called"));
	stage_answer(s, ACT_FILTER, "nothing-like-this", TRUE);
	has(s, "no job matches /nothing-like-this: Esc clears");
	stage_free(s);
}

static void assert_targets(struct stage *s, const char *want)
{
	g_autofree char *found = stage_targets(s, ACT_CRON_RUN);

	g_assert_cmpstr(found, ==, want);
}

static void test_run_now(void)
{
	struct stage *s = stage_of(fleet_world());
	struct host *h = first_host(s);

	stage_point_at(s, "vm-cleanup monthly");
	assert_targets(s, "srv1491630/0 vm-cleanup monthly");
	cron_state_job(&h->cron, "0 vm-cleanup monthly")->result = CRON_RESULT_RUNNING;
	g_assert_cmpstr(stage_why_not(s, ACT_CRON_RUN), ==, "it runs already");
	stage_point_at(s, "backup-to-nas");
	g_assert_nonnull(strstr(stage_why_not(s, ACT_CRON_RUN), "only the cleanup's own jobs"));
	s->class->select(s->panel, "gw-014", "vm-cleanup weekly");
	stage_draw(s);
	g_assert_cmpstr(stage_why_not(s, ACT_CRON_RUN), ==, "the host is not reached");
	stage_free(s);
}

static void test_job(void)
{
	struct stage *s = stage_of(cron_world());

	s->height = 50;
	s->width = 110;
	stage_point_at(s, "vm-cleanup monthly");
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_COPY), ==,
	                "-|-|srv1491630  vm-cleanup monthly  0 3 1 * *  MISSED 21d  crontab of root  "
	                "/opt/bytelyst/learning_ai_devops_tools/scripts/vm-cleanup.sh --monthly >> /var/log/vm-cleanup.log 2>&1|0");
	stage_press(s, ACT_OPEN);
	has(s, "MISSED       it should have run 21d ago (2026-11-01 01:47Z, on the host Sun 02:47 CET) and did not");
	has(s, "schedule     0 3 1 * *");
	has(s, "ok, freed 4.0G; from the cleanup log");
	has(s, "command      /opt/bytelyst/learning_ai_devops_tools/scripts/vm-cleanup.sh --monthly >>");
	has(s, "                /var/log/vm-cleanup.log 2>&1"); /* a long command goes on in the next row */
	has(s, "maintenance\", mode monthly");
	has(s, "its zone     Europe/Berlin");
	stage_point_at(s, "report");
	has(s, "problem      cron does not run this line: 61 is no minute");
	has(s, "not known: nothing on the host tells of a run");
	stage_point_at(s, "tunnel");
	has(s, "when the host starts");
	stage_point_at(s, "/etc/cron.d/e2scrub_all");
	has(s, "moved by the change to summer time");
	stage_point_at(s, "backup-to-nas");
	has(s, "its result is not known");
	g_clear_pointer(&first_host(s)->cron.zone, g_free);
	stage_draw(s);
	has(s, "not known: times are in UTC");
	stage_free(s);
}

static void test_runs(void)
{
	struct stage *s = stage_of(cron_world());

	s->height = 40;
	stage_point_at(s, "vm-cleanup weekly");
	stage_press(s, ACT_DETAILS);
	stage_press(s, ACT_TAB_NEXT);
	has(s, "Enter goes into the runs");
	lacks(s, "docker build cache");
	stage_press(s, ACT_OPEN);
	has(s, "run 1 of 4");
	has(s, "✖ apt  E: Could not get lock");
	stage_press(s, ACT_DOWN);
	has(s, "run 2 of 4");
	has(s, "docker build cache  done");
	lacks(s, "Could not get lock");
	stage_press(s, ACT_OPEN);
	lacks(s, "docker build cache");
	stage_press(s, ACT_BOTTOM);
	has(s, "run 4 of 4");
	stage_press(s, ACT_PAGE_UP);
	has(s, "run 1 of 4");
	g_assert_true(stage_press(s, ACT_ESCAPE)); /* the list has the keys again */
	stage_press(s, ACT_DOWN);
	has(s, "the cleanup log holds no run of this kind");
	g_assert_cmpstr(stage_why_not(s, ACT_OPEN), ==, "there are no runs");
	stage_point_at(s, "backup-to-nas");
	has(s, "Runs are known of the cleanup's own jobs only");
	stage_point_at(s, "vm-cleanup weekly");
	stage_press(s, ACT_FULL); /* all at once, to be searched */
	has(s, "E: Could not get lock");
	has(s, "docker build cache");
	stage_free(s);
}

static void test_not_read(void)
{
	struct stage *s = stage_of(cron_world());

	stage_press(s, ACT_DETAILS);
	stage_press(s, ACT_TAB_PREVIOUS);
	has(s, "On srv1491630 these could not be read");
	has(s, "sudo crontab -l -u deploy"); /* all of it, over rows */
	g_ptr_array_set_size(first_host(s)->cron.not_read, 0);
	stage_draw(s);
	has(s, "could be read");
	lacks(s, "not read");
	g_ptr_array_add(first_host(s)->cron.not_read, g_strdup("one"));
	g_ptr_array_add(first_host(s)->cron.not_read, g_strdup("two"));
	stage_draw(s);
	has(s, "▲ not read: one (and 1 more: d shows them)");
	panel_world_add_host(s->world, "gw-001", 0);
	stage_draw(s);
	has(s, "▲ not read on srv1491630: one (and 1 more: d shows them)");
	stage_free(s);
}

static void test_cleanups_and_logs(void)
{
	struct stage *s = stage_of(cron_world());
	struct host *h = first_host(s);

	has(s, "daily 18h ago, freed 23M  1 failed");
	s->width = 130;
	stage_draw(s);
	has(s, "/var/log/vm-cleanup.log 1.2G: no logrotate rule: see docs/examples/logrotate-bytelyst-vm");
	lacks(s, "docker-watchdog.log");
	for (guint i = 0; i < h->cron.logs->len; i++)
		((struct growing_log *)h->cron.logs->pdata[i])->rule = g_strdup("/etc/logrotate.d/bytelyst-vm");
	((struct cleanup_run *)h->cron.runs->pdata[h->cron.runs->len - 1])->result = CRON_RESULT_FAILED;
	stage_draw(s);
	lacks(s, "logrotate rule");
	has(s, "daily 18h ago FAILED");
	g_ptr_array_set_size(h->cron.runs, 0);
	stage_draw(s);
	has(s, "the cleanup log holds no run");
	datum_clear(&h->cron.runs_datum);
	datum_failed(&h->cron.runs_datum, "/var/log/vm-cleanup.log: permission denied");
	stage_draw(s);
	has(s, "▲ /var/log/vm-cleanup.log: permission denied");
	datum_none(&h->cron.runs_datum, "there is no /var/log/vm-cleanup.log");
	stage_draw(s);
	has(s, "○ there is no /var/log/vm-cleanup.log");
	stage_free(s);
}

static void test_states(void)
{
	struct stage *s = stage_of(panel_world_new());
	struct host *h = first_host(s);

	has(s, "waiting for the jobs of srv1491630");
	has(s, "◌ asking");
	datum_none(&h->cron.datum, "no cron and no systemd here");
	stage_draw(s);
	has(s, "○ no cron and no systemd here");
	has(s, "srv1491630: no cron and no systemd here");
	datum_clear(&h->cron.datum);
	datum_failed(&h->cron.datum, "the jobs could not be read: no shell; look at the host's /bin/sh");
	stage_draw(s);
	has(s, "▲ no answer from cron");
	has(s, "look at the host's /bin/sh");
	has(s, "the jobs of srv1491630 are not known");
	g_assert_cmpstr(stage_why_not(s, ACT_CRON_RUN), ==, "no job is selected");
	panel_world_add_cron(h);
	datum_failed(&h->cron.datum, "no answer within 20 s");
	stage_draw(s);
	has(s, "· 41s old: no answer from cron");
	has(s, "·"); /* every row is old */
	lacks(s, "● M");
	datum_good(&h->cron.datum, WORLD_NOW_US);
	g_ptr_array_set_size(h->cron.jobs, 0);
	stage_draw(s);
	has(s, "srv1491630 has no jobs");
	stage_free(s);
	s = stage_of(world_new(1 << 20));
	has(s, "no host is configured");
	stage_free(s);
}

static void test_hosts(void)
{
	struct stage *s = stage_of(fleet_world());

	s->width = 120;
	stage_draw(s);
	has(s, "gw-014 down 3m");
	has(s, "gw-014 41s"); /* how old its rows are */
	stage_press(s, ACT_HOST_NEXT);
	has(s, "Cron  srv1491630  9 of 9");
	lacks(s, "gw-014");
	stage_press(s, ACT_HOST_NEXT);
	has(s, "Cron  gw-014");
	lacks(s, "no logrotate rule"); /* it is not known now */
	stage_press(s, ACT_HOST_NEXT);
	has(s, "Cron  gw-015  0 of 0");
	stage_press(s, ACT_HOST_NEXT);
	has(s, "all hosts");
	stage_free(s);
}

static void test_badge(void)
{
	struct stage *s = stage_of(cron_world());
	char text[16];

	g_assert_cmpint(s->class->badge(s->panel, text, sizeof text), ==, ROLE_WARN);
	g_assert_cmpstr(text, ==, "▲3");
	g_ptr_array_set_size(first_host(s)->cron.jobs, 0);
	s->class->badge(s->panel, text, sizeof text);
	g_assert_cmpstr(text, ==, "");
	stage_free(s);
}

/* Nothing of what is not known is NULL-safe by luck. */
static void test_bare_and_hostile(void)
{
	struct stage *s = stage_of(panel_world_new());
	struct host *h = first_host(s);
	struct cron_job *bare = cron_job_new(CRON_USER);

	panel_world_add_job(h, CRON_USER, "a\nb $(reboot) `id` \"'", "* * * * *\x1b[2J", "%s%n\x1b]52;c;AA\a <U+202E> 検査検査検査 e\xcc\x81\xcc\x81")->managed = TRUE;
	bare->key = g_strdup("bare");
	bare->managed = TRUE;
	g_ptr_array_add(h->cron.jobs, bare);
	g_ptr_array_add(h->cron.runs, cleanup_run_new());
	datum_good(&h->cron.datum, WORLD_NOW_US);
	s->height = 40;
	stage_draw(s);
	stage_press(s, ACT_DETAILS);
	for (int i = 0; i < 4; i++) {
		g_autofree char *page = page_text(&s->canvas);
		for (const char *c = page; *c; c++)
			g_assert_true(*c == '\n' || (guchar)*c >= ' ');
		stage_press(s, i == 1 ? ACT_DOWN : ACT_TAB_NEXT);
	}
	stage_press_all(s);
	stage_free(s);
}

static void test_gone(void)
{
	struct stage *s = stage_of(cron_world());
	struct host *h = first_host(s);

	stage_point_at(s, "vm-cleanup weekly");
	stage_press(s, ACT_DETAILS);
	stage_press(s, ACT_TAB_NEXT);
	stage_press(s, ACT_OPEN);
	while (h->cron.jobs->len > 0) {
		g_ptr_array_remove_index(h->cron.jobs, 0);
		stage_press(s, ACT_OPEN); /* before it is drawn without the job */
		stage_press(s, ACT_CRON_RUN);
		stage_press(s, ACT_COPY);
		stage_press(s, ACT_DOWN);
		stage_draw(s);
	}
	has(s, "no job is selected");
	stage_free(s);
}

static void test_every_key(void)
{
	static const enum action keys[] = {
		ACT_DETAILS, ACT_TAB_NEXT, ACT_OPEN, ACT_DOWN, ACT_FULL, ACT_FULL, ACT_TAB_NEXT, ACT_ESCAPE, ACT_CHIP, ACT_SORT_NEXT, ACT_SORT_INVERT, ACT_MARK,
	};
	struct stage *s = stage_of(fleet_world());

	stage_press_all(s);
	stage_free(s);
	for (int ascii = 0; ascii < 2; ascii++) {
		glyph_use_ascii(ascii);
		s = stage_of(fleet_world());
		stage_sweep(s, keys, G_N_ELEMENTS(keys));
		stage_free(s);
	}
	s = stage_of(cron_world());
	stage_press(s, ACT_DETAILS);
	for (int i = 0; i < CRON_TAB_COUNT; i++) {
		g_autofree char *page = page_text(&s->canvas);
		g_assert_true(g_str_is_ascii(page));
		stage_press(s, ACT_TAB_NEXT);
	}
	glyph_use_ascii(FALSE);
	stage_free(s);
}

static void test_sorts_and_marks(void)
{
	struct stage *s = stage_of(cron_world());

	s->width = 200;
	for (int i = 0; i < 13; i++) {
		stage_press(s, ACT_SORT_NEXT);
		has(s, "9 of 9");
	}
	stage_press(s, ACT_MARK);
	stage_press(s, ACT_MARK);
	has(s, "2 marked");
	stage_press(s, ACT_COPY);
	g_assert_nonnull(strchr(recorder_last(s->recorder, REQUEST_COPY), '\n'));
	stage_answer(s, ACT_FILTER, "nothing", TRUE);
	has(s, "2 marked, 2 of them hidden");
	stage_press(s, ACT_UNMARK);
	lacks(s, "marked");
	stage_free(s);
}

static void test_mouse(void)
{
	struct stage *s = stage_of(cron_world());
	int row = page_find(&s->canvas, "backup-to-nas");

	g_assert_true(s->class->mouse(s->panel, &s->canvas, row, 10, 2));
	stage_draw(s);
	has(s, "─ backup-to-nas ─");
	g_assert_true(s->class->mouse(s->panel, &s->canvas, 1, 9, 1));
	stage_draw(s);
	has(s, "[Managed 3]");
	stage_free(s);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	page_open();
#define ADD(name) g_test_add_func("/cron-panel/" #name, test_##name)
	ADD(golden);
	ADD(words);
	ADD(next_words);
	ADD(order);
	ADD(chips_and_filter);
	ADD(run_now);
	ADD(job);
	ADD(runs);
	ADD(not_read);
	ADD(cleanups_and_logs);
	ADD(states);
	ADD(hosts);
	ADD(badge);
	ADD(bare_and_hostile);
	ADD(gone);
	ADD(every_key);
	ADD(sorts_and_marks);
	ADD(mouse);
	result = g_test_run();
	page_close();
	return result;
}
