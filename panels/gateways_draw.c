/* How the Gateways panel is drawn: between the chips and the list stands what is known of the fleet as a whole. */
#include "panels/gateways_private.h"
#include "tui/text.h"

#define FACT_ROWS 7         /* above the list; twice as many when there is no list */
#define FACT_ROWS_DETAILS 3 /* beside details, which have the rest */

static int fact_rows(const struct list *l, const struct canvas *c)
{
	return list_fact_rows(c, 0, table_total(l->table) == 0 ? 2 * FACT_ROWS : l->details.open ? FACT_ROWS_DETAILS : FACT_ROWS);
}

static void draw_gateways(struct gateways_view *v, const struct canvas *c)
{
	struct list *l = &v->list;
	g_autoptr(GPtrArray) facts = gateways_facts(&l->context);
	int y = 1;

	gateways_collect(l);
	if (!l->details.full) {
		list_draw_chips(l, c, y++);
		y += gateways_draw_facts(&l->context, c, y, fact_rows(l, c), facts);
	}
	list_draw_body(l, c, y);
	list_draw_title(l, c);
	gateways_release(l);
}

static void draw_faults(struct gateways_view *v, const struct canvas *c)
{
	struct list *l = &v->faults.list;
	g_autoptr(GPtrArray) facts = gateways_sweep_facts(&l->context);
	int y = 1;

	fault_list_collect(l);
	if (!l->details.full) {
		list_draw_chips(l, c, y++);
		y += gateways_draw_facts(&l->context, c, y, list_fact_rows(c, 0, 1), facts);
	}
	list_draw_body(l, c, y);
	list_draw_title(l, c);
	fault_list_release(l);
}

/* Where the chips of others stand, the fault whose lines these are. */
static void draw_lines(struct gateways_view *v, const struct canvas *c)
{
	struct list *l = &v->lines.list;
	const struct sweep_fault *f = fault_list_find(l, v->lines.fingerprint);
	char count[40];
	int y = 1;

	line_list_collect(l);
	l->chips_y = -1;
	text_count(f ? f->count : 0, count, sizeof count);
	if (!l->details.full)
		canvas_text(c, y++, 1, c->width - 2, f && f->fatal ? ROLE_CRIT : ROLE_TEXT, v->lines.fingerprint);
	if (!l->details.full && f && f->count > v->lines.rows->len)
		canvas_printf(c, y++, 1, ROLE_DIM, "the newest %u of %s lines", v->lines.rows->len, count);
	list_draw_body(l, c, y);
	list_draw_title(l, c);
	line_list_release(l);
}

void gateways_draw(struct panel *panel, const struct canvas *c)
{
	struct gateways_view *v = (struct gateways_view *)panel;

	switch (v->mode) {
	case MODE_GATEWAYS: draw_gateways(v, c); break;
	case MODE_FAULTS: draw_faults(v, c); break;
	case MODE_LINES: draw_lines(v, c); break;
	}
}
