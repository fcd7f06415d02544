/* Walks a checklist: looks at what the run says is next or due, keeps every transition in the store before anything follows from it, writes the report.
 * For the console and for `midwatch check`. */
#ifndef MW_APP_WALK_H
#define MW_APP_WALK_H

#include "app/observe.h"
#include "backends/store.h"

struct walk;

struct walk_events {
	void (*changed)(void *user);               /* anything visible of the run */
	void (*line)(void *user, guint step, const char *text); /* live output; may be NULL */
};

/* `store` may be NULL: then nothing is kept, which is said in the run's log. `run` is taken; it is new, or an interrupted one that was resumed. */
struct walk *walk_new(const struct observe_context *c, struct store *store, struct check_run *run, const struct walk_events *e, void *user);
void walk_free(struct walk *w); /* a run that is not over is interrupted, in the store, too; NULL is ignored */
struct check_run *walk_run(const struct walk *w);
/* Looks at a step now, all of its checks. FALSE with `why`, static. */
gboolean walk_look(struct walk *w, guint step, const char **why);
gboolean walk_is_looking(const struct walk *w, guint step);
void walk_answer(struct walk *w, guint step, guint check, enum verdict verdict, const char *note);
gboolean walk_override(struct walk *w, guint step, const char *reason); /* is in the audit log, too; FALSE: it could not be written there */
void walk_abandon(struct walk *w);
/* Nobody goes on: it ends as it stands, with its verdict; see run_finish(). The report is to be written before. */
void walk_finish(struct walk *w);
void walk_link(struct walk *w, const char *text);                      /* an outstanding issue */
/* Where the report goes; else product.reports of the configuration, else reports in the state directory. */
void walk_report_to(struct walk *w, const char *directory);
/* Writes it now, atomically; the path, newly allocated, or NULL with an error. */
char *walk_write_report(struct walk *w, GError **error);
/* Once a second: due checks, the window's end, and the beginning of what is counted as lost of the fleet. */
void walk_tick(struct walk *w);

/* A run of a checklist with the answers of its start; placeholders get their values from the configuration. */
struct walk_start { const char *version; const char *const *touched; gint64 window_s; /* -1: the checklist's */ };
struct check_run *walk_start_run(const struct config *config, struct checklist *c /* taken */, const struct walk_start *s);
/* An interrupted run of the store, taken over by this process and resumed by who acts here; NULL with an error: STORE_ERROR_BUSY when another one walks it. */
struct check_run *walk_take_up(struct store *s, gint64 number, GError **error);
/* Where reports go by the configuration, newly allocated. */
char *walk_reports(const struct config *c);

#endif
