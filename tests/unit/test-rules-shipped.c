/* Each rule that midwatch ships, at its borders, on a virtual clock: the values it takes, how long it has to be true, how long it is kept, what is not
 * known in between, and a restart. */
#include <math.h>
#include <string.h>

#include "tests/unit/rules_rig.h"

#define LABELS "host=\"h1\""

/* Values of the rule's metrics, and what follows. */
struct point { double a, b; enum truth truth; };

struct shipped {
	const char *rule, *metrics[2];
	struct point points[8]; /* the first is true; up to one whose truth is END */
	gint64 for_s, keep_s;
	enum rule_severity severity;
};

#define END ((enum truth)99)
#define FLAG(metric) { metric }, { { 1, 0, TRUTH_TRUE }, { 0, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }

static const struct shipped all[] = {
	{ "observer_blind", FLAG("observer_blind"), 0, 0, RULE_WARN },
	{ "fleet_blind", FLAG("fleet_blind"), 0, 0, RULE_WARN },
	{ "health_non200", FLAG("health_non200"), 120, 60, RULE_PAGE },
	{ "health_degraded", FLAG("health_degraded"), 0, 60, RULE_CRIT },
	{ "authread_5xx", FLAG("authread_5xx"), 120, 60, RULE_PAGE },
	{ "auth_5xx", { "auth_5xx", "auth_5xx_lines" },
	  { { 1, 0, TRUTH_TRUE }, { 0, 1, TRUTH_TRUE }, { 1, NAN, TRUTH_TRUE }, { NAN, 1, TRUTH_TRUE }, { 0, 0, TRUTH_FALSE }, { 0, NAN, TRUTH_UNKNOWN },
	    { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 10, 60, RULE_PAGE },
	{ "ingest_stalled", { "ingest_age_seconds" },
	  { { 301, 0, TRUTH_TRUE }, { 300.5, 0, TRUTH_TRUE }, { 300, 0, TRUTH_FALSE }, { 0, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 0, 60, RULE_PAGE },
	{ "fatal_line", { "fatal_lines" }, { { 1, 0, TRUTH_TRUE }, { 7, 0, TRUTH_TRUE }, { 0, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 0, 900, RULE_PAGE },
	{ "security_impersonation", { "impersonation_suspicious" }, { { 1, 0, TRUTH_TRUE }, { 0, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 0, 900, RULE_PAGE },
	{ "security_audit_shrink", FLAG("audit_rows_shrunk"), 0, 900, RULE_PAGE },
	{ "error_single", { "errors_30m" }, { { 1, 0, TRUTH_TRUE }, { 0, 0, TRUTH_FALSE }, { 2, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 0, 0, RULE_TICKET },
	{ "error_recurring", { "errors_30m" }, { { 2, 0, TRUTH_TRUE }, { 90, 0, TRUTH_TRUE }, { 1, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 0, 0, RULE_WARN },
	{ "ai_upstream", { "ai_upstream_lines", "parse_error_spike" },
	  { { 1, 0, TRUTH_TRUE }, { 0, 1, TRUTH_TRUE }, { NAN, 1, TRUTH_TRUE }, { 0, 0, TRUTH_FALSE }, { 0, NAN, TRUTH_UNKNOWN }, { .truth = END } }, 0, 600, RULE_INFO },
	/* More than 10 %, and at least two: one lost of nine is none. */
	{ "gateways_mass_drop", { "gateways_lost_share", "gateways_lost" },
	  { { 0.101, 101, TRUTH_TRUE }, { 2 / 9.0, 2, TRUTH_TRUE }, { 0.100, 100, TRUTH_FALSE }, { 1 / 9.0, 1, TRUTH_FALSE }, { NAN, 1, TRUTH_FALSE }, { NAN, 2, TRUTH_UNKNOWN },
	    { 0.5, NAN, TRUTH_UNKNOWN }, { .truth = END } }, 30, 300, RULE_PAGE },
	{ "gateways_drop_since_deploy", { "gateways_lost_since_deploy_share", "gateways_lost_since_deploy" },
	  { { 0.101, 101, TRUTH_TRUE }, { 0.100, 100, TRUTH_FALSE }, { 1 / 9.0, 1, TRUTH_FALSE }, { NAN, 2, TRUTH_UNKNOWN }, { .truth = END } }, 30, 0, RULE_PAGE },
	{ "gateway_flap", { "gateway_changes_15m" }, { { 3, 0, TRUTH_TRUE }, { 2, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 0, 900, RULE_TICKET },
	{ "gateway_offline", FLAG("gateway_offline"), 300, 0, RULE_TICKET },
	{ "host_unreachable", FLAG("host_unreachable"), 60, 0, RULE_WARN },
	{ "steal_warn", { "steal_percent" }, { { 5.1, 0, TRUTH_TRUE }, { 5, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 300, 0, RULE_WARN },
	{ "steal_crit", { "steal_percent" }, { { 15.1, 0, TRUTH_TRUE }, { 15, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 300, 0, RULE_CRIT },
	{ "swap_warn", { "swap_used_bytes" }, { { 1.5e9 + 1, 0, TRUTH_TRUE }, { 1.5e9, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 300, 0, RULE_WARN },
	{ "swapcached_warn", { "swap_cached_bytes" }, { { 200e6 + 1, 0, TRUTH_TRUE }, { 200e6, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 300, 0, RULE_WARN },
	{ "disk_warn", { "disk_used_percent" }, { { 55, 0, TRUTH_TRUE }, { 54.9, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 600, 0, RULE_WARN },
	{ "container_unhealthy", FLAG("container_unhealthy"), 0, 0, RULE_WARN },
	{ "container_io_write", { "container_write_bytes_per_hour" },
	  { { 1073741825, 0, TRUTH_TRUE }, { 1073741824, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 1800, 0, RULE_WARN },
	{ "cron_missed", FLAG("cron_missed"), 0, 0, RULE_WARN },
	{ "cron_failed", FLAG("cron_failed"), 0, 0, RULE_WARN },
	{ "backup_diverged", { "backup_failures_in_row" }, { { 3, 0, TRUTH_TRUE }, { 2, 0, TRUTH_FALSE }, { NAN, 0, TRUTH_UNKNOWN }, { .truth = END } }, 0, 0, RULE_WARN },
};

static void
set_series(struct rules_rig *rig, const char *metric, double value)
{
	if (!metric)
		return;
	if (isnan(value))
		samples_unknown(rig->s, metric, "timed out", rig->now_us, "host", "h1", NULL);
	else
		samples_set(rig->s, metric, value, rig->now_us, "host", "h1", NULL);
}

static void
set_point(struct rules_rig *rig, const struct shipped *c, const struct point *p)
{
	set_series(rig, c->metrics[0], p->a);
	set_series(rig, c->metrics[1], p->b);
}

static const struct point *
point_of(const struct shipped *c, enum truth truth)
{
	const struct point *p = c->points;

	while (p->truth != truth) {
		g_assert_cmpint(p->truth, !=, END);
		p++;
	}
	return p;
}

/* One evaluation after so many seconds, with samples that were just taken. */
static enum alert_state
step(struct rules_rig *rig, const struct shipped *c, gint64 seconds, enum truth truth)
{
	rules_rig_pass(rig, seconds);
	set_point(rig, c, point_of(c, truth));
	rules_rig_tick(rig);
	return rules_rig_state(rig, c->rule, LABELS);
}

/* Evaluations every ten seconds, up to the last one. */
static void
run(struct rules_rig *rig, const struct shipped *c, gint64 seconds, enum truth truth, enum alert_state expected)
{
	for (gint64 left = seconds; left > 0; left -= MIN(left, 10))
		g_assert_cmpint(step(rig, c, MIN(left, 10), truth), ==, expected);
}

/* --- */

static void
values(gconstpointer data)
{
	const struct shipped *c = data;

	for (const struct point *p = c->points; p->truth != END; p++) {
		struct rules_rig rig;
		rules_rig_begin(&rig, NULL);
		set_point(&rig, c, p);
		rules_rig_tick(&rig);
		g_assert_cmpint(rules_rig_alert(&rig, c->rule, LABELS)->truth, ==, p->truth);
		g_assert_cmpint(rules_rig_state(&rig, c->rule, LABELS), ==, p->truth != TRUTH_TRUE ? ALERT_INACTIVE : c->for_s > 0 ? ALERT_PENDING : ALERT_FIRING);
		rules_rig_end(&rig);
	}
}

/* 119 s, 120 s, 121 s; and the other way. */
static void
edges(gconstpointer data)
{
	const struct shipped *c = data;
	struct rules_rig rig;

	rules_rig_begin(&rig, NULL);
	g_assert_cmpint(rules_rig_alert((step(&rig, c, 0, TRUTH_FALSE), &rig), c->rule, LABELS)->rule->severity, ==, c->severity);
	if (c->for_s > 0) {
		g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_PENDING);
		run(&rig, c, c->for_s - 1, TRUTH_TRUE, ALERT_PENDING);
		g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	}
	g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	if (c->keep_s > 0) {
		g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, ALERT_KEPT);
		run(&rig, c, c->keep_s - 1, TRUTH_FALSE, ALERT_KEPT);
		g_assert_cmpint(step(&rig, c, 0, TRUTH_TRUE), ==, ALERT_FIRING); /* true again: what was kept begins anew */
		g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, ALERT_KEPT);
		run(&rig, c, c->keep_s - 1, TRUTH_FALSE, ALERT_KEPT);
	}
	g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, ALERT_INACTIVE);
	rules_rig_end(&rig);
}

/* Once false is as if it had never been true. */
static void
dropped(gconstpointer data)
{
	const struct shipped *c = data;
	struct rules_rig rig;

	rules_rig_begin(&rig, NULL);
	step(&rig, c, 0, TRUTH_TRUE);
	if (c->for_s > 0) {
		run(&rig, c, c->for_s - 1, TRUTH_TRUE, ALERT_PENDING);
		g_assert_cmpint(step(&rig, c, 0, TRUTH_FALSE), ==, ALERT_INACTIVE);
		g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_PENDING);
		run(&rig, c, c->for_s - 1, TRUTH_TRUE, ALERT_PENDING);
		g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	}
	rules_rig_end(&rig);
}

/* A gap of eight minutes neither fires nor resolves; the time in it counts for nothing. */
static void
gaps(gconstpointer data)
{
	const struct shipped *c = data;
	struct rules_rig rig;

	rules_rig_begin(&rig, NULL);
	step(&rig, c, 0, TRUTH_TRUE);
	if (c->for_s > 0) {
		run(&rig, c, c->for_s - 1, TRUTH_TRUE, ALERT_PENDING);
		run(&rig, c, 480, TRUTH_UNKNOWN, ALERT_PENDING);
		g_assert_true(rules_rig_alert(&rig, c->rule, LABELS)->unknown);
		g_assert_cmpint(step(&rig, c, 10, TRUTH_TRUE), ==, ALERT_PENDING); /* since when it is true again nobody knows */
		g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	}
	run(&rig, c, 480, TRUTH_UNKNOWN, ALERT_FIRING);
	g_assert_true(rules_rig_alert(&rig, c->rule, LABELS)->unknown);
	g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	g_assert_false(rules_rig_alert(&rig, c->rule, LABELS)->unknown);
	if (c->keep_s > 0) {
		g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, ALERT_KEPT);
		run(&rig, c, 480, TRUTH_UNKNOWN, ALERT_KEPT);
		g_assert_cmpint(step(&rig, c, 10, TRUTH_FALSE), ==, ALERT_KEPT);
		run(&rig, c, c->keep_s - 1, TRUTH_FALSE, ALERT_KEPT);
		g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, ALERT_INACTIVE);
	}
	rules_rig_end(&rig);
}

/* Samples that stay away are as unknown as those that say so, after five minutes. */
static void
silence(gconstpointer data)
{
	const struct shipped *c = data;
	struct rules_rig rig;

	rules_rig_begin(&rig, NULL);
	step(&rig, c, 0, TRUTH_TRUE);
	for (gint64 s = 0; s < c->for_s; s += 10)
		step(&rig, c, 10, TRUTH_TRUE);
	rules_rig_pass(&rig, 300);
	rules_rig_tick(&rig);
	g_assert_cmpint(rules_rig_alert(&rig, c->rule, LABELS)->truth, ==, TRUTH_TRUE);
	rules_rig_pass(&rig, 1);
	rules_rig_tick(&rig);
	g_assert_cmpint(rules_rig_alert(&rig, c->rule, LABELS)->truth, ==, TRUTH_UNKNOWN);
	g_assert_true(rules_rig_alert(&rig, c->rule, LABELS)->unknown);
	g_assert_cmpstr(rules_rig_alert(&rig, c->rule, LABELS)->why_unknown, ==, "no sample for 5 min");
	g_assert_cmpint(rules_rig_state(&rig, c->rule, LABELS), ==, ALERT_FIRING);
	rules_rig_end(&rig);
}

static void
restarts(gconstpointer data)
{
	const struct shipped *c = data;
	struct rules_rig rig;

	rules_rig_begin(&rig, NULL);
	step(&rig, c, 0, TRUTH_TRUE);
	if (c->for_s > 0) {
		run(&rig, c, c->for_s - 1, TRUTH_TRUE, ALERT_PENDING);
		rules_rig_restart(&rig, NULL, c->rule, LABELS, c->for_s);
		g_assert_cmpint(rules_rig_state(&rig, c->rule, LABELS), ==, ALERT_PENDING);
		g_assert_cmpint(step(&rig, c, 0, TRUTH_TRUE), ==, ALERT_PENDING); /* goes on where it was */
		rules_rig_restart(&rig, NULL, c->rule, LABELS, c->for_s + 1);
		g_assert_cmpint(rules_rig_state(&rig, c->rule, LABELS), ==, ALERT_INACTIVE);
		g_assert_cmpint(step(&rig, c, 0, TRUTH_TRUE), ==, ALERT_PENDING); /* begins anew */
		run(&rig, c, c->for_s - 1, TRUTH_TRUE, ALERT_PENDING);
		rules_rig_restart(&rig, NULL, c->rule, LABELS, 1);
		g_assert_cmpint(step(&rig, c, 0, TRUTH_TRUE), ==, ALERT_PENDING);
		g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	}
	rules_rig_restart(&rig, NULL, c->rule, LABELS, 24 * 3600);
	g_assert_cmpint(rules_rig_state(&rig, c->rule, LABELS), ==, ALERT_FIRING);
	rules_rig_tick(&rig); /* nothing was asked yet */
	g_assert_cmpint(rules_rig_state(&rig, c->rule, LABELS), ==, ALERT_FIRING);
	g_assert_cmpint(rules_rig_alert(&rig, c->rule, LABELS)->truth, ==, TRUTH_UNKNOWN);
	g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, c->keep_s > 0 ? ALERT_KEPT : ALERT_INACTIVE);
	rules_rig_end(&rig);
}

/* A clock that is set, forward or back, by a day, makes nothing fire, nothing end. */
static void
clock_jumps(gconstpointer data)
{
	const struct shipped *c = data;
	struct rules_rig rig;

	rules_rig_begin(&rig, NULL);
	step(&rig, c, 0, TRUTH_TRUE);
	if (c->for_s > 0) {
		rig.utc_us += 24 * 60 * RIG_MINUTE_US;
		run(&rig, c, c->for_s - 1, TRUTH_TRUE, ALERT_PENDING);
		rig.utc_us -= 48 * 60 * RIG_MINUTE_US;
		g_assert_cmpint(step(&rig, c, 0, TRUTH_TRUE), ==, ALERT_PENDING);
		g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), ==, ALERT_FIRING);
	}
	if (c->keep_s > 0) {
		g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, ALERT_KEPT);
		rig.utc_us += 48 * 60 * RIG_MINUTE_US;
		run(&rig, c, c->keep_s - 1, TRUTH_FALSE, ALERT_KEPT);
		g_assert_cmpint(step(&rig, c, 1, TRUTH_FALSE), ==, ALERT_INACTIVE);
	}
	rules_rig_end(&rig);
}

/* What is measured over our own network is not known while that does not work; the rest goes on. */
static void
blindness(gconstpointer data)
{
	const struct shipped *c = data;
	struct rules_rig rig;
	const struct alert *a;

	if (strcmp(c->rule, "observer_blind") == 0)
		return;
	rules_rig_begin(&rig, NULL);
	samples_set(rig.s, "observer_blind", 1, rig.now_us, "~why", "the canary does not answer", NULL);
	step(&rig, c, 0, TRUTH_TRUE);
	a = rules_rig_alert(&rig, c->rule, LABELS);
	if (a->rule->network) {
		g_assert_cmpint(a->truth, ==, TRUTH_UNKNOWN);
		g_assert_cmpint(a->state, ==, ALERT_INACTIVE);
		g_assert_cmpstr(a->why_unknown, ==, "midwatch cannot see: the canary does not answer");
	} else {
		g_assert_cmpint(a->truth, ==, TRUTH_TRUE);
	}
	samples_set(rig.s, "observer_blind", 0, rig.now_us, NULL);
	g_assert_cmpint(step(&rig, c, 1, TRUTH_TRUE), !=, ALERT_INACTIVE);
	g_assert_null(rules_rig_alert(&rig, c->rule, LABELS)->why_unknown);
	rules_rig_end(&rig);
}

/* --- rules that a person states; and that none is missing here --- */

static void
manual(void)
{
	static const struct { const char *name; gboolean pages; } stated[] = {
		{ "customer_total_loss", TRUE }, { "security_leak", TRUE }, { "comms_overdue", FALSE }, { "hypothesis_overdue", FALSE }, { "ack_overdue", FALSE },
	};
	struct rules_rig rig;

	rules_rig_begin(&rig, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(stated); i++) {
		const char *name = stated[i].name;
		g_assert_cmpint(rules_rig_state(&rig, name, "org=\"acme\""), ==, ALERT_INACTIVE);
		rules_manual(rig.r, name, "org=\"acme\"", TRUE, rig.now_us);
		rules_rig_tick(&rig);
		g_assert_true(alert_pages(rules_rig_alert(&rig, name, "org=\"acme\"")) == stated[i].pages);
		rules_rig_restart(&rig, NULL, name, "org=\"acme\"", 7200);
		rules_rig_tick(&rig);
		g_assert_cmpint(rules_rig_state(&rig, name, "org=\"acme\""), ==, ALERT_FIRING); /* until it is said that it is over */
		g_assert_true(alert_pages(rules_rig_alert(&rig, name, "org=\"acme\"")) == stated[i].pages);
		rules_manual(rig.r, name, "org=\"acme\"", FALSE, rig.now_us);
		rules_rig_tick(&rig);
		g_assert_cmpint(rules_rig_state(&rig, name, "org=\"acme\""), ==, ALERT_INACTIVE);
	}
	rules_manual(rig.r, "health_non200", "", TRUE, rig.now_us); /* not a rule for people */
	rules_rig_tick(&rig);
	g_assert_cmpint(rules_rig_state(&rig, "health_non200", ""), ==, ALERT_INACTIVE);
	rules_rig_end(&rig);
}

static gboolean
is_tested(const char *rule)
{
	for (guint i = 0; i < G_N_ELEMENTS(all); i++)
		if (strcmp(all[i].rule, rule) == 0)
			return TRUE;
	return FALSE;
}

static void
none_missing(void)
{
	g_autoptr(GPtrArray) rules = rules_rig_rules(NULL);
	guint manual_count = 0;

	for (guint i = 0; i < rules->len; i++) {
		const struct rule *r = rules->pdata[i];
		manual_count += r->manual;
		if (!r->manual && !is_tested(r->name))
			g_error("the shipped rule %s has no row here", r->name);
	}
	g_assert_cmpuint(rules->len, ==, G_N_ELEMENTS(all) + manual_count);
	g_assert_cmpuint(manual_count, ==, 5);
}

static void
add(const char *what, GTestDataFunc test)
{
	for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
		g_autofree char *path = g_strdup_printf("/rules-shipped/%s/%s", what, all[i].rule);
		g_test_add_data_func(path, &all[i], test);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("values", values);
	add("edges", edges);
	add("dropped", dropped);
	add("gaps", gaps);
	add("silence", silence);
	add("restarts", restarts);
	add("clock-jumps", clock_jumps);
	add("blindness", blindness);
	g_test_add_func("/rules-shipped/manual", manual);
	g_test_add_func("/rules-shipped/none-missing", none_missing);
	return g_test_run();
}
