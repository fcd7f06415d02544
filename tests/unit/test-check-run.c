/* Walks through a checklist on a virtual clock: order and gates, the window, answers, overrides, interruptions and what the whole is worth. */
#include "model/check_run.h"

#include <string.h>

#include "tests/unit/run_rig.h"

static void
assert_state(const struct check_run *r, enum run_state state)
{
	g_assert_cmpstr(run_state_name(r->state), ==, run_state_name(state));
}

static void
assert_verdict(enum verdict got, enum verdict expected)
{
	g_assert_cmpstr(verdict_name(got), ==, verdict_name(expected));
}

/* --- order --- */

static void
test_order(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);
	const char *why;

	assert_state(r, RUN_WALKING);
	g_assert_cmpint(run_next(r), ==, HEALTH);
	g_assert_true(run_can_look(r, HEALTH, &why));
	g_assert_null(why);
	g_assert_false(run_can_look(r, FRONTEND, &why));
	g_assert_cmpstr(why, ==, "the steps before it come first");
	g_assert_false(run_can_look(r, SFU, &why));
	g_assert_cmpstr(why, ==, "the step is left out");
	g_assert_false(run_can_look(r, 99, &why));
	run_looks(r, HEALTH, T0);
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_RUNNING);
	g_assert_cmpint(run_next(r), ==, HEALTH);
	assert_verdict(run_verdict(r), VERDICT_RUNNING);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + S);
	g_assert_cmpint(run_next(r), ==, FRONTEND);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200", T0 + 2 * S);
	assert_verdict(rig_step(r, FRONTEND)->verdict, VERDICT_ASKED);
	g_assert_cmpint(run_next(r), ==, ERRORS); /* who is asked may take their time */
	rig_see(r, ERRORS, 0, VERDICT_ATTENTION, "2 lines", T0 + 3 * S);
	g_assert_cmpint(run_next(r), ==, REPORT); /* the SFU is not touched */
	run_reported(r, "/reports/x.md", T0 + 4 * S);
	g_assert_cmpint(run_next(r), ==, -1);
	assert_state(r, RUN_WALKING); /* the answer is awaited */
	run_answer(r, FRONTEND, 1, VERDICT_PASS, "fine", "ann", T0 + 5 * S);
	assert_state(r, RUN_DONE);
	g_assert_cmpint(r->ended_us, ==, T0 + 5 * S);
	assert_verdict(run_verdict(r), VERDICT_ATTENTION);
	g_assert_cmpstr(r->report, ==, "/reports/x.md");
	g_assert_cmpuint(run_count(r, VERDICT_SKIPPED), ==, 1);
	g_assert_cmpstr(rig_last_row(r), ==, "ended: attention");
	check_run_free(r);
}

/* A step is as bad as the worst of its checks. */
static void
test_worst(void)
{
	static const enum verdict order[] = { VERDICT_FAIL, VERDICT_UNKNOWN, VERDICT_ASKED, VERDICT_RUNNING, VERDICT_ATTENTION, VERDICT_PASS, VERDICT_SKIPPED };
	struct check_run *r = rig_new_run(0, NULL, T0);
	struct run_step *s = rig_step(r, FRONTEND);

	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		for (guint j = 0; j < G_N_ELEMENTS(order); j++) {
			s->results[0].verdict = order[i];
			s->results[1].verdict = order[j];
			assert_verdict(run_step_judge(s), order[MIN(i, j)]);
		}
	s->results[0].verdict = s->results[1].verdict = VERDICT_NONE;
	assert_verdict(run_step_judge(s), VERDICT_NONE);
	s->results[0].verdict = VERDICT_PASS;
	assert_verdict(run_step_judge(s), VERDICT_RUNNING);
	check_run_free(r);
}

static void
test_only_for(void)
{
	struct check_run *r = rig_new_run(0, "live view", T0);

	assert_verdict(rig_step(r, SFU)->verdict, VERDICT_NONE);
	g_assert_false(run_needs_report(r));
	check_run_free(r);
	r = rig_new_run(0, "auth", T0);
	assert_verdict(rig_step(r, SFU)->verdict, VERDICT_SKIPPED);
	g_assert_cmpstr(rig_step(r, SFU)->results[0].summary, ==, "the deploy does not touch live view");
	g_assert_true(run_needs_report(r));
	check_run_free(r);
}

