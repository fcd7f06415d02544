#include "backends/backoff.h"

static double fixed;

static double
fixed_random(void)
{
	return fixed;
}

static void
check_steps(double random, const guint *expected, guint count)
{
	struct backoff b;

	fixed = random;
	backoff_init(&b, fixed_random);
	for (guint i = 0; i < count; i++)
		g_assert_cmpuint(backoff_next_ms(&b), ==, expected[i]);
}

static void
test_doubles(void)
{
	static const guint low[] = { 2000, 2000, 4000, 8000, 16000, 30000, 30000 };
	static const guint middle[] = { 2500, 4000, 8000, 16000, 32000, 45000, 45000 };

	check_steps(0.0, low, G_N_ELEMENTS(low));
	check_steps(0.5, middle, G_N_ELEMENTS(middle));
}

static void
test_bounds(void)
{
	struct backoff b;
	guint smallest = G_MAXUINT, largest = 0;

	backoff_init(&b, g_random_double);
	for (guint i = 0; i < 10000; i++) {
		guint wait = backoff_next_ms(&b);
		smallest = MIN(smallest, wait);
		largest = MAX(largest, wait);
		if (i % 7 == 0)
			backoff_reset(&b);
	}
	g_assert_cmpuint(smallest, >=, BACKOFF_MIN_MS);
	g_assert_cmpuint(largest, <=, BACKOFF_MAX_MS);
	g_assert_cmpuint(largest, >, smallest); /* jitter */
}

static void
test_first_is_jittered(void)
{
	struct backoff b;

	fixed = 0.999;
	backoff_init(&b, fixed_random);
	g_assert_cmpuint(backoff_next_ms(&b), >, BACKOFF_MIN_MS);
}

/* A link that flaps keeps its long wait; one that was steady starts anew. */
static void
test_starts_anew(void)
{
	struct backoff b;

	fixed = 0.0;
	backoff_init(&b, fixed_random);
	for (guint i = 0; i < 4; i++)
		backoff_next_ms(&b);
	backoff_up(&b, 1000);
	backoff_down(&b, 1000 + BACKOFF_STEADY_US - 1);
	g_assert_cmpuint(backoff_next_ms(&b), ==, 16000);
	backoff_up(&b, 1000);
	backoff_down(&b, 1000 + BACKOFF_STEADY_US);
	g_assert_cmpuint(backoff_next_ms(&b), ==, 2000);
	backoff_next_ms(&b);
	backoff_next_ms(&b);
	backoff_reset(&b);
	g_assert_cmpuint(backoff_next_ms(&b), ==, 2000);
}

/* A failed attempt is no end of an up time. */
static void
test_down_without_up(void)
{
	struct backoff b;

	fixed = 0.0;
	backoff_init(&b, fixed_random);
	for (guint i = 0; i < 3; i++)
		backoff_next_ms(&b);
	backoff_down(&b, 100 * BACKOFF_STEADY_US);
	g_assert_cmpuint(backoff_next_ms(&b), ==, 8000);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/backoff/doubles", test_doubles);
	g_test_add_func("/backoff/bounds", test_bounds);
	g_test_add_func("/backoff/first-is-jittered", test_first_is_jittered);
	g_test_add_func("/backoff/starts-anew", test_starts_anew);
	g_test_add_func("/backoff/down-without-up", test_down_without_up);
	return g_test_run();
}
