/* What the parts of the store share. */
#ifndef MW_BACKENDS_STORE_PRIVATE_H
#define MW_BACKENDS_STORE_PRIVATE_H

#include <glib.h>
#include <sqlite3.h>

#include "backends/store.h"

#define STORE_BUSY_MS 2000      /* how long a call waits for another process's write, … */
#define STORE_BRIEF_BUSY_MS 200 /* … and one that is tried again soon */

struct store {
	sqlite3 *db;
	char *path, *head_path;
	gboolean readonly;
	gint64 head_synced_us;  /* monotonic time at which the head went to the disk last; 0 = not yet */
	char *actor, *process;  /* who writes, made when it is first needed; owned */
	GArray *pending;         /* of struct pending_sample: not written yet; NULL: none so far */
	GStringChunk *pending_names;
	gint64 pending_since_us; /* monotonic time at which the first of them came */
	gint64 pending_from_us;  /* UTC of the oldest of them */
	gint64 thin_us;          /* UTC: what the thinning under way counts from */
};

/* --- store.c --- */

/* The sentence for what SQLite has just refused: "The audit log cannot be written: the disk is full …". */
void store_refused(struct store *s, const char *what, GError **error);
void store_refused_errno(const char *path, const char *what, int why, GError **error);
/* Prepares a statement; NULL with an error. */
sqlite3_stmt *store_prepare(struct store *s, const char *sql, const char *what, GError **error);
gboolean store_run(struct store *s, const char *sql, const char *what, GError **error);

/* Runs a statement whose values are bound, and frees it; NULL fails without an error of its own. */
gboolean store_done(struct store *s, sqlite3_stmt *q, GError **error);
/* The same for one row of several: the statement can be bound and used again. */
gboolean store_put(struct store *s, sqlite3_stmt *q, GError **error);
/* Frees a statement whose rows were read; FALSE with an error when `code`, that of the last step, is one. */
gboolean store_rows_end(struct store *s, sqlite3_stmt *q, int code, GError **error);
/* From now on, or no longer: what is written is written again soon, and waits neither for the disk nor, for long, for another midwatch. */
void store_light(struct store *s, gboolean light);
/* Ends a transaction: keeps it when all went well so far, else takes it back. */
gboolean store_commit(struct store *s, gboolean ok, GError **error);
/* Numbers of what belongs to a process that is gone, by a statement that gives number and process (store_process()); NULL with an error. */
GArray *store_orphans(struct store *s, const char *sql, GError **error);
/* A text of the row under the statement, made safe: the file may have been written by anybody. Newly allocated; NULL: there is none. */
char *store_text(sqlite3_stmt *q, int column);

/* --- store_schema.c --- */

#define STORE_SCHEMA 5
/* Step n leads from schema n to n + 1. */
extern const char *const store_migrations[STORE_SCHEMA];

/* --- store_actor.c: who acts --- */

/* This process as "boot BOOT-ID ns PID-NAMESPACE pid N start TICKS"; borrowed. Who acts is store_acts_as(). */
const char *store_process(struct store *s);
/* Is the process with these words gone for certain? One in another PID namespace is not, as long as the machine has not been booted anew. */
gboolean store_process_gone(const char *process);

/* --- store_head.c: how far the log had come --- */

/* Kept beside the database so that a shortened or replaced log is noticed. It may lag behind the log (a crash), but never leads. Two slots of
 * one sector are written in turn and in place: a torn write spoils one of them, and a full disk does not matter. */
struct store_head {
	gint64 count;               /* rows that were written, at least */
	char hash[AUDIT_HASH_SIZE]; /* of row `count`; AUDIT_HASH_NONE for 0 */
};

/* Makes the head of an empty log unless there is one. */
gboolean store_head_make(struct store *s, GError **error);
/* FALSE with a problem, newly allocated: missing or damaged. */
gboolean store_head_read(const struct store *s, struct store_head *head, char **problem);
/* Moves it to the end of the log, unless it contradicts the log: then it is left as the witness for store_audit_verify(). */
void store_head_advance(struct store *s);

/* --- store_audit.c --- */

/* The columns of a row in the order that store_audit_row() takes them in, the hash last. */
#define AUDIT_COLUMNS "seq, kind, entry, utc_us, actor, process, action, host, target, request, evidence, note, outcome, result, hash"
/* The row under the statement, borrowed from it, with its hash. FALSE when a column is not of its type: it was changed. */
gboolean store_audit_row(sqlite3_stmt *q, struct audit_row *row, const char **hash);

/* --- store_samples.c --- */

/* Writes what is pending and forgets it. */
void store_samples_close(struct store *s);

#endif
