/* The rule engine. It follows Prometheus (pending for `for`, firing, kept for `keep_firing_for`) but for one thing: a sample may be unknown, and what
 * is not known neither fires nor resolves anything. Above the states stands what holds a page back: inhibition, silences, mutes, and grouping, which
 * makes one page of all rules of a scope. Times are monotonic microseconds unless a name says UTC. */
#ifndef MW_MODEL_RULES_H
#define MW_MODEL_RULES_H

#include "model/rule.h"
#include "model/samples.h"

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

enum alert_state { ALERT_INACTIVE, ALERT_PENDING, ALERT_FIRING, ALERT_KEPT /* fires, no longer true, keep_us is not over */ };

#define ALERT_STRIP 60 /* samples that are remembered to be shown */
#define RULES_UNKNOWN_US SAMPLES_LOOK_BACK_US
#define RULES_RETENTION_US (15 * 60 * (gint64)G_USEC_PER_SEC) /* so long an alert that ended is remembered */
#define RULES_ALERTS_MAX 10000 /* of one rule: what goes beyond is counted, see rules_trouble() */
#define RULES_SILENCE_MAX_US (30 * 24 * 3600 * (gint64)G_USEC_PER_SEC)

/* One rule and one set of labels. */
struct alert {
	const struct rule *rule;      /* borrowed */
	char *labels;                 /* owned, safe: `host="cloud",container="x"`, in the order of names; "" */
	enum alert_state state;
	enum truth truth;             /* of the last evaluation */
	double value;                 /* of the first metric of the expression; NAN */
	char *notes;                  /* owned, safe: annotations of its series, written as labels; NULL */
	const char *env;              /* borrowed: rules_environment(); NULL */
	char *why_unknown;            /* owned, safe; NULL */
	gint64 unknown_since_us;      /* 0: it is known */
	gboolean unknown;             /* for longer than RULES_UNKNOWN_US: the row is UNKNOWN, whatever the state was */
	gboolean restored;            /* its state (pending, firing) is from before a restart */
	gint64 active_us, fired_us, kept_us; /* since when it is pending (time that was unknown left out), fires, is kept; 0; before a boot: negative */
	gint64 resolved_us;           /* when it ended last; 0 */
	guint8 strip[ALERT_STRIP];    /* enum truth, newest at strip_at - 1 */
	guint strip_at, strip_count;
	const struct alert *inhibited_by; /* NULL; valid until the next rules_tick() */
	gint64 silence;               /* number of the silence that holds it back; 0 */
	gboolean muted;               /* by a rollout */
};

struct silence {
	gint64 number;                /* in the store */
	char *rule, *labels;          /* owned: "x_*" is a prefix; labels: pairs that the alert has to have; NULL: any */
	gint64 begin_utc_us, end_utc_us; /* never endless */
	char *by, *comment;           /* owned, safe */
};

/* What happened at a tick. */
enum rules_change { RULES_PENDING, RULES_FIRED, RULES_RESOLVED, RULES_CLEARED /* was pending, never fired */, RULES_UNKNOWN, RULES_KNOWN };
typedef void (*rules_changed)(void *user, const struct alert *a, enum rules_change c);

struct rules;

/* `rules`: of struct rule, taken. */
struct rules *rules_new(GPtrArray *rules, GError **error);
void rules_free(struct rules *r); /* NULL is ignored */
void rules_on_change(struct rules *r, rules_changed changed, void *user);
/* What {env} is in summaries, copied; a label "env" goes before it. Before the first tick. */
void rules_environment(struct rules *r, const char *env);
const GPtrArray *rules_list(const struct rules *r);   /* of struct rule */
/* Evaluates all rules: `now_us` monotonic. A clock that jumps does not matter: only monotonic time counts. */
void rules_tick(struct rules *r, const struct samples *s, gint64 now_us, gint64 utc_us);
/* Was anything evaluated yet? */
gboolean rules_are_evaluated(const struct rules *r);
/* All that are not inactive, or that are UNKNOWN, the worst first: of struct alert; the array and what is in it are borrowed, valid until the next
 * rules_tick(). */
