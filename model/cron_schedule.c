#include "model/cron_schedule.h"

#include <string.h>

#define MINUTE G_GINT64_CONSTANT(60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define YEARS_AHEAD 8               /* from one 29 February to the next there are at most 8 years (1896 to 1904, 2096 to 2104) */
#define LONG_CHANGE (3 * HOUR)      /* cron.c: from here on it takes the clock as set */
#define JULIAN_1970 719163          /* GDate's number of 1970-01-01 */
#define LAST_SECOND G_GINT64_CONSTANT(250000000000) /* in the year 9892: room for 8 years more */

/* --- parsing --- */

struct field { guint low, high; const char *const *names; const char *problem; };

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL };
static const char *const day_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };
static const struct field fields[] = {
	{ 0, 59, NULL, "bad minute: numbers from 0 to 59, ranges, lists, * and steps" },
	{ 0, 23, NULL, "bad hour: numbers from 0 to 23, ranges, lists, * and steps" },
	{ 1, 31, NULL, "bad day-of-month: numbers from 1 to 31, ranges, lists, * and steps" },
	{ 1, 12, month_names, "bad month: numbers from 1 to 12, jan to dec, ranges, lists, * and steps" },
	{ 0, 7, day_names, "bad day-of-week: numbers from 0 to 7, sun to sat, ranges, lists, * and steps" },
};

static const struct { const char *word, *fields; } macros[] = {
	{ "yearly", "0 0 1 1 *" }, { "annually", "0 0 1 1 *" }, { "monthly", "0 0 1 * *" }, { "weekly", "0 0 * * 0" },
	{ "daily", "0 0 * * *" }, { "midnight", "0 0 * * *" }, { "hourly", "0 * * * *" },
};

static gboolean
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *
skip_blanks(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* A name or a number; NULL when it is neither. Numbers too great for any field stay too great. */
static const char *
parse_number(const char *p, guint low, const char *const *names, guint *out)
{
	gsize len = 0;

	while (g_ascii_isalnum(p[len]))
		len++;
	for (guint i = 0; names && names[i]; i++) {
		if (len == strlen(names[i]) && g_ascii_strncasecmp(p, names[i], len) == 0) {
			*out = i + low;
			return p + len;
		}
	}
	*out = 0;
	for (gsize i = 0; i < len; i++) {
		if (!g_ascii_isdigit(p[i]))
			return NULL;
		*out = MIN(*out * 10 + (guint)(p[i] - '0'), 100000);
	}
	return len > 0 ? p + len : NULL;
}

/* One element of a list. A step stands behind a range or a * only, as in Debian's cron. */
static const char *
parse_range(const char *p, const struct field *f, guint64 *bits)
{
	guint first = f->low, last = f->high, step = 1;
	gboolean is_range = TRUE;

	if (*p == '*') {
		p++;
	} else {
		if (!(p = parse_number(p, f->low, f->names, &first)))
			return NULL;
		is_range = *p == '-';
		last = first;
		if (is_range && !(p = parse_number(p + 1, f->low, f->names, &last)))
			return NULL;
	}
	if (*p == '/' && (!is_range || !(p = parse_number(p + 1, 0, NULL, &step)) || step == 0))
		return NULL;
	if (first < f->low || first > f->high || last < f->low || last > f->high)
		return NULL;
	for (guint i = first; i <= last; i += step)
		*bits |= G_GUINT64_CONSTANT(1) << i;
	return p;
}

static const char *
parse_field(const char *p, const struct field *f, guint64 *bits)
{
	*bits = 0;
	do {
		if (!(p = parse_range(p, f, bits)))
			return NULL;
	} while (*p++ == ',');
	p--;
	while (*p && *p != '\n' && !is_blank(*p))
		p++;
	return skip_blanks(p);
}

static const char *
parse_fields(const char *p, struct cron_schedule *out, const char **problem)
{
	guint64 bits[G_N_ELEMENTS(fields)];
	gboolean star[G_N_ELEMENTS(fields)];

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		star[i] = *p == '*';
		if (!(p = parse_field(p, &fields[i], &bits[i]))) {
			*problem = fields[i].problem;
			return NULL;
		}
	}
	out->minutes = bits[0];
	out->hours = (guint32)bits[1];
	out->days = (guint32)bits[2];
	out->months = (guint16)bits[3];
	out->weekdays = (guint8)((bits[4] | bits[4] >> 7) & 0x7f);
	out->wild = star[0] || star[1];
	out->both_days = star[2] || star[4];
	return p;
}

