/* The score card's thresholds at their borders, what is not known, and the headline made from it. */
#include "model/score.h"

#include <math.h>

#include "model/headline.h"

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

	score_compute(h, &score_default_thresholds, &s);
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

/* What is not known is out of the sum, never 0 and never full marks. */
static void
test_unknown(void)
{
	struct host *h = host_new("srv1", "vm", TRUE);
	struct score s;

	score_compute(h, &score_default_thresholds, &s);
	g_assert_cmpint(s.maximum, ==, 0);
	g_assert_cmpint(s.worst, ==, SEVERITY_UNKNOWN);
	datum_none(&h->docker.datum, "no Docker here");
	host_free(h);
	h = healthy_host();
	score_compute(h, &score_default_thresholds, &s);
	g_assert_false(s.parts[SCORE_MAINTENANCE].assessed);
	g_assert_cmpint(s.maximum, ==, 85);
	g_assert_cmpint(s.points, ==, 85);
	h->rates.known = FALSE;
	score_compute(h, &score_default_thresholds, &s);
	g_assert_cmpint(s.maximum, ==, 65);
	host_went_down(h, "cut");
	score_compute(h, &score_default_thresholds, &s);
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
	score_compute(h, &score_default_thresholds, &s);
	g_assert_cmpstr(s.warnings[0], ==, "");
	g_assert_cmpint(s.worst, ==, SEVERITY_OK);
	h->probe.swap_free--;
	h->probe.swap_cached++;
	score_compute(h, &score_default_thresholds, &s);
	g_assert_true(g_str_has_prefix(s.warnings[0], "swap 1.5G"));
	g_assert_true(g_str_has_prefix(s.warnings[1], "SwapCached"));
	g_assert_cmpint(s.worst, ==, SEVERITY_WARN);
	host_free(h);
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
	g_test_add_func("/score/unknown", test_unknown);
	g_test_add_func("/score/warnings", test_warnings);
	g_test_add_func("/score/headline", test_headline);
	return g_test_run();
}
