/* A time as other programs read and write it. */
#ifndef MW_MODEL_UTC_TEXT_H
#define MW_MODEL_UTC_TEXT_H

#include <glib.h>

/* UTC microseconds as g_date_time_format() has it, newly allocated; a copy of `otherwise` (NULL: NULL) for what no calendar has. */
char *utc_format(gint64 utc_us, const char *format, const char *otherwise);
/* UTC microseconds as RFC 3339 in whole seconds ("2026-04-15T14:17:00Z"), newly allocated; "?" for what no calendar has. */
char *utc_iso(gint64 utc_us);
/* RFC 3339 with any number of decimals and any zone, as UTC microseconds; 0 when `text` is NULL, not a time, or the year 1 ("never"). */
gint64 utc_parse(const char *text);

#endif
