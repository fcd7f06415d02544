/* A command that stays on a gateway between sweeps and sends each line of the unit's journal that matches as it comes; asked, it answers at once,
 * so that a sweep needs no new command. Where it ends, for whatever reason, the journal is read by a command again. */
#ifndef MW_BACKENDS_GATEWAY_STREAM_H
#define MW_BACKENDS_GATEWAY_STREAM_H

#include "backends/gateway_script.h"
#include "backends/link.h"

struct gateway_stream;

/* journald tells its readers of news by a timer of a quarter of a second (journald-server.c, POST_CHANGE_TIMER_INTERVAL_USEC), which sd-event may let go off
 * as much later (sd-event.c, DEFAULT_ACCURACY_USEC; journal-file.c asks for no other): half a second at most. The rest is for the processes over there to
 * be run in. What is older than that at an answer has been sent before it. */
#define GATEWAY_STREAM_LAG_US ((gint64)G_USEC_PER_SEC)

struct gateway_stream_events {
	/* Raw; `utc_us` by the gateway's own clock, 0 when not told. */
	void (*line)(void *user, gint64 utc_us, const char *text, gsize len);
	/* It was there when it was asked, at this real time of ours. The stream may be closed in it. */
	void (*answered)(void *user, gint64 asked_us);
	/* It is no more; nothing comes after. It may be freed in it. */
	void (*ended)(void *user);
};

/* Sends what comes after q->cursor, which has to be of an entry, in a journal that is read by the right that is told. */
struct gateway_stream *gateway_stream_open(struct link *l, const struct gateway_question *q, const struct gateway_stream_events *e, void *user);
/* Can it be asked: does it follow the journal from its place on? */
gboolean gateway_stream_is_ready(const struct gateway_stream *s);
/* Has it ever done so? */
gboolean gateway_stream_has_begun(const struct gateway_stream *s);
/* Answered or ended in 3 s at most. */
void gateway_stream_ask(struct gateway_stream *s);
void gateway_stream_close(struct gateway_stream *s); /* NULL is ignored; no events afterwards */

#endif
