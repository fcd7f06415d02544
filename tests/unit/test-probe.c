/* The host probe: recorded answers, missing parts, rates. */
#include "model/probe.h"

#include <math.h>
#include <string.h>

static void
load(const char *name, char **text, gsize *len)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "probe", name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, text, len, &error);
	g_assert_no_error(error);
}

static void
test_recorded(void)
{
	g_autofree char *text = NULL;
	const char *problem;
	struct probe p;
	gsize len;

	load("debian.txt", &text, &len);
	g_assert_true(probe_parse(text, len, 77, &p, &problem));
	g_assert_null(problem);
	g_assert_cmpint(p.at_us, ==, 77);
	g_assert_cmpuint(p.cpus, ==, 2);
	g_assert_cmpuint(p.mem_total, ==, 24684092ull * 1024);
	g_assert_true(p.has_disk);
	g_assert_cmpuint(p.disk_used, >, 0);
	g_assert_cmpstr(p.kernel, ==, "6.1.0-18-amd64");
	g_assert_cmpstr(p.hostname, ==, "srv1");
	g_assert_cmpfloat(p.uptime_s, >, 0);
	g_assert_cmpint(p.host_time_us, >, 0);
}

/* Guest time is part of user time: the total is the sum of the first eight fields only. */
static void
test_total_without_guest(void)
{
	static const char text[] = "@stat\ncpu  100 1 2 1000 3 4 5 6 90 9\n@meminfo\nMemTotal: 8 kB\nMemAvailable: 4 kB\n@end\n";
	const char *problem;
	struct probe p;

	g_assert_true(probe_parse(text, strlen(text), 1, &p, &problem));
	g_assert_cmpuint(p.cpu_total, ==, 100 + 1 + 2 + 1000 + 3 + 4 + 5 + 6);
	g_assert_cmpuint(p.cpu_steal, ==, 6);
	g_assert_false(p.has_disk);
	g_assert_false(p.has_pressure);
	g_assert_cmpint(probe_disk_percent(&p), ==, -1);
}

static void
test_cut(void)
{
	static const char *const texts[] = {
		"", "@stat\ncpu  1 2 3 4 5 6 7 8\n@meminfo\nMemTotal: 8 kB\n", "@stat\n@meminfo\nMemTotal: 8 kB\n@end\n", "@stat\ncpu  1 2 3\n@end\n",
	};
	const char *problem;
	struct probe p;

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_assert_false(probe_parse(texts[i], strlen(texts[i]), 1, &p, &problem));
		g_assert_nonnull(problem);
	}
}

static void
test_hostile_names(void)
{
	static const char text[] = "@stat\ncpu  1 2 3 4 5 6 7 8\n@meminfo\nMemTotal: 8 kB\n@date\n99999999999999999999\n@uname\n6.1\033[2J\nevil\xe2\x80\xaename\n@end\n";
	const char *problem;
	struct probe p;

	g_assert_true(probe_parse(text, strlen(text), 1, &p, &problem));
	g_assert_null(strchr(p.kernel, '\033'));
	g_assert_null(strstr(p.hostname, "\xe2\x80\xae"));
	g_assert_true(g_utf8_validate(p.hostname, -1, NULL));
}

/* A name of characters of three bytes that is longer than its place ends at a character. */
static void
test_long_names(void)
{
	g_autoptr(GString) text = g_string_new("@stat\ncpu  1 2 3 4 5 6 7 8\n@meminfo\nMemTotal: 8 kB\n@uname\n6.1\n");
	const char *problem;
	struct probe p;

	for (guint i = 0; i < 100; i++)
		g_string_append(text, "\xe2\x82\xac");
	g_string_append(text, "\n@end\n");
	g_assert_true(probe_parse(text->str, text->len, 1, &p, &problem));
	g_assert_cmpuint(strlen(p.hostname), ==, 63);
	g_assert_true(g_utf8_validate(p.hostname, -1, NULL));
	g_assert_cmpstr(p.zone, ==, "");
}

static struct probe
sample(gint64 s, guint64 total, guint64 steal, guint64 idle)
{
	return (struct probe){ .at_us = s * G_USEC_PER_SEC, .cpu_total = total, .cpu_steal = steal, .cpu_idle = idle, .uptime_s = (double)s };
}

static void
test_rates(void)
{
	struct probe a = sample(10, 1000, 10, 500), b = sample(15, 2000, 92, 1300);
	struct probe_rates r;

	probe_rates_compute(&a, &b, &r);
	g_assert_true(r.known);
	g_assert_cmpfloat_with_epsilon(r.steal_percent, 8.2, 0.001);
	g_assert_cmpfloat_with_epsilon(r.busy_percent, 20, 0.001);
	g_assert_true(isnan(r.days_to_full));
	b.uptime_s = 1; /* rebooted in between */
	probe_rates_compute(&a, &b, &r);
	g_assert_false(r.known);
	probe_rates_compute(&a, &a, &r);
	g_assert_false(r.known);
	b = sample(15, 2000, 5, 1300); /* a counter that ran backwards (migration) */
	probe_rates_compute(&a, &b, &r);
	g_assert_false(r.known);
}

static void
test_disk(void)
{
	struct probe a = { .at_us = 0, .has_disk = TRUE, .disk_used = 100, .disk_available = 900 };
	struct probe b = { .at_us = 1800 * G_USEC_PER_SEC, .has_disk = TRUE, .disk_used = 110, .disk_available = 890 };
	struct probe_rates r = { .days_to_full = NAN, .disk_bytes_per_day = NAN };

	g_assert_cmpint(probe_disk_percent(&b), ==, 11);
	a.disk_used = 101; /* df rounds up */
	g_assert_cmpint(probe_disk_percent(&a), ==, 11);
	a.disk_used = 100;
	probe_disk_slope(&a, &b, &r);
	g_assert_true(isnan(r.days_to_full)); /* half an hour says nothing */
	b.at_us = 86400ll * G_USEC_PER_SEC;
	probe_disk_slope(&a, &b, &r);
	g_assert_cmpfloat_with_epsilon(r.disk_bytes_per_day, 10, 0.001);
	g_assert_cmpfloat_with_epsilon(r.days_to_full, 89, 0.001);
	b.disk_used = 90;
	r.days_to_full = NAN;
	probe_disk_slope(&a, &b, &r);
	g_assert_true(isnan(r.days_to_full)); /* not filling */
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/probe/recorded", test_recorded);
	g_test_add_func("/probe/total-without-guest", test_total_without_guest);
	g_test_add_func("/probe/cut", test_cut);
	g_test_add_func("/probe/hostile-names", test_hostile_names);
	g_test_add_func("/probe/long-names", test_long_names);
	g_test_add_func("/probe/rates", test_rates);
	g_test_add_func("/probe/disk", test_disk);
	return g_test_run();
}
