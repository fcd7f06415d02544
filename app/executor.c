#include "app/executor.h"

struct executor {
	struct world *world;
	struct store *store;
	struct executor_events events;
	void *user;
	GPtrArray *works; /* of struct work, in the order in which they came; those that are done are gone */
	guint tick;
};

static void next(struct executor *x);

/* --- what works tell --- */

void
work_output(struct work *w, const char *bytes, gsize len)
{
	operation_output(w->operation, bytes, len);
	world_changed(w->executor->world);
}

static void
set_result(struct work *w, const char *words)
{
	g_free(w->operation->result);
	w->operation->result = g_strdup(words);
}

void
work_lost(struct work *w, const char *problem)
{
	w->operation->stage = problem ? OPERATION_VERIFYING : OPERATION_RUNNING;
	set_result(w, problem);
	world_changed(w->executor->world);
}

static void
on_output(void *user, const char *bytes, gsize len)
{
	work_output(user, bytes, len);
}

static void
on_lost(void *user, const char *problem)
{
	work_lost(user, problem);
}

static void
on_done(void *user, enum outcome outcome, const char *result)
{
	((struct work *)user)->task = NULL;
	work_done(user, outcome, result);
}

void
work_run(struct work *w, const char *command)
{
	static const struct remote_task_events events = { on_output, on_lost, on_done };

	w->task = remote_task_start(w->machine->link, command, &events, w);
}

void
work_free(gpointer work)
{
	struct work *w = work;

	w->class->free(w);
}

void
work_clear(struct work *w)
{
	if (w->under_evidence)
		evidence_cancel(w->under_evidence);
	remote_task_free(w->task);
	if (!w->executor) /* never handed over */
		operation_free(w->operation);
	g_free(w->container_id);
}

static void
end_audit(struct work *w, enum outcome outcome, const char *result)
{
	struct executor *x = w->executor;
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;

	if (w->audit_id == 0 || store_audit_end(x->store, w->audit_id, outcome, result, &error))
		return;
	words = g_strdup_printf("the outcome of %s on %s could not be kept: %s", w->operation->title, w->operation->host, error->message);
	x->events.trouble(x->user, words);
}

static void
finish(struct work *w, enum outcome outcome, const char *result)
{
	struct executor *x = w->executor;
	struct operation *o = w->operation;

	operation_output_end(o);
	if (o->begun_us)
		w->machine->busy--;
	o->outcome = outcome;
	o->stage = OPERATION_DONE;
	o->ended_us = g_get_monotonic_time();
	set_result(w, result);
	end_audit(w, outcome, result);
	g_ptr_array_remove(x->works, w);
	x->events.ended(x->user, o);
	world_changed(x->world);
	next(x);
}

void
work_done(struct work *w, enum outcome outcome, const char *result)
{
	if (outcome != OUTCOME_UNKNOWN || !w->class->look || w->unknown_us) {
		finish(w, outcome, result);
		return;
	}
	w->unknown_us = g_get_monotonic_time();
	work_lost(w, result);
}

/* --- one after the other --- */

/* midwatch was locked meanwhile: what is not begun yet is not begun any more. */
static gboolean
ends_locked(struct work *w)
{
	if (w->harmless || !w->executor->world->readonly)
		return FALSE;
	finish(w, OUTCOME_FAILED, "it was not begun: midwatch was locked read-only before");
	return TRUE;
}

static void
begin(struct work *w)
{
	struct executor *x = w->executor;
	struct operation *o = w->operation;
	const struct audit_intent intent = {
		.action = o->action, .host = o->host, .target = o->target, .request = o->request, .evidence = o->evidence, .note = o->note,
	};
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;

	if (ends_locked(w))
		return;
	w->audit_id = store_audit_begin(x->store, &intent, &error);
	if (w->audit_id == 0) {
		words = g_strdup_printf("not started: the audit log could not be written: %s", error->message);
		finish(w, OUTCOME_FAILED, words);
		return;
	}
	o->stage = OPERATION_RUNNING;
	set_result(w, NULL);
	w->class->start(w);
}

static void
on_evidence(const struct evidence_result *r, void *user)
{
	struct work *w = user;
	struct executor *x = w->executor;

	w->under_evidence = NULL;
	if (r->directory) {
		w->operation->evidence = g_strdup_printf("%s sha256:%s", r->directory, r->sha256);
		begin(w);
		return;
	}
	w->operation->stage = OPERATION_BLOCKED;
	set_result(w, r->problem);
	x->events.blocked(x->user, w->operation);
	world_changed(x->world);
}