/* --- gates --- */

static void
test_gate(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);
	const char *why;

	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0);
	assert_state(r, RUN_STOPPED);
	g_assert_cmpint(run_next(r), ==, -1);
	g_assert_cmpstr(rig_last_row(r), ==, "stopped at Cloud HTTP health: do not proceed: escalate to on-call");
	g_assert_false(run_can_look(r, FRONTEND, &why));
	g_assert_cmpstr(why, ==, "a gate did not pass: do not proceed");
	g_assert_true(run_can_look(r, HEALTH, &why)); /* once more */
	run_looks(r, HEALTH, T0 + S);
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_FAIL); /* until something else was seen */
	g_assert_true(rig_step(r, HEALTH)->results[0].looking);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 70 * S);
	assert_state(r, RUN_WALKING);
	g_assert_cmpint(run_next(r), ==, FRONTEND);
	assert_verdict(run_verdict(r), VERDICT_FAIL); /* it did, however short */
	g_assert_cmpuint(rig_step(r, HEALTH)->failures, ==, 1);
	g_assert_cmpint(rig_step(r, HEALTH)->failed_us, ==, 70 * S);
	check_run_free(r);
}

static void
test_unknown_gate(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);

	rig_see(r, HEALTH, 0, VERDICT_UNKNOWN, "our own network is down", T0);
	assert_state(r, RUN_STOPPED);
	assert_verdict(run_verdict(r), VERDICT_UNKNOWN);
	g_assert_cmpint(run_stopped_at(r), ==, HEALTH);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + S);
	g_assert_cmpint(run_stopped_at(r), ==, -1);
	rig_walk_green(r, T0 + S);
	run_reported(r, "/r.md", T0 + S);
	assert_state(r, RUN_DONE);
	assert_verdict(run_verdict(r), VERDICT_PASS); /* it had not been known before: there was no gap */
	check_run_free(r);
}

/* What could not be observed is named, what was overridden is not. */
static void
test_escalation(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);
	g_autofree char *unknown = NULL, *both = NULL;

	rig_see(r, HEALTH, 0, VERDICT_UNKNOWN, "our own network is down", T0);
	unknown = run_escalation(r, "prod");
	g_assert_cmpstr(unknown, ==, "Post-deploy of abc123 of prod, stopped: do not proceed.\n1 Cloud HTTP health: not observed: our own network is down");
	g_assert_true(run_override(r, HEALTH, "VPN", "ann", T0));
	rig_see(r, FRONTEND, 0, VERDICT_FAIL, "HTTP 502", T0 + S);
	both = run_escalation(r, "staging");
	g_assert_cmpstr(both, ==, "Post-deploy of abc123 of staging, stopped: do not proceed.\n2 Frontend: page: HTTP 502 · console: Open https://app.example.com/login: does it render?");
	check_run_free(r);
}

/* An open gate that fails later stops the walk where it is. */
static void
test_gate_fails_later(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200", T0);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 10 * S);
	assert_state(r, RUN_STOPPED);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 20 * S);
	assert_state(r, RUN_WALKING);
	g_assert_cmpint(run_next(r), ==, ERRORS);
	check_run_free(r);
}

static void
test_override(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);

	g_assert_false(run_override(r, HEALTH, "no reason", "ann", T0));
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0);
	g_assert_false(run_override(r, HEALTH, "", "ann", T0));
	g_assert_true(run_override(r, HEALTH, "known\x1b[31m, vendor 4711", "ann", T0));
	g_assert_false(run_override(r, HEALTH, "twice", "ann", T0));
	g_assert_cmpstr(rig_step(r, HEALTH)->overridden, ==, "known, vendor 4711");
	g_assert_cmpstr(rig_step(r, HEALTH)->overridden_by, ==, "ann");
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_FAIL); /* it is what it is */
	assert_state(r, RUN_WALKING);
	g_assert_cmpint(run_next(r), ==, FRONTEND);
	rig_walk_green(r, T0);
	run_reported(r, "/r.md", T0);
	assert_state(r, RUN_DONE);
	assert_verdict(run_verdict(r), VERDICT_ATTENTION);
	check_run_free(r);
}

