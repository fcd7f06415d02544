/* Runs the fleet's rolling restart: begins restarts by the executor, watches the gates, keeps the mutes, and writes each transition into the store
 * before anything follows from it. The whole is an operation of the world and one entry of the audit log; each gateway has its own. */
#ifndef MW_APP_ROLLOUT_RUN_H
#define MW_APP_ROLLOUT_RUN_H

#include "app/executor.h"
#include "app/fleet_watch.h"
#include "app/plan.h"

struct rollout_run;

struct rollout_run_events {
	void (*ended)(void *user, const struct rollout *r);  /* nothing is under way any more */
	void (*trouble)(void *user, const char *words);      /* the store could not be written, or it was paused since midwatch was locked */
};

/* All are borrowed; the world has to have a fleet. What a dead midwatch left stands in world->fleet->rollout by then: see store_rollout_settle(). */
struct rollout_run *rollout_run_new(struct world *world, struct store *store, struct executor *x, struct fleet_watch *watch,
                                    const struct rollout_run_events *e, void *user);
/* One that is under way is interrupted. Before executor_free(). NULL is ignored. */
void rollout_run_free(struct rollout_run *run);
/* Why none can begin now, newly allocated: read-only, one is under way, here or in another midwatch; NULL: it can. */
char *rollout_run_obstacle(const struct rollout_run *run);
/* Begins it, and makes it world->fleet->rollout. FALSE with an error when it could not be written down, or there is an obstacle. */
gboolean rollout_run_begin(struct rollout_run *run, const struct rollout_order *o, GError **error);
/* Is one of ours under way? NULL is allowed. */
gboolean rollout_run_is_under_way(const struct rollout_run *run);
/* Why pausing, resuming and aborting is not possible now (static); NULL: it is. */
const char *rollout_run_lock(const struct rollout_run *run);
/* Pauses it, or resumes. */
void rollout_run_pause(struct rollout_run *run, gboolean paused);
void rollout_run_abort(struct rollout_run *run);
/* An operation of the executor's has ended: from executor_events.ended, for each. TRUE: it is one of the rolling restart's. NULL is allowed. */
gboolean rollout_run_operation_ended(struct rollout_run *run, const struct operation *o);

#endif
