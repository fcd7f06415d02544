/* The Checklist panel, drawn from a hand-made run whose clock stands still. UPDATE_GOLDEN=1 writes what it looks like anew. */
#include <string.h>

#include "panels/checklist_private.h"
#include "tests/unit/run_world.h"

static struct stage *stage_of(struct world *w)
{
	return stage_new(&checklist_panel, w, 19, 80);
}

static void has(const struct stage *s, const char *text)
{
	page_assert_has(&s->canvas, text);
}

static void end(struct stage *s, struct check_run *r)
{
	s->world->run = NULL;
	stage_free(s);
	check_run_free(r);
}

static void point_at(struct stage *s, const char *object)
{
	s->class->select(s->panel, NULL, object);
	stage_draw(s);
}

static void test_golden(void)
{
	struct world *w = run_world_new();
	struct stage *s = stage_of(w);
	struct check_run *r;

	stage_golden(s, "checklist-choice", TRUE);
	r = run_world_begin(w);
	stage_golden(s, "checklist-begun", FALSE);
	run_world_walk_to_stop(w);
	point_at(s, "gateway-errors");
	stage_golden(s, "checklist-stopped", TRUE);
	stage_press(s, ACT_TAB_PREVIOUS);
	stage_press(s, ACT_TAB_PREVIOUS);
	stage_golden(s, "checklist-log", FALSE);
	end(s, r);
}

/* One key a step, and the cursor goes along. */
static void test_walk(void)
{
	struct world *w = run_world_new();
	struct check_run *r = run_world_begin(w);
	struct stage *s = stage_of(w);

	has(s, "next: 1 Cloud HTTP health: n looks");
	has(s, "window 18:22 left of 30:00");
	g_assert_true(stage_press(s, ACT_CHECK_NEXT));
	g_assert_nonnull(recorder_last(s->recorder, REQUEST_RUN_LOOK));
	run_looks(r, 0, WORLD_UTC_US);
	s->class->text(s->panel, "0", "HTTP/2 200", NULL);
	stage_draw(s);
	has(s, "looking: HTTP/2 200");
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_OVERRIDE), ==, "no gate stops the run");
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_RESUME), !=, NULL);
	end(s, r);
}

static void test_answer(void)
{
	struct world *w = run_world_new();
	struct check_run *r = run_world_begin(w);
	struct stage *s = stage_of(w);

	run_world_saw(w, 0, 0, VERDICT_PASS, "200 · status ok", NULL);
	run_world_saw(w, 1, 0, VERDICT_PASS, "HTTP/2 200", NULL);
	point_at(s, "frontend");
	has(s, "2 Frontend: Does /login render, without red errors in the console?");
	has(s, "asks you: p passes, F fails");
	g_assert_true(stage_press(s, ACT_CHECK_FAIL));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_REASON), "console fails; a note, or Enter for none: "));
	stage_answer(s, ACT_CHECK_FAIL, NULL, TRUE); /* cancelled: nothing is said */
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_RUN_ANSWER), ==, 0);
	stage_answer(s, ACT_CHECK_FAIL, " red errors ", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_RUN_ANSWER), "|red errors|"));
	point_at(s, "health");
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_PASS), ==, "nothing is asked of this step");
	end(s, r);
}

static void test_note_needed(void)
{
	struct world *w = run_world_new();
	struct check_run *r = run_world_begin(w);
	struct stage *s = stage_of(w);

	run_world_walk_to_stop(w);
	g_assert_true(run_override(r, 3, "known", "ann@console", WORLD_UTC_US));
	run_looks(r, 4, WORLD_UTC_US);
	point_at(s, "org");
	g_assert_true(stage_press(s, ACT_CHECK_PASS));
	stage_answer(s, ACT_CHECK_PASS, "  ", TRUE);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_RUN_ANSWER), ==, 0);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_NOTICE), "needs a note"));
	end(s, r);
}

static void test_stopped(void)
{
	struct world *w = run_world_new();
	struct check_run *r = run_world_begin(w);
	struct stage *s = stage_of(w);
	char badge[32];

	run_world_walk_to_stop(w);
	stage_draw(s);
	has(s, "3 passed, 1 failed: STOP");
	has(s, "✖ do not proceed: escalate to on-call.   Enter lines  e escalate  o override…");
	has(s, "waits for 4");
	g_assert_nonnull(strstr(stage_why_not(s, ACT_CHECK_NEXT), "do not proceed"));
	checklist_badge(s->panel, badge, sizeof badge);
	g_assert_cmpstr(badge, ==, "✖ 18:22");
	g_assert_true(stage_press(s, ACT_CHECK_OVERRIDE));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_REASON), "why override 4 Gateway error grep"));
	stage_answer(s, ACT_CHECK_OVERRIDE, "", TRUE);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_RUN_OVERRIDE), ==, 0);
	stage_answer(s, ACT_CHECK_OVERRIDE, "known since Monday", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_RUN_OVERRIDE), "|known since Monday|"));
	w->readonly = TRUE;
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_OVERRIDE), ==, "midwatch is locked read-only");
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_ABANDON), ==, "midwatch is locked read-only");
	run_override(r, 3, "known since Monday", "ann@console", WORLD_UTC_US);
	stage_draw(s);
	has(s, "overridden by ann@console: known since Monday");
	end(s, r);
}

