#include "tui/screen.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/glyph.h"
#include "tui/palette.h"
#include "tui/screen_private.h"
#include "tui/theme.h"

#include <term.h> /* last: it makes macros of many plain words */

#define ESCAPE_DELAY_MS 25
#define COPY_MAX 8192
#define SCREEN_ERROR g_quark_from_static_string("midwatch-screen")

struct screen screen = {.input = -1, .output = -1, .cursor_y = -1};

static void open_locale(gboolean ascii)
{
	const char *wanted = g_getenv("LC_ALL");

	if (!wanted || !*wanted)
		wanted = g_getenv("LC_CTYPE");
	if (!wanted || !*wanted)
		wanted = g_getenv("LANG");
	/* Over SSH the name of a locale often comes along that this machine has not got; the terminal is a UTF-8 one all the same. */
	if (g_str_equal(setlocale(LC_CTYPE, NULL), "C") && !setlocale(LC_CTYPE, "") && wanted && strcasestr(wanted, "utf"))
		setlocale(LC_CTYPE, "C.UTF-8");
	glyph_use_ascii(ascii || !g_str_equal(nl_langinfo(CODESET), "UTF-8"));
}

static gboolean open_tty(GError **error)
{
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		screen.input = STDIN_FILENO;
		screen.output = STDOUT_FILENO;
		return TRUE;
	}
	screen.tty = fopen("/dev/tty", "r+e");
	if (!screen.tty) {
		g_set_error(error, SCREEN_ERROR, 0, "there is no terminal (%s): start midwatch in one, over ssh with 'ssh -t'", g_strerror(errno));
		return FALSE;
	}
	screen.input = screen.output = fileno(screen.tty);
	return TRUE;
}

/* newterm() alone would say nothing about what is wrong. */
static gboolean check_terminal(const char *term, GError **error)
{
	g_autofree char *safe = g_strescape(term, NULL);
	int result;

	if (!*term) { /* setupterm() would take "unknown", which nobody wrote */
		g_set_error_literal(error, SCREEN_ERROR, 0, "TERM is not set: try 'TERM=xterm-256color midwatch'");
		return FALSE;
	}
	if (setupterm(term, screen.output, &result) == ERR) {
		g_set_error(error, SCREEN_ERROR, 0, result == -1 ? "the terminal database is missing on this machine (TERM=%s): install "
		            "ncurses-base" : "the terminal '%s' is not known on this machine: try 'TERM=xterm-256color midwatch', or install ncurses-term",
		            safe);
		return FALSE;
	}
	gboolean moves = cursor_address != NULL;
	screen.ansi = moves && g_str_has_prefix(cursor_address, "\033[") && !g_str_has_prefix(term, "vt") && !g_str_has_prefix(term, "linux");
	del_curterm(cur_term);
	if (!moves)
		g_set_error(error, SCREEN_ERROR, 0, "the terminal '%s' cannot move its cursor, so nothing can be drawn: set TERM to what it is",
		            safe);
	return moves;
}

static void close_tty(void)
{
	if (screen.tty)
		fclose(screen.tty);
	screen = (struct screen){.input = -1, .output = -1, .cursor_y = -1};
}

static void set_modes(void)
{
	raw();
	noecho();
	nonl();
	nodelay(screen.keys, TRUE);
	keypad(screen.keys, TRUE);
	typeahead(-1); /* a frame is sent whole: what a key leaves unchanged would not be sent again */
	idlok(stdscr, TRUE); /* a log that scrolls is sent as a scroll */
	curs_set(0);
}

/* Straight to the terminal: curses' own output goes through a buffer of its own, that of putp() through stdio. */
gboolean screen_write(const char *bytes)
{
	for (gsize sent = 0, total = strlen(bytes); sent < total;) {
		gssize n = write(screen.output, bytes + sent, total - sent);
		if (n < 0 && errno != EINTR)
			return FALSE;
		sent += n > 0 ? (gsize)n : 0;
	}
	return TRUE;
}

static void put_modes(gboolean on)
{
	screen_write(screen_modes(on));
}

static int put_byte(int byte)
{
	return screen_write((char[]){(char)byte, '\0'}) ? byte : EOF;
}

static gboolean open_curses(const char *term, GError **error)
{
	FILE *out = screen.tty ? screen.tty : stdout, *in = screen.tty ? screen.tty : stdin;
	struct termios saved;

	if (tcgetattr(screen.input, &saved) != 0) {
		g_set_error(error, SCREEN_ERROR, 0, "cannot read the terminal's modes: %s", g_strerror(errno));
		return FALSE;
	}
	if (!screen_signals_open(screen.input, error))
		return FALSE;
	use_env(FALSE); /* LINES and COLUMNS in the environment are those of another day */
	use_tioctl(TRUE); /* and the Linux console's entry has no size of its own, without which curses refuses it */
	set_escdelay(ESCAPE_DELAY_MS);
	screen.curses = newterm(term, out, in);
	screen_signals_opened();
	if (!screen.curses) {
		screen_signals_close();
		g_set_error(error, SCREEN_ERROR, 0, "curses cannot use the terminal '%s'", term);
		return FALSE;
	}
	screen_emergency_prepare(screen_modes(FALSE), &saved);
	return TRUE;
}

