/* Rolling restarts in the store: what a kill leaves of one, who else runs one, and a store of before there were any. */
#include "tests/unit/store_rig.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define S G_USEC_PER_SEC

static const char *const names[] = { "gw1", "gw2", "gw3", "gw4", "gw5" };
static const struct rollout_settings settings = { .batch = 2, .budget = 2, .pause_s = 10, .gate_s = 120, .quiet_s = 15 };

static struct rollout *
begin(struct store *s)
{
	const struct audit_intent intent = { .action = "gateway.rolling-restart", .host = "fleet", .request = "restart" };
	struct rollout *r = rollout_new(&settings, names, G_N_ELEMENTS(names), g_get_monotonic_time());
	g_autoptr(GError) error = NULL;

	r->number = store_audit_begin(s, &intent, &error);
	g_assert_no_error(error);
	if (!store_rollout_begin(s, r, &error))
		g_error("%s", error->message);
	return r;
}

static void
save(struct store *s, const struct rollout *r)
{
	g_autoptr(GError) error = NULL;

	store_rollout_save(s, r, &error);
	g_assert_no_error(error);
}

static void
sight(void *user, const char *gateway, struct rollout_sight *out)
{
	const gint64 *now = user;

	*out = (struct rollout_sight){ .known = TRUE, .unit_active = TRUE, .online = TRUE, .at_us = *now };
}

/* The first batch: one well, one failed; of the second one restarted and one at its restart. */
static void
go_half_way(struct store *s, struct rollout *r)
{
	gint64 now = g_get_monotonic_time();

	rollout_next(r, now);
	rollout_next(r, now);
	save(s, r);
	rollout_restarted(r, r->steps->pdata[0], NULL, now);
	rollout_restarted(r, r->steps->pdata[1], "exit 5\xc2\x9b", now);
	for (guint i = 0; i < 30; i++) {
		now += S;
		rollout_tick(r, sight, &now, now);
	}
	rollout_next(r, now);
	rollout_next(r, now);
	rollout_restarted(r, r->steps->pdata[3], NULL, now);
	save(s, r);
}

static void
begin_half(struct store *s)
{
	go_half_way(s, begin(s));
}

static struct rollout *
settle(struct store *s)
{
	g_autoptr(GError) error = NULL;
	struct rollout *r = store_rollout_settle(s, &error);

	g_assert_no_error(error);
	return r;
}

static const struct rollout_step *
step(const struct rollout *r, guint i)
{
	return r->steps->pdata[i];
}

/* --- tests --- */

static void
test_interrupted(struct store_place *p, gconstpointer unused)
{
	struct store_other other = store_rig_other(p, begin_half);
	struct store *s;
	struct rollout *r;
	g_autofree char *words = NULL;

	store_rig_kill(&other);
	s = store_rig_open(p);
	r = settle(s);
	g_assert_nonnull(r);
	g_assert_cmpint(r->state, ==, ROLLOUT_INTERRUPTED);
	g_assert_true(rollout_is_over(r));
	g_assert_cmpuint(r->steps->len, ==, 5);
	g_assert_cmpuint(r->settings.batch, ==, 2);
	g_assert_cmpuint(r->settings.budget, ==, 2);
	g_assert_cmpuint(r->settings.pause_s, ==, 10);
	g_assert_cmpuint(r->settings.gate_s, ==, 120);
	g_assert_cmpuint(r->settings.quiet_s, ==, 15);
	g_assert_cmpstr(step(r, 0)->gateway, ==, "gw1");
	g_assert_cmpint(step(r, 0)->stage, ==, ROLLOUT_WELL);
	g_assert_cmpint(step(r, 1)->stage, ==, ROLLOUT_FAILED);
	g_assert_true(g_utf8_validate(step(r, 1)->reason, -1, NULL));
	g_assert_null(strstr(step(r, 1)->reason, "\xc2\x9b"));
	g_assert_cmpint(step(r, 2)->stage, ==, ROLLOUT_RESTARTS);
	g_assert_cmpint(step(r, 3)->stage, ==, ROLLOUT_GATE);
	g_assert_cmpint(step(r, 4)->stage, ==, ROLLOUT_LEFT);
	g_assert_cmpint(ABS(step(r, 0)->begun_us - g_get_monotonic_time()), <, 60 * S);
	g_assert_cmpint(step(r, 4)->begun_us, ==, 0);
	words = rollout_words(r, g_get_monotonic_time());
	g_assert_cmpstr(words, ==, "interrupted, 2 of 5 done, 1 of them failed; not known: gw3 (restarts) and 1 more");
	g_assert_null(rollout_next(r, g_get_monotonic_time())); /* it never goes on */
	rollout_free(r);
	store_close(s);
}

/* The audit log says the same, and does so once; the next start still shows it. */
static void
test_interrupted_audit(struct store_place *p, gconstpointer unused)
{
	struct store_other other = store_rig_other(p, begin_half);
	struct store *s;
	g_autoptr(GError) error = NULL;

	store_rig_kill(&other);
	for (guint i = 0; i < 2; i++) {
		g_autoptr(GPtrArray) left = NULL, all = NULL;
		struct rollout *r;
		const struct audit_entry *e;
		s = store_rig_open(p);
		r = settle(s);
		g_assert_nonnull(r);
		left = store_audit_settle(s, &error);
		g_assert_cmpuint(left->len, ==, 0);
		all = store_audit_list(s, 0, &error);
		g_assert_cmpuint(all->len, ==, 1);
		e = all->pdata[0];
		g_assert_cmpint(e->id, ==, r->number);
		g_assert_cmpint(e->outcome, ==, OUTCOME_UNKNOWN);
		g_assert_true(g_str_has_prefix(e->result, "interrupted, 2 of 5 done"));
		g_assert_true(store_audit_verify(s, NULL, &(char *){ NULL }));
		g_assert_cmpint(store_audit_last(s, (char[AUDIT_HASH_SIZE]){ "" }), ==, 2);
		rollout_free(r);
		store_close(s);
	}
}

