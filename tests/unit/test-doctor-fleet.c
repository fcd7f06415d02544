/* What the doctor says of a fleet: its sources, how many gateways are reached, and why the others are not, like with like. */
#include "app/doctor_fleet.h"

#include <string.h>

#include "tests/unit/fleet_world.h"

#define GATEWAYS 20

struct setting {
	struct world *world;
	struct fleet *fleet;
	struct config_fleet config;
	struct config_tailscale tailscale;
	struct doctor_fleet *doctor;
};

static void
set_up(struct setting *s, gconstpointer unused)
{
	static char *tags[] = { (char *)"tag:gateway" };

	s->world = fleet_world_new(GATEWAYS);
	s->fleet = s->world->fleet;
	s->tailscale = (struct config_tailscale){ .tags = tags, .tags_count = 1 };
	s->config = (struct config_fleet){ .tailscale = &s->tailscale };
	s->doctor = doctor_fleet_new();
}

static void
tear_down(struct setting *s, gconstpointer unused)
{
	doctor_fleet_free(s->doctor);
	world_free(s->world);
}

static struct gateway *
gateway(const struct setting *s, guint number)
{
	return s->fleet->gateways->pdata[number - 1];
}

static void
fail(struct gateway *g, enum link_state state, const char *step, const char *reason)
{
	struct link_status *l = &g->host->link;

	l->state = state;
	l->failures++;
	g_free(l->step);
	g_free(l->reason);
	l->step = g_strdup(step);
	l->reason = g_strdup(reason);
	datum_clear(&g->datum);
}

/* Is there a finding of this step that says this? */
static void
assert_finds(const struct setting *s, enum finding finding, const char *step, const char *text)
{
	const GPtrArray *steps = s->doctor->findings->steps;
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < steps->len; i++) {
		const struct doctor_step *f = steps->pdata[i];
		if (f->finding == finding && strcmp(f->name, step) == 0 && strcmp(f->text, text) == 0)
			return;
		g_string_append_printf(all, "%d %s: %s\n", f->finding, f->name, f->text);
	}
	g_error("%d %s: %s is not found in:\n%s", finding, step, text, all->str);
}

static void
test_well(struct setting *s, gconstpointer unused)
{
	g_assert_true(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	doctor_fleet_conclude(s->doctor, s->fleet, &s->config);
	g_assert_cmpuint(s->doctor->gateways, ==, GATEWAYS);
	g_assert_cmpuint(s->doctor->reached, ==, GATEWAYS);
	assert_finds(s, FINDING_OK, "gateways", "20 of 20 reached");
	assert_finds(s, FINDING_OK, "inventory", "20 gateways");
}

/* Like reasons are one finding; that a gateway is tried again does not make the reason be forgotten. */
static void
test_not_reached(struct setting *s, gconstpointer unused)
{
	for (guint i = 1; i <= 7; i++) {
		g_autofree char *reason = g_strdup_printf("The name gw-%03u is not found.", i);
		fail(gateway(s, i), LINK_DOWN, "resolve", reason);
	}
	fail(gateway(s, 8), LINK_BLOCKED, "host key", "The host's key has changed.");
	fail(gateway(s, 9), LINK_BLOCKED, "host key", "The key is new.");
	gateway(s, 9)->host->link.question = LINK_ASKS_HOST_KEY;
	gateway(s, 10)->host->link.state = LINK_CONNECTING;
	datum_clear(&gateway(s, 10)->datum);
	g_assert_false(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	gateway(s, 1)->host->link.state = LINK_CONNECTING;
	g_clear_pointer(&gateway(s, 1)->host->link.reason, g_free);
	g_assert_false(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	doctor_fleet_conclude(s->doctor, s->fleet, &s->config);
	g_assert_cmpuint(s->doctor->reached, ==, 10);
	assert_finds(s, FINDING_FAILED, "gateways", "10 of 20 reached");
	assert_finds(s, FINDING_FAILED, "resolve", "7: The name gw-N is not found: gw-001, gw-002, gw-003, gw-004, gw-005 and 2 more");
	assert_finds(s, FINDING_FAILED, "host key", "1: The host's key has changed: gw-008");
	assert_finds(s, FINDING_FAILED, "host key", "1: not in known_hosts: gw-009");
	assert_finds(s, FINDING_FAILED, "time", "1: not connected in time: gw-010");
}

static void
test_missing(struct setting *s, gconstpointer unused)
{
	g_autofree char *unit = g_strdup_printf("1: there is no unit %s: gw-001", s->fleet->unit);

	gateway(s, 1)->report.unit = UNIT_MISSING;
	gateway(s, 2)->report.errors = -1;
	gateway(s, 2)->report.problem = g_strdup("no right to read the journal");
	gateway(s, 3)->report.problem = g_strdup("its clock is 24 h ahead");
	gateway(s, 4)->report.problem = g_strdup("its clock is 5 h ahead");
	datum_clear(&gateway(s, 5)->datum);
	g_assert_false(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	datum_failed(&gateway(s, 5)->datum, "It does not tell its state.");
	g_assert_true(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	doctor_fleet_conclude(s->doctor, s->fleet, &s->config);
	assert_finds(s, FINDING_OK, "gateways", "20 of 20 reached");
	assert_finds(s, FINDING_FAILED, "unit", unit);
	assert_finds(s, FINDING_FAILED, "journal", "1: no right to read the journal: gw-002");
	assert_finds(s, FINDING_NOTE, "state", "2: its clock is N h ahead: gw-003, gw-004");
	assert_finds(s, FINDING_FAILED, "state", "1: It does not tell its state: gw-005");
}

static void
test_sources(struct setting *s, gconstpointer unused)
{
	struct fleet_origin *inventory = &s->fleet->origins[ORIGIN_INVENTORY], *prometheus = &s->fleet->origins[ORIGIN_PROMETHEUS];

	s->config.canary = (char *)"https://example.com/";
	g_assert_false(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	s->fleet->canary = PRESENCE_OFFLINE;
	s->fleet->canary_problem = g_strdup("timed out");
	inventory->duplicates = 1;
	inventory->refused = 2;
	prometheus->used = TRUE;
	g_assert_false(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	datum_failed(&prometheus->datum, "HTTP 500");
	g_assert_true(doctor_fleet_look(s->doctor, s->fleet, &s->config));
	doctor_fleet_conclude(s->doctor, s->fleet, &s->config);
	assert_finds(s, FINDING_NOTE, "inventory", "20 gateways, 1 name twice, 2 entries left out: no valid name or address");
	assert_finds(s, FINDING_FAILED, "Prometheus", "HTTP 500");
	assert_finds(s, FINDING_FAILED, "canary", "timed out");
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(struct setting *s, gconstpointer unused); } tests[] = {
		{ "well", test_well }, { "not-reached", test_not_reached }, { "missing", test_missing }, { "sources", test_sources },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/doctor-fleet/", tests[i].path, NULL);
		g_test_add(path, struct setting, NULL, set_up, tests[i].run, tear_down);
	}
	return g_test_run();
}
