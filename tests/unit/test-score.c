/* The score card's thresholds at their borders, what is not known, and the headline made from it. */
#include "model/score.h"

#include <math.h>

#include "model/headline.h"

#define NOW_US (G_GINT64_CONSTANT(1795312042) * G_USEC_PER_SEC) /* 2026-11-22T01:47:22Z */
#define DAY_US (86400 * (gint64)G_USEC_PER_SEC)

#define GIB (1024ull * 1024 * 1024)

static struct host *
healthy_host(void)
{
	struct host *h = host_new("srv1", "vm", TRUE);

	h->link.state = LINK_UP;
	h->probe.mem_total = 16 * GIB;
	h->probe.mem_available = 10 * GIB;
	h->probe.has_disk = TRUE;
	h->probe.disk_total = 193 * GIB;
	h->probe.disk_used = 37;
	h->probe.disk_available = 63;
	h->rates.known = TRUE;
	h->rates.days_to_full = NAN;
	datum_good(&h->probe_datum, 1);
	datum_good(&h->docker.datum, 1);
	return h;
}

static void
add_containers(struct host *h, guint count, enum container_health health)
{
	for (guint i = 0; i < count; i++) {
		struct container *c = container_new("x");
		c->health = health;
		g_ptr_array_add(h->docker.containers, c);
	}
}

static int
points(struct host *h, enum score_dimension d)
{
	struct score s;

	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_true(s.parts[d].assessed);
	return s.parts[d].points;
}

static void
test_borders(void)
{
	static const struct { double steal; int points; } steals[] = { { 0, 20 }, { 1.99, 20 }, { 2, 15 }, { 4.99, 15 }, { 5, 10 }, { 9.99, 10 }, { 10, 5 } };
	static const struct { guint64 available; int memory, llm; } memories[] = {
		{ 8 * GIB + 1, 20, 10 }, { 8 * GIB, 20, 7 }, { 6 * GIB, 15, 7 }, { 3 * GIB, 5, 4 }, { 2 * GIB, 5, 1 }, { GIB, 0, 1 },
	};
	static const struct { guint64 used; int points; } disks[] = { { 39, 15 }, { 40, 10 }, { 54, 10 }, { 55, 5 }, { 69, 5 }, { 70, 0 } };
	struct host *h = healthy_host();

	for (guint i = 0; i < G_N_ELEMENTS(steals); i++) {
		h->rates.steal_percent = steals[i].steal;
		g_assert_cmpint(points(h, SCORE_CPU), ==, steals[i].points);
	}
	for (guint i = 0; i < G_N_ELEMENTS(memories); i++) {
		h->probe.mem_available = memories[i].available;
		g_assert_cmpint(points(h, SCORE_MEMORY), ==, memories[i].memory);
		g_assert_cmpint(points(h, SCORE_LLM), ==, memories[i].llm);
	}
	for (guint i = 0; i < G_N_ELEMENTS(disks); i++) {
		h->probe.disk_used = disks[i].used;
		h->probe.disk_available = 100 - disks[i].used;
		g_assert_cmpint(points(h, SCORE_DISK), ==, disks[i].points);
	}
	host_free(h);
}

static void
test_services(void)
{
	static const int expected[] = { 20, 15, 15, 8, 8, 8, 2, 2 };
	struct host *h = healthy_host();

	add_containers(h, 5, HEALTH_HEALTHY);
	for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_assert_cmpint(points(h, SCORE_SERVICES), ==, expected[i]);
		add_containers(h, 1, HEALTH_UNHEALTHY);
	}
	host_free(h);
}

static struct cleanup_run *
add_cleanup(struct host *h, gint64 age_us, double freed_mb)
{
	struct cleanup_run *run = cleanup_run_new();

	run->at_us = NOW_US - age_us;
	run->freed_mb = freed_mb;
	run->result = CRON_RESULT_OK;
	g_ptr_array_add(h->cron.runs, run);
	datum_good(&h->cron.runs_datum, 1);
	return run;
}

