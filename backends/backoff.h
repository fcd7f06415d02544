/* The waiting time before another attempt to reach a host: doubles from 2 s to 60 s, jittered so that a fleet does not come back as
 * one wave. Pure: no clock and no random source of its own. */
#ifndef MW_BACKENDS_BACKOFF_H
#define MW_BACKENDS_BACKOFF_H

#include <glib.h>

#define BACKOFF_MIN_MS 2000
#define BACKOFF_MAX_MS 60000
#define BACKOFF_STEADY_US ((gint64)30 * G_USEC_PER_SEC) /* a link that was up this long has earned a fresh start */

struct backoff {
	double (*random)(void); /* in [0, 1) */
	guint step_ms;          /* the step of the next wait before jitter */
	gint64 up_at_us;        /* monotonic time of the last success, 0 while down */
};

void backoff_init(struct backoff *b, double (*random)(void));
/* Milliseconds to wait before the next attempt, and doubles the step: between half the step and one and a half of it, never outside
 * BACKOFF_MIN_MS … BACKOFF_MAX_MS. */
guint backoff_next_ms(struct backoff *b);
/* The link came up at the monotonic time `now_us`. */
void backoff_up(struct backoff *b, gint64 now_us);
/* The link was lost: starts anew when it had been up for BACKOFF_STEADY_US. */
void backoff_down(struct backoff *b, gint64 now_us);
/* The operator asked: starts anew at once. */
void backoff_reset(struct backoff *b);

#endif
