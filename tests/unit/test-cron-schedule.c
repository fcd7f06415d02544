/* Cron's time fields: what is refused, the reference's vectors, changes of the clock, and a simulation of cron's own loop. */
#include "model/cron_schedule.h"

#include <string.h>

static GTimeZone *
zone_of(const char *name)
{
	GTimeZone *zone = g_time_zone_new_identifier(name);

	g_assert_nonnull(zone);
	return zone;
}

/* "2026-11-22T01:02" on the wall of the zone, or with Z in UTC, in microseconds. */
static gint64
at(const char *text, GTimeZone *zone)
{
	g_autofree char *full = g_str_has_suffix(text, "Z") ? g_strdup(text) : g_strconcat(text, ":00", NULL);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full, zone);

	g_assert_nonnull(time);
	return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

static char *
shown(gint64 us, GTimeZone *zone)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
	g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);

	return us ? g_date_time_format(local, "%a %Y-%m-%d %H:%M %z") : g_strdup("none");
}

static struct cron_schedule
parsed(const char *text)
{
	struct cron_schedule s;
	const char *problem;

	if (!cron_schedule_parse(text, &s, NULL, &problem))
		g_error("\"%s\": %s", text, problem);
	return s;
}

/* The runs that follow one another from a time on. */
static void
expect_runs(const char *expression, const char *zone_name, const char *from, const char *const *expected)
{
	struct cron_schedule s = parsed(expression);
	g_autoptr(GTimeZone) zone = zone_of(zone_name);
	gint64 time = at(from, zone), before = 0;

	for (guint i = 0; expected[i]; i++) {
		gboolean moved;
		gint64 next = cron_schedule_next(&s, zone, time, &moved);
		g_autofree char *day = shown(next, zone);
		g_autofree char *got = g_strconcat(day, moved ? " moved" : "", NULL);
		g_test_message("%s: %s", expression, got);
		g_assert_cmpstr(got, ==, expected[i]);
		if (next == 0)
			return;
		if (before)
			g_assert_cmpint(cron_schedule_previous(&s, zone, next - 1), ==, before);
		g_assert_cmpint(cron_schedule_previous(&s, zone, next), ==, next);
		time = before = next;
	}
}

#define EXPECT_RUNS(expression, zone, from, ...) expect_runs(expression, zone, from, (const char *const[]){ __VA_ARGS__, NULL })

static void
test_vectors(void)
{
	EXPECT_RUNS("0 0 1,15 * 5", "UTC", "2026-11-22T00:00", "Fri 2026-11-27 00:00 +0000", "Tue 2026-12-01 00:00 +0000",
	            "Fri 2026-12-04 00:00 +0000", "Fri 2026-12-11 00:00 +0000", "Tue 2026-12-15 00:00 +0000");
	EXPECT_RUNS("0 0 */2 * 1", "UTC", "2026-11-22T00:00", "Mon 2026-11-23 00:00 +0000", "Mon 2026-12-07 00:00 +0000");
	EXPECT_RUNS("0 8 * * 1", "UTC", "2026-11-22T00:00", "Mon 2026-11-23 08:00 +0000", "Mon 2026-11-30 08:00 +0000");
	EXPECT_RUNS("0 0 30 2 *", "UTC", "2026-11-22T00:00", "none");
	EXPECT_RUNS("0 0 29 2 *", "UTC", "2026-11-22T00:00", "Tue 2028-02-29 00:00 +0000", "Sun 2032-02-29 00:00 +0000");
	EXPECT_RUNS("0 0 29 2 *", "UTC", "2096-03-01T00:00", "Fri 2104-02-29 00:00 +0000");
	EXPECT_RUNS("59 23 31 12 *", "UTC", "2026-11-22T00:00", "Thu 2026-12-31 23:59 +0000", "Fri 2027-12-31 23:59 +0000");
	EXPECT_RUNS("0 0 13 * 5", "UTC", "2026-11-22T00:00", "Fri 2026-11-27 00:00 +0000", "Fri 2026-12-04 00:00 +0000");
	EXPECT_RUNS("5-3 * * * *", "UTC", "2026-11-22T00:00", "none");
}

