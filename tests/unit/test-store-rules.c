/* What the rules keep in the store over restarts, and which of several processes has the pager. */
#include "tests/unit/store_rig.h"

#include <string.h>

#define S ((gint64)G_USEC_PER_SEC)
#define T0 (1776262620 * S)

/* --- alerts --- */

static void
tell_notes(void *user, const struct alert_memory *m)
{
	g_string_append_printf(user, "%s: %s\n", m->rule, m->notes ? m->notes : "none");
}

static gboolean
save(struct store *s, const struct alert_memory *m, GError **error)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();

	g_ptr_array_add(one, (gpointer)m);
	return store_alerts_save(s, one, TRUE, error);
}

static void
keep(struct store *s, const char *rule, const char *labels, enum alert_state state, gint64 at_us)
{
	const struct alert_memory m = {
		.rule = (char *)rule, .labels = (char *)labels, .state = state, .active_utc_us = at_us, .fired_utc_us = state == ALERT_PENDING ? 0 : at_us + S,
		.kept_utc_us = state == ALERT_KEPT ? at_us + 2 * S : 0, .seen_utc_us = at_us + 3 * S,
	};
	g_autoptr(GError) error = NULL;

	save(s, &m, &error);
	g_assert_no_error(error);
}

static void
tell_alert(void *user, const struct alert_memory *m)
{
	g_string_append_printf(user, "%s{%s} %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", m->rule, m->labels,
	                       m->state, (m->active_utc_us - T0) / S, m->fired_utc_us ? (m->fired_utc_us - T0) / S : -1,
	                       m->kept_utc_us ? (m->kept_utc_us - T0) / S : -1, (m->seen_utc_us - T0) / S);
}

static char *
alerts(struct store *s)
{
	GString *all = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(store_alerts_each(s, tell_alert, all, &error));
	g_assert_no_error(error);
	return g_string_free(all, FALSE);
}

static void
test_alerts(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	g_autofree char *first = NULL, *then = NULL, *left = NULL;

	keep(s, "health", "", ALERT_PENDING, T0);
	keep(s, "disk", "host=\"vm1\"", ALERT_FIRING, T0);
	keep(s, "disk", "host=\"vm2\"", ALERT_KEPT, T0);
	first = alerts(s);
	g_assert_cmpstr(first, ==, "disk{host=\"vm1\"} 2 0 1 -1 3\ndisk{host=\"vm2\"} 3 0 1 2 3\nhealth{} 1 0 -1 -1 3\n");
	keep(s, "health", "", ALERT_FIRING, T0);
	keep(s, "disk", "host=\"vm1\"", ALERT_INACTIVE, T0);
	store_alerts_seen(s, T0 + 90 * S);
	store_close(s);
	s = store_rig_open(p);
	then = alerts(s);
	g_assert_cmpstr(then, ==, "disk{host=\"vm2\"} 3 0 1 2 90\nhealth{} 2 0 1 -1 90\n");
	store_close(s);
	store_rig_change(p, "UPDATE alert SET state = 'odd' WHERE rule = 'health'; UPDATE alert SET labels = char(27) || '[2Jx', active_us = -1, seen_us = 'x' WHERE rule = 'disk'");
	s = store_rig_open(p);
	left = alerts(s);
	g_assert_true(g_str_has_prefix(left, "disk{x} 3 "));
	g_assert_null(strstr(left, "health"));
	store_close(s);
}