/* What was overridden was that failure, not the next one. */
static void
test_override_is_for_one(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0);
	g_assert_true(run_override(r, HEALTH, "known", "ann", T0));
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 10 * S);
	g_assert_false(run_override(r, HEALTH, "nothing to override", "ann", T0 + 10 * S));
	assert_state(r, RUN_WALKING);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 502", T0 + 20 * S);
	assert_state(r, RUN_STOPPED);
	assert_verdict(run_verdict(r), VERDICT_FAIL);
	g_assert_true(run_override(r, HEALTH, "known, too", "bob", T0 + 30 * S));
	assert_state(r, RUN_WALKING);
	g_assert_cmpuint(rig_step(r, HEALTH)->forgiven, ==, 2);
	check_run_free(r);
	r = rig_new_run(1800, NULL, T0); /* unknown and overridden, then known to have failed */
	rig_see(r, HEALTH, 0, VERDICT_UNKNOWN, "no route", T0);
	g_assert_true(run_override(r, HEALTH, "VPN", "ann", T0));
	assert_state(r, RUN_WALKING);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 10 * S);
	assert_state(r, RUN_STOPPED);
	check_run_free(r);
}

/* --- the window --- */

static void
test_window(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);
	const char *why;

	rig_walk_green(r, T0 + 60 * S);
	assert_state(r, RUN_WATCHING);
	g_assert_cmpint(run_next(r), ==, -1); /* the report belongs at the end */
	g_assert_false(run_can_look(r, REPORT, &why));
	g_assert_cmpstr(why, ==, "the report is written when the window ends");
	assert_verdict(run_verdict(r), VERDICT_RUNNING);
	g_assert_false(run_tick(r, T0 + 1800 * S - 1));
	g_assert_true(run_tick(r, T0 + 1800 * S));
	assert_state(r, RUN_WALKING);
	g_assert_cmpint(run_next(r), ==, REPORT);
	g_assert_false(run_tick(r, T0 + 1801 * S));
	run_looks(r, REPORT, T0 + 1801 * S);
	run_reported(r, "/r.md", T0 + 1801 * S);
	assert_state(r, RUN_DONE);
	assert_verdict(run_verdict(r), VERDICT_PASS);
	check_run_free(r);
}

static void
test_due(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);
	guint step = 99, check = 99;

	g_assert_false(run_due(r, T0 + 900 * S, &step, &check)); /* nothing was looked at */
	rig_walk_green(r, T0);
	g_assert_false(run_due(r, T0 + 10 * S - 1, &step, &check));
	g_assert_true(run_due(r, T0 + 10 * S, &step, &check));
	g_assert_cmpuint(step, ==, HEALTH);
	run_looks_again(r, step, check);
	g_assert_false(run_due(r, T0 + 20 * S, &step, &check)); /* it is looked at */
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 21 * S);
	g_assert_false(run_due(r, T0 + 29 * S, &step, &check));
	g_assert_true(run_due(r, T0 + 40 * S, &step, &check)); /* at 30: frontend and errors; at 31: health */
	g_assert_cmpuint(step, ==, FRONTEND);
	g_assert_cmpuint(check, ==, 0); /* nobody is asked twice */
	run_looks_again(r, step, check);
	g_assert_true(run_due(r, T0 + 40 * S, &step, &check));
	g_assert_cmpuint(step, ==, ERRORS);
	run_looks_again(r, step, check);
	g_assert_true(run_due(r, T0 + 40 * S, &step, &check));
	g_assert_cmpuint(step, ==, HEALTH);
	run_looks_again(r, step, check);
	g_assert_false(run_due(r, T0 + 400 * S, &step, &check));
	check_run_free(r);
}

