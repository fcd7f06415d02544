/* A block of the log store: the text of some thousand lines in one piece, separated by line feeds so that one regular expression scan
 * covers them all, and an entry for each. Lines keep their slot (order of arrival); `order` gives the time order when that differs.
 * A late line therefore moves two bytes for each line after it, never text or entries. Internal to the log store and its views. */
#ifndef MW_MODEL_LOG_BLOCK_H
#define MW_MODEL_LOG_BLOCK_H

#include "model/log_store.h"

#define LOG_BLOCK_TEXT_MAX (256 * 1024) /* bytes; an entry's offset has 18 bits */
#define LOG_BLOCK_LINES_MAX 4096
#define LOG_BLOCK_BYTES_PER_LINE 64     /* room for one entry is made for each so many bytes of text */
#define LOG_SOURCES_MAX 0xffffff

struct log_entry {
	gint64 time_us;
	guint64 seq;          /* ascending over the slots of a block */
	guint32 offset : 18, length : 14;
	guint32 source : 24, level : 3, flags : 5;
};

/* A line on its way into a block. */
struct log_fresh {
	const char *text;     /* borrowed, safe */
	gint64 time_us;
	guint64 seq;
	guint32 length, source;
	guint8 level, flags;
};

struct log_block {
	guint64 id;           /* never reused */
	guint holds;          /* paused views that show it; it outlives its eviction while there are any */
	gboolean evicted;
	guint count, slots;   /* lines, and room for lines */
	guint used, capacity; /* bytes of text, and room for bytes */
	gint64 last_us;       /* time of the newest line */
	guint32 only_source;  /* the source of all its lines; 0 when there are several */
	guint16 *order;       /* slots in time order; NULL while that is 0, 1, 2 … */
	char *text;
	struct log_entry entries[];
};

/* A block with room for `capacity` bytes of text. */
struct log_block *log_block_new(guint capacity);
void log_block_free(struct log_block *b);
/* Makes it as good as new. */
void log_block_reset(struct log_block *b);
/* Bytes that a block of that capacity takes, order included. */
gsize log_block_size(guint capacity);

static inline gboolean log_block_has_room(const struct log_block *b, gsize len)
{
	return b->count < b->slots && b->used + len < b->capacity;
}

static inline guint log_block_slot(const struct log_block *b, guint position)
{
	return b->order ? b->order[position] : position;
}

static inline const struct log_entry *log_block_entry(const struct log_block *b, guint position)
{
	return &b->entries[log_block_slot(b, position)];
}

/* Adds a line that is not older than those there. There must be room. */
void log_block_append(struct log_block *b, const struct log_fresh *line);
/* Adds a line at a position of the time order. There must be room. */
void log_block_insert(struct log_block *b, guint position, const struct log_fresh *line);
/* The first position whose time is later than `time_us` (`after`), or not earlier; count when there is none. */
guint log_block_find_time(const struct log_block *b, gint64 time_us, gboolean after);
/* The slot of the line, or the first of a later seq; count when there is none. */
guint log_block_find_slot(const struct log_block *b, guint64 seq);
/* The position of a slot in time order. */
guint log_block_position(const struct log_block *b, guint slot);
/* Copies the lines into two empty blocks, the older half by time and the newer one. */
void log_block_split(const struct log_block *b, struct log_block *older, struct log_block *newer);
void log_block_line(const struct log_block *b, guint slot, struct log_line *out);

#endif
