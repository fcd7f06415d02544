/* The drawing half of tui/ on a real terminal: scenes run on a pty, libvterm tells what a person would see. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/unit/pty_terminal.h"
#include "tests/unit/tui_scenes.h"

static struct terminal *start(struct scene_setup setup, int rows, int columns)
{
	return terminal_start(rows, columns, scene_run, &setup);
}

static void finish(struct terminal *t)
{
	terminal_send(t, "\x18");
	terminal_finish(t);
}

static void test_canvas(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "canvas"}, 24, 80);
	g_autofree char *corner = g_strdup_printf("%79s…", ""), *wide_corner = g_strdup_printf("%78s漢", "");
	GString *line = g_string_new(NULL);

	for (int i = 0; i < 80; i++)
		g_string_append(line, "─");
	terminal_wait_row(t, 13, line->str);
	terminal_wait_row(t, 0, "a text th…");
	terminal_wait_row(t, 1, "fits!");
	terminal_wait_row(t, 2, "     漢字漢字…");
	terminal_wait_row(t, 3, "     defghijkl…");
	terminal_wait_row(t, 4, "      b");
	terminal_wait_row(t, 5, "3456");
	terminal_wait_row(t, 6, " 字x");
	terminal_wait_row(t, 7, "               right");
	terminal_wait_row(t, 8, "42%");
	terminal_wait_row(t, 9, "e\u0301\u0302\u0303\u0304x \u0301y");
	terminal_wait_row(t, 10, "a?[2Jb?]0;title??c?d?e\ufffdzf?ghi\ufffd?");
	terminal_wait_row(t, 11, "%s%n");
	terminal_wait_row(t, 12, " x字漢字");
	terminal_wait_row(t, 14, "");
	terminal_wait_row(t, 22, corner);
	terminal_wait_row(t, 23, wide_corner);
	g_assert_cmpint(terminal_cell(t, 23, 78).width, ==, 2);
	g_string_free(line, TRUE);
	finish(t);
}

/* Each byte sequence of the hostile text would do something to a terminal: none may come out. */
static void test_hostile(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "canvas"}, 24, 80);

	terminal_wait(t, "title??c");
	g_assert_false(terminal_has_raw(t, "\x1b[2Jb"));
	g_assert_false(terminal_has_raw(t, "\x1b]0;"));
	g_assert_false(terminal_has_raw(t, "\u202e"));
	g_assert_false(terminal_has_raw(t, "\u200b"));
	g_assert_false(terminal_has_raw(t, "\xc2\x9b"));
	finish(t);
}

struct colour_at { int row, column, index; }; /* index -1: the terminal's own */

static gboolean has_foreground(struct terminal *t, const void *data)
{
	const struct colour_at *c = data;
	VTermScreenCell cell = terminal_cell(t, c->row, c->column);

	return c->index < 0 ? VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) : VTERM_COLOR_IS_INDEXED(&cell.fg) && cell.fg.indexed.idx == c->index;
}

static gboolean has_background(struct terminal *t, const void *data)
{
	const struct colour_at *c = data;
	VTermScreenCell cell = terminal_cell(t, c->row, c->column);

	return c->index < 0 ? VTERM_COLOR_IS_DEFAULT_BG(&cell.bg) : VTERM_COLOR_IS_INDEXED(&cell.bg) && cell.bg.indexed.idx == c->index;
}

static void assert_foreground(struct terminal *t, int row, int column, int index)
{
	g_autofree char *what = g_strdup_printf("foreground %d at row %d, column %d", index, row, column);

	terminal_wait_until(t, has_foreground, &(struct colour_at){row, column, index}, what);
}

static void assert_background(struct terminal *t, int row, int column, int index)
{
	g_autofree char *what = g_strdup_printf("background %d at row %d, column %d", index, row, column);

	terminal_wait_until(t, has_background, &(struct colour_at){row, column, index}, what);
}

enum { ROW_TEXT, ROW_DIM, ROW_ACCENT, ROW_OK, ROW_WARN, ROW_CRIT, ROW_UNKNOWN, ROW_STALE, ROW_SELECTED, ROW_MATCH, ROW_FRAME, ROW_CHIP, ROW_BOTH = 13 };

