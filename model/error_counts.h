/* Errors of one source, counted by what stays the same when one happens again (fingerprint.h), over the last half hour. Bounded: what goes beyond
 * ERROR_COUNTS_MOST different ones is counted together. */
#ifndef MW_MODEL_ERROR_COUNTS_H
#define MW_MODEL_ERROR_COUNTS_H

#include <glib.h>

#define ERROR_COUNTS_MOST 200
#define ERROR_COUNTS_MINUTES 30
#define ERROR_COUNTS_OTHERS "other errors: too many different ones"

struct error_counts;

struct error_counts *error_counts_new(void);
void error_counts_free(struct error_counts *c); /* NULL is ignored */
/* One more, a safe line, at a time (UTC). */
void error_counts_add(struct error_counts *c, const char *text, gsize len, gint64 utc_us, gint64 now_utc_us);
/* Calls `each` with every fingerprint that was seen in the half hour up to now, how often, and its newest line; others are forgotten. */
typedef void (*error_counts_told)(void *user, const char *fingerprint, guint64 count, const char *newest);
void error_counts_each(struct error_counts *c, gint64 now_utc_us, error_counts_told each, void *user);

#endif
