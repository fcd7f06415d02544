#include "model/log_store.h"

#include <string.h>

#include "model/log_store_private.h"

/* Smaller stores get smaller blocks, so that one eviction never costs more than a small part of what is kept. */
#define BLOCKS_WANTED 32
#define BLOCK_CAPACITY_MIN (16 * 1024)

static void stream_clear(struct log_stream *stream)
{
	if (stream->partial)
		g_string_free(stream->partial, TRUE);
}

static void source_free(gpointer data)
{
	struct log_source *source = data;
	g_free(source->info.host);
	g_free(source->info.name);
	g_free(source->info.problem);
	g_free(source->info.kind);
	stream_clear(&source->streams[0]);
	stream_clear(&source->streams[1]);
	g_free(source);
}

struct log_store *log_store_new(gsize byte_limit)
{
	struct log_store *s = g_new0(struct log_store, 1);
	s->byte_limit = byte_limit;
	s->block_capacity = (guint)CLAMP(byte_limit / BLOCKS_WANTED, BLOCK_CAPACITY_MIN, LOG_BLOCK_TEXT_MAX);
	s->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)log_block_free);
	s->firsts = g_array_new(FALSE, FALSE, sizeof(guint64));
	s->sources = g_ptr_array_new_with_free_func(source_free);
	s->source_numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s->scratch = g_string_sized_new(256);
	s->next_seq = 1;
	s->next_block_id = 1;
	return s;
}

void log_store_free(struct log_store *s)
{
	if (!s)
		return;
	g_ptr_array_unref(s->blocks);
	g_array_unref(s->firsts);
	log_block_free(s->spare);
	g_ptr_array_unref(s->sources);
	g_hash_table_unref(s->source_numbers);
	g_string_free(s->scratch, TRUE);
	g_free(s);
}

guint32 log_store_source(struct log_store *s, const char *host, const char *kind, const char *name)
{
	char *key = g_strjoin("\n", host, kind, name, NULL);
	guint32 number = GPOINTER_TO_UINT(g_hash_table_lookup(s->source_numbers, key));
	if (number || s->sources->len == LOG_SOURCES_MAX) {
		g_free(key);
		return number;
	}
	struct log_source *source = g_new0(struct log_source, 1);
	source->info.host = g_strdup(host);
	source->info.kind = g_strdup(kind);
	source->info.name = g_strdup(name);
	g_ptr_array_add(s->sources, source);
	g_hash_table_insert(s->source_numbers, key, GUINT_TO_POINTER(s->sources->len));
	return s->sources->len;
}

guint log_store_source_count(const struct log_store *s)
{
	return s->sources->len;
}

const struct log_source_info *log_store_source_info(const struct log_store *s, guint32 source)
{
	struct log_source *found = log_store_source_at(s, source);
	return found ? &found->info : NULL;
}

void log_store_source_problem(struct log_store *s, guint32 source, const char *problem)
{
	struct log_source *found = log_store_source_at(s, source);

	if (!found)
		return;
	g_free(found->info.problem);
	found->info.problem = g_strdup(problem);
}

void log_store_hold(struct log_store *s, struct log_block *b)
{
	b->holds++;
}

static void retire_block(struct log_store *s, struct log_block *b)
{
	if (s->spare) {
		log_block_free(b);
		return;
	}
	log_block_reset(b);
	s->spare = b;
}

void log_store_release(struct log_store *s, struct log_block *b)
{
	if (--b->holds || !b->evicted)
		return;
	s->held_bytes -= log_block_size(b->capacity);
	log_block_free(b);
}

/* Takes a block out of the store, without a word on what became of its lines. */
static void remove_block(struct log_store *s, guint index)
{
	struct log_block *b = g_ptr_array_steal_index(s->blocks, index);
	g_array_set_size(s->firsts, 0);
	s->bytes -= log_block_size(s->block_capacity);
	s->layout++;
	if (!b->holds) {
		retire_block(s, b);
		return;
	}
	b->evicted = TRUE;
	s->held_bytes += log_block_size(b->capacity);
}

static void count_dropped(struct log_store *s, guint32 source, guint64 lines, guint64 bytes)
{
	struct log_source_info *info = &log_store_source_at(s, source)->info;
	info->dropped_lines += lines;
	info->dropped_bytes += bytes;
	s->dropped_lines += lines;
	s->dropped_bytes += bytes;
}

static void evict_oldest(struct log_store *s)
{
	const struct log_block *b = log_store_block(s, 0);
	if (b->only_source) {
		count_dropped(s, b->only_source, b->count, b->used - b->count);
	} else {
		for (guint i = 0; i < b->count; i++)
			count_dropped(s, b->entries[i].source, 1, b->entries[i].length);
	}
	s->lines -= b->count;
	remove_block(s, 0);
}

/* Makes room for one more block; TRUE when blocks went, so that indices changed. */
static gboolean make_room(struct log_store *s)
{
	guint before = s->blocks->len;
	while (s->blocks->len > 1 && s->bytes + log_block_size(s->block_capacity) > s->byte_limit)
		evict_oldest(s);
	return s->blocks->len != before;
}

