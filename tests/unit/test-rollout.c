/* The rolling restart on a clock of the test: batches, pauses, gates, the budget, and what the operator says in between. */
#include "model/rollout.h"

#include <string.h>

#define S G_USEC_PER_SEC
#define GATEWAYS 10

/* --- a fleet of ten --- */

struct setting {
	struct rollout *r;
	gint64 now;
	struct rollout_sight sights[GATEWAYS];
	guint restarts; /* begun so far */
};

static const char *const names[GATEWAYS] = { "gw0", "gw1", "gw2", "gw3", "gw4", "gw5", "gw6", "gw7", "gw8", "gw9" };
static const struct rollout_settings usual = { .batch = 3, .budget = 1, .pause_s = 10, .gate_s = 120, .quiet_s = 15 };

static void
begin(struct setting *s, const struct rollout_settings *settings, guint count)
{
	rollout_free(s->r);
	s->now = 1000 * S;
	s->restarts = 0;
	s->r = rollout_new(settings, names, count, s->now);
	for (guint i = 0; i < GATEWAYS; i++)
		s->sights[i] = (struct rollout_sight){ .known = TRUE, .unit_active = TRUE, .online = TRUE };
}

static void
set_up(struct setting *s, gconstpointer unused)
{
	begin(s, &usual, GATEWAYS);
}

static void
tear_down(struct setting *s, gconstpointer unused)
{
	rollout_free(s->r);
}

static void
sight(void *user, const char *gateway, struct rollout_sight *out)
{
	struct setting *s = user;

	*out = s->sights[gateway[2] - '0'];
	if (out->at_us == 0)
		out->at_us = s->now;
}

static gboolean
tick(struct setting *s)
{
	return rollout_tick(s->r, sight, s, s->now);
}

/* Second by second. */
static void
wait_s(struct setting *s, guint seconds)
{
	while (seconds-- > 0) {
		s->now += S;
		tick(s);
	}
}

/* Begins all that may be begun now; gives how many. */
static guint
begin_all(struct setting *s)
{
	struct rollout_step *step;
	guint n = 0;

	while ((step = rollout_next(s->r, s->now))) {
		g_assert_cmpint(step->stage, ==, ROLLOUT_RESTARTS);
		g_assert_cmpint(step->begun_us, ==, s->now);
		n++;
	}
	s->restarts += n;
	return n;
}

static void
restarted(struct setting *s, guint i, const char *problem)
{
	rollout_restarted(s->r, s->r->steps->pdata[i], problem, s->now);
}

static enum rollout_stage
stage(const struct setting *s, guint i)
{
	return ((const struct rollout_step *)s->r->steps->pdata[i])->stage;
}

static const char *
reason(const struct setting *s, guint i)
{
	return ((const struct rollout_step *)s->r->steps->pdata[i])->reason;
}

static void
assert_words(const struct setting *s, const char *expect)
{
	g_autofree char *words = rollout_words(s->r, s->now);

	g_assert_cmpstr(words, ==, expect);
}

/* The first one alone, restarted, at its gate. */
static void
begin_one(struct setting *s)
{
	begin(s, &usual, 1);
	g_assert_cmpuint(begin_all(s), ==, 1);
	restarted(s, 0, NULL);
}

/* --- sizes --- */

static void
assert_batch(const char *batch, guint count, guint expect)
{
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(rollout_batch_size(batch, count, &error), ==, expect);
	g_assert_no_error(error);
}

static void
test_batch_size(void)
{
	static const char *const wrong[] = { "", "0", "-1", "0%", "101%", "1.5", "3 4", "%", "a", "99999999999", NULL };

	assert_batch("3", 40, 3);
	assert_batch(" 3 ", 40, 3);
	assert_batch("50", 40, 40);
	assert_batch("1", 0, 1);
	assert_batch("10%", 40, 4);
	assert_batch("10%", 49, 4); /* never more than was asked for … */
	assert_batch("10%", 9, 1);  /* … but one at least */
	assert_batch("100%", 7, 7);
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_cmpuint(rollout_batch_size(wrong[i], 40, &error), ==, 0);
		g_assert_nonnull(strstr(error->message, "is no batch: a number from 1 on, or 1% to 100%"));
	}
}

/* --- the way through --- */

