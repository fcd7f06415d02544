/* What the parts of a run share. */
#ifndef MW_MODEL_CHECK_RUN_PRIVATE_H
#define MW_MODEL_CHECK_RUN_PRIVATE_H

#include "model/check_run.h"

/* --- check_run.c --- */

struct run_step *run_step_at(const struct check_run *r, guint step);
const struct check *run_check_at(const struct run_step *s, guint check);
/* A row of the log. `text` is made safe. */
void run_log(struct check_run *r, int step, enum verdict from, enum verdict to, const char *text, gint64 now_us);

/* --- check_run_fill.c --- */

/* Gets the values of all placeholders that the checklist names. */
void run_take_values(struct check_run *r, const struct run_settings *s);

/* --- check_run_walk.c --- */

/* Were all of its checks looked at? One that waits for a person was. */
gboolean run_step_was_looked_at(const struct run_step *s);
/* The first gate that keeps the walk from going on; NULL. */
const struct run_step *run_blocking_gate(const struct check_run *r);
/* Gives the step the verdict of its checks, with its row of the log, and lets the run's state follow. */
void run_settle_step(struct check_run *r, guint step, const char *reason, gint64 now_us);
/* Is there such a check, and the run neither over nor interrupted? */
gboolean run_is_at_work(const struct check_run *r, guint step, guint check);
/* The reason for a row of the log, newly allocated: what the check says, with its name where the step has several. */
char *run_reason(const struct run_step *s, guint check);
/* Takes `seen` over, and clears it. */
void run_replace(struct check_result *old, struct check_result *seen);
/* Works out what state a run that is not over is in. */
void run_settle(struct check_run *r, gint64 now_us);

/* --- check_run_window.c --- */

gboolean run_window_is_open(const struct check_run *r, gint64 now_us);
void run_end(struct check_run *r, enum run_state state, const char *text, gint64 now_us);

#endif
