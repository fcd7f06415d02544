/* What the top line says of the rules: those that page before all else, lesser ones only when nothing else is wrong, held ones never. */
#include "model/headline.h"

#include <glib.h>

#define SECOND ((gint64)G_USEC_PER_SEC)

struct fixture { struct world *world; struct samples *samples; struct rules *rules; };

static struct rule *
manual_rule(const char *name, enum rule_severity severity)
{
	struct rule *r = rule_new(name);

	r->scope = g_strdup("cloud");
	r->summary = g_strdup(name);
	r->manual = TRUE;
	r->severity = severity;
	return r;
}

static void
set_up(struct fixture *f)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(list, manual_rule("leak", RULE_PAGE));
	g_ptr_array_add(list, manual_rule("slow", RULE_TICKET));
	g_ptr_array_add(list, manual_rule("note", RULE_INFO));
	f->samples = samples_new();
	f->rules = rules_new(list, &error);
	g_assert_no_error(error);
	f->world = world_new(1 << 20);
	f->world->rules = f->rules;
	f->world->now_us = 1000 * SECOND;
}

static void
tear_down(struct fixture *f)
{
	world_free(f->world);
	rules_free(f->rules);
	samples_free(f->samples);
}

static void
say(struct fixture *f, const char *rule)
{
	rules_manual(f->rules, rule, "", TRUE, f->world->now_us);
	rules_tick(f->rules, f->samples, f->world->now_us, f->world->now_us);
}

static void
assert_says(const struct fixture *f, enum severity severity, const char *text, gboolean by_rule)
{
	struct headline h;

	headline_compute(f->world, &h);
	g_assert_cmpstr(h.text, ==, text);
	g_assert_cmpint(h.severity, ==, severity);
	g_assert_cmpint(h.by_rule, ==, by_rule);
}

static void
test_rules(void)
{
	struct fixture f;

	set_up(&f);
	say(&f, "note");
	assert_says(&f, SEVERITY_OK, "all is well", FALSE);
	say(&f, "slow");
	f.world->now_us += 5 * SECOND;
	assert_says(&f, SEVERITY_WARN, "1 rule firing: slow 5s", TRUE);
	say(&f, "leak");
	assert_says(&f, SEVERITY_CRIT, "2 rules firing: leak 0s", TRUE);
	tear_down(&f);
}

/* Two alerts of one rule are one rule. */
static void
test_counts(void)
{
	struct headline h;
	struct fixture f;

	set_up(&f);
	rules_manual(f.rules, "slow", "host=\"a\"", TRUE, f.world->now_us);
	rules_manual(f.rules, "slow", "host=\"b\"", TRUE, f.world->now_us);
	say(&f, "note");
	assert_says(&f, SEVERITY_WARN, "1 rule firing: slow 0s", TRUE);
	headline_compute(f.world, &h);
	g_assert_cmpuint(h.rules.firing, ==, 1);
	tear_down(&f);
}

static void
test_silenced(void)
{
	struct fixture f;
	struct silence *silence = g_new0(struct silence, 1);

	set_up(&f);
	*silence = (struct silence){ .number = 1, .rule = g_strdup("leak"), .begin_utc_us = 0, .end_utc_us = 5000 * SECOND, .by = g_strdup("ann"),
	                             .comment = g_strdup("known") };
	rules_silence(f.rules, silence);
	say(&f, "leak");
	assert_says(&f, SEVERITY_OK, "all is well", FALSE);
	tear_down(&f);
}

/* What nobody has looked at yet is not well. */
static void
test_not_evaluated(void)
{
	struct fixture f;

	set_up(&f);
	assert_says(&f, SEVERITY_UNKNOWN, "waiting for the first answers", FALSE);
	rules_tick(f.rules, f.samples, f.world->now_us, f.world->now_us);
	assert_says(&f, SEVERITY_OK, "all is well", FALSE);
	f.world->fleet = fleet_new("unit", 1800 * SECOND);
	assert_says(&f, SEVERITY_UNKNOWN, "waiting for the first answers", FALSE);
	tear_down(&f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/headline/rules", test_rules);
	g_test_add_func("/headline/counts", test_counts);
	g_test_add_func("/headline/silenced", test_silenced);
	g_test_add_func("/headline/not-evaluated", test_not_evaluated);
	return g_test_run();
}
