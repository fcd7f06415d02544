/* A filtered view of the log store: which lines are shown and what is searched for. Evaluated in bounded slices. */
#ifndef MW_MODEL_LOG_VIEW_H
#define MW_MODEL_LOG_VIEW_H

#include "model/log_store.h"

struct log_view;

/* A view of all lines. It must be freed before its store. */
struct log_view *log_view_new(struct log_store *store /* borrowed */);
void log_view_free(struct log_view *v);

/* Adds a regular expression (PCRE2, UTF, case-insensitive when it has no capital letter) that lines must match (`in`) or must not.
 * FALSE with an error that names the offset when it does not compile. Several `in` patterns: any may match. */
gboolean log_view_filter(struct log_view *v, const char *pattern, gboolean in, GError **error);
void log_view_filters_clear(struct log_view *v);
guint log_view_filter_count(const struct log_view *v);
const char *log_view_filter_text(const struct log_view *v, guint index, gboolean *in);
/* A sentence when a filter or the search takes too long on some lines (they count as no match); NULL when all is well.
 * Borrowed, valid until the next call. */
const char *log_view_pattern_problem(struct log_view *v);
/* Lines of lower level are hidden; lines without a level stay unless `strict`. */
void log_view_minimum_level(struct log_view *v, enum log_level level);
void log_view_strict(struct log_view *v, gboolean strict);
/* Restricts to a set of sources; NULL shows all. `wanted[n]` tells for source n, below `count`; the rest is hidden. Copied. */
void log_view_sources(struct log_view *v, const gboolean *wanted, guint count);
/* Search hides nothing; empty or NULL clears it. */
gboolean log_view_search(struct log_view *v, const char *pattern, GError **error);
/* Shown lines that the search found so far, and how much it looked at (0…1). */
guint64 log_view_search_count(const struct log_view *v);
double log_view_search_progress(const struct log_view *v);
/* Byte ranges of search matches (and of `in` filters) in a line, for highlighting; returns how many were put in `ranges`,
 * ascending and apart from each other. */
struct log_range { guint32 start, end; };
guint log_view_matches(struct log_view *v, const struct log_line *line, struct log_range *ranges, guint max);

/* Lines of context shown around each line that passes the filters (patterns and level): its neighbours in time of any wanted source.
 * At most 1,000. */
void log_view_context(struct log_view *v, guint lines);

/* Freezes what is shown: lines that come later are counted, not shown, and those shown are kept from eviction: all of them,
 * so a paused view may hold up to the store's byte limit once more (log_store_held_bytes()). Filters can be changed meanwhile. */
void log_view_pause(struct log_view *v, gboolean paused);
gboolean log_view_paused(const struct log_view *v);
guint64 log_view_pending(const struct log_view *v);   /* lines of all sources that came while paused, filters not applied */

/* Works on what came or changed, for about `budget_us`, the newest lines first; TRUE when there is more to do (call again in the next
 * loop pass). A flood of lines costs little: a filter runs over whole blocks of text. */
gboolean log_view_work(struct log_view *v, gint64 budget_us);
/* Lines shown so far, and how much of the store was looked at (0…1). */
guint64 log_view_count(const struct log_view *v);
double log_view_progress(const struct log_view *v);
/* The shown line at index 0 … count-1 in time order. FALSE outside. */
gboolean log_view_at(struct log_view *v, guint64 index, struct log_line *out);
/* Index of the first shown line at or after a time; of a line by seq (nearest later when it is hidden; 0 when it was evicted,
 * as all that is kept is later; count when none). */
guint64 log_view_find_time(struct log_view *v, gint64 time_us);
guint64 log_view_find_seq(struct log_view *v, guint64 seq);
/* The next shown line from `index` in direction +1/-1 that matches the search, or has at least `level` (LEVEL_NONE: search).
 * G_MAXUINT64 when there is none. `index` itself is not looked at; G_MAXUINT64 as `index` starts before the first line or behind the last.
 * Right after log_view_search() it may give up on a part not searched yet: then log_view_search_progress() is below 1. */
guint64 log_view_next(struct log_view *v, guint64 index, int direction, enum log_level level);
/* Counts lines that pass the filters (context is not counted) and have at least `level`, in `buckets` equal spans from one time up to,
 * not including, another (for the histogram). */
void log_view_histogram(struct log_view *v, enum log_level level, gint64 from_us, gint64 to_us, guint *counts, guint buckets);

#endif