static void
test_all_well(struct setting *s, gconstpointer unused)
{
	static const guint sizes[] = { 3, 3, 3, 1 };
	guint first = 0;

	g_assert_cmpuint(rollout_batches(s->r), ==, 4);
	for (guint b = 0; b < G_N_ELEMENTS(sizes); b++) {
		g_assert_cmpuint(begin_all(s), ==, sizes[b]);
		g_assert_cmpuint(rollout_batch(s->r), ==, b + 1);
		for (guint i = 0; i < sizes[b]; i++)
			restarted(s, first + i, NULL);
		tick(s);
		wait_s(s, 14);
		g_assert_cmpint(stage(s, first), ==, ROLLOUT_GATE);
		g_assert_cmpuint(begin_all(s), ==, 0);
		wait_s(s, 1);
		g_assert_cmpint(stage(s, first), ==, ROLLOUT_WELL);
		g_assert_null(reason(s, first));
		first += sizes[b];
		g_assert_cmpuint(s->r->well, ==, first);
		g_assert_cmpint(rollout_is_over(s->r), ==, first == GATEWAYS);
		wait_s(s, 9);
		g_assert_cmpuint(begin_all(s), ==, 0); /* the pause */
		wait_s(s, 1);
	}
	g_assert_cmpint(s->r->state, ==, ROLLOUT_DONE);
	g_assert_cmpuint(s->restarts, ==, GATEWAYS);
	g_assert_null(rollout_next(s->r, s->now));
	g_assert_false(tick(s));
	g_assert_cmpint(rollout_longest_s(s->r), ==, 0);
	assert_words(s, "done: 10 of 10 well");
}

/* A batch is not over before each of it has shown that it is well. */
static void
test_slowest_of_batch(struct setting *s, gconstpointer unused)
{
	begin_all(s);
	restarted(s, 0, NULL);
	restarted(s, 2, NULL);
	wait_s(s, 30);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);
	g_assert_cmpint(stage(s, 1), ==, ROLLOUT_RESTARTS);
	wait_s(s, 600); /* a restart has no time of its own: systemd's holds */
	g_assert_cmpuint(begin_all(s), ==, 0);
	restarted(s, 1, NULL);
	assert_words(s, "2 of 10 well, batch 1 of 4: waits for gw1 (restarted)");
	wait_s(s, 16);
	assert_words(s, "3 of 10 well, batch 1 of 4: the next one in 10 s");
	wait_s(s, 10);
	g_assert_cmpuint(begin_all(s), ==, 3);
	assert_words(s, "3 of 10 well, batch 2 of 4: waits for gw3 (restarts) and 2 more");
}

static void
test_without_pause(struct setting *s, gconstpointer unused)
{
	struct rollout_settings hasty = { .batch = 4, .budget = 1, .gate_s = 60 };

	begin(s, &hasty, 5);
	g_assert_cmpuint(begin_all(s), ==, 4);
	for (guint i = 0; i < 4; i++)
		restarted(s, i, NULL);
	tick(s); /* nothing has to be quiet */
	g_assert_cmpuint(begin_all(s), ==, 1);
}

static void
test_few(struct setting *s, gconstpointer unused)
{
	begin(s, &usual, 2); /* fewer than a batch */
	g_assert_cmpuint(rollout_batches(s->r), ==, 1);
	g_assert_cmpuint(begin_all(s), ==, 2);
	restarted(s, 0, NULL);
	restarted(s, 1, NULL);
	wait_s(s, 16);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_DONE); /* without a pause at the end */
	begin_one(s);
	wait_s(s, 16);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_DONE);
	begin(s, &usual, 0);
	g_assert_null(rollout_next(s->r, s->now));
	g_assert_cmpint(s->r->state, ==, ROLLOUT_DONE);
}

/* --- the gate --- */

static void
test_gate_time(struct setting *s, gconstpointer unused)
{
	begin_one(s);
	s->sights[0].unit_active = FALSE;
	wait_s(s, 119);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_GATE);
	assert_words(s, "0 of 1 well, batch 1 of 1: waits for gw0 (not active yet)");
	wait_s(s, 1);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_FAILED);
	g_assert_cmpstr(reason(s, 0), ==, "not active within 120 s");
	g_assert_cmpint(s->r->state, ==, ROLLOUT_STOPPED);
	g_assert_true(rollout_is_over(s->r));
	assert_words(s, "stopped: 0 of 1 well, 1 failed");

	begin_one(s);
	s->sights[0].online = FALSE;
	wait_s(s, 120);
	g_assert_cmpstr(reason(s, 0), ==, "not online within 120 s");
}

