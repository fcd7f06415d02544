#include "app/walk.h"

#include <time.h>

#include "app/report_file.h"
#include "model/report.h"
#include "model/sanitize.h"

#define CLOCK_SET_US (2 * (gint64)G_USEC_PER_SEC) /* less from one tick to the next is no setting of the clock */

struct walk {
	struct observe_context context;
	struct store *store;
	struct check_run *run;
	struct walk_events events;
	void *user;
	char *actor;
	char *reports;        /* directory; NULL: the configured one */
	GPtrArray *looks;     /* of struct look, owned */
	gboolean unkept;      /* the store refused, which was said */
	gboolean report_failed; /* not tried again by itself */
	gboolean window_opened; /* the fleet's losses are counted from its start */
	gint64 clock_us;      /* how far the wall clock was ahead of steady_us() at the last tick */
};

struct look { struct walk *walk; guint step, check; struct observation *observation; };

static gint64
now(void)
{
	return g_get_real_time();
}

/* A clock that nobody sets, and that goes on while the machine sleeps. */
static gint64
steady_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * (gint64)G_USEC_PER_SEC + t.tv_nsec / 1000;
}

/* --- what is kept --- */

/* Before anything follows from it. */
static void
keep(struct walk *w)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	if (!w->store || w->run->number == 0 || store_run_save(w->store, w->run, &error)) {
		w->unkept = w->unkept && error;
		return;
	}
	if (w->unkept)
		return;
	w->unkept = TRUE;
	text = g_strdup_printf("what changes is not kept: %s", error->message);
	run_note(w->run, -1, text, now());
}

static void
changed(struct walk *w)
{
	keep(w);
	if (w->events.changed)
		w->events.changed(w->user);
}

/* --- looking --- */

static void
look_free(gpointer data)
{
	struct look *l = data;

	observation_cancel(l->observation);
	g_free(l);
}

static void
on_line(void *user, const char *line)
{
	struct look *l = user;

	if (l->walk->events.line)
		l->walk->events.line(l->walk->user, l->step, line);
}

static void
on_done(void *user, struct check_result *result)
{
	struct look *l = user;
	struct walk *w = l->walk;

	l->observation = NULL;
	run_saw(w->run, l->step, l->check, result, now());
	g_ptr_array_remove_fast(w->looks, l);
	changed(w);
}

static const struct check *
check_at(const struct walk *w, guint step, guint check)
{
	const struct run_step *s = w->run->steps->pdata[step];

	return s->step->checks->pdata[check];
}

static gboolean
is_observed(const struct check *c)
{
	return c->kind != CHECK_MANUAL && c->kind != CHECK_REPORT;
}

static gboolean
is_under_way(const struct walk *w, guint step, guint check)
{
	for (guint i = 0; i < w->looks->len; i++) {
		const struct look *l = w->looks->pdata[i];
		if (l->step == step && l->check == check)
			return TRUE;
	}
	return FALSE;
}

static void
observe(struct walk *w, guint step, guint check)
{
	struct look *l = g_new0(struct look, 1);

	l->walk = w;
	l->step = step;
	l->check = check;
	g_ptr_array_add(w->looks, l);
	l->observation = observe_check(&w->context, w->run, check_at(w, step, check), on_line, on_done, l);
}

gboolean
walk_is_looking(const struct walk *w, guint step)
{
	for (guint i = 0; i < w->looks->len; i++)
		if (((const struct look *)w->looks->pdata[i])->step == step)
			return TRUE;
	return FALSE;
}

/* It is a failure of its step when it cannot be written. */
static void
write_report_of(struct walk *w, guint step)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = walk_write_report(w, &error);
	const struct run_step *s = w->run->steps->pdata[step];

	for (guint i = 0; !path && i < s->step->checks->len; i++) {
		struct check_result result = { .verdict = VERDICT_FAIL, .begun_us = now(), .summary = sanitize_text(error->message, -1) };
		run_saw(w->run, step, i, &result, now());
		check_result_clear(&result);
	}
	w->report_failed = !path;
}

gboolean
walk_look(struct walk *w, guint step, const char **why)
{
	const struct run_step *s;

	if (!run_can_look(w->run, step, why))
		return FALSE;
	if (walk_is_looking(w, step)) {
		if (why)
			*why = "it is being looked at";
		return FALSE;
	}
	s = w->run->steps->pdata[step];
	run_looks(w->run, step, now());
	keep(w);
	for (guint i = 0; i < s->step->checks->len; i++)
		if (is_observed(check_at(w, step, i)) && (s->results[i].verdict == VERDICT_RUNNING || s->results[i].looking))
			observe(w, step, i);
	if (run_step_is_report(s))
		write_report_of(w, step);
	changed(w);
	return TRUE;
}

/* --- what a person does --- */

void
walk_answer(struct walk *w, guint step, guint check, enum verdict verdict, const char *note)
{
	run_answer(w->run, step, check, verdict, note, w->actor, now());
	changed(w);
}

gboolean
walk_override(struct walk *w, guint step, const char *reason)
{
	const struct run_step *s = w->run->steps->pdata[step];
	g_autofree char *number = g_strdup_printf("run %" G_GINT64_FORMAT " of %s", w->run->number, w->run->checklist->name);
	g_autofree char *summary = run_step_summary(s), *request = g_strdup_printf("go on although it is not passed: %s", summary);
	const struct audit_intent intent = {
		.action = "checklist.override", .host = number, .target = s->step->title, .request = request, .note = reason,
	};
	gint64 id = w->store ? store_audit_begin(w->store, &intent, NULL) : 0;
	gboolean done;

	if (id == 0)
		return FALSE;
	done = run_override(w->run, step, reason, w->actor, now());
	store_audit_end(w->store, id, done ? OUTCOME_OK : OUTCOME_FAILED, done ? "the walk goes on" : "there was nothing to override", NULL);
	changed(w);
	return done;
}

