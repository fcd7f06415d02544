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

gint64
utc_parse(const char *text)
{
	g_autoptr(GDateTime) t = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;

	if (!t || g_date_time_get_year(t) <= 1)
		return 0;
	return g_date_time_to_unix(t) * G_USEC_PER_SEC + g_date_time_get_microsecond(t);
}
