/* The Rules panel, drawn from rules that are evaluated on a virtual clock. UPDATE_GOLDEN=1 writes what it looks like anew. */
#include <math.h>
#include <string.h>

#include "app/rule_files.h"
#include "panels/rules_private.h"
#include "tests/unit/panel_world.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define TICKS 40 /* of ten seconds */

static const char file[] =
	"rules:\n"
	"  - {name: health_non200, scope: cloud, expr: health_non200 == 1, for: 2m, keep: 1m, severity: page, network: true,\n"
	"     summary: 'the health check does not answer 200', inhibits: [{rule: health_degraded}], runbook: 'https://wiki.example.com/health'}\n"
	"  - {name: health_degraded, scope: cloud, expr: health_degraded == 1, severity: warn, summary: 'the frontend does not answer'}\n"
	"  - {name: steal_warn, scope: vm, expr: steal_percent > 5, for: 10m, severity: warn, summary: '{host}: {value} % of CPU time stolen'}\n"
	"  - {name: container_unhealthy, scope: vm, expr: container_unhealthy == 1, severity: warn, summary: '{container} on {host} is unhealthy'}\n"
	"  - {name: gateway_flap, scope: fleet, expr: gateway_changes_15m >= 3, severity: ticket, summary: '{gateway} flaps'}\n"
	"  - {name: ingest_stalled, scope: cloud, expr: ingest_age_seconds > 300, severity: page, summary: 'no new event for {value}s'}\n"
	"  - {name: customer_total_loss, scope: cloud, severity: page, manual: true, summary: 'total loss for the whole org {org}'}\n";

static void sample(struct samples *s, gint64 now)
{
	samples_set(s, "health_non200", 1, now, NULL);
	samples_set(s, "health_degraded", 1, now, NULL);
	samples_set(s, "steal_percent", 8.25, now, "host", "srv1491630", NULL);
	samples_set(s, "container_unhealthy", 1, now, "host", "srv1491630", "container", "clock-web", NULL);
	samples_set(s, "container_unhealthy", 0, now, "host", "srv1491630", "container", "redis", NULL);
	samples_set(s, "gateway_changes_15m", 0, now, "gateway", "gw-014", NULL);
	samples_unknown(s, "ingest_age_seconds", "the canary does not answer", now, NULL);
}

static void add_foreign(struct world *w, const char *name, enum foreign_state state, const char *held_by)
{
	struct foreign_alert *a = foreign_alert_new();

	a->name = g_strdup(name);
	a->labels = g_strdup("instance=\"db1\"");
	a->severity = g_strdup("critical");
	a->summary = g_strdup("the disk of db1 is full");
	a->fingerprint = g_strdup(name);
	a->held_by = g_strdup(held_by);
	a->starts_utc_us = WORLD_UTC_US - 3600 * SECOND;
	a->state = state;
	g_ptr_array_add(w->foreign.alerts, a);
}

static struct world *rules_world(void)
{
	g_autoptr(GPtrArray) problems = config_problems_new(), rules = rule_file_parse(file, strlen(file), "test", problems);
	struct world *w = panel_world_new();
	struct samples *s = samples_new();
	g_autoptr(GError) error = NULL;

	if (!rules)
		g_error("%s", ((const struct config_problem *)problems->pdata[0])->message);
	w->rules = rules_new(g_steal_pointer(&rules), &error);
	g_assert_no_error(error);
	for (int i = TICKS; i >= 0; i--) {
		sample(s, WORLD_NOW_US - i * 10 * SECOND);
		rules_tick(w->rules, s, WORLD_NOW_US - i * 10 * SECOND, WORLD_UTC_US - i * 10 * SECOND);
	}
	samples_free(s);
	w->rules_quiet = "paging is off: nothing is configured";
	w->foreign.url = g_strdup("http://127.0.0.1:9093");
	datum_good(&w->foreign.datum, WORLD_NOW_US - 4 * SECOND);
	add_foreign(w, "DiskFull", FOREIGN_ACTIVE, NULL);
	add_foreign(w, "Noisy", FOREIGN_SUPPRESSED, "silence 7f3c");
	return w;
}

static struct stage *stage_of(void)
{
	return stage_new(&rules_panel, rules_world(), 19, 80);
}

static void end(struct stage *s)
{
	struct rules *rules = s->world->rules;

	s->world->rules = NULL;
	rules_free(rules);
	stage_free(s);
}

static void has(const struct stage *s, const char *text)
{
	page_assert_has(&s->canvas, text);
}

static void point_at(struct stage *s, const char *name)
{
	s->class->select(s->panel, NULL, name);
	stage_draw(s);
}

static void test_golden(void)
{
	struct stage *s = stage_of();

	stage_golden(s, "rules", TRUE);
	point_at(s, "health_degraded");
	stage_press(s, ACT_DETAILS);
	stage_golden(s, "rules-inhibited", TRUE);
	end(s);
}

static void test_words(void)
{
	struct stage *s = stage_of();

	s->width = 160;
	stage_draw(s);
	has(s, "nobody is told from here: paging is off: nothing is configured");
	has(s, "page now");
	has(s, "do not page: inhibited by health_non200");
	has(s, "soon: attention");
	has(s, "not known: the canary does not answer");
	has(s, "AM DiskFull");
	has(s, "do not page: silence 7f3c");
	has(s, "[All] Firing 4  Pending 1  Unknown 1  Silenced 1");
	end(s);
}

/* The worst first, what is held back after what is not. */
static void test_order(void)
{
	static const char *const order[] = { "health_non200", "AM DiskFull", "container_unhealthy", "steal_warn", "health_degraded", "AM Noisy", "ingest_stalled" };
	struct stage *s = stage_of();
	int before = 0;

	for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
		int row = page_find(&s->canvas, order[i]);
		g_assert_cmpint(row, >, before);
		before = row;
	}
	end(s);
}

