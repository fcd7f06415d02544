#include "model/cleanup_log.h"

#include <math.h>
#include <string.h>

#include "model/cleanup_json.h"
#include "model/cleanup_text.h"

#define LINE_MAX_BYTES 65536

static int
by_time(gconstpointer a, gconstpointer b)
{
	const struct cleanup_run *first = *(struct cleanup_run *const *)a, *second = *(struct cleanup_run *const *)b;

	return (first->at_us > second->at_us) - (first->at_us < second->at_us);
}

/* Only the last are kept; a few more while reading, so that not each one moves them all. */
static void
keep_last(GPtrArray *runs, guint most)
{
	if (runs->len > most)
		g_ptr_array_remove_range(runs, 0, runs->len - CLEANUP_RUNS_MAX);
}

gboolean
cleanup_log_parse(const char *text, gsize len, gboolean cut, GTimeZone *zone, GPtrArray *runs)
{
	struct cleanup_text reader = { .zone = zone, .runs = runs };
	const char *end = text + len, *start = cut ? memchr(text, '\n', len) : text;
	gboolean any = FALSE;

	for (const char *line = start ? start + cut : end, *next; line < end; line = next) {
		const char *feed = memchr(line, '\n', (gsize)(end - line));
		gsize length = MIN((gsize)((feed ? feed : end) - line), LINE_MAX_BYTES);
		next = feed ? feed + 1 : end;
		any = any || length > 0;
		if (*line == '{') {
			struct cleanup_run *run = cleanup_json_parse(line, length, zone);
			cleanup_text_end(&reader);
			if (run)
				g_ptr_array_add(runs, run);
		} else {
			cleanup_text_line(&reader, line, length);
		}
		keep_last(runs, 4 * CLEANUP_RUNS_MAX);
	}
	cleanup_text_end(&reader);
	g_ptr_array_sort(runs, by_time);
	keep_last(runs, CLEANUP_RUNS_MAX);
	return runs->len > 0 || !any;
}
