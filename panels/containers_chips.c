/* The chips of the Containers panel: All | Unhealthy | No limit | each stack. */
#include "panels/containers_private.h"
#include "tui/text.h"

#define FIXED_CHIPS 3

gboolean containers_chip_shows(const struct containers *p, const struct row *row)
{
	const struct container *c = row->container;

	switch ((enum chip)p->list.chip) {
	case CHIP_UNHEALTHY: return c->health == HEALTH_UNHEALTHY;
	case CHIP_NO_LIMIT: return datum_known(&c->detail.datum) && c->detail.memory_limit == 0;
	case CHIP_STACK: return g_strcmp0(c->stack, p->stack) == 0;
	case CHIP_ALL: break;
	}
	return TRUE;
}

static const struct stack_count *stack_at(const struct containers *p, guint chip)
{
	return &g_array_index(p->stacks, struct stack_count, chip - FIXED_CHIPS);
}

/* The number of the active chip; that of All when its stack is gone. */
static guint active_chip(const struct containers *p)
{
	if (p->list.chip != CHIP_STACK)
		return p->list.chip;
	for (guint i = 0; i < p->stacks->len; i++)
		if (g_strcmp0(stack_at(p, FIXED_CHIPS + i)->name, p->stack) == 0)
			return FIXED_CHIPS + i;
	return CHIP_ALL;
}

guint containers_chips(const struct list *l, guint *active)
{
	const struct containers *p = (const struct containers *)l;

	*active = active_chip(p);
	return FIXED_CHIPS + p->stacks->len;
}

void containers_chip_set(struct list *l, guint chip)
{
	struct containers *p = (struct containers *)l;
	g_autofree char *stack = chip >= FIXED_CHIPS ? g_strdup(stack_at(p, chip)->name) : NULL;

	l->chip = MIN(chip, CHIP_STACK);
	g_free(p->stack);
	p->stack = g_steal_pointer(&stack);
}

char *containers_chip_label(const struct list *l, guint chip, enum role *role)
{
	const struct containers *p = (const struct containers *)l;
	char name[64];

	switch (chip) {
	case CHIP_ALL:
		return g_strdup("All");
	case CHIP_UNHEALTHY:
		*role = p->unhealthy > 0 ? ROLE_CRIT : ROLE_DIM;
		return g_strdup_printf("Unhealthy %u", p->unhealthy);
	case CHIP_NO_LIMIT: /* while details are on their way there may be more */
		return g_strdup_printf("No limit %u%s", p->no_limit, p->limit_unknown ? "+" : "");
	default:
		text_cut_middle(stack_at(p, chip)->name, 16, name, sizeof name);
		return g_strdup_printf("%s%s %u", chip == FIXED_CHIPS ? "stacks: " : "", name, stack_at(p, chip)->count);
	}
}

char *containers_chip_words(const struct list *l)
{
	static const char *const words[] = { [CHIP_ALL] = "", [CHIP_UNHEALTHY] = " that is unhealthy", [CHIP_NO_LIMIT] = " without a memory limit" };

	return l->chip == CHIP_STACK ? g_strdup_printf(" of stack %s", ((const struct containers *)l)->stack) : g_strdup(words[l->chip]);
}
