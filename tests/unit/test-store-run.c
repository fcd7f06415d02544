/* Runs of checklists in the store: as they were, after a kill, beside others, damaged, on a full disk, and in a store of before there were any. */
#include "tests/unit/store_rig.h"

#include <string.h>

#include "tests/unit/run_rig.h"

/* What is kept is the text; the rig's checklist stands for what is made of it. */
static struct checklist *
parse(const char *yaml, gsize len, const char *origin)
{
	if (strncmp(yaml, "name: post-deploy", MIN(len, 17)) != 0)
		return NULL;
	g_assert_cmpstr(origin, ==, "shipped");
	return rig_checklist(1800);
}

static struct check_run *
begin(struct store *s, guint window_s, const char *touched)
{
	struct check_run *r = rig_new_run(window_s, touched, T0);
	g_autoptr(GError) error = NULL;

	if (!store_run_begin(s, r, &error))
		g_error("%s", error->message);
	g_assert_cmpint(r->number, >, 0);
	return r;
}

static void
save(struct store *s, const struct check_run *r)
{
	g_autoptr(GError) error = NULL;

	store_run_save(s, r, &error);
	g_assert_no_error(error);
}

static struct check_run *
load(struct store *s, gint64 number)
{
	g_autoptr(GError) error = NULL;
	struct check_run *r = store_run_load(s, number, parse, &error);

	g_assert_no_error(error);
	return r;
}

static void
settle(struct store *s)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(store_run_settle(s, &error));
	g_assert_no_error(error);
}

static struct run_head *
head_at(struct store *s, guint i, GPtrArray **all)
{
	g_autoptr(GError) error = NULL;

	*all = store_run_list(s, 100, &error);
	g_assert_no_error(error);
	g_assert_cmpuint((*all)->len, >, i);
	return (*all)->pdata[i];
}

/* --- two runs are the same --- */

static void
assert_same_result(const struct check_result *a, const struct check_result *b)
{
	g_assert_cmpint(a->verdict, ==, b->verdict);
	g_assert_cmpstr(a->summary, ==, b->summary);
	g_assert_cmpstr(a->command, ==, b->command);
	g_assert_cmpstr(a->by, ==, b->by);
	g_assert_cmpint(a->begun_us, ==, b->begun_us);
	g_assert_cmpint(a->took_us, ==, b->took_us);
	g_assert_cmpuint(a->lines_left_out, ==, b->lines_left_out);
	g_assert_cmpuint(a->lines ? a->lines->len : 0, ==, b->lines ? b->lines->len : 0);
	for (guint i = 0; a->lines && i < a->lines->len; i++)
		g_assert_cmpstr(a->lines->pdata[i], ==, b->lines->pdata[i]);
}

static void
assert_same_step(const struct run_step *a, const struct run_step *b)
{
	g_assert_cmpint(a->verdict, ==, b->verdict);
	g_assert_cmpuint(a->failures, ==, b->failures);
	g_assert_cmpuint(a->forgiven, ==, b->forgiven);
	g_assert_cmpuint(a->gaps, ==, b->gaps);
	g_assert_cmpint(a->excused, ==, b->excused);
	g_assert_cmpint(a->failed_us, ==, b->failed_us);
	g_assert_cmpint(a->failing_since_us, ==, b->failing_since_us);
	g_assert_cmpstr(a->overridden, ==, b->overridden);
	g_assert_cmpstr(a->overridden_by, ==, b->overridden_by);
	for (guint i = 0; i < a->step->checks->len; i++)
		assert_same_result(&a->results[i], &b->results[i]);
}

static void
assert_same_events(const struct check_run *a, const struct check_run *b)
{
	g_assert_cmpuint(a->events->len, ==, b->events->len);
	for (guint i = 0; i < a->events->len; i++) {
		const struct run_event *x = a->events->pdata[i], *y = b->events->pdata[i];
		g_assert_cmpint(x->utc_us, ==, y->utc_us);
		g_assert_cmpint(x->step, ==, y->step);
		g_assert_cmpint(x->from, ==, y->from);
		g_assert_cmpint(x->to, ==, y->to);
		g_assert_cmpstr(x->text, ==, y->text);
	}
}

