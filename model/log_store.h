/* The log store: lines of many sources, safe text, bounded by bytes, in time order over all sources. Main thread only.
 * Lines of the same time keep their order of arrival. When the bound is reached the oldest go, some thousand at a time, and are counted. */
#ifndef MW_MODEL_LOG_STORE_H
#define MW_MODEL_LOG_STORE_H

#include "model/log_line.h"

#include <glib.h>

enum log_line_flags {
	LINE_TIME_ARRIVAL = 1, /* no time of its own: the time of arrival stands in */
	LINE_CUT = 2,          /* longer than SANITIZE_LINE_MAX */
	LINE_STDERR = 4,
	LINE_NOTE = 8,         /* midwatch's own words: a gap, a reconnect, dropped bytes */
};

struct log_line {
	guint64 seq;          /* identity of the line: unique and never reused; not the order */
	gint64 time_us;       /* UTC microseconds */
	guint32 source;
	guint8 level;         /* enum log_level */
	guint8 flags;         /* enum log_line_flags */
	guint32 length;
	const char *text;     /* borrowed, not NUL-terminated; valid until the next append */
};

struct log_source_info {
	char *host, *name;    /* safe; "srv1", "caddy" */
	char *kind;           /* "container", "unit", "file", "journal" */
	guint64 lines, bytes; /* taken in, ever; bytes of safe text */
	guint64 cut_bytes;    /* raw bytes of overlong lines that were cut off, ever */
	guint64 dropped_lines, dropped_bytes; /* evicted by the bound, ever */
	char *problem;        /* safe: why nothing comes from it now, for the operator; NULL while it is followed well */
};

struct log_store;

struct log_store *log_store_new(gsize byte_limit);
void log_store_free(struct log_store *s);
/* Registers (or finds again) a source and gives its number, 1 or more. */
guint32 log_store_source(struct log_store *s, const char *host, const char *kind, const char *name);
guint log_store_source_count(const struct log_store *s);
const struct log_source_info *log_store_source_info(const struct log_store *s, guint32 source);
/* Says why nothing comes from a source now; NULL: all is well again. Copied. */
void log_store_source_problem(struct log_store *s, guint32 source, const char *problem);

/* Shows each line of a source to one listener as it is taken in, so that none is missed however soon it is evicted. NULL ends that. The listener must
 * be quick, and must not change the store. */
typedef void (*log_store_listener)(void *user, const struct log_line *line);
void log_store_listen(struct log_store *s, guint32 source, log_store_listener listener, void *user);

/* Takes raw bytes of a source's stream in: splits lines, keeps an unfinished one until more comes, makes them safe, reads level and
 * time. A line without a time that comes within 5 s of one that has it (a stack trace) stays beneath that, else it gets `now_us`.
 * `now_us`: the wall clock, UTC. `flags`: LINE_STDERR or 0; the two streams of a source are assembled apart. */
void log_store_append(struct log_store *s, guint32 source, guint flags, const char *bytes, gsize len, gint64 now_us);
/* Takes one whole raw line whose time the source itself told; a line feed at its end is taken off, one inside makes several lines of
 * that time (a journal message). `level` LEVEL_NONE: read from the text. `flags`: LINE_STDERR, LINE_NOTE. */
void log_store_append_line(struct log_store *s, guint32 source, guint flags, enum log_level level, gint64 time_us,
                           const char *bytes, gsize len);
/* Ends an unfinished line (stream over). */
void log_store_flush(struct log_store *s, guint32 source, gint64 now_us);

guint64 log_store_lines(const struct log_store *s);    /* kept now */
gsize log_store_bytes(const struct log_store *s);      /* kept now, text and index as they are allocated; within the limit */
gsize log_store_held_bytes(const struct log_store *s); /* evicted, but still shown by a paused view; at most the limit again each */
guint64 log_store_dropped_lines(const struct log_store *s);
guint64 log_store_dropped_bytes(const struct log_store *s);

/* Lines in time order by position 0 … log_store_lines()-1; a position is valid until the next append. FALSE outside. */
gboolean log_store_at(const struct log_store *s, guint64 position, struct log_line *out);
/* The position of the first line at or after the time. */
guint64 log_store_find_time(const struct log_store *s, gint64 time_us);

#endif
