/* The language of expressions: what is taken, what is refused and where, and the logic of what is not known. */
#include "model/rule_expr.h"

#include <math.h>
#include <string.h>

static struct rule_expr *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct rule_expr *e = rule_expr_parse(text, &error);

	g_assert_no_error(error);
	g_assert_nonnull(e);
	return e;
}

static void
parts(void)
{
	struct rule_expr *e = parse("  a:b_1{host=\"x\\\"y\", env != \"prod\"}>=-1.5e9 and(b==+.5 or c{}!=5.)\n");
	const struct rule_part *p = rule_expr_part(e, 0);

	g_assert_cmpuint(rule_expr_count(e), ==, 3);
	g_assert_cmpstr(p->metric, ==, "a:b_1");
	g_assert_cmpuint(p->matcher_count, ==, 2);
	g_assert_cmpstr(p->matchers[0].label, ==, "host");
	g_assert_cmpstr(p->matchers[0].value, ==, "x\"y");
	g_assert_true(p->matchers[0].equal);
	g_assert_cmpstr(p->matchers[1].value, ==, "prod");
	g_assert_false(p->matchers[1].equal);
	g_assert_cmpint(p->comparison, ==, RULE_GREATER_EQUAL);
	g_assert_cmpfloat(p->number, ==, -1.5e9);
	g_assert_cmpint(rule_expr_part(e, 1)->comparison, ==, RULE_EQUAL);
	g_assert_cmpfloat(rule_expr_part(e, 1)->number, ==, 0.5);
	g_assert_cmpint(rule_expr_part(e, 2)->comparison, ==, RULE_NOT_EQUAL);
	g_assert_cmpfloat(rule_expr_part(e, 2)->number, ==, 5);
	rule_expr_free(e);
}

static void
faults(void)
{
	static const struct { const char *text, *message; } cases[] = {
		{ "", "at 0: a metric is missing" },
		{ "a", "at 1: a comparison is missing: one of > >= < <= == !=" },
		{ "a >", "at 3: a number is missing" },
		{ "a > x", "at 4: a number is missing" },
		{ "a > nan", "at 4: a number is missing" },
		{ "a > 0x10", "at 5: this does not belong to a number" },
		{ "a > 1.2.3", "at 7: this does not belong to a number" },
		{ "a > 5m", "at 5: this does not belong to a number" },
		{ "a > .", "at 4: a number is missing" },
		{ "a > 1e999", "at 4: the number is too great" },
		{ "a = 1", "at 2: a comparison is missing: one of > >= < <= == !=" },
		{ "a > 1 and", "at 9: a metric is missing" },
		{ "a > 1 and or", "at 10: a metric is missing" },
		{ "or > 1", "at 0: a metric is missing" },
		{ "a > 1 b > 2", "at 6: \"and\", \"or\" or the end is missing" },
		{ "a > 1 andb > 2", "at 6: \"and\", \"or\" or the end is missing" },
		{ "(a > 1", "at 6: ) is missing" },
		{ "a > 1)", "at 5: \"and\", \"or\" or the end is missing" },
		{ "a{ > 1", "at 3: a label is missing" },
		{ "a{b} > 1", "at 3: = or != is missing" },
		{ "a{b=c} > 1", "at 4: a value in quotation marks is missing" },
		{ "a{b=\"c} > 1", "at 4: the value has no end" },
		{ "a{b=\"c\" > 1", "at 8: } is missing" },
		{ "9a > 1", "at 0: a metric is missing" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(rule_expr_parse(cases[i].text, &error));
		g_assert_nonnull(error);
		g_assert_cmpstr(error->message, ==, cases[i].message);
	}
}

static char *
repeat(const char *text, guint times, const char *between)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < times; i++)
		g_string_append_printf(s, "%s%s", i > 0 ? between : "", text);
	return g_string_free(s, FALSE);
}

static void
bounds(void)
{
	g_autofree char *most = repeat("a>1", RULE_EXPR_PARTS, " and "), *more = repeat("a>1", RULE_EXPR_PARTS + 1, " or ");
	g_autofree char *deep = repeat("(", 33, ""), *open = repeat("(", 32, ""), *shut = repeat(")", 32, "");
	g_autofree char *nested = g_strconcat(open, "a>1", shut, NULL), *long_text = g_strnfill(RULE_EXPR_LENGTH + 1, ' ');
	g_autoptr(GError) a = NULL, b = NULL, c = NULL;

	rule_expr_free(parse(most));
	rule_expr_free(parse(nested));
	g_assert_null(rule_expr_parse(more, &a));
	g_assert_nonnull(strstr(a->message, "more than 32 parts"));
	g_assert_null(rule_expr_parse(deep, &b));
	g_assert_cmpstr(b->message, ==, "at 32: more than 32 parentheses in one another");
	g_assert_null(rule_expr_parse(long_text, &c));
	g_assert_cmpstr(c->message, ==, "at 4096: longer than 4096 bytes");
}

