/* Context: the lines around those that match, over page borders. */
#include "model/log_view.h"

#include <string.h>

#include "model/log_view_private.h"

/* A walk over the wanted lines from one page's border. */
struct walk {
	guint seen;     /* wanted lines passed */
	gboolean found; /* one of them matched, the last passed */
};

/* Walks over a page's wanted lines, forward or backward, until one matches or `most` are seen. */
static void walk_page(const struct log_page *p, gboolean forward, guint most, struct walk *walk)
{
	guint count = p->block->count;
	if (!p->wanted_count)
		return;
	for (guint i = 0; i < count && walk->seen < most && !walk->found; i++) {
		guint slot = log_block_slot(p->block, forward ? i : count - 1 - i);
		if (slot >= p->scanned || !log_bits_has(p->wanted, slot))
			continue;
		walk->seen++;
		walk->found = log_bits_has(p->match, slot);
	}
}

/* How many lines at the border of page `index` are context of a match on the pages before (or behind) it. */
static guint context_from_outside(const struct log_view *v, guint index, gboolean behind)
{
	struct walk walk = { 0 };
	if (behind) {
		for (guint i = index + 1; i < v->pages->len && walk.seen < v->context && !walk.found; i++)
			walk_page(log_view_page(v, i), TRUE, v->context, &walk);
	} else {
		for (guint i = index; i-- > 0 && walk.seen < v->context && !walk.found;)
			walk_page(log_view_page(v, i), FALSE, v->context, &walk);
	}
	return walk.found ? v->context - walk.seen + 1 : 0;
}

/* Shows the lines that follow matches, seen in one direction; `left` lines still belong to a match outside. */
static void spread(const struct log_view *v, struct log_page *p, gboolean forward, guint left)
{
	guint count = p->block->count;
	for (guint i = 0; i < count; i++) {
		guint slot = log_block_slot(p->block, forward ? i : count - 1 - i);
		if (slot >= p->scanned || !log_bits_has(p->wanted, slot))
			continue;
		if (log_bits_has(p->match, slot))
			left = v->context + 1;
		if (left) {
			log_bits_set(p->shown, slot);
			left--;
		}
	}
}

static void refresh_page(struct log_view *v, guint index)
{
	struct log_page *p = log_view_page(v, index);
	memset(p->shown, 0, sizeof p->shown);
	if (p->wanted_count) {
		spread(v, p, TRUE, context_from_outside(v, index, FALSE));
		spread(v, p, FALSE, context_from_outside(v, index, TRUE));
	}
	p->shown_count = log_bits_count(p->shown, 0, p->scanned);
	p->context_stale = FALSE;
	log_view_count_changed(v, index);
}

void log_view_context_touch(struct log_view *v, guint index)
{
	log_view_page(v, index)->context_stale = TRUE;
	guint seen = 0;
	for (guint i = index + 1; i < v->pages->len && seen < v->context; i++) {
		log_view_page(v, i)->context_stale = TRUE;
		seen += log_view_page(v, i)->wanted_count;
	}
	seen = 0;
	for (guint i = index; i-- > 0 && seen < v->context;) {
		log_view_page(v, i)->context_stale = TRUE;
		seen += log_view_page(v, i)->wanted_count;
	}
}

gboolean log_view_context_work(struct log_view *v, gint64 deadline_us)
{
	for (guint i = v->pages->len; v->context && i-- > 0;) {
		if (!log_view_page(v, i)->context_stale)
			continue;
		refresh_page(v, i);
		if (g_get_monotonic_time() >= deadline_us)
			return FALSE;
	}
	return TRUE;
}
