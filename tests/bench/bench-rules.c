/* What rules cost: 1,000 rules, each over 1,000 series, evaluated again and again: bench-rules. The rules look at 20 metrics; one in ten joins two of them.
 * Prints a table; no pass or fail. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/rules.h"

#define RULES 1000
#define SERIES 1000
#define METRICS 20
#define TICKS 60
#define TICK_US (10 * (gint64)G_USEC_PER_SEC)

static char hosts[SERIES][16], metrics[METRICS][16];

static struct rule *
make_rule(guint n)
{
	g_autofree char *name = g_strdup_printf("rule_%04u", n);
	struct rule *r = rule_new(name);

	r->scope = g_strdup("vm");
	r->severity = RULE_WARN;
	r->for_us = n % 2 == 0 ? 0 : 60 * (gint64)G_USEC_PER_SEC;
	r->summary = g_strdup("{host}: {value}");
	r->expr = n % 10 == 0 ? g_strdup_printf("%s > 100 and %s > 100", metrics[n % METRICS], metrics[(n + 1) % METRICS])
	                      : g_strdup_printf("%s > 100", metrics[n % METRICS]);
	return r;
}

/* Of each metric, the series from `first` on by `step` are true. */
static void
set_all(struct samples *s, gint64 now_us, guint first, guint step)
{
	for (guint m = 0; m < METRICS; m++)
		for (guint i = 0; i < SERIES; i++)
			samples_set(s, metrics[m], step > 0 && i % step == first % step ? 200 : 50, now_us, "host", hosts[i], NULL);
}

static int
compare(const void *a, const void *b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return x < y ? -1 : x > y;
}

static void
print(const char *what, gint64 *us)
{
	qsort(us, TICKS, sizeof us[0], compare);
	printf("%s\t%.2f\t%.2f\n", what, us[TICKS / 2] / 1000.0, us[TICKS - 1] / 1000.0);
}

/* Times of a tick and of the setting before it. `moves`: other series are true each time. */
static void
measure(struct rules *r, struct samples *s, gint64 *now_us, guint step, gboolean moves, gint64 *tick_us, gint64 *set_us)
{
	for (guint i = 0; i < TICKS + 10; i++) {
		gint64 start = g_get_monotonic_time(), set, end;
		set_all(s, *now_us, moves ? i : 0, step);
		set = g_get_monotonic_time();
		rules_tick(r, s, *now_us, *now_us);
		end = g_get_monotonic_time();
		*now_us += TICK_US;
		if (i < 10) /* the first ones make what the others find */
			continue;
		set_us[i - 10] = set - start;
		tick_us[i - 10] = end - set;
	}
}

int
main(void)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rule_free);
	gint64 now_us = TICK_US, tick_us[TICKS], set_us[TICKS], start;
	struct samples *s = samples_new();
	g_autoptr(GError) error = NULL;
	struct rules *r;

	for (guint i = 0; i < SERIES; i++)
		g_snprintf(hosts[i], sizeof hosts[i], "h%04u", i);
	for (guint i = 0; i < METRICS; i++)
		g_snprintf(metrics[i], sizeof metrics[i], "metric_%02u", i);
	for (guint i = 0; i < RULES; i++)
		g_ptr_array_add(list, make_rule(i));
	r = rules_new(list, &error);
	if (!r)
		g_error("%s", error->message);
	set_all(s, now_us, 0, 0);
	start = g_get_monotonic_time();
	rules_tick(r, s, now_us, now_us);
	printf("join\t%.2f\n", (g_get_monotonic_time() - start) / 1000.0);
	measure(r, s, &now_us, 0, FALSE, tick_us, set_us);
	print("false", tick_us);
	print("set", set_us);
	measure(r, s, &now_us, 100, FALSE, tick_us, set_us);
	print("true", tick_us);
	measure(r, s, &now_us, 200, TRUE, tick_us, set_us);
	print("changing", tick_us);
	rules_free(r);
	samples_free(s);
	return 0;
}
