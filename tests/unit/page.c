#include "tests/unit/page.h"

#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tui/glyph.h"
#include "tui/palette.h"
#include "tui/theme.h"

static struct { SCREEN *screen; FILE *in, *out; } page;

void page_open(void)
{
	struct theme theme;
	g_autoptr(GError) error = NULL;

	if (!setlocale(LC_ALL, "C.UTF-8"))
		g_error("this system has no C.UTF-8 locale");
	setlocale(LC_NUMERIC, "C");
	page.in = fopen("/dev/null", "r");
	page.out = fopen("/dev/null", "w");
	page.screen = newterm("xterm-256color", page.out, page.in);
	if (!page.screen)
		g_error("curses does not know xterm-256color");
	start_color();
	use_default_colors();
	theme_parse(theme_dark_text, strlen(theme_dark_text), "dark", &theme, &error);
	g_assert_no_error(error);
	palette_open(&theme, TRUE);
}

void page_close(void)
{
	endwin();
	delscreen(page.screen);
	fclose(page.in);
	fclose(page.out);
}

struct canvas page_new(int height, int width)
{
	resizeterm(height, width);
	erase();
	return (struct canvas){ 0, 0, height, width };
}

char *page_row(int y)
{
	GString *text = g_string_new(NULL);

	for (int x = 0; x < COLS; x++) {
		wchar_t chars[CCHARW_MAX + 1];
		attr_t attributes;
		short pair;
		cchar_t cell;
		mvin_wch(y, x, &cell);
		getcchar(&cell, chars, &attributes, &pair, NULL);
		for (guint i = 0; chars[i]; i++)
			g_string_append_unichar(text, (gunichar)chars[i]);
	}
	while (text->len > 0 && text->str[text->len - 1] == ' ')
		g_string_truncate(text, text->len - 1);
	return g_string_free(text, FALSE);
}

char *page_text(const struct canvas *c)
{
	GString *text = g_string_new(NULL);

	for (int y = 0; y < c->height; y++) {
		g_autofree char *row = page_row(y);
		g_string_append_printf(text, "%s\n", row);
	}
	return g_string_free(text, FALSE);
}

int page_find(const struct canvas *c, const char *text)
{
	for (int y = 0; y < c->height; y++) {
		g_autofree char *row = page_row(y);
		if (strstr(row, text))
			return y;
	}
	return -1;
}

void page_assert_has(const struct canvas *c, const char *text)
{
	g_autofree char *all = page_text(c);

	if (page_find(c, text) < 0)
		g_error("\"%s\" is not on the page:\n%s", text, all);
}

void page_assert_lacks(const struct canvas *c, const char *text)
{
	g_autofree char *all = page_text(c);

	if (page_find(c, text) >= 0)
		g_error("\"%s\" is on the page:\n%s", text, all);
}

void page_assert_golden(const struct canvas *c, const char *name)
{
	g_autofree char *file = g_strconcat(name, ".txt", NULL);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "panels", file, NULL);
	g_autofree char *text = page_text(c), *golden = NULL;
	g_autoptr(GError) error = NULL;

	if (g_strcmp0(g_getenv("UPDATE_GOLDEN"), "1") == 0) {
		g_file_set_contents(path, text, -1, &error);
		g_assert_no_error(error);
		return;
	}
	if (!g_file_get_contents(path, &golden, NULL, &error))
		g_error("%s; UPDATE_GOLDEN=1 writes it", error->message);
	if (!g_str_equal(text, golden))
		g_error("the page is not as in %s (UPDATE_GOLDEN=1 takes it over). It is:\n%s\nIt should be:\n%s", path, text, golden);
}
