#include "model/spike.h"

#define MINUTE_US (60 * (gint64)G_USEC_PER_SEC)

gboolean
spike_is(guint64 recent, guint64 before)
{
	return recent >= SPIKE_LEAST && recent > SPIKE_TIMES * before;
}

enum spike
spike_judge(const struct minute_counts *m, gint64 covered_us, gint64 now_utc_us)
{
	guint64 recent, before, unused;
	gint64 minute = now_utc_us / MINUTE_US;

	minute_counts_sum(m, minute, SPIKE_MINUTES, &recent, &unused);
	minute_counts_sum(m, minute - SPIKE_MINUTES, SPIKE_MINUTES, &before, &unused);
	if (!spike_is(recent, before))
		return SPIKE_NO;
	return covered_us / MINUTE_US <= minute - 2 * SPIKE_MINUTES + 1 ? SPIKE_YES : SPIKE_UNKNOWN;
}
