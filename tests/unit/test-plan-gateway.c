/* Plans for gateways: what the sheets say before one is restarted, or many in batches, and who is left out. */
#include "app/plan.h"

#include <string.h>

#include "app/work_gateway.h"
#include "tests/unit/gateway_rig.h"

#define GATEWAYS 9

struct setting {
	struct gateway_rig *rig;
	struct fleet *fleet;
	GPtrArray *targets;
};

static void
set_up(struct setting *s, gconstpointer unused)
{
	s->rig = gateway_rig_new(GATEWAYS);
	s->fleet = s->rig->world->fleet;
	s->targets = action_targets_new();
}

static void
tear_down(struct setting *s, gconstpointer unused)
{
	g_ptr_array_unref(s->targets);
	gateway_rig_free(s->rig);
}

/* --- small things --- */

static struct gateway *
gateway(const struct setting *s, const char *name)
{
	return fleet_gateway(s->fleet, name);
}

/* From the last to the first. */
static void
target_all(struct setting *s)
{
	for (guint i = GATEWAYS; i > 0; i--) {
		g_autofree char *name = g_strdup_printf("gw%u", i);
		action_targets_add(s->targets, name, NULL);
	}
}

static struct plan *
rollout(struct setting *s, const struct config_rolling *c, const char *batch)
{
	g_autoptr(GError) error = NULL;
	struct plan *p = plan_rollout(s->fleet, NULL, c, s->targets, batch, &error);

	g_assert_no_error(error);
	return p;
}

static void
assert_refused(struct setting *s, const struct config_rolling *c, const char *batch, const char *expect)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(plan_rollout(s->fleet, NULL, c, s->targets, batch, &error));
	if (!strstr(error->message, expect))
		g_error("expected \"%s\" instead of \"%s\"", expect, error->message);
}

static void
assert_says(const struct plan *p, const char *words)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < p->lines->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)p->lines->pdata[i]);
	if (!strstr(text->str, words))
		g_error("\"%s\" is not said in:\n%s", words, text->str);
}

static void
assert_order(const struct plan *p, const char *expect)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < p->rollout->gateways->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", (const char *)p->rollout->gateways->pdata[i]);
	g_assert_cmpstr(text->str, ==, expect);
}

/* --- one and a few --- */

static void
test_one(struct setting *s, gconstpointer unused)
{
	struct gateway *g = gateway(s, "gw1");
	g_autoptr(GError) error = NULL;
	const struct work *w;
	struct plan *p;

	action_targets_add(s->targets, "gw1", NULL);
	g->report.restarts = 2;
	g->report.errors = 1;
	g->report.last_error = g_strdup("ERROR camera 7");
	p = plan_gateways(s->fleet, NULL, s->targets, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(p->title, ==, "Restart agent on gw1");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_KEY);
	g_assert_cmpuint(plan_count(p), ==, 1);
	w = p->works->pdata[0];
	g_assert_cmpstr(w->operation->action, ==, "gateway.restart");
	assert_says(p, "$([ \"$(id -u)\" = 0 ] || echo sudo -n) systemctl restart 'agent'");
	assert_says(p, "gw1: active since 1h, restarted 2 times by systemd, 1 error");
	assert_says(p, "its last error: ERROR camera 7");
	assert_says(p, "Loses: live views and connections through it");
	assert_says(p, "Evidence first: the last 10,000 lines of the journal");
	plan_free(p);

	g->report.errors = -1;
	datum_stale(&g->datum, "gone");
	p = plan_gateways(s->fleet, NULL, s->targets, &error);
	assert_says(p, "its errors are not known; as known ");
	plan_free(p);
	datum_clear(&g->datum);
	p = plan_gateways(s->fleet, NULL, s->targets, &error);
	assert_says(p, "gw1: its state is not known");
	plan_free(p);
}

static void
test_few(struct setting *s, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	struct plan *p;

	action_targets_add(s->targets, "gw1", NULL);
	action_targets_add(s->targets, "gw2", NULL);
	action_targets_add(s->targets, "gw3", NULL);
	action_targets_add(s->targets, "gw99", NULL);
	gateway_rig_drop(s->rig, "gw2");
	p = plan_gateways(s->fleet, NULL, s->targets, &error);
	g_assert_cmpstr(p->title, ==, "Restart 2 gateways");
	g_assert_true(p->snapshots);
	assert_says(p, "Each: $([ \"$(id -u)\" = 0 ] || echo sudo -n) systemctl restart 'agent'   via its own ssh");
	assert_says(p, "Left out: gw2: it is not reached by SSH");
	assert_says(p, "Left out: gw99: it is not in the list any more");
	plan_free(p);
}

