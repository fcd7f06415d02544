#include "model/utc_text.h"

char *
utc_iso(gint64 utc_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC);

	return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("?");
}
