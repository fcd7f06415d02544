/* Figures in the house form: the second half of tui/text.h. */
#include "tui/text.h"

#include <math.h>

#include "tui/glyph.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

const char *text_unknown(void)
{
	return glyph(GLYPH_DASH);
}

static void put_unknown(char *out, gsize size)
{
	g_strlcpy(out, text_unknown(), size);
}

/* One decimal below ten, none from there on, with the point of no locale. `unit` may be "". */
static void put_short(double value, const char *unit, char *out, gsize size)
{
	char digits[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(digits, sizeof digits, value < 9.95 ? "%.1f" : "%.0f", value);
	g_snprintf(out, size, "%s%s", digits, unit);
}

void text_bytes(double bytes, char *out, gsize size)
{
	static const char *const units[] = {"", "K", "M", "G", "T", "P", "E"};
	guint unit = 0;

	if (!isfinite(bytes) || bytes < 0) {
		put_unknown(out, size);
		return;
	}
	for (; bytes >= 999.5 && unit + 1 < G_N_ELEMENTS(units); unit++)
		bytes /= 1024;
	if (unit == 0)
		g_snprintf(out, size, "%d", (int)lround(bytes));
	else
		put_short(bytes, units[unit], out, size);
}

void text_age(gint64 seconds, char *out, gsize size)
{
	if (seconds < 0)
		put_unknown(out, size);
	else if (seconds < MINUTE)
		g_snprintf(out, size, "%ds", (int)seconds);
	else if (seconds < HOUR)
		g_snprintf(out, size, "%dm", (int)(seconds / MINUTE));
	else if (seconds < DAY)
		g_snprintf(out, size, "%dh", (int)(seconds / HOUR));
	else
		g_snprintf(out, size, "%" G_GINT64_FORMAT "d", seconds / DAY);
}

void text_duration(gint64 seconds, char *out, gsize size)
{
	gint64 days = seconds / DAY;
	int hours = (int)(seconds % DAY / HOUR), minutes = (int)(seconds % HOUR / MINUTE), rest = (int)(seconds % MINUTE);

	if (seconds >= MINUTE && seconds < HOUR && rest > 0)
		g_snprintf(out, size, "%dm%02ds", minutes, rest);
	else if (seconds >= HOUR && seconds < DAY && minutes > 0)
		g_snprintf(out, size, "%dh%02d", hours, minutes);
	else if (days >= 1 && days < 10 && hours > 0)
		g_snprintf(out, size, "%dd%dh", (int)days, hours);
	else
		text_age(seconds, out, size);
}

void text_percent(double percent, char *out, gsize size)
{
	if (!isfinite(percent) || percent < 0)
		put_unknown(out, size);
	else
		put_short(percent, "", out, size);
}

void text_count(guint64 n, char *out, gsize size)
{
	char digits[24], grouped[32];
	int length = g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, n), used = 0;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			grouped[used++] = ',';
		grouped[used++] = digits[i];
	}
	grouped[used] = '\0';
	g_strlcpy(out, grouped, size);
}

void text_clock(gint64 utc_us, char *out, gsize size)
{
	gint64 seconds = utc_us / G_USEC_PER_SEC - (utc_us % G_USEC_PER_SEC < 0);
	int of_day = (int)(((seconds % DAY) + DAY) % DAY);

	g_snprintf(out, size, "%02d:%02d:%02dZ", of_day / HOUR, of_day % HOUR / MINUTE, of_day % MINUTE);
}
