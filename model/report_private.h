/* What the sections of the report share. */
#ifndef MW_MODEL_REPORT_PRIVATE_H
#define MW_MODEL_REPORT_PRIVATE_H

#include "model/report.h"

/* A subsystem and its steps, in the order of their first step. */
struct report_subsystem { const char *name; GPtrArray *steps; /* of struct run_step, borrowed */ };

/* --- report.c --- */

/* What the report says of a step. That there is one is what its own step asks for. */
enum verdict report_outcome(const struct check_run *r, const struct run_step *s);
const char *report_word(enum verdict v); /* "PASS", "NOT OBSERVED", … */
char *report_span(gint64 us); /* "0.4 s", "2 min 5 s", newly allocated */

/* --- report_details.c --- */

void report_details(GString *out, const struct check_run *r, const GArray *all /* of struct report_subsystem */, gint64 now_us);

#endif
