/* A walk through a checklist: what was answered at its start, how each step went, what changed while the window was open, and the verdict.
 * Decides, does nothing: the application looks at what run_next() and run_due() name, and tells what it saw. All times are UTC microseconds. */
#ifndef MW_MODEL_CHECK_RUN_H
#define MW_MODEL_CHECK_RUN_H

#include "model/checklist.h"

enum verdict {
	VERDICT_NONE,      /* not looked at yet */
	VERDICT_RUNNING,
	VERDICT_PASS,
	VERDICT_ATTENTION, /* passed, and somebody should read the lines */
	VERDICT_FAIL,
	VERDICT_UNKNOWN,   /* could not be observed: our own network, a link that is down, something not configured */
	VERDICT_ASKED,     /* waits for a person */
	VERDICT_SKIPPED,   /* not for this deploy, or left out by a person */
};

#define CHECK_LINES_KEPT 50    /* of the lines behind a verdict; the rest is counted */
#define RUN_EVENTS_KEPT 2000   /* rows of a run's log; the rest is counted, but for what is told of the run itself */

/* One look at one check. */
struct check_result {
	enum verdict verdict;
	char *summary;       /* owned, safe: "200 · status ok · db ok", "0 matches in 30m (41202 lines read)", or why it is not known */
	GPtrArray *lines;    /* of char *, owned, safe: the lines behind it, oldest first, CHECK_LINES_KEPT at most; NULL: none */
	guint64 lines_left_out;
	char *command;       /* owned, safe: a shell command that shows the same; NULL for a person's answer */
	gint64 begun_us, took_us;
	char *by;            /* owned: who answered; NULL: nobody was asked */
	gboolean looking;    /* it is being looked at again: the rest is still what was seen before */
};

struct run_step {
	const struct checklist_step *step; /* borrowed from the checklist */
	struct check_result *results;      /* one a check, the last look at it */
	enum verdict verdict;              /* of the step: the worst of its checks */
	guint failures;                    /* how often it turned to failed */
	gint64 failed_us;                  /* in all */
	gint64 failing_since_us;           /* 0: it does not now */
	char *overridden, *overridden_by;  /* owned: the reason that was typed last; NULL */
	gboolean excused;                  /* what is wrong with it now is overridden */
	guint forgiven;                    /* so many of its failures are overridden */
	guint gaps;                        /* how often it turned to not known after it had been known */
};

/* A row of the run's log. */
struct run_event {
	gint64 utc_us;
	int step;            /* -1: the run itself */
	enum verdict from, to;
	char *text;          /* owned, safe */
};

enum run_state {
	RUN_WALKING,         /* steps are looked at, one after the other */
	RUN_STOPPED,         /* a gate failed, or could not be observed: do not proceed. It goes on when the gate passes, or is overridden */
	RUN_WATCHING,        /* all steps were looked at, the window is open */
	RUN_DONE,
	RUN_ABANDONED,       /* by the operator */
	RUN_INTERRUPTED,     /* midwatch ended in the middle of it: it can be resumed */
};

struct check_run {
	gint64 number;       /* in the store; 0: not kept */
	struct checklist *checklist; /* owned */
	char *actor;         /* owned: "ann@console" */
	char *version;       /* owned: expected; NULL: none was given */
	GPtrArray *touched;  /* of char *, owned: entries of checklist.touches */
	GHashTable *variables; /* name (owned) -> value (owned) */
	enum run_state state;
	gint64 begun_us, window_end_us /* 0: no window */, ended_us /* 0: not yet */;
	GPtrArray *steps;    /* of struct run_step, owned */
	GPtrArray *events;   /* of struct run_event, owned, oldest first */
	guint events_left_out; /* beyond RUN_EVENTS_KEPT */
	gint64 unwatched_us; /* of the window: nobody looked, because midwatch was interrupted, or the machine slept */
	gint64 ticked_us;    /* the last run_tick(); 0: none since it was begun or resumed. It is not kept */
	char *report;        /* owned: path of the report that was written last; NULL */
	GPtrArray *links;    /* of char *, owned, safe: outstanding issues: incident threads and PR numbers */
};

/* A run of the store, for a list. */
struct run_head {
	gint64 number;
	char *checklist, *title, *actor, *version, *report; /* owned, safe; version and report may be NULL */
	enum run_state state;
	enum verdict verdict;
	gint64 begun_us, ended_us;
	gboolean alive;      /* another midwatch walks it now */
	guint step, steps;   /* how far it has come */
};
void run_head_free(struct run_head *h);

struct run_settings {
	const char *actor, *version;
	const char *const *touched;        /* NULL-terminated, or NULL */
	gint64 window_s;                   /* 0: no window; -1: the checklist's own */
	/* Placeholders: NULL when it has no value. {version} is the expected one. */
	const char *(*value)(void *user, const char *name);
	void *user;
};

struct check_run *check_run_new(struct checklist *c /* taken */, const struct run_settings *s, gint64 now_us);
void check_run_free(struct check_run *r); /* NULL is ignored */

/* A text with its placeholders filled in, newly allocated; NULL when one of them has no value: `missing` gets its name, borrowed from a static buffer.
 * "{{" and what is no name within braces stay as they are. */
char *run_fill(const struct check_run *r, const char *text, const char **missing);
/* The same for a shell command: each value becomes one quoted word. */
char *run_fill_shell(const struct check_run *r, const char *text, const char **missing);
/* The placeholder without a value that keeps a check from being looked at, borrowed as above; NULL: it can be. Such a check is VERDICT_UNKNOWN as soon as
 * it is looked at. What a member of a JSON body has to equal is not meant, nor is a question: those are shown as they are. */
