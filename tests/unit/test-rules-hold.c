/* What holds an alert back, and what is said of it: inhibition, silences, the mute of a rollout. */
#include <string.h>

#include "tests/unit/rules_rig.h"

static const char yaml[] = "rules:\n"
                           "  - {name: health, scope: cloud, summary: s, expr: health == 1, severity: page, inhibits: [{rule: health_degraded}, {rule: error_*}]}\n"
                           "  - {name: health_degraded, scope: cloud, summary: s, expr: degraded == 1, severity: crit}\n"
                           "  - {name: error_any, scope: cloud, summary: s, expr: errors > 0, for: 1m, severity: page, inhibits: [{rule: error_*}]}\n"
                           "  - {name: errors, scope: cloud, summary: s, expr: errors > 0, severity: ticket}\n"
                           "  - {name: host, scope: vm, summary: s, expr: host == 1, keep: 1m, severity: warn, inhibits: [{rule: container_*, equal: host}]}\n"
                           "  - {name: container_bad, scope: vm, summary: s, expr: bad == 1, severity: page, rollout_mute: true}\n"
                           "  - {name: ring_a, scope: vm, summary: s, expr: ring == 1, severity: page, inhibits: [{rule: ring_b}]}\n"
                           "  - {name: ring_b, scope: vm, summary: s, expr: ring == 1, severity: page, inhibits: [{rule: ring_c}]}\n"
                           "  - {name: ring_c, scope: vm, summary: s, expr: ring == 1, severity: page, inhibits: [{rule: ring_a}]}\n";

static void
set(struct rules_rig *rig, const char *metric, double value, const char *host)
{
	samples_set(rig->s, metric, value, rig->now_us, "host", host, NULL);
}

static void
expect(const struct rules_rig *rig, const char *rule, const char *labels, const char *consequence, gboolean pages)
{
	const struct alert *a = rules_rig_alert(rig, rule, labels);
	g_autofree char *words = alert_consequence(rig->r, a);

	g_assert_cmpstr(words, ==, consequence);
	g_assert_cmpint(alert_pages(a), ==, pages);
}

static void
inhibition(void)
{
	struct rules_rig rig;

	rules_rig_begin(&rig, yaml);
	set(&rig, "health", 0, "a");
	set(&rig, "degraded", 1, "b");
	set(&rig, "errors", 1, "b");
	rules_rig_tick(&rig);
	expect(&rig, "health_degraded", "host=\"b\"", "escalate", FALSE);
	expect(&rig, "error_any", "host=\"b\"", "in 60 s, if it stays: page now", FALSE);
	set(&rig, "health", 1, "a");
	rules_rig_pass(&rig, 60);
	set(&rig, "errors", 1, "b");
	rules_rig_tick(&rig);
	expect(&rig, "health", "host=\"a\"", "page now", TRUE);
	expect(&rig, "health_degraded", "host=\"b\"", "do not page: inhibited by health", FALSE);
	expect(&rig, "error_any", "host=\"b\"", "do not page: inhibited by health", FALSE);
	expect(&rig, "errors", "host=\"b\"", "next business day", FALSE); /* "error_*" is not its name's beginning */
	set(&rig, "health", 0, "a");
	rules_rig_tick(&rig);
	expect(&rig, "health", "host=\"a\"", "nothing to do", FALSE);
	expect(&rig, "error_any", "host=\"b\"", "page now", TRUE); /* it takes its own name, and does not hold itself back */
	rules_rig_end(&rig);
}

static void
equal_labels(void)
{
	struct rules_rig rig;

	rules_rig_begin(&rig, yaml);
	set(&rig, "host", 1, "a");
	set(&rig, "bad", 1, "a");
	set(&rig, "bad", 1, "b");
	samples_set(rig.s, "bad", 1, rig.now_us, "container", "x", NULL);
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "host=\"a\"", "do not page: inhibited by host", FALSE);
	expect(&rig, "container_bad", "host=\"b\"", "page now", TRUE);
	expect(&rig, "container_bad", "container=\"x\"", "page now", TRUE);
	samples_set(rig.s, "host", 1, rig.now_us, NULL); /* missing on both sides is the same */
	set(&rig, "host", 0, "a");
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "container=\"x\"", "do not page: inhibited by host", FALSE);
	expect(&rig, "container_bad", "host=\"a\"", "do not page: inhibited by host", FALSE); /* kept is firing */
	rules_rig_pass(&rig, 60);
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "host=\"a\"", "page now", TRUE);
	rules_rig_end(&rig);
}