static void
test_none(struct setting *s, gconstpointer unused)
{
	g_autoptr(GError) error = NULL, locked = NULL;

	action_targets_add(s->targets, "gw2", NULL);
	gateway_rig_drop(s->rig, "gw2");
	g_assert_null(plan_gateways(s->fleet, NULL, s->targets, &error));
	g_assert_cmpstr(error->message, ==, "it is not reached by SSH");
	s->fleet->readonly = TRUE;
	g_assert_null(plan_gateways(s->fleet, NULL, s->targets, &locked));
	g_assert_cmpstr(locked->message, ==, "the configuration says that the fleet is read-only");
	assert_refused(s, NULL, "1", "the configuration says that the fleet is read-only");
}

/* --- snapshots, and the operator's own actions --- */

static void
test_snapshots(struct setting *s, gconstpointer unused)
{
	g_autoptr(GError) error = NULL;
	const struct work *w;
	struct plan *p;

	s->fleet->readonly = TRUE; /* it changes nothing */
	action_targets_add(s->targets, "gw2", NULL);
	p = plan_gateway_snapshots(s->fleet, NULL, s->targets, &error);
	g_assert_no_error(error);
	w = p->works->pdata[0];
	g_assert_cmpstr(p->title, ==, "Snapshot of agent on gw2");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_NOTHING);
	g_assert_cmpstr(w->operation->action, ==, "gateway.snapshot");
	plan_free(p);

	target_all(s);
	gateway_rig_drop(s->rig, "gw3");
	p = plan_gateway_snapshots(s->fleet, NULL, s->targets, &error);
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_COUNT);
	assert_says(p, "Left out: gw3: it is not reached by SSH");
	plan_free(p);

	g_ptr_array_set_size(s->targets, 0);
	action_targets_add(s->targets, "gw3", NULL);
	g_assert_null(plan_gateway_snapshots(s->fleet, NULL, s->targets, &error));
	g_assert_cmpstr(error->message, ==, "it is not reached by SSH");
}

static void
test_custom(struct setting *s, gconstpointer unused)
{
	const struct config_action a = { .name = (char *)"drain", .title = (char *)"Drain", .on = (char *)"gateway", .command = (char *)"drain {host} {name}" };
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	const struct operation *o;
	const char *why = NULL;
	struct plan *p;

	action_targets_add(s->targets, "gw1", NULL);
	action_targets_add(s->targets, "gw3", NULL);
	gateway_rig_drop(s->rig, "gw3");
	g_assert_null(plan_custom_obstacle(none, NULL, s->targets, &a));
	p = plan_custom(none, NULL, s->targets, &a, &why);
	g_assert_cmpuint(plan_count(p), ==, 1);
	o = ((const struct work *)p->works->pdata[0])->operation;
	g_assert_cmpstr(o->action, ==, "custom.drain");
	g_assert_cmpstr(o->host, ==, "gw1");
	g_assert_cmpstr(o->request, ==, "drain 'gw1' 'gw1'");
	g_assert_cmpstr(p->title, ==, "Drain: gw1");
	assert_says(p, "Left out: 1 that is not reached.");
	plan_free(p);

	gateway_rig_drop(s->rig, "gw1");
	g_assert_cmpstr(plan_custom_obstacle(none, NULL, s->targets, &a), ==, "it is not reached");
	g_assert_null(plan_custom(none, NULL, s->targets, &a, &why));
	g_assert_cmpstr(why, ==, "it is not reached");
}

/* --- many --- */

static void
test_as_configured(struct setting *s, gconstpointer unused)
{
	unsigned pause = 20, gate = 60, quiet = 5, budget = 2;
	const struct config_rolling c = { .batch = (char *)"50%", .pause = &pause, .gate = &gate, .quiet = &quiet, .budget = &budget };
	struct plan *p;

	target_all(s);
	p = rollout(s, &c, NULL);
	g_assert_cmpstr(p->title, ==, "Rolling restart of 9 gateways");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_COUNT);
	g_assert_cmpstr(p->word, ==, "9");
	g_assert_cmpuint(plan_count(p), ==, 9);
	g_assert_cmpuint(p->works->len, ==, 0);
	assert_says(p, "9 gateways in 3 batches of 4, 20 s apart; each must be active, online and quiet for 5 s within 60 s; stops after 2 failures.");
	assert_says(p, "Order: by name; none has errors");
	assert_says(p, "First: gw1, gw2, gw3, gw4, gw5, gw6 and 3 more");
	assert_says(p, "Each: $(");
	assert_says(p, "Online is judged by our connection to it.");
	assert_says(p, "A mute of these gateways is open");
	assert_says(p, "never goes on by itself");
	assert_order(p, "gw1 gw2 gw3 gw4 gw5 gw6 gw7 gw8 gw9");
	g_assert_nonnull(strstr(p->rollout->words, "systemctl restart 'agent'\n9 gateways in 3 batches of 4"));
	g_assert_true(g_str_has_suffix(p->rollout->words, "\ngw1 gw2 gw3 gw4 gw5 gw6 gw7 gw8 gw9"));
	plan_free(p);
}

