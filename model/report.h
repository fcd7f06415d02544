/* The reliability report of a run: Markdown in the four sections that the team's pages name (what was tested, the summary, the details, outstanding
 * issues). It stays valid Markdown, with the same structure, whatever a log line holds. */
#ifndef MW_MODEL_REPORT_H
#define MW_MODEL_REPORT_H

#include "model/check_run.h"

/* The text, newly allocated. */
char *report_text(const struct check_run *r, gint64 now_us);
/* "2026-04-15-14-17-30m.md": when it began (UTC) and for how long it was watched; "smoke" instead of that when it was not. Newly allocated. */
char *report_name(const struct check_run *r, gint64 now_us);

#endif