/* A store of schema 4, with what it held; then what an alert says is kept, too. */
static void
test_migration(struct store_place *p, gconstpointer unused)
{
	const struct alert_memory m = {
		.rule = (char *)"quota", .labels = (char *)"", .notes = (char *)"why=\"429 \\\"slow down\\\"\"", .state = ALERT_FIRING, .fired_utc_us = T0,
	};
	struct store *s = store_rig_open(p);
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	keep(s, "health", "", ALERT_FIRING, T0);
	store_close(s);
	store_rig_change(p, "ALTER TABLE alert DROP COLUMN notes; PRAGMA user_version = 4");
	s = store_rig_open(p);
	save(s, &m, &error);
	g_assert_no_error(error);
	g_assert_true(store_alerts_each(s, tell_notes, all, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(all->str, ==, "health: none\nquota: why=\"429 \\\"slow down\\\"\"\n");
	store_close(s);
}

/* --- silences --- */

static gint64
silence(struct store *s, const char *rule, const char *labels, gint64 end_us)
{
	struct silence it = {
		.rule = (char *)rule, .labels = (char *)labels, .begin_utc_us = T0, .end_utc_us = end_us, .by = (char *)"ann", .comment = (char *)"vendor",
	};
	g_autoptr(GError) error = NULL;

	g_assert_true(store_silence_add(s, &it, &error));
	g_assert_no_error(error);
	g_assert_cmpint(it.number, >, 0);
	return it.number;
}

static guint
silences_at(struct store *s, gint64 utc_us)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) all = store_silences(s, utc_us, &error);

	g_assert_no_error(error);
	return all->len;
}

static void
test_silences(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	gint64 first = silence(s, "disk_*", NULL, T0 + 3600 * S), second = silence(s, NULL, "host=\"vm1\"", T0 + 60 * S);
	g_autoptr(GPtrArray) all = NULL;
	const struct silence *it;

	g_assert_cmpint(first, !=, second);
	g_assert_cmpuint(silences_at(s, T0 + 59 * S), ==, 2);
	g_assert_cmpuint(silences_at(s, T0 + 60 * S), ==, 1);
	store_close(s);
	s = store_rig_open(p);
	all = store_silences(s, T0, NULL);
	it = all->pdata[0];
	g_assert_cmpstr(it->rule, ==, "disk_*");
	g_assert_null(it->labels);
	g_assert_cmpstr(it->by, ==, "ann");
	g_assert_cmpstr(it->comment, ==, "vendor");
	g_assert_cmpint(it->end_utc_us, ==, T0 + 3600 * S);
	g_assert_true(store_silence_end(s, first, T0 + 10 * S, NULL));
	g_assert_cmpuint(silences_at(s, T0 + 10 * S), ==, 1);
	g_assert_true(store_silence_end(s, first, T0 + 999999 * S, NULL)); /* none is made longer by its end */
	g_assert_cmpuint(silences_at(s, T0 + 60 * S), ==, 0);
	store_close(s);
	store_rig_change(p, "UPDATE silence SET end_us = 1 << 62 WHERE number = 1; UPDATE silence SET begin_us = end_us WHERE number = 2");
	s = store_rig_open(p);
	g_assert_cmpuint(silences_at(s, T0), ==, 0); /* an endless one holds nothing back */
	store_close(s);
}

/* --- pages --- */

static void
tell_page(void *user, const char *scope, const char *dedup_key, gint64 opened_utc_us, gboolean taken)
{
	g_string_append_printf(user, "%s %s %" G_GINT64_FORMAT "%s\n", scope, dedup_key, (opened_utc_us - T0) / S, taken ? " taken" : "");
}

static void
test_pages(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	g_autoptr(GString) all = g_string_new(NULL);

	g_assert_true(store_page_save(s, "cloud", "midwatch/prod/cloud/health", T0, NULL));
	g_assert_true(store_page_save(s, "fleet", "midwatch/prod/fleet/drop", T0 + S, NULL));
	g_assert_true(store_page_save(s, "cloud", "midwatch/prod/cloud/fatal", T0 + 2 * S, NULL));
	g_assert_true(store_page_end(s, "fleet", NULL));
	g_assert_true(store_page_end(s, "nothing", NULL));
	g_assert_true(store_page_save(s, "vm", "midwatch/prod/vm/disk", T0 + 3 * S, NULL));
	g_assert_true(store_page_taken(s, "vm", NULL));
	g_assert_true(store_page_save(s, "web", "midwatch/prod/web/down", T0 + 4 * S, NULL));
	g_assert_true(store_page_taken(s, "web", NULL));
	g_assert_true(store_page_save(s, "web", "midwatch/prod/web/down", T0 + 4 * S, NULL));
	g_assert_true(store_page_taken(s, "nothing", NULL));
	store_close(s);
	s = store_rig_open(p);
	g_assert_true(store_pages_each(s, tell_page, all, NULL));
	g_assert_cmpstr(all->str, ==, "cloud midwatch/prod/cloud/fatal 2\nvm midwatch/prod/vm/disk 3 taken\nweb midwatch/prod/web/down 4\n");
	store_close(s);
}

