/* A small checklist with every kind of check, and looks at it, for the tests of runs, reports and the store. */
#ifndef MW_TESTS_UNIT_RUN_RIG_H
#define MW_TESTS_UNIT_RUN_RIG_H

#include "model/check_run.h"

#define S ((gint64)G_USEC_PER_SEC)
#define T0 (1776262620 * S) /* 2026-04-15 14:17:00Z */

/* The steps of the rig's checklist. */
enum { HEALTH, FRONTEND, ERRORS, SFU, REPORT, RIG_STEPS };

/* health (gate, http every 10 s) · frontend (gate: http every 30 s, and a question) · errors (gate, logs every 30 s) · sfu (only for "live view": logs) ·
 * report. `window_s` as the checklist has it; "auth" is hot. */
struct checklist *rig_checklist(guint window_s);
/* A run of it: url, host and container have values; `touched` is one name or NULL. */
struct check_run *rig_new_run(guint window_s, const char *touched, gint64 now_us);
struct run_step *rig_step(const struct check_run *r, guint step);
/* Looks, and sees that, at once. */
void rig_see(struct check_run *r, guint step, guint check, enum verdict v, const char *summary, gint64 now_us);
/* Walks all steps but the report: all well, the question answered. */
void rig_walk_green(struct check_run *r, gint64 now_us);
/* The text of the last row of the log. */
const char *rig_last_row(const struct check_run *r);

#endif
