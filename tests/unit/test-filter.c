/* The filter language: what passes, what does not, and what it says about nonsense. */
#include "tui/filter.h"

#include <string.h>

static const char *const states[] = { "healthy", "unhealthy", "running", "exited", NULL };
static const struct filter_field fields[] = { { "name", NULL }, { "host", NULL }, { "stack", NULL }, { "state", states } };

static gboolean passes(const char *text, const char *name, const char *host, const char *stack, const char *state)
{
	const char *values[] = { name, host, stack, state };
	g_autoptr(GError) error = NULL;
	struct filter *f = filter_parse(text, fields, G_N_ELEMENTS(fields), &error);
	gboolean result;

	g_assert_no_error(error);
	result = filter_matches(f, values);
	filter_free(f);
	return result;
}

static gboolean caddy(const char *text)
{
	return passes(text, "caddy-Web", "gw-eu-1", NULL, "unhealthy running");
}

static void test_words(void)
{
	g_assert_true(caddy(""));
	g_assert_true(caddy("   "));
	g_assert_true(caddy("CAD"));
	g_assert_true(caddy("web eu"));       /* in different values */
	g_assert_false(caddy("web us"));
	g_assert_true(caddy("!us"));
	g_assert_false(caddy("!web"));
	g_assert_true(caddy("\"dy-we\""));
	g_assert_false(caddy("\"web eu\""));  /* one text, in no value */
	g_assert_true(passes("\"!x\"", "a!x", NULL, NULL, NULL));
	g_assert_true(passes("\"nginx:1\"", "nginx:1", NULL, NULL, NULL));
	g_assert_true(passes("10.0.0.1:80", "10.0.0.1:80", NULL, NULL, NULL)); /* no letters before the colon: no field */
	g_assert_true(passes("\u00c4PFEL", "\u00e4pfel", NULL, NULL, NULL));
	g_assert_false(passes("x", NULL, NULL, NULL, NULL));
}

static void test_fields(void)
{
	g_assert_true(caddy("state:unh"));
	g_assert_true(caddy("STATE:Running"));
	g_assert_false(caddy("state:healthy")); /* not within "unhealthy" */
	g_assert_true(caddy("!state:healthy"));
	g_assert_true(caddy("host:eu"));
	g_assert_true(caddy("host:gw-eu-1"));
	g_assert_false(caddy("host:w-eu"));
	g_assert_false(caddy("stack:a"));       /* has none */
	g_assert_true(caddy("!stack:a"));
	g_assert_true(caddy("host:\"gw-eu\""));
}

static void test_fuzzy(void)
{
	g_assert_true(caddy("~cdw"));
	g_assert_false(caddy("~wdc"));
	g_assert_false(caddy("~cadgw"));        /* not across values */
	g_assert_false(caddy("!~cdw"));
	g_assert_false(caddy("~!cdw"));
	g_assert_true(caddy("~name:cw"));
}

static void assert_error(const char *text, const char *part)
{
	g_autoptr(GError) error = NULL;
	struct filter *f = filter_parse(text, fields, G_N_ELEMENTS(fields), &error);

	g_assert_null(f);
	if (!strstr(error->message, part))
		g_error("\"%s\": \"%s\" does not say \"%s\"", text, error->message, part);
}

static void test_errors(void)
{
	assert_error("foo:bar", "there is no foo: here, but name: host: stack: state:");
	assert_error("foo:bar", "; or quote it: \"foo:bar\"");
	assert_error("a host:", "host: wants a word");
	assert_error("state:bad", "there are healthy, unhealthy, running, exited");
	assert_error("!", "wants a word");
	assert_error("~", "wants a word");
	assert_error("\"open", "closing quote");
	assert_error("\"\"", "wants a word");
}

static void test_empty(void)
{
	struct filter *f = filter_parse("", fields, G_N_ELEMENTS(fields), NULL), *g = filter_parse("x", fields, G_N_ELEMENTS(fields), NULL);

	g_assert_true(filter_is_empty(NULL));
	g_assert_true(filter_is_empty(f));
	g_assert_false(filter_is_empty(g));
	filter_free(f);
	filter_free(g);
	filter_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/filter/words", test_words);
	g_test_add_func("/filter/fields", test_fields);
	g_test_add_func("/filter/fuzzy", test_fuzzy);
	g_test_add_func("/filter/errors", test_errors);
	g_test_add_func("/filter/empty", test_empty);
	return g_test_run();
}
