/* The inside of a log view, for its own files. A page keeps what a view found out about one block of the store: a bit for each slot.
 * A line that comes late gets a new slot, so that nothing known before becomes wrong. */
#ifndef MW_MODEL_LOG_VIEW_PRIVATE_H
#define MW_MODEL_LOG_VIEW_PRIVATE_H

#include "model/log_bits.h"
#include "model/log_pattern.h"
#include "model/log_store_private.h"
#include "model/log_view.h"

#define LOG_PAGE_WORDS (LOG_BLOCK_LINES_MAX / 64)
#define LOG_LEVELS (LEVEL_FATAL + 1)

struct log_page {
	struct log_block *block;      /* borrowed from the store; held while the view is paused */
	guint64 block_id;
	guint limit;                  /* slots from here on came after the pause; G_MAXUINT when not paused */
	guint scanned, searched;      /* slots looked at by filters and by the search */
	guint wanted_count, match_count, shown_count;
	guint levels[LOG_LEVELS];     /* of the lines that match */
	gboolean context_stale;
	guint64 wanted[LOG_PAGE_WORDS]; /* of a source that is wanted */
	guint64 match[LOG_PAGE_WORDS];  /* passes all filters */
	guint64 shown[LOG_PAGE_WORDS];  /* matches or is context; used only with context */
	guint64 found[LOG_PAGE_WORDS];  /* matches the search, shown or not */
};

struct log_filter {
	struct log_pattern *pattern;
	gboolean in;
};

struct log_view {
	struct log_store *store;
	GPtrArray *pages;             /* of struct log_page, in time order */
	guint64 layout;               /* the store's when pages were last brought in line */
	guint64 known_block_id;       /* blocks from here on are new */
	GArray *firsts;               /* guint64: shown lines before each page, as far as known to be right; one more at the end */
	GArray *filters;              /* struct log_filter */
	struct log_pattern *search;   /* NULL when none */
	guint scan_step, search_step; /* slots between two looks at the clock */
	enum log_level minimum;
	gboolean strict;
	gboolean *wanted;             /* by source number; NULL for all */
	guint wanted_count;
	guint context;
	gboolean paused;
	guint64 paused_seq;           /* the first line that came after the pause */
};

static inline struct log_page *log_view_page(const struct log_view *v, guint index)
{
	return g_ptr_array_index(v->pages, index);
}

/* Slots of the block that belong to the view. */
static inline guint log_page_limit(const struct log_page *p)
{
	return MIN(p->limit, p->block->count);
}

static inline const guint64 *log_page_shown(const struct log_view *v, const struct log_page *p)
{
	return v->context ? p->shown : p->match;
}

/* Brings the pages in line with the store's blocks; every public function begins with it, since blocks come and go between calls. */
void log_view_sync(struct log_view *v);
/* Says that the shown lines of page `index` changed. */
void log_view_count_changed(struct log_view *v, guint index);
/* Searches the page up to its limit, at most until `deadline_us`; TRUE when done. */
gboolean log_view_search_page(struct log_view *v, struct log_page *p, gint64 deadline_us);
/* Marks the pages whose context may be changed by new lines on page `index`. */
void log_view_context_touch(struct log_view *v, guint index);
/* Works the context out again on stale pages, newest first, at most until `deadline_us`; TRUE when done. */
gboolean log_view_context_work(struct log_view *v, gint64 deadline_us);

#endif
