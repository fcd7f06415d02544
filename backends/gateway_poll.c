#include "backends/gateway_poll.h"

#include <string.h>

#include "backends/gateway_reply.h"
#include "backends/gateway_script.h"
#include "backends/gateway_stream.h"
#include "backends/link_poll.h"
#include "model/minute_counts.h"
#include "model/sanitize.h"

#define INTERVAL_MS 30000
#define TIMEOUT_MS 20000
#define VERSION_MS 1000                  /* until it is asked for, where it may be another one */
#define SWEEP_TIMEOUT_MS 20000 /* as long as a question for its state, which reads as much */
#define SWEEP_LINES 500                  /* the newest; older ones are counted */
#define OUTPUT_MAX (GATEWAY_LOGIN_MAX + GATEWAY_REPLY_MAX)
#define SWEEP_OUTPUT_MAX (OUTPUT_MAX + SWEEP_LINES * (GATEWAY_LINE_MAX + 4))
#define BEHIND_US (5 * (gint64)G_USEC_PER_SEC) /* so long after an error its stream must have told of it */
#define CLOCKS_US (2 * (gint64)G_USEC_PER_SEC) /* so far two readings of the same clock may differ: they are of whole seconds */
#define CLOCK_LIMIT_S 120                /* from here on a clock is called wrong */

struct gateway_poll {
	struct link_poll *poll;
	const struct gateway_poll_settings *settings;
	struct link *link;
	struct world *world;
	struct gateway *gateway;
	struct minute_counts counts;     /* of errors and fatals, by the gateway's clock */
	gboolean counted;                /* the span was read to its beginning */
	gboolean wants_version;
	enum gateway_right right;        /* as it was told over this connection */
	void (*answered)(void *user);
	void *answered_user;

	struct link_job *sweep;
	gboolean sweep_tells_state;      /* it asks for the state, too */
	void (*swept)(void *user, gboolean ok);
	void *swept_user;

	struct gateway_stream *stream;   /* what has come since the last sweep by a command is here already; NULL: there is none */
	gboolean fresh;                  /* a command has just read up to the sweep's cursor: a stream may go on from there */
	gboolean unable;                 /* a stream did not begin over this connection */
	guint64 streamed;                /* lines behind that cursor that are taken */
	gint64 newest_us;                /* UTC by our clock: all errors up to then are taken */
};

static void drop_stream(struct gateway_poll *p);
static void lose_stream(struct gateway_poll *p);

/* --- its state --- */

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

static void
take(struct gateway_poll *p, struct gateway_reply *r)
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
	if (p->stream && now.last_error_us > p->newest_us + CLOCKS_US && now.last_error_us < g_get_real_time() - BEHIND_US)
		lose_stream(p); /* the journal has an error that it did not send */
}

static guint
next_ms(const struct gateway_poll *p)
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
		take(p, &reply);
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
	return next_ms(p);
}

