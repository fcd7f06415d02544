/* One action on one target, as the operator sees it: what was asked, how far it is, what it printed, what came of it. */
#ifndef MW_MODEL_OPERATION_H
#define MW_MODEL_OPERATION_H

#include <glib.h>

#include "model/audit.h"

enum operation_stage {
	OPERATION_WAITING,   /* for another one of the same host */
	OPERATION_EVIDENCE,  /* its target is being saved */
	OPERATION_BLOCKED,   /* that failed: the operator has to say what now */
	OPERATION_RUNNING,
	OPERATION_VERIFYING, /* no answer came: its outcome is looked up in the state */
	OPERATION_DONE,
};

struct operation {
	guint number;              /* unique in the world, rising */
	char *action;              /* "container.restart" */
	char *title;               /* "restart" */
	char *host, *target;       /* safe; target NULL: the host itself */
	char *request;             /* the exact request or command */
	enum operation_stage stage;
	enum outcome outcome;      /* OUTCOME_OPEN until done */
	char *result;              /* words; while blocked or verifying: why; NULL */
	char *evidence;            /* directory of the snapshot and its manifest's SHA-256; NULL */
	char *note;                /* what the operator typed; NULL */
	gint64 begun_us, ended_us; /* monotonic; 0 = not yet */
	GString *output;           /* safe text, the newest OPERATION_OUTPUT_MAX bytes of it */
	GString *partial;          /* raw bytes of a line whose end has not come */
	gboolean detached;         /* a command: it goes on over there, whether it is waited for or not, perhaps for ever */
	guint64 dropped;           /* bytes of output that are no longer kept */
};

#define OPERATION_OUTPUT_MAX 262144

struct operation *operation_new(const char *action, const char *title, const char *host, const char *target, const char *request);
void operation_free(struct operation *o);
/* Takes what it printed: raw bytes, made safe line by line. */
void operation_output(struct operation *o, const char *bytes, gsize len);
/* The output has ended: a line without a line feed is taken as it is. */
void operation_output_end(struct operation *o);
/* "waiting", "saving evidence", "blocked", "running", "verifying", or the outcome's name when done. */
const char *operation_state_name(const struct operation *o);
/* Seconds that it has run or ran; 0 before. */
gint64 operation_seconds(const struct operation *o, gint64 now_us);

#endif
