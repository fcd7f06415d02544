/* How many runs of a job failed in a row, of those that were seen. */
#ifndef MW_MODEL_RUN_STREAK_H
#define MW_MODEL_RUN_STREAK_H

#include "model/cron.h"

struct run_streak {
	gint64 last_us; /* UTC: the last run that was counted; 0: none */
	guint failures; /* up to it */
};

/* What the job says of its last run. TRUE when that is a new one, which is counted. */
gboolean run_streak_saw(struct run_streak *s, gint64 last_us, enum cron_result result);

#endif