static void test_256_colours(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "colours"}, 24, 80);

	terminal_wait(t, "a match here");
	assert_foreground(t, ROW_TEXT, 0, -1);
	assert_foreground(t, ROW_DIM, 0, 246);
	assert_foreground(t, ROW_OK, 0, 114);
	assert_background(t, ROW_OK, 0, 236); /* selected: the state keeps its colour … */
	assert_background(t, ROW_OK, 9, 236); /* … and the blanks are part of the row */
	assert_background(t, ROW_OK, 10, -1);
	assert_foreground(t, ROW_CRIT, 0, 210);
	g_assert_true(terminal_cell(t, ROW_CRIT, 0).attrs.bold);
	assert_foreground(t, ROW_BOTH, 3, 0);
	assert_background(t, ROW_BOTH, 3, 221); /* a match stays a match in the selected row */
	assert_background(t, ROW_BOTH, 0, 236);
	finish(t);
}

/* Makes a terminal with 16 colours, which few machines have the description of. */
static char *make_sixteen(void)
{
	static const char source[] =
		"midwatch-16|sixteen colours, colors#16, pairs#256, "
		"setaf=\\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm, setab=\\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm, use=xterm-256color,\n";
	char *directory = g_dir_make_tmp("terminfo-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(directory, "source", NULL);
	const char *const argv[] = {"tic", "-x", "-o", directory, file, NULL};
	int status = -1;

	g_file_set_contents(file, source, -1, NULL);
	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL) || status != 0)
		g_clear_pointer(&directory, g_free);
	return directory;
}

static void remove_sixteen(const char *directory)
{
	static const char *const names[] = {"source", "m/midwatch-16", "m", ""};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(directory, names[i], NULL);
		g_remove(path);
	}
}

static void test_16_colours(void)
{
	g_autofree char *directory = make_sixteen();

	if (!directory) {
		g_test_skip("tic is not there, or failed");
		return;
	}
	struct terminal *t = start((struct scene_setup){.scene = "colours", .term = "midwatch-16", .terminfo = directory}, 24, 80);
	terminal_wait(t, "a match here");
	assert_foreground(t, ROW_DIM, 0, 7);
	assert_foreground(t, ROW_UNKNOWN, 0, 13);
	assert_foreground(t, ROW_CRIT, 0, 9);
	g_assert_true(terminal_cell(t, ROW_CRIT, 0).attrs.reverse); /* a grey ground has no counterpart: reverse */
	assert_background(t, ROW_CHIP, 0, 14);
	finish(t);
	remove_sixteen(directory);
}

static void test_8_colours(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "colours", .term = "xterm"}, 24, 80);

	terminal_wait(t, "a match here");
	assert_foreground(t, ROW_OK, 0, 2);
	assert_foreground(t, ROW_WARN, 0, 3);
	assert_foreground(t, ROW_CRIT, 0, 1);
	g_assert_true(terminal_cell(t, ROW_OK, 0).attrs.reverse);
	assert_background(t, ROW_MATCH, 0, 3);
	finish(t);
}

static void assert_mono(struct terminal *t)
{
	terminal_wait(t, "a match here");
	for (int y = 0; y < 14; y++)
		for (int x = 0; x < 12; x++) {
			assert_foreground(t, y, x, -1);
			assert_background(t, y, x, -1);
		}
	g_assert_true(terminal_cell(t, ROW_SELECTED, 0).attrs.reverse);
	g_assert_true(terminal_cell(t, ROW_OK, 0).attrs.reverse);
	g_assert_true(terminal_cell(t, ROW_CHIP, 0).attrs.reverse);
	g_assert_true(terminal_cell(t, ROW_CRIT, 0).attrs.bold);
	g_assert_true(terminal_cell(t, ROW_MATCH, 0).attrs.underline);
	finish(t);
}

static void test_no_colour(void)
{
	assert_mono(start((struct scene_setup){.scene = "colours", .no_colour = TRUE}, 24, 80));
}

static void test_vt100(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "colours", .term = "vt100"}, 24, 80);

	terminal_wait(t, "a match here");
	g_assert_false(terminal_has_raw(t, "\x1b[?2004h")); /* it would not know it */
	assert_mono(t);
}