static void
test_defaults(struct setting *s, gconstpointer unused)
{
	struct plan *p;

	target_all(s);
	g_assert_cmpstr(plan_rollout_batch(NULL), ==, "1");
	p = rollout(s, NULL, NULL);
	assert_says(p, "9 gateways in 9 batches of 1, 10 s apart; each must be active, online and quiet for 15 s within 120 s; stops after 1 failure.");
	plan_free(p);
	p = rollout(s, NULL, "20");
	assert_says(p, "9 gateways in 1 batch of 9; each must");
	plan_free(p);
}

static void
test_order(struct setting *s, gconstpointer unused)
{
	struct plan *p;

	target_all(s);
	gateway(s, "gw2")->report.errors = 4;
	gateway(s, "gw5")->report.unit = UNIT_FAILED;
	p = rollout(s, NULL, "3");
	assert_order(p, "gw1 gw3 gw4 gw6 gw7 gw8 gw9 gw2 gw5");
	assert_says(p, "Order: by name; those that are not active or have errors come last (2: gw2, gw5).");
	plan_free(p);
	p = rollout(s, NULL, " 3 listed ");
	assert_order(p, "gw9 gw8 gw7 gw6 gw5 gw4 gw3 gw2 gw1");
	assert_says(p, "Order: as listed.");
	plan_free(p);
}

static void
test_left_out(struct setting *s, gconstpointer unused)
{
	struct plan *p;

	target_all(s);
	gateway_rig_drop(s->rig, "gw9");
	s->fleet->view = VIEW_PRODUCT;
	s->fleet->origins[ORIGIN_INVENTORY].used = TRUE;
	datum_good(&s->fleet->origins[ORIGIN_INVENTORY].datum, g_get_monotonic_time());
	for (guint i = 1; i < GATEWAYS; i++) {
		g_autofree char *name = g_strdup_printf("gw%u", i);
		gateway_listed(gateway(s, name), ORIGIN_INVENTORY, NULL, i == 3 ? PRESENCE_UNKNOWN : i == 4 ? PRESENCE_OFFLINE : PRESENCE_ONLINE);
	}
	gateway(s, "gw7")->report.errors = -1;
	p = rollout(s, NULL, "10%");
	assert_order(p, "gw1 gw2 gw5 gw6 gw8");
	g_assert_cmpstr(p->word, ==, "5");
	assert_says(p, "These: gw1, gw2, gw5, gw6, gw8");
	assert_says(p, "Left out: 1 whose journal is not read, so that they could not show that they are quiet: gw7");
	assert_says(p, "Left out: 1 not reached: gw9");
	assert_says(p, "Left out: 1 not online now: gw4");
	assert_says(p, "Left out: 1 of which it is not known whether they are online: gw3");
	assert_says(p, "Online is judged by the product's own view.");
	plan_free(p);
	datum_failed(&s->fleet->origins[ORIGIN_INVENTORY].datum, "timed out");
	assert_refused(s, NULL, "1", "none of them is reached, online and has a journal that is read now");
}

/* Three and fewer may be a rolling restart, too, without the count. */
static void
test_small(struct setting *s, gconstpointer unused)
{
	struct plan *p;

	action_targets_add(s->targets, "gw2", NULL);
	p = rollout(s, NULL, "1");
	g_assert_cmpstr(p->title, ==, "Rolling restart of 1 gateway");
	g_assert_cmpint(p->confirm, ==, PLAN_ASKS_KEY);
	g_assert_null(p->word);
	assert_says(p, "1 gateway in 1 batch of 1; each must");
	plan_free(p);
}

static void
test_refused(struct setting *s, gconstpointer unused)
{
	unsigned gate = 15, quiet = 15;
	const struct config_rolling c = { .gate = &gate, .quiet = &quiet };

	assert_refused(s, NULL, "1", "none of them is reached, online and has a journal that is read now");
	target_all(s);
	assert_refused(s, NULL, "0", "\"0\" is no batch: a number from 1 on, or 1% to 100%");
	assert_refused(s, NULL, "", "is no batch");
	assert_refused(s, NULL, "3 backwards", "\"backwards\" is no order: name, or listed");
	assert_refused(s, &c, "1", "gate has to be longer than quiet");
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(struct setting *s, gconstpointer unused); } tests[] = {
		{ "one", test_one }, { "few", test_few }, { "none", test_none }, { "snapshots", test_snapshots }, { "custom", test_custom }, { "as-configured", test_as_configured }, { "defaults", test_defaults },
		{ "order", test_order }, { "left-out", test_left_out }, { "small", test_small }, { "refused", test_refused },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/plan-gateway/", tests[i].path, NULL);
		g_test_add(path, struct setting, NULL, set_up, tests[i].run, tear_down);
	}
	return g_test_run();
}