static void
test_due_bounds(void)
{
	struct check_run *r = rig_new_run(60, NULL, T0);
	guint step, check;

	rig_walk_green(r, T0);
	g_assert_true(run_due(r, T0 + 60 * S - 1, &step, &check));
	g_assert_false(run_due(r, T0 + 60 * S, &step, &check)); /* the window has ended */
	rig_step(r, HEALTH)->results[0].begun_us = T0 + 3600 * S; /* the clock was set back since */
	g_assert_true(run_due(r, T0 + 5 * S, &step, &check)); /* it is not kept waiting */
	g_assert_cmpuint(step, ==, HEALTH);
	rig_step(r, HEALTH)->results[0].begun_us = T0;
	run_interrupt(r, T0 + 30 * S);
	g_assert_false(run_due(r, T0 + 50 * S, &step, &check));
	check_run_free(r);
	r = rig_new_run(0, NULL, T0); /* no window: nothing is due */
	rig_walk_green(r, T0);
	g_assert_false(run_due(r, T0 + 900 * S, &step, &check));
	check_run_free(r);
}

static const struct run_event *
row(const struct check_run *r, guint from_end)
{
	return r->events->pdata[r->events->len - 1 - from_end];
}

static void
test_transitions(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);
	guint before;

	rig_walk_green(r, T0);
	before = r->events->len;
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 10 * S);
	g_assert_cmpuint(r->events->len, ==, before); /* nothing has changed */
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 20 * S);
	g_assert_cmpuint(r->events->len, ==, before + 1);
	g_assert_cmpint(row(r, 0)->utc_us, ==, T0 + 20 * S);
	g_assert_cmpint(row(r, 0)->step, ==, HEALTH);
	assert_verdict(row(r, 0)->from, VERDICT_PASS);
	assert_verdict(row(r, 0)->to, VERDICT_FAIL);
	g_assert_cmpstr(row(r, 0)->text, ==, "HTTP 503");
	assert_state(r, RUN_WATCHING); /* there is nothing left to stop */
	rig_see(r, FRONTEND, 0, VERDICT_UNKNOWN, "timed out", T0 + 30 * S);
	g_assert_cmpstr(row(r, 0)->text, ==, "page: timed out");
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 50 * S);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200", T0 + 60 * S);
	g_assert_cmpuint(r->events->len, ==, before + 4);
	run_tick(r, T0 + 1800 * S);
	run_reported(r, "/r.md", T0 + 1800 * S);
	assert_verdict(run_verdict(r), VERDICT_FAIL);
	g_assert_cmpint(rig_step(r, HEALTH)->failed_us, ==, 30 * S);
	assert_verdict(run_step_outcome(r, rig_step(r, HEALTH)), VERDICT_FAIL);
	assert_verdict(run_step_outcome(r, rig_step(r, FRONTEND)), VERDICT_ATTENTION); /* nobody could see for a while */
	check_run_free(r);
}

/* A stopped run ends with its window, and its report is still asked for. */
static void
test_window_ends_stopped(void)
{
	struct check_run *r = rig_new_run(60, "auth", T0);

	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0);
	assert_state(r, RUN_STOPPED);
	g_assert_true(run_tick(r, T0 + 60 * S));
	g_assert_cmpint(run_next(r), ==, REPORT);
	run_reported(r, "/r.md", T0 + 60 * S);
	assert_state(r, RUN_DONE);
	assert_verdict(run_verdict(r), VERDICT_FAIL);
	assert_verdict(rig_step(r, FRONTEND)->verdict, VERDICT_NONE);
	g_assert_cmpint(rig_step(r, HEALTH)->failed_us, ==, 60 * S);
	check_run_free(r);
}

/* Who walks slowly is not cut off. */
static void
test_window_ends_walking(void)
{
	struct check_run *r = rig_new_run(60, NULL, T0);

	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0);
	run_tick(r, T0 + 61 * S);
	assert_state(r, RUN_WALKING);
	g_assert_cmpint(run_next(r), ==, FRONTEND);
	rig_walk_green(r, T0 + 62 * S);
	g_assert_cmpint(run_next(r), ==, REPORT);
	check_run_free(r);
}

static void
test_events_are_bounded(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_walk_green(r, T0);
	for (guint i = 0; i < 3000; i++)
		rig_see(r, HEALTH, 0, i % 2 ? VERDICT_PASS : VERDICT_FAIL, "flaps", T0 + i * S / 2);
	g_assert_cmpuint(r->events->len, ==, RUN_EVENTS_KEPT);
	g_assert_cmpuint(r->events_left_out, >, 900);
	g_assert_cmpuint(rig_step(r, HEALTH)->failures, ==, 1500);
	run_finish(r, T0 + 1800 * S);
	g_assert_cmpstr(rig_last_row(r), ==, "ended: fail"); /* how it ended has its row */
	check_run_free(r);
}

