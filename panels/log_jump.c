#include "panels/log_jump.h"

#include <string.h>

#define JUMP_ERROR g_quark_from_static_string("midwatch-log-jump")
#define DAY_US (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define AGO_DIGITS_MAX 6

/* Takes exactly `digits` digits off the text. */
static gboolean take_number(const char **at, guint digits, int *out)
{
	*out = 0;
	for (guint i = 0; i < digits; i++, (*at)++) {
		if (!g_ascii_isdigit(**at))
			return FALSE;
		*out = *out * 10 + (**at - '0');
	}
	return TRUE;
}

static gboolean take_char(const char **at, char c)
{
	if (**at != c)
		return FALSE;
	(*at)++;
	return TRUE;
}

static gboolean parse_ago(const char *at, gint64 now_us, gint64 *time_us)
{
	static const struct { char unit; gint64 seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	gsize digits = strspn(at, "0123456789");
	int n;

	if (digits == 0 || digits > AGO_DIGITS_MAX || !take_number(&at, (guint)digits, &n) || !*at || at[1])
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(units); i++)
		if (units[i].unit == *at) {
			*time_us = now_us - n * units[i].seconds * G_USEC_PER_SEC;
			return TRUE;
		}
	return FALSE;
}

/* "1:38" and "01:38" and "01:38:05", to the end of the text. */
static gboolean parse_clock(const char *at, gint64 *us)
{
	int h, m, s = 0;

	if (!take_number(&at, g_ascii_isdigit(at[0]) && g_ascii_isdigit(at[1]) ? 2 : 1, &h) || !take_char(&at, ':') || !take_number(&at, 2, &m))
		return FALSE;
	if (*at == ':' && (!take_char(&at, ':') || !take_number(&at, 2, &s)))
		return FALSE;
	take_char(&at, 'Z');
	*us = (h * G_GINT64_CONSTANT(3600) + m * 60 + s) * G_USEC_PER_SEC;
	return !*at && h < 24 && m < 60 && s < 60;
}

static gboolean parse_date(const char *at, gint64 *time_us)
{
	g_autoptr(GDateTime) date = NULL;
	int year, month, day;
	gint64 clock = 0;

	if (!take_number(&at, 4, &year) || !take_char(&at, '-') || !take_number(&at, 2, &month) || !take_char(&at, '-') ||
	    !take_number(&at, 2, &day))
		return FALSE;
	if (*at && ((*at != ' ' && *at != 'T') || !parse_clock(at + 1, &clock)))
		return FALSE;
	date = g_date_time_new_utc(year, month, day, 0, 0, 0);
	if (!date)
		return FALSE;
	*time_us = g_date_time_to_unix(date) * G_USEC_PER_SEC + clock;
	return TRUE;
}

gboolean log_jump_parse(const char *text, gint64 now_us, gint64 *time_us, GError **error)
{
	g_autofree char *word = g_strstrip(g_strdup(text));
	gint64 clock;

	if (*word == '-' ? parse_ago(word + 1, now_us, time_us) : parse_date(word, time_us))
		return TRUE;
	if (parse_clock(word, &clock)) {
		*time_us = now_us - now_us % DAY_US + clock;
		*time_us -= *time_us > now_us ? DAY_US : 0;
		return TRUE;
	}
	g_set_error(error, JUMP_ERROR, 0, "\"%s\" is no time: write 01:38, 01:38:05, 2026-11-22 01:38 (UTC), or -5m, -2h, -1d", word);
	return FALSE;
}
