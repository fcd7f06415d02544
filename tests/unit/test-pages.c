/* Pages: one a scope and one key, from the first rule to the last; restarts in between; lower severities, each once. */
#include "model/pages.h"

#include <string.h>

#include "tests/unit/rules_rig.h"

static const struct rig_rule table[] = {
	{ "one", "cloud", "one == 1", "one on {host}", .keep_s = 60, .severity = RULE_PAGE },
	{ "two", "cloud", "two == 1", "two", .for_s = 20, .severity = RULE_PAGE },
	{ "far", "fleet", "far == 1", "far", .severity = RULE_PAGE },
	{ "low", "cloud", "low == 1", "low {host}", .severity = RULE_TICKET },
	{ .name = NULL },
};

#define SETTLED_TICKS 40 /* more than a page from before a restart waits for samples */

struct scene { struct rules_rig rig; struct pages *p; GString *said; };

static void
say(void *user, enum page_event e, const struct page *p)
{
	static const char *const names[] = { [PAGE_TRIGGER] = "TRIGGER", [PAGE_UPDATE] = "UPDATE", [PAGE_RESOLVE] = "RESOLVE" };
	struct scene *s = user;

	g_string_append_printf(s->said, "%s %s [", names[e], p->dedup_key);
	for (guint i = 0; i < p->alerts->len; i++)
		g_string_append_printf(s->said, "%s%s", i > 0 ? " | " : "", (const char *)p->alerts->pdata[i]);
	g_string_append(s->said, "]; ");
}

static void
tell(void *user, const struct alert *a, gboolean fired)
{
	struct scene *s = user;
	g_autofree char *summary = alert_summary(a);

	g_string_append_printf(s->said, "%s %s; ", summary, fired ? "fires" : "ended");
}

static void
begin(struct scene *s)
{
	rules_rig_begin(&s->rig, table);
	s->said = g_string_new(NULL);
	s->p = pages_new("prod", say, tell, s);
}

static void
end(struct scene *s)
{
	rules_rig_end(&s->rig);
	pages_free(s->p);
	g_string_free(s->said, TRUE);
}

static void
set(struct scene *s, const char *metric, double value)
{
	samples_set(s->rig.s, metric, value, s->rig.now_us, "host", "h1", NULL);
}

static void
tick(struct scene *s, const char *expected)
{
	rules_rig_pass(&s->rig, 10);
	rules_rig_tick(&s->rig);
	pages_tick(s->p, s->rig.r, s->rig.utc_us);
	g_assert_cmpstr(s->said->str, ==, expected);
	g_string_truncate(s->said, 0);
}

static void
one_a_scope(void)
{
	struct scene s;

	begin(&s);
	tick(&s, "");
	set(&s, "one", 1);
	tick(&s, "TRIGGER midwatch/prod/cloud/one [one: one on h1]; ");
	set(&s, "two", 1);
	set(&s, "far", 1);
	tick(&s, "TRIGGER midwatch/prod/fleet/far [far: far]; ");
	tick(&s, "");
	tick(&s, "UPDATE midwatch/prod/cloud/one [one: one on h1 | two: two]; ");
	g_assert_cmpuint(pages_open(s.p)->len, ==, 2);
	set(&s, "one", 0);
	for (guint i = 0; i < 6; i++)
		tick(&s, ""); /* it is kept */
	tick(&s, "UPDATE midwatch/prod/cloud/one [two: two]; ");
	set(&s, "two", 0);
	tick(&s, "RESOLVE midwatch/prod/cloud/one []; ");
	set(&s, "two", 1);
	set(&s, "far", 0);
	tick(&s, "RESOLVE midwatch/prod/fleet/far []; ");
	tick(&s, "");
	tick(&s, "TRIGGER midwatch/prod/cloud/two [two: two]; ");
	end(&s);
}

static void
lower(void)
{
	struct scene s;

	begin(&s);
	set(&s, "low", 1);
	tick(&s, "low h1 fires; ");
	tick(&s, "");
	set(&s, "low", 0);
	tick(&s, "low h1 ended; ");
	tick(&s, "");
	end(&s);
}

static struct silence *
silence(const struct scene *s, gint64 number, const char *rule, gint64 seconds)
{
	struct silence *silence = g_new0(struct silence, 1);

	*silence = (struct silence){ .number = number, .rule = g_strdup(rule), .begin_utc_us = s->rig.utc_us, .end_utc_us = s->rig.utc_us + seconds * RIG_SECOND_US,
		                     .by = g_strdup("ann") };
	return silence;
}