/* As long as the other one lives it is neither interrupted nor can there be another one. */
static void
test_other_runs(struct store_place *p, gconstpointer unused)
{
	const struct rollout_settings one = { .batch = 1 };
	struct rollout *mine = rollout_new(&one, names, 1, 1);
	struct store_other other = store_rig_other(p, begin_half);
	struct store *s = store_rig_open(p);
	g_autoptr(GError) error = NULL;
	g_autofree char *running = store_rollout_running(s, &error);

	g_assert_no_error(error);
	g_assert_nonnull(strstr(running, " runs a rolling restart of 5 gateways, 2 of them done"));
	g_assert_null(settle(s));
	mine->number = 77;
	g_assert_false(store_rollout_begin(s, mine, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
	g_assert_nonnull(strstr(error->message, "runs a rolling restart of 5 gateways"));
	g_clear_error(&error);
	store_rig_kill(&other);
	g_assert_null(store_rollout_running(s, &error));
	g_assert_true(store_rollout_begin(s, mine, &error)); /* also before anybody has settled the dead one */
	g_assert_no_error(error);
	g_assert_null(settle(s)); /* the newest is ours, and runs */
	rollout_free(mine);
	store_close(s);
}

static void
test_ended(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct rollout *r = begin(s), *last;
	g_autoptr(GError) error = NULL;
	g_autofree char *running = store_rollout_running(s, &error);

	g_assert_nonnull(strstr(running, "5 gateways, 0 of them done")); /* one's own, too */
	rollout_abort(r, g_get_monotonic_time());
	g_assert_true(rollout_is_over(r));
	save(s, r);
	g_assert_null(store_rollout_running(s, &error));
	g_assert_null(settle(s));
	rollout_free(r);
	r = begin(s); /* left in good order */
	go_half_way(s, r);
	rollout_interrupt(r, g_get_monotonic_time());
	save(s, r);
	last = settle(s);
	g_assert_nonnull(last);
	g_assert_cmpint(last->number, ==, r->number);
	g_assert_cmpuint(last->well, ==, 1);
	rollout_free(last);
	rollout_free(r);
	store_close(s);
}

/* A value that somebody wrote with another program. */
static void
test_foreign_values(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct rollout *r = begin(s), *last;
	sqlite3 *db;

	rollout_interrupt(r, g_get_monotonic_time());
	save(s, r);
	rollout_free(r);
	store_close(s);
	g_assert_cmpint(sqlite3_open(p->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "UPDATE rollout SET batch = -5, batch_begin = 1 << 40, state = 'what'; UPDATE rollout_step SET stage = 'odd', gateway ="
	                             " x'1b5d', reason = 12 WHERE position = 1; DELETE FROM rollout_step WHERE position = 2", NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
	s = store_rig_open(p);
	last = settle(s);
	g_assert_cmpuint(last->steps->len, ==, 4);
	g_assert_cmpuint(last->settings.batch, ==, 1);
	g_assert_cmpint(step(last, 1)->stage, ==, ROLLOUT_LEFT);
	g_assert_null(strchr(step(last, 1)->gateway, '\x1b'));
	g_assert_cmpuint(last->batch_begin, <=, last->batch_end);
	rollout_free(last);
	store_close(s);
}

/* What a midwatch of before left: its audit log goes on, and a head that was lost is not made anew. */
static void
test_migration(struct store_place *p, gconstpointer unused)
{
	const struct audit_intent intent = { .action = "container.restart", .host = "srv1" };
	static const char back[] = "DROP TABLE rollout; DROP TABLE rollout_step; DROP TABLE run; DROP TABLE run_touch; DROP TABLE run_variable; DROP TABLE run_link;"
	                           "DROP TABLE run_step; DROP TABLE run_result; DROP TABLE run_event; DROP TABLE alert; DROP TABLE alerts_seen;"
	                           "DROP TABLE silence; DROP TABLE page; DROP TABLE pager; PRAGMA user_version = 1";
	g_autofree char *head = g_strconcat(p->path, ".head", NULL), *problem = NULL;
	g_autoptr(GError) error = NULL;
	struct store *s = store_rig_open(p);
	guint64 rows;
	sqlite3 *db;

	store_audit_end(s, store_audit_begin(s, &intent, &error), OUTCOME_OK, "", &error);
	g_assert_no_error(error);
	store_close(s);
	g_assert_cmpint(sqlite3_open(p->path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, back, NULL, NULL, NULL), ==, SQLITE_OK);
	s = store_rig_open(p);
	g_assert_true(store_audit_verify(s, &rows, &problem));
	g_assert_cmpuint(rows, ==, 2);
	rollout_free(begin(s));
	store_close(s);

	g_assert_cmpint(sqlite3_exec(db, back, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
	g_assert_cmpint(g_unlink(head), ==, 0);
	s = store_rig_open(p);
	g_assert_false(store_audit_verify(s, &rows, &problem));
	g_assert_nonnull(strstr(problem, "is missing"));
	store_close(s);
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(struct store_place *p, gconstpointer unused); } tests[] = {
		{ "interrupted", test_interrupted }, { "interrupted-audit", test_interrupted_audit }, { "other-runs", test_other_runs },
		{ "ended", test_ended }, { "foreign-values", test_foreign_values }, { "migration", test_migration },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/store-rollout/", tests[i].path, NULL);
		g_test_add(path, struct store_place, NULL, store_rig_set_up, tests[i].run, store_rig_tear_down);
	}
	return g_test_run();
}
