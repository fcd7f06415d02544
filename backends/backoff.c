#include "backends/backoff.h"

void
backoff_init(struct backoff *b, double (*random)(void))
{
	*b = (struct backoff){ .random = random, .step_ms = BACKOFF_MIN_MS };
}

guint
backoff_next_ms(struct backoff *b)
{
	double low = MAX(b->step_ms / 2.0, BACKOFF_MIN_MS);
	double high = MIN(b->step_ms * 1.5, BACKOFF_MAX_MS);
	double wait = low + (high - low) * b->random();

	b->step_ms = MIN(b->step_ms * 2, BACKOFF_MAX_MS);
	return CLAMP((guint)wait, BACKOFF_MIN_MS, BACKOFF_MAX_MS);
}

void
backoff_up(struct backoff *b, gint64 now_us)
{
	b->up_at_us = MAX(now_us, 1);
}

void
backoff_down(struct backoff *b, gint64 now_us)
{
	if (b->up_at_us > 0 && now_us - b->up_at_us >= BACKOFF_STEADY_US)
		b->step_ms = BACKOFF_MIN_MS;
	b->up_at_us = 0;
}

void
backoff_reset(struct backoff *b)
{
	b->step_ms = BACKOFF_MIN_MS;
}
