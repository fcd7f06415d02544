#include "backends/gateway_poll_private.h"

#include "backends/gateway_script.h"

#define TIMEOUT_MS 20000                       /* as long as a question for its state, which reads as much */
#define LINES 500                              /* the newest; older ones are counted */
#define OUTPUT_MAX (GATEWAY_POLL_OUTPUT_MAX + LINES * (GATEWAY_LINE_MAX + 4))
#define BEHIND_US (5 * (gint64)G_USEC_PER_SEC) /* so long after an error its stream must have told of it */
#define CLOCKS_US (2 * (gint64)G_USEC_PER_SEC) /* so far two readings of the same clock may differ: they are of whole seconds */

/* --- by a command --- */

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
		gateway_poll_take(p, r);
		p->answered(p->answered_user);
		link_poll_later(p->poll, gateway_poll_next_ms(p));
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
		.unit = p->settings->unit, .pattern = p->settings->pattern, .cursor = part->cursor, .span_min = p->settings->span_min, .lines = LINES,
		.right = p->right, .state = !p->counted && !part->cursor && !link_poll_is_asking(p->poll),
	};
	g_autofree char *text = gateway_script(&q);

	p->sweep_tells_state = q.state;
	p->sweep = link_run(p->link, &(struct link_command){ .command = text, .timeout_ms = TIMEOUT_MS, .max_output = OUTPUT_MAX, .unwatched = TRUE,
	                    .hang_up = TRUE }, on_swept, p);
}

/* --- by a stream --- */

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

void
gateway_poll_judge_stream(struct gateway_poll *p, gint64 last_error_us)
{
	if (p->stream && last_error_us > p->newest_us + CLOCKS_US && last_error_us < g_get_real_time() - BEHIND_US)
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

/* --- either way --- */

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

void
gateway_poll_end_reading(struct gateway_poll *p)
{
	if (p->sweep)
		link_job_cancel(p->sweep);
	p->sweep = NULL;
	g_clear_pointer(&p->stream, gateway_stream_close);
}
