#include "model/utc_text.h"

char *
utc_format(gint64 utc_us, const char *format, const char *otherwise)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC);

	return time ? g_date_time_format(time, format) : g_strdup(otherwise);
}

char *
utc_iso(gint64 utc_us)
{
	return utc_format(utc_us, "%Y-%m-%dT%H:%M:%SZ", "?");
}
