#include "model/check_run_private.h"

#include <string.h>

#include "model/sanitize.h"

#define EVENTS_OF_RUN 200 /* that may follow when the log of the steps is full */

/* --- made and freed --- */

static void
step_free(gpointer data)
{
	struct run_step *s = data;

	for (guint i = 0; i < s->step->checks->len; i++)
		check_result_clear(&s->results[i]);
	g_free(s->results);
	g_free(s->overridden);
	g_free(s->overridden_by);
	g_free(s);
}

static void
event_free(gpointer data)
{
	struct run_event *e = data;

	g_free(e->text);
	g_free(e);
}

static gboolean
touches(const struct check_run *r, const char *name)
{
	for (guint i = 0; i < r->touched->len; i++)
		if (strcmp(r->touched->pdata[i], name) == 0)
			return TRUE;
	return FALSE;
}

static void
leave_out(struct check_run *r, guint step, gint64 now_us)
{
	struct run_step *s = run_step_at(r, step);
	g_autofree char *why = g_strdup_printf("the deploy does not touch %s", s->step->only_for);

	for (guint i = 0; i < s->step->checks->len; i++) {
		s->results[i].verdict = VERDICT_SKIPPED;
		s->results[i].begun_us = now_us;
	}
	s->results[0].summary = sanitize_text(why, -1);
	s->verdict = VERDICT_SKIPPED;
	run_log(r, (int)step, VERDICT_NONE, VERDICT_SKIPPED, why, now_us);
}

static void
add_steps(struct check_run *r, gint64 now_us)
{
	for (guint i = 0; i < r->checklist->steps->len; i++) {
		const struct checklist_step *step = r->checklist->steps->pdata[i];
		struct run_step *s = g_new0(struct run_step, 1);
		s->step = step;
		s->results = g_new0(struct check_result, step->checks->len);
		g_ptr_array_add(r->steps, s);
		if (step->only_for && !touches(r, step->only_for))
			leave_out(r, i, now_us);
	}
}

static void
tell_beginning(struct check_run *r, gint64 now_us)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_printf(text, "begun by %s", r->actor);
	if (r->version)
		g_string_append_printf(text, ", version %s expected", r->version);
	for (guint i = 0; i < r->touched->len; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : ", touches ", (const char *)r->touched->pdata[i]);
	run_log(r, -1, VERDICT_NONE, VERDICT_NONE, text->str, now_us);
}

struct check_run *
check_run_new(struct checklist *c, const struct run_settings *s, gint64 now_us)
{
	struct check_run *r = g_new0(struct check_run, 1);
	gint64 window_s = s->window_s < 0 ? c->window_s : s->window_s;

	r->checklist = c;
	r->actor = sanitize_text(s->actor ? s->actor : "somebody", -1);
	r->version = s->version && *s->version ? sanitize_text(s->version, -1) : NULL;
	r->touched = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; s->touched && s->touched[i]; i++)
		g_ptr_array_add(r->touched, sanitize_text(s->touched[i], -1));
	r->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	r->steps = g_ptr_array_new_with_free_func(step_free);
	r->events = g_ptr_array_new_with_free_func(event_free);
	r->links = g_ptr_array_new_with_free_func(g_free);
	r->begun_us = now_us;
	r->window_end_us = window_s > 0 ? now_us + window_s * G_USEC_PER_SEC : 0;
	run_take_values(r, s);
	tell_beginning(r, now_us);
	add_steps(r, now_us);
	run_settle(r, now_us);
	return r;
}

void
check_run_free(struct check_run *r)
{
	if (!r)
		return;
	g_ptr_array_unref(r->steps); /* they point into the checklist */
	checklist_free(r->checklist);
	g_free(r->actor);
	g_free(r->version);
	g_ptr_array_unref(r->touched);
	g_hash_table_unref(r->variables);
	g_ptr_array_unref(r->events);
	g_free(r->report);
	g_ptr_array_unref(r->links);
	g_free(r);
}

/* --- its parts --- */

struct run_step *
run_step_at(const struct check_run *r, guint step)
{
	return r->steps->pdata[step];
}

const struct check *
run_check_at(const struct run_step *s, guint check)
{
	return s->step->checks->pdata[check];
}

