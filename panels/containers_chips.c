/* The chips of the Containers panel: All | Unhealthy | No limit | each stack. */
#include <string.h>

#include "panels/containers_private.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define FIXED_CHIPS 3

gboolean containers_chip_shows(const struct containers *p, const struct row *row)
{
	const struct container *c = row->container;

	switch (p->chip) {
	case CHIP_UNHEALTHY: return c->health == HEALTH_UNHEALTHY;
	case CHIP_NO_LIMIT: return datum_known(&c->detail.datum) && c->detail.memory_limit == 0;
	case CHIP_STACK: return g_strcmp0(c->stack, p->stack) == 0;
	case CHIP_ALL: break;
	}
	return TRUE;
}

static guint chip_count(const struct containers *p)
{
	return FIXED_CHIPS + p->stacks->len;
}

static const struct stack_count *stack_at(const struct containers *p, guint chip)
{
	return &g_array_index(p->stacks, struct stack_count, chip - FIXED_CHIPS);
}

/* The number of the active chip; that of All when its stack is gone. */
static guint active_chip(const struct containers *p)
{
	if (p->chip != CHIP_STACK)
		return p->chip;
	for (guint i = 0; i < p->stacks->len; i++)
		if (g_strcmp0(stack_at(p, FIXED_CHIPS + i)->name, p->stack) == 0)
			return FIXED_CHIPS + i;
	return CHIP_ALL;
}

static void activate(struct containers *p, guint chip)
{
	g_autofree char *stack = chip >= FIXED_CHIPS ? g_strdup(stack_at(p, chip)->name) : NULL;

	p->chip = chip >= FIXED_CHIPS ? CHIP_STACK : (enum chip)chip;
	g_free(p->stack);
	p->stack = g_steal_pointer(&stack);
	table_filter_changed(p->table);
}

void containers_next_chip(struct containers *p)
{
	containers_collect(p); /* for the stacks there are now */
	activate(p, (active_chip(p) + 1) % chip_count(p));
	containers_release(p);
}

static char *chip_label(const struct containers *p, guint chip)
{
	char name[64];

	switch (chip) {
	case CHIP_ALL:
		return g_strdup("All");
	case CHIP_UNHEALTHY:
		return g_strdup_printf("Unhealthy %u", p->unhealthy);
	case CHIP_NO_LIMIT: /* while details are on their way there may be more */
		return g_strdup_printf("No limit %u%s", p->no_limit, p->limit_unknown ? "+" : "");
	default:
		text_cut_middle(stack_at(p, chip)->name, 16, name, sizeof name);
		return g_strdup_printf("%s%s %u", chip == FIXED_CHIPS ? "stacks: " : "", name, stack_at(p, chip)->count);
	}
}

static int label_width(const struct containers *p, guint chip)
{
	g_autofree char *label = chip_label(p, chip);

	return text_width(label) + 2;
}

/* The first chip to draw, so that the active one is seen. */
static guint first_chip(const struct containers *p, guint active, int width)
{
	guint first = active;
	int used = label_width(p, active) + 4;

	while (first > 0 && used + label_width(p, first - 1) + 2 <= width) {
		first--;
		used += label_width(p, first) + 2;
	}
	return first;
}

void containers_draw_chips(struct containers *p, const struct canvas *c, int y)
{
	guint active = active_chip(p);
	int x = 1;

	p->chips_y = y;
	p->chip_first = first_chip(p, active, c->width);
	g_array_set_size(p->chip_ends, 0);
	if (p->chip_first > 0)
		x += canvas_text(c, y, x, 2, ROLE_DIM, glyph(GLYPH_ELLIPSIS));
	for (guint i = p->chip_first; i < chip_count(p); i++) {
		g_autofree char *label = chip_label(p, i), *chip = g_strdup_printf(i == active ? "[%s]" : " %s ", label);
		enum role role = i == active ? ROLE_ACCENT : i == CHIP_UNHEALTHY && p->unhealthy > 0 ? ROLE_CRIT : ROLE_DIM;
		if (x + text_width(chip) > c->width - 2) {
			canvas_text(c, y, x, 2, ROLE_DIM, glyph(GLYPH_ELLIPSIS));
			break;
		}
		x += canvas_text(c, y, x, -1, role, chip);
		g_array_append_val(p->chip_ends, x);
	}
}

gboolean containers_click_chip(struct containers *p, int x)
{
	for (guint i = 0; i < p->chip_ends->len; i++) {
		if (x >= g_array_index(p->chip_ends, int, i))
			continue;
		containers_collect(p);
		if (p->chip_first + i < chip_count(p))
			activate(p, p->chip_first + i);
		containers_release(p);
		return TRUE;
	}
	return FALSE;
}
