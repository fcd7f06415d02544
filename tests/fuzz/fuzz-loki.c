/* Any bytes as an answer of Loki, and as the pattern of a question: nothing crashes, lines come in order, and a pattern stays within its quotes. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "backends/loki_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_query(const char *pattern)
{
	g_autofree char *query = loki_query("{}", pattern);
	const char *c = query + strlen("{} |~ \"");

	while (*c && *c != '"')
		c += *c == '\\' ? 2 : 1;
	g_assert_cmpstr(c, ==, "\"");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strndup((const char *)data, size);
	struct loki_lines *l = loki_parse((const char *)data, size, "host", &error);
	gint64 before = 0;

	g_assert_true((l == NULL) == (error != NULL));
	for (guint i = 0; l && i < l->lines->len; i++) {
		const struct loki_line *line = &g_array_index(l->lines, struct loki_line, i);
		g_assert_cmpint(line->ns, >=, MAX(before, 1));
		g_assert_cmpuint(strlen(line->text), ==, line->length);
		before = line->ns;
	}
	loki_lines_free(l);
	check_query(text);
	return 0;
}
