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

#define CHECK_LINES_KEPT 50 /* of the lines behind a verdict; the rest is counted */

/* One look at one check. */
struct check_result {
	enum verdict verdict;
	char *summary;       /* owned, safe: "200 · status ok · db ok", "0 matches in 30m (41202 lines read)", or why it is not known */
	GPtrArray *lines;    /* of char *, owned, safe: the lines behind it, oldest first, CHECK_LINES_KEPT at most; NULL: none */
	guint64 lines_left_out;
	char *command;       /* owned, safe: a shell command that shows the same; NULL for a person's answer */
	gint64 begun_us, took_us;
	char *by;            /* owned: who answered; NULL: nobody was asked */
};

struct run_step {
	const struct checklist_step *step; /* borrowed from the checklist */
	struct check_result *results;      /* one a check, the last look at it */
	enum verdict verdict;              /* of the step: the worst of its checks */
	guint failures;                    /* how often it turned to failed */
	gint64 failed_us;                  /* in all */
	gint64 failing_since_us;           /* 0: it does not now */
	char *overridden, *overridden_by;  /* owned: the reason that was typed; NULL */
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
	RUN_STOPPED,         /* a gate failed: do not proceed. It goes on when the gate passes, or is overridden */
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

/* The step whose turn it is, -1 when there is none: the run is stopped, watches or is over. */
int run_next(const struct check_run *r);
/* May this step be looked at now: it is its turn, or it was looked at before and the run is not over? `why` gets a static text when not. */
gboolean run_can_look(const struct check_run *r, guint step, const char **why);
/* It is being looked at. */
void run_looks(struct check_run *r, guint step, gint64 now_us);
/* What was seen of one of its checks (taken over; `result` is cleared). The step's verdict, the run's state and its log follow. */
void run_saw(struct check_run *r, guint step, guint check, struct check_result *result, gint64 now_us);
/* A person's answer to a manual check, or to one that could not be observed; `note` may be NULL. */
void run_answer(struct check_run *r, guint step, guint check, enum verdict verdict, const char *note, const char *by, gint64 now_us);
/* A failed gate is overridden: the walk goes on, and the report says by whom and why. FALSE: there is nothing to override. */
gboolean run_override(struct check_run *r, guint step, const char *reason, const char *by, gint64 now_us);
/* The next check that is due again in the open window; FALSE: none is now. */
gboolean run_due(const struct check_run *r, gint64 now_us, guint *step, guint *check);
/* Lets the window end and the run with it. TRUE when something changed. */
gboolean run_tick(struct check_run *r, gint64 now_us);
void run_abandon(struct check_run *r, const char *by, gint64 now_us);
void run_interrupt(struct check_run *r, gint64 now_us);
/* An interrupted run goes on where it was; time that nobody watched is told in its log. */
void run_resume(struct check_run *r, const char *by, gint64 now_us);
/* Adds a row to its log. */
void run_note(struct check_run *r, int step, const char *text, gint64 now_us);

/* Is a report mandatory, because it touches something hot? */
gboolean run_needs_report(const struct check_run *r);
/* The verdict of the whole so far: FAIL when a step failed, however short, and was not overridden; else UNKNOWN when one could not be observed; else
 * RUNNING while steps are open; else PASS or ATTENTION. What only a person can answer and nobody did is no failure: it is told. */
enum verdict run_verdict(const struct check_run *r);
gboolean run_is_over(const struct check_run *r);
guint run_count(const struct check_run *r, enum verdict v); /* steps of that verdict */
/* The step's results in one line, newly allocated. */
char *run_step_summary(const struct run_step *s);
const char *verdict_name(enum verdict v);     /* "pass", "attention", "fail", "unknown", "asked", "skipped", "running", "none" */
const char *run_state_name(enum run_state s); /* "walking", "stopped", … */
void check_result_clear(struct check_result *r);

#endif
