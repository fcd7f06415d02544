/* What a fleet costs: bench-fleet CONFIG [cold | IDLE-SECONDS] connects to the gateways of a configuration and sweeps them, as the console does but
 * without a screen: cold, from the start on, then by commands over the sessions that stand, then warm, with the errors followed; or cold only.
 * Prints NAME<tab>FIGURE lines; no pass or fail. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "app/config.h"
#include "app/fleet_watch.h"

#define WARM_SWEEPS 3
#define FOLLOW_S 15 /* without another one that is followed */

struct bench {
	GMainLoop *loop;
	struct world *world;
	gboolean (*is_over)(struct bench *b);
};

static double
cpu_s(void)
{
	static const int whose[] = { RUSAGE_SELF, RUSAGE_CHILDREN };
	double sum = 0;

	for (guint i = 0; i < G_N_ELEMENTS(whose); i++) {
		struct rusage u;
		getrusage(whose[i], &u);
		sum += (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
	}
	return sum;
}

static double
rss_kib(void)
{
	g_autofree char *text = NULL;
	const char *at;

	if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL) || !(at = strstr(text, "VmRSS:")))
		return 0;
	return strtod(at + 6, NULL);
}

static void
on_changed(void *user)
{
	struct bench *b = user;

	if (b->is_over(b))
		g_main_loop_quit(b->loop);
}

static gboolean
sweep_is_over(struct bench *b)
{
	return b->world->fleet->sweep->state == SWEEP_DONE;
}

static gboolean
never(struct bench *b)
{
	return b->loop == NULL;
}

static gboolean
quit(gpointer user)
{
	g_main_loop_quit(user);
	return G_SOURCE_REMOVE;
}

/* Milliseconds until the sweep is done. */
static double
sweep(struct bench *b, struct fleet_watch *w)
{
	gint64 start = g_get_monotonic_time();

	b->is_over = sweep_is_over;
	fleet_watch_sweep(w);
	if (!sweep_is_over(b))
		g_main_loop_run(b->loop);
	b->is_over = never;
	return (double)(g_get_monotonic_time() - start) / 1000;
}

/* Until the errors of all come by themselves, or nothing more of that happens; seconds. */
static double
wait_until_followed(struct bench *b, const struct fleet_watch *w, guint all)
{
	gint64 start = g_get_monotonic_time(), last = start;
	guint before = 0, now;

	while ((now = fleet_watch_followed(w)) < all && g_get_monotonic_time() - last < FOLLOW_S * G_USEC_PER_SEC) {
		if (now != before)
			last = g_get_monotonic_time();
		before = now;
		g_timeout_add(100, quit, b->loop);
		g_main_loop_run(b->loop);
	}
	return (double)(g_get_monotonic_time() - start) / 1e6;
}

/* The fastest of some. */
static void
print_warm(struct bench *b, struct fleet_watch *w, const char *name)
{
	double cpu = cpu_s(), warm = 0;

	for (guint i = 0; i < WARM_SWEEPS; i++) {
		double ms = sweep(b, w);
		warm = i == 0 ? ms : MIN(warm, ms);
	}
	printf("%s ms\t%.1f\n%s CPU s\t%.4f\n", name, warm, name, (cpu_s() - cpu) / WARM_SWEEPS);
}

static void
print_faults(const struct bench *b)
{
	const struct sweep *s = b->world->fleet->sweep;
	guint64 lines = 0;

	for (guint i = 0; i < s->faults->len; i++)
		lines += ((const struct sweep_fault *)s->faults->pdata[i])->count;
	printf("gateways\t%u\nfailed\t%u\nlines\t%" G_GUINT64_FORMAT "\nfaults\t%u\n", s->total, s->failed, lines, s->faults->len);
}

/* Over the sessions of the cold sweep; watches so many seconds at the end. */
static void
print_later(struct bench *b, struct fleet_watch *w, double before_kib, guint idle_s)
{
	guint gateways = b->world->fleet->gateways->len;
	double cpu;

	print_warm(b, w, "command");
	cpu = cpu_s();
	printf("follow s\t%.1f\n", wait_until_followed(b, w, gateways));
	printf("follow CPU s\t%.3f\nfollowed\t%u\n", cpu_s() - cpu, fleet_watch_followed(w));
	print_warm(b, w, "warm");
	printf("RSS KiB\t%.0f\nRSS KiB a host\t%.1f\n", rss_kib(), (rss_kib() - before_kib) / MAX(gateways, 1));
	if (idle_s == 0)
		return;
	cpu = cpu_s();
	g_timeout_add_seconds(idle_s, quit, b->loop);
	g_main_loop_run(b->loop);
	printf("watch CPU %%\t%.2f\n", 100 * (cpu_s() - cpu) / idle_s);
}

int
main(int argc, char **argv)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *config = argc >= 2 ? config_load(argv[1], problems) : NULL;
	double before_kib, cold;
	struct bench b = { .is_over = never };
	struct fleet_watch *w;
	struct http *http;

	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *text = config_problem_text(problems->pdata[i]);
		fprintf(stderr, "%s\n", text);
	}
	if (!config || !config->fleet) {
		fputs("bench-fleet CONFIG [cold | IDLE-SECONDS]\n", stderr);
		return 2;
	}
	b.loop = g_main_loop_new(NULL, FALSE);
	b.world = world_new(1 << 20);
	b.world->changed = on_changed;
	b.world->changed_user = &b;
	http = http_new();
	w = fleet_watch_new(config->fleet, b.world, http);
	before_kib = rss_kib();
	fleet_watch_start(w);
	cold = sweep(&b, w);
	printf("cold ms\t%.0f\ncold CPU s\t%.2f\ncold RSS KiB\t%.0f\n", cold, cpu_s(), rss_kib() - before_kib);
	print_faults(&b);
	if (argc < 3 || !g_str_equal(argv[2], "cold"))
		print_later(&b, w, before_kib, argc < 3 ? 0 : (guint)atoi(argv[2]));
	b.world->changed = NULL;
	fleet_watch_free(w);
	http_free(http);
	world_free(b.world);
	g_main_loop_unref(b.loop);
	config_free(config);
	return 0;
}