static void
test_lines_are_bounded(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);
	struct check_result result = { .verdict = VERDICT_FAIL, .lines = g_ptr_array_new_with_free_func(g_free), .lines_left_out = 3 };

	for (guint i = 0; i < CHECK_LINES_KEPT + 10; i++)
		g_ptr_array_add(result.lines, g_strdup_printf("line %u", i));
	run_looks(r, HEALTH, T0);
	run_saw(r, HEALTH, 0, &result, T0);
	g_assert_null(result.lines); /* taken */
	g_assert_cmpuint(rig_step(r, HEALTH)->results[0].lines->len, ==, CHECK_LINES_KEPT);
	g_assert_cmpstr(rig_step(r, HEALTH)->results[0].lines->pdata[0], ==, "line 10");
	g_assert_cmpuint(rig_step(r, HEALTH)->results[0].lines_left_out, ==, 13);
	check_run_free(r);
}

/* --- the report --- */

static void
test_report_missing(void)
{
	struct check_run *r = rig_new_run(0, "auth", T0);

	rig_walk_green(r, T0);
	run_finish(r, T0 + S);
	assert_state(r, RUN_DONE);
	assert_verdict(rig_step(r, REPORT)->verdict, VERDICT_FAIL);
	assert_verdict(run_verdict(r), VERDICT_FAIL);
	check_run_free(r);
	r = rig_new_run(0, NULL, T0);
	rig_walk_green(r, T0);
	run_looks(r, REPORT, T0); /* and it never comes */
	run_finish(r, T0 + S);
	assert_verdict(rig_step(r, REPORT)->verdict, VERDICT_SKIPPED);
	assert_verdict(run_verdict(r), VERDICT_PASS);
	run_finish(r, T0 + 2 * S);
	g_assert_cmpint(r->ended_us, ==, T0 + S);
	check_run_free(r);
}

/* --- people --- */

static void
test_answers(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);
	const char *why;

	g_assert_false(run_can_answer(r, FRONTEND, 1, &why));
	g_assert_cmpstr(why, ==, "the step has to be looked at first");
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0);
	g_assert_false(run_can_answer(r, HEALTH, 0, &why));
	g_assert_cmpstr(why, ==, "midwatch has seen for itself");
	run_looks(r, FRONTEND, T0);
	g_assert_cmpstr(rig_step(r, FRONTEND)->results[1].summary, ==, "Open https://app.example.com/login: does it render?");
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200", T0);
	run_answer(r, FRONTEND, 1, VERDICT_FAIL, "a red error\nhere", "ann", T0 + S);
	assert_state(r, RUN_STOPPED);
	g_assert_cmpstr(rig_step(r, FRONTEND)->results[1].by, ==, "ann");
	g_assert_null(strchr(rig_step(r, FRONTEND)->results[1].summary, '\n'));
	run_answer(r, FRONTEND, 1, VERDICT_PASS, "of an extension", "ann", T0 + 9 * S); /* taken back */
	assert_state(r, RUN_WALKING);
	assert_verdict(run_verdict(r), VERDICT_RUNNING);
	g_assert_cmpuint(rig_step(r, FRONTEND)->failures, ==, 0);
	g_assert_cmpint(rig_step(r, FRONTEND)->failed_us, ==, 0);
	g_assert_cmpstr(rig_last_row(r), ==, "console: of an extension (ann says: pass)");
	check_run_free(r);
}

/* What midwatch has seen to fail is not taken back by an answer that stands beside it. */
static void
test_answer_beside_failure(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0);
	run_looks(r, FRONTEND, T0);
	rig_see(r, FRONTEND, 0, VERDICT_FAIL, "HTTP 500", T0);
	run_answer(r, FRONTEND, 1, VERDICT_FAIL, NULL, "ann", T0 + S);
	run_answer(r, FRONTEND, 1, VERDICT_PASS, NULL, "ann", T0 + 2 * S);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200", T0 + 3 * S);
	g_assert_cmpuint(rig_step(r, FRONTEND)->failures, ==, 1);
	g_assert_cmpint(rig_step(r, FRONTEND)->failed_us, ==, 3 * S);
	check_run_free(r);
}

