#include "model/duration.h"

gboolean
duration_parse(const char *text, gint64 *seconds)
{
	static const struct { char name; gint64 seconds; } units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
	gint64 sum = 0;
	guint unit = 0;

	if (!*text)
		return FALSE;
	while (*text) {
		char *end;
		guint64 n = g_ascii_strtoull(text, &end, 10);
		while (unit < G_N_ELEMENTS(units) && units[unit].name != *end)
			unit++;
		/* strtoull also takes blanks and signs. */
		if (!g_ascii_isdigit(*text) || unit == G_N_ELEMENTS(units) || n > (guint64)(DURATION_MAX_S / units[unit].seconds))
			return FALSE;
		sum += (gint64)n * units[unit++].seconds;
		text = end + 1;
	}
	if (sum > DURATION_MAX_S)
		return FALSE;
	*seconds = sum;
	return TRUE;
}