/* The details name which series of a rule is not known, also when it is for a moment only. */
static void test_unknown_series(void)
{
	struct world *w = rules_world();
	struct samples *samples = samples_new();
	struct stage *s;

	sample(samples, WORLD_NOW_US);
	samples_unknown(samples, "gateway_changes_15m", "it was not asked yet", WORLD_NOW_US, "gateway", "gw-020", NULL);
	rules_tick(w->rules, samples, WORLD_NOW_US, WORLD_UTC_US);
	samples_free(samples);
	s = stage_new(&rules_panel, w, 40, 120);
	point_at(s, "gateway_flap");
	has(s, "1 of 2 not known");
	stage_press(s, ACT_DETAILS);
	has(s, "gateway=\"gw-020\"  unknown: it was not asked yet");
	g_assert_cmpint(page_find(&s->canvas, "gateway=\"gw-014\""), <, 0);
	end(s);
}

static void test_filter(void)
{
	struct stage *s = stage_of();

	stage_answer(s, ACT_FILTER, "state:\"no data\"", TRUE);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_NOTICE), ==, 0);
	end(s);
}

static void test_silence(void)
{
	struct stage *s = stage_of();

	point_at(s, "container_unhealthy");
	g_assert_true(stage_press(s, ACT_RULE_SILENCE));
	stage_answer(s, ACT_RULE_SILENCE, "soon", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_NOTICE), "\"soon\" is no time"));
	g_assert_true(stage_press(s, ACT_RULE_SILENCE));
	stage_answer(s, ACT_RULE_SILENCE, "2h", TRUE);
	stage_answer(s, ACT_RULE_SILENCE, "", TRUE);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_SILENCE), ==, 0);
	g_assert_true(stage_press(s, ACT_RULE_SILENCE));
	stage_answer(s, ACT_RULE_SILENCE, "2h", TRUE);
	stage_answer(s, ACT_RULE_SILENCE, "being replaced", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_SILENCE), "|container_unhealthy|being replaced|"));
	point_at(s, "DiskFull");
	g_assert_true(stage_press(s, ACT_RULE_SILENCE));
	stage_answer(s, ACT_RULE_SILENCE, "30m", TRUE);
	stage_answer(s, ACT_RULE_SILENCE, "known", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_SILENCE_FOREIGN), "|DiskFull|known|"));
	s->world->readonly = TRUE;
	g_assert_cmpstr(stage_why_not(s, ACT_RULE_SILENCE), ==, "midwatch is locked read-only");
	end(s);
}

static void test_duration(void)
{
	g_assert_cmpint(rules_duration("90s"), ==, 90);
	g_assert_cmpint(rules_duration("30m"), ==, 1800);
	g_assert_cmpint(rules_duration("2h"), ==, 7200);
	g_assert_cmpint(rules_duration("30d"), ==, 30 * 86400);
	g_assert_cmpint(rules_duration("31d"), ==, 0);
	g_assert_cmpint(rules_duration("2"), ==, 0);
	g_assert_cmpint(rules_duration("h"), ==, 0);
	g_assert_cmpint(rules_duration("-2h"), ==, 0);
	g_assert_cmpint(rules_duration("99999999999999999999d"), ==, 0);
}

/* The form asks for the labels that stand in the summary, then for what is known. */
static void test_manual(void)
{
	struct stage *s = stage_of();

	point_at(s, "health_degraded");
	g_assert_nonnull(strstr(stage_why_not(s, ACT_RULE_MANUAL), "an input tells this rule"));
	point_at(s, "customer_total_loss");
	g_assert_true(stage_press(s, ACT_RULE_MANUAL));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_REASON), "|org: |"));
	stage_answer(s, ACT_RULE_MANUAL, "ac\"me", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_REASON), "|what is known, and from whom: |"));
	stage_answer(s, ACT_RULE_MANUAL, "called by their admin", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_MANUAL), "|customer_total_loss|called by their admin|"));
	end(s);
}

static void test_go(void)
{
	struct stage *s = stage_of();

	point_at(s, "container_unhealthy");
	g_assert_true(stage_press(s, ACT_RULE_GO));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_OPEN_PANEL), "srv1491630|clock-web|containers|"));
	point_at(s, "steal_warn");
	g_assert_true(stage_press(s, ACT_RULE_GO));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_OPEN_PANEL), "srv1491630|-|score|"));
	end(s);
}

static void test_all_keys_all_sizes(void)
{
	static const enum action commands[] = { ACT_DETAILS, ACT_TAB_NEXT, ACT_FULL, ACT_ESCAPE, ACT_CHIP, ACT_CHIP, ACT_CHIP };
	struct stage *s = stage_of();

	stage_press_all(s);
	stage_sweep(s, commands, G_N_ELEMENTS(commands));
	end(s);
	s = stage_new(&rules_panel, panel_world_new(), 19, 80);
	has(s, "no rules are evaluated");
	stage_press_all(s);
	stage_free(s);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	page_open();
	g_test_add_func("/rules-panel/golden", test_golden);
	g_test_add_func("/rules-panel/words", test_words);
	g_test_add_func("/rules-panel/order", test_order);
	g_test_add_func("/rules-panel/unknown-series", test_unknown_series);
	g_test_add_func("/rules-panel/filter", test_filter);
	g_test_add_func("/rules-panel/silence", test_silence);
	g_test_add_func("/rules-panel/duration", test_duration);
	g_test_add_func("/rules-panel/manual", test_manual);
	g_test_add_func("/rules-panel/go", test_go);
	g_test_add_func("/rules-panel/all-keys-all-sizes", test_all_keys_all_sizes);
	status = g_test_run();
	page_close();
	return status;
}
