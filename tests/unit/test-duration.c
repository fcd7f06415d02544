/* Spans of time as people write them. */
#include "model/duration.h"

static void
test_spans(void)
{
	static const struct { const char *text; gint64 seconds; } good[] = {
		{ "0s", 0 }, { "10s", 10 }, { "30m", 1800 }, { "2h", 7200 }, { "7d", 604800 }, { "1h30m", 5400 }, { "1d2h3m4s", 93784 }, { "90m", 5400 },
		{ "100000d", DURATION_MAX_S },
	};
	static const char *const bad[] = {
		"", "s", "10", " 10s", "10 s", "-1s", "+1s", "1.5h", "30m1h", "1m1m", "10S", "1w", "1ms", "10s ", "100001d", "100000d1s", "99999999999999999999s", "0x5s",
	};

	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		gint64 seconds = -1;
		g_assert_true(duration_parse(good[i].text, &seconds));
		g_assert_cmpint(seconds, ==, good[i].seconds);
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		gint64 seconds = -1;
		g_test_message("%s", bad[i]);
		g_assert_false(duration_parse(bad[i], &seconds));
		g_assert_cmpint(seconds, ==, -1);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/duration/spans", test_spans);
	return g_test_run();
}
