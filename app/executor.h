/* Carries operations out, one at a time a host: evidence, audit, the work itself, and when no answer comes, what the state says. Nothing begins
 * without its row in the audit log, nothing is done twice. */
#ifndef MW_APP_EXECUTOR_H
#define MW_APP_EXECUTOR_H

#include "app/work.h"
#include "backends/store.h"

struct executor_events {
	/* Evidence could not be saved, `operation->result` says why: the operator decides, executor_override(). */
	void (*blocked)(void *user, const struct operation *o);
	void (*ended)(void *user, const struct operation *o);
	void (*trouble)(void *user, const char *words); /* the audit log could not be written */
};

struct executor *executor_new(struct world *world, struct store *store, const struct executor_events *e, void *user);
/* What is under way is left, and is in the audit log as unknown. */
void executor_free(struct executor *x);
/* Takes the work over; its operation becomes the world's. */
void executor_add(struct executor *x, struct work *w);
/* What waits is not begun, and stands in no audit log. */
void executor_take_back(struct executor *x);
/* A command is not waited for any more: its outcome is unknown, and what waits for it begins. */
void executor_let_go(struct executor *x, guint number);
/* The machine is about to be freed: nothing is done on it any more. */
void executor_drop(struct executor *x, const struct machine *m);
/* Goes on without evidence, for a reason that is kept; NULL: the operation is given up. */
void executor_override(struct executor *x, guint number, const char *reason);

#endif
