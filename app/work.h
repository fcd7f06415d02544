/* What is done for one operation: a restart, a command, the load of a model. The executor calls its class; it answers with work_done(). */
#ifndef MW_APP_WORK_H
#define MW_APP_WORK_H

#include "app/machine.h"
#include "backends/evidence.h"
#include "backends/remote_task.h"
#include "model/operation.h"

struct executor;
struct work;

struct work_class {
	/* Saves its target first; when that fails, the operator decides. NULL: there is nothing to save. */
	struct evidence *(*evidence)(struct work *w, evidence_done done, void *user);
	void (*start)(struct work *w); /* answers, later or at once, by work_done() */
	/* Once a second while no answer came: calls work_done() when it is certain what happened. NULL: it stays unknown. */
	void (*look)(struct work *w);
	void (*free)(struct work *w);  /* ends what is under way without a callback, and frees */
};

struct work {
	const struct work_class *class;
	struct machine *machine;     /* borrowed */
	struct remote_task *task;    /* the command over there, see work_run(); NULL: none is under way */
	struct operation *operation; /* borrowed from the world once the executor has it; until then owned by the work */
	gboolean harmless;           /* it changes nothing: a lock does not keep it from being begun */
	char *container_id;          /* whose evidence is taken, its name being the operation's target; NULL when none */
	/* The executor's. */
	struct executor *executor;
	struct evidence *under_evidence;
	gint64 audit_id;
	gint64 unknown_us;           /* monotonic time since when the outcome is unknown; 0 = it is not */
};

/* From class->start() and class->look(): what came of it. UNKNOWN after start(): look() is called until it is certain. */
void work_done(struct work *w, enum outcome outcome, const char *result);
/* It printed something: raw bytes. */
void work_output(struct work *w, const char *bytes, gsize len);
/* No answer can come now, for this reason; NULL: it can again. */
void work_lost(struct work *w, const char *problem);
/* Runs a command over there, complete and quoted; what it prints and how it ends are the work's. */
void work_run(struct work *w, const char *command);
void work_free(gpointer work); /* a struct work */
/* For a class's free(): what all of them have. */
void work_clear(struct work *w);

/* The kinds of work. Each gives a work with its operation filled in: title, target, exact request. Not started. */
struct work *work_restart_new(struct machine *m, const struct container *c);
struct work *work_snapshot_new(struct machine *m, const struct container *c);
/* Of a log source that is no container: what `command` prints becomes `file`. */
struct work *work_log_snapshot_new(struct machine *m, const char *source, const char *file, const char *command);
struct work *work_model_new(struct machine *m, const char *model, gboolean load);
/* A command over there; `action` and `title` name it, `target` may be NULL. `command` is complete and quoted. */
struct work *work_command_new(struct machine *m, const char *action, const char *title, const char *target, const char *command);
/* An HTTP request as the host itself would send it. `shown`: the request as it may be shown. */
struct work_http { const char *method, *url, *body, *shown; const char *const *headers; guint timeout_s; };
struct work *work_http_new(struct machine *m, const char *action, const char *title, const char *target, const struct work_http *h);

#endif
