#include "backends/file_segments.h"

#include <string.h>

#define GREETING "midwatch-file "
#define TOKEN_LENGTH 32
#define MARK_LENGTH (1 + TOKEN_LENGTH)
#define FIRST_LINE_MAX 4096 /* a login shell may print a banner before */
#define RECORD_MAX 512
#define RS '\036'

void
file_segments_init(struct file_segments *s, const struct file_segments_events *e, void *user)
{
	*s = (struct file_segments){ .events = *e, .user = user, .held = g_string_new(NULL) };
}

void
file_segments_clear(struct file_segments *s)
{
	g_string_free(s->held, TRUE);
	s->held = NULL;
}

void
file_segments_reset(struct file_segments *s)
{
	s->begun = FALSE;
	g_string_truncate(s->held, 0);
}

static void
read_greeting(struct file_segments *s)
{
	const char *token = s->held->str + strlen(GREETING);

	if (!g_str_has_prefix(s->held->str, GREETING) || strspn(token, "0123456789abcdef") != TOKEN_LENGTH || token[TOKEN_LENGTH] != '\0')
		return;
	s->mark[0] = RS;
	memcpy(s->mark + 1, token, TOKEN_LENGTH);
	s->begun = TRUE;
}

/* Takes lines until the greeting; returns the bytes taken. */
static gsize
take_first_lines(struct file_segments *s, const char *bytes, gsize len)
{
	const char *feed = memchr(bytes, '\n', len);
	gsize n = feed ? (gsize)(feed - bytes) : len;

	g_string_append_len(s->held, bytes, (gssize)MIN(n, FIRST_LINE_MAX - MIN(s->held->len, FIRST_LINE_MAX)));
	if (!feed)
		return n;
	read_greeting(s);
	g_string_truncate(s->held, 0);
	return n + 1;
}

/* How many of the first bytes are as a mark's. */
static gsize
match_mark(const struct file_segments *s, const char *bytes, gsize len)
{
	gsize n = 0;

	while (n < MARK_LENGTH && n < len && bytes[n] == s->mark[n])
		n++;
	return n;
}

static void
give_record(struct file_segments *s)
{
	const char *words = s->held->str + MARK_LENGTH + 1;
	char letter = s->held->len > MARK_LENGTH + 1 ? *words++ : '\0';

	while (*words == ' ')
		words++;
	if (letter)
		s->events.record(s->user, letter, words);
	g_string_truncate(s->held, 0);
}

static void
give_held_as_text(struct file_segments *s)
{
	s->events.text(s->user, s->held->str, s->held->len);
	g_string_truncate(s->held, 0);
}

/* Carries a possible record on by some bytes; returns how many were taken. */
static gsize
take_record(struct file_segments *s, const char *bytes, gsize len)
{
	gsize had = s->held->len;
	const char *feed;
	gsize n;

	if (had < MARK_LENGTH) {
		n = MIN(MARK_LENGTH - had, len);
		g_string_append_len(s->held, bytes, (gssize)n);
		n = match_mark(s, s->held->str, s->held->len);
		if (n == s->held->len)
			return n - had;
		g_string_truncate(s->held, n); /* what did not match is looked at again */
		give_held_as_text(s);
		return n - had;
	}
	len = MIN(len, RECORD_MAX - had);
	feed = memchr(bytes, '\n', len);
	n = feed ? (gsize)(feed - bytes) : len;
	g_string_append_len(s->held, bytes, (gssize)n);
	if (!feed) {
		if (s->held->len == RECORD_MAX) /* never written by the follower */
			give_held_as_text(s);
		return n;
	}
	give_record(s);
	return n + 1;
}

void
file_segments_feed(struct file_segments *s, const char *bytes, gsize len)
{
	while (len > 0) {
		const char *rs;
		gsize n;

		if (!s->begun) {
			n = take_first_lines(s, bytes, len);
		} else if (s->held->len > 0) {
			n = take_record(s, bytes, len);
		} else if (*bytes == RS) {
			g_string_append_c(s->held, RS);
			n = 1;
		} else {
			rs = memchr(bytes, RS, len);
			n = rs ? (gsize)(rs - bytes) : len;
			s->events.text(s->user, bytes, n);
		}
		bytes += n;
		len -= n;
	}
}
