/* Reads what a staying command of a gateway prints (gateway_script_staying()): lines of its journal, and between them, at any place, the answers to
 * what it was asked. Pure. */
#ifndef MW_BACKENDS_GATEWAY_FEED_H
#define MW_BACKENDS_GATEWAY_FEED_H

#include <glib.h>

struct gateway_feed {
	char mark[32];             /* of an answer; nobody over there knows it before it was asked */
	guint64 asked;             /* the number of the last question; 0: none */
	gboolean begun;            /* what is read is the journal from its place on */
	GString *held;             /* the beginning of a line, bounded */
};

void gateway_feed_init(struct gateway_feed *f);
void gateway_feed_clear(struct gateway_feed *f);
/* The next question: a line with its end, newly allocated. The answers to all before it do not count any more. */
char *gateway_feed_ask(struct gateway_feed *f);
/* Takes bytes as they come. `line` gets each line of the journal (raw, without its end, at most GATEWAY_FEED_LINE_MAX bytes of it). TRUE when the last
 * question is answered by them; all lines that came before the answer were given out then. */
gboolean gateway_feed_take(struct gateway_feed *f, const char *bytes, gsize len, void (*line)(void *user, const char *text, gsize len), void *user);

#define GATEWAY_FEED_LINE_MAX 4096

#endif
