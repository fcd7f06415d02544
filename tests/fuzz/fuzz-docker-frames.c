/* The Docker stream on any bytes: any split gives the same frames; the log on top of it takes framed and raw bytes over several
 * connections. The first byte is the chunk's size, the second tells how often the connection is cut. */
#include <stddef.h>
#include <stdint.h>

#include "backends/docker_frames.h"
#include "backends/docker_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_frame(void *user, enum docker_stream type, const char *bytes, gsize len)
{
	g_string_append_printf(user, "%d:%" G_GSIZE_FORMAT ":", type, len);
	g_string_append_len(user, bytes, (gssize)len);
}

static GString *
frames_of(const char *bytes, gsize len, gsize chunk)
{
	GString *seen = g_string_new(NULL);
	struct docker_frames f;

	docker_frames_init(&f);
	for (gsize at = 0; at < len; at += chunk)
		if (!docker_frames_feed(&f, bytes + at, MIN(chunk, len - at), on_frame, seen))
			break;
	if (f.problem)
		g_string_append(seen, f.problem);
	docker_frames_clear(&f);
	return seen;
}

static void
on_line(void *user, enum docker_stream stream, gint64 time_us, const char *text, gsize len)
{
	g_assert_true(text != NULL || len == 0);
}

static void
on_gap(void *user, gint64 time_us)
{
}

static void
on_cut(void *user, gint64 time_us, guint64 bytes)
{
}

static void
follow(const char *bytes, gsize len, gsize chunk, guint connections, gboolean tty)
{
	static const struct docker_log_events events = { on_line, on_gap, on_cut };
	struct docker_log *log = docker_log_new(&events, NULL);

	for (guint i = 0; i < connections; i++) {
		docker_log_begin(log, tty, i % 2 == 1);
		for (gsize at = 0; at < len; at += chunk)
			if (!docker_log_feed(log, bytes + at, MIN(chunk, len - at)))
				break;
		docker_log_end(log, i % 3 == 2);
		g_free(docker_log_since(log));
	}
	docker_log_free(log);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes;
	gsize chunk;

	if (size < 2)
		return 0;
	chunk = (gsize)data[0] + 1;
	bytes = (const char *)data + 2;
	size -= 2;
	g_autoptr(GString) whole = frames_of(bytes, size, size ? size : 1);
	g_autoptr(GString) split = frames_of(bytes, size, chunk);
	g_assert_true(g_string_equal(whole, split));
	follow(bytes, size, chunk, data[1] % 4 + 1u, FALSE);
	follow(bytes, size, chunk, data[1] % 4 + 1u, TRUE);
	return 0;
}
