#include "backends/docker_frames.h"

#include <string.h>

#define KEPT_CAPACITY (32 * 1024) /* a longer frame's buffer is given back */

void
docker_frames_init(struct docker_frames *f)
{
	memset(f, 0, sizeof *f);
}

void
docker_frames_clear(struct docker_frames *f)
{
	if (f->payload)
		g_byte_array_unref(f->payload);
	g_free(f->problem);
	docker_frames_init(f);
}

void
docker_frames_reset(struct docker_frames *f)
{
	f->header_length = 0;
	if (f->payload)
		g_byte_array_set_size(f->payload, 0);
	g_clear_pointer(&f->problem, g_free);
}

/* FALSE when the eight bytes are no header. */
static gboolean
read_header(struct docker_frames *f)
{
	const guint8 *h = f->header;

	f->payload_length = (guint32)h[4] << 24 | (guint32)h[5] << 16 | (guint32)h[6] << 8 | h[7];
	if (h[0] <= DOCKER_SYSTEM && !h[1] && !h[2] && !h[3] && f->payload_length <= DOCKER_FRAME_MAX)
		return TRUE;
	f->problem = g_strdup_printf("the daemon's stream is not in frames (header %02x%02x%02x%02x %02x%02x%02x%02x)",
	                             h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]);
	return FALSE;
}

static gsize
take_header(struct docker_frames *f, const char *bytes, gsize len)
{
	gsize n = MIN(sizeof f->header - f->header_length, len);

	memcpy(f->header + f->header_length, bytes, n);
	f->header_length += n;
	return n;
}

static void
give(struct docker_frames *f, const char *bytes, docker_frame_sink sink, void *user)
{
	f->header_length = 0;
	if (f->payload_length > 0)
		sink(user, f->header[0], bytes, f->payload_length);
}

/* Takes payload: a frame that lies whole in the chunk is not copied. */
static gsize
take_payload(struct docker_frames *f, const char *bytes, gsize len, docker_frame_sink sink, void *user)
{
	gsize have = f->payload ? f->payload->len : 0;
	gsize n = MIN(f->payload_length - have, len);

	if (have == 0 && n == f->payload_length) {
		give(f, bytes, sink, user);
		return n;
	}
	if (!f->payload)
		f->payload = g_byte_array_new();
	g_byte_array_append(f->payload, (const guint8 *)bytes, (guint)n);
	if (f->payload->len < f->payload_length)
		return n;
	give(f, (const char *)f->payload->data, sink, user);
	if (f->payload->len > KEPT_CAPACITY)
		g_byte_array_unref(g_steal_pointer(&f->payload));
	else
		g_byte_array_set_size(f->payload, 0);
	return n;
}

gboolean
docker_frames_feed(struct docker_frames *f, const char *bytes, gsize len, docker_frame_sink sink, void *user)
{
	gsize at = 0;

	if (f->problem)
		return FALSE;
	while (at < len) {
		if (f->header_length < sizeof f->header) {
			at += take_header(f, bytes + at, len - at);
			if (f->header_length < sizeof f->header)
				break;
			if (!read_header(f))
				return FALSE;
			if (f->payload_length == 0)
				f->header_length = 0;
			continue;
		}
		at += take_payload(f, bytes + at, len - at, sink, user);
	}
	return TRUE;
}
