/* How fast a counter grows, averaged over up to an hour: a burst of seconds is not "an hour". */
#ifndef MW_MODEL_COUNTER_RATE_H
#define MW_MODEL_COUNTER_RATE_H

#include <glib.h>

#define COUNTER_RATE_SPAN_US (3600 * (gint64)G_USEC_PER_SEC)
#define COUNTER_RATE_STEP_US (60 * (gint64)G_USEC_PER_SEC)       /* readings are kept so far apart */
#define COUNTER_RATE_LEAST_US (4 * 60 * (gint64)G_USEC_PER_SEC)  /* less than that says nothing of an hour */
#define COUNTER_RATE_MOST 62

struct counter_rate {
	struct { gint64 at_us; guint64 value; } kept[COUNTER_RATE_MOST]; /* a ring; the newest is at next - 1 */
	guint count, next;
	gint64 at_us;        /* the last reading, kept or not; monotonic */
	guint64 value;
};

/* A reading. One that is lower than the last begins anew: the counter did. */
void counter_rate_add(struct counter_rate *r, guint64 value, gint64 at_us);
/* Growth an hour; NAN until four minutes were seen. */
double counter_rate_per_hour(const struct counter_rate *r);

#endif
