/* What a log line tells of itself: its level and its time. Pure functions on safe text (model/sanitize.h). */
#ifndef MW_MODEL_LOG_LINE_H
#define MW_MODEL_LOG_LINE_H

#include <glib.h>

enum log_level { LEVEL_NONE, LEVEL_TRACE, LEVEL_DEBUG, LEVEL_INFO, LEVEL_WARN, LEVEL_ERROR, LEVEL_FATAL };

#define LOG_TIME_PREFIX_MAX 55

/* What the line before looked like up to its minute. A line that starts with the same bytes needs only its seconds parsed; the
 * result is the same with and without it. Zeroed at first; one for each stream. */
struct log_time_hint {
	char prefix[LOG_TIME_PREFIX_MAX];
	guint8 length;
	gboolean year_inferred; /* a year may still stand behind the seconds of another line */
	gint64 minute_us;       /* UTC of that minute, zone not yet applied */
};

/* "trace" … "fatal", "" for LEVEL_NONE. */
const char *log_level_name(enum log_level level);
/* The level that a word means, whole and in any case: "warn", "WARNING", "err", "crit"; LEVEL_NONE when it is none. */
enum log_level log_level_parse(const char *word, gsize len);

/* The level written in the first part of a line, looked for behind `from` bytes (where log_line_time() ended, or 0):
 * `level=error`, JSON "level" (words, pino's and syslog's numbers), ERROR, [error], klog's "E0102 ", "<3>". Only whole words count
 * ("terror", "error_count", "error.log" do not). A word in capitals or in brackets wins over one in running text. */
enum log_level log_line_level(const char *text, gsize len, gsize from);

/* The time written in the first part of a line, UTC microseconds; FALSE when there is none. Formats: RFC 3339 with any fraction and
 * zone, also with a blank, a comma or slashes (2026-11-22 01:47:19,204); syslog (Nov 22 01:47:19, the year that brings it closest to
 * `now_us`); Common Log Format (22/Nov/2026:01:47:19 +0000); redis (22 Nov 2026 01:47:19.204); klog (E1122 01:47:19.123456); JSON
 * "time", "ts", "timestamp" as text or as an epoch in s, ms, µs or ns. A time without a zone is taken as UTC. Times before 2000 or more
 * than a day after `now_us` come from a clock that is wrong and are not believed. `end`: where the seconds ended when a
 * date was found, else 0. */
gboolean log_line_time(const char *text, gsize len, gint64 now_us, struct log_time_hint *hint /* or NULL */, gint64 *time_us,
                       gsize *end);

#endif
