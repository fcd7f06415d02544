/* The inside of the log store, for its own files and the views. */
#ifndef MW_MODEL_LOG_STORE_PRIVATE_H
#define MW_MODEL_LOG_STORE_PRIVATE_H

#include "model/log_block.h"

#define LOG_RAW_LINE_MAX (64 * 1024) /* raw bytes of one line that are looked at; the rest is cut */
#define LOG_CONTINUES_US (5 * G_USEC_PER_SEC)

/* One of a source's two streams. */
struct log_stream {
	GString *partial;     /* raw bytes of a line whose end has not come yet; NULL before the first */
	guint64 lost;         /* its bytes beyond LOG_RAW_LINE_MAX */
	struct log_time_hint hint;
};

struct log_source {
	struct log_source_info info;
	struct log_stream streams[2];
	gint64 timed_us;         /* time of the last line that had one; 0 before */
	gint64 timed_arrival_us; /* when that came */
	log_store_listener listener; /* NULL: none */
	void *listener_user;
};

struct log_store {
	gsize byte_limit, bytes;
	guint block_capacity;
	GPtrArray *blocks;       /* of struct log_block, by time; no line is older than one of the block before */
	GArray *firsts;          /* guint64: position of each block's first line, as far as it is known to be right */
	struct log_block *spare; /* the block evicted last, to be used next; NULL when none */
	gsize held_bytes;        /* of evicted blocks that paused views show */
	GPtrArray *sources;      /* of struct log_source; source n is element n - 1 */
	GHashTable *source_numbers;
	GString *scratch;        /* the line that is being made safe */
	guint64 lines, dropped_lines, dropped_bytes;
	guint64 next_seq, next_block_id;
	guint64 layout;          /* grows when a block comes or goes */
};

static inline struct log_block *log_store_block(const struct log_store *s, guint index)
{
	return g_ptr_array_index(s->blocks, index);
}

static inline struct log_source *log_store_source_at(const struct log_store *s, guint32 source)
{
	return source && source <= s->sources->len ? g_ptr_array_index(s->sources, source - 1) : NULL;
}

/* Stores a line of safe text where its time says; gives it its seq. */
void log_store_put(struct log_store *s, struct log_fresh *line);
/* Keeps a block's lines readable after its eviction, and lets it go again. */
void log_store_hold(struct log_store *s, struct log_block *b);
void log_store_release(struct log_store *s, struct log_block *b);

#endif
