/* One audited action: what was meant, before it began, and what came of it; and the chain that binds the rows of the log. */
#ifndef MW_MODEL_AUDIT_H
#define MW_MODEL_AUDIT_H

#include <glib.h>

enum outcome {
	OUTCOME_OPEN,    /* under way */
	OUTCOME_OK,
	OUTCOME_FAILED,
	OUTCOME_UNKNOWN, /* it may have happened: the link was lost, or midwatch was killed */
};

/* Fixed before the action begins. */
struct audit_intent {
	const char *action;   /* "container.restart" */
	const char *host;     /* as midwatch calls it */
	const char *target;   /* container name, model, job; NULL when the host is the target */
	const char *request;  /* the exact request or command, secrets left out */
	const char *evidence; /* directory of the snapshot, "sha256:" and that of its manifest; NULL when none was taken */
	const char *note;     /* what the operator typed: an override's reason; NULL */
};

struct audit_entry {
	gint64 id;
	gint64 started_us, ended_us;  /* UTC; ended 0 while open */
	char *actor;                  /* "ann@console (from 100.64.0.7)" */
	char *action, *host, *target, *request, *evidence, *note;
	enum outcome outcome;
	char *result;                 /* words: "HTTP 204", "exit 1"; NULL while open */
};

void audit_entry_free(struct audit_entry *e);
const char *outcome_name(enum outcome o); /* "open", "ok", "failed", "unknown" */
/* The outcome of a name; OUTCOME_UNKNOWN for what is none. */
enum outcome outcome_parse(const char *name);

/* A row as it stands in the log: an intent, or the outcome of one. Borrowed strings; NULL is not the same as "". */
struct audit_row {
	gint64 seq;          /* 1, 2, 3 … without a gap */
	const char *kind;    /* "intent", "outcome" */
	gint64 entry;        /* seq of the intent: its own for an intent */
	gint64 utc_us;
	const char *actor;
	const char *process; /* who wrote it, so that a later midwatch can tell whether that one still lives */
	const char *action, *host, *target, *request, *evidence, *note; /* NULL in an outcome */
	const char *outcome, *result;                                   /* NULL in an intent */
};

#define AUDIT_HASH_SIZE 65 /* 64 lower-case hexadecimal digits and NUL */
#define AUDIT_HASH_NONE "0000000000000000000000000000000000000000000000000000000000000000" /* what the first row follows */

/* The hash of a row that follows the row with the hash `previous`: SHA-256 of the canonical form, which is, each line ended by a line feed,
 *     midwatch-audit-1
 *     prev 64 HEX DIGITS
 *     seq N
 *     entry N
 *     utc_us N
 * and then, in the order kind, actor, process, action, host, target, request, evidence, note, outcome, result, a line NAME LENGTH:BYTES with the
 * length in bytes, or NAME - for NULL. The lengths make it unambiguous whatever the bytes are. */
void audit_row_hash(const struct audit_row *row, const char *previous, char out[AUDIT_HASH_SIZE]);

#endif
