/* Judging rows against an expression: the hot part of the rules, a block of rows at a time, so that what lies between stays in the cache. */
#include "model/rule_expr_private.h"

#include <math.h>
#include <string.h>

#define BLOCK 256 /* rows */

#define GRADE(value, sign, number) \
	(isnan(value) ? GRADE_UNKNOWN : (value) sign (number) ? GRADE_TRUE : GRADE_FALSE)

#define GRADE_ALL(sign) \
	do { \
		for (guint i = 0; i < count; i++) \
			out[i] = GRADE(values[i], sign, number); \
	} while (0)

static void
grade_values(enum rule_comparison c, double number, const double *restrict values, guint count, guint8 *restrict out)
{
	switch (c) {
	case RULE_GREATER:
		GRADE_ALL(>);
		break;
	case RULE_GREATER_EQUAL:
		GRADE_ALL(>=);
		break;
	case RULE_LESS:
		GRADE_ALL(<);
		break;
	case RULE_LESS_EQUAL:
		GRADE_ALL(<=);
		break;
	case RULE_EQUAL:
		GRADE_ALL(==);
		break;
	case RULE_NOT_EQUAL:
		GRADE_ALL(!=);
		break;
	}
}

enum grade
rule_part_grade(const struct rule_part *p, double value)
{
	guint8 grade;

	grade_values(p->comparison, p->number, &value, 1, &grade);
	return (enum grade)grade;
}

static void
grade_part(const struct rule_part *p, const struct rule_column *column, guint begin, guint count, guint8 *out)
{
	const guint32 *places;
	double values[BLOCK];

	if (!column->places) {
		grade_values(p->comparison, p->number, column->values + begin, count, out);
		return;
	}
	places = column->places + begin;
	for (guint i = 0; i < count; i++)
		values[i] = places[i] == RULE_NO_PLACE ? 0 : column->values[places[i]];
	grade_values(p->comparison, p->number, values, count, out);
	for (guint i = 0; i < count; i++)
		if (places[i] == RULE_NO_PLACE)
			out[i] = GRADE_FALSE;
}

static void
join_and(guint8 *restrict a, const guint8 *restrict b, guint count)
{
	for (guint i = 0; i < count; i++)
		a[i] = MIN(a[i], b[i]);
}

static void
join_or(guint8 *restrict a, const guint8 *restrict b, guint count)
{
	for (guint i = 0; i < count; i++)
		a[i] = MAX(a[i], b[i]);
}

static void
judge_block(const struct rule_expr *e, const struct rule_column *columns, guint begin, guint count, guint8 *out)
{
	guint8 stack[RULE_EXPR_PARTS][BLOCK];
	guint top = 0;

	for (guint i = 0; i < e->step_count; i++) {
		gint8 step = e->steps[i];
		if (step >= 0) {
			grade_part(&e->parts[step], &columns[step], begin, count, stack[top++]);
			continue;
		}
		top--;
		if (step == STEP_AND)
			join_and(stack[top - 1], stack[top], count);
		else
			join_or(stack[top - 1], stack[top], count);
	}
	memcpy(out, stack[0], count);
}

void
rule_expr_judge(const struct rule_expr *e, const struct rule_column *columns, guint count, guint8 *out)
{
	if (e->count == 1 && !columns[0].places) {
		grade_values(e->parts[0].comparison, e->parts[0].number, columns[0].values, count, out);
		return;
	}
	for (guint begin = 0; begin < count; begin += BLOCK)
		judge_block(e, columns, begin, MIN(BLOCK, count - begin), out + begin);
}

enum grade
rule_expr_join(const struct rule_expr *e, const enum grade *parts)
{
	enum grade stack[RULE_EXPR_PARTS];
	guint top = 0;

	for (guint i = 0; i < e->step_count; i++) {
		gint8 step = e->steps[i];
		if (step >= 0) {
			stack[top++] = parts[step];
			continue;
		}
		top--;
		stack[top - 1] = step == STEP_AND ? MIN(stack[top - 1], stack[top]) : MAX(stack[top - 1], stack[top]);
	}
	return stack[0];
}