static struct log_block *add_block(struct log_store *s, guint index)
{
	struct log_block *b = s->spare ? g_steal_pointer(&s->spare) : log_block_new(s->block_capacity);
	b->id = s->next_block_id++;
	g_ptr_array_insert(s->blocks, (gint)index, b);
	g_array_set_size(s->firsts, MIN(s->firsts->len, index));
	s->bytes += log_block_size(s->block_capacity);
	s->layout++;
	return b;
}

static void split_block(struct log_store *s, guint index)
{
	struct log_block *older = add_block(s, index + 1), *newer = add_block(s, index + 2);
	log_block_split(log_store_block(s, index), older, newer);
	remove_block(s, index);
}

/* Index of the first block whose newest line is later than the time; the number of blocks when there is none. */
static guint find_block_after(const struct log_store *s, gint64 time_us)
{
	guint low = 0, high = s->blocks->len;
	while (low < high) {
		guint middle = (low + high) / 2;
		if (log_store_block(s, middle)->last_us <= time_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert_into(struct log_store *s, guint index, guint position, const struct log_fresh *line)
{
	log_block_insert(log_store_block(s, index), position, line);
	g_array_set_size(s->firsts, MIN(s->firsts->len, index + 1));
}

/* One try to place a line: FALSE when a block had to come or go first. */
static gboolean try_place(struct log_store *s, const struct log_fresh *line)
{
	guint index = find_block_after(s, line->time_us);
	struct log_block *next = index < s->blocks->len ? log_store_block(s, index) : NULL;
	struct log_block *before = index ? log_store_block(s, index - 1) : NULL;
	guint position = next ? log_block_find_time(next, line->time_us, TRUE) : 0;

	if (position == 0 && before && log_block_has_room(before, line->length))
		insert_into(s, index - 1, before->count, line);
	else if (next && log_block_has_room(next, line->length))
		insert_into(s, index, position, line);
	else if (make_room(s))
		return FALSE;
	else if (position)
		return split_block(s, index), FALSE;
	else
		log_block_append(add_block(s, index), line);
	return TRUE;
}

void log_store_listen(struct log_store *s, guint32 source, log_store_listener listener, void *user)
{
	struct log_source *found = log_store_source_at(s, source);

	if (!found)
		return;
	found->listener = listener;
	found->listener_user = user;
}

static void tell(const struct log_source *source, const struct log_fresh *line)
{
	const struct log_line told = { line->seq, line->time_us, line->source, line->level, line->flags, line->length, line->text };

	source->listener(source->listener_user, &told);
}

void log_store_put(struct log_store *s, struct log_fresh *line)
{
	struct log_source *source = log_store_source_at(s, line->source);
	struct log_block *tail = s->blocks->len ? log_store_block(s, s->blocks->len - 1) : NULL;
	line->seq = s->next_seq++;
	if (tail && line->time_us >= tail->last_us && log_block_has_room(tail, line->length)) {
		log_block_append(tail, line);
	} else {
		while (!try_place(s, line))
			;
	}
	source->info.lines++;
	source->info.bytes += line->length;
	s->lines++;
	if (source->listener)
		tell(source, line);
}

guint64 log_store_lines(const struct log_store *s)
{
	return s->lines;
}

gsize log_store_bytes(const struct log_store *s)
{
	return s->bytes;
}

gsize log_store_held_bytes(const struct log_store *s)
{
	return s->held_bytes;
}

guint64 log_store_dropped_lines(const struct log_store *s)
{
	return s->dropped_lines;
}

guint64 log_store_dropped_bytes(const struct log_store *s)
{
	return s->dropped_bytes;
}

/* Position of each block's first line, brought up to date. */
static const guint64 *first_positions(const struct log_store *s)
{
	GArray *firsts = s->firsts;
	for (guint i = firsts->len; i < s->blocks->len; i++) {
		guint64 first = i ? g_array_index(firsts, guint64, i - 1) + log_store_block(s, i - 1)->count : 0;
		g_array_append_val(firsts, first);
	}
	return (const guint64 *)(const void *)firsts->data;
}

gboolean log_store_at(const struct log_store *s, guint64 position, struct log_line *out)
{
	if (position >= s->lines)
		return FALSE;
	const guint64 *firsts = first_positions(s);
	guint low = 0, high = s->blocks->len;
	while (high - low > 1) {
		guint middle = (low + high) / 2;
		if (firsts[middle] <= position)
			low = middle;
		else
			high = middle;
	}
	const struct log_block *b = log_store_block(s, low);
	log_block_line(b, log_block_slot(b, (guint)(position - firsts[low])), out);
	return TRUE;
}

guint64 log_store_find_time(const struct log_store *s, gint64 time_us)
{
	guint index = find_block_after(s, time_us > G_MININT64 ? time_us - 1 : time_us);
	if (index == s->blocks->len)
		return s->lines;
	return first_positions(s)[index] + log_block_find_time(log_store_block(s, index), time_us, FALSE);
}