static void test_charts(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "charts"}, 24, 80);

	terminal_wait_row(t, 9, "Zürich");
	terminal_wait_row(t, 0, "  ▁▂▃▄ ▆▇██▁");
	terminal_wait_row(t, 1, "▁▂▃▄");
	terminal_wait_row(t, 2, "▁▁▁");
	terminal_wait_row(t, 3, "████····");
	terminal_wait_row(t, 4, "████▍···");
	terminal_wait_row(t, 5, "········");
	terminal_wait_row(t, 6, "████████");
	terminal_wait_row(t, 7, "▏·······");
	terminal_wait_row(t, 8, "●▲✖○?◌·─│┌┐└┘…▲▼>✓–·");
	terminal_wait_row(t, 10, "██▓▒····");
	terminal_wait_row(t, 11, "████▒▒▒▒");
	terminal_wait_row(t, 12, "█");
	finish(t);
}

static void test_ascii(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "charts", .locale = "C"}, 24, 80);

	terminal_wait_row(t, 9, "Z?rich");
	terminal_wait_row(t, 0, "  __.- ='''_");
	terminal_wait_row(t, 3, "####....");
	terminal_wait_row(t, 7, "#.......");
	terminal_wait_row(t, 8, "*!Xo?~.-|++++~^v>+-.");
	terminal_wait_row(t, 10, "##=+....");
	for (guint i = 0; i < t->raw->len; i++)
		g_assert_cmpuint(t->raw->data[i], <, 0x80);
	finish(t);
}

/* A locale that came along over SSH and is not on this machine: its name says UTF-8, and that is what the terminal is. */
static void test_foreign_locale(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "charts", .locale = "xx_YY.UTF-8"}, 24, 80);

	terminal_wait_row(t, 9, "Zürich");
	finish(t);
}

static void test_sheet(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "sheet"}, 24, 80);

	terminal_wait(t, "┌ New host key ─");
	terminal_wait(t, "│ The host key of gw-014 is new: SHA256:abcdef.");
	terminal_wait(t, "│ y accept and store   n refuse   Esc cancel");
	terminal_wait_row(t, 0, "beneath");
	assert_foreground(t, 0, 0, 246); /* dimmed */
	g_assert_false(terminal_cell(t, 0, 0).attrs.bold);
	terminal_send(t, "\rx\x1b[200~y\x1b[201~");
	g_usleep(100 * 1000); /* what follows a paste at once is not typed */
	terminal_send(t, "n");
	terminal_wait_row(t, 0, "beneath   answer 110"); /* neither Enter nor a paste is an answer */
	terminal_send(t, "y");
	terminal_wait_row(t, 0, "beneath   answer 121");
	terminal_send(t, "\x1b");
	terminal_wait_row(t, 0, "beneath   answer 0");
	finish(t);
}

static void test_sheet_small(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "sheet"}, 24, 80);

	terminal_wait(t, "Esc cancel");
	terminal_resize(t, 8, 24);
	terminal_wait(t, "y accept and store");
	terminal_wait(t, "│ n refuse  ");
	terminal_wait(t, "│ Esc cancel");
	terminal_wait(t, "1-3 of ");
	terminal_send(t, "\x1b[6~\x1b[6~\x1b[6~\x1b[6~\x1b[6~");
	terminal_wait(t, "Last line.");
	terminal_resize(t, 3, 4);
	terminal_resize(t, 1, 1);
	terminal_resize(t, 24, 80);
	terminal_wait(t, "│ y accept and store   n refuse   Esc cancel");
	finish(t);
}

static void test_menu(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "menu", .mouse = TRUE}, 24, 80);

	terminal_wait(t, "┌ Menu ─");
	terminal_wait(t, "type to narrow");
	terminal_wait(t, "[ ] item 01  not now");
	terminal_wait(t, "[ ] item 02  a hint");
	terminal_wait(t, "1 of 30");
	terminal_send(t, "\x1b[4~");
	terminal_wait(t, "[ ] item 29");
	terminal_wait(t, "30 of 30");
	terminal_send(t, " 12");
	terminal_wait(t, "│ 12 ");
	terminal_wait(t, "1 of 1 ");
	terminal_send(t, " ");
	terminal_wait(t, "[x] item 12");
	terminal_send(t, "\r");
	terminal_wait(t, "chosen id12 id29");
	terminal_send(t, "\x15zzz");
	terminal_wait(t, "nothing has that text");
	terminal_send(t, "\x1b");
	terminal_wait(t, "of 30");
	terminal_send(t, "\x1b");
	terminal_wait(t, "cancelled");
	terminal_resize(t, 5, 20);
	terminal_wait(t, "30");
	terminal_resize(t, 2, 5);
	terminal_resize(t, 24, 80);
	terminal_wait(t, "[ ] item 02  a hint");
	finish(t);
}