/* What is silenced opens no page and is told to nobody until the silence is over; what is silenced while its page is open ends with it. */
static void
silenced(void)
{
	struct scene s;

	begin(&s);
	rules_silence(s.rig.r, silence(&s, 1, NULL, 25));
	set(&s, "one", 1);
	set(&s, "low", 1);
	tick(&s, "");
	tick(&s, "");
	tick(&s, "low h1 fires; TRIGGER midwatch/prod/cloud/one [one: one on h1]; ");
	rules_silence(s.rig.r, silence(&s, 2, "o*", 3600));
	tick(&s, "");
	set(&s, "one", 0);
	for (guint i = 0; i < 6; i++)
		tick(&s, "");
	tick(&s, "RESOLVE midwatch/prod/cloud/one []; ");
	rules_silence(s.rig.r, silence(&s, 3, "low", 15)); /* told before, so its end is told, too */
	set(&s, "low", 0);
	tick(&s, "low h1 ended; ");
	rules_silence(s.rig.r, silence(&s, 4, "low", 3600));
	set(&s, "low", 1);
	tick(&s, "");
	set(&s, "low", 0);
	tick(&s, "");
	end(&s);
}

static void
restart(struct scene *s, const char *rule, gint64 gap, gboolean with_page)
{
	rules_rig_restart(&s->rig, table, rule, "host=\"h1\"", gap);
	pages_free(s->p);
	s->p = pages_new("prod", say, tell, s);
	if (with_page)
		pages_remember(s->p, "cloud", "midwatch/prod/cloud/one", s->rig.utc_us);
}

static void
over_a_restart(void)
{
	struct scene s;

	begin(&s);
	set(&s, "one", 1);
	tick(&s, "TRIGGER midwatch/prod/cloud/one [one: one on h1]; ");
	restart(&s, "one", 3600, TRUE);
	tick(&s, "");
	set(&s, "one", 1);
	tick(&s, "");
	set(&s, "two", 1);
	tick(&s, "");
	tick(&s, "");
	tick(&s, "UPDATE midwatch/prod/cloud/one [one: one on h1 | two: two]; ");
	set(&s, "two", 0);
	set(&s, "one", 0);
	tick(&s, "UPDATE midwatch/prod/cloud/one [one: one on h1]; ");
	for (guint i = 0; i < 5; i++)
		tick(&s, "");
	tick(&s, "RESOLVE midwatch/prod/cloud/one []; ");
	end(&s);
}

/* It ended while nobody looked: the resolve is not lost. */
static void
ended_meanwhile(void)
{
	struct scene s;

	begin(&s);
	set(&s, "one", 1);
	tick(&s, "TRIGGER midwatch/prod/cloud/one [one: one on h1]; ");
	restart(&s, "one", 60, TRUE);
	tick(&s, "");
	samples_begin(s.rig.s, "one"); /* it was asked for, and its host is gone */
	samples_sweep(s.rig.s, "one");
	for (guint i = 0; i < 6; i++)
		tick(&s, "");
	tick(&s, "RESOLVE midwatch/prod/cloud/one []; ");
	end(&s);
}

/* Silenced while midwatch was away: it fires on, so its page is not over. */
static void
silenced_meanwhile(void)
{
	struct scene s;

	begin(&s);
	set(&s, "one", 1);
	tick(&s, "TRIGGER midwatch/prod/cloud/one [one: one on h1]; ");
	restart(&s, "one", 60, TRUE);
	rules_silence(s.rig.r, silence(&s, 1, "one", 3600));
	for (guint i = 0; i < SETTLED_TICKS; i++) {
		set(&s, "one", 1);
		set(&s, "two", 0);
		tick(&s, "");
	}
	set(&s, "one", 0);
	for (guint i = 0; i < 6; i++)
		tick(&s, "");
	tick(&s, "RESOLVE midwatch/prod/cloud/one []; ");
	end(&s);
}

/* Of the page there is a record, of the alert none: a kill came in between. It is not closed while the rule may yet fire, and opened only once. */
static void
record_lost(void)
{
	struct scene s;

	begin(&s);
	pages_remember(s.p, "cloud", "midwatch/prod/cloud/one", s.rig.utc_us);
	tick(&s, "");
	set(&s, "one", 0);
	set(&s, "two", 1);
	tick(&s, "");
	tick(&s, "");
	tick(&s, "UPDATE midwatch/prod/cloud/one [two: two]; ");
	set(&s, "two", 0);
	tick(&s, "RESOLVE midwatch/prod/cloud/one []; ");
	pages_remember(s.p, "cloud", "midwatch/prod/cloud/one", s.rig.utc_us);
	tick(&s, "RESOLVE midwatch/prod/cloud/one []; ");
	end(&s);
}

static void
lower_over_a_restart(void)
{
	struct scene s;

	begin(&s);
	set(&s, "low", 1);
	tick(&s, "low h1 fires; ");
	restart(&s, "low", 60, FALSE);
	tick(&s, "");
	set(&s, "low", 1);
	tick(&s, "");
	set(&s, "low", 0);
	tick(&s, "low h1 ended; ");
	end(&s);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pages/one-a-scope", one_a_scope);
	g_test_add_func("/pages/lower", lower);
	g_test_add_func("/pages/silenced", silenced);
	g_test_add_func("/pages/over-a-restart", over_a_restart);
	g_test_add_func("/pages/ended-meanwhile", ended_meanwhile);
	g_test_add_func("/pages/silenced-meanwhile", silenced_meanwhile);
	g_test_add_func("/pages/record-lost", record_lost);
	g_test_add_func("/pages/lower-over-a-restart", lower_over_a_restart);
	return g_test_run();
}
