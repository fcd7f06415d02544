/* The tabs of the selected container: lines for most of them, the inspect reply when the host has sent it. */
#include "panels/containers_private.h"
#include "tui/glyph.h"

#define FULL_LOG_LINES 500
#define INSPECT_REST_US (300 * 1000) /* the cursor rests this long on a row before the host is asked: who runs down the list asks nothing */

void details_init(struct details *d, struct world *w)
{
	d->view = log_view_new(w->logs);
}

void details_clear(struct details *d)
{
	log_view_free(d->view);
	g_free(d->inspected);
	g_free(d->inspect_text);
	g_free(d->inspect_problem);
	g_free(d->rested);
}

/* Whoever comes to Inspect again wants a new reply. */
void containers_tab_changed(struct list *l)
{
	struct containers *p = (struct containers *)l;

	g_clear_pointer(&p->details.inspected, g_free);
}

static void ask_inspect(struct containers *p, const char *key, const struct host *h, const struct container *c)
{
	const struct panel_context *context = &p->list.context;
	struct details *d = &p->details;

	if (g_strcmp0(d->inspected, key) == 0 || (d->inspected && context->world->now_us - d->rested_us < INSPECT_REST_US))
		return;
	g_free(d->inspected);
	d->inspected = g_strdup(key);
	g_clear_pointer(&d->inspect_text, g_free);
	g_clear_pointer(&d->inspect_problem, g_free);
	list_request(&p->list, &(struct request){ .kind = REQUEST_INSPECT, .host = h->name, .object = c->id });
}

void containers_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	struct containers *p = (struct containers *)l;
	struct container *c;
	struct host *h;

	if (!containers_find(p, key, &h, &c))
		return;
	switch (l->details.tab) {
	case TAB_HEALTH: details_health(p, c, lines); break;
	case TAB_STATS: details_stats(p, c, lines); break;
	default: details_logs(p, h, c, l->details.full ? FULL_LOG_LINES : (guint)MAX(body->height, 0), lines); break;
	}
}

/* Only Inspect draws itself. */
gboolean containers_draw_tab(struct list *l, const char *key, const struct canvas *body)
{
	struct containers *p = (struct containers *)l;
	struct details *d = &p->details;
	struct container *c;
	struct host *h;

	if (l->details.tab != TAB_INSPECT || !containers_find(p, key, &h, &c))
		return FALSE;
	if (g_strcmp0(d->rested, key) != 0) {
		g_free(d->rested);
		d->rested = g_strdup(key);
		d->rested_us = l->context.world->now_us;
	}
	ask_inspect(p, key, h, c);
	if (g_strcmp0(d->inspected, key) != 0)
		canvas_printf(body, 0, 0, ROLE_DIM, "%s", glyph(GLYPH_STARTING));
	else if (d->inspect_problem)
		canvas_printf(body, 0, 0, ROLE_WARN, "%s %s", glyph(GLYPH_WARN), d->inspect_problem);
	else if (!d->inspect_text)
		canvas_printf(body, 0, 0, ROLE_UNKNOWN, "%s asking %s", glyph(GLYPH_STARTING), h->name);
	else
		list_draw_page(l, body, key, d->inspect_text);
	return TRUE;
}
