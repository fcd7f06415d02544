#include "model/log_block.h"

#include <string.h>

static guint slots_of(guint capacity)
{
	return CLAMP(capacity / LOG_BLOCK_BYTES_PER_LINE, 16, LOG_BLOCK_LINES_MAX);
}

gsize log_block_size(guint capacity)
{
	return sizeof(struct log_block) + slots_of(capacity) * (sizeof(struct log_entry) + sizeof(guint16)) + capacity;
}

struct log_block *log_block_new(guint capacity)
{
	guint slots = slots_of(capacity);
	gsize index = sizeof(struct log_block) + slots * sizeof(struct log_entry);
	struct log_block *b = g_malloc(index + capacity);
	*b = (struct log_block){ .slots = slots, .capacity = capacity, .text = (char *)b + index };
	return b;
}

void log_block_free(struct log_block *b)
{
	if (!b)
		return;
	g_free(b->order);
	g_free(b);
}

void log_block_reset(struct log_block *b)
{
	g_clear_pointer(&b->order, g_free);
	*b = (struct log_block){ .slots = b->slots, .capacity = b->capacity, .text = b->text };
}

/* Puts a line into the next slot. */
static void take_slot(struct log_block *b, const struct log_fresh *line)
{
	memcpy(b->text + b->used, line->text, line->length);
	b->text[b->used + line->length] = '\n';
	b->entries[b->count] = (struct log_entry){
		.time_us = line->time_us, .seq = line->seq, .offset = b->used & 0x3ffff, .length = line->length & 0x3fff,
		.source = line->source & LOG_SOURCES_MAX, .level = line->level & 7, .flags = line->flags & 31,
	};
	b->used += line->length + 1u;
	if (b->only_source != line->source)
		b->only_source = b->count ? 0 : line->source;
}

void log_block_append(struct log_block *b, const struct log_fresh *line)
{
	take_slot(b, line);
	if (b->order)
		b->order[b->count] = (guint16)b->count;
	b->count++;
	b->last_us = line->time_us;
}

static void make_order(struct log_block *b)
{
	b->order = g_new(guint16, b->slots);
	for (guint i = 0; i < b->count; i++)
		b->order[i] = (guint16)i;
}

void log_block_insert(struct log_block *b, guint position, const struct log_fresh *line)
{
	if (position == b->count) {
		log_block_append(b, line);
		return;
	}
	if (!b->order)
		make_order(b);
	take_slot(b, line);
	memmove(b->order + position + 1, b->order + position, (b->count - position) * sizeof *b->order);
	b->order[position] = (guint16)b->count++;
}

guint log_block_find_time(const struct log_block *b, gint64 time_us, gboolean after)
{
	guint low = 0, high = b->count;
	while (low < high) {
		guint middle = (low + high) / 2;
		gint64 t = log_block_entry(b, middle)->time_us;
		if (t < time_us || (after && t == time_us))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

guint log_block_find_slot(const struct log_block *b, guint64 seq)
{
	guint low = 0, high = b->count;
	while (low < high) {
		guint middle = (low + high) / 2;
		if (b->entries[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

guint log_block_position(const struct log_block *b, guint slot)
{
	if (!b->order)
		return slot;
	guint position = log_block_find_time(b, b->entries[slot].time_us, FALSE);
	while (b->order[position] != slot)
		position++;
	return position;
}

void log_block_split(const struct log_block *b, struct log_block *older, struct log_block *newer)
{
	guint half = b->count / 2;
	g_autofree guint8 *is_newer = g_malloc0(b->count);
	for (guint position = half; position < b->count; position++)
		is_newer[log_block_slot(b, position)] = 1;
	/* Slots are copied in order of arrival, so that seq stays ascending in both. */
	for (guint slot = 0; slot < b->count; slot++) {
		struct log_block *to = is_newer[slot] ? newer : older;
		const struct log_entry *e = &b->entries[slot];
		struct log_fresh line = {
			.text = b->text + e->offset, .time_us = e->time_us, .seq = e->seq, .length = e->length, .source = e->source,
			.level = e->level, .flags = e->flags,
		};
		log_block_insert(to, log_block_find_time(to, e->time_us, TRUE), &line);
	}
}

void log_block_line(const struct log_block *b, guint slot, struct log_line *out)
{
	const struct log_entry *e = &b->entries[slot];
	*out = (struct log_line){
		.seq = e->seq, .time_us = e->time_us, .source = e->source, .level = e->level, .flags = e->flags,
		.length = e->length, .text = b->text + e->offset,
	};
}
