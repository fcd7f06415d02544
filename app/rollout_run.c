#include "app/rollout_run.h"

#include <string.h>

#include "app/gateway_sight.h"
#include "app/work_gateway.h"

#define ACTION "gateway.rolling-restart"
#define ASK_MOST_S 5                            /* a gateway that is at its gate is asked so often at least */
#define REACH_US (60 * (gint64)G_USEC_PER_SEC)  /* until then it has to be connected when its turn has come */

/* What there is of a step beside the model. */
struct part {
	const struct operation *operation; /* its restart, while that is under way; NULL */
	gint64 asked_us;
	enum rollout_stage told;           /* in the operation's output */
};

struct rollout_run {
	struct world *world;
	struct store *store;
	struct executor *executor;
	struct fleet_watch *watch;
	struct rollout_run_events events;
	void *user;
	struct rollout *rollout;           /* borrowed from the fleet while it is under way; NULL: none is */
	struct operation *operation;       /* the whole, borrowed from the world */
	struct part *parts;                /* of its steps */
	guint tick;
};

static const char *
locked(const struct rollout_run *run)
{
	return run->world->readonly ? "midwatch is locked read-only" : run->world->fleet->readonly ? "the configuration says that the fleet is read-only" : NULL;
}

/* --- what is kept --- */

static gboolean
save(struct rollout_run *run)
{
	g_autoptr(GError) error = NULL;

	if (store_rollout_save(run->store, run->rollout, &error))
		return TRUE;
	run->events.trouble(run->user, error->message);
	return FALSE;
}

static void
print(struct rollout_run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
print(struct rollout_run *run, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list args;

	va_start(args, format);
	words = g_strdup_vprintf(format, args);
	va_end(args);
	operation_output(run->operation, words, strlen(words));
	operation_output(run->operation, "\n", 1);
}

/* Each step's stage, once. */
static void
print_steps(struct rollout_run *run)
{
	for (guint i = 0; i < run->rollout->steps->len; i++) {
		const struct rollout_step *s = run->rollout->steps->pdata[i];
		if (run->parts[i].told == s->stage || s->stage == ROLLOUT_LEFT)
			continue;
		run->parts[i].told = s->stage;
		print(run, "%s: %s%s%s", s->gateway, rollout_stage_name(s->stage), s->reason ? ": " : "", s->reason ? s->reason : "");
	}
}

/* A batch is muted until all of it has ended. */
static void
keep_mutes(struct rollout_run *run)
{
	struct fleet *f = run->world->fleet;
	const struct rollout *r = run->rollout;
	gboolean over = rollout_is_over(r), between = r->pause_until_us != 0;
	gint64 now_us = g_get_monotonic_time();

	for (guint i = 0; i < r->steps->len; i++) {
		struct gateway *g = fleet_gateway(f, ((const struct rollout_step *)r->steps->pdata[i])->gateway);
		if (g)
			g->muted = !over && !between && i >= r->batch_begin && i < r->batch_end;
	}
	f->mute_until_us = over ? 0 : now_us + rollout_longest_s(r) * G_USEC_PER_SEC;
}

static enum outcome
outcome_of_all(const struct rollout *r)
{
	return r->state == ROLLOUT_INTERRUPTED ? OUTCOME_UNKNOWN : r->state == ROLLOUT_DONE && r->failed == 0 ? OUTCOME_OK : OUTCOME_FAILED;
}

static void
end_audit(struct rollout_run *run, const char *words)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *trouble = NULL;

	if (store_audit_end(run->store, run->rollout->number, outcome_of_all(run->rollout), words, &error))
		return;
	trouble = g_strdup_printf("the outcome of the rolling restart could not be kept: %s", error->message);
	run->events.trouble(run->user, trouble);
}

static void
end(struct rollout_run *run)
{
	struct rollout *r = run->rollout;
	struct operation *o = run->operation;
	g_autofree char *words = rollout_words(r, g_get_monotonic_time());

	end_audit(run, words);
	print(run, "%s", words);
	operation_output_end(o);
	o->stage = OPERATION_DONE;
	o->outcome = outcome_of_all(r);
	o->ended_us = g_get_monotonic_time();
	g_free(o->result);
	o->result = g_steal_pointer(&words);
	g_clear_handle_id(&run->tick, g_source_remove);
	g_clear_pointer(&run->parts, g_free);
	run->rollout = NULL;
	run->operation = NULL;
	run->events.ended(run->user, r);
}

/* After each change. */
static void
changed(struct rollout_run *run)
{
	print_steps(run);
	save(run);
	keep_mutes(run);
	if (rollout_is_over(run->rollout))
		end(run);
	world_changed(run->world);
}

/* --- steps --- */

static void
sight(void *user, const char *gateway, struct rollout_sight *out)
{
	const struct rollout_run *run = user;
	const struct gateway *g = fleet_gateway(run->world->fleet, gateway);
	const struct rollout_step *s = rollout_step(run->rollout, gateway);

	*out = (struct rollout_sight){ .last_error_us = -1 };
	if (g)
		gateway_sight(run->world->fleet, g, s->restarted_us, g_get_monotonic_time(), out);
}