/* Rules that hold each other back must not hide what is wrong. */
static void
ring(void)
{
	struct rules_rig rig;
	guint pages = 0;

	rules_rig_begin(&rig, yaml);
	set(&rig, "ring", 1, "a");
	rules_rig_tick(&rig);
	pages += alert_pages(rules_rig_alert(&rig, "ring_a", "host=\"a\""));
	pages += alert_pages(rules_rig_alert(&rig, "ring_b", "host=\"a\""));
	pages += alert_pages(rules_rig_alert(&rig, "ring_c", "host=\"a\""));
	g_assert_cmpuint(pages, ==, 1);
	expect(&rig, "ring_a", "host=\"a\"", "page now", TRUE);
	rules_rig_end(&rig);
}

static void
silence(struct rules_rig *rig, gint64 number, const char *rule, const char *labels, gint64 seconds)
{
	struct silence *s = g_new0(struct silence, 1);

	*s = (struct silence){ .number = number, .rule = g_strdup(rule), .labels = g_strdup(labels), .begin_utc_us = rig->utc_us,
		               .end_utc_us = rig->utc_us + seconds * RIG_SECOND_US, .by = g_strdup("ann") };
	rules_silence(rig->r, s);
}

static void
silences(void)
{
	struct rules_rig rig;

	rules_rig_begin(&rig, yaml);
	set(&rig, "bad", 1, "a");
	set(&rig, "bad", 1, "b");
	silence(&rig, 7, "container_*", "host=\"a\"", 1800);
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "host=\"a\"", "do not page: silenced until 11:36Z by ann", FALSE);
	expect(&rig, "container_bad", "host=\"b\"", "page now", TRUE);
	silence(&rig, 8, NULL, NULL, 24 * 3600);
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "host=\"a\"", "do not page: silenced until 2026-11-19 11:06Z by ann", FALSE);
	g_assert_true(rules_unsilence(rig.r, 8));
	g_assert_false(rules_unsilence(rig.r, 8));
	rig.utc_us += 1799 * RIG_SECOND_US;
	rules_rig_tick(&rig);
	g_assert_cmpint(rules_rig_alert(&rig, "container_bad", "host=\"a\"")->silence, ==, 7);
	rig.utc_us += RIG_SECOND_US;
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "host=\"a\"", "page now", TRUE);
	g_assert_cmpuint(rules_silences(rig.r)->len, ==, 0);
	silence(&rig, 9, NULL, NULL, G_MAXINT32); /* none is endless */
	g_assert_cmpint(((struct silence *)rules_silences(rig.r)->pdata[0])->end_utc_us - rig.utc_us, ==, RULES_SILENCE_MAX_US);
	rules_rig_end(&rig);
}

static void
rollout_mute(void)
{
	struct rules_rig rig;

	rules_rig_begin(&rig, yaml);
	set(&rig, "bad", 1, "a");
	set(&rig, "health", 1, "a");
	rules_rollout_mute(rig.r, rig.now_us + RIG_MINUTE_US);
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "host=\"a\"", "do not page: muted by a rollout", FALSE);
	expect(&rig, "health", "host=\"a\"", "page now", TRUE);
	rules_rig_pass(&rig, 59);
	rules_rig_tick(&rig);
	g_assert_true(rules_rig_alert(&rig, "container_bad", "host=\"a\"")->muted);
	rules_rig_pass(&rig, 1);
	rules_rig_tick(&rig);
	expect(&rig, "container_bad", "host=\"a\"", "page now", TRUE);
	rules_rig_end(&rig);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules-hold/inhibition", inhibition);
	g_test_add_func("/rules-hold/equal-labels", equal_labels);
	g_test_add_func("/rules-hold/ring", ring);
	g_test_add_func("/rules-hold/silences", silences);
	g_test_add_func("/rules-hold/rollout-mute", rollout_mute);
	return g_test_run();
}
