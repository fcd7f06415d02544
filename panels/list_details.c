/* The details of what is selected in a list: a pane below or beside it, or all of the panel. */
#include <stdarg.h>
#include <string.h>

#include "panels/list.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define PAN_CELLS 8
#define LABEL_CELLS 12

static void draw_head(struct list *l, const struct canvas *c, const char *name)
{
	struct list_details *d = &l->details;
	char cut[256];
	int x = 4;

	canvas_rule(c, 0, ROLE_FRAME);
	text_cut_middle(name, CLAMP(c->width - 40, 8, 60), cut, sizeof cut);
	x += canvas_printf(c, 0, 3, ROLE_ACCENT, " %s ", cut);
	d->head_x = x;
	memset(d->tab_ends, 0, sizeof d->tab_ends);
	for (guint i = 0; i < l->class->tab_count; i++) {
		g_autofree char *label = g_strdup_printf(i == d->tab ? " [%s] " : "  %s  ", l->class->tabs[i]);
		if (x + text_width(label) > c->width)
			break;
		x += canvas_text(c, 0, x, -1, i == d->tab ? ROLE_ACCENT : ROLE_DIM, label) - 1;
		d->tab_ends[i] = x;
	}
}

static void draw_lines(const struct canvas *c, const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len && (int)i < c->height; i++) {
		const struct list_line *l = lines->pdata[i];
		canvas_text(c, (int)i, 0, -1, l->role, l->text);
	}
	if ((int)lines->len > c->height && c->height > 0) {
		g_autofree char *more = g_strdup_printf(" %u more ", lines->len - (guint)c->height);
		canvas_text_right(c, c->height - 1, c->width, ROLE_DIM, more);
	}
}

/* Another row or tab begins at its top or end: by the first key for it or the first drawing, whichever comes first. */
static void turn_page(struct list *l, const char *key)
{
	struct list_details *d = &l->details;
	g_autofree char *paged = g_strdup_printf("%u%s", d->tab, key);

	if (g_strcmp0(paged, d->paged) == 0)
		return;
	g_free(d->paged);
	d->paged = g_steal_pointer(&paged);
	pager_text(d->pager, "");
	pager_home(d->pager);
	if (l->class->tabs_from_end & 1u << d->tab)
		pager_end(d->pager);
}

void list_draw_page(struct list *l, const struct canvas *c, const char *key, const char *text)
{
	turn_page(l, key);
	pager_text(l->details.pager, text);
	pager_draw(l->details.pager, c);
}

static void draw_pager(struct list *l, const struct canvas *c, const char *key, const GPtrArray *lines)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s%s", i ? "\n" : "", ((const struct list_line *)lines->pdata[i])->text);
	list_draw_page(l, c, key, text->str);
}

void list_draw_details(struct list *l, const struct canvas *c)
{
	struct canvas body = canvas_part(c, 1, 3, -1, c->width - 4);
	g_autofree char *key = g_strdup(table_selected(l->table));
	g_autoptr(GPtrArray) lines = list_lines_new();
	const char *name = key ? l->class->name(l, key) : NULL;

	draw_head(l, c, name ? name : text_unknown());
	if (!name) {
		canvas_printf(&body, 0, 0, ROLE_DIM, key ? "this %s is gone" : "no %s is selected", l->class->one);
		return;
	}
	if (l->class->draw_tab && l->class->draw_tab(l, key, &body))
		return;
	l->class->lines(l, key, &body, lines);
	if (l->details.full)
		draw_pager(l, &body, key, lines);
	else
		draw_lines(&body, lines);
}

gboolean list_click_tab(struct list *l, int y, int x)
{
	struct list_details *d = &l->details;

	if (!d->open || y != d->head_y || x < d->head_x)
		return FALSE;
	for (guint i = 0; i < l->class->tab_count; i++)
		if (x < d->tab_ends[i]) {
			list_set_tab(l, i);
			return TRUE;
		}
	return FALSE;
}

gboolean list_details_act(struct list *l, enum action command)
{
	struct pager *pager = l->details.pager;

	if (table_selected(l->table))
		turn_page(l, table_selected(l->table));
	switch (command) {
	case ACT_DOWN: case ACT_UP: return FALSE; /* to another row */
	case ACT_LEFT: pager_pan(pager, -PAN_CELLS); break;
	case ACT_RIGHT: pager_pan(pager, PAN_CELLS); break;
	default: return panel_scroll(pager, command);
	}
	return TRUE;
}

static void free_line(gpointer data)
{
	struct list_line *l = data;

	g_free(l->text);
	g_free(l);
}

GPtrArray *list_lines_new(void)
{
	return g_ptr_array_new_with_free_func(free_line);
}

void list_add(GPtrArray *lines, enum role role, const char *format, ...)
{
	struct list_line *l = g_new0(struct list_line, 1);
	va_list args;

	va_start(args, format);
	l->role = role;
	l->text = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(lines, l);
}

void list_add_labelled(GPtrArray *lines, enum role role, const char *label, int label_cells, const char *text, int cells)
{
	int room = MAX(cells - label_cells - 1, 8);

	do {
		gsize len = panel_wrap_row(text, room);
		list_add(lines, role, "%s%*s %.*s", label, MAX(label_cells - text_width(label), 0), "", (int)len, text);
		text += len;
		text += *text == ' ';
		label = "";
	} while (*text);
}

void list_add_wrapped(GPtrArray *lines, enum role role, const char *label, const char *text, int cells)
{
	list_add_labelled(lines, role, label, LABEL_CELLS, text, cells);
}

void list_add_missing(GPtrArray *lines, const struct datum *d, const char *waiting)
{
	list_add(lines, d->error ? ROLE_WARN : ROLE_UNKNOWN, "%s %s", glyph(d->error ? GLYPH_WARN : GLYPH_STARTING), d->error ? d->error : waiting);
}