/* --- the pager --- */

static void
assert_pager(struct store *s, gboolean ours)
{
	g_autofree char *who = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(store_pager_take(s, &who, &error), ==, ours);
	g_assert_no_error(error);
	g_assert_true(ours ? who == NULL : strstr(who, " (PID ") != NULL);
}

static void
take_pager(struct store *s)
{
	assert_pager(s, TRUE);
}

static void
test_pager(struct store_place *p, gconstpointer unused)
{
	struct store_other other = store_rig_other(p, take_pager);
	struct store *s = store_rig_open(p);
	g_autofree char *who = NULL, *end = g_strdup_printf("(PID %d)", (int)other.pid);

	assert_pager(s, FALSE);
	store_pager_take(s, &who, NULL);
	g_assert_true(g_str_has_suffix(who, end));
	store_rig_kill(&other);
	assert_pager(s, TRUE); /* it is gone */
	assert_pager(s, TRUE);
	store_close(s);
}

/* One that lives, but has given no sign for a while, tells nobody: it was stopped. */
static void
test_pager_stopped(struct store_place *p, gconstpointer unused)
{
	struct store_other other = store_rig_other(p, take_pager);
	struct store *s = store_rig_open(p);

	store_rig_change(p, "UPDATE pager SET seen_us = seen_us - 55000000");
	assert_pager(s, FALSE);
	store_rig_change(p, "UPDATE pager SET seen_us = seen_us - 10000000");
	assert_pager(s, TRUE);
	store_rig_change(p, "UPDATE pager SET seen_us = seen_us - 20000000");
	assert_pager(s, TRUE); /* renewed */
	store_rig_change(p, "UPDATE pager SET seen_us = seen_us - 45000000");
	assert_pager(s, TRUE);
	store_rig_kill(&other);
	store_close(s);
}

static gboolean
takes_pager(struct store *s, gint64 unused)
{
	return store_pager_take(s, NULL, NULL);
}

static void
test_pager_race(struct store_place *p, gconstpointer unused)
{
	store_close(store_rig_open(p));
	g_assert_cmpuint(store_rig_race(p, takes_pager, 0), ==, 1);
}

/* Where nothing can be written, somebody is still told. */
static int
fill_up(struct store *s)
{
	g_autoptr(GError) error = NULL;

	for (guint i = 0;; i++) {
		g_autofree char *rule = g_strdup_printf("rule%u", i);
		const struct alert_memory m = { .rule = rule, .labels = (char *)"", .state = ALERT_FIRING };
		if (save(s, &m, &error))
			continue;
		if (i < 10 || !g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL))
			return 3;
		break;
	}
	g_clear_error(&error);
	return store_pager_take(s, NULL, &error) && g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL) ? 0 : 4;
}

static void
test_full(struct store_place *p, gconstpointer unused)
{
	store_rig_limited(p, 200000, fill_up);
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(struct store_place *p, gconstpointer unused); } tests[] = {
		{ "alerts", test_alerts }, { "migration", test_migration }, { "silences", test_silences }, { "pages", test_pages }, { "pager", test_pager },
		{ "pager-stopped", test_pager_stopped }, { "pager-race", test_pager_race }, { "full", test_full },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/store-rules/", tests[i].path, NULL);
		g_test_add(path, struct store_place, NULL, store_rig_set_up, tests[i].run, store_rig_tear_down);
	}
	return g_test_run();
}