/* What opens in the last second is in time. */
static void
test_gate_last_second(struct setting *s, gconstpointer unused)
{
	begin_one(s);
	s->sights[0].online = FALSE;
	wait_s(s, 104);
	s->sights[0].online = TRUE;
	wait_s(s, 16);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);
	begin_one(s);
	s->sights[0].online = FALSE;
	wait_s(s, 105);
	s->sights[0].online = TRUE;
	wait_s(s, 15);
	g_assert_cmpstr(reason(s, 0), ==, "not quiet for 15 s within 120 s");
}

static void
test_new_error(struct setting *s, gconstpointer unused)
{
	begin_one(s);
	s->sights[0].last_error_us = 2; /* of the start itself */
	wait_s(s, 10);
	s->sights[0].last_error_us = 3;
	wait_s(s, 1);
	g_assert_cmpstr(reason(s, 0), ==, "new errors");
	wait_s(s, 14);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_GATE);
	wait_s(s, 1);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);
	begin_one(s);
	for (guint i = 0; i < 12; i++) { /* again and again */
		s->sights[0].last_error_us++;
		wait_s(s, 10);
	}
	g_assert_cmpstr(reason(s, 0), ==, "not quiet for 15 s within 120 s");
}

static void
test_inactive_again(struct setting *s, gconstpointer unused)
{
	begin_one(s);
	wait_s(s, 10);
	s->sights[0].unit_active = FALSE;
	wait_s(s, 1);
	s->sights[0].unit_active = TRUE;
	wait_s(s, 15);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_GATE);
	wait_s(s, 1);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);
	/* It fell and came back between two looks. */
	begin_one(s);
	wait_s(s, 10);
	s->sights[0].active_since_us = s->now;
	wait_s(s, 14);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_GATE);
	wait_s(s, 1);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);
}

/* It neither passes nor fails, and is no quiet time. */
static void
test_unknown(struct setting *s, gconstpointer unused)
{
	begin_one(s);
	s->sights[0].known = FALSE;
	wait_s(s, 119);
	g_assert_cmpstr(reason(s, 0), ==, "its state is not known yet");
	wait_s(s, 1);
	g_assert_cmpstr(reason(s, 0), ==, "its state was not known within 120 s");

	begin_one(s);
	wait_s(s, 10);
	s->sights[0].known = FALSE;
	wait_s(s, 40);
	s->sights[0].known = TRUE;
	wait_s(s, 5);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_GATE);
	wait_s(s, 1);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);

	begin_one(s); /* errors that nobody can read are not none */
	s->sights[0].last_error_us = -1;
	wait_s(s, 120);
	g_assert_cmpstr(reason(s, 0), ==, "its errors were not known within 120 s");

	begin_one(s); /* what is certainly wrong is said */
	s->sights[0].last_error_us = -1;
	s->sights[0].unit_active = FALSE;
	wait_s(s, 120);
	g_assert_cmpstr(reason(s, 0), ==, "not active within 120 s");
}

/* The same old report again and again shows nothing new. */
static void
test_old_sight(struct setting *s, gconstpointer unused)
{
	begin_one(s);
	s->sights[0].at_us = s->now + S;
	wait_s(s, 60);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_GATE);
	s->sights[0].at_us = s->now;
	wait_s(s, 1);
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);
}

/* --- failures --- */

static void
test_budget(struct setting *s, gconstpointer unused)
{
	begin_all(s);
	restarted(s, 0, "exit 5");
	g_assert_cmpint(s->r->state, ==, ROLLOUT_STOPPED);
	g_assert_false(rollout_is_over(s->r)); /* two are under way */
	g_assert_cmpint(stage(s, 3), ==, ROLLOUT_LEFT);
	g_assert_cmpstr(reason(s, 0), ==, "exit 5");
	assert_words(s, "stopped: 0 of 10 well, 1 failed, 7 left out, waits for gw1 (restarts) and 1 more");
	restarted(s, 1, NULL);
	restarted(s, 2, NULL);
	wait_s(s, 16);
	g_assert_true(rollout_is_over(s->r));
	g_assert_cmpuint(s->r->well, ==, 2);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_STOPPED);
	g_assert_cmpuint(begin_all(s), ==, 0);
	assert_words(s, "stopped: 2 of 10 well, 1 failed, 7 left out");
}

