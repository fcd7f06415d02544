/* What an action would do, before it is done: the works it consists of, and what the operator is told and asked. */
#ifndef MW_APP_PLAN_H
#define MW_APP_PLAN_H

#include "app/fleet_watch.h"
#include "app/work.h"
#include "panels/panel.h"

enum plan_confirm {
	PLAN_ASKS_KEY,   /* y */
	PLAN_ASKS_COUNT, /* y, then how many targets there are is typed */
	PLAN_ASKS_HOST,  /* y, then the host's name is typed */
	PLAN_ASKS_NOTHING,
};

#define PLAN_COUNT_FROM 4 /* targets: from here on the count is typed */

/* A rolling restart that may begin. */
struct rollout_order {
	struct rollout_settings settings;
	GPtrArray *gateways; /* of char *, owned, in order */
	char *words;         /* settings and order, for the audit log */
};

void rollout_order_free(struct rollout_order *o); /* NULL is ignored */

struct plan {
	char *title;         /* "Restart invttrdg-backend on srv1491630" */
	GPtrArray *lines;    /* of char *, owned: what the sheet says */
	char *verb;          /* "restart": what y does */
	GPtrArray *works;    /* of struct work, owned until they are taken */
	struct rollout_order *rollout; /* owned: what begins instead of works; NULL: none */
	enum plan_confirm confirm;
	char *word;          /* what is to be typed; NULL when nothing is */
	char *second;        /* a second question: the risk in words; NULL: none */
	gboolean snapshots;  /* the sheet offers s: the evidence alone */
	gboolean harmless;   /* its command changes nothing: it may be done read-only, too; set when it is asked about */
};

struct plan *plan_new(const char *verb);
void plan_free(struct plan *p); /* works that were not taken included; NULL is ignored */
void plan_line(struct plan *p, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What is sent, and where to. */
void plan_request_line(struct plan *p, const char *request, const struct host *h);
/* How many targets it has. */
guint plan_count(const struct plan *p);
/* Settles title and confirmation from the works: "Restart X on H", "Restart 7 containers". */
void plan_settle(struct plan *p, const char *what_one, const char *what_many);

/* Restarts of gateways, of fewer than PLAN_COUNT_FROM: more are a rolling restart. NULL with an error when none of the targets is reached. */
struct plan *plan_gateways(const struct fleet *f, const struct fleet_watch *w, const GPtrArray *targets, GError **error);
/* Snapshots of gateways: nothing is asked below PLAN_COUNT_FROM. NULL with an error when none of the targets is reached. */
struct plan *plan_gateway_snapshots(const struct fleet *f, const struct fleet_watch *w, const GPtrArray *targets, GError **error);
/* A rolling restart. `c` may be NULL. `batch`: "3" or "10%", and then "name" (default) or "listed" for the order; NULL: as configured. Those that are not
 * reached or not online now are left out. NULL with an error when none is left, or `batch` is none. */
struct plan *plan_rollout(const struct fleet *f, const struct fleet_watch *w, const struct config_rolling *c, const GPtrArray *targets, const char *batch,
                          GError **error);
/* The batch as configured, for the prompt. */
const char *plan_rollout_batch(const struct config_rolling *c);
/* Restarts of containers, each with its state, what it loses and who depends on it. */
struct plan *plan_restart(const GPtrArray *machines, const GPtrArray *targets);
struct plan *plan_snapshot(const GPtrArray *machines, const GPtrArray *targets);
struct plan *plan_log_snapshot(const GPtrArray *machines, const GPtrArray *targets, const struct log_store *logs);
/* Loads or unloads of models: what it takes of each host's memory, summed. A load that would leave less than LLM_RESERVE_BYTES, or nobody knows
 * how much, asks a second time. */
struct plan *plan_models(const GPtrArray *machines, const GPtrArray *targets, gboolean load);
/* Why the host cannot be cleaned up (static): the configuration has no command for it; NULL when it can. */
const char *plan_cleanup_obstacle(const struct machine *m);
/* The cleanup of a host `after` its dry run, or that. Only without an obstacle. */
struct plan *plan_cleanup(struct machine *m, gboolean dry_run, const struct operation *after);
/* A job of the crontab as it is written there, as its user. NULL with `why` (static). */
struct plan *plan_job(struct machine *m, const struct cron_job *job, const char **why);
/* "weekly", "monthly" or "dry run" of the configuration: why it cannot be run, static; NULL when it can. Its plan; NULL with that `why`. */
const char *plan_mode_obstacle(const struct machine *m, const char *mode);
struct plan *plan_cleanup_mode(struct machine *m, const char *mode, const char **why);
/* Why an action of the configuration, by its roles, applies to none of the targets' hosts, or none of the gateways is reached; NULL when it applies
 * to one, or there is no target. `w` may be NULL. */
const char *plan_custom_obstacle(const GPtrArray *machines, const struct fleet_watch *w, const GPtrArray *targets, const struct config_action *a);
/* An action of the configuration. NULL with `why` when it applies to none of the targets. */
struct plan *plan_custom(const GPtrArray *machines, const struct fleet_watch *w, const GPtrArray *targets, const struct config_action *a, const char **why);

#endif
