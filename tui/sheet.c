#include "tui/sheet.h"

#include <curses.h>
#include <string.h>

#include "tui/frame.h"
#include "tui/keymap.h"
#include "tui/text.h"
#include "tui/wrap.h"

#define WIDTH_MAX 76 /* cells of text: longer lines are hard to read */

struct choice { int key; char *label; };

struct sheet {
	char *title, *text; /* the paragraphs, by line feeds */
	GArray *choices;    /* of struct choice */
	struct sheet_events events;
	void *user;
	gint64 drawn_us;    /* when it was drawn first; 0: not yet */
	int top, page;      /* rows, where the text is longer than the sheet */
	int rows;
};

static void clear_choice(void *choice)
{
	g_free(((struct choice *)choice)->label);
}

struct sheet *sheet_new(const char *title, const char *const *lines, const struct sheet_choice *choices, guint count,
                        const struct sheet_events *e, void *user)
{
	struct sheet *s = g_new0(struct sheet, 1);

	s->title = g_strdup(title);
	s->text = lines ? g_strjoinv("\n", (char **)lines) : g_strdup("");
	s->choices = g_array_new(FALSE, FALSE, sizeof(struct choice));
	g_array_set_clear_func(s->choices, clear_choice);
	for (guint i = 0; i < count; i++) {
		struct choice choice = {choices[i].key, g_strdup(choices[i].label)};
		g_array_append_val(s->choices, choice);
	}
	s->events = *e;
	s->user = user;
	return s;
}

void sheet_free(struct sheet *s)
{
	if (!s)
		return;
	g_free(s->title);
	g_free(s->text);
	g_array_unref(s->choices);
	g_free(s);
}

static gboolean is_choice(const struct sheet *s, int key)
{
	for (guint i = 0; i < s->choices->len; i++)
		if (g_array_index(s->choices, struct choice, i).key == key)
			return TRUE;
	return FALSE;
}

static void scroll_text(struct sheet *s, int code)
{
	if (code == KEYCODE(KEY_UP))
		s->top--;
	else if (code == KEYCODE(KEY_DOWN))
		s->top++;
	else if (code == KEYCODE(KEY_PPAGE))
		s->top -= MAX(s->page, 1);
	else if (code == KEYCODE(KEY_NPAGE))
		s->top += MAX(s->page, 1);
	s->top = CLAMP(s->top, 0, MAX(s->rows - s->page, 0));
}

gboolean sheet_key(struct sheet *s, const struct key_event *key)
{
	/* What was typed before the question was there is no answer to it; nor is a paste, nor a habit of pressing Enter. */
	if (key->mouse || key->alt || key->pasted || s->drawn_us == 0 || key->at_us < s->drawn_us || key->code == '\r')
		return TRUE;
	if (key->code == 27 || key->code == KEYCTRL('C') || key->code == KEYCTRL('G'))
		s->events.answered(s->user, 0);
	else if (is_choice(s, key->code))
		s->events.answered(s->user, key->code);
	else
		scroll_text(s, key->code);
	return TRUE;
}

/* A choice is not broken where it fits into a row. */
static void add_choice(GString *text, int *used, int width, const char *key, const char *label)
{
	int cells = text_width(key) + 1 + text_width(label), gap = text->len > 0 ? 3 : 0;
	gboolean fits = *used + gap + cells <= width;

	g_string_append_printf(text, "%s%s %s", gap == 0 ? "" : fits ? "   " : "\n", key, label);
	*used = fits ? *used + gap + cells : cells;
}

/* "y accept   n refuse   Esc cancel" in rows of so many cells, newly allocated. A choice of Esc says what it means here. */
static char *choices_text(const struct sheet *s, int width)
{
	GString *text = g_string_new(NULL);
	char name[32];
	int used = 0;

	for (guint i = 0; i < s->choices->len; i++) {
		const struct choice *choice = &g_array_index(s->choices, struct choice, i);
		key_format(choice->key, FALSE, name, sizeof name);
		add_choice(text, &used, width, name, choice->label);
	}
	if (!is_choice(s, 27))
		add_choice(text, &used, width, "Esc", "cancel");
	return g_string_free(text, FALSE);
}

static void draw_rows(const struct canvas *c, int y, const char *text, const GArray *rows, int first, int count, enum role role)
{
	for (int i = 0; i < count && first + i < (int)rows->len; i++) {
		const struct wrap_row *row = &g_array_index(rows, struct wrap_row, first + i);
		canvas_bytes(c, y + i, 0, -1, role, text + row->start, row->len, 0);
	}
}

void sheet_draw(struct sheet *s, const struct canvas *screen)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
	int width = MAX(MIN(frame_room_width(screen), WIDTH_MAX), 1), room = frame_room_height(screen);
	g_autofree char *choices = choices_text(s, width);

	wrap_text(s->text, width, rows);
	wrap_text(choices, width, keys);
	s->rows = (int)rows->len;
	/* The choices are always in sight, then as much of the text as there is room for, then the blank row between them. */
	int key_rows = MIN((int)keys->len, room), gap = s->rows > 0 && room > key_rows + s->rows;
	s->page = CLAMP(room - key_rows - gap, 0, s->rows);
	s->top = CLAMP(s->top, 0, s->rows - s->page);
	g_autofree char *place = s->page < s->rows ? g_strdup_printf("%d-%d of %d   Up Down", s->top + 1, s->top + s->page, s->rows) : NULL;
	struct canvas inside = frame_draw(screen, s->title, place, s->page + gap + key_rows, width);
	draw_rows(&inside, 0, s->text, rows, s->top, s->page, ROLE_TEXT);
	draw_rows(&inside, inside.height - key_rows, choices, keys, 0, key_rows, ROLE_ACCENT);
	if (s->drawn_us == 0)
		s->drawn_us = g_get_monotonic_time();
}