gboolean screen_open(const struct screen_settings *s, GError **error)
{
	const char *term = g_getenv("TERM");
	struct theme theme;

	g_return_val_if_fail(!screen.open, FALSE);
	if (!theme_load(s->theme, &theme, error) || !open_tty(error))
		return FALSE;
	open_locale(s->ascii);
	screen.mouse = s->mouse;
	if (!check_terminal(term ? term : "", error) || !open_curses(term, error)) {
		close_tty();
		return FALSE;
	}
	screen.open = TRUE;
	screen_emergency_arm(TRUE);
	screen.keys = newpad(1, 1); /* reading from a window would show what is half drawn on it */
	screen_check_size(); /* curses has only looked into terminfo */
	screen.resized = FALSE;
	palette_open(&theme, !s->no_colour);
	set_modes();
	screen_input_define(); /* after keypad(), which loads the keys of terminfo */
	put_modes(TRUE);
	return TRUE;
}

void screen_close(void)
{
	if (!screen.open)
		return;
	screen_leave();
	screen_signals_close();
	delwin(screen.keys);
	delscreen(screen.curses);
	close_tty();
}

gboolean screen_is_open(void)
{
	return screen.open;
}

void screen_size(int *height, int *width)
{
	*height = screen.open ? getmaxy(stdscr) : 0;
	*width = screen.open ? getmaxx(stdscr) : 0;
}

struct canvas screen_canvas(void)
{
	struct canvas c = {0, 0, 0, 0};

	screen_size(&c.height, &c.width);
	return c;
}

void screen_erase(void)
{
	if (screen.open)
		erase();
	screen_cursor(-1, 0);
}

void screen_cursor(int y, int x)
{
	screen.cursor_y = y;
	screen.cursor_x = x;
}

static void place_cursor(void)
{
	gboolean show = screen.cursor_y >= 0 && screen.cursor_y < LINES && screen.cursor_x >= 0 && screen.cursor_x < COLS;

	if (show)
		move(screen.cursor_y, screen.cursor_x);
	leaveok(stdscr, !show);
	if (show != screen.cursor_shown)
		curs_set(show);
	screen.cursor_shown = show;
}

void screen_show(void)
{
	if (!screen.open || screen.left)
		return;
	if (screen.repaint)
		clearok(curscr, TRUE);
	screen.repaint = FALSE;
	screen_write(screen_frame(TRUE));
	place_cursor();
	wnoutrefresh(stdscr);
	doupdate();
	screen_write(screen_frame(FALSE));
}

void screen_repaint(void)
{
	screen.repaint = TRUE;
	screen_show();
}

gboolean screen_ready(void)
{
	struct pollfd p = {.fd = screen.output, .events = POLLOUT};

	return screen.open && !screen.left && poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

void screen_leave(void)
{
	if (!screen.open || screen.left)
		return;
	screen.left = TRUE;
	screen_signals_watch(screen.input, FALSE);
	put_modes(FALSE);
	if (screen.cursor_shown) /* endwin() shows it, and curses must know that it is hidden afterwards */
		curs_set(0);
	screen.cursor_shown = FALSE;
	endwin();
	/* Some terminals (libvterm's) keep the visibility with the cursor's place, and leaving the other screen brings both back. */
	if (cursor_normal)
		tputs(cursor_normal, 1, put_byte);
	screen_emergency_arm(FALSE);
}

void screen_return(void)
{
	if (!screen.open || !screen.left)
		return;
	screen.left = FALSE;
	screen_signals_watch(screen.input, TRUE);
	screen_emergency_arm(TRUE);
	reset_prog_mode();
	put_modes(TRUE);
	screen.sequence = SEQUENCE_NONE;
	screen.paste = (struct paste){ 0 };
	screen_repaint();
}

gboolean screen_is_left(void)
{
	return screen.open && screen.left;
}

void screen_suspend(void)
{
	if (!screen.open || screen.left)
		return;
	screen_leave();
	screen_signals_stop();
	screen_return();
}

static gboolean is_copyable(const char *text, gsize len)
{
	if (len > COPY_MAX || !g_utf8_validate(text, (gssize)len, NULL))
		return FALSE;
	for (const char *at = text; *at; at = g_utf8_next_char(at))
		if (g_unichar_iscntrl(g_utf8_get_char(at)))
			return FALSE;
	return TRUE;
}

gboolean screen_copy(const char *text)
{
	gsize len = strlen(text);

	if (!screen.open || screen.left || !screen.ansi || !is_copyable(text, len))
		return FALSE;
	g_autofree char *encoded = g_base64_encode((const guchar *)text, len);
	g_autofree char *sequence = g_strconcat("\033]52;c;", encoded, "\a", NULL);
	return screen_write(sequence);
}

gboolean screen_resized(void)
{
	gboolean resized = screen.resized;

	screen.resized = FALSE;
	return resized;
}

gboolean screen_lost(void)
{
	struct pollfd p = {.fd = screen.input, .events = POLLIN};

	return screen.open && poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR | POLLNVAL));
}

int screen_input_fd(void)
{
	return screen.open ? screen_signals_fd() : -1;
}
