#include "tests/unit/problems.h"

#include <string.h>

void
assert_problem_texts(const GPtrArray *problems, const char *const *expected)
{
	for (guint i = 0; i < problems->len; i++) {
		g_autofree char *got = config_problem_text(problems->pdata[i]);
		g_test_message("%s", got);
		g_assert_nonnull(expected[i]);
		g_assert_cmpstr(got, ==, expected[i]);
	}
	g_assert_null(expected[problems->len]);
}

void
assert_config_problems(const char *text, const char *const *expected)
{
	g_autoptr(GPtrArray) problems = config_problems_new();
	struct config *c = config_parse(text, strlen(text), "c.yml", problems);

	g_assert_true((c == NULL) == (problems->len > 0));
	config_free(c);
	assert_problem_texts(problems, expected);
}