static void
test_macros(void)
{
	EXPECT_RUNS("@hourly", "UTC", "2026-11-22T10:30", "Sun 2026-11-22 11:00 +0000");
	EXPECT_RUNS("@daily", "UTC", "2026-11-22T10:30", "Mon 2026-11-23 00:00 +0000");
	EXPECT_RUNS("@midnight x", "UTC", "2026-11-22T10:30", "Mon 2026-11-23 00:00 +0000");
	EXPECT_RUNS("@weekly", "UTC", "2026-11-22T10:30", "Sun 2026-11-29 00:00 +0000");
	EXPECT_RUNS("@monthly", "UTC", "2026-11-22T10:30", "Tue 2026-12-01 00:00 +0000");
	EXPECT_RUNS("@yearly", "UTC", "2026-11-22T10:30", "Fri 2027-01-01 00:00 +0000");
	EXPECT_RUNS("@annually", "UTC", "2026-11-22T10:30", "Fri 2027-01-01 00:00 +0000");
	EXPECT_RUNS("@reboot", "UTC", "2026-11-22T10:30", "none");
}

static void
test_berlin(void)
{
	/* 02:00 to 03:00 does not exist on 2027-03-28 and is there twice on 2026-10-25. */
	EXPECT_RUNS("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00", "Sun 2027-03-28 03:00 +0200 moved", "Mon 2027-03-29 02:30 +0200");
	EXPECT_RUNS("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "Sun 2026-10-25 02:30 +0200", "Mon 2026-10-26 02:30 +0100");
	EXPECT_RUNS("30 * * * *", "Europe/Berlin", "2027-03-28T01:00", "Sun 2027-03-28 01:30 +0100", "Sun 2027-03-28 03:30 +0200");
	EXPECT_RUNS("30 * * * *", "Europe/Berlin", "2026-10-25T01:45", "Sun 2026-10-25 02:30 +0200", "Sun 2026-10-25 02:30 +0100",
	            "Sun 2026-10-25 03:30 +0100");
	EXPECT_RUNS("*/30 2 * * *", "Europe/Berlin", "2027-03-27T12:00", "Mon 2027-03-29 02:00 +0200");
	EXPECT_RUNS("0 3 * * *", "Europe/Berlin", "2027-03-27T12:00", "Sun 2027-03-28 03:00 +0200", "Mon 2027-03-29 03:00 +0200");
	/* Within the second pass what has fixed times has run already, also that of the rest of the hour. */
	EXPECT_RUNS("45 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "Mon 2026-10-26 02:45 +0100");
}

static void
test_new_york(void)
{
	EXPECT_RUNS("30 2 * * *", "America/New_York", "2027-03-13T12:00", "Sun 2027-03-14 03:00 -0400 moved", "Mon 2027-03-15 02:30 -0400");
	EXPECT_RUNS("30 1 * * *", "America/New_York", "2026-10-31T12:00", "Sun 2026-11-01 01:30 -0400", "Mon 2026-11-02 01:30 -0500");
	EXPECT_RUNS("*/20 1 1 11 *", "America/New_York", "2026-11-01T00:00", "Sun 2026-11-01 01:00 -0400", "Sun 2026-11-01 01:20 -0400",
	            "Sun 2026-11-01 01:40 -0400", "Sun 2026-11-01 01:00 -0500", "Sun 2026-11-01 01:20 -0500", "Sun 2026-11-01 01:40 -0500",
	            "Mon 2027-11-01 01:00 -0400");
	EXPECT_RUNS("@daily", "America/New_York", "2027-03-13T12:00", "Sun 2027-03-14 00:00 -0500", "Mon 2027-03-15 00:00 -0400");
}

/* Samoa left out the 30th of December 2011, Lord Howe moves by half an hour, in São Paulo midnight was left out. */
static void
test_odd_changes(void)
{
	EXPECT_RUNS("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00", "Thu 2011-12-29 12:00 -1000", "Sat 2011-12-31 12:00 +1400");
	EXPECT_RUNS("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", "Sun 2026-10-04 02:30 +1100 moved", "Mon 2026-10-05 02:15 +1100");
	EXPECT_RUNS("@daily", "America/Sao_Paulo", "2017-10-14T12:00", "Sun 2017-10-15 01:00 -0200 moved", "Mon 2017-10-16 00:00 -0200");
}

static void
test_refused(void)
{
	static const struct { const char *text, *problem; } cases[] = {
		{ "", "bad minute" }, { "60 * * * *", "bad minute" }, { "x * * * *", "bad minute" }, { "-1 * * * *", "bad minute" },
		{ "1/20 * * * *", "bad minute" }, { "*/0 * * * *", "bad minute" }, { "5-64/30 * * * *", "bad minute" }, { "1,,2 * * * *", "bad minute" },
		{ "1, 2 * * *", "bad minute" }, { "5x * * * *", "bad minute" }, { "*/x * * * *", "bad minute" }, { "4294967296 * * * *", "bad minute" },
		{ "0 24 * * *", "bad hour" }, { "0", "bad hour" }, { "0 0 0 * *", "bad day-of-month" }, { "0 0 32 * *", "bad day-of-month" },
		{ "0 0 * 13 *", "bad month" }, { "0 0 * 0 *", "bad month" }, { "0 0 * january *", "bad month" }, { "0 0 * * 8", "bad day-of-week" },
		{ "0 0 * *", "bad day-of-week" }, { "0 0 * * mo", "bad day-of-week" }, { "0 0 ? * *", "bad day-of-month" }, { "0 0 L * *", "bad day-of-month" },
		{ "0 0 * * 1#2", NULL }, { "~ * * * *", "bad minute" }, { "@fortnightly", "bad time specifier" }, { "@", "bad time specifier" },
		{ "@Daily", "bad time specifier" }, { "@every_minute", "bad time specifier" }, { "5;x * * * *", NULL }, { "0 0 * * sun-sat", NULL },
		{ "\t 0\t0 * JAN-Mar 7", NULL }, { "@daily", NULL }, { "5-3 * * * *", NULL },
	};
	struct cron_schedule s;
	const char *problem;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(cron_schedule_parse(cases[i].text, &s, NULL, &problem), ==, cases[i].problem == NULL);
		g_assert_true(cases[i].problem ? g_str_has_prefix(problem, cases[i].problem) : problem == NULL);
	}
}

static void
test_fields(void)
{
	struct cron_schedule s;
	const char *rest, *problem;

	g_assert_true(cron_schedule_parse(" 0-10/5,59  *\t7,mon 1  sat  /bin/true # x", &s, &rest, &problem) == FALSE);
	g_assert_true(cron_schedule_parse(" 0-10/5,59  *\t7,8 1  sat,7  /bin/true # x", &s, &rest, &problem));
	g_assert_cmpstr(rest, ==, "/bin/true # x");
	g_assert_cmpuint(s.minutes, ==, 1u | 1u << 5 | 1u << 10 | G_GUINT64_CONSTANT(1) << 59);
	g_assert_cmpuint(s.hours, ==, 0xffffff);
	g_assert_cmpuint(s.days, ==, 1u << 7 | 1u << 8);
	g_assert_cmpuint(s.months, ==, 1u << 1);
	g_assert_cmpuint(s.weekdays, ==, 1u << 6 | 1u);
	g_assert_true(s.wild && !s.both_days);
	g_assert_true(cron_schedule_parse("0 0 1,* * 1", &s, NULL, &problem));
	g_assert_false(s.both_days); /* the field does not begin with the star */
}

/* Times that no host's clock shows do not make it loop or overflow. */
static void
test_extreme_times(void)
{
	struct cron_schedule s = parsed("0 0 29 2 *"), each = parsed("* * * * *");
	g_autoptr(GTimeZone) zone = zone_of("Europe/Berlin");

	g_assert_cmpint(cron_schedule_next(&s, zone, G_MININT64, NULL), >, 0);
	g_assert_cmpint(cron_schedule_next(&s, zone, G_MAXINT64, NULL), ==, 0);
	g_assert_cmpint(cron_schedule_previous(&s, zone, G_MAXINT64), ==, 0);
	g_assert_cmpint(cron_schedule_previous(&each, zone, 0), ==, 0);
}

/* --- against tests/unit/cron_simulation.py --- */

static char *
simulate(guint seed, guint count)
{
	g_autofree char *script = g_test_build_filename(G_TEST_DIST, "cron_simulation.py", NULL);
	g_autofree char *first = g_strdup_printf("%u", seed), *second = g_strdup_printf("%u", count);
	char *argv[] = { "/usr/bin/python3", "-B", script, first, second, NULL };
	g_autoptr(GError) error = NULL;
	char *output = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error)
	    || !g_spawn_check_wait_status(status, &error))
		g_error("%s: %s", script, error->message);
	return output;
}

