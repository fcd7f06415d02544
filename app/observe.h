/* Looks at one check of a run: asks what it names, judges the answer, gives a result. Changes nothing anywhere. */
#ifndef MW_APP_OBSERVE_H
#define MW_APP_OBSERVE_H

#include "app/config.h"
#include "app/fleet_watch.h"
#include "app/machine.h"
#include "model/check_run.h"

/* With what: borrowed as long as an observation lives. */
struct observe_context {
	const struct config *config;
	struct world *world;
	struct http *http;
	GPtrArray *machines;           /* of struct machine */
	struct fleet_watch *fleet;     /* NULL: none */
};

/* `result` is the callee's to take or clear; never VERDICT_NONE or VERDICT_RUNNING. Called once, later, unless cancelled. */
typedef void (*observe_done)(void *user, struct check_result *result);
/* Lines that are there already, while it goes on: "live output". */
typedef void (*observe_line)(void *user, const char *line);

struct observation;
struct observation *observe_check(const struct observe_context *c, const struct check_run *r, const struct check *check, observe_line line, observe_done done,
                                  void *user);
void observation_cancel(struct observation *o); /* NULL is ignored */
/* The shell command that shows the same, newly allocated; NULL for what only a person can do. */
char *observe_command(const struct observe_context *c, const struct check_run *r, const struct check *check);

#endif
