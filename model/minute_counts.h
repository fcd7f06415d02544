/* How often something happened in each of the last minutes: a sliding sum that needs no memory of the single times. */
#ifndef MW_MODEL_MINUTE_COUNTS_H
#define MW_MODEL_MINUTE_COUNTS_H

#include <glib.h>

#define MINUTE_COUNTS_MOST 128

struct minute_counts {
	gint64 newest;                            /* minute since the epoch; what is older than the ring's length is gone */
	guint32 a[MINUTE_COUNTS_MOST], b[MINUTE_COUNTS_MOST];
};

/* Adds to a minute; one that is older than the ring, or in the far future, is not counted. */
void minute_counts_add(struct minute_counts *m, gint64 minute, guint a, guint b);
/* The sums of the last `span` minutes (at most MINUTE_COUNTS_MOST) up to `now`. */
void minute_counts_sum(const struct minute_counts *m, gint64 now, guint span, guint64 *a, guint64 *b);

#endif