const GPtrArray *rules_alerts(const struct rules *r);
/* Of one rule, those and what is unknown at this tick, however short, likewise; but the caller frees the array. */
GPtrArray *rules_live(const struct rules *r, const struct rule *rule);
/* The worst that fires and asks for something: nothing holds it back, and it is more than information. NULL: none. */
const struct alert *rules_worst(const struct rules *r);
/* Of how many rules one or more alerts fire and ask for something, are pending, are UNKNOWN: a rule may be in each. */
struct rules_counts { guint firing, pending, unknown; };
void rules_count(const struct rules *r, struct rules_counts *out);
/* One row for each rule: its worst alert, or its only one, inactive; NULL in it: no series has come yet. Likewise. */
struct rules_row {
	const struct rule *rule;
	const struct alert *alert;
	guint firing /* or kept */, pending, unknown /* now, however short */, series, left_out /* not judged: too many */;
};
GArray *rules_rows(const struct rules *r);            /* of struct rules_row */
/* The one of a rule; FALSE: there is no such rule. */
gboolean rules_row_find(const struct rules *r, const char *rule, struct rules_row *out);
const struct alert *rules_find(const struct rules *r, const char *rule, const char *labels);
/* What is not judged, a sentence, newly allocated: more series or alerts than there is room for. NULL: nothing. */
char *rules_trouble(const struct rules *r);
/* Is it firing or kept? */
static inline gboolean
alert_is_on(const struct alert *a)
{
	return a->state == ALERT_FIRING || a->state == ALERT_KEPT;
}
/* Does something hold its page back? */
static inline gboolean
alert_is_held(const struct alert *a)
{
	return a->inhibited_by || a->silence != 0 || a->muted;
}
/* Since when it fires, is pending, or is not known, monotonic; 0: none of that. */
gint64 alert_begin_us(const struct alert *a);
/* Does it page now: severity page, firing or kept, and nothing holds it back? */
gboolean alert_pages(const struct alert *a);
/* Why it does not, or what it asks for, newly allocated: "page now", "next business day", "do not page: inhibited by health_non200",
 * "do not page: silenced until 02:30Z by ann". */
char *alert_consequence(const struct rules *r, const struct alert *a);
/* Its summary with labels and value filled in, newly allocated, safe. */
char *alert_summary(const struct alert *a);
const char *alert_state_name(enum alert_state s);     /* "inactive", "pending", "firing", "kept" */
/* The value of a label, newly allocated; NULL: it has none of that name. */
char *alert_label(const struct alert *a, const char *name);

/* A person says that a manual rule is true, or not any more: a form. It counts from the next rules_tick() on. */
void rules_manual(struct rules *r, const char *rule, const char *labels, gboolean is_true, gint64 now_us);
/* Silences (taken), until their end, at most RULES_SILENCE_MAX_US from their begin; the mute of a rollout, until a monotonic time. */
void rules_silence(struct rules *r, struct silence *s);
gboolean rules_unsilence(struct rules *r, gint64 number);
const GPtrArray *rules_silences(const struct rules *r); /* of struct silence */
void rules_rollout_mute(struct rules *r, gint64 until_us);
void silence_free(struct silence *s);

/* State over restarts (as Prometheus restores ALERTS_FOR_STATE): what of an alert is to be kept, in UTC, and how it is taken back: pending goes on when
 * the gap is no longer than the rule's `for`, else it begins anew; firing goes on. */
struct alert_memory {
	char *rule, *labels;
	char *notes; /* struct alert's: its summary stays what was told; NULL */
	enum alert_state state;
	gint64 active_utc_us, fired_utc_us, kept_utc_us, seen_utc_us;
};
void rules_remember(struct rules *r, const struct alert_memory *m, gint64 now_us, gint64 utc_us);
void alert_recall(const struct alert *a, gint64 now_us, gint64 utc_us, struct alert_memory *out); /* strings borrowed */

#endif
