#include "model/history.h"

#include <math.h>

void
history_add(struct history *h, double value)
{
	h->values[h->next] = (float)value;
	h->next = (h->next + 1) % HISTORY_SIZE;
	h->count = MIN(h->count + 1, HISTORY_SIZE);
}

double
history_at(const struct history *h, guint back)
{
	if (back >= h->count)
		return NAN;
	return h->values[(h->next + HISTORY_SIZE - 1 - back) % HISTORY_SIZE];
}