static const char *
parse_macro(const char *p, struct cron_schedule *out, const char **problem)
{
	gsize len = strcspn(p, " \t\n");

	if (len == strlen("reboot") && strncmp(p, "reboot", len) == 0) {
		out->reboot = TRUE;
		return skip_blanks(p + len);
	}
	for (guint i = 0; i < G_N_ELEMENTS(macros); i++) {
		if (len == strlen(macros[i].word) && strncmp(p, macros[i].word, len) == 0) {
			parse_fields(macros[i].fields, out, problem);
			return skip_blanks(p + len);
		}
	}
	*problem = "bad time specifier: @reboot, @yearly, @annually, @monthly, @weekly, @daily, @midnight or @hourly";
	return NULL;
}

gboolean
cron_schedule_parse(const char *line, struct cron_schedule *out, const char **rest, const char **problem)
{
	const char *p = skip_blanks(line);

	memset(out, 0, sizeof *out);
	*problem = NULL;
	p = *p == '@' ? parse_macro(p + 1, out, problem) : parse_fields(p, out, problem);
	if (rest)
		*rest = p;
	return p != NULL;
}

/* --- the walk over local time: minutes since 1970 as the clock on the wall shows them --- */

static gboolean
day_fits(const struct cron_schedule *s, gint64 day, guint day_of_month)
{
	gboolean by_month = (s->days >> day_of_month) & 1, by_week = (s->weekdays >> ((day + 4) % 7)) & 1;

	return s->both_days ? by_month && by_week : by_month || by_week;
}

/* The first minute of the day from `from` on that fits; -1 when there is none. */
static int
minute_of_day(const struct cron_schedule *s, guint from)
{
	for (guint hour = from / 60; hour < 24; hour++) {
		guint past = hour == from / 60 ? from % 60 : 0;
		guint64 left = s->minutes >> past << past;
		if ((s->hours >> hour & 1) && left)
			return (int)(hour * 60) + __builtin_ctzll(left);
	}
	return -1;
}

/* The first local minute from `from` on that fits; -1 when there is none within 8 years. */
static gint64
next_fit(const struct cron_schedule *s, gint64 from)
{
	gint64 day = from / (24 * 60);
	GDate date;
	guint last_year;

	g_date_clear(&date, 1);
	g_date_set_julian(&date, (guint32)(day + JULIAN_1970));
	last_year = g_date_get_year(&date) + YEARS_AHEAD;
	while (g_date_get_year(&date) <= last_year) {
		guint of_month = g_date_get_day(&date);
		int minute = -1;
		guint skip = 1;
		if (!(s->months >> g_date_get_month(&date) & 1))
			skip = g_date_get_days_in_month(g_date_get_month(&date), g_date_get_year(&date)) - of_month + 1;
		else if (day_fits(s, day, of_month))
			minute = minute_of_day(s, day == from / (24 * 60) ? (guint)(from % (24 * 60)) : 0);
		if (minute >= 0)
			return day * 24 * 60 + minute;
		g_date_add_days(&date, skip);
		day += skip;
	}
	return -1;
}

/* --- local time and UTC, both in seconds --- */

static gint64
offset_at(GTimeZone *zone, gint64 utc)
{
	return g_time_zone_get_offset(zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, utc));
}

