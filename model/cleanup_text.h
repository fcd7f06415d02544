/* The cleanup log's old text, line by line; see model/cleanup_log.h. */
#ifndef MW_MODEL_CLEANUP_TEXT_H
#define MW_MODEL_CLEANUP_TEXT_H

#include "model/cron.h"

struct cleanup_text {
	GTimeZone *zone;          /* of times that have none, borrowed */
	GPtrArray *runs;          /* where a run goes when it begins, borrowed */
	struct cleanup_run *run;  /* the one under way, in `runs`; NULL outside */
	gint64 at_us;             /* of the last line that had a time */
	gboolean has_total;       /* the run's freed is said, not only its steps' */
	gboolean failed;          /* a step was */
};

void cleanup_text_line(struct cleanup_text *t, const char *line, gsize len);
/* Something else follows: what is under way has no end of its own. */
void cleanup_text_end(struct cleanup_text *t);

#endif
