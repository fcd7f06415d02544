/* The list widget: order, cursor, marks, columns. Drawn into a curses screen of memory. */
#include "tui/table.h"

#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tui/palette.h"
#include "tui/theme.h"

#define SECOND ((gint64)G_USEC_PER_SEC)

struct item { const char *name; int size; gboolean hidden; };

struct fixture {
	struct table *table;
	GArray *items; /* of struct item */
	gint64 now_us;
	guint formatted; /* cells asked for */
};

static const struct table_column columns[] = {
	{ .title = "NAME", .least = 6, .most = 30, .middle = TRUE },
	{ .title = "SIZE", .least = 4, .most = 4, .priority = 1, .right = TRUE, .descending = TRUE },
	{ .title = "NOTE", .least = 10, .most = 10, .priority = 2 },
};

static struct item *item_at(void *user, guint row)
{
	return &g_array_index(((struct fixture *)user)->items, struct item, row);
}

static void key(void *user, guint row, GString *out)
{
	g_string_append(out, item_at(user, row)->name);
}

static gboolean is_shown(void *user, guint row)
{
	return !item_at(user, row)->hidden;
}

static int compare(void *user, guint a, guint b, int column)
{
	struct item *x = item_at(user, a), *y = item_at(user, b);

	return column == 1 || column == TABLE_SORT_DEFAULT ? x->size - y->size : strcmp(x->name, y->name);
}

static void cell(void *user, guint row, guint column, struct table_cell *out)
{
	struct item *item = item_at(user, row);

	((struct fixture *)user)->formatted++;
	out->text = column == 0 ? item->name : column == 2 ? "note" : out->buffer;
	if (column == 1)
		g_snprintf(out->buffer, sizeof out->buffer, "%d", item->size);
}

static const struct table_source source = { .key = key, .shows = is_shown, .compare = compare, .cell = cell };

static void take_rows(struct fixture *f)
{
	table_refresh(f->table, f->items->len, f->now_us);
}

static void add(struct fixture *f, const char *name, int size)
{
	struct item item = { .name = name, .size = size };

	g_array_append_val(f->items, item);
}

static void setup(struct fixture *f, gconstpointer data)
{
	f->items = g_array_new(FALSE, FALSE, sizeof(struct item));
	f->table = table_new(columns, G_N_ELEMENTS(columns), &source, f);
	f->now_us = 100 * SECOND;
	add(f, "c", 3);
	add(f, "a", 1);
	add(f, "d", 4);
	add(f, "b", 2);
	take_rows(f);
}

static void teardown(struct fixture *f, gconstpointer data)
{
	table_free(f->table);
	g_array_unref(f->items);
}

static struct item *find(struct fixture *f, const char *name)
{
	for (guint i = 0; i < f->items->len; i++)
		if (g_str_equal(item_at(f, i)->name, name))
			return item_at(f, i);
	g_error("no item %s", name);
}

static void assert_order(struct fixture *f, const char *wanted)
{
	g_autoptr(GString) order = g_string_new(NULL);

	for (guint i = 0; i < table_count(f->table); i++)
		g_string_append(order, item_at(f, table_row(f->table, i))->name);
	g_assert_cmpstr(order->str, ==, wanted);
}

static void draw(struct fixture *f, int height, int width)
{
	struct canvas c = { 0, 0, height, width };

	erase();
	take_rows(f);
	table_draw(f->table, &c, "nothing: Esc clears");
}