void
run_log(struct check_run *r, int step, enum verdict from, enum verdict to, const char *text, gint64 now_us)
{
	struct run_event *e;

	if (r->events->len >= RUN_EVENTS_KEPT + (step < 0 ? EVENTS_OF_RUN : 0)) {
		r->events_left_out++;
		return;
	}
	e = g_new0(struct run_event, 1);
	*e = (struct run_event){ .utc_us = now_us, .step = step, .from = from, .to = to, .text = sanitize_text(text ? text : "", -1) };
	g_ptr_array_add(r->events, e);
}

void
run_note(struct check_run *r, int step, const char *text, gint64 now_us)
{
	enum verdict v = step >= 0 && (guint)step < r->steps->len ? run_step_at(r, (guint)step)->verdict : VERDICT_NONE;

	run_log(r, step, v, v, text, now_us);
}

/* --- verdicts --- */

static guint
badness(enum verdict v)
{
	static const guint8 order[] = {
		[VERDICT_SKIPPED] = 0, [VERDICT_PASS] = 1, [VERDICT_ATTENTION] = 2, [VERDICT_NONE] = 3, [VERDICT_RUNNING] = 4, [VERDICT_ASKED] = 5,
		[VERDICT_UNKNOWN] = 6, [VERDICT_FAIL] = 7,
	};

	return order[v];
}

enum verdict
run_step_judge(const struct run_step *s)
{
	enum verdict worst = VERDICT_SKIPPED;
	gboolean begun = FALSE;

	for (guint i = 0; i < s->step->checks->len; i++) {
		if (badness(s->results[i].verdict) > badness(worst))
			worst = s->results[i].verdict;
		begun |= s->results[i].verdict != VERDICT_NONE;
	}
	return worst == VERDICT_NONE && begun ? VERDICT_RUNNING : worst;
}

static gboolean
wants_attention(const struct run_step *s)
{
	return s->verdict == VERDICT_ATTENTION || s->overridden || s->gaps > 0;
}

enum verdict
run_step_outcome(const struct check_run *r, const struct run_step *s)
{
	if (s->failures > s->forgiven)
		return VERDICT_FAIL;
	if (s->excused)
		return VERDICT_ATTENTION;
	switch (s->verdict) {
	case VERDICT_NONE: case VERDICT_RUNNING:
		return run_is_over(r) ? VERDICT_UNKNOWN : VERDICT_RUNNING;
	case VERDICT_ASKED:
		return run_is_over(r) ? VERDICT_PASS : VERDICT_RUNNING;
	case VERDICT_PASS:
		return wants_attention(s) ? VERDICT_ATTENTION : VERDICT_PASS;
	default:
		return s->verdict;
	}
}

gboolean
run_saw_something(const struct check_run *r)
{
	for (guint i = 0; i < r->steps->len; i++)
		for (guint j = 0; j < run_step_at(r, i)->step->checks->len; j++)
			if (run_check_at(run_step_at(r, i), j)->kind != CHECK_REPORT && (run_step_at(r, i)->results[j].verdict == VERDICT_PASS ||
			    run_step_at(r, i)->results[j].verdict == VERDICT_ATTENTION))
				return TRUE;
	return FALSE;
}

enum verdict
run_verdict(const struct check_run *r)
{
	enum verdict worst = r->unwatched_us > 0 ? VERDICT_ATTENTION : VERDICT_PASS;

	for (guint i = 0; i < r->steps->len; i++) {
		enum verdict v = run_step_outcome(r, run_step_at(r, i));
		if (badness(v) > badness(worst))
			worst = v;
	}
	if (badness(worst) > badness(VERDICT_ATTENTION))
		return worst;
	return !run_is_over(r) ? VERDICT_RUNNING : run_saw_something(r) ? worst : VERDICT_UNKNOWN;
}

gboolean
run_is_over(const struct check_run *r)
{
	return r->state == RUN_DONE || r->state == RUN_ABANDONED;
}

guint
run_count(const struct check_run *r, enum verdict v)
{
	guint count = 0;

	for (guint i = 0; i < r->steps->len; i++)
		count += run_step_at(r, i)->verdict == v;
	return count;
}

gboolean
run_needs_report(const struct check_run *r)
{
	for (guint i = 0; i < r->checklist->touches->len; i++) {
		const struct checklist_touch *t = r->checklist->touches->pdata[i];
		if (t->hot && touches(r, t->name))
			return TRUE;
	}
	return FALSE;
}
