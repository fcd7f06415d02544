#include "model/rollout.h"

#include <string.h>

#define RESTART_S 30 /* what a restart itself takes, when nobody knows */

/* --- size --- */

static guint
refuse_batch(const char *batch, GError **error)
{
	g_set_error(error, g_quark_from_static_string("midwatch-rollout"), 0, "\"%s\" is no batch: a number from 1 on, or 1%% to 100%%", batch ? batch : "");
	return 0;
}

guint
rollout_batch_size(const char *batch, guint count, GError **error)
{
	g_autofree char *text = g_strstrip(g_strdup(batch ? batch : ""));
	gsize len = strlen(text);
	gboolean percent = len > 0 && text[len - 1] == '%';
	guint64 number, size;

	if (percent)
		text[--len] = '\0';
	if (!g_ascii_string_to_unsigned(text, 10, 1, percent ? 100 : G_MAXUINT, &number, NULL))
		return refuse_batch(batch, error);
	size = percent ? number * count / 100 : number;
	return (guint)CLAMP(size, 1, MAX(count, 1));
}

/* --- life --- */

static void
step_free(gpointer step)
{
	struct rollout_step *s = step;

	g_free(s->gateway);
	g_free(s->reason);
	g_free(s);
}

struct rollout *
rollout_new(const struct rollout_settings *s, const char *const *gateways, guint count, gint64 now_us)
{
	struct rollout *r = g_new0(struct rollout, 1);

	r->settings = *s;
	r->settings.batch = MAX(s->batch, 1);
	r->settings.budget = MAX(s->budget, 1);
	r->steps = g_ptr_array_new_with_free_func(step_free);
	for (guint i = 0; i < count; i++) {
		struct rollout_step *step = g_new0(struct rollout_step, 1);
		step->gateway = g_strdup(gateways[i]);
		g_ptr_array_add(r->steps, step);
	}
	r->batch_end = MIN(r->settings.batch, count);
	r->begun_us = now_us;
	return r;
}

void
rollout_free(struct rollout *r)
{
	if (!r)
		return;
	g_ptr_array_unref(r->steps);
	g_free(r);
}

struct rollout_step *
rollout_step(const struct rollout *r, const char *gateway)
{
	for (guint i = 0; i < r->steps->len; i++) {
		struct rollout_step *s = r->steps->pdata[i];
		if (strcmp(s->gateway, gateway) == 0)
			return s;
	}
	return NULL;
}

gboolean
rollout_step_is_under_way(const struct rollout_step *s)
{
	return s->stage == ROLLOUT_RESTARTS || s->stage == ROLLOUT_GATE;
}

/* --- the whole --- */

static gboolean
may_begin(const struct rollout *r)
{
	return r->state == ROLLOUT_RUNNING || r->state == ROLLOUT_PAUSED;
}

gboolean
rollout_is_over(const struct rollout *r)
{
	return r->ended_us != 0;
}

static void
leave_rest(struct rollout *r)
{
	for (guint i = 0; i < r->steps->len; i++) {
		struct rollout_step *s = r->steps->pdata[i];
		if (s->stage == ROLLOUT_WAITS)
			s->stage = ROLLOUT_LEFT;
	}
}

/* Steps of the batch that are under way, or wait for their turn. */
static guint
count_open(const struct rollout *r)
{
	guint open = 0;

	for (guint i = r->batch_begin; i < r->batch_end; i++) {
		const struct rollout_step *s = r->steps->pdata[i];
		open += s->stage == ROLLOUT_WAITS || rollout_step_is_under_way(s);
	}
	return open;
}

static gboolean
end(struct rollout *r, gint64 now_us)
{
	if (may_begin(r))
		r->state = ROLLOUT_DONE;
	r->pause_until_us = 0;
	r->ended_us = now_us;
	return TRUE;
}

