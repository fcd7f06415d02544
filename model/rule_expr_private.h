/* How an expression lies: its parts, and in which order they are joined (postfix). */
#ifndef MW_MODEL_RULE_EXPR_PRIVATE_H
#define MW_MODEL_RULE_EXPR_PRIVATE_H

#include "model/rule_expr.h"

/* A step takes a part (its number), or joins the last two. */
enum { STEP_AND = -1, STEP_OR = -2 };

struct rule_expr {
	struct rule_part parts[RULE_EXPR_PARTS];
	guint count;
	gint8 steps[2 * RULE_EXPR_PARTS]; /* each part, and a join less */
	guint step_count;
};

#endif
