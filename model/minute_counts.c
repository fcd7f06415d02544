#include "model/minute_counts.h"

#include <string.h>

static guint
place(gint64 minute)
{
	return (guint)(((minute % MINUTE_COUNTS_MOST) + MINUTE_COUNTS_MOST) % MINUTE_COUNTS_MOST);
}

void
minute_counts_add(struct minute_counts *m, gint64 minute, guint a, guint b)
{
	if (minute > m->newest + MINUTE_COUNTS_MOST || m->newest == 0) {
		memset(m, 0, sizeof *m);
		m->newest = minute;
	}
	for (; m->newest < minute; m->newest++)
		m->a[place(m->newest + 1)] = m->b[place(m->newest + 1)] = 0;
	if (minute <= m->newest - MINUTE_COUNTS_MOST)
		return;
	m->a[place(minute)] += a;
	m->b[place(minute)] += b;
}

void
minute_counts_sum(const struct minute_counts *m, gint64 now, guint span, guint64 *a, guint64 *b)
{
	*a = *b = 0;
	for (gint64 minute = now - (gint64)MIN(span, MINUTE_COUNTS_MOST) + 1; minute <= now; minute++) {
		if (minute > m->newest || minute <= m->newest - MINUTE_COUNTS_MOST)
			continue;
		*a += m->a[place(minute)];
		*b += m->b[place(minute)];
	}
}