struct gateway_poll *
gateway_poll_new(const struct gateway_poll_settings *s, struct link *link, struct world *world, struct gateway *gateway,
                 void (*told)(void *user), void *user)
{
	static const struct link_poll_class class = { command, answered, .timeout_ms = TIMEOUT_MS, .max_output = OUTPUT_MAX, .unwatched = TRUE,
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
	if (p->sweep)
		link_job_cancel(p->sweep);
	gateway_stream_close(p->stream);
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
gateway_poll_now(struct gateway_poll *p)
{
	link_poll_now(p->poll);
}

gboolean
gateway_poll_is_busy(const struct gateway_poll *p)
{
	return link_poll_is_asking(p->poll) || p->gateway->sweep.state == SWEEP_RUNS || p->gateway->sweep.state == SWEEP_WAITS;
}

/* --- the sweep --- */

static void
end_sweep(struct gateway_poll *p, char *problem /* taken; NULL: it went well */)
{
	struct sweep_part *part = &p->gateway->sweep;
	gboolean ok = !problem;

	part->state = ok ? SWEEP_DONE : SWEEP_FAILED;
	g_free(part->problem);
	part->problem = problem;
	p->swept(p->swept_user, ok);
	world_changed(p->world);
}

static void
take_lines(struct gateway_poll *p, const struct gateway_reply *r)
{
	struct sweep_part *part = &p->gateway->sweep;
	gint64 now_us = g_get_real_time();

	if (!part->cursor) /* the whole span was read */
		sweep_take_back(p->world->fleet->sweep, p->gateway->host->name, part);
	for (guint i = 0; i < r->lines->len; i++) {
		const struct gateway_line *l = &g_array_index(r->lines, struct gateway_line, i);
		sweep_take(p->world->fleet->sweep, p->gateway->host->name, part, l->utc_us ? l->utc_us : now_us, l->text, l->len);
	}
	if (r->dropped > 0)
		sweep_cut_off(part, r->dropped, r->lines->len > 0 ? g_array_index(r->lines, struct gateway_line, 0).utc_us : now_us);
	part->read_us = now_us;
	p->newest_us = now_us;
	p->fresh = TRUE;
	if (r->report.cursor) {
		g_free(part->cursor);
		part->cursor = g_strdup(r->report.cursor);
	}
}

/* The state that came with the lines; without it, it is asked for. */
static void
take_state(struct gateway_poll *p, struct gateway_reply *r)
{
	if (!p->sweep_tells_state)
		return;
	p->sweep_tells_state = FALSE;
	if (r) {
		take(p, r);
		p->answered(p->answered_user);
		link_poll_later(p->poll, next_ms(p));
	} else if (link_is_up(p->link)) {
		link_poll_begin(p->poll);
	}
}

static void
on_swept(const struct link_result *result, void *user)
{
	struct gateway_poll *p = user;
	struct gateway_reply r;
	const char *problem = NULL;

	p->sweep = NULL;
	if (result->outcome != LINK_EXITED) {
		take_state(p, NULL);
		end_sweep(p, link_poll_failure(result, "Its journal was not read", "", NULL));
		return;
	}
	if (!gateway_reply_parse(result->output, result->output_length, g_get_real_time(), p->gateway->report.clock_ahead_s, &r, &problem)) {
		take_state(p, NULL);
		end_sweep(p, link_poll_failure(result, "", "What it answers cannot be read", problem));
	} else {
		g_autofree char *trouble = r.report.cursor || r.lines->len > 0 ? NULL : g_strdup(r.report.problem);
		if (trouble)
			g_clear_pointer(&p->gateway->sweep.cursor, g_free);
		else
			take_lines(p, &r);
		take_state(p, &r);
		end_sweep(p, g_steal_pointer(&trouble));
	}
	gateway_reply_clear(&r);
}

static void
sweep_by_command(struct gateway_poll *p)
{
	struct sweep_part *part = &p->gateway->sweep;
	const struct gateway_question q = {
		.unit = p->settings->unit, .pattern = p->settings->pattern, .cursor = part->cursor, .span_min = p->settings->span_min, .lines = SWEEP_LINES,
		.right = p->right, .state = !p->counted && !part->cursor && !link_poll_is_asking(p->poll),
	};
	g_autofree char *text = gateway_script(&q);

	p->sweep_tells_state = q.state;
	p->sweep = link_run(p->link, &(struct link_command){ .command = text, .timeout_ms = SWEEP_TIMEOUT_MS, .max_output = SWEEP_OUTPUT_MAX, .unwatched = TRUE,
	                    .hang_up = TRUE }, on_swept, p);
}

void
gateway_poll_sweep(struct gateway_poll *p, void (*swept)(void *user, gboolean ok), void *user)
{
	struct sweep_part *part = &p->gateway->sweep;

	if (p->sweep || part->state == SWEEP_RUNS)
		return;
	p->swept = swept;
	p->swept_user = user;
	part->state = SWEEP_RUNS;
	if (gateway_poll_is_followed(p)) {
		gateway_stream_ask(p->stream);
	} else {
		drop_stream(p);
		sweep_by_command(p);
	}
}

void
gateway_poll_sweep_cancel(struct gateway_poll *p)
{
	struct sweep_part *part = &p->gateway->sweep;

	if (part->state != SWEEP_WAITS && part->state != SWEEP_RUNS)
		return;
	if (p->sweep)
		link_job_cancel(p->sweep);
	p->sweep = NULL;
	p->sweep_tells_state = FALSE;
	part->state = SWEEP_CANCELLED;
	if (!p->stream)
		link_poll_now(p->poll); /* the sweep would have told its state */
}

/* --- the stream --- */

/* What it had taken stands behind the cursor: then all of the span has to be read anew, or lines would be counted twice. */
static void
drop_stream(struct gateway_poll *p)
{
	struct sweep_part *part = &p->gateway->sweep;
	gint64 span_us = (gint64)p->settings->span_min * 60 * G_USEC_PER_SEC;

	if (!p->stream)
		return;
	g_clear_pointer(&p->stream, gateway_stream_close);
	if (p->streamed > 0 || part->read_us < g_get_real_time() - span_us)
		g_clear_pointer(&part->cursor, g_free);
}

static void
on_stream_line(void *user, gint64 its_us, const char *text, gsize len)
{
	struct gateway_poll *p = user;
	gint64 now_us = g_get_real_time(), utc_us = its_us ? MAX(its_us - p->gateway->report.clock_ahead_s * G_USEC_PER_SEC, 1) : now_us;

	p->streamed++;
	p->newest_us = MAX(p->newest_us, utc_us);
	sweep_take(p->world->fleet->sweep, p->gateway->host->name, &p->gateway->sweep, utc_us, text, MIN(len, GATEWAY_LINE_MAX));
	world_changed(p->world);
}

static void
on_stream_answered(void *user, gint64 asked_us)
{
	struct gateway_poll *p = user;

	if (p->gateway->sweep.state != SWEEP_RUNS || p->sweep)
		return;
	p->gateway->sweep.read_us = MAX(p->gateway->sweep.read_us, asked_us - GATEWAY_STREAM_LAG_US);
	end_sweep(p, NULL);
}

/* A sweep that waits for it goes on by a command. */
static void
lose_stream(struct gateway_poll *p)
{
	drop_stream(p);
	if (p->gateway->sweep.state == SWEEP_RUNS && !p->sweep)
		sweep_by_command(p);
}

static void
on_stream_ended(void *user)
{
	struct gateway_poll *p = user;

	p->unable = !gateway_stream_has_begun(p->stream);
	lose_stream(p);
}

gboolean
gateway_poll_is_followed(const struct gateway_poll *p)
{
	return gateway_stream_is_ready(p->stream);
}

gboolean
gateway_poll_follow(struct gateway_poll *p)
{
	static const struct gateway_stream_events events = { on_stream_line, on_stream_answered, on_stream_ended };
	const struct gateway_question q = {
		.unit = p->settings->unit, .pattern = p->settings->pattern, .cursor = p->gateway->sweep.cursor, .right = p->right,
	};
	gboolean knows_how = p->right == GATEWAY_RIGHT_OWN || p->right == GATEWAY_RIGHT_SUDO;

	if (p->stream || p->sweep || p->unable || !p->fresh || !q.cursor || !knows_how || !link_is_up(p->link))
		return FALSE;
	p->fresh = FALSE;
	p->streamed = 0;
	p->stream = gateway_stream_open(p->link, &q, &events, p);
	return TRUE;
}

void
gateway_poll_unfollow(struct gateway_poll *p)
{
	lose_stream(p);
}

void
gateway_poll_link_down(struct gateway_poll *p)
{
	link_poll_end(p->poll);
	p->fresh = FALSE; /* the next connection begins with a command */
	lose_stream(p);
	datum_stale(&p->gateway->datum, p->gateway->host->link.reason);
}
