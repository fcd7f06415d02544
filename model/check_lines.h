/* Judges the lines that a check of a log, or the output of a command, reads: which match, which of those want attention, and whether there are many more
 * than there were. */
#ifndef MW_MODEL_CHECK_LINES_H
#define MW_MODEL_CHECK_LINES_H

#include "model/check_run.h"

struct check_lines;

struct check_lines_settings {
	const char *pattern, *watch, *spike; /* regular expressions, filled in; watch and spike NULL: none */
	const char *watch_means;             /* NULL */
	enum check_expect expect;
	guint since_min;  /* the span; 0: the lines have no times, all count */
	gint64 now_us;    /* UTC: the span's end */
};

/* How much of a span before this one has to be read for `spike`: the lines of so many spans. */
#define CHECK_SPIKE_SPANS 2

/* NULL with an error when an expression is wrong. Strings of `s` are copied. */
struct check_lines *check_lines_new(const struct check_lines_settings *s, GError **error);
void check_lines_free(struct check_lines *l); /* NULL is ignored */
/* UTC: from where lines have to be read. */
gint64 check_lines_from_us(const struct check_lines *l);
/* Takes a line, raw, without its line feed. `utc_us` 0: it has no time. Gives it as it is shown, borrowed until the next call, when it matches and is of
 * the span; else NULL. */
const char *check_lines_take(struct check_lines *l, gint64 utc_us, const char *text, gsize len);
/* Sets verdict, summary and lines of the result. */
void check_lines_judge(struct check_lines *l, struct check_result *result);
/* "41,202", newly allocated. */
char *check_count_text(guint64 n);
/* "30m", "2h", "90m", newly allocated. */
char *check_span_text(guint minutes);

#endif