static void
compare(const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, "\t", -1);
	struct cron_schedule s = parsed(words[0]);
	g_autoptr(GTimeZone) zone = zone_of(words[1]);
	gint64 start = g_ascii_strtoll(words[2], NULL, 10), time = start, last = cron_schedule_previous(&s, zone, start * G_USEC_PER_SEC) / G_USEC_PER_SEC;

	if (strcmp(words[3], "-") != 0 ? last != g_ascii_strtoll(words[3], NULL, 10) : last > start - 12 * 24 * 3600)
		g_error("%s: last run %" G_GINT64_FORMAT, line, last);
	for (guint i = 4; words[i]; i++) {
		gboolean moved;
		time = cron_schedule_next(&s, zone, time * G_USEC_PER_SEC, &moved) / G_USEC_PER_SEC;
		if (time != g_ascii_strtoll(words[i], NULL, 10) || moved != g_str_has_suffix(words[i], "*"))
			g_error("%s: next run %u is %" G_GINT64_FORMAT "%s", line, i - 3, time, moved ? "*" : "");
	}
}

static void
test_simulation(void)
{
	static const guint seeds[] = { 20261122, 20270328, 3 };
	guint cases = 0, moved = 0;

	for (guint i = 0; i < G_N_ELEMENTS(seeds); i++) {
		g_autofree char *output = simulate(seeds[i], 800);
		g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
		g_test_message("seed %u", seeds[i]);
		for (guint n = 0; lines[n] && *lines[n]; n++) {
			compare(lines[n]);
			cases++;
			moved += g_str_has_suffix(lines[n], "*") || strstr(lines[n], "*\t1");
		}
	}
	g_assert_cmpuint(cases, ==, 2400);
	g_test_message("%u cases, %u with a run in a skipped hour", cases, moved);
	g_assert_cmpuint(moved, >=, 10);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cron-schedule/vectors", test_vectors);
	g_test_add_func("/cron-schedule/macros", test_macros);
	g_test_add_func("/cron-schedule/berlin", test_berlin);
	g_test_add_func("/cron-schedule/new-york", test_new_york);
	g_test_add_func("/cron-schedule/odd-changes", test_odd_changes);
	g_test_add_func("/cron-schedule/refused", test_refused);
	g_test_add_func("/cron-schedule/fields", test_fields);
	g_test_add_func("/cron-schedule/extreme-times", test_extreme_times);
	g_test_add_func("/cron-schedule/simulation", test_simulation);
	return g_test_run();
}
