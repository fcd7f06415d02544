/* What gateway_poll.c (its state) and gateway_poll_sweep.c (the reading of its journal) share. */
#ifndef MW_BACKENDS_GATEWAY_POLL_PRIVATE_H
#define MW_BACKENDS_GATEWAY_POLL_PRIVATE_H

#include "backends/gateway_poll.h"
#include "backends/gateway_reply.h"
#include "backends/gateway_stream.h"
#include "backends/link_poll.h"
#include "model/minute_counts.h"

#define GATEWAY_POLL_OUTPUT_MAX (GATEWAY_LOGIN_MAX + GATEWAY_REPLY_MAX) /* of its state */

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

	/* gateway_poll_sweep.c */
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

/* --- gateway_poll.c --- */
/* Takes the state that a reply tells; its report is moved away. */
void gateway_poll_take(struct gateway_poll *p, struct gateway_reply *r);
/* Until it is asked for its state again. */
guint gateway_poll_next_ms(const struct gateway_poll *p);

/* --- gateway_poll_sweep.c --- */
/* Ends what runs of a sweep; `swept` is not called. */
void gateway_poll_end_reading(struct gateway_poll *p);
/* Its state tells of an error at this time (UTC by our clock): a stream that ought to have sent it and did not is given up. */
void gateway_poll_judge_stream(struct gateway_poll *p, gint64 last_error_us);

#endif