static void test_prompt(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "prompt"}, 24, 80);

	terminal_wait_row(t, 23, ":");
	terminal_wait_row(t, 20, "  restart  a hint");
	terminal_send(t, "r\t");
	terminal_wait_row(t, 23, ": re");
	terminal_send(t, "\t");
	terminal_wait_row(t, 23, ": restart");
	assert_background(t, 20, 2, 236);
	terminal_send(t, "\x15漢字é\x1b[D");
	terminal_wait_row(t, 23, ": 漢字é");
	terminal_wait_row(t, 22, "beneath");
	terminal_send(t, "\r");
	terminal_wait(t, "accepted '漢字é'");
	terminal_resize(t, 5, 20);
	terminal_send(t, "\x05 and a text that is longer than the line");
	terminal_wait_row(t, 4, ": ger than the line");
	finish(t);
}

static void test_secret(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "secret"}, 24, 80);

	terminal_wait_row(t, 23, "passphrase:");
	terminal_send(t, "hünter2");
	terminal_wait_row(t, 23, "passphrase: •••••••");
	g_assert_false(terminal_has_raw(t, "nter2"));
	finish(t);
}

static void test_pager(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "pager"}, 10, 80);

	terminal_wait_row(t, 1, "the second line is so long");
	terminal_wait_row(t, 2, "that it has to be wrapped at");
	terminal_wait_row(t, 4, "more a good bit after that");
	terminal_wait_row(t, 5, "");
	terminal_send(t, "\x1b[C"); /* unwraps, then pans */
	terminal_wait_row(t, 1, "the second line is so long tha");
	terminal_send(t, "\x1b[C");
	terminal_wait_row(t, 1, "nd line is so long that it has");
	terminal_send(t, "\x1b[D\x1b[D");
	terminal_wait_row(t, 1, "the second line is so long");
	terminal_send(t, "G");
	terminal_wait_row(t, 9, "the last line");
	terminal_send(t, "g\x1b[B");
	terminal_wait_row(t, 0, "the second line is so long");
	terminal_send(t, "/");
	terminal_wait(t, "found");
	terminal_wait_row(t, 5, "needle one");
	assert_background(t, 5, 0, 117); /* the match one is at */
	terminal_send(t, "n");
	terminal_wait(t, "a NEEDLE and a needle");
	terminal_send(t, "NN"); /* back, and round */
	terminal_wait(t, "a NEEDLE and a needle");
	terminal_send(t, "o");
	terminal_wait_row(t, 0, "other                                   found");
	terminal_send(t, "n");
	terminal_wait_row(t, 0, "other                                   not found");
	finish(t);
}

static void test_pager_keeps_place(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "pager"}, 10, 80);

	terminal_wait_row(t, 0, "first line");
	terminal_send(t, "\x1b[6~");
	terminal_wait_row(t, 0, "6");
	terminal_send(t, "a");
	terminal_wait_row(t, 0, "5");
	finish(t);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tui/canvas", test_canvas);
	g_test_add_func("/tui/hostile", test_hostile);
	g_test_add_func("/tui/256-colours", test_256_colours);
	g_test_add_func("/tui/16-colours", test_16_colours);
	g_test_add_func("/tui/8-colours", test_8_colours);
	g_test_add_func("/tui/no-colour", test_no_colour);
	g_test_add_func("/tui/vt100", test_vt100);
	g_test_add_func("/tui/charts", test_charts);
	g_test_add_func("/tui/ascii", test_ascii);
	g_test_add_func("/tui/foreign-locale", test_foreign_locale);
	g_test_add_func("/tui/sheet", test_sheet);
	g_test_add_func("/tui/sheet-small", test_sheet_small);
	g_test_add_func("/tui/menu", test_menu);
	g_test_add_func("/tui/prompt", test_prompt);
	g_test_add_func("/tui/secret", test_secret);
	g_test_add_func("/tui/pager", test_pager);
	g_test_add_func("/tui/pager-keeps-place", test_pager_keeps_place);
	return g_test_run();
}
