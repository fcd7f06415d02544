#include "model/counter_rate.h"

#include <math.h>

static guint
place(const struct counter_rate *r, guint back)
{
	return (r->next + COUNTER_RATE_MOST - 1 - back) % COUNTER_RATE_MOST;
}

void
counter_rate_add(struct counter_rate *r, guint64 value, gint64 at_us)
{
	if (value < r->value)
		r->count = r->next = 0;
	r->value = value;
	r->at_us = at_us;
	if (r->count > 0 && at_us - r->kept[place(r, 0)].at_us < COUNTER_RATE_STEP_US)
		return;
	r->kept[r->next].at_us = at_us;
	r->kept[r->next].value = value;
	r->next = (r->next + 1) % COUNTER_RATE_MOST;
	r->count = MIN(r->count + 1, COUNTER_RATE_MOST);
}

double
counter_rate_per_hour(const struct counter_rate *r)
{
	for (guint back = r->count; back-- > 0;) { /* the oldest that is not too old */
		guint i = place(r, back);
		gint64 span = r->at_us - r->kept[i].at_us;
		if (span > COUNTER_RATE_SPAN_US)
			continue;
		if (span < COUNTER_RATE_LEAST_US)
			return NAN;
		return (double)(r->value - r->kept[i].value) * COUNTER_RATE_SPAN_US / (double)span;
	}
	return NAN;
}
