/* A value's freshness: whether it is known, how old it is and what went wrong last.
 * Unknown is never shown as 0 and never counted as healthy. */
#ifndef MW_MODEL_DATUM_H
#define MW_MODEL_DATUM_H

#include <glib.h>

enum datum_state {
	DATUM_UNKNOWN, /* not asked yet, or no answer yet */
	DATUM_OK,
	DATUM_STALE,   /* was known; the source does not answer now */
	DATUM_NO_DATA, /* the source answered that there is none (no Docker, no journal) */
	DATUM_ERROR,   /* the source answered with an error and nothing older is kept */
};

struct datum {
	enum datum_state state;
	gint64 at_us;  /* monotonic time of the last good value, 0 when never */
	char *error;   /* owned: the last error or the reason for no data; NULL when none */
};

/* Marks a good value that was taken at the monotonic time `at_us`; clears the error. */
void datum_good(struct datum *d, gint64 at_us);
/* Marks a failure. A value that was known once becomes stale, else the datum is in error. */
void datum_failed(struct datum *d, const char *error);
/* Marks that the source has none, with the reason for the operator. */
void datum_none(struct datum *d, const char *reason);
/* Marks a known value stale (link lost) and keeps its error text when `reason` is NULL. */
void datum_stale(struct datum *d, const char *reason);
/* Whole seconds since the last good value, or -1 when there never was one. */
gint64 datum_age_s(const struct datum *d, gint64 now_us);
/* True when the value may be shown as a fact or as an old fact (ok or stale). */
gboolean datum_known(const struct datum *d);
void datum_clear(struct datum *d);

#endif