static void
test_budget_of_two(struct setting *s, gconstpointer unused)
{
	struct rollout_settings two = usual;

	two.budget = 2;
	begin(s, &two, GATEWAYS);
	begin_all(s);
	restarted(s, 0, "exit 5");
	g_assert_cmpint(s->r->state, ==, ROLLOUT_RUNNING);
	restarted(s, 1, NULL);
	restarted(s, 2, NULL);
	wait_s(s, 26);
	g_assert_cmpuint(begin_all(s), ==, 3);
	restarted(s, 3, "exit 5");
	g_assert_cmpint(s->r->state, ==, ROLLOUT_STOPPED);
}

static void
test_budget_of_none(struct setting *s, gconstpointer unused)
{
	struct rollout_settings none = usual;

	none.budget = 0;
	none.batch = 0;
	begin(s, &none, 2);
	g_assert_cmpuint(begin_all(s), ==, 1);
	tick(s);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_RUNNING);
	restarted(s, 0, "exit 5");
	g_assert_cmpint(s->r->state, ==, ROLLOUT_STOPPED);
}

/* One of a batch that has not been begun when the budget is used up is not begun. */
static void
test_budget_within_batch(struct setting *s, gconstpointer unused)
{
	struct rollout_step *first = rollout_next(s->r, s->now);

	rollout_restarted(s->r, first, "it was not begun", s->now);
	g_assert_null(rollout_next(s->r, s->now));
	g_assert_cmpint(stage(s, 1), ==, ROLLOUT_LEFT);
	g_assert_true(rollout_is_over(s->r));
}

/* --- the operator --- */

static void
test_pause(struct setting *s, gconstpointer unused)
{
	rollout_pause(s->r, TRUE, s->now); /* before anything began */
	g_assert_cmpuint(begin_all(s), ==, 0);
	assert_words(s, "paused: 0 of 10 well, batch 1 of 4");
	rollout_pause(s->r, FALSE, s->now);
	g_assert_nonnull(rollout_next(s->r, s->now));
	rollout_pause(s->r, TRUE, s->now); /* in a restart: the rest of the batch waits */
	g_assert_null(rollout_next(s->r, s->now));
	restarted(s, 0, NULL);
	wait_s(s, 16); /* at the gate */
	g_assert_cmpint(stage(s, 0), ==, ROLLOUT_WELL);
	wait_s(s, 100);
	g_assert_cmpuint(rollout_batch(s->r), ==, 1);
	rollout_pause(s->r, FALSE, s->now);
	g_assert_cmpuint(begin_all(s), ==, 2);
	restarted(s, 1, NULL);
	restarted(s, 2, NULL);
	wait_s(s, 18); /* between batches */
	rollout_pause(s->r, TRUE, s->now);
	wait_s(s, 100);
	g_assert_cmpuint(begin_all(s), ==, 0);
	rollout_pause(s->r, FALSE, s->now);
	g_assert_cmpuint(begin_all(s), ==, 3); /* the pause of the settings is over */
}

static void
test_pause_ends(struct setting *s, gconstpointer unused)
{
	begin_one(s); /* the last one */
	rollout_pause(s->r, TRUE, s->now);
	wait_s(s, 16);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_DONE);
	rollout_pause(s->r, TRUE, s->now);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_DONE);
	begin(s, &usual, GATEWAYS); /* a failure ends it all the same */
	begin_all(s);
	rollout_pause(s->r, TRUE, s->now);
	restarted(s, 0, "exit 5");
	g_assert_cmpint(s->r->state, ==, ROLLOUT_STOPPED);
	rollout_pause(s->r, FALSE, s->now);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_STOPPED);
}

static void
test_abort(struct setting *s, gconstpointer unused)
{
	rollout_abort(s->r, s->now); /* before anything began */
	g_assert_true(rollout_is_over(s->r));
	assert_words(s, "aborted: 0 of 10 well, 10 left out");

	begin(s, &usual, GATEWAYS); /* in a restart and at a gate */
	begin_all(s);
	restarted(s, 0, NULL);
	rollout_abort(s->r, s->now);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_ABORTED);
	g_assert_false(rollout_is_over(s->r));
	restarted(s, 1, "exit 1");
	restarted(s, 2, NULL);
	wait_s(s, 16);
	g_assert_true(rollout_is_over(s->r));
	g_assert_cmpint(s->r->state, ==, ROLLOUT_ABORTED);
	assert_words(s, "aborted: 2 of 10 well, 1 failed, 7 left out");

	begin(s, &usual, GATEWAYS); /* between batches */
	begin_all(s);
	for (guint i = 0; i < 3; i++)
		restarted(s, i, NULL);
	wait_s(s, 18);
	rollout_abort(s->r, s->now);
	g_assert_true(rollout_is_over(s->r));

	begin(s, &usual, GATEWAYS); /* paused */
	rollout_pause(s->r, TRUE, s->now);
	rollout_abort(s->r, s->now);
	g_assert_true(rollout_is_over(s->r));
	rollout_abort(s->r, s->now);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_ABORTED);
}

