/* Samples of hand-made worlds, on their clock: what is known is a figure, what is not known is unknown, what has no input has no series. */
#include <math.h>
#include <string.h>

#include "app/rule_inputs_private.h"
#include "model/samples_private.h"
#include "tests/unit/fleet_world.h"

#define NO_SERIES (-1e9)

/* The value of a series; NAN: unknown. */
static double
value(const struct samples *s, const char *metric, const char *labels)
{
	const struct metric *m = samples_metric(s, metric);

	for (guint i = 0; m && i < m->count; i++)
		if (strcmp(label_sets_text(s->sets, m->sets[i]), labels) == 0)
			return m->values[i];
	return NO_SERIES;
}

static const char *
why(const struct samples *s, const char *metric, guint i)
{
	return samples_metric(s, metric)->why[i];
}

struct fixture { struct world *world; struct samples *samples; struct host_inputs *hosts; };

static void
set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->world = panel_world_new();
	f->samples = samples_new();
	f->hosts = host_inputs_new(f->world, NULL);
}

static void
tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	host_inputs_free(f->hosts);
	samples_free(f->samples);
	world_free(f->world);
}

static void
test_host(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];
	g_autofree char *labels = g_strdup_printf("host=\"%s\"", h->name);

	(void)data;
	h->rates.known = TRUE;
	h->rates.steal_percent = 7.5;
	host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
	g_assert_cmpfloat(value(f->samples, "host_unreachable", labels), ==, 0);
	g_assert_cmpfloat(value(f->samples, "steal_percent", labels), ==, 7.5);
	g_assert_cmpfloat(value(f->samples, "swap_cached_bytes", labels), ==, (double)h->probe.swap_cached);
	datum_stale(&h->probe_datum, "the link is gone");
	h->link.state = LINK_DOWN;
	host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
	g_assert_cmpfloat(value(f->samples, "host_unreachable", labels), ==, 1);
	g_assert_true(isnan(value(f->samples, "steal_percent", labels)));
	g_assert_cmpstr(why(f->samples, "steal_percent", 0), ==, "the link is gone");
}

/* A container that is removed has no series any more; one of a daemon that does not answer is unknown. */
static void
test_containers(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];
	struct container *c = h->docker.containers->pdata[0];
	g_autofree char *labels = g_strdup_printf("container=\"%s\",host=\"%s\"", c->name, h->name);
	g_autofree char *id = g_strdup(c->id);

	(void)data;
	c->health = HEALTH_UNHEALTHY;
	host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
	g_assert_cmpfloat(value(f->samples, "container_unhealthy", labels), ==, 1);
	datum_failed(&h->docker.datum, "no answer");
	host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
	g_assert_true(isnan(value(f->samples, "container_unhealthy", labels)));
	datum_good(&h->docker.datum, WORLD_NOW_US);
	g_hash_table_remove(h->docker.by_id, id);
	g_ptr_array_remove_index(h->docker.containers, 0);
	host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
	g_assert_cmpfloat(value(f->samples, "container_unhealthy", labels), ==, NO_SERIES);
}

static void
test_jobs(struct fixture *f, gconstpointer data)
{
	struct host *h = f->world->hosts->pdata[0];
	struct cron_job *j;
	g_autofree char *labels = g_strdup_printf("host=\"%s\",job=\"root-backup\"", h->name), *host = g_strdup_printf("host=\"%s\"", h->name);

	(void)data;
	datum_good(&h->cron.datum, WORLD_NOW_US);
	j = panel_world_add_job(h, CRON_TIMER, "root-backup", "hourly", "root-backup.service");
	j->result = CRON_RESULT_UNKNOWN;
	host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
	g_assert_cmpfloat(value(f->samples, "cron_failed", labels), ==, NO_SERIES); /* nobody could tell */
	g_assert_cmpfloat(value(f->samples, "cron_missed", labels), ==, 0);
	for (guint run = 1; run <= 3; run++) {
		j->result = CRON_RESULT_FAILED;
		j->last_us = WORLD_UTC_US + run;
		host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
		g_assert_cmpfloat(value(f->samples, "backup_failures_in_row", host), ==, run);
	}
	g_assert_cmpfloat(value(f->samples, "cron_failed", labels), ==, 1);
	j->result = CRON_RESULT_RUNNING;
	j->missed_us = WORLD_UTC_US;
	host_inputs_sample(f->hosts, f->samples, WORLD_NOW_US);
	g_assert_true(isnan(value(f->samples, "cron_failed", labels)));
	g_assert_cmpfloat(value(f->samples, "cron_missed", labels), ==, 1);
}