/* A gate that could not be observed stops, too, and can be overridden. */
static void test_unknown_gate(void)
{
	struct world *w = run_world_new();
	struct check_run *r = run_world_begin(w);
	struct stage *s = stage_of(w);

	run_world_saw(w, 0, 0, VERDICT_UNKNOWN, "our own network is down", NULL);
	stage_draw(s);
	has(s, "do not proceed: escalate to on-call.");
	has(s, "waits for 1");
	g_assert_true(stage_press(s, ACT_CHECK_OVERRIDE));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_REASON), "why override 1 Cloud HTTP health"));
	stage_answer(s, ACT_CHECK_OVERRIDE, "seen from outside", TRUE);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_RUN_OVERRIDE), "|seen from outside|"));
	end(s, r);
}

static void test_choice(void)
{
	struct world *w = run_world_new();
	struct stage *s = stage_of(w);

	point_at(s, "cpost-deploy");
	g_assert_true(stage_press(s, ACT_OPEN));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_RUN_START), "|post-deploy|"));
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_RESUME), ==, "this is no run that was interrupted");
	point_at(s, "r1");
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_RESUME), ==, "another midwatch walks it");
	point_at(s, "r2");
	g_assert_true(stage_press(s, ACT_CHECK_RESUME));
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_RUN_RESUME), "|2|"));
	w->checklists_trouble = g_strdup("1 fault in checklists: walk.yml:4: window");
	stage_draw(s);
	has(s, "▲ 1 fault in checklists: walk.yml:4: window");
	stage_free(s);
}

/* A run of the store is shown, and nothing is done to it. */
static void test_opened(void)
{
	struct world *w = run_world_new();
	struct stage *s = stage_of(w);

	point_at(s, "r2");
	g_assert_true(stage_press(s, ACT_OPEN));
	w->opened = run_world_begin(w);
	w->run = NULL;
	w->opened->number = 2;
	run_looks(w->opened, 1, WORLD_UTC_US);
	run_interrupt(w->opened, WORLD_UTC_US);
	stage_draw(s);
	has(s, "not answered: ");
	page_assert_lacks(&s->canvas, "asks you");
	has(s, "midwatch ended in the middle of it: r resumes it where it was");
	g_assert_cmpstr(stage_why_not(s, ACT_CHECK_NEXT), ==, "this run is not walked here");
	g_assert_true(stage_press(s, ACT_ESCAPE));
	has(s, "Checklists");
	stage_free(s);
}

static void test_all_keys_all_sizes(void)
{
	static const enum action commands[] = { ACT_FULL, ACT_TAB_NEXT, ACT_TAB_NEXT, ACT_TAB_NEXT, ACT_ESCAPE, ACT_ESCAPE, ACT_DETAILS };
	struct world *w = run_world_new();
	struct check_run *r = run_world_begin(w);
	struct stage *s = stage_of(w);

	run_world_walk_to_stop(w);
	stage_press_all(s);
	stage_sweep(s, commands, G_N_ELEMENTS(commands));
	end(s, r);
	s = stage_of(run_world_new());
	stage_press_all(s);
	stage_sweep(s, commands, G_N_ELEMENTS(commands));
	stage_free(s);
}

static void test_ascii(void)
{
	struct world *w = run_world_new();
	struct check_run *r = run_world_begin(w);
	struct stage *s;

	glyph_use_ascii(TRUE);
	s = stage_of(w);
	run_world_walk_to_stop(w);
	stage_draw(s);
	has(s, "X do not proceed");
	glyph_use_ascii(FALSE);
	end(s, r);
}

int main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	page_open();
	g_test_add_func("/checklist-panel/golden", test_golden);
	g_test_add_func("/checklist-panel/walk", test_walk);
	g_test_add_func("/checklist-panel/answer", test_answer);
	g_test_add_func("/checklist-panel/note-needed", test_note_needed);
	g_test_add_func("/checklist-panel/stopped", test_stopped);
	g_test_add_func("/checklist-panel/unknown-gate", test_unknown_gate);
	g_test_add_func("/checklist-panel/choice", test_choice);
	g_test_add_func("/checklist-panel/opened", test_opened);
	g_test_add_func("/checklist-panel/all-keys-all-sizes", test_all_keys_all_sizes);
	g_test_add_func("/checklist-panel/ascii", test_ascii);
	status = g_test_run();
	page_close();
	return status;
}
