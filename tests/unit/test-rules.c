/* The engine: joins, series that come and go, what is told, what is shown, what is said in words, and its bounds. */
#include <math.h>
#include <string.h>

#include "tests/unit/rules_rig.h"

static const struct rig_rule table[] = {
	{ "observer_blind", "observer", "observer_blind == 1", "blind: {why}", .severity = RULE_WARN },
	{ "both", "vm", "a > 1 and b > 1", "{host} {value} {note} {env} {nothing} ${host} {odd", .for_s = 20, .severity = RULE_PAGE },
	{ "either", "vm", "a{host!=\"z\"} > 5 or c > 1", "s", .severity = RULE_CRIT },
	{ "size", "vm", "used_bytes > 10", "{value} used", .severity = RULE_INFO },
	{ "share", "vm", "lost_share > 0.1", "{value} lost", .severity = RULE_WARN },
	{ "kept", "vm", "k == 1", "s", .keep_s = 30, .severity = RULE_WARN, .network = TRUE },
	{ .name = NULL },
};

static void
set(struct rules_rig *rig, const char *metric, double value, const char *host)
{
	samples_set(rig->s, metric, value, rig->now_us, "host", host, NULL);
}

static void
expect_events(struct rules_rig *rig, const char *expected)
{
	g_autofree char *events = NULL;

	rules_rig_tick(rig);
	events = rules_rig_events(rig);
	g_assert_cmpstr(events, ==, expected);
}

/* Parts with the same labels are judged together; one without labels holds for all. */
static void
joins(void)
{
	struct rules_rig rig;

	rules_rig_begin(&rig, table);
	set(&rig, "a", 2, "x");
	set(&rig, "a", 2, "y");
	set(&rig, "b", 2, "y");
	set(&rig, "b", 2, "z");
	expect_events(&rig, "both{host=\"y\"} pending; ");
	g_assert_null(rules_find(rig.r, "both", "host=\"x\""));
	samples_set(rig.s, "b", 2, rig.now_us, NULL);
	expect_events(&rig, "both{host=\"x\"} pending; ");
	samples_set(rig.s, "c", 2, rig.now_us, NULL);
	set(&rig, "a", 9, "z");
	expect_events(&rig, "both{host=\"z\"} pending; either{host=\"x\"} fired; either{host=\"y\"} fired; either{} fired; ");
	rules_rig_end(&rig);
}

/* A series that was swept away is false; one that comes back goes on where its alert is. */
static void
vanished(void)
{
	struct rules_rig rig;

	rules_rig_begin(&rig, table);
	set(&rig, "k", 1, "x");
	set(&rig, "k", 1, "y");
	expect_events(&rig, "kept{host=\"x\"} fired; kept{host=\"y\"} fired; ");
	rules_rig_pass(&rig, 10);
	samples_begin(rig.s, "k");
	set(&rig, "k", 1, "y");
	samples_sweep(rig.s, "k");
	expect_events(&rig, "");
	g_assert_cmpint(rules_rig_state(&rig, "kept", "host=\"x\""), ==, ALERT_KEPT);
	g_assert_cmpint(rules_rig_state(&rig, "kept", "host=\"y\""), ==, ALERT_FIRING);
	rules_rig_pass(&rig, 10);
	set(&rig, "k", 1, "x");
	expect_events(&rig, "");
	g_assert_cmpint(rules_rig_state(&rig, "kept", "host=\"x\""), ==, ALERT_FIRING);
	samples_begin(rig.s, "k");
	samples_sweep(rig.s, "k");
	expect_events(&rig, "");
	rules_rig_pass(&rig, 29);
	expect_events(&rig, "");
	rules_rig_pass(&rig, 1);
	expect_events(&rig, "kept{host=\"x\"} resolved; kept{host=\"y\"} resolved; ");
	g_assert_cmpint(rules_rig_alert(&rig, "kept", "host=\"y\"")->resolved_us, ==, rig.now_us);
	for (guint i = 0; i < 200; i++) { /* it is remembered for a quarter of an hour, and no longer */
		rules_rig_pass(&rig, 10);
		rules_rig_tick(&rig);
		if (i == 89)
			g_assert_nonnull(rules_find(rig.r, "kept", "host=\"y\""));
	}
	g_assert_null(rules_find(rig.r, "kept", "host=\"y\""));
	rules_rig_end(&rig);
}

