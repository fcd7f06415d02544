/* A time as other programs read and write it. */
#ifndef MW_MODEL_UTC_TEXT_H
#define MW_MODEL_UTC_TEXT_H

#include <glib.h>

/* UTC microseconds in a format of g_date_time_format(), newly allocated; "?" for what no calendar has. */
char *utc_format(gint64 utc_us, const char *format);
/* The same as RFC 3339 in whole seconds ("2026-04-15T14:17:00Z"). */
char *utc_iso(gint64 utc_us);
/* RFC 3339 with any number of decimals and any zone, as UTC microseconds; 0 when `text` is NULL, not a time, or the year 1 ("never"). */
gint64 utc_parse(const char *text);

#endif
