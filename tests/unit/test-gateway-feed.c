/* What a staying command of a gateway prints: the journal's lines whole, whatever the answers stand between, and however the bytes come. */
#include "backends/gateway_feed.h"

#include <string.h>

#include "backends/gateway_reply.h"

struct heard {
	struct gateway_feed feed;
	GString *lines;   /* each with its end */
	guint answers;
};

static void
begin(struct heard *h)
{
	gateway_feed_init(&h->feed);
	h->lines = g_string_new(NULL);
	h->answers = 0;
}

static void
over(struct heard *h)
{
	gateway_feed_clear(&h->feed);
	g_string_free(h->lines, TRUE);
}

static void
hear(void *user, const char *text, gsize len)
{
	struct heard *h = user;

	g_string_append_len(h->lines, text, (gssize)len);
	g_string_append_c(h->lines, '\n');
}

static void
take(struct heard *h, const char *bytes, gsize chunk)
{
	for (gsize len = strlen(bytes), at = 0; at < len; at += chunk)
		h->answers += gateway_feed_take(&h->feed, bytes + at, MIN(chunk, len - at), hear, h);
}

/* The bytes of a whole life, in pieces of each length: an answer between lines, and one within a line. */
static void
test_pieces(void)
{
	for (gsize chunk = 1; chunk < 120; chunk++) {
		struct heard h;
		begin(&h);
		g_autofree char *first = gateway_feed_ask(&h.feed), *second = gateway_feed_ask(&h.feed), *last = gateway_feed_ask(&h.feed);
		g_autofree char *bytes = g_strconcat("Welcome to the machine\n", GATEWAY_REPLY_BEGIN, "\n1.5 ERROR one\n", first, "2.5 ERR", second, "OR two\n\n",
		                                     last, "3.5 ERROR three\n", NULL);
		take(&h, bytes, chunk);
		g_assert_cmpstr(h.lines->str, ==, "1.5 ERROR one\n2.5 ERROR two\n3.5 ERROR three\n");
		g_assert_cmpuint(h.answers, ==, 1); /* to the last question only */
		over(&h);
	}
}

/* An answer tells that the lines before it are here, and nothing while the journal is not followed yet. */
static void
test_order(void)
{
	struct heard h;

	begin(&h);
	g_autofree char *early = gateway_feed_ask(&h.feed);
	take(&h, early, 100);
	take(&h, "not yet\n", 100);
	g_assert_cmpuint(h.answers, ==, 0);
	take(&h, GATEWAY_REPLY_BEGIN "\n", 100);
	g_assert_cmpuint(h.answers, ==, 0);
	g_autofree char *question = gateway_feed_ask(&h.feed), *bytes = g_strconcat("ERROR before\n", question, "ERROR af", NULL);
	take(&h, bytes, 1000);
	g_assert_cmpuint(h.answers, ==, 1);
	g_assert_cmpstr(h.lines->str, ==, "ERROR before\n");
	take(&h, "ter\n", 100);
	g_assert_cmpstr(h.lines->str, ==, "ERROR before\nERROR after\n");
	over(&h);
}

/* What looks like an answer but was not asked by us is a line. */
static void
test_forged(void)
{
	struct heard h;

	begin(&h);
	g_free(gateway_feed_ask(&h.feed));
	take(&h, GATEWAY_REPLY_BEGIN "\n=mw0000000000000000:1\n=mw:1\n", 7);
	g_assert_cmpuint(h.answers, ==, 0);
	g_assert_cmpstr(h.lines->str, ==, "=mw0000000000000000:1\n=mw:1\n");
	over(&h);
}

/* A line without an end takes no memory, and hides no answer. */
static void
test_endless(void)
{
	struct heard h;
	g_autofree char *much = g_strnfill(50000, 'x');

	begin(&h);
	take(&h, GATEWAY_REPLY_BEGIN "\n", 100);
	g_autofree char *question = gateway_feed_ask(&h.feed);
	for (guint i = 0; i < 20; i++)
		take(&h, much, 1000);
	g_assert_cmpuint(h.feed.held->len, <, 2 * GATEWAY_FEED_LINE_MAX);
	take(&h, question, 5);
	g_assert_cmpuint(h.answers, ==, 1);
	take(&h, "\nERROR\n", 3);
	g_assert_cmpuint(h.lines->len, ==, GATEWAY_FEED_LINE_MAX + 1 + strlen("ERROR\n"));
	g_assert_true(g_str_has_suffix(h.lines->str, "x\nERROR\n"));
	over(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/gateway-feed/pieces", test_pieces);
	g_test_add_func("/gateway-feed/order", test_order);
	g_test_add_func("/gateway-feed/forged", test_forged);
	g_test_add_func("/gateway-feed/endless", test_endless);
	return g_test_run();
}