/* A rule that is unknown for more than five minutes says so, and is something that midwatch cannot see; but no other rule is unknown for that. */
static void
unknown_rows(void)
{
	struct rules_rig rig;
	const GPtrArray *alerts;
	g_autofree char *summary = NULL;

	rules_rig_begin(&rig, table);
	samples_set(rig.s, "observer_blind", 0, rig.now_us, NULL);
	samples_unknown(rig.s, "used_bytes", "no answer", rig.now_us, "host", "x", NULL);
	expect_events(&rig, "");
	rules_rig_pass(&rig, 300);
	samples_unknown(rig.s, "used_bytes", "no answer", rig.now_us, "host", "x", NULL);
	expect_events(&rig, "");
	rules_rig_pass(&rig, 1);
	samples_set(rig.s, "observer_blind", 0, rig.now_us, NULL);
	set(&rig, "k", 1, "x");
	expect_events(&rig, "size{host=\"x\"} unknown; kept{host=\"x\"} fired; ");
	expect_events(&rig, "observer_blind{rule=\"size\"} fired; ");
	alerts = rules_alerts(rig.r);
	g_assert_cmpuint(alerts->len, ==, 3);
	summary = alert_summary(rules_rig_alert(&rig, "observer_blind", "rule=\"size\""));
	g_assert_cmpstr(summary, ==, "blind: size is unknown: no answer");
	set(&rig, "k", 1, "x");
	set(&rig, "used_bytes", 1, "x");
	expect_events(&rig, "size{host=\"x\"} known; ");
	g_assert_cmpint(rules_rig_state(&rig, "kept", "host=\"x\""), ==, ALERT_FIRING);
	expect_events(&rig, "observer_blind{rule=\"size\"} resolved; ");
	for (guint i = 0; i < 200; i++) { /* that is over, and forgotten as anything else */
		rules_rig_pass(&rig, 10);
		set(&rig, "used_bytes", 1, "x");
		rules_rig_tick(&rig);
	}
	g_assert_null(rules_find(rig.r, "observer_blind", "rule=\"size\""));
	rules_rig_end(&rig);
}

static void
expect_summary(struct rules_rig *rig, const char *rule, const char *expected)
{
	g_autofree char *summary = NULL;

	rules_rig_tick(rig);
	summary = alert_summary(rules_rig_alert(rig, rule, "host=\"x\""));
	g_assert_cmpstr(summary, ==, expected);
}

static void
summaries(void)
{
	struct rules_rig rig;

	rules_rig_begin(&rig, table);
	samples_set(rig.s, "a", 2.5, rig.now_us, "host", "x", "~note", "say \"hi\"", NULL);
	set(&rig, "b", 7, "x");
	expect_summary(&rig, "both", "x 2.50 say \"hi\" unit ? ${host} {odd");
	set(&rig, "used_bytes", 1.5e9, "x");
	expect_summary(&rig, "size", "1.40 GiB used");
	set(&rig, "used_bytes", 999, "x");
	expect_summary(&rig, "size", "999 B used");
	set(&rig, "used_bytes", 200e6, "x");
	expect_summary(&rig, "size", "191 MiB used");
	set(&rig, "lost_share", 0.1015, "x");
	expect_summary(&rig, "share", "10.2 % lost");
	samples_unknown(rig.s, "lost_share", NULL, rig.now_us, "host", "x", NULL);
	expect_summary(&rig, "share", "an unknown value lost");
	rules_rig_end(&rig);
}

static void
strip(void)
{
	struct rules_rig rig;
	const struct alert *a;

	rules_rig_begin(&rig, table);
	for (guint i = 0; i < 100; i++) {
		set(&rig, "k", i == 90 || i == 91, "x");
		if (i == 95)
			samples_unknown(rig.s, "k", NULL, rig.now_us, "host", "x", NULL);
		rules_rig_tick(&rig);
		rules_rig_pass(&rig, 10);
	}
	a = rules_rig_alert(&rig, "kept", "host=\"x\"");
	g_assert_cmpuint(a->strip_count, ==, ALERT_STRIP);
	for (guint back = 1; back <= ALERT_STRIP; back++) {
		enum truth truth = (enum truth)a->strip[(a->strip_at + ALERT_STRIP - back) % ALERT_STRIP];
		g_assert_cmpint(truth, ==, back == 10 || back == 9 ? TRUTH_TRUE : back == 5 ? TRUTH_UNKNOWN : TRUTH_FALSE);
	}
	rules_rig_end(&rig);
}

