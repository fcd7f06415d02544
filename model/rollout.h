/* A rolling restart: batches in order, each let through a health gate before the next, stopped by a budget of failures. Decides, does nothing:
 * the application restarts what rollout_next() gives, tells what it saw, and calls rollout_tick(). */
#ifndef MW_MODEL_ROLLOUT_H
#define MW_MODEL_ROLLOUT_H

#include <glib.h>

enum rollout_stage {
	ROLLOUT_WAITS,      /* for its turn */
	ROLLOUT_RESTARTS,   /* evidence is saved, the restart is under way */
	ROLLOUT_GATE,       /* restarted: has to show that it is well */
	ROLLOUT_WELL,       /* it did */
	ROLLOUT_FAILED,     /* the restart failed, or the gate did not open in time */
	ROLLOUT_LEFT,       /* never begun: the rollout ended before */
};

struct rollout_step {
	char *gateway;       /* owned */
	enum rollout_stage stage;
	char *reason;        /* owned: what is waited for, or why it failed; NULL */
	gint64 begun_us, restarted_us, well_since_us, ended_us; /* monotonic; 0 = not yet */
	gint64 looked_us;    /* monotonic: the last look at its gate */
	gint64 last_error_us; /* UTC: the newest error line that was seen by then */
};

enum rollout_state {
	ROLLOUT_RUNNING, ROLLOUT_PAUSED /* by the operator: what is begun is finished, nothing new begins */,
	ROLLOUT_STOPPED     /* the failure budget is used up */,
	ROLLOUT_ABORTED, ROLLOUT_DONE,
	ROLLOUT_INTERRUPTED /* midwatch ended in the middle of it; it never goes on by itself */,
};

#define ROLLOUT_GATE_S 120 /* unless the configuration says otherwise */
#define ROLLOUT_QUIET_S 15

struct rollout_settings {
	guint batch;         /* gateways at once, at least 1 */
	guint budget;        /* failures that stop it; 1: the first, and so does 0 */
	guint pause_s;       /* between batches */
	guint gate_s;        /* seconds until a gateway has to be well */
	guint quiet_s;       /* so long it has to be active, online and without new errors */
};

/* What is seen of a gateway after its restart. */
struct rollout_sight {
	gboolean known, unit_active, online;
	gint64 last_error_us;   /* UTC: the newest error line; 0: there is none; -1: not known */
	gint64 at_us;           /* monotonic: when it was so; an old sight lets no quiet time pass */
	gint64 active_since_us; /* monotonic: the unit; one that has come back between two looks is not missed; 0: not known */
};

struct rollout {
	gint64 number;       /* in the store: the audit entry of the whole */
	struct rollout_settings settings;
	enum rollout_state state;
	GPtrArray *steps;    /* of struct rollout_step, owned, in order */
	guint batch_begin, batch_end; /* of steps */
	gint64 pause_until_us; /* monotonic; 0: no pause runs */
	gint64 begun_us, ended_us;
	guint well, failed;
};

/* `batch` "3" or "10%" of `count`, rounded down: at least 1, at most `count`; 0 with an error that says what is allowed. */
guint rollout_batch_size(const char *batch, guint count, GError **error);
struct rollout *rollout_new(const struct rollout_settings *s, const char *const *gateways, guint count, gint64 now_us);
void rollout_free(struct rollout *r); /* NULL is ignored */
struct rollout_step *rollout_step(const struct rollout *r, const char *gateway); /* NULL: it is none of them */
/* What is waited for, or why; NULL: nothing to say. TRUE: it is something else than before. */
gboolean rollout_tell(struct rollout_step *s, const char *reason);
/* The next one to restart now, marked as begun; NULL: nothing now. */
struct rollout_step *rollout_next(struct rollout *r, gint64 now_us);
/* How the restart ended: it was carried out, or why not. */
void rollout_restarted(struct rollout *r, struct rollout_step *s, const char *problem, gint64 now_us);
/* It could not be begun yet after all: it waits again, or is left out when nothing begins any more. */
void rollout_not_begun(struct rollout *r, struct rollout_step *s, gint64 now_us);
/* Looks at the gates: `sight` tells of a gateway. What is not known neither passes nor fails it until its time is over, and time without sight is
 * no quiet time. TRUE when something changed. */
gboolean rollout_tick(struct rollout *r, void (*sight)(void *user, const char *gateway, struct rollout_sight *out), void *user, gint64 now_us);
void rollout_pause(struct rollout *r, gboolean paused, gint64 now_us);
/* Nothing new begins; what is begun is finished. */
void rollout_abort(struct rollout *r, gint64 now_us);
/* midwatch ends: what is under way stays as it is, and nobody waits for it. */
void rollout_interrupt(struct rollout *r, gint64 now_us);
/* Is nothing under way, and will nothing begin? */
gboolean rollout_is_over(const struct rollout *r);
/* Has the step been begun, and not ended? */
gboolean rollout_step_is_under_way(const struct rollout_step *s);
/* The batch that is under way, from 1, and how many there are. */
guint rollout_batch(const struct rollout *r);
guint rollout_batches(const struct rollout *r);
/* How long it takes from now on when each gate needs all of its time, in seconds. */
gint64 rollout_longest_s(const struct rollout *r);
/* "12 of 40 well, 1 failed, batch 4 of 10: waits for gw-014 (not active yet)", newly allocated. */
char *rollout_words(const struct rollout *r, gint64 now_us);
/* Does it run, or is it paused? */
gboolean rollout_is_under_way(const struct rollout *r);
const char *rollout_state_name(enum rollout_state s); /* "running", "interrupted" */
const char *rollout_stage_name(enum rollout_stage s); /* "waits", "restarts", "at its gate", "well", "failed", "left out" */

#endif
