/* Judges a check of kind fleet by what the sweep of the fleet has found. */
#ifndef MW_MODEL_CHECK_FLEET_H
#define MW_MODEL_CHECK_FLEET_H

#include "model/check_run.h"
#include "model/fleet.h"

/* Sets verdict, summary and lines of the result: "FATAL on gw-014 (1), ERROR on 12 of 388, 11 not reached". Gateways that were not reached make it
 * VERDICT_UNKNOWN, unless something was found that is not expected. `words`: what is looked for, "ERROR|panic|FATAL". */
void check_fleet_judge(const struct fleet *f, const struct check *check, const char *words, struct check_result *result);
/* Does the fleet's sweep for `swept` find all that `wanted` does, and nothing else but FATAL? Both are alternatives by "|". */
gboolean check_fleet_same_pattern(const char *wanted, const char *swept);

#endif
