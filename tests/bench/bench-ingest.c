/* What the log store and a filtered view cost for a stream of log lines, against copying the same bytes. Prints a table; no pass or
 * fail. Processor time, since a stream shares the thread with everything else. */
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/log_store.h"
#include "model/log_view.h"

#define LINES 3000000u
#define STREAM_BYTES (276u * 1000 * 1000)
#define CHUNK (32 * 1024)
#define STORE_BYTES (64u * 1024 * 1024)
#define START_US G_GINT64_CONSTANT(1795312800000000) /* 2026-11-22T02:00:00Z */
#define ROUNDS 3
#define BUDGET_US 8000

static double processor_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static const char *level_of(guint i)
{
	if (i % 997 == 0)
		return "ERROR";
	if (i % 41 == 0)
		return "WARN ";
	return i % 7 == 0 ? "DEBUG" : "INFO ";
}

/* Lines of a gateway as its container prints them, 3,000 a second. */
static GString *make_stream(void)
{
	GString *s = g_string_sized_new(STREAM_BYTES + 1024);
	for (guint i = 0; i < LINES; i++) {
		guint64 ms = (guint64)i / 3;
		g_string_append_printf(s, "2026-11-22T01:%02u:%02u.%03uZ %s [pipeline] frame=%u camera=%u took=%ums queue=%u drop=0",
		                       (guint)(ms / 60000 % 60), (guint)(ms / 1000 % 60), (guint)(ms % 1000), level_of(i), i, i % 17, i % 90,
		                       i % 1000);
		/* Padded to the mean length. */
		gsize end = (gsize)((guint64)STREAM_BYTES * (i + 1) / LINES);
		while (s->len + 1 < end)
			g_string_append_c(s, '.');
		g_string_append_c(s, '\n');
	}
	return s;
}

static void print_row(const char *name, const GString *stream, double ms, const char *remark)
{
	printf("%-46s %8.1f ms %7.1f ns/line %8.0f MB/s  %s\n", name, ms, ms * 1e6 / LINES, (double)stream->len / 1e3 / ms, remark);
}

/* Copies the stream through a ring of the store's size. */
static double run_copy(const GString *stream)
{
	g_autofree char *ring = g_malloc(STORE_BYTES);
	memset(ring, 1, STORE_BYTES);
	double start = processor_ms();
	for (gsize at = 0; at < stream->len; at += CHUNK)
		memcpy(ring + at % STORE_BYTES, stream->str + at, MIN(CHUNK, stream->len - at));
	return processor_ms() - start;
}

struct ingest {
	const char *filters[3]; /* of `in` kind, NULL-terminated */
	gboolean has_view;
	guint64 matches, kept;
};

static double run_ingest(const GString *stream, struct ingest *run)
{
	struct log_store *store = log_store_new(STORE_BYTES);
	struct log_view *view = run->has_view ? log_view_new(store) : NULL;
	guint32 source = log_store_source(store, "gw-001.example.com", "container", "gateway");
	for (guint i = 0; run->filters[i]; i++)
		log_view_filter(view, run->filters[i], TRUE, NULL);
	double start = processor_ms();
	for (gsize at = 0; at < stream->len; at += CHUNK) {
		log_store_append(store, source, 0, stream->str + at, MIN(CHUNK, stream->len - at), START_US);
		if (view)
			log_view_work(view, BUDGET_US);
	}
	double ms = processor_ms() - start;
	run->matches = view ? log_view_count(view) : 0;
	run->kept = log_store_lines(store);
	log_view_free(view);
	log_store_free(store);
	return ms;
}

static void bench_ingest(const GString *stream, const char *name, struct ingest run)
{
	double best = G_MAXDOUBLE;
	for (guint i = 0; i < ROUNDS; i++)
		best = MIN(best, run_ingest(stream, &run));
	g_autofree char *remark = g_strdup_printf("%" G_GUINT64_FORMAT " kept, %" G_GUINT64_FORMAT " shown", run.kept, run.matches);
	print_row(name, stream, best, remark);
}

/* What keys cost on a full store. */
static void bench_keys(const GString *stream)
{
	struct log_store *store = log_store_new(STORE_BYTES);
	guint32 source = log_store_source(store, "gw-001.example.com", "container", "gateway");
	log_store_append(store, source, 0, stream->str, stream->len, START_US);
	struct log_view *view = log_view_new(store);
	double start = processor_ms();
	while (log_view_work(view, BUDGET_US))
		;
	printf("full store, no filter: all lines looked at in %.1f ms\n", processor_ms() - start);
	log_view_filter(view, "error|panic|fatal", TRUE, NULL);
	start = processor_ms();
	while (log_view_work(view, BUDGET_US))
		;
	printf("full store, new filter error|panic|fatal: %.1f ms, %" G_GUINT64_FORMAT " shown\n", processor_ms() - start, log_view_count(view));
	log_view_filters_clear(view);
	log_view_search(view, "camera=1[0-9] took=8[0-9]ms queue=99[0-9] nothing", NULL);
	while (log_view_work(view, BUDGET_US))
		;
	start = processor_ms();
	guint64 next = log_view_next(view, log_view_count(view), -1, LEVEL_NONE);
	printf("full store, n without a hit: %.2f ms (%s)\n", processor_ms() - start, next == G_MAXUINT64 ? "none" : "found");
	start = processor_ms();
	next = log_view_next(view, log_view_count(view), -1, LEVEL_FATAL);
	printf("full store, next fatal without one: %.2f ms (%s)\n", processor_ms() - start, next == G_MAXUINT64 ? "none" : "found");
	guint counts[60];
	start = processor_ms();
	log_view_histogram(view, LEVEL_ERROR, START_US - 30 * 60 * G_USEC_PER_SEC, START_US, counts, G_N_ELEMENTS(counts));
	printf("full store, histogram of 60 buckets: %.2f ms\n", processor_ms() - start);
	log_view_free(view);
	log_store_free(store);
}

int main(void)
{
	GString *stream = make_stream();
	printf("log ingest: %zu bytes, %u lines, chunks of %d KiB, store of %u MiB; best of %d, processor time\n", stream->len, LINES,
	       CHUNK / 1024, STORE_BYTES >> 20, ROUNDS);
	double copy = G_MAXDOUBLE;
	for (guint i = 0; i < ROUNDS; i++)
		copy = MIN(copy, run_copy(stream));
	print_row("memcpy", stream, copy, "");
	bench_ingest(stream, "store", (struct ingest){ .filters = { NULL } });
	bench_ingest(stream, "store + view, no filter", (struct ingest){ .has_view = TRUE });
	bench_ingest(stream, "store + view, in: ERROR|panic|FATAL", (struct ingest){ .filters = { "ERROR|panic|FATAL" }, .has_view = TRUE });
	bench_ingest(stream, "store + view, in: camera=1[0-9] took=8.*queue", (struct ingest){
		.filters = { "camera=1[0-9] took=8.*queue" }, .has_view = TRUE });
	bench_ingest(stream, "store + view, in: \\s(?!INFO)E[^ ]+\\s (by line)", (struct ingest){
		.filters = { "\\s(?!INFO)E[^ ]+\\s" }, .has_view = TRUE });
	bench_keys(stream);
	g_string_free(stream, TRUE);
	return 0;
}