static void
cancel_looks(struct walk *w)
{
	g_ptr_array_set_size(w->looks, 0);
}

void
walk_abandon(struct walk *w)
{
	g_autofree char *number = g_strdup_printf("run %" G_GINT64_FORMAT " of %s", w->run->number, w->run->checklist->name);
	const struct audit_intent intent = { .action = "checklist.abandon", .host = number, .request = "abandon the run" };
	gint64 id = w->store ? store_audit_begin(w->store, &intent, NULL) : 0;

	cancel_looks(w);
	run_abandon(w->run, w->actor, now());
	if (id != 0)
		store_audit_end(w->store, id, OUTCOME_OK, "abandoned", NULL);
	changed(w);
}

void
walk_finish(struct walk *w)
{
	cancel_looks(w);
	run_finish(w->run, now());
	changed(w);
}

void
walk_link(struct walk *w, const char *text)
{
	g_autofree char *safe = sanitize_text(text, -1), *note = g_strdup_printf("outstanding: %s", safe);

	run_note(w->run, -1, note, now());
	g_ptr_array_add(w->run->links, g_steal_pointer(&safe));
	changed(w);
}

/* --- the report --- */

void
walk_report_to(struct walk *w, const char *directory)
{
	g_free(w->reports);
	w->reports = g_canonicalize_filename(directory, NULL);
}

char *
walk_write_report(struct walk *w, GError **error)
{
	g_autofree char *directory = w->reports ? g_strdup(w->reports) : walk_reports(w->context.config);
	g_autofree char *name = report_name(w->run, now()), *text = report_text(w->run, now());
	char *path = report_file_write(directory, name, w->run->report, text, error);

	if (path)
		run_reported(w->run, path, now());
	changed(w);
	return path;
}

/* --- time --- */

static gboolean
look_at_due(struct walk *w)
{
	guint step, check;
	gboolean any = FALSE;

	while (run_due(w->run, now(), &step, &check)) {
		run_looks_again(w->run, step, check);
		if (!is_under_way(w, step, check))
			observe(w, step, check);
		any = TRUE;
	}
	return any;
}

/* Has the window ended, so that the report's turn has come? */
static int
report_due(const struct walk *w)
{
	int step = run_next(w->run);

	if (step < 0 || w->report_failed || w->run->window_end_us == 0 || now() < w->run->window_end_us)
		return -1;
	return run_step_is_report(w->run->steps->pdata[step]) ? step : -1;
}

/* The window is so long as it was to be, whatever the wall clock was set to. TRUE: it was set. */
static gboolean
follow_clock(struct walk *w)
{
	gint64 ahead_us = now() - steady_us(), by_us = ahead_us - w->clock_us;

	w->clock_us = ahead_us;
	return ABS(by_us) >= CLOCK_SET_US && run_clock_set(w->run, by_us, now());
}

/* What is deployed now is what losses are counted against, from the set that is online when the run begins. */
static void
open_fleet_window(struct walk *w)
{
	struct fleet *f = w->context.world->fleet;
	gint64 left_us = w->run->window_end_us - now();

	if (w->window_opened || !f || !w->run->checklist->deploy || w->run->window_end_us == 0 || left_us <= 0 || f->observed_us == 0 || f->blind)
		return;
	w->window_opened = TRUE;
	if (f->window_us == 0)
		fleet_window_open(f, g_get_monotonic_time(), left_us);
}

void
walk_tick(struct walk *w)
{
	gboolean any = FALSE;
	int report;

	if (run_is_over(w->run) || w->run->state == RUN_INTERRUPTED)
		return;
	any = follow_clock(w);
	open_fleet_window(w);
	any |= look_at_due(w);
	any |= run_tick(w->run, now());
	report = report_due(w);
	if (report >= 0)
		walk_look(w, (guint)report, NULL);
	else if (any)
		changed(w);
	if (run_is_over(w->run))
		cancel_looks(w);
}

/* --- from start to end --- */

struct walk *
walk_new(const struct observe_context *c, struct store *store, struct check_run *run, const struct walk_events *e, void *user)
{
	struct walk *w = g_new0(struct walk, 1);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	w->context = *c;
	w->store = store;
	w->run = run;
	w->events = *e;
	w->user = user;
	w->actor = store_actor();
	w->clock_us = now() - steady_us();
	w->looks = g_ptr_array_new_with_free_func(look_free);
	if (run->number == 0 && (!store || !store_run_begin(store, run, &error))) {
		text = g_strdup_printf("this run is not kept: %s", error ? error->message : "there is no store");
		run_note(run, -1, text, now());
	}
	if (c->world->drill) {
		run_note(run, -1, "this is a drill: nobody outside is told anything", now());
		keep(w);
	}
	return w;
}

void
walk_free(struct walk *w)
{
	if (!w)
		return;
	cancel_looks(w);
	if (!run_is_over(w->run) && w->run->state != RUN_INTERRUPTED)
		run_interrupt(w->run, now());
	keep(w);
	g_ptr_array_unref(w->looks);
	check_run_free(w->run);
	g_free(w->reports);
	g_free(w->actor);
	g_free(w);
}

struct check_run *
walk_run(const struct walk *w)
{
	return w->run;
}