static void
assert_same(const struct check_run *a, const struct check_run *b)
{
	GHashTableIter iter;
	gpointer name, value;

	g_assert_cmpint(a->number, ==, b->number);
	g_assert_cmpstr(a->actor, ==, b->actor);
	g_assert_cmpstr(a->version, ==, b->version);
	g_assert_cmpstr(a->report, ==, b->report);
	g_assert_cmpint(a->state, ==, b->state);
	g_assert_cmpint(run_verdict(a), ==, run_verdict(b));
	g_assert_cmpint(a->begun_us, ==, b->begun_us);
	g_assert_cmpint(a->window_end_us, ==, b->window_end_us);
	g_assert_cmpint(a->ended_us, ==, b->ended_us);
	g_assert_cmpint(a->unwatched_us, ==, b->unwatched_us);
	g_assert_cmpuint(a->events_left_out, ==, b->events_left_out);
	g_assert_cmpuint(a->touched->len, ==, b->touched->len);
	g_assert_cmpuint(a->links->len, ==, b->links->len);
	for (guint i = 0; i < a->links->len; i++)
		g_assert_cmpstr(a->links->pdata[i], ==, b->links->pdata[i]);
	g_assert_cmpuint(g_hash_table_size(a->variables), ==, g_hash_table_size(b->variables));
	g_hash_table_iter_init(&iter, a->variables);
	while (g_hash_table_iter_next(&iter, &name, &value))
		g_assert_cmpstr(value, ==, g_hash_table_lookup(b->variables, name));
	for (guint i = 0; i < a->steps->len; i++)
		assert_same_step(a->steps->pdata[i], b->steps->pdata[i]);
	assert_same_events(a, b);
}

/* --- tests --- */

static void
fail_with_lines(struct check_run *r)
{
	struct check_result result = { .verdict = VERDICT_FAIL, .summary = g_strdup("2 matches"), .begun_us = T0 + 40 * S, .took_us = 7, .lines_left_out = 5 };

	result.lines = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(result.lines, g_strdup("level=error first"));
	g_ptr_array_add(result.lines, g_strdup(""));
	g_ptr_array_add(result.lines, g_strdup("panic: \xe2\x90\x8a “third”"));
	run_saw(r, ERRORS, 0, &result, T0 + 40 * S);
}

static void
test_round_trip(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct check_run *r = begin(s, 1800, "live view"), *again = load(s, r->number);

	assert_same(r, again);
	check_run_free(again);
	rig_walk_green(r, T0 + S);
	save(s, r);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 10 * S);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 20 * S);
	fail_with_lines(r);
	g_assert_true(run_override(r, ERRORS, "known", "ann", T0 + 50 * S));
	rig_see(r, FRONTEND, 0, VERDICT_UNKNOWN, "no route", T0 + 60 * S);
	g_ptr_array_add(r->links, g_strdup("https://git.example.com/cloud/pull/7"));
	save(s, r);
	save(s, r); /* nothing new */
	again = load(s, r->number);
	assert_same(r, again);
	check_run_free(again);
	g_free(r->links->pdata[0]);
	r->links->pdata[0] = g_strdup("#7");
	rig_see(r, SFU, 0, VERDICT_PASS, "3 lines", T0 + 70 * S);
	run_reported(r, "/r.md", T0 + 80 * S);
	run_tick(r, T0 + 1800 * S);
	g_assert_true(run_is_over(r));
	save(s, r);
	store_close(s);
	s = store_rig_open(p);
	settle(s);
	again = load(s, r->number);
	assert_same(r, again);
	check_run_free(again);
	check_run_free(r);
	store_close(s);
}

