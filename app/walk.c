#include "app/walk.h"

#include <string.h>

#include "app/report_file.h"
#include "backends/state_dir.h"
#include "model/report.h"
#include "model/sanitize.h"

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
};

struct look { struct walk *walk; guint step, check; struct observation *observation; };

static gint64
now(void)
{
	return g_get_real_time();
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

static gboolean
has_report(const struct checklist_step *s)
{
	for (guint i = 0; i < s->checks->len; i++)
		if (((const struct check *)s->checks->pdata[i])->kind == CHECK_REPORT)
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
		if (check_at(w, step, i)->kind == CHECK_REPORT)
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
	if (has_report(s->step))
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

static char *
configured_reports(const struct config *c)
{
	return c->product && c->product->reports ? config_path(c->product->reports) : state_dir_path("reports");
}

char *
walk_write_report(struct walk *w, GError **error)
{
	g_autofree char *directory = w->reports ? g_strdup(w->reports) : configured_reports(w->context.config), *name = report_name(w->run, now()), *text = report_text(w->run, now());
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
	return has_report(((const struct run_step *)w->run->steps->pdata[step])->step) ? step : -1;
}

void
walk_tick(struct walk *w)
{
	gboolean any = FALSE;
	int report;

	if (run_is_over(w->run) || w->run->state == RUN_INTERRUPTED)
		return;
	any = look_at_due(w);
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
	w->looks = g_ptr_array_new_with_free_func(look_free);
	if (run->number == 0 && (!store || !store_run_begin(store, run, &error))) {
		text = g_strdup_printf("this run is not kept: %s", error ? error->message : "there is no store");
		run_note(run, -1, text, now());
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

/* --- a new run --- */

struct known_values { const struct config *config; const char *reports; };

/* Those of the checklist itself stand behind these: the run knows them. */
static const char *
value_of(void *user, const char *name)
{
	const struct known_values *k = user;
	const struct config_product *p = k->config->product;
	const struct { const char *name, *value; } own[] = {
		{ "url", p ? p->url : NULL }, { "health", p && p->health ? p->health : "/api/v1/health" }, { "host", p ? p->host : NULL },
		{ "container", p ? p->container : NULL }, { "env", p && p->env ? p->env : "prod" }, { "reports", k->reports },
	};

	for (guint i = 0; i < G_N_ELEMENTS(own); i++)
		if (strcmp(own[i].name, name) == 0)
			return own[i].value;
	for (unsigned i = 0; p && i < p->variables_count; i++)
		if (g_strcmp0(p->variables[i].name, name) == 0)
			return p->variables[i].value;
	return NULL;
}

struct check_run *
walk_start_run(const struct config *config, struct checklist *c, const struct walk_start *s)
{
	g_autofree char *actor = store_actor(), *reports = configured_reports(config);
	struct known_values known = { config, reports };
	const struct run_settings settings = {
		.actor = actor, .version = s->version, .touched = s->touched, .window_s = s->window_s, .value = value_of, .user = &known,
	};

	return check_run_new(c, &settings, now());
}
