/* A spike: more than three times as many as in the half hour before, and five at least (reference 2.3, ai_upstream). */
#ifndef MW_MODEL_SPIKE_H
#define MW_MODEL_SPIKE_H

#include "model/minute_counts.h"

#define SPIKE_TIMES 3
#define SPIKE_LEAST 5
#define SPIKE_MINUTES 30

enum spike { SPIKE_NO, SPIKE_YES, SPIKE_UNKNOWN /* there are enough, but nobody watched the half hour before */ };

/* So many, after `before` of them in the span before. */
gboolean spike_is(guint64 recent, guint64 before);
/* `covered_us`: since when (UTC) nothing was missed. Only `a` of the counts is looked at. */
enum spike spike_judge(const struct minute_counts *m, gint64 covered_us, gint64 now_utc_us);

#endif