/* Some times within its quiet time, which only reports can show. */
static void
ask(struct rollout_run *run, guint i, gint64 now_us)
{
	struct part *part = &run->parts[i];
	gint64 every_s = CLAMP(run->rollout->settings.quiet_s / 3, 1, ASK_MOST_S);

	if (part->asked_us != 0 && now_us - part->asked_us < every_s * G_USEC_PER_SEC)
		return;
	part->asked_us = now_us;
	fleet_watch_ask(run->watch, ((const struct rollout_step *)run->rollout->steps->pdata[i])->gateway);
}

static void
restart(struct rollout_run *run, guint i, struct machine *m)
{
	struct work *w = work_gateway_new(m, run->world->fleet->unit);

	run->parts[i].operation = w->operation;
	run->parts[i].asked_us = 0;
	executor_add(run->executor, w);
}

/* Its turn has come: it begins when it is connected, unless nothing may begin any more by then. TRUE when its words or stage changed. */
static gboolean
begin_step(struct rollout_run *run, guint i, gint64 now_us)
{
	struct rollout_step *s = run->rollout->steps->pdata[i];
	struct machine *m = fleet_watch_machine(run->watch, s->gateway);
	g_autofree char *words = NULL;

	if (run->rollout->state != ROLLOUT_RUNNING) {
		rollout_not_begun(run->rollout, s, now_us);
		return TRUE;
	}
	if (!m) {
		rollout_restarted(run->rollout, s, "it is not in the list any more", now_us);
		return TRUE;
	}
	if (m->host->link.state == LINK_UP) {
		restart(run, i, m);
		return TRUE;
	}
	ask(run, i, now_us);
	if (now_us - s->begun_us < REACH_US)
		return rollout_tell(s, "not connected yet");
	words = g_strdup_printf("not reached: %s", m->host->link.reason ? m->host->link.reason : "no connection");
	rollout_restarted(run->rollout, s, words, now_us);
	return TRUE;
}

/* What its operation does, while it is under way. */
static gboolean
tell_operation(struct rollout_step *s, const struct operation *o)
{
	return rollout_tell(s, o->stage == OPERATION_BLOCKED ? "no evidence could be saved: it waits for an answer" : operation_state_name(o));
}

/* Nothing begins before the disk knows that it does. */
static gboolean
take_turns(struct rollout_run *run, gint64 now_us)
{
	struct rollout *r = run->rollout;
	guint taken = 0;

	while (rollout_next(r, now_us))
		taken++;
	if (taken == 0 || save(run))
		return taken > 0;
	for (guint i = r->batch_begin; i < r->batch_end; i++) {
		struct rollout_step *s = r->steps->pdata[i];
		if (s->stage == ROLLOUT_RESTARTS && !run->parts[i].operation)
			rollout_restarted(r, s, "not begun: the store could not be written", now_us);
	}
	return TRUE;
}

/* A work that ends at once changes the list of steps under this loop, but not its length. */
static gboolean
look_after_steps(struct rollout_run *run, gint64 now_us)
{
	gboolean any = FALSE;

	for (guint i = run->rollout->batch_begin; run->rollout && i < run->rollout->batch_end; i++) {
		struct rollout_step *s = run->rollout->steps->pdata[i];
		if (s->stage == ROLLOUT_GATE)
			ask(run, i, now_us);
		else if (s->stage == ROLLOUT_RESTARTS && run->parts[i].operation)
			any |= tell_operation(s, run->parts[i].operation);
		else if (s->stage == ROLLOUT_RESTARTS)
			any |= begin_step(run, i, now_us);
	}
	return any;
}

/* midwatch was locked meanwhile. */
static gboolean
pause_if_locked(struct rollout_run *run, gint64 now_us)
{
	const char *why = locked(run);
	g_autofree char *words = NULL;

	if (!why || run->rollout->state != ROLLOUT_RUNNING)
		return FALSE;
	rollout_pause(run->rollout, TRUE, now_us);
	words = g_strdup_printf("the rolling restart is paused: %s", why);
	run->events.trouble(run->user, words);
	return TRUE;
}

static void
advance(struct rollout_run *run)
{
	gint64 now_us = g_get_monotonic_time();
	gboolean any = pause_if_locked(run, now_us);

	any |= rollout_tick(run->rollout, sight, run, now_us);
	any |= take_turns(run, now_us);
	any |= look_after_steps(run, now_us);
	if (run->rollout && (any || rollout_is_over(run->rollout)))
		changed(run);
	else if (run->rollout)
		keep_mutes(run);
	world_changed(run->world);
}

static gboolean
on_tick(gpointer user)
{
	advance(user);
	return G_SOURCE_CONTINUE;
}

