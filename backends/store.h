/* What midwatch keeps on the disk: the audit log, rolling restarts, runs of checklists, the state of alerts, and samples of figures, in SQLite (WAL;
 * synchronous=FULL, NORMAL for samples and signs of life). Several midwatches may use one store at once. Main thread only. */
#ifndef MW_BACKENDS_STORE_H
#define MW_BACKENDS_STORE_H

#include <glib.h>

#include "model/audit.h"
#include "model/check_run.h"
#include "model/rollout.h"
#include "model/rules.h"

struct store;

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);
enum {
	STORE_ERROR_FULL,    /* no room on the disk, quota or file size */
	STORE_ERROR_DENIED,  /* no rights, read-only file system */
	STORE_ERROR_MISSING, /* there is none (reading only) */
	STORE_ERROR_BUSY,    /* another process holds it */
	STORE_ERROR_DAMAGED, /* not a database, or a broken one */
	STORE_ERROR_FOREIGN, /* another program's */
	STORE_ERROR_NEWER,   /* made by a newer midwatch */
	STORE_ERROR_FAILED,  /* anything else */
};

/* Opens or makes the store, 0600 in a 0700 directory. One call waits for another process's write for 2 seconds at most. NULL path: $XDG_STATE_HOME/midwatch/store.db. NULL with an error that says what to do:
 * disk full, no rights, not a database, made by a newer midwatch. */
struct store *store_open(const char *path, GError **error);
/* The same for reading only; an error when there is none. */
struct store *store_open_readonly(const char *path, GError **error);
void store_close(struct store *s); /* NULL is ignored */
char *store_default_path(void);
/* Who acts: "root@console (sudo by ann, from 100.64.0.7, in tmux)", made safe; newly allocated. */
char *store_actor(void);
/* What this process does is a drill from now on: store_actor() says so behind the name, and with it the audit log, runs and reports. Before a store is
 * opened. */
void store_actor_drill(gboolean is);

/* --- audit: store_audit.c --- */

/* Writes the intent, to the disk, before the action may begin; gives its id, 0 with an error when it could not be written: then the action
 * must not begin. Actor, time and process are filled in. */
gint64 store_audit_begin(struct store *s, const struct audit_intent *intent, GError **error);
/* Completes it with one more row: rows are never changed. An unknown outcome may be settled by a later one; ok and failed are final. */
gboolean store_audit_end(struct store *s, gint64 id, enum outcome outcome, const char *result, GError **error);
/* Intents without an outcome whose process is gone (killed, power lost) get the outcome unknown; gives them, newest first, of struct
 * audit_entry, owned. Called at the start of the console. */
GPtrArray *store_audit_settle(struct store *s, GError **error);
#define STORE_AUDIT_LIST_MAX 100000
/* Entries that began at `since_us` (UTC) or later, oldest first, of struct audit_entry, owned; the newest STORE_AUDIT_LIST_MAX of them. */
GPtrArray *store_audit_list(struct store *s, gint64 since_us, GError **error);
/* Checks the chain (model/audit.h) from the first row to the last, and against the head that is kept beside the store in PATH.head: how many rows
 * there were, and the hash of the last. Who may write both files can forge both; a hash kept elsewhere tells. `problem` gets the first fault, newly
 * allocated ("row 17 was changed"), when FALSE. `rows`: how many were checked. */
gboolean store_audit_verify(struct store *s, guint64 *rows, char **problem);
/* The number and the hash of the last row; 0 and AUDIT_HASH_NONE when there is none. */
gint64 store_audit_last(struct store *s, char hash[AUDIT_HASH_SIZE]);

/* Who acts, as the audit log has it: "ann@console (from 100.64.0.7)"; borrowed. */
const char *store_acts_as(struct store *s);

/* --- rolling restarts: store_rollout.c --- */

/* Takes one in, to the disk; its number is its entry in the audit log. STORE_ERROR_BUSY when another one is running on this store, of
 * whatever midwatch that lives. */
gboolean store_rollout_begin(struct store *s, const struct rollout *r, GError **error);
/* Writes what has changed, to the disk: before a step begins, and after it has ended. */
gboolean store_rollout_save(struct store *s, const struct rollout *r, GError **error);
/* Who runs one now: "ann@console runs a rolling restart of 40 gateways, 3 of them done", newly allocated; NULL: nobody, or an error. */
char *store_rollout_running(struct store *s, GError **error);
/* Those whose process is gone are interrupted from now on, here and in the audit log; none is ever continued. Gives the newest rollout when it
 * is interrupted; NULL: it is not, there is none, or an error. Called at the start of the console, before store_audit_settle(). */