/* A person may stand in for what cannot be seen, until it can. */
static void
test_answer_for_unknown(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_see(r, HEALTH, 0, VERDICT_UNKNOWN, "no route", T0);
	g_assert_true(run_can_answer(r, HEALTH, 0, NULL));
	run_answer(r, HEALTH, 0, VERDICT_PASS, "seen from my phone", "ann", T0);
	assert_state(r, RUN_WALKING);
	rig_see(r, HEALTH, 0, VERDICT_UNKNOWN, "no route", T0 + 10 * S);
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_PASS);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 20 * S);
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_FAIL);
	check_run_free(r);
}

/* Nobody answered: that is told, and is no failure; but nothing seen at all is nothing known. */
static void
test_unanswered(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);

	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0);
	rig_see(r, FRONTEND, 0, VERDICT_PASS, "200", T0);
	rig_see(r, ERRORS, 0, VERDICT_PASS, "0 matches", T0);
	run_reported(r, "/r.md", T0);
	assert_verdict(run_verdict(r), VERDICT_RUNNING);
	run_finish(r, T0);
	assert_verdict(run_verdict(r), VERDICT_PASS);
	rig_step(r, HEALTH)->results[0].verdict = rig_step(r, FRONTEND)->results[0].verdict = rig_step(r, ERRORS)->results[0].verdict = VERDICT_ASKED;
	assert_verdict(run_verdict(r), VERDICT_UNKNOWN);
	check_run_free(r);
}

/* --- ends --- */

static void
test_abandon(void)
{
	struct check_run *r = rig_new_run(1800, "auth", T0);

	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0);
	run_abandon(r, "ann", T0 + S);
	assert_state(r, RUN_ABANDONED);
	assert_verdict(run_verdict(r), VERDICT_UNKNOWN);
	g_assert_cmpstr(rig_last_row(r), ==, "abandoned by ann: unknown");
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 2 * S); /* it is over */
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_PASS);
	check_run_free(r);
}

static void
test_interrupt(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_walk_green(r, T0);
	rig_see(r, HEALTH, 0, VERDICT_FAIL, "HTTP 503", T0 + 10 * S);
	run_looks_again(r, ERRORS, 0);
	run_interrupt(r, T0 + 20 * S);
	assert_state(r, RUN_INTERRUPTED);
	g_assert_false(run_can_look(r, HEALTH, NULL));
	g_assert_false(run_tick(r, T0 + 1800 * S));
	run_resume(r, "bob", T0 + 80 * S);
	assert_state(r, RUN_WATCHING);
	g_assert_false(rig_step(r, ERRORS)->results[0].looking);
	g_assert_cmpint(r->unwatched_us, ==, 60 * S);
	rig_see(r, HEALTH, 0, VERDICT_PASS, "200", T0 + 90 * S);
	g_assert_cmpint(rig_step(r, HEALTH)->failed_us, ==, 20 * S); /* of what nobody saw nothing is told */
	check_run_free(r);
	r = rig_new_run(1800, NULL, T0); /* one that was killed, and resumed when its window had ended */
	rig_walk_green(r, T0 + 100 * S);
	r->state = RUN_INTERRUPTED;
	run_resume(r, "bob", T0 + 3600 * S);
	g_assert_cmpint(r->unwatched_us, ==, 1700 * S);
	g_assert_cmpint(run_next(r), ==, REPORT);
	run_reported(r, "/r.md", T0 + 3600 * S);
	assert_verdict(run_verdict(r), VERDICT_ATTENTION);
	check_run_free(r);
}

/* A step that was being looked at when the end came is looked at anew. */
static void
test_interrupted_look(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);

	run_looks(r, HEALTH, T0);
	run_interrupt(r, T0 + S);
	run_resume(r, "bob", T0 + 60 * S);
	g_assert_cmpint(r->unwatched_us, ==, 0); /* there is no window that anybody could have watched */
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_NONE);
	g_assert_cmpint(run_next(r), ==, HEALTH);
	g_assert_cmpstr(rig_last_row(r), ==, "resumed by bob; nobody watched for 0m59s");
	check_run_free(r);
}

