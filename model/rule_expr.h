/* The expression of a rule: parts (METRIC {label="value", label!="value"} COMPARISON NUMBER) joined by "and" and "or", of which "and" binds closer, and
 * parentheses. What is not known stays so (Kleene): false and unknown is false, true or unknown is true. */
#ifndef MW_MODEL_RULE_EXPR_H
#define MW_MODEL_RULE_EXPR_H

#include <glib.h>

#define RULE_EXPR_LENGTH 4096 /* bytes */
#define RULE_EXPR_PARTS 32

/* In this order "and" is the smaller, "or" the greater one. */
enum grade { GRADE_FALSE, GRADE_UNKNOWN, GRADE_TRUE };

enum rule_comparison { RULE_GREATER, RULE_GREATER_EQUAL, RULE_LESS, RULE_LESS_EQUAL, RULE_EQUAL, RULE_NOT_EQUAL };

struct rule_matcher { char *label, *value; gboolean equal; };

struct rule_part {
	char *metric;
	struct rule_matcher *matchers;
	guint matcher_count;
	enum rule_comparison comparison;
	double number;
};

struct rule_expr;

/* NULL with an error that names the offset in bytes: "at 14: a number is missing". */
struct rule_expr *rule_expr_parse(const char *text, GError **error);
void rule_expr_free(struct rule_expr *e); /* NULL is ignored */
guint rule_expr_count(const struct rule_expr *e);                           /* parts, 1 to RULE_EXPR_PARTS */
const struct rule_part *rule_expr_part(const struct rule_expr *e, guint n); /* borrowed */

/* The values of a part: row i is values[places[i]], or not there (RULE_NO_PLACE: false); without places it is values[i]. NAN is unknown. */
#define RULE_NO_PLACE G_MAXUINT32
struct rule_column { const double *values; const guint32 *places; };

/* Judges `count` rows: `columns`, one a part; `out` gets the grade of each. No allocation. */
void rule_expr_judge(const struct rule_expr *e, const struct rule_column *columns, guint count, guint8 *out);
/* The same for one row whose parts have been judged. */
enum grade rule_expr_join(const struct rule_expr *e, const enum grade *parts);
/* One value against one part. */
enum grade rule_part_grade(const struct rule_part *p, double value);

#endif
