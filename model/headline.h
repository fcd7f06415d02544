/* The most important thing right now, in one line: the first thing seen. */
#ifndef MW_MODEL_HEADLINE_H
#define MW_MODEL_HEADLINE_H

#include "model/world.h"

struct headline {
	enum severity severity;   /* of the worst thing; SEVERITY_UNKNOWN while nothing is known */
	char text[160];           /* "srv1: 7 unhealthy of 39 (+2 more)", "all is well", "waiting for the first answers" */
	guint faults;             /* how many things are wrong in all */
	guint up, stale, down;    /* hosts */
	gboolean by_rule;         /* the text says how many rules fire */
	struct rules_counts rules;
};

void headline_compute(const struct world *w, struct headline *out);

#endif
