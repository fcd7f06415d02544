/* The terminal itself: keys and sizes as they come in, the modes that are set, and how it is given back on each way out. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

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

static void test_sizes(void)
{
	static const int sizes[][2] = {{5, 20}, {60, 200}, {1, 1}, {24, 80}, {2, 3}, {24, 81}};
	struct terminal *t = start((struct scene_setup){.scene = "size"}, 31, 101);

	terminal_wait_row(t, 0, "101x31");
	g_assert_false(terminal_has_raw(t, "80x24")); /* not even in a first frame */
	for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *text = g_strdup_printf("%dx%d", sizes[i][1], sizes[i][0]);
		terminal_resize(t, sizes[i][0], sizes[i][1]);
		if (sizes[i][1] > 8 && sizes[i][0] > 1) {
			terminal_wait_row(t, 0, text);
			g_autofree char *row = g_strdup_printf("%*s", sizes[i][1], "end");
			terminal_wait_row(t, sizes[i][0] - 1, row);
		}
	}
	finish(t);
}

static void test_keys(void)
{
	static const struct { const char *bytes, *shown; } cases[] = {
		{"j", "[j]"},
		{"\r", "[Enter]"},
		{"\n", "[Enter]"},
		{"\x7f\x08", "[Backspace][Backspace]"},
		{"\x1bOA\x1b[A\x1b[B", "[Up][Up][Down]"},
		{"\x1b[5~\x1b[6~\x1b[3~", "[PgUp][PgDn][Delete]"},
		{"\x1b[H\x1b[4~", "[Home][End]"},
		{"\t\x1b[Z", "[Tab][S-Tab]"},
		{"\x1bOP", "[F1]"},
		{"\x03\x13\x11\x1c", "[^C][^S][^Q][^\\]"},
		{"é漢", "[é][漢]"},
		{"\x1b" "f", "[M-f]"},
		{"\x1b[99;99z.", "[.]"},                      /* a sequence that is no key */
		{"\x1b[?62;22c.", "[.]"},                     /* a reply of the terminal */
		{"\x1b]11;rgb:00/00/00\x1b\\.", "[.]"},
		{"\x1bP1$r0m\x1b\\.\x1b]x\a.", "[.][.]"},
		{"\x1b[M !!.", "[.]"},                         /* an old mouse report */
		{"\x1b[I\x1b[O.", "[.]"},                     /* focus */
		{"\x1b[200~q:\rj\x1b[A\x03q\x1b[201~", "(q)(:)(Enter)(j)(Up)(^C)(q)"},
		{"\x1b[200~q\x1b[201~q\ry\x1b[201~", "(q)(q)(y)"}, /* the first end is part of what was pasted */
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct terminal *t = start((struct scene_setup){.scene = "keys"}, 24, 80);
		terminal_wait_row(t, 1, "ready");
		terminal_send(t, cases[i].bytes);
		terminal_wait_row(t, 0, cases[i].shown);
		if (strstr(cases[i].bytes, "201~"))
			g_usleep(100 * 1000); /* what follows a paste at once is not typed */
		finish(t);
	}
}

static void test_escape(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "keys"}, 24, 80);

	terminal_wait_row(t, 1, "ready");
	terminal_send(t, "\x1b");
	terminal_wait_row(t, 0, "[Esc]");
	terminal_send(t, "q");
	terminal_wait_row(t, 0, "[Esc][q]");
	finish(t);
}

/* Over a slow link a sequence comes in pieces. */
static void test_cut_sequences(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "keys", .mouse = TRUE}, 24, 80);

	terminal_wait_row(t, 1, "ready");
	terminal_send(t, "\x1b[<0;5");
	terminal_send(t, ";3M.");
	terminal_wait_row(t, 0, "<1:2,4>[.]");
	finish(t);
}

static void test_mouse(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "keys", .mouse = TRUE}, 24, 80);

	terminal_wait_row(t, 1, "ready");
	g_assert_true(terminal_has_raw(t, "\x1b[?1006h"));
	terminal_send(t, "\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<64;200;50M\x1b[<65;1;1M\x1b[<2;1;1M\x1b[<1;M.");
	terminal_wait_row(t, 0, "<1:2,4><2:2,4><4:49,199><8:0,0><16:0,0>[.]");
	finish(t);
}

static void test_cursor_and_modes(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "keys"}, 24, 80);
	struct termios modes;

	terminal_wait_row(t, 1, "ready");
	terminal_wait_raw(t, "\x1b[?25h");
	g_assert_true(t->alternate);
	g_assert_true(t->cursor);
	g_assert_true(terminal_has_raw(t, "\x1b[?2004h"));
	terminal_wait_raw(t, "\x1b[?2026h"); /* each frame is shown as a whole */
	terminal_wait_raw(t, "\x1b[?2026l");
	tcgetattr(t->master, &modes);
	g_assert_cmpuint(modes.c_lflag & (ICANON | ECHO | ISIG), ==, 0);
	terminal_send(t, "\x18");
	g_assert_cmpint(terminal_wait_exit(t), ==, 0);
	g_assert_false(t->alternate);
	g_assert_true(t->cursor);
	g_assert_true(terminal_has_raw(t, "\x1b[?2004l"));
	terminal_free(t);
}

static void test_hidden_cursor(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "size"}, 24, 80);

	terminal_wait_row(t, 0, "80x24");
	g_assert_false(t->cursor);
	finish(t);
}