static void
test_maintenance(void)
{
	static const struct { gint64 age_us; double freed; int points; enum severity severity; const char *text; } cases[] = {
		{ 0, 257, 15, SEVERITY_OK, "last cleanup 0m ago, freed 257M" },
		{ -60 * G_USEC_PER_SEC, 257, 15, SEVERITY_OK, "last cleanup 0m ago, freed 257M" }, /* its clock is ahead of ours */
		{ DAY_US, 0.4, 15, SEVERITY_OK, "last cleanup 24h ago, freed 0M" },
		{ 7 * DAY_US - 1, 1, 15, SEVERITY_OK, "last cleanup 6d ago, freed 1M" },
		{ 7 * DAY_US - 1, 0, 8, SEVERITY_OK, "last cleanup 6d ago, freed 0M" },
		{ 7 * DAY_US - 1, NAN, 8, SEVERITY_OK, "last cleanup 6d ago" },
		{ 7 * DAY_US, 1, 8, SEVERITY_WARN, "last cleanup 7d ago, freed 1M  WARN >=7d" },
		{ 30 * DAY_US - 1, 1, 8, SEVERITY_WARN, "last cleanup 29d ago, freed 1M  WARN >=7d" },
		{ 30 * DAY_US, 1, 0, SEVERITY_WARN, "last cleanup 30d ago, freed 1M  WARN >=7d" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct host *h = healthy_host();
		struct score s;
		add_cleanup(h, cases[i].age_us, cases[i].freed);
		score_compute(h, &score_default_thresholds, NOW_US, &s);
		g_assert_true(s.parts[SCORE_MAINTENANCE].assessed);
		g_assert_cmpint(s.parts[SCORE_MAINTENANCE].points, ==, cases[i].points);
		g_assert_cmpint(s.parts[SCORE_MAINTENANCE].severity, ==, cases[i].severity);
		g_assert_cmpstr(s.parts[SCORE_MAINTENANCE].text, ==, cases[i].text);
		g_assert_cmpint(s.maximum, ==, 100);
		host_free(h);
	}
}

/* A dry run and a failed one clean nothing; without a log there is no assessment, with an empty one there are no points. */
static void
test_maintenance_unknown(void)
{
	struct host *h = healthy_host();
	struct cleanup_run *failed, *dry;
	struct score s;

	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_cmpstr(s.parts[SCORE_MAINTENANCE].text, ==, "the cleanup log is not read yet");
	datum_none(&h->cron.runs_datum, "there is no /var/log/vm-cleanup.log");
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_false(s.parts[SCORE_MAINTENANCE].assessed);
	g_assert_cmpstr(s.parts[SCORE_MAINTENANCE].text, ==, "there is no /var/log/vm-cleanup.log");
	add_cleanup(h, 9 * DAY_US, 100);
	failed = add_cleanup(h, 2 * DAY_US, 100);
	failed->result = CRON_RESULT_FAILED;
	dry = add_cleanup(h, DAY_US, 100);
	dry->mode = g_strdup("dry-run");
	g_assert_cmpint(points(h, SCORE_MAINTENANCE), ==, 8);
	g_ptr_array_remove_index(h->cron.runs, 0);
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_true(s.parts[SCORE_MAINTENANCE].assessed);
	g_assert_cmpint(s.parts[SCORE_MAINTENANCE].points, ==, 0);
	g_assert_cmpstr(s.parts[SCORE_MAINTENANCE].text, ==, "no cleanup is on record");
	host_went_down(h, "cut");
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_true(s.parts[SCORE_MAINTENANCE].stale);
	host_free(h);
}

static void
test_changes(void)
{
	struct host *h = healthy_host();
	double hour, day;
	struct score s;

	score_compute(h, &score_default_thresholds, NOW_US, &s);
	score_change(h, &s, SCORE_DIMENSIONS, &hour, &day);
	g_assert_true(isnan(hour) && isnan(day));
	h->past.hour[SCORE_DIMENSIONS] = 95.5;
	h->past.day[SCORE_CPU] = 5;
	score_change(h, &s, SCORE_DIMENSIONS, &hour, &day);
	g_assert_cmpfloat(hour, ==, 4.5); /* 85 of 85 */
	g_assert_true(isnan(day));
	score_change(h, &s, SCORE_CPU, &hour, &day);
	g_assert_true(isnan(hour));
	g_assert_cmpfloat(day, ==, 15);
	h->past.day[SCORE_MAINTENANCE] = 15;
	score_change(h, &s, SCORE_MAINTENANCE, &hour, &day); /* n/a now */
	g_assert_true(isnan(day));
	h->link.state = LINK_DOWN;
	score_change(h, &s, SCORE_CPU, &hour, &day);
	g_assert_true(isnan(day));
	host_free(h);
}

/* What is not known is out of the sum, never 0 and never full marks. */
static void
test_unknown(void)
{
	struct host *h = host_new("srv1", "vm", TRUE);
	struct score s;

	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_cmpint(s.maximum, ==, 0);
	g_assert_cmpint(s.worst, ==, SEVERITY_UNKNOWN);
	datum_none(&h->docker.datum, "no Docker here");
	host_free(h);
	h = healthy_host();
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_false(s.parts[SCORE_MAINTENANCE].assessed);
	g_assert_cmpint(s.maximum, ==, 85);
	g_assert_cmpint(s.points, ==, 85);
	h->rates.known = FALSE;
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_cmpint(s.maximum, ==, 65);
	host_went_down(h, "cut");
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_true(s.parts[SCORE_MEMORY].stale);
	host_free(h);
}

static void
test_warnings(void)
{
	struct host *h = healthy_host();
	struct score s;

	h->probe.swap_total = 4 * GIB;
	h->probe.swap_free = 4 * GIB - score_default_thresholds.swap_warn;
	h->probe.swap_cached = score_default_thresholds.swap_cached_warn;
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_cmpstr(s.warnings[0], ==, "");
	g_assert_cmpint(s.worst, ==, SEVERITY_OK);
	h->probe.swap_free--;
	h->probe.swap_cached++;
	score_compute(h, &score_default_thresholds, NOW_US, &s);
	g_assert_true(g_str_has_prefix(s.warnings[0], "swap 1.5G"));
	g_assert_true(g_str_has_prefix(s.warnings[1], "SwapCached"));
	g_assert_cmpint(s.worst, ==, SEVERITY_WARN);
	host_free(h);
}

static struct cron_job *
add_job(struct host *h, const char *name)
{
	struct cron_job *j = cron_job_new(CRON_USER);

	j->name = g_strdup(name);
	g_ptr_array_add(h->cron.jobs, j);
	return j;
}

/* Nothing is well while a job failed or was missed, though the score knows of none. */
static void
test_headline_jobs(void)
{
	struct world *w = world_new(1 << 20);
	struct host *h = healthy_host();
	struct cron_job *backup = add_job(h, "backup"), *report = add_job(h, "report");
	struct headline line;

	g_ptr_array_add(w->hosts, h);
	backup->result = CRON_RESULT_OK;
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "all is well");
	backup->result = CRON_RESULT_FAILED;
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "srv1: the job backup failed");
	g_assert_cmpint(line.severity, ==, SEVERITY_WARN);
	report->missed_us = 1;
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "srv1: 2 jobs failed, missed or not run");
	g_assert_cmpuint(line.faults, ==, 1);
	backup->result = CRON_RESULT_OK;
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "srv1: the job report was missed");
	world_free(w);
}

