/* A followed container log: bytes of GET /containers/ID/logs?timestamps=1 become lines, and a connection that was cut is resumed with
 * no line lost and none twice.
 *
 * The daemon sends its records in the order in which they are stored, both streams in one sequence, so what was taken is always a
 * beginning of that sequence. `since` goes by time, though, and the times of stdout and stderr are not in one order: a record is stamped
 * before it is stored. So a resumed stream starts some seconds before the newest record taken, and what was taken since then is
 * remembered and dropped when it comes again. When the host's clock is set back, what was stored before is told apart too; only while it is
 * set back during a break the daemon keeps the lines to itself until the clock has caught up. */
#ifndef MW_BACKENDS_DOCKER_LOG_H
#define MW_BACKENDS_DOCKER_LOG_H

#include "backends/docker_frames.h"

struct docker_log;

struct docker_log_events {
	/* A whole line without its line feed. `stream` DOCKER_SYSTEM: the daemon's error text. time_us: UTC. */
	void (*line)(void *user, enum docker_stream stream, gint64 time_us, const char *text, gsize len);
	/* After a resume the daemon no longer had what was taken last: lines after `time_us` may be missing. */
	void (*gap)(void *user, gint64 time_us);
	/* So many bytes at the end of the line that follows were not kept. */
	void (*cut)(void *user, gint64 time_us, guint64 bytes);
};

struct docker_log *docker_log_new(const struct docker_log_events *e, void *user);
void docker_log_free(struct docker_log *l);
/* Another container: nothing was taken yet. */
void docker_log_reset(struct docker_log *l);

/* A connection begins. `tty`: Config.Tty, raw bytes instead of frames. `tail`: only the last lines are asked for, so what comes first is
 * where the log begins for us. */
void docker_log_begin(struct docker_log *l, gboolean tty, gboolean tail);
/* FALSE when the bytes cannot be read: docker_log_problem() says why. */
gboolean docker_log_feed(struct docker_log *l, const char *bytes, gsize len);
const char *docker_log_problem(const struct docker_log *l);
/* The connection is over. `complete`: the container does not run and all was read, so an unfinished line is its last one. */
void docker_log_end(struct docker_log *l, gboolean complete);

/* The value for `since`, "seconds.nanoseconds"; NULL when nothing was taken. g_free it. */
char *docker_log_since(const struct docker_log *l);
/* UTC microseconds of the newest record taken, 0 when none. */
gint64 docker_log_newest_us(const struct docker_log *l);

/* Reads "2026-11-22T02:04:34.123456789Z " (RFC 3339 in UTC, up to nine decimals, one space) at the start. Gives the UTC nanoseconds and
 * the number of bytes including the space; FALSE when there is no such time. */
gboolean docker_log_stamp(const char *bytes, gsize len, gint64 *ns, gsize *used);

#endif