/* What a look of unchanged rows costs: none is written anew. */
static void
test_writes_what_changed(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct check_run *r = begin(s, 1800, NULL);

	rig_walk_green(r, T0);
	save(s, r);
	store_rig_change(p, "CREATE TEMP TABLE x (y); CREATE TRIGGER untouched BEFORE UPDATE ON run_result BEGIN SELECT RAISE(ABORT, 'touched'); END;"
	       "CREATE TRIGGER untouched_step BEFORE UPDATE ON run_step BEGIN SELECT RAISE(ABORT, 'touched'); END;");
	save(s, r);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 10 * S);
	{
		g_autoptr(GError) error = NULL;
		g_assert_false(store_run_save(s, r, &error));
		g_assert_nonnull(error);
	}
	store_rig_change(p, "DROP TRIGGER untouched");
	save(s, r);
	check_run_free(r);
	store_close(s);
}

static void
begin_half(struct store *s)
{
	struct check_run *r = begin(s, 1800, "auth");

	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + S);
	save(s, r);
	run_looks(r, FRONTEND, T0 + 2 * S);
	save(s, r);
}

static void
test_killed(struct store_place *p, gconstpointer unused)
{
	struct store_other other = store_rig_other(p, begin_half);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) heads = NULL, after = NULL;
	struct store *s;
	struct check_run *r;
	struct run_head *h;

	store_rig_kill(&other);
	s = store_rig_open(p);
	settle(s);
	h = head_at(s, 0, &heads);
	g_assert_cmpint(h->state, ==, RUN_INTERRUPTED);
	g_assert_false(h->alive);
	g_assert_cmpuint(h->steps, ==, RIG_STEPS);
	g_assert_cmpuint(h->step, ==, 3); /* health, the question of frontend, sfu left out */
	g_assert_cmpstr(h->title, ==, "Post-deploy");
	r = load(s, h->number);
	g_assert_cmpint(r->state, ==, RUN_INTERRUPTED);
	g_assert_true(store_run_take(s, r->number, &error));
	run_resume(r, "bob", T0 + 60 * S);
	g_assert_cmpint(r->state, ==, RUN_WALKING);
	g_assert_cmpint(run_next(r), ==, FRONTEND);
	g_assert_cmpint(rig_step(r, FRONTEND)->results[0].verdict, ==, VERDICT_NONE);
	g_assert_cmpint(r->unwatched_us, ==, 58 * S);
	rig_walk_green(r, T0 + 61 * S);
	save(s, r);
	settle(s); /* it is ours now, and we live */
	h = head_at(s, 0, &after);
	g_assert_cmpint(h->state, ==, RUN_WATCHING);
	g_assert_false(h->alive); /* no other walks it */
	check_run_free(r);
	store_close(s);
}

