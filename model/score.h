/* The score card of the VM roadmap 3.1: six dimensions, 100 points; a dimension without data is out of the sum. */
#ifndef MW_MODEL_SCORE_H
#define MW_MODEL_SCORE_H

#include "model/host.h"

enum score_dimension { SCORE_CPU, SCORE_MEMORY, SCORE_DISK, SCORE_SERVICES, SCORE_MAINTENANCE, SCORE_LLM, SCORE_DIMENSIONS };
enum severity { SEVERITY_UNKNOWN, SEVERITY_OK, SEVERITY_WARN, SEVERITY_CRIT };

struct score_thresholds {
	double steal_warn, steal_crit;            /* %, > */
	guint64 swap_warn, swap_cached_warn;      /* bytes, > */
	int disk_warn;                            /* % used, >= */
};
extern const struct score_thresholds score_default_thresholds; /* 5, 15, 1.5 GB, 200 MB, 55 */

struct score_part {
	gboolean assessed;
	gboolean stale;          /* from an old value */
	int points, maximum;
	enum severity severity;
	double input;            /* the figure behind it: steal %, available bytes, disk %, unhealthy count, days since the last cleanup; NAN when none */
	char text[96];           /* "steal 8.2%   WARN >5%", or why it is not assessed */
};

struct score {
	struct score_part parts[SCORE_DIMENSIONS];
	int points, maximum;     /* sums over the assessed dimensions */
	enum severity worst;
	char warnings[3][96];    /* swap and the like; empty strings when none */
};

const char *score_dimension_title(enum score_dimension d);
/* `utc_us`: now, for the age of the last cleanup. */
void score_compute(const struct host *h, const struct score_thresholds *t, gint64 utc_us, struct score *out);
/* How the points of a dimension changed since an hour and a day ago; SCORE_DIMENSIONS: the sum, in percent of what is assessed. NAN when one of
 * the two is not known, or the host is not reached now. */
void score_change(const struct host *h, const struct score *s, enum score_dimension d, double *hour, double *day);

#endif
