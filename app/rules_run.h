/* The rules at work: every ten seconds the inputs are sampled, the rules evaluated, what changed is kept in the store, and people are told where the
 * configuration asks for it. For the console and for `midwatch rules`. */
#ifndef MW_APP_RULES_RUN_H
#define MW_APP_RULES_RUN_H

#include "app/config.h"
#include "app/machine.h"
#include "backends/store.h"
#include "model/pages.h"
#include "model/world.h"

#define RULES_TICK_S 10

struct rules_run;

struct rules_run_settings {
	const struct config *config;   /* borrowed, as are the next three */
	struct world *world;           /* world->rules, rules_quiet and rules_trouble are ours */
	struct http *http;
	GPtrArray *machines;
	gboolean in_turns;             /* this is one of many short runs: the time between them counts for `for` and `keep` */
	gboolean tell;                 /* people are told, unless world->readonly or drill */
};

struct rules_run *rules_run_new(const struct rules_run_settings *s, GPtrArray *problems);
void rules_run_free(struct rules_run *r); /* NULL is ignored; what it put into the world goes, too */
/* Takes up what the store remembers; NULL: nothing is kept, which is shown. */
void rules_run_start(struct rules_run *r, struct store *store);
void rules_run_tick(struct rules_run *r); /* once a second: it knows when it is time */
/* Silences an alert (of ours) for so long, by whom and why: kept, and in the audit log. FALSE with an error: it could not be written. */
gboolean rules_run_silence(struct rules_run *r, const char *rule, const char *labels, gint64 seconds, const char *comment, GError **error);
gboolean rules_run_unsilence(struct rules_run *r, gint64 number, GError **error);
/* The form of a manual rule. */
gboolean rules_run_manual(struct rules_run *r, const char *rule, const char *labels, gboolean is_true, const char *comment, GError **error);
/* Silences an alert of the Alertmanager there. */
void rules_run_silence_foreign(struct rules_run *r, const char *fingerprint, gint64 seconds, const char *comment, void (*done)(void *user, const char *text),
                               void *user);
/* Whom a person would page, "pagerduty, slack oncall", newly allocated; NULL: nobody, for `why`, static: none is configured, read-only, a drill. */
char *rules_run_pages(const struct rules_run *r, const char **why);
/* A page that a person sends, whoever holds the pager, to all who are paged: in the audit log as `action` on `target`. One key is one page: what is sent
 * again under it is no second one. `done` gets what came of it, once; not when the run is freed before. */
struct rules_page { const char *action, *target, *key, *summary, *component; const char *const *details; };
void rules_run_page(struct rules_run *r, const struct rules_page *p, void (*done)(void *user, const char *text), void *user);
/* Evaluates now, whatever the time, and shows what came of it. */
void rules_run_evaluate(struct rules_run *r);
/* Puts into the world what is known now of who is told: between evaluations, at the end of a wait. */
void rules_run_show(struct rules_run *r);
/* What the last evaluations changed is handed to this, too: for `midwatch rules --watch`. */
void rules_run_on_change(struct rules_run *r, rules_changed changed, void *user);
/* Has all been told that was to be told, or given up? */
gboolean rules_run_has_told(const struct rules_run *r);
/* Why nobody is told, a sentence for the panel, static or borrowed: "paging is off: nothing is configured", "read-only", "by ann@console (PID 4711)";
 * NULL: people are told. */
const char *rules_run_quiet(const struct rules_run *r);
/* What waits or could not be told, newly allocated; NULL: nothing. */
char *rules_run_trouble(const struct rules_run *r);
/* Has every input that is configured answered, or failed, once? For a single evaluation. */
gboolean rules_run_is_settled(const struct rules_run *r);

#endif
