/* The time that the Docker daemon puts before each record. */
#include "backends/docker_log.h"

/* Days from 1970-01-01, proleptic Gregorian calendar. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
static gint64
days_from_civil(int year, int month, int day)
{
	int y = year - (month <= 2);
	int era = y / 400; /* years are not negative here */
	int of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return (gint64)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* A number of exactly `digits` digits within low … high; -1 otherwise. */
static int
number(const char *s, int digits, int low, int high)
{
	int n = 0;

	for (int i = 0; i < digits; i++) {
		if (!g_ascii_isdigit(s[i]))
			return -1;
		n = n * 10 + (s[i] - '0');
	}
	return n >= low && n <= high ? n : -1;
}

/* ".123" as nanoseconds; `at` moves behind it. */
static gint64
fraction(const char *bytes, gsize len, gsize *at)
{
	gint64 ns = 0, unit = 100000000;

	if (*at >= len || bytes[*at] != '.')
		return 0;
	for ((*at)++; *at < len && g_ascii_isdigit(bytes[*at]); (*at)++, unit /= 10)
		ns += (bytes[*at] - '0') * unit;
	return ns;
}

gboolean
docker_log_stamp(const char *bytes, gsize len, gint64 *ns, gsize *used)
{
	gsize at = 19;
	int year, month, day, hour, minute, second;
	gint64 seconds, part;

	if (len < 21 || bytes[4] != '-' || bytes[7] != '-' || bytes[10] != 'T' || bytes[13] != ':' || bytes[16] != ':')
		return FALSE;
	year = number(bytes, 4, 1970, 2200);
	month = number(bytes + 5, 2, 1, 12);
	day = number(bytes + 8, 2, 1, 31);
	hour = number(bytes + 11, 2, 0, 23);
	minute = number(bytes + 14, 2, 0, 59);
	second = number(bytes + 17, 2, 0, 60);
	if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0)
		return FALSE;
	part = fraction(bytes, len, &at);
	if (at > 29 || at + 1 >= len || bytes[at] != 'Z' || bytes[at + 1] != ' ')
		return FALSE;
	seconds = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
	*ns = seconds * G_GINT64_CONSTANT(1000000000) + part;
	*used = at + 2;
	return TRUE;
}