/* --- placeholders --- */

static void
assert_fill(const struct check_run *r, const char *text, const char *expected)
{
	const char *missing = NULL;
	g_autofree char *filled = run_fill(r, text, &missing);

	g_assert_cmpstr(filled, ==, expected);
	g_assert_cmpstr(missing, ==, NULL);
}

static void
test_fill(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);
	const char *missing = NULL;
	g_autofree char *shell = NULL;

	assert_fill(r, "{url}{health}?v={version}", "https://app.example.com/api/v1/health?v=abc123");
	assert_fill(r, "docker ps --format '{{.Names}}' {{url}}", "docker ps --format '{{.Names}}' {{url}}");
	assert_fill(r, "a{2,3} {} {A} {2x} {url \\x{ff} \\p{lu} ${name} {", "a{2,3} {} {A} {2x} {url \\x{ff} \\p{lu} ${name} {");
	assert_fill(r, "", "");
	g_assert_null(run_fill(r, "{url} {nothing}", &missing));
	g_assert_cmpstr(missing, ==, "nothing");
	shell = run_fill_shell(r, "docker logs {container}", &missing);
	g_assert_cmpstr(shell, ==, "docker logs 'cloud; rm -rf /'");
	check_run_free(r);
}

static const char *
no_value(void *user, const char *name)
{
	return NULL;
}

/* Without values a check cannot be looked at, which a person may do; a member is shown instead of compared. */
static void
test_not_configured(void)
{
	const struct run_settings settings = { .actor = "ann", .window_s = -1, .value = no_value };
	struct check_run *r = check_run_new(rig_checklist(1800), &settings, T0);
	guint step, check;

	run_looks(r, HEALTH, T0);
	assert_verdict(rig_step(r, HEALTH)->verdict, VERDICT_UNKNOWN);
	g_assert_cmpstr(rig_step(r, HEALTH)->results[0].summary, ==, "not configured: {url}");
	assert_state(r, RUN_STOPPED);
	g_assert_false(run_due(r, T0 + 60 * S, &step, &check));
	run_answer(r, HEALTH, 0, VERDICT_PASS, "curl says so", "ann", T0);
	g_assert_cmpint(run_next(r), ==, FRONTEND);
	run_looks(r, FRONTEND, T0);
	g_assert_cmpstr(rig_step(r, FRONTEND)->results[1].summary, ==, "Open {url}/login: does it render?");
	check_run_free(r);
	r = rig_new_run(0, NULL, T0);
	g_assert_null(run_missing(r, rig_step(r, HEALTH)->step->checks->pdata[0]));
	g_hash_table_remove(r->variables, "version");
	g_assert_null(run_missing(r, rig_step(r, HEALTH)->step->checks->pdata[0]));
	g_hash_table_remove(r->variables, "health");
	g_assert_cmpstr(run_missing(r, rig_step(r, HEALTH)->step->checks->pdata[0]), ==, "health");
	check_run_free(r);
}

/* The machine slept in the window, and nobody told the run: what nobody watched is no clean window. */
static void
test_slept(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);

	rig_walk_green(r, T0);
	for (guint i = 0; i < 100; i++)
		g_assert_false(run_tick(r, T0 + i * S));
	g_assert_false(run_tick(r, T0 + 159 * S)); /* held up, but not for long */
	g_assert_true(run_tick(r, T0 + 759 * S));
	g_assert_cmpint(r->unwatched_us, ==, 600 * S);
	g_assert_cmpstr(rig_last_row(r), ==, "nobody watched for 10m00s: midwatch was held up, the machine slept, or its clock was set");
	g_assert_false(run_tick(r, T0 + 760 * S));
	g_assert_true(run_tick(r, T0 + 7200 * S)); /* until after its end */
	g_assert_cmpint(r->unwatched_us, ==, (600 + 1040) * S);
	g_assert_cmpint(run_next(r), ==, REPORT);
	run_reported(r, "/r.md", T0 + 7200 * S);
	assert_verdict(run_verdict(r), VERDICT_ATTENTION);
	check_run_free(r);
}

