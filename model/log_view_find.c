/* Looking things up in a log view: lines by index, time and identity, the next match, counts over time. */
#include "model/log_view.h"

#include "model/log_view_private.h"

/* A key press may search pages that log_view_work() has not come to for so long. */
#define KEY_US (20 * 1000)

static guint shown_on(const struct log_view *v, const struct log_page *p)
{
	return v->context ? p->shown_count : p->match_count;
}

/* Shown lines before each page, and their sum at the end, brought up to date. */
static const guint64 *first_indices(const struct log_view *v)
{
	log_view_sync((struct log_view *)v);
	for (guint i = v->firsts->len; i <= v->pages->len; i++) {
		guint64 first = i ? g_array_index(v->firsts, guint64, i - 1) + shown_on(v, log_view_page(v, i - 1)) : 0;
		g_array_append_val(v->firsts, first);
	}
	return (const guint64 *)(const void *)v->firsts->data;
}

guint64 log_view_count(const struct log_view *v)
{
	const guint64 *firsts = first_indices(v);
	return firsts[v->pages->len];
}

/* Shown lines of the page before a position of the block's time order. */
static guint rank_on_page(const struct log_view *v, const struct log_page *p, guint position)
{
	const guint64 *shown = log_page_shown(v, p);
	if (!p->block->order)
		return log_bits_count(shown, 0, position);
	guint rank = 0;
	for (guint i = 0; i < position; i++)
		rank += log_bits_has(shown, p->block->order[i]);
	return rank;
}

/* Position of the page's shown line that has `rank` before it. */
static guint select_on_page(const struct log_view *v, const struct log_page *p, guint rank)
{
	const guint64 *shown = log_page_shown(v, p);
	if (!p->block->order)
		return log_bits_select(shown, rank);
	guint position = 0;
	while (!log_bits_has(shown, p->block->order[position]) || rank-- > 0)
		position++;
	return position;
}

/* The page that holds the shown line of that index, which must be there. */
static guint page_of_index(const struct log_view *v, const guint64 *firsts, guint64 index)
{
	guint low = 0, high = v->pages->len;
	while (high - low > 1) {
		guint middle = (low + high) / 2;
		if (firsts[middle] <= index)
			low = middle;
		else
			high = middle;
	}
	return low;
}

gboolean log_view_at(struct log_view *v, guint64 index, struct log_line *out)
{
	const guint64 *firsts = first_indices(v);
	if (index >= firsts[v->pages->len])
		return FALSE;
	guint page = page_of_index(v, firsts, index);
	const struct log_page *p = log_view_page(v, page);
	log_block_line(p->block, log_block_slot(p->block, select_on_page(v, p, (guint)(index - firsts[page]))), out);
	return TRUE;
}

guint64 log_view_find_time(struct log_view *v, gint64 time_us)
{
	const guint64 *firsts = first_indices(v);
	for (guint i = 0; i < v->pages->len; i++) {
		const struct log_page *p = log_view_page(v, i);
		if (p->block->count && p->block->last_us >= time_us) {
			guint64 index = firsts[i] + rank_on_page(v, p, log_block_find_time(p->block, time_us, FALSE));
			return index;
		}
	}
	return firsts[v->pages->len];
}

guint64 log_view_find_seq(struct log_view *v, guint64 seq)
{
	const guint64 *firsts = first_indices(v);
	for (guint i = v->pages->len; i-- > 0;) {
		const struct log_page *p = log_view_page(v, i);
		guint slot = log_block_find_slot(p->block, seq);
		if (slot < log_page_limit(p) && p->block->entries[slot].seq == seq)
			return firsts[i] + rank_on_page(v, p, log_block_position(p->block, slot));
	}
	gboolean came = seq && seq < (v->paused ? v->paused_seq : v->store->next_seq);
	return came ? 0 : firsts[v->pages->len];
}

/* What log_view_next() looks for. */
struct wish {
	const struct log_view *v;
	enum log_level level; /* LEVEL_NONE: what the search found */
	gint64 deadline_us;
};