static void
comparisons(void)
{
	static const struct { const char *text; enum grade below, equal, above; } cases[] = {
		{ "a > 5", GRADE_FALSE, GRADE_FALSE, GRADE_TRUE },   { "a >= 5", GRADE_FALSE, GRADE_TRUE, GRADE_TRUE },
		{ "a < 5", GRADE_TRUE, GRADE_FALSE, GRADE_FALSE },   { "a <= 5", GRADE_TRUE, GRADE_TRUE, GRADE_FALSE },
		{ "a == 5", GRADE_FALSE, GRADE_TRUE, GRADE_FALSE },  { "a != 5", GRADE_TRUE, GRADE_FALSE, GRADE_TRUE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct rule_expr *e = parse(cases[i].text);
		const struct rule_part *p = rule_expr_part(e, 0);
		g_assert_cmpint(rule_part_grade(p, 4.999), ==, cases[i].below);
		g_assert_cmpint(rule_part_grade(p, 5), ==, cases[i].equal);
		g_assert_cmpint(rule_part_grade(p, 5.001), ==, cases[i].above);
		g_assert_cmpint(rule_part_grade(p, NAN), ==, GRADE_UNKNOWN);
		g_assert_cmpint(rule_part_grade(p, -INFINITY), ==, cases[i].below);
		g_assert_cmpint(rule_part_grade(p, INFINITY), ==, cases[i].above);
		rule_expr_free(e);
	}
}

/* Every combination of three truths against the tables of Kleene, and "and" before "or". */
static void
kleene(void)
{
	struct rule_expr *both = parse("a > 0 and b > 0"), *either = parse("a > 0 or b > 0"), *mixed = parse("a > 0 or b > 0 and c > 0"),
	                 *grouped = parse("(a > 0 or b > 0) and c > 0");
	static const enum grade and[3][3] = { { 0, 0, 0 }, { 0, 1, 1 }, { 0, 1, 2 } }, or[3][3] = { { 0, 1, 2 }, { 1, 1, 2 }, { 2, 2, 2 } };

	for (enum grade a = 0; a < 3; a++)
		for (enum grade b = 0; b < 3; b++) {
			g_assert_cmpint(rule_expr_join(both, (enum grade[]){ a, b }), ==, and[a][b]);
			g_assert_cmpint(rule_expr_join(either, (enum grade[]){ a, b }), ==, or[a][b]);
			for (enum grade c = 0; c < 3; c++) {
				g_assert_cmpint(rule_expr_join(mixed, (enum grade[]){ a, b, c }), ==, or[a][and[b][c]]);
				g_assert_cmpint(rule_expr_join(grouped, (enum grade[]){ a, b, c }), ==, and[or[a][b]][c]);
			}
		}
	rule_expr_free(both);
	rule_expr_free(either);
	rule_expr_free(mixed);
	rule_expr_free(grouped);
}

/* The block-wise judgement says of each row what the simple one says, over more rows than a block has. */
static void
blocks(void)
{
	struct rule_expr *e = parse("a > 0.5 and (b <= 0.3 or c != 2) or d == 1");
	enum { ROWS = 1000, VALUES = 50 };
	double values[4][VALUES];
	guint32 places[4][ROWS];
	guint8 grades[ROWS];
	struct rule_column columns[4];
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);

	for (guint k = 0; k < 4; k++) {
		columns[k] = (struct rule_column){ values[k], places[k] };
		for (guint i = 0; i < VALUES; i++)
			values[k][i] = g_rand_int_range(rand, 0, 4) == 0 ? NAN : g_rand_int_range(rand, 0, 30) / 10.0;
		for (guint i = 0; i < ROWS; i++)
			places[k][i] = g_rand_int_range(rand, 0, 5) == 0 ? RULE_NO_PLACE : (guint32)g_rand_int_range(rand, 0, VALUES);
	}
	rule_expr_judge(e, columns, ROWS, grades);
	for (guint i = 0; i < ROWS; i++) {
		enum grade parts_of[4];
		for (guint k = 0; k < 4; k++)
			parts_of[k] = places[k][i] == RULE_NO_PLACE ? GRADE_FALSE : rule_part_grade(rule_expr_part(e, k), values[k][places[k][i]]);
		g_assert_cmpint(grades[i], ==, rule_expr_join(e, parts_of));
	}
	rule_expr_free(e);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rule-expr/parts", parts);
	g_test_add_func("/rule-expr/faults", faults);
	g_test_add_func("/rule-expr/bounds", bounds);
	g_test_add_func("/rule-expr/comparisons", comparisons);
	g_test_add_func("/rule-expr/kleene", kleene);
	g_test_add_func("/rule-expr/blocks", blocks);
	return g_test_run();
}
