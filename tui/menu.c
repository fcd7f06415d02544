#include "tui/menu.h"

#include <curses.h>
#include <string.h>

#include "tui/frame.h"
#include "tui/glyph.h"
#include "tui/keymap.h"
#include "tui/text.h"

#define FILTER_MAX 256 /* bytes */
#define GAP 2          /* cells between label and hint */

enum { WHEEL_UP = 4, WHEEL_DOWN = 8, PRESS = 1, DOUBLE_CLICK = 2 };

struct menu {
	char *title;
	GPtrArray *items; /* of struct menu_item, owned */
	gboolean multiple;
	struct menu_events events;
	void *user;

	GString *filter;
	GPtrArray *shown; /* of struct menu_item, borrowed: what the filter leaves */
	int cursor, top;  /* of shown */
	struct canvas list; /* where the rows were drawn, for the mouse */
};

struct menu_item *menu_item_new(const char *id, const char *label, const char *hint)
{
	struct menu_item *i = g_new0(struct menu_item, 1);

	i->id = g_strdup(id);
	i->label = g_strdup(label);
	i->hint = g_strdup(hint);
	return i;
}

void menu_item_free(struct menu_item *i)
{
	if (!i)
		return;
	g_free(i->id);
	g_free(i->label);
	g_free(i->hint);
	g_free(i->why);
	g_free(i);
}

static gboolean holds(const char *text, const char *needle)
{
	gsize length;

	return text && text_find(text, text + strlen(text), needle, &length);
}

/* Are the letters there, in order? */
static gboolean holds_letters(const char *text, const char *letters)
{
	for (; text && *text && *letters; text = g_utf8_next_char(text))
		if (g_unichar_tolower(g_utf8_get_char(text)) == g_unichar_tolower(g_utf8_get_char(letters)))
			letters = g_utf8_next_char(letters);
	return *letters == '\0';
}

static void narrow_by(struct menu *m, gboolean (*match)(const char *text, const char *needle))
{
	for (guint i = 0; i < m->items->len; i++) {
		struct menu_item *item = m->items->pdata[i];
		if (match(item->label, m->filter->str) || match(item->id, m->filter->str))
			g_ptr_array_add(m->shown, item);
	}
}

static void narrow(struct menu *m)
{
	struct menu_item *current = m->cursor < (int)m->shown->len ? m->shown->pdata[m->cursor] : NULL;
	guint place;

	g_ptr_array_set_size(m->shown, 0);
	if (m->filter->len == 0) {
		for (guint i = 0; i < m->items->len; i++)
			g_ptr_array_add(m->shown, m->items->pdata[i]);
		m->cursor = current && g_ptr_array_find(m->shown, current, &place) ? (int)place : 0;
		return;
	}
	narrow_by(m, holds);
	if (m->shown->len == 0)
		narrow_by(m, holds_letters);
	m->cursor = 0;
}

struct menu *menu_new(const char *title, GPtrArray *items, gboolean multiple, const struct menu_events *e, void *user)
{
	struct menu *m = g_new0(struct menu, 1);

	m->title = g_strdup(title);
	m->items = items;
	m->multiple = multiple;
	m->events = *e;
	m->user = user;
	m->filter = g_string_new(NULL);
	m->shown = g_ptr_array_new();
	narrow(m);
	return m;
}

void menu_free(struct menu *m)
{
	if (!m)
		return;
	/* The items are ours whether the array would free them or not. */
	g_ptr_array_set_free_func(m->items, NULL);
	for (guint i = 0; i < m->items->len; i++)
		menu_item_free(m->items->pdata[i]);
	g_ptr_array_unref(m->items);
	g_ptr_array_unref(m->shown);
	g_string_free(m->filter, TRUE);
	g_free(m->title);
	g_free(m);
}

static void move_to(struct menu *m, int row)
{
	m->cursor = CLAMP(row, 0, MAX((int)m->shown->len - 1, 0));
}

static struct menu_item *current_item(const struct menu *m)
{
	return m->shown->len > 0 ? m->shown->pdata[m->cursor] : NULL;
}

static void choose(struct menu *m)
{
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();
	struct menu_item *current = current_item(m);

	for (guint i = 0; m->multiple && i < m->items->len; i++) {
		struct menu_item *item = m->items->pdata[i];
		if (item->checked && !item->disabled)
			g_ptr_array_add(chosen, item);
	}
	if (chosen->len == 0 && current && !current->disabled)
		g_ptr_array_add(chosen, current);
	if (chosen->len > 0)
		m->events.chosen(m->user, chosen);
}

static void check(struct menu *m)
{
	struct menu_item *item = current_item(m);

	if (item && !item->disabled) {
		item->checked = !item->checked;
		move_to(m, m->cursor + 1);
	}
}

static void escape(struct menu *m)
{
	if (m->filter->len == 0) {
		m->events.cancelled(m->user);
		return;
	}
	g_string_truncate(m->filter, 0);
	narrow(m);
}

static void type(struct menu *m, int code)
{
	if (code < ' ' || code >= KEYCODE_BASE || !g_unichar_isprint((gunichar)code) || m->filter->len >= FILTER_MAX)
		return;
	g_string_append_unichar(m->filter, (gunichar)code);
	narrow(m);
}

static void erase_char(struct menu *m)
{
	if (m->filter->len == 0)
		return;
	g_string_truncate(m->filter, (gsize)(g_utf8_prev_char(m->filter->str + m->filter->len) - m->filter->str));
	narrow(m);
}