/* The batch has ended: its pause, then the next one. */
static gboolean
go_on(struct rollout *r, gint64 now_us)
{
	gboolean changed = FALSE;

	if (r->pause_until_us == 0) {
		r->pause_until_us = now_us + r->settings.pause_s * G_USEC_PER_SEC;
		changed = TRUE;
	}
	if (r->state != ROLLOUT_RUNNING || now_us < r->pause_until_us)
		return changed;
	r->pause_until_us = 0;
	r->batch_begin = r->batch_end;
	r->batch_end = MIN(r->batch_begin + r->settings.batch, r->steps->len);
	return TRUE;
}

/* What follows from the steps. */
static gboolean
settle(struct rollout *r, gint64 now_us)
{
	gboolean changed = FALSE;

	if (rollout_is_over(r))
		return FALSE;
	if (may_begin(r) && r->failed >= r->settings.budget) {
		r->state = ROLLOUT_STOPPED;
		leave_rest(r);
		changed = TRUE;
	}
	if (count_open(r) > 0)
		return changed;
	if (!may_begin(r) || r->batch_end == r->steps->len)
		return end(r, now_us);
	return go_on(r, now_us) || changed;
}

void
rollout_pause(struct rollout *r, gboolean paused, gint64 now_us)
{
	if (may_begin(r))
		r->state = paused ? ROLLOUT_PAUSED : ROLLOUT_RUNNING;
	settle(r, now_us);
}

void
rollout_abort(struct rollout *r, gint64 now_us)
{
	if (may_begin(r)) {
		r->state = ROLLOUT_ABORTED;
		leave_rest(r);
	}
	settle(r, now_us);
}

void
rollout_interrupt(struct rollout *r, gint64 now_us)
{
	if (rollout_is_over(r))
		return;
	r->state = ROLLOUT_INTERRUPTED;
	leave_rest(r);
	r->pause_until_us = 0;
	r->ended_us = now_us;
}

/* --- steps --- */

struct rollout_step *
rollout_next(struct rollout *r, gint64 now_us)
{
	settle(r, now_us);
	if (r->state != ROLLOUT_RUNNING)
		return NULL;
	for (guint i = r->batch_begin; i < r->batch_end; i++) {
		struct rollout_step *s = r->steps->pdata[i];
		if (s->stage == ROLLOUT_WAITS) {
			s->stage = ROLLOUT_RESTARTS;
			s->begun_us = now_us;
			return s;
		}
	}
	return NULL;
}

gboolean
rollout_tell(struct rollout_step *s, const char *reason)
{
	if (g_strcmp0(s->reason, reason) == 0)
		return FALSE;
	g_free(s->reason);
	s->reason = g_strdup(reason);
	return TRUE;
}

static void
end_step(struct rollout *r, struct rollout_step *s, enum rollout_stage stage, const char *reason, gint64 now_us)
{
	s->stage = stage;
	s->ended_us = now_us;
	rollout_tell(s, reason);
	if (stage == ROLLOUT_WELL)
		r->well++;
	else
		r->failed++;
}

void
rollout_restarted(struct rollout *r, struct rollout_step *s, const char *problem, gint64 now_us)
{
	g_return_if_fail(s->stage == ROLLOUT_RESTARTS);
	if (problem) {
		end_step(r, s, ROLLOUT_FAILED, problem, now_us);
	} else {
		s->stage = ROLLOUT_GATE;
		s->restarted_us = s->looked_us = now_us;
	}
	settle(r, now_us);
}

void
rollout_not_begun(struct rollout *r, struct rollout_step *s, gint64 now_us)
{
	g_return_if_fail(s->stage == ROLLOUT_RESTARTS);
	s->stage = may_begin(r) ? ROLLOUT_WAITS : ROLLOUT_LEFT;
	s->begun_us = 0;
	rollout_tell(s, NULL);
	settle(r, now_us);
}

/* --- gates --- */

enum look { LOOK_UNKNOWN, LOOK_UNREAD, LOOK_INACTIVE, LOOK_OFFLINE, LOOK_NOISY, LOOK_GOOD };

