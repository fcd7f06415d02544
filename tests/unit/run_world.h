/* Checklists and a run of one, hand-made, in the world of the panels' tests. */
#ifndef MW_TESTS_RUN_WORLD_H
#define MW_TESTS_RUN_WORLD_H

#include "tests/unit/panel_world.h"

/* A world with two checklists, of six steps and of one, and two runs of the store: one interrupted, one that another midwatch walks. */
struct world *run_world_new(void);
/* A run of the first, begun 11:38 before the world's now, as the world's run; the caller frees it after the world. */
struct check_run *run_world_begin(struct world *w);
/* The step is looked at, and this was seen of its check: the lines up to NULL. */
void run_world_saw(struct world *w, guint step, guint check, enum verdict verdict, const char *summary, const char *const *lines);
/* The first three steps pass, the person's answer of the second included; the fourth fails. */
void run_world_walk_to_stop(struct world *w);

#endif