static void
start(struct work *w)
{
	struct operation *o = w->operation;

	if (ends_locked(w))
		return;
	o->begun_us = g_get_monotonic_time();
	w->machine->busy++;
	if (!w->class->evidence) {
		begin(w);
		return;
	}
	o->stage = OPERATION_EVIDENCE;
	w->under_evidence = w->class->evidence(w, on_evidence, w);
}

static gboolean
host_is_busy(const struct executor *x, const struct work *but)
{
	for (guint i = 0; i < x->works->len; i++) {
		const struct work *w = x->works->pdata[i];
		if (w != but && w->machine == but->machine && w->operation->stage != OPERATION_WAITING)
			return TRUE;
	}
	return FALSE;
}

/* Starts the first that waits on each host that is free. A start may end at once and call this again: then the list is another one. */
static void
next(struct executor *x)
{
	for (guint i = 0; i < x->works->len; i++) {
		struct work *w = x->works->pdata[i];
		if (w->operation->stage == OPERATION_WAITING && !host_is_busy(x, w)) {
			start(w);
			next(x);
			return;
		}
	}
}

static gboolean
on_tick(gpointer user)
{
	struct executor *x = user;
	g_autoptr(GPtrArray) now = g_ptr_array_new();

	for (guint i = 0; i < x->works->len; i++)
		if (((struct work *)x->works->pdata[i])->unknown_us)
			g_ptr_array_add(now, x->works->pdata[i]);
	for (guint i = 0; i < now->len; i++) {
		struct work *w = now->pdata[i];
		w->class->look(w);
	}
	return G_SOURCE_CONTINUE;
}

struct executor *
executor_new(struct world *world, struct store *store, const struct executor_events *e, void *user)
{
	struct executor *x = g_new0(struct executor, 1);

	x->world = world;
	x->store = store;
	x->events = *e;
	x->user = user;
	x->works = g_ptr_array_new_with_free_func(work_free);
	x->tick = g_timeout_add_seconds(1, on_tick, x);
	return x;
}

void
executor_free(struct executor *x)
{
	if (!x)
		return;
	for (guint i = 0; i < x->works->len; i++) {
		struct work *w = x->works->pdata[i];
		end_audit(w, OUTCOME_UNKNOWN, "midwatch was left while it ran");
	}
	g_source_remove(x->tick);
	g_ptr_array_unref(x->works);
	g_free(x);
}

void
executor_add(struct executor *x, struct work *w)
{
	w->executor = x;
	world_add_operation(x->world, w->operation);
	g_ptr_array_add(x->works, w);
	next(x);
	world_changed(x->world);
}

void
executor_take_back(struct executor *x)
{
	for (guint i = x->works->len; i-- > 0;) {
		struct work *w = x->works->pdata[i];
		if (w->operation->stage == OPERATION_WAITING)
			finish(w, OUTCOME_FAILED, "taken back: it was not begun");
	}
}

void
executor_let_go(struct executor *x, guint number)
{
	for (guint i = 0; i < x->works->len; i++) {
		struct work *w = x->works->pdata[i];
		const struct operation *o = w->operation;
		if (o->number != number || !o->detached || (o->stage != OPERATION_RUNNING && o->stage != OPERATION_VERIFYING))
			continue;
		finish(w, OUTCOME_UNKNOWN, "it was not waited for any more; it goes on over there");
		return;
	}
}

static struct work *
find_work(const struct executor *x, const struct machine *m, gboolean waiting)
{
	for (guint i = 0; i < x->works->len; i++) {
		struct work *w = x->works->pdata[i];
		if (w->machine == m && (w->operation->stage == OPERATION_WAITING) == waiting)
			return w;
	}
	return NULL;
}

/* What waits comes first, so that nothing of it begins. */
void
executor_drop(struct executor *x, const struct machine *m)
{
	struct work *w;

	while ((w = find_work(x, m, TRUE)))
		finish(w, OUTCOME_FAILED, "it was not begun: its host is not watched any more");
	while ((w = find_work(x, m, FALSE)))
		finish(w, w->audit_id ? OUTCOME_UNKNOWN : OUTCOME_FAILED, "its host is not watched any more; what was sent goes on over there");
}

void
executor_override(struct executor *x, guint number, const char *reason)
{
	for (guint i = 0; i < x->works->len; i++) {
		struct work *w = x->works->pdata[i];
		g_autofree char *words = NULL;
		if (w->operation->number != number || w->operation->stage != OPERATION_BLOCKED)
			continue;
		words = g_strdup_printf("given up: no evidence could be saved: %s", w->operation->result);
		if (!reason) {
			finish(w, OUTCOME_FAILED, words);
			return;
		}
		w->operation->note = g_strdup_printf("without evidence: %s", reason);
		begin(w);
		return;
	}
}