static void
test_headline(void)
{
	struct world *w = world_new(1 << 20);
	struct host *h = healthy_host(), *second = host_new("vm2", "vm", FALSE);
	struct headline line;

	g_ptr_array_add(w->hosts, h);
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "all is well");
	g_ptr_array_add(w->hosts, second);
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "waiting for the first answers");
	g_assert_cmpint(line.severity, ==, SEVERITY_UNKNOWN);
	add_containers(h, 1, HEALTH_UNHEALTHY);
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "srv1: 1 unhealthy of 1");
	second->link.state = LINK_DOWN;
	second->link.reason = g_strdup("connection refused");
	headline_compute(w, &line);
	g_assert_cmpstr(line.text, ==, "vm2: connection refused  (+1 more)");
	g_assert_cmpint(line.severity, ==, SEVERITY_CRIT);
	g_assert_cmpuint(line.up, ==, 1);
	g_assert_cmpuint(line.down, ==, 1);
	world_free(w);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/score/borders", test_borders);
	g_test_add_func("/score/services", test_services);
	g_test_add_func("/score/maintenance", test_maintenance);
	g_test_add_func("/score/maintenance-unknown", test_maintenance_unknown);
	g_test_add_func("/score/changes", test_changes);
	g_test_add_func("/score/unknown", test_unknown);
	g_test_add_func("/score/warnings", test_warnings);
	g_test_add_func("/score/headline", test_headline);
	g_test_add_func("/score/headline-jobs", test_headline_jobs);
	return g_test_run();
}