/* What is wrong for certain comes before what is not known. */
static enum look
look_of(const struct rollout_step *s, const struct rollout_sight *seen)
{
	if (!seen->known)
		return LOOK_UNKNOWN;
	if (!seen->unit_active)
		return LOOK_INACTIVE;
	if (!seen->online)
		return LOOK_OFFLINE;
	if (seen->last_error_us < 0)
		return LOOK_UNREAD;
	return s->well_since_us != 0 && seen->last_error_us > s->last_error_us ? LOOK_NOISY : LOOK_GOOD;
}

static char *
waits_for(const struct rollout *r, enum look look)
{
	switch (look) {
	case LOOK_UNREAD: return g_strdup("its errors are not known yet");
	case LOOK_INACTIVE: return g_strdup("not active yet");
	case LOOK_OFFLINE: return g_strdup("not online yet");
	case LOOK_NOISY: return g_strdup("new errors");
	case LOOK_GOOD: return g_strdup_printf("active and online, has to be quiet for %u s", r->settings.quiet_s);
	default: return g_strdup("its state is not known yet");
	}
}

static char *
lacked(const struct rollout *r, enum look look)
{
	guint gate = r->settings.gate_s;

	switch (look) {
	case LOOK_UNREAD: return g_strdup_printf("its errors were not known within %u s", gate);
	case LOOK_INACTIVE: return g_strdup_printf("not active within %u s", gate);
	case LOOK_OFFLINE: return g_strdup_printf("not online within %u s", gate);
	case LOOK_NOISY: case LOOK_GOOD: return g_strdup_printf("not quiet for %u s within %u s", r->settings.quiet_s, gate);
	default: return g_strdup_printf("its state was not known within %u s", gate);
	}
}

static void
keep_time(struct rollout_step *s, const struct rollout_sight *seen, enum look look, gint64 now_us)
{
	if (look == LOOK_INACTIVE || look == LOOK_OFFLINE)
		s->well_since_us = 0;
	else if (look == LOOK_NOISY || (look == LOOK_GOOD && s->well_since_us == 0))
		s->well_since_us = seen->at_us;
	else if (look == LOOK_GOOD)
		s->well_since_us = MAX(s->well_since_us, seen->active_since_us);
	else if (s->well_since_us != 0)
		s->well_since_us += now_us - s->looked_us;
	if (seen->known && seen->last_error_us >= 0)
		s->last_error_us = seen->last_error_us;
	s->looked_us = now_us;
}

static gboolean
look_at(struct rollout *r, struct rollout_step *s, const struct rollout_sight *seen, gint64 now_us)
{
	enum look look = look_of(s, seen);
	g_autofree char *words = NULL;

	keep_time(s, seen, look, now_us);
	if (look == LOOK_GOOD && seen->at_us - s->well_since_us >= r->settings.quiet_s * G_USEC_PER_SEC) {
		end_step(r, s, ROLLOUT_WELL, NULL, now_us);
		return TRUE;
	}
	if (now_us - s->restarted_us >= r->settings.gate_s * G_USEC_PER_SEC) {
		words = lacked(r, look);
		end_step(r, s, ROLLOUT_FAILED, words, now_us);
		return TRUE;
	}
	words = waits_for(r, look);
	return rollout_tell(s, words);
}

gboolean
rollout_tick(struct rollout *r, void (*sight)(void *user, const char *gateway, struct rollout_sight *out), void *user, gint64 now_us)
{
	gboolean changed = FALSE;

	for (guint i = r->batch_begin; !rollout_is_over(r) && i < r->batch_end; i++) {
		struct rollout_step *s = r->steps->pdata[i];
		struct rollout_sight seen = { .last_error_us = -1 };
		if (s->stage != ROLLOUT_GATE)
			continue;
		sight(user, s->gateway, &seen);
		changed |= look_at(r, s, &seen, now_us);
	}
	return settle(r, now_us) || changed;
}

/* --- words --- */

guint
rollout_batch(const struct rollout *r)
{
	return r->batch_begin / r->settings.batch + 1;
}

guint
rollout_batches(const struct rollout *r)
{
	return (r->steps->len + r->settings.batch - 1) / r->settings.batch;
}

