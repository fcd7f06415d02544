/* The error sweep: which lines of which gateway matched, and which of them are the same fault (fingerprint) seen again. */
#ifndef MW_MODEL_SWEEP_H
#define MW_MODEL_SWEEP_H

#include <glib.h>

#include "model/fingerprint.h"

/* A line of a gateway's journal that matched. */
struct sweep_line { gint64 utc_us; char *text; /* owned, safe, at most SWEEP_LINE_BYTES */ guint32 fingerprint; /* index in sweep.faults */ };

#define SWEEP_LINE_BYTES 300
#define SWEEP_LINES_KEPT 100  /* a gateway; older ones are counted only */
#define SWEEP_SLICES 6        /* of the span: so finely those that are counted only are forgotten */
#define SWEEP_OLDER_KEPT 200  /* a gateway; what goes beyond is counted without its fault */
#define SWEEP_FAULTS_MAX 5000 /* the last one is for all others */

/* Lines of one fault and one slice of the span that are counted only. */
struct sweep_older { guint32 fingerprint; gint64 first_us, last_us; guint64 count; };

enum sweep_state { SWEEP_NEVER, SWEEP_WAITS, SWEEP_RUNS, SWEEP_DONE, SWEEP_FAILED, SWEEP_CANCELLED };

/* What there is of one gateway. */
struct sweep_part {
	enum sweep_state state;
	char *problem;               /* owned, safe: why it failed; NULL */
	char *cursor;                /* owned, raw: the next sweep reads from there; NULL: the whole span */
	gint64 read_us;              /* UTC by our clock: up to when it was read; 0 = never */
	guint64 matches;             /* in the span */
	guint64 not_kept;            /* of those, lines that are not in `lines` any more, or were cut off by the gateway's limit */
	GArray *lines;               /* of struct sweep_line, oldest first; NULL while there are none */
	GArray *older;               /* of struct sweep_older; NULL while there are none */
	guint64 cut_off;             /* of those not kept, the ones whose fault is not known */
	gint64 cut_off_us;           /* UTC by our clock: the last of them */
};

/* One fault: lines that differ only in figures. */
struct sweep_fault {
	char *fingerprint;           /* owned, safe */
	char *example;               /* owned, safe: the newest line as it was */
	guint64 count;               /* lines */
	guint gateways;              /* how many have had it */
	gint64 first_us, last_us;    /* UTC by our clock */
	gboolean fatal;              /* it says FATAL */
	GHashTable *by_gateway;      /* name (owned) -> GUINT count */
};

struct sweep {
	enum sweep_state state;      /* of the whole */
	gint64 begun_us, ended_us;   /* monotonic; 0 = not yet */
	gint64 span_us;              /* lines older than that are forgotten */
	guint total, done, failed;   /* gateways of the one that runs, or ran last */
	GPtrArray *faults;           /* of struct sweep_fault, owned; never shrinks while a line points at it: see sweep_forget() */
	GHashTable *by_fingerprint;  /* text -> index + 1 */
};

struct sweep *sweep_new(gint64 span_us);
void sweep_free(struct sweep *s);
/* Makes it a part of which nothing is known. Its lines stay counted in the faults until sweep_forget(). */
void sweep_part_clear(struct sweep_part *p);
/* What was found there is not counted any more, in its part or in the faults: its journal has been read anew. */
void sweep_take_back(struct sweep *s, const char *gateway, struct sweep_part *p);
/* Takes one line (raw bytes; made safe, cut at SWEEP_LINE_BYTES) of a gateway. `utc_us`: by our clock. */
void sweep_take(struct sweep *s, const char *gateway, struct sweep_part *p, gint64 utc_us, const char *text, gsize len);
/* So many lines more have matched that were not sent, the last of them no later than `utc_us`. */
void sweep_cut_off(struct sweep_part *p, guint64 lines, gint64 utc_us);
/* Does it say FATAL: \bFATAL\b, in capitals (reference 2.3, fatal_line)? */
gboolean sweep_line_is_fatal(const char *text);
/* Forgets what is older than the span. Call it for all gateways in one go: counts of faults are made anew from what is left, faults without a line
 * go, and with that the index of others changes. */
void sweep_forget(struct sweep *s, gint64 now_utc_us, struct sweep_part *const *parts, const char *const *gateways, guint count);

#endif