static gboolean wish_fits(const struct wish *w, const struct log_page *p, guint slot)
{
	return w->level == LEVEL_NONE ? log_bits_has(p->found, slot) : p->block->entries[slot].level >= w->level;
}

/* May a line of the page be what is wished for? A quick look before each line is asked. */
static gboolean page_may_fit(const struct wish *w, const struct log_page *p)
{
	const guint64 *shown = log_page_shown(w->v, p);
	if (w->level == LEVEL_NONE) {
		guint64 any = 0;
		for (guint i = 0; i < LOG_PAGE_WORDS; i++)
			any |= shown[i] & p->found[i];
		return any != 0;
	}
	guint lines = 0;
	for (guint level = w->level; level < LOG_LEVELS; level++)
		lines += p->levels[level];
	return lines || w->v->context;
}

/* Asks the page's shown lines one by one, from that of rank `from` on; the rank of the first that fits, or -1. */
static gint64 find_on_page(const struct wish *w, const struct log_page *p, gint64 from, int direction)
{
	gint64 total = shown_on(w->v, p);
	if (from < 0 || from >= total || !page_may_fit(w, p))
		return -1;
	const guint64 *shown = log_page_shown(w->v, p);
	gint64 position = select_on_page(w->v, p, (guint)from);
	for (gint64 rank = from; position >= 0 && position < p->block->count; position += direction) {
		guint slot = log_block_slot(p->block, (guint)position);
		if (!log_bits_has(shown, slot))
			continue;
		if (wish_fits(w, p, slot))
			return rank;
		rank += direction;
	}
	return -1;
}

/* Searches the page first when that is what is wished for; FALSE when there was no time. */
static gboolean prepare_page(struct log_view *v, const struct wish *w, guint index)
{
	if (w->level != LEVEL_NONE)
		return TRUE;
	return v->search && log_view_search_page(v, log_view_page(v, index), w->deadline_us);
}

static guint64 next_forward(struct log_view *v, const struct wish *w, guint64 from)
{
	const guint64 *firsts = first_indices(v);
	if (from >= firsts[v->pages->len])
		return G_MAXUINT64;
	for (guint i = page_of_index(v, firsts, from); i < v->pages->len; i++) {
		gint64 start = from > firsts[i] ? (gint64)(from - firsts[i]) : 0;
		if (!prepare_page(v, w, i))
			return G_MAXUINT64;
		gint64 rank = find_on_page(w, log_view_page(v, i), start, 1);
		if (rank >= 0)
			return firsts[i] + (guint64)rank;
	}
	return G_MAXUINT64;
}

static guint64 next_backward(struct log_view *v, const struct wish *w, guint64 from)
{
	const guint64 *firsts = first_indices(v);
	for (guint i = page_of_index(v, firsts, from) + 1; i-- > 0;) {
		const struct log_page *p = log_view_page(v, i);
		gint64 start = MIN((gint64)(from - firsts[i]), (gint64)shown_on(v, p) - 1);
		if (!prepare_page(v, w, i))
			return G_MAXUINT64;
		gint64 rank = find_on_page(w, p, start, -1);
		if (rank >= 0)
			return firsts[i] + (guint64)rank;
	}
	return G_MAXUINT64;
}

guint64 log_view_next(struct log_view *v, guint64 index, int direction, enum log_level level)
{
	struct wish w = { v, level, g_get_monotonic_time() + KEY_US };
	guint64 count = log_view_count(v);
	if (direction > 0)
		return next_forward(v, &w, index == G_MAXUINT64 ? 0 : index + 1);
	guint64 end = MIN(index, count);
	return end ? next_backward(v, &w, end - 1) : G_MAXUINT64;
}