/* What has not changed is not sent: an idle screen costs nothing. */
static void test_difference_only(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "keys"}, 24, 80);

	terminal_wait_row(t, 1, "ready");
	terminal_send(t, "a");
	terminal_wait_row(t, 0, "[a]");
	guint before = t->raw->len;
	terminal_send(t, "b");
	terminal_wait_row(t, 0, "[a][b]");
	g_assert_cmpuint(t->raw->len - before, <, 40);
	before = t->raw->len;
	terminal_send(t, "L"); /* all anew */
	terminal_wait_row(t, 0, "[a][b][L]");
	g_assert_cmpuint(t->raw->len - before, >, 10);
	finish(t);
}

static void test_copy(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "keys"}, 24, 80);

	terminal_wait_row(t, 1, "ready");
	terminal_send(t, "C");
	terminal_wait_row(t, 0, "[C]yes");
	terminal_wait_raw(t, "\x1b]52;c;Y29waWVkIMO8\a");
	finish(t);
}

static void test_unknown_terminal(void)
{
	static const struct { const char *term, *text; } cases[] = {
		{"no-such-terminal", "error: the terminal 'no-such-terminal' is not known on this machine"},
		{"", "error: TERM is not set"},
		{"dumb", "error: the terminal 'dumb' cannot move its cursor"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct terminal *t = start((struct scene_setup){.scene = "size", .term = cases[i].term}, 24, 100);
		terminal_wait(t, cases[i].text);
		g_assert_cmpint(WEXITSTATUS(terminal_wait_exit(t)), ==, 1);
		terminal_free(t);
	}
}

static void test_emergency(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "crash"}, 24, 80);
	struct termios before, after;

	terminal_wait_row(t, 0, "80x24");
	tcgetattr(t->master, &before);
	g_assert_true(t->alternate);
	terminal_send(t, "!");
	g_assert_cmpint(terminal_wait_exit(t), ==, 0);
	tcgetattr(t->master, &after);
	g_assert_false(before.c_lflag & ICANON);
	g_assert_cmpuint(after.c_lflag & (ICANON | ECHO | ISIG), ==, ICANON | ECHO | ISIG);
	g_assert_false(t->alternate);
	g_assert_true(t->cursor);
	terminal_free(t);
}

static void test_hang_up(void)
{
	struct scene_setup setup = {.scene = "size"};
	struct terminal *t = start(setup, 24, 80);

	terminal_wait_row(t, 0, "80x24");
	close(t->master); /* SIGHUP, which kills the child unless it sees the end first */
	t->master = -1;
	int status = terminal_wait_exit(t);
	g_assert_true((WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP) || status == 0);
	terminal_free(t);
}

static void test_suspend(void)
{
	struct terminal *t = start((struct scene_setup){.scene = "jobs"}, 24, 80);

	terminal_wait_row(t, 1, "ready");
	terminal_send(t, "a");
	terminal_wait_row(t, 0, "[a]");
	terminal_send(t, "\x1a");
	terminal_wait(t, "the job has stopped, modes restored");
	g_assert_false(t->alternate);
	terminal_resize(t, 20, 70);
	terminal_send(t, "fg\n");
	terminal_wait_row(t, 0, "[a]");
	g_assert_true(t->alternate);
	terminal_send(t, "b");
	terminal_wait_row(t, 0, "[a][b]");
	terminal_send(t, "\x1a");
	terminal_wait(t, "the job has stopped, modes restored");
	terminal_send(t, "fg\n");
	terminal_wait_row(t, 0, "[a][b]");
	terminal_send(t, "\x18");
	terminal_wait(t, "the job has ended, modes restored");
	terminal_finish(t);
}

static gboolean has_been_drawn_twice(struct terminal *t, const void *data)
{
	const char *first = memmem(t->raw->data, t->raw->len, "ready", 5);

	return first && memmem(first + 1, t->raw->len - (gsize)((const guint8 *)first + 1 - t->raw->data), "ready", 5);
}

/* Stopped by what no one can catch, or told to stop where there is no shell to come back from: all is drawn anew afterwards. */
static void test_stop_from_outside(void)
{
	static const int stops[] = {SIGSTOP, SIGTSTP};

	for (guint i = 0; i < G_N_ELEMENTS(stops); i++) {
		struct terminal *t = start((struct scene_setup){.scene = "keys"}, 24, 80);
		int status;
		terminal_wait_row(t, 1, "ready");
		kill(t->child, stops[i]);
		if (stops[i] == SIGSTOP) {
			g_assert_cmpint(waitpid(t->child, &status, WUNTRACED), ==, t->child);
			g_assert_true(WIFSTOPPED(status));
			kill(t->child, SIGCONT);
		}
		terminal_wait_until(t, has_been_drawn_twice, NULL, "drawn twice");
		terminal_send(t, "a");
		terminal_wait_row(t, 0, "[a]");
		g_assert_true(t->alternate);
		finish(t);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/terminal/sizes", test_sizes);
	g_test_add_func("/terminal/keys", test_keys);
	g_test_add_func("/terminal/escape", test_escape);
	g_test_add_func("/terminal/cut-sequences", test_cut_sequences);
	g_test_add_func("/terminal/mouse", test_mouse);
	g_test_add_func("/terminal/cursor-and-modes", test_cursor_and_modes);
	g_test_add_func("/terminal/hidden-cursor", test_hidden_cursor);
	g_test_add_func("/terminal/difference-only", test_difference_only);
	g_test_add_func("/terminal/copy", test_copy);
	g_test_add_func("/terminal/unknown-terminal", test_unknown_terminal);
	g_test_add_func("/terminal/emergency", test_emergency);
	g_test_add_func("/terminal/hang-up", test_hang_up);
	g_test_add_func("/terminal/suspend", test_suspend);
	g_test_add_func("/terminal/stop-from-outside", test_stop_from_outside);
	return g_test_run();
}