/* Two at once: each is somebody's, and nobody's is touched. */
static void
test_two_at_once(struct store_place *p, gconstpointer unused)
{
	struct store_other other = store_rig_other(p, begin_half);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) heads = NULL;
	struct store *s = store_rig_open(p);
	struct check_run *mine, *theirs;

	settle(s);
	mine = begin(s, 0, NULL);
	g_assert_false(head_at(s, 0, &heads)->alive);
	g_assert_cmpint(((struct run_head *)heads->pdata[0])->number, ==, mine->number);
	g_assert_true(((struct run_head *)heads->pdata[1])->alive);
	g_assert_cmpint(((struct run_head *)heads->pdata[1])->state, ==, RUN_WALKING);
	theirs = load(s, ((struct run_head *)heads->pdata[1])->number); /* it may be looked at */
	g_assert_cmpint(theirs->number, !=, mine->number);
	g_assert_false(store_run_take(s, theirs->number, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
	g_clear_error(&error);
	g_assert_false(store_run_save(s, theirs, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_BUSY);
	g_clear_error(&error);
	rig_walk_green(mine, T0);
	save(s, mine);
	check_run_free(theirs);
	store_rig_kill(&other);
	check_run_free(mine);
	store_close(s);
}

static gboolean
takes(struct store *s, gint64 number)
{
	return store_run_take(s, number, NULL);
}

/* Of several who want an interrupted run one gets it. */
static void
test_take_race(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct check_run *r = begin(s, 1800, NULL);

	run_interrupt(r, T0 + S);
	save(s, r);
	store_close(s);
	g_assert_cmpuint(store_rig_race(p, takes, r->number), ==, 1);
	check_run_free(r);
}

static void
test_take_refused(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct check_run *r = begin(s, 0, NULL), *none;
	g_autoptr(GError) error = NULL;

	g_assert_false(store_run_take(s, 4711, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_MISSING);
	g_clear_error(&error);
	run_abandon(r, "ann", T0);
	save(s, r);
	g_assert_false(store_run_take(s, r->number, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_FAILED);
	g_clear_error(&error);
	none = store_run_load(s, 4711, parse, &error);
	g_assert_null(none);
	g_assert_error(error, STORE_ERROR, STORE_ERROR_MISSING);
	check_run_free(r);
	store_close(s);
}

/* What somebody wrote with another program. */
static void
test_damaged(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct check_run *r = begin(s, 1800, "auth");
	gint64 number = r->number;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) heads = NULL;

	rig_walk_green(r, T0);
	fail_with_lines(r);
	save(s, r);
	check_run_free(r);
	store_close(s);
	store_rig_change(p, "UPDATE run SET state = 'odd', verdict = x'00ff', window_end_us = 1 << 62, begun_us = -5, actor = x'1b5b33316d41', report = char(27) || 'x',"
	       " events_left_out = -1, step = -7, steps = 1 << 40;"
	       "UPDATE run_result SET verdict = 'fine', lines = replace(printf('%5000c', ' '), ' ', char(10) || char(27) || '[2J'), lines_left_out = -3 WHERE step = 0;"
	       "INSERT INTO run_result VALUES (1, 99, 0, 'pass', '', NULL, 0, NULL, NULL, 0, 0), (1, 1, 99, 'pass', '', NULL, 0, NULL, NULL, 0, 0),"
	       " (1, -1, 0, 'pass', '', NULL, 0, NULL, NULL, 0, 0);"
	       "UPDATE run_step SET failures = -9, forgiven = 1 << 40, gaps = 'x' WHERE position = 1;"
	       "INSERT INTO run_step SELECT 1, 99, 0, 0, 0, 0, 0, 0, NULL, NULL;"
	       "INSERT INTO run_event VALUES (1, 1000, 5, 1 << 40, 'x', x'ff', char(8238) || 'evil'), (1, -9, 5, 0, 'pass', 'fail', 'before all');");
	s = store_rig_open(p);
	r = load(s, number);
	g_assert_cmpint(r->state, ==, RUN_INTERRUPTED);
	g_assert_cmpstr(r->actor, ==, "A");
	g_assert_null(strchr(r->report, '\x1b'));
	g_assert_cmpint(r->begun_us, ==, 0);
	g_assert_cmpint(r->window_end_us, <=, 31 * G_TIME_SPAN_DAY);
	g_assert_cmpint(rig_step(r, HEALTH)->results[0].verdict, ==, VERDICT_NONE);
	g_assert_cmpuint(rig_step(r, HEALTH)->results[0].lines->len, ==, CHECK_LINES_KEPT);
	g_assert_null(strchr(rig_step(r, HEALTH)->results[0].lines->pdata[1], '\x1b'));
	g_assert_cmpuint(rig_step(r, FRONTEND)->forgiven, <=, rig_step(r, FRONTEND)->failures);
	g_assert_cmpstr(rig_last_row(r), ==, "<U+202E>evil");
	g_assert_cmpint(head_at(s, 0, &heads)->verdict, ==, VERDICT_NONE);
	check_run_free(r);
	store_close(s);
	store_rig_change(p, "UPDATE run SET source = 'something else'");
	s = store_rig_open(p);
	g_assert_null(store_run_load(s, number, parse, &error));
	g_assert_error(error, STORE_ERROR, STORE_ERROR_DAMAGED);
	store_close(s);
}

/* On a full disk a run is not begun, and one that is under way is told of it; both go on when there is room again. */
static int
fill_up(struct store *s)
{
	for (guint begun = 0;; begun++) {
		g_autoptr(GError) error = NULL;
		struct check_run *r = rig_new_run(1800, "auth", T0);
		if (store_run_begin(s, r, &error))
			continue;
		if (begun < 3 || r->number != 0 || !g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL))
			return 3;
		store_rig_unlimited();
		return store_run_begin(s, r, NULL) && r->number == begun + 1 ? 0 : 4;
	}
}

static void
test_full(struct store_place *p, gconstpointer unused)
{
	store_rig_limited(p, 300000, fill_up);
}

static void
test_old_are_forgotten(struct store_place *p, gconstpointer unused)
{
	struct store *s = store_rig_open(p);
	struct check_run *first = begin(s, 0, NULL), *second = begin(s, 0, NULL), *last;
	g_autoptr(GPtrArray) heads = NULL;
	g_autoptr(GError) error = NULL;

	run_abandon(second, "ann", T0);
	save(s, second);
	store_rig_change(p, "UPDATE sqlite_sequence SET seq = 502 WHERE name = 'run'");
	last = begin(s, 0, NULL);
	g_assert_cmpint(last->number, ==, 503);
	head_at(s, 1, &heads);
	g_assert_cmpuint(heads->len, ==, 2);
	g_assert_cmpint(((struct run_head *)heads->pdata[1])->number, ==, first->number); /* somebody walks it */
	g_assert_null(store_run_load(s, second->number, parse, &error));
	check_run_free(first);
	check_run_free(second);
	check_run_free(last);
	store_close(s);
}

/* A store of schema 2, with what it held. */
static void
test_migration(struct store_place *p, gconstpointer unused)
{
	static const char back[] = "DROP TABLE run; DROP TABLE run_touch; DROP TABLE run_variable; DROP TABLE run_link; DROP TABLE run_step; DROP TABLE run_result;"
	                           "DROP TABLE run_event; DROP TABLE alert; DROP TABLE alerts_seen; DROP TABLE silence; DROP TABLE page; DROP TABLE pager;"
	                           "PRAGMA user_version = 2";
	const struct audit_intent intent = { .action = "container.restart", .host = "srv1" };
	struct store *s = store_rig_open(p);
	g_autofree char *problem = NULL;
	g_autoptr(GError) error = NULL;
	guint64 rows;

	store_audit_end(s, store_audit_begin(s, &intent, &error), OUTCOME_OK, "", &error);
	g_assert_no_error(error);
	store_sample(s, "srv1", "score", T0, 87);
	store_close(s);
	store_rig_change(p, back);
	s = store_rig_open(p);
	g_assert_true(store_audit_verify(s, &rows, &problem));
	g_assert_cmpuint(rows, ==, 2);
	g_assert_cmpfloat(store_sample_near(s, "srv1", "score", T0, S), ==, 87);
	check_run_free(begin(s, 0, NULL));
	store_close(s);
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(struct store_place *p, gconstpointer unused); } tests[] = {
		{ "round-trip", test_round_trip }, { "writes-what-changed", test_writes_what_changed }, { "killed", test_killed },
		{ "two-at-once", test_two_at_once }, { "take-race", test_take_race }, { "take-refused", test_take_refused }, { "damaged", test_damaged },
		{ "full", test_full }, { "old-are-forgotten", test_old_are_forgotten }, { "migration", test_migration },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/store-run/", tests[i].path, NULL);
		g_test_add(path, struct store_place, NULL, store_rig_set_up, tests[i].run, store_rig_tear_down);
	}
	return g_test_run();
}