static void
test_words(void)
{
	struct check_run *r = rig_new_run(0, NULL, T0);
	enum verdict v;
	enum run_state state;

	rig_walk_green(r, T0);
	{
		g_autofree char *one = run_step_summary(rig_step(r, HEALTH)), *two = run_step_summary(rig_step(r, FRONTEND));
		g_assert_cmpstr(one, ==, "200 · status ok");
		g_assert_cmpstr(two, ==, "page: 200 · HTTP/2 · console: pass");
	}
	for (guint i = VERDICT_NONE; i <= VERDICT_SKIPPED; i++)
		g_assert_true(verdict_parse(verdict_name((enum verdict)i), &v) && v == (enum verdict)i);
	for (guint i = RUN_WALKING; i <= RUN_INTERRUPTED; i++)
		g_assert_true(run_state_parse(run_state_name((enum run_state)i), &state) && state == (enum run_state)i);
	g_assert_false(verdict_parse("PASS", &v));
	g_assert_false(run_state_parse(NULL, &state));
	g_assert_cmpstr(run_verdict_word(RUN_INTERRUPTED, VERDICT_RUNNING), ==, "interrupted");
	g_assert_cmpstr(run_verdict_word(RUN_INTERRUPTED, VERDICT_FAIL), ==, "fail");
	g_assert_cmpstr(run_verdict_word(RUN_WALKING, VERDICT_RUNNING), ==, "running");
	check_run_free(r);
}

/* The window stays as long as it was to be, what is due is due, and no gap is told. */
static void
test_clock_set(void)
{
	struct check_run *r = rig_new_run(1800, NULL, T0);
	guint step, check;

	rig_walk_green(r, T0 + S);
	run_tick(r, T0 + 10 * S);
	g_assert_true(run_clock_set(r, -3600 * S, T0 - 3590 * S));
	g_assert_cmpstr(rig_last_row(r), ==, "the clock of this machine was set back by 60m00s: the end of the window moves with it");
	g_assert_cmpint(r->window_end_us, ==, T0 - 1800 * S);
	g_assert_true(run_due(r, T0 - 3589 * S, &step, &check));
	g_assert_false(run_tick(r, T0 - 3589 * S));
	g_assert_cmpint(r->unwatched_us, ==, 0);
	g_assert_true(run_clock_set(r, 3600 * S, T0 + 12 * S));
	g_assert_false(run_tick(r, T0 + 13 * S));
	g_assert_cmpint(r->window_end_us, ==, T0 + 1800 * S);
	check_run_free(r);
	r = rig_new_run(0, NULL, T0);
	g_assert_false(run_clock_set(r, -3600 * S, T0 - 3590 * S));
	check_run_free(r);
}

int
main(int argc, char **argv)
{
	static const struct { const char *path; void (*run)(void); } tests[] = {
		{ "order", test_order }, { "worst", test_worst }, { "only-for", test_only_for }, { "gate", test_gate }, { "unknown-gate", test_unknown_gate },
		{ "escalation", test_escalation },
		{ "gate-fails-later", test_gate_fails_later }, { "override", test_override }, { "override-is-for-one", test_override_is_for_one },
		{ "window", test_window }, { "due", test_due }, { "due-bounds", test_due_bounds }, { "transitions", test_transitions },
		{ "window-ends-stopped", test_window_ends_stopped }, { "window-ends-walking", test_window_ends_walking },
		{ "events-are-bounded", test_events_are_bounded }, { "lines-are-bounded", test_lines_are_bounded }, { "report-missing", test_report_missing },
		{ "answers", test_answers }, { "answer-beside-failure", test_answer_beside_failure }, { "answer-for-unknown", test_answer_for_unknown },
		{ "unanswered", test_unanswered }, { "abandon", test_abandon }, { "interrupt", test_interrupt }, { "interrupted-look", test_interrupted_look },
		{ "slept", test_slept },
		{ "fill", test_fill }, { "not-configured", test_not_configured }, { "words", test_words },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/check-run/", tests[i].path, NULL);
		g_test_add_func(path, tests[i].run);
	}
	g_test_add_func("/check-run/clock-set", test_clock_set);
	return g_test_run();
}