gint64
rollout_longest_s(const struct rollout *r)
{
	const struct rollout_settings *s = &r->settings;
	gint64 left = may_begin(r) ? (gint64)rollout_batches(r) - rollout_batch(r) : 0;

	return rollout_is_over(r) ? 0 : RESTART_S + s->gate_s + left * (RESTART_S + (gint64)s->gate_s + s->pause_s);
}

/* "gw-014 (not active yet) and 2 more"; nothing when nothing is under way. */
static void
add_under_way(const struct rollout *r, const char *lead, GString *out)
{
	const struct rollout_step *first = NULL;
	guint more = 0;

	for (guint i = r->batch_begin; i < r->batch_end; i++) {
		const struct rollout_step *s = r->steps->pdata[i];
		if (!rollout_step_is_under_way(s))
			continue;
		if (first)
			more++;
		else
			first = s;
	}
	if (!first)
		return;
	g_string_append_printf(out, "%s%s (%s)", lead, first->gateway,
	                       first->reason ? first->reason : first->stage == ROLLOUT_GATE ? "restarted" : "restarts");
	if (more > 0)
		g_string_append_printf(out, " and %u more", more);
}

static void
add_counts(const struct rollout *r, GString *out)
{
	guint left = 0;

	g_string_append_printf(out, "%u of %u well", r->well, r->steps->len);
	if (r->failed > 0)
		g_string_append_printf(out, ", %u failed", r->failed);
	for (guint i = 0; i < r->steps->len; i++)
		left += ((const struct rollout_step *)r->steps->pdata[i])->stage == ROLLOUT_LEFT;
	if (left > 0)
		g_string_append_printf(out, ", %u left out", left);
}

static void
add_progress(const struct rollout *r, gint64 now_us, GString *out)
{
	add_counts(r, out);
	g_string_append_printf(out, ", batch %u of %u", rollout_batch(r), rollout_batches(r));
	add_under_way(r, ": waits for ", out);
	if (r->pause_until_us != 0 && r->state == ROLLOUT_RUNNING)
		g_string_append_printf(out, ": the next one in %" G_GINT64_FORMAT " s",
		                       (MAX(r->pause_until_us - now_us, 0) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

char *
rollout_words(const struct rollout *r, gint64 now_us)
{
	GString *out = g_string_new(NULL);

	switch (r->state) {
	case ROLLOUT_RUNNING:
		add_progress(r, now_us, out);
		break;
	case ROLLOUT_PAUSED:
		g_string_append(out, "paused: ");
		add_progress(r, now_us, out);
		break;
	case ROLLOUT_INTERRUPTED:
		g_string_append_printf(out, "interrupted, %u of %u done", r->well + r->failed, r->steps->len);
		if (r->failed > 0)
			g_string_append_printf(out, ", %u of them failed", r->failed);
		add_under_way(r, "; not known: ", out);
		break;
	default:
		g_string_append_printf(out, "%s: ", rollout_state_name(r->state));
		add_counts(r, out);
		add_under_way(r, ", waits for ", out);
		break;
	}
	return g_string_free(out, FALSE);
}

gboolean
rollout_is_under_way(const struct rollout *r)
{
	return r->state == ROLLOUT_RUNNING || r->state == ROLLOUT_PAUSED;
}

const char *
rollout_state_name(enum rollout_state s)
{
	static const char *const names[] = {
		[ROLLOUT_RUNNING] = "running", [ROLLOUT_PAUSED] = "paused", [ROLLOUT_STOPPED] = "stopped", [ROLLOUT_ABORTED] = "aborted",
		[ROLLOUT_DONE] = "done", [ROLLOUT_INTERRUPTED] = "interrupted",
	};
	return names[s];
}

const char *
rollout_stage_name(enum rollout_stage s)
{
	static const char *const names[] = {
		[ROLLOUT_WAITS] = "waits", [ROLLOUT_RESTARTS] = "restarts", [ROLLOUT_GATE] = "at its gate", [ROLLOUT_WELL] = "well",
		[ROLLOUT_FAILED] = "failed", [ROLLOUT_LEFT] = "left out",
	};
	return names[s];
}
