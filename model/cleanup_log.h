/* The log of the cleanup script: JSON Lines, and the text that older versions wrote, also both in one file.
 *
 * A JSON line is one run: timestamp, mode, diskBefore, diskAfter (numbers or "41%"), freedMB, success, steps: strings, or objects with name,
 * text (or message), success (or ok) and freedMB. Members that are missing stay unknown; lines that are no JSON objects with a timestamp
 * are left out, as is a line that is still being written.
 *
 * The old text has no grammar. What is recognised, without regard to case, in lines that may begin with a time, in brackets or not:
 *   a run begins    "start" or "begin" with "cleanup", "clean-up" or "mode"; or a "disk before" when there is one already
 *   the mode        "mode: weekly", "mode=weekly", "(weekly)", "--weekly"; "dry run" anywhere is dry-run
 *   the disk        "disk before: 41%", "before … 41%"; "after" likewise
 *   freed           "freed 257 MB", "freed: 1.2 GB", "reclaimed"; in a line with "total", or that ends the run, for the whole run, else of a
 *                   step, and the run's is their sum
 *   a run ends      "complete", "finished" or "done" with "cleanup", or between "===": it succeeded unless a step failed
 *   failure         "failed", "error:", "fatal" or "aborted": of the step, or of the run in a line with "cleanup"
 * Every other line within a run is a step. A run without an end has an unknown result. Times without a zone are the host's. */
#ifndef MW_MODEL_CLEANUP_LOG_H
#define MW_MODEL_CLEANUP_LOG_H

#include "model/cron.h"

#define CLEANUP_RUNS_MAX 60
#define CLEANUP_STEPS_MAX 100

/* Appends the last runs (struct cleanup_run), oldest first; `cut`: the text is the end of a longer one, so that its first line is not whole.
 * Returns FALSE when the text has lines but no run could be recognised. */
gboolean cleanup_log_parse(const char *text, gsize len, gboolean cut, GTimeZone *zone, GPtrArray *runs);

#endif
