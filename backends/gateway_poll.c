#include "backends/gateway_poll_private.h"

#include <string.h>

#include "backends/gateway_script.h"
#include "model/sanitize.h"

#define INTERVAL_MS 30000
#define TIMEOUT_MS 20000
#define VERSION_MS 1000   /* until it is asked for, where it may be another one */
#define CLOCK_LIMIT_S 120 /* from here on a clock is called wrong */

static char *
command(void *user)
{
	struct gateway_poll *p = user;
	const struct gateway_report *last = &p->gateway->report;
	const struct gateway_question q = {
		.unit = p->settings->unit, .pattern = p->settings->pattern, .version = p->wants_version ? p->settings->version : NULL,
		.cursor = p->counted ? last->cursor : NULL, .span_min = p->settings->span_min, .right = p->right, .state = TRUE,
	};

	return gateway_script(&q);
}

/* Counts what came, and sums up the span. */
static void
count(struct gateway_poll *p, const struct gateway_reply *r, struct gateway_report *now)
{
	gint64 utc_s = g_get_real_time() / G_USEC_PER_SEC + now->clock_ahead_s;
	guint64 errors, fatals;

	if (now->problem && r->minutes->len == 0 && !now->cursor)
		return; /* the journal could not be read */
	if (!p->counted)
		memset(&p->counts, 0, sizeof p->counts);
	for (guint i = 0; i < r->minutes->len; i++) {
		const struct gateway_minute *m = &g_array_index(r->minutes, struct gateway_minute, i);
		minute_counts_add(&p->counts, m->minute, m->errors, m->fatals);
	}
	p->counted = TRUE;
	minute_counts_sum(&p->counts, utc_s / 60, p->settings->span_min, &errors, &fatals);
	now->errors = (gint64)errors;
	now->fatals = (gint64)fatals;
}

/* What is told only now and then stays from the last report. */
static void
keep_from_last(const struct gateway_poll *p, const struct gateway_reply *r, struct gateway_report *now)
{
	struct gateway_report *last = &p->gateway->report;

	if (!r->version_told)
		now->version = g_steal_pointer(&last->version);
	if (!now->last_error && now->errors != 0) {
		now->last_error = g_steal_pointer(&last->last_error);
		now->last_error_us = last->last_error_us;
	}
	if (!now->cursor && now->errors >= 0)
		now->cursor = g_steal_pointer(&last->cursor);
}

static void
tell_clock(struct gateway_report *now)
{
	gint64 off_s = ABS(now->clock_ahead_s);
	g_autofree char *before = NULL, *words = NULL;

	if (off_s < CLOCK_LIMIT_S)
		return;
	words = g_strdup_printf("its clock is %" G_GINT64_FORMAT " %s %s", off_s < 7200 ? off_s / 60 : off_s / 3600, off_s < 7200 ? "min" : "h",
	                        now->clock_ahead_s > 0 ? "ahead" : "behind");
	before = now->problem;
	now->problem = before ? g_strdup_printf("%s; %s", before, words) : g_steal_pointer(&words);
}

void
gateway_poll_take(struct gateway_poll *p, struct gateway_reply *r)
{
	struct gateway *g = p->gateway;
	struct gateway_report now = r->report;
	gboolean another = now.unit != g->report.unit || now.since_s < g->report.since_s;

	r->report = (struct gateway_report){ 0 };
	if (r->right == GATEWAY_RIGHT_OWN || r->right == GATEWAY_RIGHT_SUDO) /* no right may become one */
		p->right = r->right;
	count(p, r, &now);
	keep_from_last(p, r, &now);
	tell_clock(&now);
	p->wants_version = another && !r->version_told; /* it was started anew: it may be another one */
	gateway_report_clear(&g->report);
	g->report = now;
	g->host->clock_ahead_s = ABS(now.clock_ahead_s) < CLOCK_LIMIT_S ? 0 : now.clock_ahead_s;
	datum_good(&g->datum, g_get_monotonic_time());
	gateway_poll_judge_stream(p, now.last_error_us);
}

guint
gateway_poll_next_ms(const struct gateway_poll *p)
{
	return p->wants_version && p->settings->version ? VERSION_MS : p->settings->interval_ms ? p->settings->interval_ms : INTERVAL_MS;
}

static guint
answered(void *user, const struct link_result *r)
{
	struct gateway_poll *p = user;
	const char *problem = NULL;
	struct gateway_reply reply;

	if (r->outcome == LINK_EXITED && gateway_reply_parse(r->output, r->output_length, g_get_real_time(), 0, &reply, &problem)) {
		gateway_poll_take(p, &reply);
		gateway_reply_clear(&reply);
	} else {
		g_autofree char *text = link_poll_failure(r, "It does not tell its state", "What it answers cannot be read", problem);
		if (r->outcome == LINK_EXITED)
			gateway_reply_clear(&reply);
		datum_failed(&p->gateway->datum, text);
		p->counted = FALSE; /* a cursor that is not known there any more would fail for ever */
	}
	p->answered(p->answered_user);
	world_changed(p->world);
	return gateway_poll_next_ms(p);
}

struct gateway_poll *
gateway_poll_new(const struct gateway_poll_settings *s, struct link *link, struct world *world, struct gateway *gateway,
                 void (*told)(void *user), void *user)
{
	static const struct link_poll_class class = { command, answered, .timeout_ms = TIMEOUT_MS, .max_output = GATEWAY_POLL_OUTPUT_MAX, .unwatched = TRUE,
	                                             .hang_up = TRUE };
	struct gateway_poll *p = g_new0(struct gateway_poll, 1);

	p->poll = link_poll_new(&class, link, p);
	p->settings = s;
	p->link = link;
	p->world = world;
	p->gateway = gateway;
	p->answered = told;
	p->answered_user = user;
	return p;
}

void
gateway_poll_free(struct gateway_poll *p)
{
	if (!p)
		return;
	gateway_poll_end_reading(p);
	link_poll_free(p->poll);
	g_free(p);
}

void
gateway_poll_link_up(struct gateway_poll *p)
{
	p->wants_version = TRUE;
	p->right = GATEWAY_RIGHT_UNKNOWN;
	p->unable = FALSE;
	if (p->gateway->sweep.state != SWEEP_WAITS || p->counted || p->gateway->sweep.cursor) /* else the sweep tells its state, too */
		link_poll_begin(p->poll);
}

void
gateway_poll_link_down(struct gateway_poll *p)
{
	link_poll_end(p->poll);
	p->fresh = FALSE; /* the next connection begins with a command */
	gateway_poll_unfollow(p);
	datum_stale(&p->gateway->datum, p->gateway->host->link.reason);
}

void
gateway_poll_now(struct gateway_poll *p)
{
	link_poll_now(p->poll);
}

gboolean
gateway_poll_is_busy(const struct gateway_poll *p)
{
	return link_poll_is_asking(p->poll) || p->gateway->sweep.state == SWEEP_RUNS || p->gateway->sweep.state == SWEEP_WAITS;
}