static char *row_text(int y)
{
	GString *text = g_string_new(NULL);

	for (int x = 0; x < COLS; x++) {
		wchar_t chars[CCHARW_MAX + 1] = { 0 };
		attr_t attributes;
		short pair;
		cchar_t c;
		mvin_wch(y, x, &c);
		getcchar(&c, chars, &attributes, &pair, NULL);
		g_string_append_unichar(text, (gunichar)chars[0]);
	}
	while (text->len > 0 && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

static void assert_row(int y, const char *wanted)
{
	g_autofree char *text = row_text(y);

	g_assert_cmpstr(text, ==, wanted);
}

static void test_resort(struct fixture *f, gconstpointer data)
{
	assert_order(f, "abcd");
	find(f, "a")->size = 9;
	f->now_us += 9 * SECOND;
	take_rows(f);
	assert_order(f, "abcd"); /* nothing moves yet */
	g_assert_cmpstr(table_selected(f->table), ==, "a");
	f->now_us += 1 * SECOND;
	take_rows(f);
	assert_order(f, "bcda");
	g_assert_cmpstr(table_selected(f->table), ==, "b"); /* nobody chose a row: the first is the worst */
}

static void test_held(struct fixture *f, gconstpointer data)
{
	table_move(f->table, 1);
	g_assert_cmpstr(table_selected(f->table), ==, "b");
	find(f, "b")->size = 9;
	f->now_us += 10 * SECOND;
	take_rows(f);
	assert_order(f, "abcd"); /* the row under the cursor keeps its line, the others sort around it */
	find(f, "c")->size = 0;
	f->now_us += 10 * SECOND;
	take_rows(f);
	assert_order(f, "cbad");
	g_assert_cmpstr(table_selected(f->table), ==, "b");
	draw(f, 10, 60);
	table_sort_step(f->table, 1); /* the user, by name: at once, whole */
	take_rows(f);
	assert_order(f, "abcd");
	g_assert_cmpstr(table_selected(f->table), ==, "b");
}

static void test_come_and_go(struct fixture *f, gconstpointer data)
{
	add(f, "new", 2);
	take_rows(f);
	assert_order(f, "abnewcd"); /* at its place at once */
	table_select(f->table, "c");
	find(f, "b")->hidden = TRUE;
	take_rows(f);
	assert_order(f, "anewdc"); /* it keeps its line, though a row above is gone */
	g_assert_cmpstr(table_selected(f->table), ==, "c");
	g_array_remove_index(f->items, 0); /* c itself */
	take_rows(f);
	assert_order(f, "anewd");
	g_assert_cmpstr(table_selected(f->table), ==, "d"); /* what stands there now */
	g_array_set_size(f->items, 0);
	take_rows(f);
	g_assert_null(table_selected(f->table));
	g_assert_cmpuint(table_count(f->table), ==, 0);
	table_move(f->table, 1);
	table_mark(f->table);
}

static void test_marks(struct fixture *f, gconstpointer data)
{
	g_autoptr(GPtrArray) marked = NULL;
	guint hidden;

	table_mark(f->table);
	table_mark(f->table);
	g_assert_cmpstr(table_selected(f->table), ==, "c");
	find(f, "a")->hidden = TRUE;
	table_filter_changed(f->table);
	take_rows(f);
	marked = table_marked(f->table, &hidden);
	g_assert_cmpuint(marked->len, ==, 2);
	g_assert_cmpuint(hidden, ==, 1);
	g_assert_cmpstr(marked->pdata[0], ==, "b"); /* those that are seen come first */
	g_assert_cmpstr(marked->pdata[1], ==, "a");
	table_unmark(f->table);
	g_ptr_array_unref(marked);
	marked = table_marked(f->table, &hidden);
	g_assert_cmpuint(marked->len, ==, 0);
	table_mark_shown(f->table); /* not what the filter hides */
	g_ptr_array_unref(marked);
	marked = table_marked(f->table, &hidden);
	g_assert_cmpuint(marked->len, ==, table_count(f->table));
	g_assert_cmpuint(hidden, ==, 0);
}

static void test_sort(struct fixture *f, gconstpointer data)
{
	draw(f, 10, 60);
	table_sort_step(f->table, 1);
	g_assert_cmpint(table_sort_column(f->table), ==, 0);
	table_sort_step(f->table, 1);
	take_rows(f);
	assert_order(f, "dcba"); /* the largest first */
	table_sort_invert(f->table);
	take_rows(f);
	assert_order(f, "abcd");
	table_sort_step(f->table, 1);
	table_sort_step(f->table, 1);
	g_assert_cmpint(table_sort_column(f->table), ==, TABLE_SORT_DEFAULT);
	table_sort_step(f->table, -1);
	g_assert_cmpint(table_sort_column(f->table), ==, 2);
	table_hide_column(f->table, 2, TRUE);
	g_assert_cmpint(table_sort_column(f->table), ==, TABLE_SORT_DEFAULT);
}

static void test_columns(struct fixture *f, gconstpointer data)
{
	draw(f, 10, 60);
	assert_row(0, "   NAME    SIZE  NOTE");
	assert_row(1, ">  a          1  note");
	assert_row(4, "   d          4  note");
	draw(f, 10, 20);
	assert_row(0, "   NAME    SIZE");
	draw(f, 10, 12);
	assert_row(0, "   NAME");
	find(f, "a")->name = "a-name-that-is-much-too-long";
	draw(f, 10, 14);
	assert_row(1, ">  a-name…ong");
	for (guint i = 0; i < f->items->len; i++)
		item_at(f, i)->hidden = TRUE;
	table_filter_changed(f->table);
	draw(f, 10, 60);
	assert_row(2, "   nothing: Esc clears");
	for (int height = 0; height < 8; height++)
		for (int width = 0; width < 40; width++)
			draw(f, height, width);
}

static void test_scroll(struct fixture *f, gconstpointer data)
{
	char position[32];
	guint first, count;

	draw(f, 10, 40);
	table_position(f->table, position, sizeof position);
	g_assert_cmpstr(position, ==, "");
	draw(f, 3, 40);
	table_end(f->table);
	table_position(f->table, position, sizeof position);
	g_assert_cmpstr(position, ==, "3-4 of 4");
	table_visible(f->table, &first, &count);
	g_assert_cmpuint(first, ==, 2);
	g_assert_cmpuint(count, ==, 2);
	draw(f, 10, 40); /* more room: no blank lines below the last row */
	table_visible(f->table, &first, &count);
	g_assert_cmpuint(first, ==, 0);
	g_assert_true(table_click(f->table, 2));
	g_assert_cmpstr(table_selected(f->table), ==, "b");
	g_assert_false(table_click(f->table, 0));
	g_assert_false(table_click(f->table, 7));
	table_home(f->table);
	g_assert_cmpuint(table_cursor(f->table), ==, 0);
}

/* Only what is seen is formatted, however many rows there are. */
static void test_many(struct fixture *f, gconstpointer data)
{
	g_autoptr(GStringChunk) names = g_string_chunk_new(1 << 16);

	for (int i = 0; i < 5000; i++) {
		g_autofree char *name = g_strdup_printf("row-%d", i);
		add(f, g_string_chunk_insert(names, name), i);
	}
	f->formatted = 0;
	draw(f, 20, 60);
	g_assert_cmpuint(table_count(f->table), ==, 5004);
	g_assert_cmpuint(f->formatted, <=, 19 * G_N_ELEMENTS(columns) * 2);
}

int main(int argc, char **argv)
{
	struct theme theme;
	FILE *null = fopen("/dev/null", "r+");
	SCREEN *terminal;
	int result;

	g_test_init(&argc, &argv, NULL);
	setlocale(LC_ALL, "C.UTF-8");
	terminal = newterm("xterm-256color", null, null);
	if (!terminal || !theme_parse(theme_dark_text, strlen(theme_dark_text), "dark", &theme, NULL))
		g_error("no terminal to draw on");
	palette_open(&theme, TRUE);
#define ADD(name) g_test_add("/table/" #name, struct fixture, NULL, setup, test_##name, teardown)
	ADD(resort);
	ADD(held);
	ADD(come_and_go);
	ADD(marks);
	ADD(sort);
	ADD(columns);
	ADD(scroll);
	ADD(many);
	result = g_test_run();
	endwin();
	delscreen(terminal);
	fclose(null);
	return result;
}