const char *run_missing(const struct check_run *r, const struct check *c);

/* The step whose turn it is, -1 when there is none: the run is stopped, watches, waits for answers or is over. One that waits for a person has had its
 * turn. With a window the report's turn is when that has ended. */
int run_next(const struct check_run *r);
/* The step of the gate that stops the run: it failed, or could not be observed, and was not overridden; -1: the run is not stopped. */
int run_stopped_at(const struct check_run *r);
/* May this step be looked at now: it is its turn, or it was looked at before and the run is not over? `why` gets a static text when not. */
gboolean run_can_look(const struct check_run *r, guint step, const char **why);
/* It is being looked at, with all of its checks: those that a person answers ask for it now, unless they were answered. */
void run_looks(struct check_run *r, guint step, gint64 now_us);
/* One of its checks, which run_due() gave, is being looked at again: it is not due until it was seen. */
void run_looks_again(struct check_run *r, guint step, guint check);
/* What was seen of one of its checks (taken over; `result` is cleared). The step's verdict, the run's state and its log follow. When it could not be
 * observed, a person's answer stays. Nothing changes once the run is over. */
void run_saw(struct check_run *r, guint step, guint check, struct check_result *result, gint64 now_us);
/* May a person answer it: a manual one whose step was looked at, or one that could not be observed? `why` gets a static text when not. */
gboolean run_can_answer(const struct check_run *r, guint step, guint check, const char **why);
/* That answer: PASS, ATTENTION, FAIL or SKIPPED; `note` may be NULL. A "failed" that is taken back by another answer was none. */
void run_answer(struct check_run *r, guint step, guint check, enum verdict verdict, const char *note, const char *by, gint64 now_us);
/* A gate that did not pass is overridden: the walk goes on, and the report says by whom and why. FALSE: there is nothing to override. */
gboolean run_override(struct check_run *r, guint step, const char *reason, const char *by, gint64 now_us);
/* The next check that is due again in the open window; FALSE: none is now. */
gboolean run_due(const struct check_run *r, gint64 now_us, guint *step, guint *check);
/* Lets the window end and the run with it: at once, or when its report was written (run_next() gives that step then, also when a gate has failed). To be
 * called about once a second: a minute without it is time that nobody watched. TRUE when something changed. */
gboolean run_tick(struct check_run *r, gint64 now_us);
/* The wall clock was set, by so much (back: negative): the window ends after as much time as before. TRUE: there is one that is open. */
gboolean run_clock_set(struct check_run *r, gint64 by_us, gint64 now_us);
/* The report was written there: its step passes. */
void run_reported(struct check_run *r, const char *path, gint64 now_us);
/* Nobody goes on: the run ends as it stands. For one that is stopped or waits for answers that nobody will give. A report that was not written by now
 * is a failure when it is mandatory. */
void run_finish(struct check_run *r, gint64 now_us);
void run_abandon(struct check_run *r, const char *by, gint64 now_us);
void run_interrupt(struct check_run *r, gint64 now_us);
/* An interrupted run goes on where it was; time that nobody watched is told in its log, and lets a window pass with ATTENTION at best. */
void run_resume(struct check_run *r, const char *by, gint64 now_us);
/* Adds a row to its log. */
void run_note(struct check_run *r, int step, const char *text, gint64 now_us);

/* Is a report mandatory, because it touches something hot? */
gboolean run_needs_report(const struct check_run *r);
/* The verdict of the whole so far: FAIL when a step failed, however short, and was not overridden; else UNKNOWN when one could not be observed, or was not
 * looked at before the end; else RUNNING while steps are open; else PASS or ATTENTION. ATTENTION also for what was overridden, and for a window in which
 * nobody could see for a while. What only a person can answer and nobody did is no failure: it is told; but a run in which nothing at all was seen is
 * UNKNOWN. */
enum verdict run_verdict(const struct check_run *r);
/* Was anything but the report seen to be well, by midwatch or by a person? */
gboolean run_saw_something(const struct check_run *r);
gboolean run_is_over(const struct check_run *r);
guint run_count(const struct check_run *r, enum verdict v); /* steps of that verdict */
/* The worst of the step's checks: what its verdict has to be. */
enum verdict run_step_judge(const struct run_step *s);
/* What the step adds to the verdict of the whole: FAIL also when it passes again. */
enum verdict run_step_outcome(const struct check_run *r, const struct run_step *s);
/* Is the step there for the report alone? */
gboolean run_step_is_report(const struct run_step *s);
/* The step's results in one line, newly allocated. */
char *run_step_summary(const struct run_step *s);
/* What whom to escalate to is told of a run in that environment: what failed, with its first lines, and what could not be observed; newly allocated. */
char *run_escalation(const struct check_run *r, const char *env);
/* The verdict of a run of that state in a word: of one that was interrupted before it had any, "interrupted". */
const char *run_verdict_word(enum run_state s, enum verdict v);
const char *verdict_name(enum verdict v);     /* "pass", "attention", "fail", "unknown", "asked", "skipped", "running", "none" */
const char *run_state_name(enum run_state s); /* "walking", "stopped", … */
gboolean verdict_parse(const char *name, enum verdict *out);
gboolean run_state_parse(const char *name, enum run_state *out);
void check_result_clear(struct check_result *r);

#endif
