/* A regular expression of the operator's, run over log lines: over a block's text at once where that gives the same as line by line.
 * A pattern that takes too many steps on a line counts as no match there, and says so. */
#ifndef MW_MODEL_LOG_PATTERN_H
#define MW_MODEL_LOG_PATTERN_H

#include "model/log_block.h"

struct log_pattern;

/* Compiles (PCRE2, UTF; case-insensitive when there is no capital letter outside escapes). NULL with an error that names the offset. */
struct log_pattern *log_pattern_new(const char *text, GError **error);
/* The same, but case counts always: for patterns of checklists, which have to mean what they say. */
struct log_pattern *log_pattern_new_exact(const char *text, GError **error);
void log_pattern_free(struct log_pattern *p);
const char *log_pattern_text(const struct log_pattern *p);
/* Why the pattern does not work on some lines, a sentence; NULL while all is well. Borrowed, until the next call. */
const char *log_pattern_problem(struct log_pattern *p);
/* True when lines are matched one by one anyway, so that it pays to ask only candidates. */
gboolean log_pattern_goes_by_line(const struct log_pattern *p);
/* Lowers the number of steps a line may take, after one line took too long. */
void log_pattern_tighten(struct log_pattern *p);

/* Finds the next match in one line from offset `from`; FALSE when there is none. */
gboolean log_pattern_find(struct log_pattern *p, const char *text, gsize len, gsize from, guint32 *start, guint32 *end);
/* Sets the bits of those slots from `first` to `last` (not included) whose lines match. */
void log_pattern_scan(struct log_pattern *p, const struct log_block *b, guint first, guint last, guint64 *bits);
/* Clears the bits of those that are set and whose lines match not (`keep` TRUE) or do (FALSE), between `first` and `last`. */
void log_pattern_thin(struct log_pattern *p, const struct log_block *b, guint first, guint last, guint64 *bits, gboolean keep);

#endif
