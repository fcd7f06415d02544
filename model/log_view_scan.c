/* The work of a log view: filters and search over slots not yet looked at, in steps short enough for a loop pass. */
#include "model/log_view.h"

#include <string.h>
#include <time.h>

#include "model/log_view_private.h"

/* The step between two looks at the clock starts at one slot and doubles while steps are quick, so that a pattern that turns out to be
 * costly never runs for long. */
#define STEP_MAX 512
#define STEP_US_GROW 500
#define STEP_US_SHRINK 4000
/* Processor time for one line after which a pattern has to give up earlier. */
#define LINE_US_MAX 20000
/* Fewer candidates than one in so many lines are matched one by one instead of scanning all the text. */
#define SPARSE 8

static gboolean line_is_wanted(const struct log_view *v, const struct log_entry *e)
{
	return !v->wanted || (e->source < v->wanted_count && v->wanted[e->source]);
}

static gboolean level_is_enough(const struct log_view *v, const struct log_entry *e)
{
	return e->level >= v->minimum || (e->level == LEVEL_NONE && !v->strict);
}

/* Sets the bits of wanted lines, and in `match` of those whose level is enough. */
static void choose_lines(const struct log_view *v, struct log_page *p, guint first, guint last)
{
	if (!v->wanted && v->minimum == LEVEL_NONE) {
		log_bits_set_range(p->wanted, first, last);
		log_bits_set_range(p->match, first, last);
		return;
	}
	for (guint slot = first; slot < last; slot++) {
		const struct log_entry *e = &p->block->entries[slot];
		if (!line_is_wanted(v, e))
			continue;
		log_bits_set(p->wanted, slot);
		if (level_is_enough(v, e))
			log_bits_set(p->match, slot);
	}
}

/* Keeps those candidates that match a pattern (or do not), in whichever way is cheaper. */
static void keep_matches(struct log_pattern *pattern, const struct log_block *b, guint first, guint last, guint64 *bits, gboolean keep)
{
	if (log_bits_count(bits, first, last) * SPARSE < last - first || log_pattern_goes_by_line(pattern)) {
		log_pattern_thin(pattern, b, first, last, bits, keep);
		return;
	}
	guint64 matches[LOG_PAGE_WORDS] = { 0 };
	log_pattern_scan(pattern, b, first, last, matches);
	log_bits_filter(bits, matches, first, last, keep);
}

/* Keeps candidates that any of the `in` filters matches. */
static void keep_wanted_patterns(const struct log_view *v, struct log_page *p, guint first, guint last)
{
	guint64 any[LOG_PAGE_WORDS] = { 0 };
	gboolean is_filtered = FALSE;
	for (guint i = 0; i < v->filters->len; i++) {
		const struct log_filter *f = &g_array_index(v->filters, struct log_filter, i);
		if (!f->in)
			continue;
		is_filtered = TRUE;
		guint64 matches[LOG_PAGE_WORDS];
		memcpy(matches, p->match, sizeof matches);
		keep_matches(f->pattern, p->block, first, last, matches, TRUE);
		for (guint w = first / 64; w * 64 < last; w++)
			any[w] |= matches[w];
	}
	if (is_filtered)
		log_bits_filter(p->match, any, first, last, TRUE);
}

static void drop_unwanted_patterns(const struct log_view *v, struct log_page *p, guint first, guint last)
{
	for (guint i = 0; i < v->filters->len; i++) {
		const struct log_filter *f = &g_array_index(v->filters, struct log_filter, i);
		if (!f->in)
			keep_matches(f->pattern, p->block, first, last, p->match, FALSE);
	}
}

static void count_lines(struct log_page *p, guint first, guint last)
{
	p->wanted_count += log_bits_count(p->wanted, first, last);
	for (guint w = first / 64; w * 64 < last; w++) {
		guint64 left = p->match[w] & log_bits_mask(w, first, last);
		p->match_count += (guint)__builtin_popcountll(left);
		for (; left; left &= left - 1)
			p->levels[p->block->entries[w * 64 + (guint)__builtin_ctzll(left)].level]++;
	}
}

/* Processor time of this thread: a busy machine does not make a pattern slow. */
static gint64 processor_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

