/* An expression: an error with words, or parts that can be judged. The bytes after the first NUL are values for it. Labels as a person writes them go the
 * same way. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "model/labels.h"
#include "model/rule_expr.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
judge(const struct rule_expr *e, const guint8 *bytes, gsize size)
{
	struct rule_column columns[RULE_EXPR_PARTS];
	double values[16];
	guint32 places[RULE_EXPR_PARTS][8];
	guint8 out[8];
	gsize at = 0;

	for (guint i = 0; i < 16; i++)
		values[i] = at < size ? (bytes[at] == 255 ? NAN : bytes[at] - 100.0) : 0, at++;
	for (guint k = 0; k < rule_expr_count(e); k++) {
		for (guint i = 0; i < 8; i++, at++)
			places[k][i] = at >= size || bytes[at] >= 16 ? RULE_NO_PLACE : bytes[at];
		columns[k] = (struct rule_column){ values, places[k] };
	}
	rule_expr_judge(e, columns, 8, out);
	for (guint i = 0; i < 8; i++) {
		enum grade parts[RULE_EXPR_PARTS];
		for (guint k = 0; k < rule_expr_count(e); k++)
			parts[k] = places[k][i] == RULE_NO_PLACE ? GRADE_FALSE : rule_part_grade(rule_expr_part(e, k), values[places[k][i]]);
		g_assert_cmpint(out[i], ==, rule_expr_join(e, parts));
	}
}

static void
check_parts(const struct rule_expr *e)
{
	g_assert_cmpuint(rule_expr_count(e), >=, 1);
	g_assert_cmpuint(rule_expr_count(e), <=, RULE_EXPR_PARTS);
	for (guint k = 0; k < rule_expr_count(e); k++) {
		const struct rule_part *p = rule_expr_part(e, k);
		g_assert_true(p->metric[0] != '\0' && isfinite(p->number));
		for (guint i = 0; i < p->matcher_count; i++)
			g_assert_true(g_utf8_validate(p->matchers[i].value, -1, NULL));
	}
}

static void
check_labels(const char *text)
{
	g_autofree char *tidy = labels_tidy(text), *again = tidy ? labels_tidy(tidy) : NULL;

	g_assert_cmpstr(tidy, ==, again);
	if (tidy) {
		g_assert_true(g_utf8_validate(tidy, -1, NULL));
		g_assert_true(labels_include(tidy, tidy));
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	struct rule_expr *e = rule_expr_parse(text, &error);
	gsize length = strlen(text);

	check_labels(text);
	g_assert_true((e == NULL) == (error != NULL));
	if (error)
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
	if (e) {
		check_parts(e);
		judge(e, data + MIN(length + 1, size), size - MIN(length + 1, size));
	}
	rule_expr_free(e);
	return 0;
}
