/* The Docker Engine's multiplexed stream (logs, attach and exec without a terminal): frames of an 8-byte header {type, 0, 0, 0,
 * length in big endian} and a payload. Bytes in, whole frames out; any split of the input gives the same frames. */
#ifndef MW_BACKENDS_DOCKER_FRAMES_H
#define MW_BACKENDS_DOCKER_FRAMES_H

#include <glib.h>

enum docker_stream {
	DOCKER_STDIN,  /* shown as stdout */
	DOCKER_STDOUT,
	DOCKER_STDERR,
	DOCKER_SYSTEM, /* the daemon's own error text; it ends the stream */
};

/* The daemon's log frames hold at most 16 KiB and a time; plugins up to 1 MB. A longer one is not a frame at all. */
#define DOCKER_FRAME_MAX (1024 * 1024)

/* `bytes` are valid during the call only. */
typedef void (*docker_frame_sink)(void *user, enum docker_stream type, const char *bytes, gsize len);

struct docker_frames {
	guint8 header[8];
	gsize header_length;
	guint32 payload_length; /* known when the header is complete */
	GByteArray *payload;    /* of a frame that came in several chunks; NULL = none */
	char *problem;          /* why the stream cannot be read on; NULL when fine */
};

void docker_frames_init(struct docker_frames *f);
void docker_frames_clear(struct docker_frames *f);
/* Forgets a frame that did not come to its end and the problem: another connection begins. */
void docker_frames_reset(struct docker_frames *f);
/* Takes bytes in and hands on the frames that are complete. FALSE when what came is not a frame: f->problem says so in safe words, and
 * nothing more is taken until the reset. The sink must not change `f`. */
gboolean docker_frames_feed(struct docker_frames *f, const char *bytes, gsize len, docker_frame_sink sink, void *user);

#endif
