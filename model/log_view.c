#include "model/log_view.h"

#include <string.h>

#include "model/log_view_private.h"

#define CONTEXT_MAX 1000

static void filter_clear(gpointer data)
{
	log_pattern_free(((struct log_filter *)data)->pattern);
}

struct log_view *log_view_new(struct log_store *store)
{
	struct log_view *v = g_new0(struct log_view, 1);
	v->store = store;
	v->pages = g_ptr_array_new_with_free_func(g_free);
	v->layout = G_MAXUINT64;
	v->scan_step = v->search_step = 1;
	v->firsts = g_array_new(FALSE, FALSE, sizeof(guint64));
	v->filters = g_array_new(FALSE, FALSE, sizeof(struct log_filter));
	g_array_set_clear_func(v->filters, filter_clear);
	return v;
}

void log_view_free(struct log_view *v)
{
	if (!v)
		return;
	log_view_pause(v, FALSE);
	g_ptr_array_unref(v->pages);
	g_array_unref(v->firsts);
	g_array_unref(v->filters);
	log_pattern_free(v->search);
	g_free(v->wanted);
	g_free(v);
}

void log_view_count_changed(struct log_view *v, guint index)
{
	g_array_set_size(v->firsts, MIN(v->firsts->len, index + 1));
}

static struct log_page *page_new(struct log_block *block)
{
	struct log_page *p = g_new0(struct log_page, 1);
	p->block = block;
	p->block_id = block->id;
	p->limit = G_MAXUINT;
	return p;
}

/* The page of a block: the next old one that is of that block, those before it being of blocks that went; or a new one. */
static struct log_page *take_page(struct log_view *v, struct log_block *block, GPtrArray *old, guint *next)
{
	if (block->id >= v->known_block_id)
		return page_new(block);
	while (*next < old->len) {
		struct log_page *p = g_steal_pointer(&g_ptr_array_index(old, *next));
		(*next)++;
		if (p->block_id == block->id)
			return p;
		g_free(p);
	}
	g_assert_not_reached();
}

void log_view_sync(struct log_view *v)
{
	if (v->paused || v->layout == v->store->layout)
		return;
	GPtrArray *old = v->pages;
	guint next = 0;
	v->pages = g_ptr_array_new_full(v->store->blocks->len, g_free);
	for (guint i = 0; i < v->store->blocks->len; i++)
		g_ptr_array_add(v->pages, take_page(v, log_store_block(v->store, i), old, &next));
	g_ptr_array_unref(old);
	v->layout = v->store->layout;
	v->known_block_id = v->store->next_block_id;
	log_view_count_changed(v, 0);
}

/* Forgets what filters found: another set of them holds from now on. */
static void start_over(struct log_view *v)
{
	log_view_sync(v);
	for (guint i = 0; i < v->pages->len; i++) {
		struct log_page *p = log_view_page(v, i);
		p->scanned = p->wanted_count = p->match_count = p->shown_count = 0;
		p->context_stale = FALSE;
		memset(p->levels, 0, sizeof p->levels);
		memset(p->wanted, 0, sizeof p->wanted);
		memset(p->match, 0, sizeof p->match);
		memset(p->shown, 0, sizeof p->shown);
	}
	v->scan_step = 1;
	log_view_count_changed(v, 0);
}

gboolean log_view_filter(struct log_view *v, const char *pattern, gboolean in, GError **error)
{
	struct log_filter filter = { log_pattern_new(pattern, error), in };
	if (!filter.pattern)
		return FALSE;
	g_array_append_val(v->filters, filter);
	start_over(v);
	return TRUE;
}

void log_view_filters_clear(struct log_view *v)
{
	g_array_set_size(v->filters, 0);
	start_over(v);
}

guint log_view_filter_count(const struct log_view *v)
{
	return v->filters->len;
}

const char *log_view_filter_text(const struct log_view *v, guint index, gboolean *in)
{
	if (index >= v->filters->len)
		return NULL;
	const struct log_filter *filter = &g_array_index(v->filters, struct log_filter, index);
	if (in)
		*in = filter->in;
	return log_pattern_text(filter->pattern);
}

const char *log_view_pattern_problem(struct log_view *v)
{
	const char *problem = v->search ? log_pattern_problem(v->search) : NULL;
	for (guint i = 0; !problem && i < v->filters->len; i++)
		problem = log_pattern_problem(g_array_index(v->filters, struct log_filter, i).pattern);
	return problem;
}

void log_view_minimum_level(struct log_view *v, enum log_level level)
{
	v->minimum = level;
	start_over(v);
}

void log_view_strict(struct log_view *v, gboolean strict)
{
	v->strict = strict;
	start_over(v);
}

void log_view_sources(struct log_view *v, const gboolean *wanted, guint count)
{
	g_free(v->wanted);
	/* An empty set wants nothing, which is not the same as NULL. */
	v->wanted = wanted ? g_memdup2(wanted, MAX(count, 1) * sizeof *wanted) : NULL;
	v->wanted_count = count;
	start_over(v);
}

gboolean log_view_search(struct log_view *v, const char *pattern, GError **error)
{
	struct log_pattern *search = pattern && *pattern ? log_pattern_new(pattern, error) : NULL;
	if (!search && pattern && *pattern)
		return FALSE;
	log_pattern_free(v->search);
	v->search = search;
	v->search_step = 1;
	log_view_sync(v);
	for (guint i = 0; i < v->pages->len; i++) {
		struct log_page *p = log_view_page(v, i);
		p->searched = 0;
		memset(p->found, 0, sizeof p->found);
	}
	return TRUE;
}

void log_view_context(struct log_view *v, guint lines)
{
	v->context = MIN(lines, CONTEXT_MAX);
	start_over(v);
}

static void freeze(struct log_view *v)
{
	log_view_sync(v);
	for (guint i = 0; i < v->pages->len; i++) {
		struct log_page *p = log_view_page(v, i);
		p->limit = p->block->count;
		log_store_hold(v->store, p->block);
	}
	v->paused_seq = v->store->next_seq;
}

static void thaw(struct log_view *v)
{
	for (guint i = 0; i < v->pages->len; i++) {
		struct log_page *p = log_view_page(v, i);
		p->limit = G_MAXUINT;
		log_store_release(v->store, p->block);
	}
}

void log_view_pause(struct log_view *v, gboolean paused)
{
	if (!v->paused == !paused)
		return;
	if (paused)
		freeze(v);
	else
		thaw(v);
	v->paused = !!paused;
	log_view_sync(v);
}

gboolean log_view_paused(const struct log_view *v)
{
	return v->paused;
}

guint64 log_view_pending(const struct log_view *v)
{
	return v->paused ? v->store->next_seq - v->paused_seq : 0;
}
