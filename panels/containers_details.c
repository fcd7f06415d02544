/* The details of the selected container: a pane below or beside the list, or all of the panel. */
#include <string.h>

#include "panels/containers_private.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define FULL_LOG_LINES 500
#define PAN_CELLS 8
#define INSPECT_REST_US (300 * 1000) /* the cursor rests this long on a row before the host is asked: who runs down the list asks nothing */

static const char *const tab_names[TAB_COUNT] = { "Health", "Logs", "Inspect", "Stats" };

void details_init(struct details *d, struct world *w)
{
	d->pager = pager_new();
	d->view = log_view_new(w->logs);
}

void details_clear(struct details *d)
{
	pager_free(d->pager);
	log_view_free(d->view);
	g_free(d->paged);
	g_free(d->needle);
	g_free(d->inspected);
	g_free(d->inspect_text);
	g_free(d->inspect_problem);
	g_free(d->rested);
}

void details_set_tab(struct containers *p, enum details_tab tab)
{
	p->details.tab = tab;
	g_clear_pointer(&p->details.inspected, g_free); /* whoever comes to Inspect again wants a new reply */
}

static void ask_inspect(struct containers *p, const char *key, const struct host *h, const struct container *c)
{
	struct details *d = &p->details;

	if (g_strcmp0(d->inspected, key) == 0 || (d->inspected && p->context.world->now_us - d->rested_us < INSPECT_REST_US))
		return;
	g_free(d->inspected);
	d->inspected = g_strdup(key);
	g_clear_pointer(&d->inspect_text, g_free);
	g_clear_pointer(&d->inspect_problem, g_free);
	p->context.request(p->context.user, &(struct request){ .kind = REQUEST_INSPECT, .host = h->name, .object = c->id });
}

static void draw_head(struct containers *p, const struct canvas *c, const char *name)
{
	char cut[256];
	int x = 4;

	canvas_rule(c, 0, ROLE_FRAME);
	text_cut_middle(name, CLAMP(c->width - 40, 8, 60), cut, sizeof cut);
	x += canvas_printf(c, 0, 3, ROLE_ACCENT, " %s ", cut);
	p->details.head_x = x;
	memset(p->details.tab_ends, 0, sizeof p->details.tab_ends);
	for (enum details_tab i = 0; i < TAB_COUNT; i++) {
		g_autofree char *label = g_strdup_printf(i == p->details.tab ? " [%s] " : "  %s  ", tab_names[i]);
		if (x + text_width(label) > c->width)
			break;
		x += canvas_text(c, 0, x, -1, i == p->details.tab ? ROLE_ACCENT : ROLE_DIM, label) - 1;
		p->details.tab_ends[i] = x;
	}
}

static void make_lines(struct containers *p, const struct host *h, const struct container *c, int height, GPtrArray *lines)
{
	switch (p->details.tab) {
	case TAB_HEALTH: details_health(p, c, lines); break;
	case TAB_STATS: details_stats(p, c, lines); break;
	default: details_logs(p, h, c, p->details.full ? FULL_LOG_LINES : (guint)MAX(height, 0), lines); break;
	}
}

static void draw_lines(const struct canvas *c, const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len && (int)i < c->height; i++) {
		const struct details_line *l = lines->pdata[i];
		canvas_text(c, (int)i, 0, -1, l->role, l->text);
	}
	if ((int)lines->len > c->height && c->height > 0) {
		g_autofree char *more = g_strdup_printf(" %u more ", lines->len - (guint)c->height);
		canvas_text_right(c, c->height - 1, c->width, ROLE_DIM, more);
	}
}

/* Another row or tab begins at its top, logs at their end. */
static void show_page(struct containers *p, const char *key, const char *text)
{
	struct details *d = &p->details;
	g_autofree char *paged = g_strdup_printf("%d%s", (int)d->tab, key);
	gboolean fresh = g_strcmp0(paged, d->paged) != 0;

	if (fresh) {
		pager_text(d->pager, "");
		pager_home(d->pager);
	}
	pager_text(d->pager, text);
	if (fresh && d->tab == TAB_LOGS)
		pager_end(d->pager);
	if (fresh) {
		g_free(d->paged);
		d->paged = g_steal_pointer(&paged);
	}
}

static void draw_pager(struct containers *p, const struct canvas *c, const char *key, const GPtrArray *lines)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s%s", i ? "\n" : "", ((const struct details_line *)lines->pdata[i])->text);
	show_page(p, key, text->str);
	pager_draw(p->details.pager, c);
}

static void draw_inspect(struct containers *p, const struct canvas *c, const char *key, const struct host *h, const struct container *container)
{
	struct details *d = &p->details;

	if (g_strcmp0(d->rested, key) != 0) {
		g_free(d->rested);
		d->rested = g_strdup(key);
		d->rested_us = p->context.world->now_us;
	}
	ask_inspect(p, key, h, container);
	if (g_strcmp0(d->inspected, key) != 0) {
		canvas_printf(c, 0, 0, ROLE_DIM, "%s", glyph(GLYPH_STARTING));
	} else if (d->inspect_problem) {
		canvas_printf(c, 0, 0, ROLE_WARN, "%s %s", glyph(GLYPH_WARN), d->inspect_problem);
	} else if (!d->inspect_text) {
		canvas_printf(c, 0, 0, ROLE_UNKNOWN, "%s asking %s", glyph(GLYPH_STARTING), h->name);
	} else {
		show_page(p, key, d->inspect_text);
		pager_draw(d->pager, c);
	}
}

void details_draw(struct containers *p, const struct canvas *c)
{
	struct canvas body = canvas_part(c, 1, 3, -1, c->width - 4);
	g_autofree char *key = g_strdup(table_selected(p->table));
	g_autoptr(GPtrArray) lines = details_lines_new();
	struct host *h;
	struct container *container;

	if (!containers_find(p, key, &h, &container)) {
		draw_head(p, c, text_unknown());
		canvas_text(&body, 0, 0, -1, ROLE_DIM, key ? "this container is gone" : "no container is selected");
		return;
	}
	draw_head(p, c, container->name ? container->name : container->id);
	if (p->details.tab == TAB_INSPECT) {
		draw_inspect(p, &body, key, h, container);
		return;
	}
	make_lines(p, h, container, body.height, lines);
	if (p->details.full)
		draw_pager(p, &body, key, lines);
	else
		draw_lines(&body, lines);
}

gboolean details_click(struct containers *p, int y, int x)
{
	struct details *d = &p->details;

	if (!d->open || y != d->head_y || x < d->head_x)
		return FALSE;
	for (enum details_tab i = 0; i < TAB_COUNT; i++)
		if (x < d->tab_ends[i]) {
			details_set_tab(p, i);
			return TRUE;
		}
	return FALSE;
}

gboolean details_act(struct containers *p, enum action command)
{
	struct pager *pager = p->details.pager;
	int page = MAX(pager_page(pager), 1);

	switch (command) {
	case ACT_PAGE_DOWN: pager_scroll(pager, page); break;
	case ACT_PAGE_UP: pager_scroll(pager, -page); break;
	case ACT_HALF_DOWN: pager_scroll(pager, page / 2); break;
	case ACT_HALF_UP: pager_scroll(pager, -page / 2); break;
	case ACT_TOP: pager_home(pager); break;
	case ACT_BOTTOM: pager_end(pager); break;
	case ACT_LEFT: pager_pan(pager, -PAN_CELLS); break;
	case ACT_RIGHT: pager_pan(pager, PAN_CELLS); break;
	default: return FALSE;
	}
	return TRUE;
}