/* The second at which the offset changes between the two, which have different ones. */
static gint64
change_between(GTimeZone *zone, gint64 low, gint64 high)
{
	gint64 before = offset_at(zone, low);

	while (high - low > 1) {
		gint64 middle = low + (high - low) / 2;
		if (offset_at(zone, middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The change by which the clock goes back within three hours after `utc`; 0 when there is none. */
static gint64
fold_after(GTimeZone *zone, gint64 utc)
{
	return offset_at(zone, utc) > offset_at(zone, utc + LONG_CHANGE) ? change_between(zone, utc, utc + LONG_CHANGE) : 0;
}

/* A local time as UTC: once, twice, or not at all, when `first` is the second of the change that skips it. */
struct instants { guint count; gint64 first, second; gboolean set; /* skipped by a change so long that cron takes the clock as set */ };

static struct instants
instants_of(GTimeZone *zone, gint64 local)
{
	gint64 low = local - DAY, high = local + DAY, before = offset_at(zone, low), after = offset_at(zone, high);
	struct instants t = { .count = 0 };

	if (before == after)
		return (struct instants){ .count = 1, .first = local - before };
	if (offset_at(zone, local - before) == before)
		t = (struct instants){ .count = 1, .first = local - before };
	if (offset_at(zone, local - after) == after) {
		*(t.count ? &t.second : &t.first) = local - after;
		t.count++;
	}
	if (t.count == 0) {
		t.first = change_between(zone, low, high);
		t.set = after - before >= LONG_CHANGE;
	}
	return t;
}

/* The latest local minute that the clock has shown up to then: cron's virtualTime. */
static gint64
latest_minute(GTimeZone *zone, gint64 utc)
{
	gint64 fold = fold_after(zone, utc - LONG_CHANGE), now = (utc + offset_at(zone, utc)) / MINUTE;

	return fold && fold <= utc ? MAX(now, (fold + offset_at(zone, fold - 1)) / MINUTE - 1) : now;
}

static gint64
next_fixed(const struct cron_schedule *s, GTimeZone *zone, gint64 after, gboolean *moved)
{
	gint64 minute = latest_minute(zone, after);

	while ((minute = next_fit(s, minute + 1)) >= 0) {
		struct instants t = instants_of(zone, minute * MINUTE);
		if (t.set)
			continue;
		*moved = t.count == 0;
		return t.count == 2 && t.first <= after ? t.second : t.first;
	}
	return 0;
}

static gint64
next_wild(const struct cron_schedule *s, GTimeZone *zone, gint64 after)
{
	gint64 offset = offset_at(zone, after), minute = next_fit(s, (after + offset) / MINUTE + 1), fold = fold_after(zone, after);

	/* What is left of the first pass through the hour that is repeated, then the second. */
	if (fold && (minute < 0 || minute * MINUTE - offset >= fold)) {
		after = fold - 1;
		minute = next_fit(s, (fold + offset_at(zone, fold)) / MINUTE);
	}
	for (; minute >= 0; minute = next_fit(s, minute + 1)) {
		struct instants t = instants_of(zone, minute * MINUTE);
		if (t.count >= 1 && t.first > after)
			return t.first;
		if (t.count == 2 && t.second > after)
			return t.second;
	}
	return 0;
}

static gint64
next_second(const struct cron_schedule *s, GTimeZone *zone, gint64 after, gboolean *moved)
{
	*moved = FALSE;
	if (s->reboot || after > LAST_SECOND)
		return 0;
	return s->wild ? next_wild(s, zone, after) : next_fixed(s, zone, after, moved);
}

gint64
cron_schedule_next(const struct cron_schedule *s, GTimeZone *zone, gint64 after_us, gboolean *moved)
{
	gboolean ignored;

	return next_second(s, zone, MAX(after_us / G_USEC_PER_SEC, 2 * DAY), moved ? moved : &ignored) * G_USEC_PER_SEC;
}

/* The runs are only known forwards: the stretch between the first of 8 years and the time is halved until nothing fits between. */
gint64
cron_schedule_previous(const struct cron_schedule *s, GTimeZone *zone, gint64 at_us)
{
	gint64 at = at_us / G_USEC_PER_SEC, low, high = at;
	gboolean moved;

	low = next_second(s, zone, MAX(at - YEARS_AHEAD * 366 * DAY, 2 * DAY), &moved);
	if (low == 0 || low > at)
		return 0;
	while (high - low >= MINUTE) {
		gint64 middle = low + (high - low) / 2, run = next_second(s, zone, middle, &moved);
		if (run && run <= at)
			low = run;
		else
			high = middle;
	}
	return low * G_USEC_PER_SEC;
}