static void
rows(void)
{
	struct rules_rig rig;
	g_autoptr(GArray) before = NULL, after = NULL;
	g_autoptr(GPtrArray) live = NULL;
	const struct rules_row *row;
	struct rules_row found;

	rules_rig_begin(&rig, table);
	before = rules_rows(rig.r);
	g_assert_cmpuint(before->len, ==, 6);
	g_assert_null(g_array_index(before, struct rules_row, 3).alert);
	set(&rig, "used_bytes", 1, "a");
	set(&rig, "used_bytes", 20, "b");
	set(&rig, "used_bytes", NAN, "c");
	set(&rig, "lost_share", 0.05, "a");
	rules_rig_tick(&rig);
	after = rules_rows(rig.r);
	row = &g_array_index(after, struct rules_row, 3);
	g_assert_cmpstr(row->rule->name, ==, "size");
	g_assert_cmpstr(row->alert->labels, ==, "host=\"b\"");
	g_assert_cmpuint(row->series, ==, 3);
	g_assert_cmpuint(row->firing, ==, 1);
	g_assert_cmpuint(row->unknown, ==, 1);
	live = rules_live(rig.r, row->rule);
	g_assert_cmpuint(live->len, ==, 2); /* what is not known for a moment only is no alert yet, but is not well either */
	g_assert_cmpuint(rules_alerts(rig.r)->len, ==, 1);
	g_assert_cmpstr(((const struct alert *)live->pdata[1])->labels, ==, "host=\"c\"");
	g_assert_true(rules_row_find(rig.r, "size", &found) && found.alert == row->alert && found.unknown == 1);
	g_assert_false(rules_row_find(rig.r, "sizes", &found));
	row = &g_array_index(after, struct rules_row, 4);
	g_assert_cmpint(row->alert->state, ==, ALERT_INACTIVE);
	g_assert_cmpfloat(row->alert->value, ==, 0.05);
	rules_rig_end(&rig);
}

/* More than there is room for is counted and said. */
static void
bounds(void)
{
	struct rules_rig rig;
	g_autofree char *none = NULL, *trouble = NULL;
	g_autoptr(GArray) all = NULL;

	rules_rig_begin(&rig, table);
	for (guint i = 0; i < RULES_ALERTS_MAX; i++) {
		g_autofree char *host = g_strdup_printf("h%u", i), *other = g_strdup_printf("o%u", i);
		set(&rig, "a", 9, host);
		if (i < 5)
			set(&rig, "c", 9, other);
	}
	none = rules_trouble(rig.r);
	g_assert_null(none);
	rules_rig_tick(&rig);
	trouble = rules_trouble(rig.r);
	g_assert_cmpstr(trouble, ==, "5 series are not judged, there is no room for more: either and maybe others");
	all = rules_rows(rig.r);
	g_assert_cmpuint(g_array_index(all, struct rules_row, 2).firing, ==, RULES_ALERTS_MAX);
	g_assert_cmpuint(g_array_index(all, struct rules_row, 2).left_out, ==, 5);
	rules_rig_end(&rig);
}

static void
refused(void)
{
	GPtrArray *list = g_ptr_array_new();
	struct rule *r = rule_new("odd");
	g_autoptr(GError) error = NULL;

	r->expr = g_strdup("a >");
	g_ptr_array_add(list, r);
	g_assert_null(rules_new(list, &error));
	g_assert_cmpstr(error->message, ==, "rule odd: at 3: a number is missing");
	rule_free(r);
}

/* What an alert was told with is what it says after a restart, until its series is seen again. */
static void
notes_are_kept(void)
{
	struct rules_rig rig;
	g_autofree char *summary = NULL;

	rules_rig_begin(&rig, table);
	samples_set(rig.s, "a", 2.5, rig.now_us, "host", "x", "~note", "say \"hi\"", NULL);
	set(&rig, "b", 7, "x");
	rules_rig_tick(&rig);
	rules_rig_pass(&rig, 20);
	rules_rig_tick(&rig);
	g_assert_cmpint(rules_rig_state(&rig, "both", "host=\"x\""), ==, ALERT_FIRING);
	rules_rig_restart(&rig, table, "both", "host=\"x\"", 60);
	rules_rig_tick(&rig);
	summary = alert_summary(rules_rig_alert(&rig, "both", "host=\"x\""));
	g_assert_cmpstr(summary, ==, "x an unknown value say \"hi\" unit ? ${host} {odd");
	rules_rig_end(&rig);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/joins", joins);
	g_test_add_func("/rules/vanished", vanished);
	g_test_add_func("/rules/unknown-rows", unknown_rows);
	g_test_add_func("/rules/summaries", summaries);
	g_test_add_func("/rules/notes-are-kept", notes_are_kept);
	g_test_add_func("/rules/strip", strip);
	g_test_add_func("/rules/rows", rows);
	g_test_add_func("/rules/bounds", bounds);
	g_test_add_func("/rules/refused", refused);
	return g_test_run();
}