static guint next_step(guint step, gint64 took_us)
{
	if (took_us > STEP_US_SHRINK)
		return MAX(step / 8, 1);
	return took_us < STEP_US_GROW ? MIN(step * 2, STEP_MAX) : step;
}

/* Runs the filters over the next slots of a page. */
static void scan_step(struct log_view *v, guint index)
{
	struct log_page *p = log_view_page(v, index);
	guint first = p->scanned, last = MIN(log_page_limit(p), first + v->scan_step);
	choose_lines(v, p, first, last);
	keep_wanted_patterns(v, p, first, last);
	drop_unwanted_patterns(v, p, first, last);
	count_lines(p, first, last);
	p->scanned = last;
	if (v->context)
		log_view_context_touch(v, index);
	log_view_count_changed(v, index);
}

static void scan_one_line(struct log_view *v, guint index)
{
	gint64 start_us = processor_us();
	scan_step(v, index);
	if (processor_us() - start_us < LINE_US_MAX)
		return;
	for (guint i = 0; i < v->filters->len; i++)
		log_pattern_tighten(g_array_index(v->filters, struct log_filter, i).pattern);
}

/* Filters the pages' new slots, newest page first; TRUE when all are done. */
static gboolean scan_pages(struct log_view *v, gint64 now_us, gint64 deadline_us)
{
	for (guint i = v->pages->len; i-- > 0;) {
		struct log_page *p = log_view_page(v, i);
		while (p->scanned < log_page_limit(p)) {
			if (now_us >= deadline_us)
				return FALSE;
			if (v->scan_step == 1)
				scan_one_line(v, i);
			else
				scan_step(v, i);
			gint64 before_us = now_us;
			now_us = g_get_monotonic_time();
			v->scan_step = next_step(v->scan_step, now_us - before_us);
		}
	}
	return TRUE;
}

static void search_one_line(struct log_view *v, struct log_page *p)
{
	gint64 start_us = processor_us();
	log_pattern_scan(v->search, p->block, p->searched, p->searched + 1, p->found);
	if (processor_us() - start_us >= LINE_US_MAX)
		log_pattern_tighten(v->search);
}

gboolean log_view_search_page(struct log_view *v, struct log_page *p, gint64 deadline_us)
{
	guint limit = log_page_limit(p);
	gint64 now_us = g_get_monotonic_time();
	while (p->searched < limit) {
		if (now_us >= deadline_us)
			return FALSE;
		guint last = MIN(limit, p->searched + v->search_step);
		if (v->search_step == 1)
			search_one_line(v, p);
		else
			log_pattern_scan(v->search, p->block, p->searched, last, p->found);
		p->searched = last;
		gint64 before_us = now_us;
		now_us = g_get_monotonic_time();
		v->search_step = next_step(v->search_step, now_us - before_us);
	}
	return TRUE;
}

static gboolean search_pages(struct log_view *v, gint64 deadline_us)
{
	for (guint i = v->pages->len; v->search && i-- > 0;)
		if (!log_view_search_page(v, log_view_page(v, i), deadline_us))
			return FALSE;
	return TRUE;
}

gboolean log_view_work(struct log_view *v, gint64 budget_us)
{
	log_view_sync(v);
	gint64 now_us = g_get_monotonic_time(), deadline_us = now_us + MAX(budget_us, 1);
	gboolean scanned = scan_pages(v, now_us, deadline_us);
	gboolean searched = search_pages(v, deadline_us);
	gboolean context = log_view_context_work(v, deadline_us);
	return !scanned || !searched || !context;
}

static double part_done(guint64 done, guint64 all)
{
	return all ? (double)done / (double)all : 1;
}

double log_view_progress(const struct log_view *v)
{
	/* The view is only brought in line with its store: nothing that a caller can see changes. */
	log_view_sync((struct log_view *)v);
	guint64 done = 0, all = 0;
	for (guint i = 0; i < v->pages->len; i++) {
		done += log_view_page(v, i)->scanned;
		all += log_page_limit(log_view_page(v, i));
	}
	return part_done(done, all);
}

double log_view_search_progress(const struct log_view *v)
{
	log_view_sync((struct log_view *)v);
	guint64 done = 0, all = 0;
	for (guint i = 0; v->search && i < v->pages->len; i++) {
		done += log_view_page(v, i)->searched;
		all += log_page_limit(log_view_page(v, i));
	}
	return part_done(done, all);
}