/* The last line that it printed says more than an exit code; newly allocated. */
static char *
problem_of(const struct operation *o)
{
	g_autofree char *text = g_strchomp(g_strdup(o->output->str));
	const char *line = strrchr(text, '\n');

	line = line ? line + 1 : text;
	return g_strdup_printf("%s%s%s", o->result ? o->result : outcome_name(o->outcome), *line ? ": " : "", line);
}

gboolean
rollout_run_operation_ended(struct rollout_run *run, const struct operation *o)
{
	struct rollout *r = run ? run->rollout : NULL;

	for (guint i = 0; r && i < r->steps->len; i++) {
		g_autofree char *problem = NULL;
		if (run->parts[i].operation != o)
			continue;
		run->parts[i].operation = NULL;
		problem = o->outcome == OUTCOME_OK ? NULL : problem_of(o);
		rollout_restarted(r, r->steps->pdata[i], problem, g_get_monotonic_time());
		changed(run);
		return TRUE;
	}
	return FALSE;
}

/* --- the whole --- */

struct rollout_run *
rollout_run_new(struct world *world, struct store *store, struct executor *x, struct fleet_watch *watch, const struct rollout_run_events *e, void *user)
{
	struct rollout_run *run = g_new0(struct rollout_run, 1);

	run->world = world;
	run->store = store;
	run->executor = x;
	run->watch = watch;
	run->events = *e;
	run->user = user;
	return run;
}

static void
nobody_hears(void *user, const struct rollout *r)
{
}

void
rollout_run_free(struct rollout_run *run)
{
	if (!run)
		return;
	if (run->rollout) {
		run->events.ended = nobody_hears;
		rollout_interrupt(run->rollout, g_get_monotonic_time());
		changed(run);
	}
	g_free(run);
}

gboolean
rollout_run_is_under_way(const struct rollout_run *run)
{
	return run && run->rollout;
}

char *
rollout_run_obstacle(const struct rollout_run *run)
{
	const char *why = locked(run);
	g_autoptr(GError) error = NULL;
	char *running;

	if (why || run->rollout)
		return g_strdup(why ? why : "a rolling restart is under way");
	running = store_rollout_running(run->store, &error);
	return error ? g_strdup(error->message) : running;
}

const char *
rollout_run_lock(const struct rollout_run *run)
{
	if (!run || !run->rollout)
		return "no rolling restart of this midwatch is under way";
	return locked(run);
}

static gint64
begin_audit(struct rollout_run *run, const struct operation *o, GError **error)
{
	const struct audit_intent intent = { .action = o->action, .host = o->host, .target = o->target, .request = o->request };

	return store_audit_begin(run->store, &intent, error);
}

/* TRUE: it stands in the store. */
static gboolean
write_down(struct rollout_run *run, struct rollout *r, const struct operation *o, GError **error)
{
	g_autoptr(GError) problem = NULL;

	r->number = begin_audit(run, o, error);
	if (r->number == 0)
		return FALSE;
	if (store_rollout_begin(run->store, r, &problem))
		return TRUE;
	store_audit_end(run->store, r->number, OUTCOME_FAILED, problem->message, NULL);
	g_propagate_error(error, g_steal_pointer(&problem));
	return FALSE;
}

gboolean
rollout_run_begin(struct rollout_run *run, const struct rollout_order *order, GError **error)
{
	const GPtrArray *names = order->gateways;
	g_autofree char *why = rollout_run_obstacle(run), *target = g_strdup_printf("%u gateway%s", names->len, names->len == 1 ? "" : "s");
	struct rollout *r;
	struct operation *o;

	if (why) {
		g_set_error_literal(error, STORE_ERROR, STORE_ERROR_BUSY, why);
		return FALSE;
	}
	r = rollout_new(&order->settings, (const char *const *)names->pdata, names->len, g_get_monotonic_time());
	o = operation_new(ACTION, "rolling restart", "fleet", target, order->words);
	if (!write_down(run, r, o, error)) {
		operation_free(o);
		rollout_free(r);
		return FALSE;
	}
	rollout_free(run->world->fleet->rollout);
	run->world->fleet->rollout = run->rollout = r;
	run->operation = o;
	run->parts = g_new0(struct part, names->len);
	o->stage = OPERATION_RUNNING;
	o->begun_us = r->begun_us;
	world_add_operation(run->world, o);
	run->tick = g_timeout_add_seconds(1, on_tick, run);
	advance(run);
	return TRUE;
}

void
rollout_run_pause(struct rollout_run *run, gboolean paused)
{
	if (rollout_run_lock(run))
		return;
	rollout_pause(run->rollout, paused, g_get_monotonic_time());
	print(run, "%s", run->rollout->state == ROLLOUT_PAUSED ? "paused" : "resumed");
	changed(run);
}

void
rollout_run_abort(struct rollout_run *run)
{
	if (rollout_run_lock(run))
		return;
	rollout_abort(run->rollout, g_get_monotonic_time());
	print(run, "aborted");
	changed(run);
}