struct rollout *store_rollout_settle(struct store *s, GError **error);

/* --- runs of checklists: store_run.c --- */

/* Takes a run in, to the disk, and numbers it. Several may be under way at once. Of those that are over, or interrupted, the newest 500 are kept. */
gboolean store_run_begin(struct store *s, struct check_run *r, GError **error);
/* Writes what has changed, to the disk: results, events, state, links. STORE_ERROR_BUSY when another process has taken it over. */
gboolean store_run_save(struct store *s, const struct check_run *r, GError **error);
/* Runs of processes that are gone are interrupted from now on. Called at the start of the console, and of `midwatch check`. */
gboolean store_run_settle(struct store *s, GError **error);
/* The newest runs, newest first, of struct run_head, owned. */
GPtrArray *store_run_list(struct store *s, guint most, GError **error);
/* A run as it was. `parse` makes its checklist again from the YAML that was kept with it; NULL when it cannot, or with an error. A run that another
 * living process walks is given, too: look at run_head.alive. */
typedef struct checklist *(*store_run_parse)(const char *yaml, gsize len, const char *origin);
struct check_run *store_run_load(struct store *s, gint64 number, store_run_parse parse, GError **error);
/* This process takes an interrupted run over, before it is resumed: FALSE when another one was faster (STORE_ERROR_BUSY), or the run is over. */
gboolean store_run_take(struct store *s, gint64 number, GError **error);

/* --- rules: store_rules.c --- */

/* What of alerts is to be kept, of struct alert_memory, to the disk; those that are inactive are forgotten. One that is tried again soon is not patient: it
 * hardly waits for another process's write. */
gboolean store_alerts_save(struct store *s, const GPtrArray *all, gboolean patient, GError **error);
/* Says that they were seen until now, so that a restart knows how long the gap was. Not synced. */
void store_alerts_seen(struct store *s, gint64 utc_us);
/* All there are: calls `each` with borrowed strings. */
gboolean store_alerts_each(struct store *s, void (*each)(void *user, const struct alert_memory *m), void *user, GError **error);
/* Silences; the number is set. */
gboolean store_silence_add(struct store *s, struct silence *silence, GError **error);
gboolean store_silence_end(struct store *s, gint64 number, gint64 utc_us, GError **error);
GPtrArray *store_silences(struct store *s, gint64 utc_us, GError **error); /* of struct silence, owned: those that are not over */
/* Pages that are open, so that a restart opens none again; `taken`: what was told of it last has reached everybody, which is not so after a save. */
gboolean store_page_save(struct store *s, const char *scope, const char *dedup_key, gint64 opened_utc_us, GError **error);
gboolean store_page_taken(struct store *s, const char *scope, GError **error);
gboolean store_page_end(struct store *s, const char *scope, GError **error);
gboolean store_pages_each(struct store *s, void (*each)(void *user, const char *scope, const char *dedup_key, gint64 opened_utc_us,
                          gboolean taken), void *user, GError **error);
/* One process tells people, of those that live and have asked this within the last minute: called at each tick, which renews it (without a sync). TRUE: it
 * is we. FALSE: `who` gets who it is, "ann@console (PID 4711)", newly allocated. A store that cannot be read or written: TRUE, and the error is set as
 * well: a page that comes twice, under the same key, is better than none. */
gboolean store_pager_take(struct store *s, char **who, GError **error);

/* --- samples: store_samples.c --- */

/* Keeps one figure of a series ("score", "score.cpu", "llm.load:NAME") of a host at a time (UTC). Written behind, in one transaction a minute or
 * when the store is closed: a lost minute of samples is not a lost action. */
void store_sample(struct store *s, const char *host, const char *series, gint64 utc_us, double value);
/* The sample nearest to a time, within `within_us` of it; NAN when there is none. */
double store_sample_near(struct store *s, const char *host, const char *series, gint64 utc_us, gint64 within_us);
/* The means of `count` spans of `step_us` each from `from_us` on, for a sparkline; NAN for a span without a sample. */
void store_sample_means(struct store *s, const char *host, const char *series, gint64 from_us, gint64 step_us, double *means, guint count);
/* How many samples lie in a span. */
guint store_sample_count(struct store *s, const char *host, const char *series, gint64 from_us, gint64 to_us);
/* The newest sample's time before now, 0 when there is none. */
gint64 store_sample_last(struct store *s, const char *host, const char *series);
/* Thins and forgets: all of the last day, one in five minutes up to a week, one an hour up to 30 days, none older. Events ("llm.load:…") are
 * kept whole for 30 days. */
void store_samples_thin(struct store *s, gint64 now_us);

#endif
