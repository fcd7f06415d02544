/* The output of a command, judged line by line in slices: a flooded log leaves the loop free for keys. */
#include "app/observe_private.h"

#include <string.h>

#define SLICE_US 4000
#define LINES_A_LOOK 64 /* between two looks at the clock */

struct observe_text {
	struct observation *o;
	struct observe_text_settings s;
	char *bytes;
	gsize len, at;
	guint source;
};

static void
take_line(struct observe_text *t)
{
	const char *text = t->bytes + t->at, *end = memchr(text, '\n', t->len - t->at);
	gsize len = end ? (gsize)(end - text) : t->len - t->at;
	gint64 utc_us = 0;

	t->at += len + (end != NULL);
	if (!t->s.time || t->s.time(t->s.user, &text, &len, &utc_us))
		observe_take(t->o, t->s.lines, utc_us, text, len);
}

static gboolean
on_slice(gpointer user)
{
	struct observe_text *t = user;
	gint64 until = g_get_monotonic_time() + SLICE_US;

	do {
		for (guint i = 0; i < LINES_A_LOOK && t->at < t->len; i++)
			take_line(t);
	} while (t->at < t->len && g_get_monotonic_time() < until);
	if (t->at < t->len)
		return G_SOURCE_CONTINUE;
	t->source = 0;
	t->s.done(t->s.user);
	return G_SOURCE_REMOVE;
}

struct observe_text *
observe_text_new(struct observation *o, const struct observe_text_settings *s, const char *bytes, gsize len)
{
	struct observe_text *t = g_new0(struct observe_text, 1);

	t->o = o;
	t->s = *s;
	t->bytes = g_memdup2(bytes, len);
	t->len = len;
	t->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_slice, t, NULL);
	return t;
}

void
observe_text_free(struct observe_text *t)
{
	if (!t)
		return;
	g_clear_handle_id(&t->source, g_source_remove);
	check_lines_free(t->s.lines);
	g_free(t->bytes);
	g_free(t);
}

struct check_lines *
observe_text_lines(const struct observe_text *t)
{
	return t->s.lines;
}