static gboolean mouse(struct menu *m, const struct key_event *key)
{
	int row = key->y - m->list.y;
	gboolean inside = row >= 0 && row < m->list.height && key->x >= m->list.x && key->x < m->list.x + m->list.width &&
	                  m->top + row < (int)m->shown->len;

	if (key->buttons & (WHEEL_UP | WHEEL_DOWN))
		move_to(m, m->cursor + (key->buttons & WHEEL_UP ? -1 : 1));
	else if (key->buttons & (PRESS | DOUBLE_CLICK) && inside) {
		move_to(m, m->top + row);
		if (key->buttons & DOUBLE_CLICK)
			choose(m);
	}
	return TRUE;
}

static void act(struct menu *m, int code)
{
	switch (code) {
	case '\r':
		choose(m);
		break;
	case 27:
		escape(m);
		break;
	case KEYCTRL('C'):
	case KEYCTRL('G'):
		m->events.cancelled(m->user);
		break;
	case KEYCTRL('P'):
	case KEYCODE(KEY_UP):
		move_to(m, m->cursor - 1);
		break;
	case KEYCTRL('N'):
	case KEYCODE(KEY_DOWN):
		move_to(m, m->cursor + 1);
		break;
	case KEYCODE(KEY_PPAGE):
		move_to(m, m->cursor - MAX(m->list.height, 1));
		break;
	case KEYCODE(KEY_NPAGE):
		move_to(m, m->cursor + MAX(m->list.height, 1));
		break;
	case KEYCODE(KEY_HOME):
		move_to(m, 0);
		break;
	case KEYCODE(KEY_END):
		move_to(m, (int)m->shown->len - 1);
		break;
	case KEYCODE(KEY_BACKSPACE):
		erase_char(m);
		break;
	case KEYCTRL('U'):
		g_string_truncate(m->filter, 0);
		narrow(m);
		break;
	default:
		type(m, code);
	}
}

gboolean menu_key(struct menu *m, const struct key_event *key)
{
	if (key->mouse)
		return mouse(m, key);
	if (key->alt)
		return TRUE;
	if (key->pasted)
		type(m, key->code);
	else if (key->code == ' ' && m->multiple)
		check(m);
	else
		act(m, key->code);
	return TRUE;
}

static void draw_item(const struct menu *m, const struct canvas *c, int y, const struct menu_item *item, int labels)
{
	const char *hint = item->disabled && item->why ? item->why : item->hint;
	int x = 0;

	if (m->multiple)
		x = canvas_text(c, y, 0, -1, item->disabled ? ROLE_DIM : ROLE_TEXT, item->checked ? "[x] " : "[ ] ");
	int left = c->width - x, room = MIN(labels, left);
	if (hint) /* where both do not fit, the hint gets up to half: it may be why the item cannot be chosen */
		room = CLAMP(left - GAP - text_width(hint), MIN(left / 2, room), room);
	canvas_text(c, y, x, room, item->disabled ? ROLE_DIM : ROLE_TEXT, item->label);
	if (hint)
		canvas_text(c, y, x + room + GAP, -1, ROLE_DIM, hint);
}

static void measure(const struct menu *m, int *labels, int *hints)
{
	*labels = *hints = 0;
	for (guint i = 0; i < m->items->len; i++) {
		const struct menu_item *item = m->items->pdata[i];
		const char *hint = item->disabled && item->why ? item->why : item->hint;
		*labels = MAX(*labels, text_width(item->label));
		*hints = MAX(*hints, hint ? text_width(hint) : 0);
	}
}

/* What stands in the lower line of the frame: the place in the list, and the keys. Newly allocated. */
static char *foot(const struct menu *m)
{
	if (m->shown->len == 0)
		return g_strdup("nothing has that text   Esc clears it");
	return g_strdup_printf("%d of %u   %sEnter choose   Esc cancel", m->cursor + 1, m->shown->len, m->multiple ? "Space check   " : "");
}

void menu_draw(struct menu *m, const struct canvas *screen)
{
	g_autofree char *lower = foot(m);
	int labels, hints;

	measure(m, &labels, &hints);
	/* As high as all the items and a line for the filter: narrowing must not make the frame jump. */
	int width = MAX(labels + (hints ? GAP + hints : 0) + (m->multiple ? 4 : 0), MAX(text_width(m->title), text_width(lower)) + 2);
	int height = MIN((int)m->items->len + 1, frame_room_height(screen));
	struct canvas inside = frame_draw(screen, m->title, lower, height, width);

	int typed = canvas_text(&inside, 0, 0, -1, ROLE_ACCENT, m->filter->len ? m->filter->str : "");
	if (m->filter->len == 0)
		canvas_text(&inside, 0, 0, -1, ROLE_DIM, "type to narrow");
	m->list = canvas_part(&inside, 1, 0, -1, -1);
	int rows = m->list.height;
	m->top = CLAMP(m->top, MAX(m->cursor - rows + 1, 0), m->cursor);
	m->top = MIN(m->top, MAX((int)m->shown->len - rows, 0));
	for (int y = 0; y < rows && m->top + y < (int)m->shown->len; y++) {
		draw_item(m, &m->list, y, m->shown->pdata[m->top + y], MIN(labels, MAX(m->list.width - (m->multiple ? 4 : 0), 0)));
		if (m->top + y == m->cursor)
			canvas_overlay(&m->list, y, 0, -1, ROLE_SELECTED);
	}
	if (inside.height > 0 && inside.width > 0)
		screen_cursor(inside.y, inside.x + MIN(typed, inside.width - 1));
}
