#include "backends/gateway_feed.h"

#include <string.h>
#include <sys/random.h>

#include "backends/gateway_reply.h"

void
gateway_feed_init(struct gateway_feed *f)
{
	guint64 token;

	if (getrandom(&token, sizeof token, 0) != sizeof token)
		token = (guint64)g_random_int() << 32 | g_random_int();
	memset(f, 0, sizeof *f);
	g_snprintf(f->mark, sizeof f->mark, "=mw%016" G_GINT64_MODIFIER "x:", token);
	f->held = g_string_new(NULL);
}

void
gateway_feed_clear(struct gateway_feed *f)
{
	if (f->held)
		g_string_free(f->held, TRUE);
	f->held = NULL;
}

char *
gateway_feed_ask(struct gateway_feed *f)
{
	return g_strdup_printf("%s%" G_GUINT64_FORMAT "\n", f->mark, ++f->asked);
}

/* Two processes write over there: an answer may stand within a line, which is whole again without it. */
static gboolean
take_answers_out(struct gateway_feed *f)
{
	gboolean answered = FALSE;
	char *at, *end;

	while ((at = memmem(f->held->str, f->held->len, f->mark, strlen(f->mark))) &&
	       (end = memchr(at, '\n', f->held->len - (gsize)(at - f->held->str)))) {
		answered = answered || g_ascii_strtoull(at + strlen(f->mark), NULL, 10) == f->asked;
		g_string_erase(f->held, at - f->held->str, end + 1 - at);
	}
	return answered;
}

static void
take_line(struct gateway_feed *f, const char *text, gsize len, void (*line)(void *user, const char *text, gsize len), void *user)
{
	if (!f->begun)
		f->begun = len == strlen(GATEWAY_REPLY_BEGIN) && memcmp(text, GATEWAY_REPLY_BEGIN, len) == 0;
	else if (len > 0)
		line(user, text, MIN(len, GATEWAY_FEED_LINE_MAX));
}

/* Of a line that does not end its beginning is kept, and as much of its end as could be the beginning of an answer. */
static void
bound(struct gateway_feed *f)
{
	gsize most = GATEWAY_FEED_LINE_MAX + 2 * sizeof f->mark;

	if (f->held->len > most)
		g_string_erase(f->held, GATEWAY_FEED_LINE_MAX, (gssize)(f->held->len - most));
}

gboolean
gateway_feed_take(struct gateway_feed *f, const char *bytes, gsize len, void (*line)(void *user, const char *text, gsize len), void *user)
{
	gboolean answered;
	const char *at, *end;

	g_string_append_len(f->held, bytes, (gssize)len);
	answered = take_answers_out(f);
	at = f->held->str;
	while ((end = memchr(at, '\n', f->held->len - (gsize)(at - f->held->str)))) {
		take_line(f, at, (gsize)(end - at), line, user);
		at = end + 1;
	}
	g_string_erase(f->held, 0, at - f->held->str);
	bound(f);
	return answered && f->begun;
}
