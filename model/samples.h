/* Samples: the figures that the rules look at, one latest value a series. A sample is a number or unknown; one that was not renewed for
 * SAMPLES_LOOK_BACK_US is unknown, too. */
#ifndef MW_MODEL_SAMPLES_H
#define MW_MODEL_SAMPLES_H

#include <glib.h>

#define SAMPLES_LOOK_BACK_US (5 * 60 * (gint64)G_USEC_PER_SEC) /* as Prometheus has it */

#define SAMPLES_MOST 10000 /* series of a metric */

struct samples;

struct samples *samples_new(void);
void samples_free(struct samples *s); /* NULL is ignored */
/* Sets a series to a value: its metric ("steal_percent") and labels, pairs of name and value up to a NULL name, in any order; values are made safe. Series
 * come into being by being set. A name that begins with "~" is an annotation ("~line"): text for summaries ({line}), no part of the identity. An
 * empty value is the same as no such label. NAN: unknown. `at_us`: monotonic. */
void samples_set(struct samples *s, const char *metric, double value, gint64 at_us, ...) G_GNUC_NULL_TERMINATED;
/* It cannot be told now, for `why`, safe words that are copied; NULL: not said. */
void samples_unknown(struct samples *s, const char *metric, const char *why, gint64 at_us, ...) G_GNUC_NULL_TERMINATED;
/* What is not there any more (a container that was removed) has no series: all series of the metric that were not set since samples_begin() go.
 * A metric that could not be asked for is not swept. */
void samples_begin(struct samples *s, const char *metric);
void samples_sweep(struct samples *s, const char *metric);
/* How many were not taken, since the start: a metric has at most SAMPLES_MOST series, a series LABELS_MOST labels. */
guint64 samples_left_out(const struct samples *s);

#endif
