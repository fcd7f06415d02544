/* The way in: raw bytes of a stream become whole lines, safe text, a level and a time. */
#include "model/log_store.h"

#include <string.h>

#include "model/log_store_private.h"
#include "model/sanitize.h"

G_STATIC_ASSERT(SANITIZE_LINE_MAX < 1 << 14);

/* Makes a raw line safe in the store's scratch; returns the bytes that did not fit. A carriage return at the end belongs to the line feed. */
static gsize make_safe(struct log_store *s, const char *bytes, gsize len)
{
	if (len && bytes[len - 1] == '\r')
		len--;
	g_string_truncate(s->scratch, 0);
	return sanitize_line(bytes, len, s->scratch);
}

/* A line without a time belongs to the one before it (a stack trace) when it came right after; else its arrival is its time. */
static gint64 time_of_timeless(const struct log_source *source, gint64 now_us, guint *flags)
{
	gint64 age = now_us - source->timed_arrival_us;
	if (source->timed_us && age >= 0 && age <= LOG_CONTINUES_US)
		return source->timed_us;
	*flags |= LINE_TIME_ARRIVAL;
	return now_us;
}

/* Stores a safe line of a stream. */
static void take_safe_line(struct log_store *s, guint32 number, guint flags, const char *text, gsize len, gint64 now_us)
{
	struct log_source *source = log_store_source_at(s, number);
	struct log_stream *stream = &source->streams[flags & LINE_STDERR ? 1 : 0];
	gint64 time_us;
	gsize end;
	if (log_line_time(text, len, now_us, &stream->hint, &time_us, &end)) {
		source->timed_us = time_us;
		source->timed_arrival_us = now_us;
	} else {
		time_us = time_of_timeless(source, now_us, &flags);
	}
	struct log_fresh line = {
		.text = text, .time_us = time_us, .length = (guint32)len, .source = number,
		.level = (guint8)log_line_level(text, len, end), .flags = (guint8)flags,
	};
	log_store_put(s, &line);
}

/* Stores a raw line of a stream; `lost` of its bytes were not even kept. */
static void take_raw_line(struct log_store *s, guint32 number, guint flags, const char *bytes, gsize len, guint64 lost, gint64 now_us)
{
	guint64 cut = lost + make_safe(s, bytes, len);
	if (cut)
		flags |= LINE_CUT;
	log_store_source_at(s, number)->info.cut_bytes += cut;
	take_safe_line(s, number, flags, s->scratch->str, s->scratch->len, now_us);
}

/* Keeps bytes of a line whose end has not come yet. */
static void keep_partial(struct log_stream *stream, const char *bytes, gsize len)
{
	if (!stream->partial)
		stream->partial = g_string_sized_new(256);
	gsize fits = MIN(len, LOG_RAW_LINE_MAX - stream->partial->len);
	g_string_append_len(stream->partial, bytes, (gssize)fits);
	stream->lost += len - fits;
}

static void end_partial(struct log_store *s, guint32 number, guint flags, gint64 now_us)
{
	struct log_stream *stream = &log_store_source_at(s, number)->streams[flags & LINE_STDERR ? 1 : 0];
	take_raw_line(s, number, flags, stream->partial->str, stream->partial->len, stream->lost, now_us);
	stream->lost = 0;
	/* A long line's buffer is not kept for each of a thousand sources. */
	if (stream->partial->allocated_len > 4096)
		g_string_free(g_steal_pointer(&stream->partial), TRUE);
	else
		g_string_truncate(stream->partial, 0);
}

/* Finishes the line begun earlier; returns how many bytes of the chunk belonged to it. */
static gsize continue_partial(struct log_store *s, guint32 number, guint flags, const char *bytes, gsize len, gint64 now_us)
{
	struct log_stream *stream = &log_store_source_at(s, number)->streams[flags & LINE_STDERR ? 1 : 0];
	if (!stream->partial || (!stream->partial->len && !stream->lost))
		return 0;
	const char *feed = memchr(bytes, '\n', len);
	gsize part = feed ? (gsize)(feed - bytes) : len;
	keep_partial(stream, bytes, part);
	if (!feed)
		return len;
	end_partial(s, number, flags, now_us);
	return part + 1;
}

void log_store_append(struct log_store *s, guint32 source, guint flags, const char *bytes, gsize len, gint64 now_us)
{
	struct log_source *from = log_store_source_at(s, source);
	g_return_if_fail(from != NULL);
	if (!len)
		return;
	flags &= LINE_STDERR;
	gsize at = continue_partial(s, source, flags, bytes, len, now_us);
	while (at < len) {
		const char *line = bytes + at;
		gsize rest = len - at, n = sanitize_plain_prefix(line, rest);
		if (n < rest && line[n] == '\n' && n <= SANITIZE_LINE_MAX) {
			take_safe_line(s, source, flags, line, n, now_us);
			at += n + 1;
			continue;
		}
		const char *feed = n < rest ? memchr(line + n, '\n', rest - n) : NULL;
		if (!feed) {
			keep_partial(&from->streams[flags ? 1 : 0], line, rest);
			return;
		}
		n = (gsize)(feed - line);
		gsize kept = MIN(n, LOG_RAW_LINE_MAX);
		take_raw_line(s, source, flags, line, kept, n - kept, now_us);
		at += n + 1;
	}
}

void log_store_flush(struct log_store *s, guint32 source, gint64 now_us)
{
	struct log_source *from = log_store_source_at(s, source);
	g_return_if_fail(from != NULL);
	for (guint i = 0; i < 2; i++)
		if (from->streams[i].partial && (from->streams[i].partial->len || from->streams[i].lost))
			end_partial(s, source, i ? LINE_STDERR : 0, now_us);
}

/* One line of a message whose time is told. */
static void take_told_line(struct log_store *s, guint32 source, guint flags, enum log_level level, gint64 time_us, const char *bytes, gsize len)
{
	gsize kept = MIN(len, LOG_RAW_LINE_MAX);
	const char *text = bytes;
	if (kept > SANITIZE_LINE_MAX || !sanitize_is_plain(bytes, kept)) {
		gsize cut = len - kept + make_safe(s, bytes, kept);
		if (cut)
			flags |= LINE_CUT;
		log_store_source_at(s, source)->info.cut_bytes += cut;
		text = s->scratch->str;
		kept = s->scratch->len;
	}
	if (level == LEVEL_NONE)
		level = log_line_level(text, kept, 0);
	struct log_fresh line = {
		.text = text, .time_us = time_us, .length = (guint32)kept, .source = source, .level = (guint8)level, .flags = (guint8)flags,
	};
	log_store_put(s, &line);
}

void log_store_append_line(struct log_store *s, guint32 source, guint flags, enum log_level level, gint64 time_us,
                           const char *bytes, gsize len)
{
	g_return_if_fail(log_store_source_at(s, source) != NULL);
	for (;;) {
		const char *feed = len ? memchr(bytes, '\n', len) : NULL;
		if (!feed)
			break;
		take_told_line(s, source, flags, level, time_us, bytes, (gsize)(feed - bytes));
		len -= (gsize)(feed - bytes) + 1;
		bytes = feed + 1;
		if (!len)
			return;
	}
	take_told_line(s, source, flags, level, time_us, bytes, len);
}
