/* Everything midwatch knows, in one place: backends write it, panels read it, all on the main thread. */
#ifndef MW_MODEL_WORLD_H
#define MW_MODEL_WORLD_H

#include "model/check_run.h"
#include "model/fleet.h"
#include "model/foreign_alert.h"
#include "model/host.h"
#include "model/log_store.h"
#include "model/operation.h"
#include "model/rules.h"
#include "model/score.h"

#define WORLD_OPERATIONS_MAX 200

struct world {
	GPtrArray *hosts;                  /* of struct host, owned, in the configuration's order */
	struct fleet *fleet;               /* owned: the gateways; NULL: none are configured */
	struct log_store *logs;            /* owned */
	struct rules *rules;               /* borrowed from what runs them; NULL: none are evaluated */
	const char *rules_quiet;           /* borrowed: why nobody is told of what pages; NULL: people are told */
	char *rules_trouble;               /* owned, safe: what could not be told; NULL */
	struct foreign_alerts foreign;     /* those of an Alertmanager */
	GPtrArray *checklists;             /* of struct checklist, owned: all that can be walked */
	char *checklists_trouble;          /* owned, safe: what is wrong with a file of them, which is left out then; NULL: nothing */
	struct check_run *run;             /* borrowed from what walks it: the one under way, or the last of this console; NULL */
	GPtrArray *run_commands;           /* of char *, owned: for each step of run the shell commands that show the same, "" for none */
	struct check_run *opened;          /* owned: one of the store that is looked at; NULL */
	GPtrArray *runs;                   /* of struct run_head, owned: those in the store, newest first */
	struct score_thresholds thresholds;
	gboolean readonly;                 /* no action that changes something runs */
	gboolean drill;                    /* for practice: nobody outside is told anything */
	GPtrArray *operations;             /* of struct operation, owned, oldest first; at most WORLD_OPERATIONS_MAX that are done */
	gint64 now_us;                     /* monotonic, set by the application before each draw */
	gint64 utc_us;                     /* wall clock, likewise */
	void (*changed)(void *user);       /* called by world_changed(); may be NULL */
	void *changed_user;
};

struct world *world_new(gsize log_bytes);
void world_free(struct world *w);
/* A host, also one that is a gateway's; NULL when there is none. */
struct host *world_host(const struct world *w, const char *name);
/* Says that something visible changed: the screen is drawn at the end of the loop pass. */
void world_changed(struct world *w);

/* Adds an operation, numbered; forgets the oldest that are done when there are too many. */
void world_add_operation(struct world *w, struct operation *o /* taken */);
/* How many are not done. */
guint world_operations_open(const struct world *w);
/* The one with this number; NULL when it is not kept any more. */
const struct operation *world_operation(const struct world *w, guint number);

#endif