guint64 log_view_search_count(const struct log_view *v)
{
	log_view_sync((struct log_view *)v);
	guint64 count = 0;
	for (guint i = 0; v->search && i < v->pages->len; i++) {
		const struct log_page *p = log_view_page(v, i);
		const guint64 *shown = log_page_shown(v, p);
		for (guint w = 0; w < LOG_PAGE_WORDS; w++)
			count += (guint)__builtin_popcountll(shown[w] & p->found[w]);
	}
	return count;
}

/* Adds a range so that they stay ascending and apart from each other. */
static guint add_range(struct log_range *ranges, guint count, guint max, struct log_range r)
{
	guint i = count;
	while (i && ranges[i - 1].start > r.end)
		i--;
	guint first = i;
	while (first && ranges[first - 1].end >= r.start)
		first--;
	if (first == i) {
		if (count == max)
			return count;
		for (guint j = count; j > i; j--)
			ranges[j] = ranges[j - 1];
		ranges[i] = r;
		return count + 1;
	}
	ranges[first].start = MIN(ranges[first].start, r.start);
	ranges[first].end = MAX(ranges[i - 1].end, r.end);
	for (guint j = i; j < count; j++)
		ranges[first + 1 + j - i] = ranges[j];
	return count - (i - first - 1);
}

static guint add_matches(struct log_pattern *pattern, const struct log_line *line, struct log_range *ranges, guint count, guint max)
{
	guint32 at = 0, start, end;
	for (guint found = 0; found < max && log_pattern_find(pattern, line->text, line->length, at, &start, &end); found++) {
		if (end > start)
			count = add_range(ranges, count, max, (struct log_range){ start, end });
		at = MAX(end, start);
		if (end > start)
			continue;
		if (at >= line->length)
			break;
		at += (guint32)(g_utf8_next_char(line->text + at) - (line->text + at));
	}
	return count;
}

guint log_view_matches(struct log_view *v, const struct log_line *line, struct log_range *ranges, guint max)
{
	guint count = v->search ? add_matches(v->search, line, ranges, 0, max) : 0;
	for (guint i = 0; i < v->filters->len; i++) {
		const struct log_filter *f = &g_array_index(v->filters, struct log_filter, i);
		if (f->in)
			count = add_matches(f->pattern, line, ranges, count, max);
	}
	return count;
}

struct histogram {
	enum log_level level;
	gint64 from_us, to_us;
	guint *counts, buckets;
};

static guint bucket_of(const struct histogram *h, gint64 time_us)
{
	double part = (double)(time_us - h->from_us) / (double)(h->to_us - h->from_us);
	return MIN((guint)(part * h->buckets), h->buckets - 1);
}

static void count_page(const struct histogram *h, const struct log_page *p)
{
	gint64 first_us = log_block_entry(p->block, 0)->time_us, last_us = p->block->last_us;
	if (last_us < h->from_us || first_us >= h->to_us)
		return;
	if (first_us >= h->from_us && last_us < h->to_us && bucket_of(h, first_us) == bucket_of(h, last_us)) {
		for (guint level = h->level; level < LOG_LEVELS; level++)
			h->counts[bucket_of(h, first_us)] += p->levels[level];
		return;
	}
	for (guint w = 0; w < LOG_PAGE_WORDS; w++)
		for (guint64 left = p->match[w]; left; left &= left - 1) {
			const struct log_entry *e = &p->block->entries[w * 64 + (guint)__builtin_ctzll(left)];
			if (e->level >= h->level && e->time_us >= h->from_us && e->time_us < h->to_us)
				h->counts[bucket_of(h, e->time_us)]++;
		}
}

void log_view_histogram(struct log_view *v, enum log_level level, gint64 from_us, gint64 to_us, guint *counts, guint buckets)
{
	struct histogram h = { level, from_us, to_us, counts, buckets };
	for (guint i = 0; i < buckets; i++)
		counts[i] = 0;
	if (!buckets || from_us >= to_us)
		return;
	log_view_sync(v);
	for (guint i = 0; i < v->pages->len; i++)
		if (log_view_page(v, i)->scanned)
			count_page(&h, log_view_page(v, i));
}
