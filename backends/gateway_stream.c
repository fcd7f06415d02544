#include "backends/gateway_stream.h"

#include "backends/gateway_feed.h"
#include "backends/loop_watch.h"

#define ANSWER_MS 3000
#define SETTLE_US G_USEC_PER_SEC        /* for what was logged while it began */
#define FLOOD_BYTES (128 * 1024)        /* in a minute: what is more is read by the next sweep's command, which counts instead of sending */
#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)

struct gateway_stream {
	struct link_stream *stream;   /* NULL: it has ended */
	struct gateway_feed feed;
	struct gateway_stream_events events;
	void *user;
	struct loop_watch *limit;     /* of the answer; or the end is told */
	gint64 asked_us;              /* real time; 0: it is not asked */
	gint64 begun_us;              /* monotonic; 0: not yet */
	gint64 minute_us;             /* monotonic: when the minute began */
	gsize bytes;                  /* in that minute */
};

/* Told from the loop: who opened or asked it goes on first. */
static void
end(struct gateway_stream *s)
{
	link_stream_close(s->stream);
	s->stream = NULL;
	loop_watch_after(s->limit, 0);
}

static void
on_limit(void *user, gboolean news)
{
	struct gateway_stream *s = user;

	(void)news;
	link_stream_close(s->stream);
	s->stream = NULL;
	s->events.ended(s->user);
}

static void
on_line(void *user, const char *text, gsize len)
{
	struct gateway_stream *s = user;
	gint64 utc_us = gateway_line_time(&text, &len);

	s->events.line(s->user, utc_us, text, len);
}

static gboolean
is_flood(struct gateway_stream *s, gsize len)
{
	gint64 now_us = g_get_monotonic_time();

	if (now_us - s->minute_us > MINUTE_US) {
		s->minute_us = now_us;
		s->bytes = 0;
	}
	s->bytes += len;
	return s->bytes > FLOOD_BYTES;
}

static void
on_data(void *user, const char *bytes, gsize len)
{
	struct gateway_stream *s = user;
	gboolean answered = gateway_feed_take(&s->feed, bytes, len, on_line, s);
	gint64 asked_us = s->asked_us;

	if (s->feed.begun && s->begun_us == 0)
		s->begun_us = g_get_monotonic_time();
	if (is_flood(s, len)) {
		loop_watch_after(s->limit, 0); /* not from within its own event */
	} else if (answered && asked_us) {
		s->asked_us = 0;
		loop_watch_set(s->limit, FALSE, LOOP_WATCH_NEVER);
		s->events.answered(s->user, asked_us);
	}
}

static void
on_end(void *user, const struct link_result *r)
{
	struct gateway_stream *s = user;

	(void)r;
	s->stream = NULL; /* it is gone already */
	loop_watch_after(s->limit, 0);
}

struct gateway_stream *
gateway_stream_open(struct link *l, const struct gateway_question *q, const struct gateway_stream_events *e, void *user)
{
	static const struct link_stream_events events = { .data = on_data, .end = on_end };
	g_autofree char *command = gateway_script_staying(q);
	struct gateway_stream *s = g_new0(struct gateway_stream, 1);

	gateway_feed_init(&s->feed);
	s->events = *e;
	s->user = user;
	s->limit = loop_watch_new(-1, on_limit, s);
	s->minute_us = g_get_monotonic_time();
	s->stream = link_stream_open_echoing(l, command, &events, s);
	return s;
}

gboolean
gateway_stream_has_begun(const struct gateway_stream *s)
{
	return s->begun_us > 0;
}

gboolean
gateway_stream_is_ready(const struct gateway_stream *s)
{
	return s && s->stream && s->begun_us && g_get_monotonic_time() - s->begun_us >= SETTLE_US;
}

void
gateway_stream_ask(struct gateway_stream *s)
{
	g_autofree char *question = gateway_feed_ask(&s->feed);

	s->asked_us = g_get_real_time();
	if (!s->stream || !link_stream_say(s->stream, question))
		end(s);
	else
		loop_watch_after(s->limit, ANSWER_MS);
}

void
gateway_stream_close(struct gateway_stream *s)
{
	if (!s)
		return;
	link_stream_close(s->stream);
	loop_watch_free(s->limit);
	gateway_feed_clear(&s->feed);
	g_free(s);
}
