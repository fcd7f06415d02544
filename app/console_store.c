/* The console's store: opened behind the first frame; the score of each host goes into it once a minute and comes back as its past. */
#include "app/console_private.h"

#include <math.h>

#include "model/score.h"

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)
#define STEP_US (6 * HOUR_US)      /* of the week's sparkline */
#define WEEK_EVERY_US (30 * MINUTE_US)
#define WITHIN_US (10 * MINUTE_US) /* how far a sample may be from the hour or the day before */
#define MANY_HOSTS 100             /* from here on a sample in five minutes has to do */
#define HOSTS_PER_TICK 20

static const struct { const char *points, *input; } series[SCORE_DIMENSIONS] = {
	[SCORE_CPU] = { "score.cpu", "input.cpu" }, [SCORE_MEMORY] = { "score.memory", "input.memory" }, [SCORE_DISK] = { "score.disk", "input.disk" },
	[SCORE_SERVICES] = { "score.services", "input.services" }, [SCORE_MAINTENANCE] = { "score.maintenance", "input.maintenance" },
	[SCORE_LLM] = { "score.llm", NULL }, /* its input is the memory's */
};

/* --- samples --- */

static void
keep_score(struct store *s, const struct host *h, const struct score *score, gint64 utc_us)
{
	if (h->link.state != LINK_UP || score->maximum == 0)
		return;
	store_sample(s, h->name, "score", utc_us, 100.0 * score->points / score->maximum);
	for (guint i = 0; i < SCORE_DIMENSIONS; i++) {
		const struct score_part *p = &score->parts[i];
		if (!p->assessed || p->stale)
			continue;
		store_sample(s, h->name, series[i].points, utc_us, p->points);
		if (series[i].input)
			store_sample(s, h->name, series[i].input, utc_us, p->input);
	}
}

static void
recall(struct store *s, struct host *h, gint64 utc_us)
{
	struct score_past *past = &h->past;

	for (guint i = 0; i < HOST_SCORES; i++) {
		const char *name = i < SCORE_DIMENSIONS ? series[i].points : "score";
		past->hour[i] = store_sample_near(s, h->name, name, utc_us - HOUR_US, WITHIN_US);
		past->day[i] = store_sample_near(s, h->name, name, utc_us - DAY_US, WITHIN_US);
	}
	past->at_us = utc_us;
	if (ABS(utc_us - past->week_at_us) < WEEK_EVERY_US)
		return;
	store_sample_means(s, h->name, "score", utc_us - HOST_WEEK_STEPS * STEP_US, STEP_US, past->week, HOST_WEEK_STEPS);
	past->week_at_us = utc_us;
}

void
console_store_tick(struct console *c)
{
	const GPtrArray *hosts = c->world->hosts;
	gint64 now = g_get_real_time(), every = hosts->len < MANY_HOSTS ? MINUTE_US : 5 * MINUTE_US;
	guint done = 0;

	if (!c->store)
		return;
	for (guint i = 0; i < hosts->len && done < HOSTS_PER_TICK; i++) {
		struct host *h = hosts->pdata[i];
		struct score score;
		if (ABS(now - h->past.at_us) < every)
			continue;
		score_compute(h, &c->world->thresholds, now, &score);
		keep_score(c->store, h, &score, now);
		recall(c->store, h, now);
		done++;
	}
	if (ABS(now - c->thinned_us) >= HOUR_US) {
		store_samples_thin(c->store, now);
		c->thinned_us = now;
	}
}

/* --- the store --- */

/* What was under way when a midwatch was killed is said: somebody has to look. */
static void
report_left_open(struct console *c, const GPtrArray *entries)
{
	const struct audit_entry *e = entries->len > 0 ? entries->pdata[0] : NULL;

	if (!e)
		return;
	console_notice(c, "midwatch ended while %s ran on %s%s%s%s: look at its state (midwatch audit)", e->action, e->host, e->target ? ", " : "",
	               e->target ? e->target : "", entries->len > 1 ? ", and more" : "");
}

/* A rolling restart that a dead midwatch left, or that was left before, is shown, and never continued. */
static gboolean
settle_rollouts(struct console *c, GError **error)
{
	g_autoptr(GError) problem = NULL;
	struct rollout *last = store_rollout_settle(c->store, &problem);

	if (c->world->fleet)
		c->world->fleet->rollout = last;
	else
		rollout_free(last);
	if (!problem)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&problem));
	return FALSE;
}

void
console_store_open(struct console *c)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) left_open = NULL;

	c->store = store_open(NULL, &error);
	if (c->store && settle_rollouts(c, &error))
		left_open = store_audit_settle(c->store, &error);
	if (left_open) {
		report_left_open(c, left_open);
		return;
	}
	g_clear_pointer(&c->store, store_close);
	c->store_problem = g_strdup(error->message);
	console_notice(c, "no audit: actions are refused. %s", error->message);
}

void
console_store_close(struct console *c)
{
	g_clear_pointer(&c->store, store_close);
	g_clear_pointer(&c->store_problem, g_free);
}