static void
test_interrupt(struct setting *s, gconstpointer unused)
{
	begin_all(s);
	restarted(s, 0, NULL);
	restarted(s, 1, NULL);
	s->sights[1].online = FALSE;
	wait_s(s, 16);
	rollout_interrupt(s->r, s->now);
	g_assert_true(rollout_is_over(s->r));
	g_assert_cmpint(stage(s, 1), ==, ROLLOUT_GATE); /* nobody knows */
	g_assert_cmpint(stage(s, 2), ==, ROLLOUT_RESTARTS);
	g_assert_cmpint(stage(s, 3), ==, ROLLOUT_LEFT);
	assert_words(s, "interrupted, 1 of 10 done; not known: gw1 (not online yet) and 1 more");
	g_assert_cmpuint(begin_all(s), ==, 0);
	g_assert_false(tick(s));
	rollout_pause(s->r, FALSE, s->now);
	rollout_abort(s->r, s->now);
	g_assert_cmpint(s->r->state, ==, ROLLOUT_INTERRUPTED);
}

/* Its turn had come, but it could not be reached before the operator said otherwise. */
static void
test_not_begun(struct setting *s, gconstpointer unused)
{
	struct rollout_step *first = rollout_next(s->r, s->now);

	rollout_pause(s->r, TRUE, s->now);
	rollout_not_begun(s->r, first, s->now);
	g_assert_cmpint(first->stage, ==, ROLLOUT_WAITS);
	g_assert_cmpint(first->begun_us, ==, 0);
	rollout_pause(s->r, FALSE, s->now);
	g_assert_true(rollout_next(s->r, s->now) == first);
	rollout_abort(s->r, s->now);
	g_assert_false(rollout_is_over(s->r));
	rollout_not_begun(s->r, first, s->now);
	g_assert_cmpint(first->stage, ==, ROLLOUT_LEFT);
	g_assert_true(rollout_is_over(s->r));
	assert_words(s, "aborted: 0 of 10 well, 10 left out");
}

/* --- what else is told --- */

static void
test_found(struct setting *s, gconstpointer unused)
{
	g_assert_cmpstr(rollout_step(s->r, "gw7")->gateway, ==, "gw7");
	g_assert_null(rollout_step(s->r, "gw"));
	g_assert_cmpint(rollout_longest_s(s->r), ==, 150 + 3 * 160);
	g_assert_cmpstr(rollout_state_name(ROLLOUT_INTERRUPTED), ==, "interrupted");
	g_assert_cmpstr(rollout_stage_name(ROLLOUT_LEFT), ==, "left out");
}

/* Only what changes is told, so that it can be written down each time. */
static void
test_changes(struct setting *s, gconstpointer unused)
{
	begin_one(s);
	s->now += S;
	g_assert_true(tick(s)); /* what it waits for */
	s->now += S;
	g_assert_false(tick(s));
	s->sights[0].online = FALSE;
	g_assert_true(tick(s));
	g_assert_false(tick(s));
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(struct setting *s, gconstpointer unused); } tests[] = {
		{ "all-well", test_all_well }, { "slowest-of-batch", test_slowest_of_batch }, { "without-pause", test_without_pause }, { "few", test_few },
		{ "gate-time", test_gate_time }, { "gate-last-second", test_gate_last_second }, { "new-error", test_new_error },
		{ "inactive-again", test_inactive_again }, { "unknown", test_unknown }, { "old-sight", test_old_sight }, { "budget", test_budget },
		{ "budget-of-two", test_budget_of_two }, { "budget-of-none", test_budget_of_none }, { "budget-within-batch", test_budget_within_batch },
		{ "pause", test_pause }, { "pause-ends", test_pause_ends }, { "abort", test_abort }, { "not-begun", test_not_begun }, { "interrupt", test_interrupt }, { "found", test_found },
		{ "changes", test_changes },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rollout/batch-size", test_batch_size);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/rollout/", tests[i].path, NULL);
		g_test_add(path, struct setting, NULL, set_up, tests[i].run, tear_down);
	}
	return g_test_run();
}
