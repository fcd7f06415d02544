#include "model/log_line.h"

#include <string.h>

#include "model/log_json.h"

#define TIME_WINDOW 128 /* bytes of a line that are searched for a time */
#define SECOND_US G_GINT64_CONSTANT(1000000)
#define MINUTE_US (60 * SECOND_US)
#define DAY_US (24 * 60 * MINUTE_US)
#define YEAR_2000_US (G_GINT64_CONSTANT(946684800) * SECOND_US)

/* A time found, as far as its minute; the seconds are still text. */
struct minute {
	gint64 us;         /* UTC as if the zone were Z */
	gsize seconds;     /* offset of the seconds' two digits */
	gboolean inferred; /* the year was not told */
	gboolean one_off;  /* what follows the seconds belongs to the minute (a year): no hint for the next line */
};

static gboolean is_digit(char c)
{
	return (guchar)(c - '0') < 10;
}

/* Two digits, or -1. */
static int two(const char *p)
{
	return is_digit(p[0]) && is_digit(p[1]) ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

static int four(const char *p)
{
	int high = two(p), low = two(p + 2);
	return high < 0 || low < 0 ? -1 : high * 100 + low;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March. */
static gint64 days_of(int year, int month, int day)
{
	gint64 y = month <= 2 ? year - 1 : year;
	gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static gboolean date_is_valid(int year, int month, int day)
{
	static const guint8 days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

/* "01:47:19" at offset i of the text, whose date is known. */
static gboolean take_clock(const char *text, gsize len, gsize i, int year, int month, int day, struct minute *out)
{
	if (i + 8 > len || text[i + 2] != ':' || text[i + 5] != ':' || !date_is_valid(year, month, day))
		return FALSE;
	int hour = two(text + i), minute = two(text + i + 3), second = two(text + i + 6);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return FALSE;
	out->us = days_of(year, month, day) * DAY_US + (hour * 60 + minute) * MINUTE_US;
	out->seconds = i + 6;
	return TRUE;
}

/* 2026-11-22T01:47:19, also with a blank for the T and slashes in the date. */
static gboolean take_rfc3339(const char *text, gsize len, gsize i, struct minute *out)
{
	if (i + 19 > len || text[i + 4] != text[i + 7] || (text[i + 4] != '-' && text[i + 4] != '/'))
		return FALSE;
	char between = text[i + 10];
	if (between != 'T' && between != ' ' && between != 't' && between != '_')
		return FALSE;
	return take_clock(text, len, i + 11, four(text + i), two(text + i + 5), two(text + i + 8), out);
}

/* The month that a three-letter name means, 0 when none. */
static int month_of(const char *p)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (int i = 0; i < 12; i++)
		if (memcmp(names + 3 * i, p, 3) == 0)
			return i + 1;
	return 0;
}

/* 22/Nov/2026:01:47:19 */
static gboolean take_common_log(const char *text, gsize len, gsize i, struct minute *out)
{
	if (i + 20 > len || text[i + 2] != '/' || text[i + 6] != '/' || text[i + 11] != ':')
		return FALSE;
	return take_clock(text, len, i + 12, four(text + i + 7), month_of(text + i + 3), two(text + i), out);
}

/* 22 Nov 2026 01:47:19, as redis writes it */
static gboolean take_day_first(const char *text, gsize len, gsize i, struct minute *out)
{
	if (i + 20 > len || text[i + 2] != ' ' || text[i + 6] != ' ' || text[i + 11] != ' ')
		return FALSE;
	return take_clock(text, len, i + 12, four(text + i + 7), month_of(text + i + 3), two(text + i), out);
}

/* Fills in the year that is nearest to now. */
static gboolean take_clock_of_near_year(const char *text, gsize len, gsize i, int month, int day, gint64 now_us, struct minute *out)
{
	int year = 1970 + (int)(now_us / (DAY_US * 1461 / 4));
	gint64 nearest = G_MAXINT64;
	struct minute candidate = { 0 };
	for (int y = year - 1; y <= year + 1; y++) {
		if (!take_clock(text, len, i, y, month, day, &candidate))
			return FALSE;
		gint64 distance = ABS(candidate.us - now_us);
		if (distance < nearest) {
			nearest = distance;
			*out = candidate;
		}
	}
	return TRUE;
}

/* The year that ctime(3) puts after the seconds and their fraction; 0 when there is none. */
static int year_behind(const char *text, gsize len, gsize seconds)
{
	gsize i = seconds + 2;
	if (i < len && text[i] == '.')
		for (i++; i < len && is_digit(text[i]);)
			i++;
	if (i + 5 > len || text[i] != ' ' || text[i + 1] != '2' || (i + 5 < len && text[i + 5] != ']' && text[i + 5] != ' '))
		return 0;
	int year = four(text + i + 1);
	return year < 0 ? 0 : year;
}

/* Nov 22 01:47:19, the day padded with a blank or a zero; ctime's year behind it is taken. */
static gboolean take_syslog(const char *text, gsize len, gsize i, gint64 now_us, struct minute *out)
{
	if (i + 15 > len || text[i + 3] != ' ' || text[i + 6] != ' ' || text[i + 9] != ':')
		return FALSE;
	int month = month_of(text + i);
	int day = text[i + 4] == ' ' && is_digit(text[i + 5]) ? text[i + 5] - '0' : two(text + i + 4);
	if (!month || !take_clock_of_near_year(text, len, i + 7, month, day, now_us, out))
		return FALSE;
	out->inferred = TRUE;
	int year = year_behind(text, len, out->seconds);
	out->one_off = year > 0;
	return !year || take_clock(text, len, i + 7, year, month, day, out);
}

/* E1122 01:47:19.123456 at the start of a line */
static gboolean take_klog(const char *text, gsize len, gint64 now_us, struct minute *out)
{
	if (len < 14 || text[5] != ' ' || !strchr("IWEF", text[0]))
		return FALSE;
	return take_clock_of_near_year(text, len, 6, two(text + 1), two(text + 3), now_us, out);
}

/* "+0100", "+01:00", "+01" or "Z" at offset i, perhaps after one blank; 0 when there is none. */
static gint64 zone_us(const char *text, gsize len, gsize i)
{
	gboolean blank = i < len && text[i] == ' ';
	i += blank;
	if (i + 3 > len || (text[i] != '+' && text[i] != '-'))
		return 0;
	int hours = two(text + i + 1), minutes = 0;
	gsize colon = i + 3 < len && text[i + 3] == ':';
	gboolean has_minutes = i + 5 + colon <= len && two(text + i + 3 + colon) >= 0;
	if (has_minutes)
		minutes = two(text + i + 3 + colon);
	if (hours < 0 || hours > 14 || minutes > 59 || (blank && !has_minutes))
		return 0;
	gint64 us = (hours * 60 + minutes) * MINUTE_US;
	return text[i] == '-' ? -us : us;
}

/* Seconds, fraction and zone behind a minute. The seconds' digits are known to be there. */
static gint64 finish_time(const char *text, gsize len, const struct minute *m)
{
	gint64 us = m->us + two(text + m->seconds) * SECOND_US;
	gsize i = m->seconds + 2;
	if (i + 1 < len && (text[i] == '.' || text[i] == ',') && is_digit(text[i + 1])) {
		gint64 unit = SECOND_US / 10;
		for (i++; i < len && is_digit(text[i]); i++, unit /= 10)
			us += (text[i] - '0') * unit;
	}
	return m->one_off ? us : us - zone_us(text, len, i);
}

/* Seconds (with a fraction), ms, µs or ns since 1970, told apart by their size. */
static gboolean take_epoch(const char *p, gsize len, gint64 *time_us)
{
	gint64 value = 0;
	gsize i = 0;
	for (; i < len && i < 19 && is_digit(p[i]); i++) {
		if (value > (G_MAXINT64 - 9) / 10)
			return FALSE;
		value = value * 10 + (p[i] - '0');
	}
	if (i < 9 || (i < len && is_digit(p[i])))
		return FALSE;
	if (i <= 10) {
		value *= SECOND_US;
		gint64 unit = SECOND_US / 10;
		if (i < len && p[i] == '.')
			for (i++; i < len && is_digit(p[i]); i++, unit /= 10)
				value += (p[i] - '0') * unit;
	} else if (i <= 13) {
		value *= 1000;
	} else if (i > 16) {
		value /= 1000;
	}
	*time_us = value;
	return TRUE;
}

static gboolean is_believable(gint64 time_us, gint64 now_us)
{
	return time_us >= YEAR_2000_US && time_us <= now_us + DAY_US;
}

/* Keeps everything before the seconds for the next line. */
static void keep_hint(struct log_time_hint *hint, const char *text, const struct minute *m)
{
	hint->length = 0;
	if (m->one_off || m->seconds > LOG_TIME_PREFIX_MAX)
		return;
	memcpy(hint->prefix, text, m->seconds);
	hint->length = (guint8)m->seconds;
	hint->minute_us = m->us;
	hint->year_inferred = m->inferred;
}

/* The date and time that starts at offset i, whose character begins a word. */
static gboolean take_date(const char *text, gsize len, gsize i, gint64 now_us, struct minute *out)
{
	if (is_digit(text[i]))
		return take_rfc3339(text, len, i, out) || take_common_log(text, len, i, out) || take_day_first(text, len, i, out);
	return take_syslog(text, len, i, now_us, out);
}

/* Does the value at offset i follow `ts=`, `t=` or `time=`? */
static gboolean after_time_key(const char *text, gsize i)
{
	static const char *const keys[] = { "ts=", "time=", "t=" };
	for (guint k = 0; k < G_N_ELEMENTS(keys); k++) {
		gsize n = strlen(keys[k]);
		if (i >= n && memcmp(text + i - n, keys[k], n) == 0 && (i == n || text[i - n - 1] == ' '))
			return TRUE;
	}
	return FALSE;
}

static gboolean is_alnum(char c)
{
	return is_digit(c) || (guchar)((c | 0x20) - 'a') < 26;
}

/* The first date and time in running text; an epoch behind a key is put in *time_us and found as well. */
enum found { FOUND_NOTHING, FOUND_MINUTE, FOUND_TIME };

static enum found find_in_text(const char *text, gsize len, gint64 now_us, struct minute *m, gint64 *time_us)
{
	gsize window = MIN(len, TIME_WINDOW);
	for (gsize i = 0; i < window; i++) {
		gboolean starts = is_digit(text[i]) || (text[i] >= 'A' && text[i] <= 'S');
		if (!starts || (i && is_alnum(text[i - 1])))
			continue;
		if (take_date(text, len, i, now_us, m))
			return FOUND_MINUTE;
		if (is_digit(text[i]) && after_time_key(text, i) && take_epoch(text + i, len - i, time_us))
			return FOUND_TIME;
	}
	return FOUND_NOTHING;
}

static enum found find_in_json(struct log_json *j, const char *text, gsize len, gint64 now_us, struct minute *m, gint64 *time_us)
{
	static const char *const keys[] = { "time", "ts", "timestamp", "@timestamp", "t", "@t", "datetime", "date", "asctime", NULL };
	while (log_json_next(j)) {
		if (!log_json_key_is(j, keys) || !j->value_length)
			continue;
		if (j->quoted && take_date(text, len, (gsize)(j->value - text), now_us, m))
			return FOUND_MINUTE;
		if (take_epoch(j->value, j->value_length, time_us) && is_believable(*time_us, now_us))
			return FOUND_TIME;
	}
	return FOUND_NOTHING;
}

static enum found find_time(const char *text, gsize len, gint64 now_us, struct minute *m, gint64 *time_us)
{
	struct log_json j;
	if (log_json_start(&j, text, len))
		return find_in_json(&j, text, len, now_us, m, time_us);
	if (take_klog(text, len, now_us, m))
		return FOUND_MINUTE;
	return find_in_text(text, len, now_us, m, time_us);
}

static gboolean hint_fits(const struct log_time_hint *hint, const char *text, gsize len)
{
	gsize n = hint->length;
	if (!n || len < n + 2 || memcmp(hint->prefix, text, n) != 0 || two(text + n) < 0 || two(text + n) > 60)
		return FALSE;
	return !hint->year_inferred || !year_behind(text, len, n);
}

gboolean log_line_time(const char *text, gsize len, gint64 now_us, struct log_time_hint *hint, gint64 *time_us, gsize *end)
{
	struct minute m = { 0 };
	*end = 0;
	if (hint && hint_fits(hint, text, len)) {
		m.us = hint->minute_us;
		m.seconds = hint->length;
		*end = m.seconds + 2;
		*time_us = finish_time(text, len, &m);
		return is_believable(*time_us, now_us);
	}
	enum found found = find_time(text, len, now_us, &m, time_us);
	if (found == FOUND_MINUTE) {
		*time_us = finish_time(text, len, &m);
		*end = m.seconds + 2;
		if (hint)
			keep_hint(hint, text, &m);
	}
	return found != FOUND_NOTHING && is_believable(*time_us, now_us);
}
