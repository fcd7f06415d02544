/* How the rules lie. Most series of most rules are fine at any time: of those there is a byte each, compared in blocks with the byte before, and no
 * alert. A cell (an alert and what goes with it) is made when a series is first not fine; those that have something going on are in `live`. */
#ifndef MW_MODEL_RULES_PRIVATE_H
#define MW_MODEL_RULES_PRIVATE_H

#include "model/rule_expr.h"
#include "model/rules.h"
#include "model/samples_private.h"

#define RULES_CELLS_MAX 100000 /* of all rules together */

struct watch;

struct cell {
	struct alert alert;   /* first: one is the other */
	struct watch *watch;
	guint32 row;          /* RULE_NO_PLACE: no series has its labels now */
	gboolean live;
	gboolean forced;      /* a person, or the engine itself, says what it is: */
	enum truth forced_truth;
	gint64 awaited_us;    /* restored then, and no series was seen yet; 0: it was */
	gint64 judged_us;     /* last; 0: never */
	guint64 tick;         /* the last one in its strip */
};

/* A metric that rules look at: its values at this tick, NAN where they are too old. */
struct feed {
	char *name;
	const struct metric *metric; /* borrowed, only within a tick; NULL: there is none */
	double *values;
	guint room;
	guint64 change;              /* metric's; 0 */
};

struct watch_column {
	struct feed *feed;   /* borrowed */
	guint64 change;      /* feed's when it was joined */
	guint32 *places;     /* of each row in the feed */
	gboolean straight;   /* row i is place i */
};

struct watch_rows {
	guint count, room;
	guint32 *sets;           /* numbers of sets of labels */
	GRefString **labels;     /* a reference each */
	guint8 *grades, *before; /* of this tick, of the one before */
	struct cell **cells;     /* NULL: nothing has been going on */
	guint64 *since;          /* the tick of the first judgement */
};

struct watch_inhibition { const struct rule_inhibition *inhibition; GPtrArray *targets; /* of struct watch, borrowed */ };

/* A rule at work. */
struct watch {
	struct rules *rules;
	const struct rule *rule;
	guint number;             /* in the list */
	struct rule_expr *expr;   /* NULL: a manual rule */
	struct watch_column columns[RULE_EXPR_PARTS];
	struct watch_rows rows;
	GHashTable *apart;        /* labels, borrowed, to struct cell: those without a row */
	GPtrArray *live;          /* of struct cell, borrowed */
	guint cell_count;
	guint64 forgot;           /* the tick of the last watch_forget() */
	guint rows_left_out, cells_left_out;
	guint unknown;            /* cells that are UNKNOWN */
	gboolean is_observer;
	GArray *inhibitions;      /* of struct watch_inhibition */
};

struct rules_event { struct cell *cell; enum rules_change change; };

struct rules {
	GPtrArray *list;      /* of struct rule, owned */
	GPtrArray *watches;   /* of struct watch, owned, in the order of the list */
	GHashTable *by_name;  /* to struct watch, borrowed */
	GHashTable *feeds;    /* owned */
	struct feed *blind_feed; /* borrowed: "observer_blind" */
	rules_changed changed;
	void *user;
	const char *env;      /* interned: alerts borrow it */
	GPtrArray *silences;  /* of struct silence, owned */
	gint64 mute_until_us;
	gint64 now_us, utc_us; /* of this tick; 0 */
	guint64 tick;
	gboolean blind;
	char *blind_why;      /* NULL: not said */
	guint cell_count;
	guint64 samples_left_out;
	GArray *events;       /* of struct rules_event: told at the end of a tick */
	GPtrArray *alerts;    /* of struct alert, as rules_alerts() gave it since the last tick; empty: it did not */
	guint32 *row_of;      /* scratch of the join, by number of a set; RULE_NO_PLACE between two joins */
	guint row_of_room;
};

/* --- rules_join.c --- */
struct feed *rules_feed(struct rules *r, const char *metric);
void feed_free(struct feed *f);
void feed_take(struct feed *f, const struct samples *s, gint64 now_us);
/* Makes the rows anew when series have come or gone. */
void watch_join(struct watch *w, const struct samples *s);
void watch_rows_clear(struct watch_rows *rows);

/* --- rules_alert.c --- */
/* The cell of a row, or of labels without one, made when there is none; NULL: there is no room (`truth` decides how much there may be). */
struct cell *watch_row_cell(struct watch *w, guint32 row, enum truth truth);
struct cell *watch_apart_cell(struct watch *w, const char *labels, enum truth truth);
void cell_free(struct cell *c);
void cell_enliven(struct cell *c);
/* One evaluation. */
void cell_step(struct cell *c, enum truth truth);
/* Is there nothing to it that the next evaluation had to look at, as long as it is false? */
gboolean cell_is_settled(const struct cell *c);
void cell_say_why(struct cell *c, const char *why /* NULL: not said */);
/* The strip up to this tick: what was not looked at was false. */
void cell_catch_up(struct cell *c, guint64 tick);
/* Lets go of those in which nothing has been going on for long. */
void watch_forget(struct watch *w);

/* --- rules_hold.c --- */
void rules_resolve_inhibitions(struct rules *r);
void rules_hold(struct rules *r);

/* --- rules_memory.c --- */
/* FALSE or unknown, for one that was restored and whose series was not seen yet. */
enum truth cell_awaited_truth(const struct cell *c);

/* Says that a cell is true, or not any more, whatever the samples say. */
void cell_force(struct cell *c, gboolean is_true);

#endif