/* --- the fleet --- */

static void
test_drop(void)
{
	struct world *w = fleet_world_new(20);
	struct samples *s = samples_new();

	w->fleet->observed_us = WORLD_NOW_US;
	fleet_world_lose(w, "gw-003");
	fleet_world_lose(w, "gw-004");
	fleet_world_lose(w, "gw-005");
	fleet_world_count(w, DROP_PENDING, 0);
	fleet_inputs_sample(w->fleet, s, WORLD_NOW_US);
	g_assert_cmpfloat(value(s, "gateways_lost", ""), ==, 3);
	g_assert_cmpfloat_with_epsilon(value(s, "gateways_lost_share", ""), 0.15, 1e-9);
	g_assert_cmpfloat(value(s, "gateway_offline", "gateway=\"gw-003\""), ==, 1);
	g_assert_cmpfloat(value(s, "gateway_offline", "gateway=\"gw-006\""), ==, 0);
	g_assert_cmpfloat(value(s, "gateways_lost_since_deploy", ""), ==, NO_SERIES);
	w->fleet->blind = g_strdup("the tailnet is not up");
	fleet_inputs_sample(w->fleet, s, WORLD_NOW_US);
	g_assert_true(isnan(value(s, "gateways_lost", "")));
	g_assert_cmpstr(why(s, "gateways_lost", 0), ==, "the tailnet is not up");
	g_assert_cmpfloat(value(s, "fleet_blind", ""), ==, 1);
	samples_free(s);
	world_free(w);
}

/* A FATAL in a report counts once, a new one again, and a gateway that is not reached is not silent. */
static void
test_gateway_fatals(void)
{
	struct world *w = fleet_world_new(2);
	struct samples *s = samples_new();
	struct gateway_inputs *i = gateway_inputs_new();
	struct gateway *g = fleet_world_gateway(w, "gw-001");
	static const char source[] = "source=\"gw-001\"";

	g->report.fatals = 1;
	g->report.errors = 1;
	g_free(g->report.last_error);
	g->report.last_error = g_strdup("FATAL: disk");
	g->report.last_error_us = WORLD_UTC_US;
	datum_good(&g->datum, WORLD_NOW_US);
	gateway_inputs_sample(i, w->fleet, s, WORLD_NOW_US, WORLD_UTC_US);
	g_assert_cmpfloat(value(s, "fatal_lines", source), ==, 1);
	gateway_inputs_sample(i, w->fleet, s, WORLD_NOW_US, WORLD_UTC_US);
	g_assert_cmpfloat(value(s, "fatal_lines", source), ==, 0);
	g->report.last_error_us += 5; /* one has left the span as another came */
	datum_good(&g->datum, WORLD_NOW_US + 10);
	gateway_inputs_sample(i, w->fleet, s, WORLD_NOW_US + 10, WORLD_UTC_US);
	g_assert_cmpfloat(value(s, "fatal_lines", source), ==, 1);
	datum_stale(&g->datum, "not reached");
	gateway_inputs_sample(i, w->fleet, s, WORLD_NOW_US + 20, WORLD_UTC_US);
	g_assert_true(isnan(value(s, "fatal_lines", source)));
	gateway_inputs_free(i);
	samples_free(s);
	world_free(w);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/inputs/host", struct fixture, NULL, set_up, test_host, tear_down);
	g_test_add("/inputs/containers", struct fixture, NULL, set_up, test_containers, tear_down);
	g_test_add("/inputs/jobs", struct fixture, NULL, set_up, test_jobs, tear_down);
	g_test_add_func("/inputs/drop", test_drop);
	g_test_add_func("/inputs/gateway-fatals", test_gateway_fatals);
	return g_test_run();
}
