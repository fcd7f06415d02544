/* Keys: what curses reads, made into events. Pasted text is marked, replies of the terminal and unknown sequences are swallowed whole, so
 * that they cannot run commands. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "tui/keymap.h"
#include "tui/screen.h"
#include "tui/screen_private.h"

#define SIDE_MAX 4096                            /* cells: what a terminal says beyond that is nonsense */
#define SEQUENCE_US (G_USEC_PER_SEC / 4)         /* the rest of a cut sequence comes within that, or never */
#define DOUBLE_CLICK_US (G_USEC_PER_SEC * 2 / 5)

enum { ESCAPE = 27 };

/* Keys as terminals send them when TERM does not know, or keypad mode is not on. */
static const struct { const char *bytes; int code; } sequences[] = {
	{"\033[A", KEY_UP}, {"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT}, {"\033[D", KEY_LEFT},
	{"\033OA", KEY_UP}, {"\033OB", KEY_DOWN}, {"\033OC", KEY_RIGHT}, {"\033OD", KEY_LEFT},
	{"\033[H", KEY_HOME}, {"\033[F", KEY_END}, {"\033OH", KEY_HOME}, {"\033OF", KEY_END},
	{"\033[1~", KEY_HOME}, {"\033[4~", KEY_END}, {"\033[7~", KEY_HOME}, {"\033[8~", KEY_END},
	{"\033[2~", KEY_IC}, {"\033[3~", KEY_DC}, {"\033[5~", KEY_PPAGE}, {"\033[6~", KEY_NPAGE}, {"\033[Z", KEY_BTAB},
	{"\033OP", KEY_F(1)}, {"\033OQ", KEY_F(2)}, {"\033OR", KEY_F(3)}, {"\033OS", KEY_F(4)}, {"\033OM", KEY_ENTER},
};

void screen_input_define(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(sequences); i++)
		if (key_defined(sequences[i].bytes) == 0)
			define_key(sequences[i].bytes, sequences[i].code);
	define_key(NULL, KEY_MOUSE); /* whose reports curses would want to read itself */
	define_key("\033[200~", SEQUENCE_PASTE_BEGIN);
	define_key("\033[201~", SEQUENCE_PASTE_END);
	define_key("\033[<", SEQUENCE_MOUSE);
}

const char *screen_modes(gboolean on)
{
	if (!screen.ansi)
		return "";
	if (screen.mouse)
		return on ? "\033[?2004h\033[?1000h\033[?1006h" : "\033[?2026l\033[?1006l\033[?1000l\033[?2004l";
	return on ? "\033[?2004h" : "\033[?2026l\033[?2004l"; /* it may end in the middle of a frame */
}

const char *screen_frame(gboolean begins)
{
	return !screen.ansi ? "" : begins ? "\033[?2026h" : "\033[?2026l";
}

void screen_check_size(void)
{
	struct winsize size;

	if (ioctl(screen.output, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
		return;
	int height = MIN(size.ws_row, SIDE_MAX), width = MIN(size.ws_col, SIDE_MAX);
	if (height == getmaxy(stdscr) && width == getmaxx(stdscr))
		return;
	resizeterm(height, width);
	screen.resized = TRUE;
}

static void check_signals(void)
{
	screen_signals_drain();
	if (screen_signals_take(SIGTSTP))
		screen_suspend();
	/* Smaller and back before we looked is no other size, but the terminal has thrown cells away. */
	if (screen_signals_take(SIGWINCH))
		screen.resized = screen.repaint = TRUE;
	/* Stopped by a SIGSTOP, which no one can see coming: the shell has had the terminal since. */
	if (screen_signals_take(SIGCONT)) {
		screen_leave();
		screen_return();
	}
}

/* The buttons of an SGR report "button;x;y" that ends in M (press) or m (release). */
static guint mouse_buttons(int button, gboolean press, const struct key_event *e)
{
	if (!press)
		return 0;
	if (button == 64 || button == 65)
		return button == 64 ? 4 : 8;
	if (button == 2)
		return 16;
	if (button != 0)
		return 0;
	gboolean twice = e->y == screen.click_y && e->x == screen.click_x && screen.click_at && e->at_us - screen.click_at < DOUBLE_CLICK_US;
	screen.click_at = twice ? 0 : e->at_us;
	screen.click_y = e->y;
	screen.click_x = e->x;
	return twice ? 2 : 1;
}

static gboolean end_mouse(wchar_t last, struct key_event *out)
{
	int button, x, y;

	screen.parameters[screen.parameter_count] = '\0';
	if (sscanf(screen.parameters, "%5d;%5d;%5d", &button, &x, &y) != 3 || x < 1 || y < 1)
		return FALSE;
	out->mouse = TRUE;
	out->y = y - 1;
	out->x = x - 1;
	out->buttons = mouse_buttons(button & ~28 /* Shift, Alt, Ctrl */, last == 'M', out);
	return out->buttons != 0;
}

/* A byte inside a sequence. TRUE when it ended one that is an event. */
static gboolean feed_sequence(wchar_t c, struct key_event *out)
{
	gboolean final = c >= 0x40 && c <= 0x7e;
	enum sequence sequence = screen.sequence;

	switch (sequence) {
	case SEQUENCE_STRING: /* OSC, DCS, …: up to BEL or ESC \ */
		screen.sequence = c == '\a' ? SEQUENCE_NONE : c == ESCAPE ? SEQUENCE_STRING_ESCAPE : SEQUENCE_STRING;
		return FALSE;
	case SEQUENCE_STRING_ESCAPE:
		screen.sequence = c == '\\' ? SEQUENCE_NONE : SEQUENCE_STRING;
		return FALSE;
	case SEQUENCE_SGR_MOUSE:
		if (!final && screen.parameter_count + 1 < sizeof screen.parameters)
			screen.parameters[screen.parameter_count++] = (char)c;
		break;
	case SEQUENCE_SS3:
		final = TRUE;
		break;
	case SEQUENCE_CSI:
		if (c == 'M' && screen.parameter_count == 0) { /* an old mouse report: three bytes follow */
			screen.sequence = SEQUENCE_OLD_MOUSE;
			return FALSE;
		}
		screen.parameter_count = 1;
		break;
	case SEQUENCE_OLD_MOUSE:
		if (++screen.parameter_count == 3)
			screen.sequence = SEQUENCE_NONE;
		return FALSE;
	default:
		break;
	}
	if (final || c < 0x20)
		screen.sequence = SEQUENCE_NONE;
	return final && sequence == SEQUENCE_SGR_MOUSE && end_mouse(c, out);
}

static void begin_sequence(enum sequence sequence)
{
	screen.sequence = sequence;
	screen.parameter_count = 0;
}

/* What follows an Esc without a pause: a sequence that curses does not know, Alt with a key, or nothing. TRUE when it is a key. */
static gboolean read_after_escape(struct key_event *out)
{
	wint_t c;
	int kind = wget_wch(screen.keys, &c);

	out->code = ESCAPE;
	if (kind == ERR)
		return TRUE;
	if (kind == KEY_CODE_YES) {
		ungetch((int)c);
		return TRUE;
	}
	if (c == '[' || c == 'O')
		begin_sequence(c == '[' ? SEQUENCE_CSI : SEQUENCE_SS3);
	else if (c == ']' || c == 'P' || c == '^' || c == '_' || c == 'X')
		begin_sequence(SEQUENCE_STRING);
	else if (c == ESCAPE)
		unget_wch((wchar_t)c);
	else {
		out->alt = TRUE;
		out->code = (int)c;
	}
	return screen.sequence == SEQUENCE_NONE;
}

static int plain_code(wint_t c)
{
	if (c == '\n')
		return '\r';
	return c == 8 || c == 127 ? KEYCODE(KEY_BACKSPACE) : (int)c;
}

/* A key that curses knows by name. */
static gboolean read_named(wint_t c, struct key_event *out)
{
	switch (c) {
	case KEY_RESIZE: /* our own resizeterm() */
		return FALSE;
	case SEQUENCE_PASTE_BEGIN:
		paste_begin(&screen.paste);
		return FALSE;
	case SEQUENCE_PASTE_END:
		paste_end(&screen.paste);
		return FALSE;
	case SEQUENCE_MOUSE:
		begin_sequence(SEQUENCE_SGR_MOUSE);
		return FALSE;
	case KEY_ENTER:
		out->code = '\r';
		return TRUE;
	default:
		out->code = KEYCODE((int)c);
		return TRUE;
	}
}

/* One thing that curses read; TRUE when it is an event. */
static gboolean take(int kind, wint_t c, struct key_event *out)
{
	if (screen.sequence != SEQUENCE_NONE && out->at_us - screen.sequence_at > SEQUENCE_US)
		screen.sequence = SEQUENCE_NONE;
	screen.sequence_at = out->at_us;
	if (screen.sequence != SEQUENCE_NONE && kind == OK)
		return feed_sequence((wchar_t)c, out);
	screen.sequence = SEQUENCE_NONE;
	if (kind == KEY_CODE_YES)
		return read_named(c, out);
	if (c == ESCAPE)
		return read_after_escape(out);
	out->code = plain_code(c);
	return TRUE;
}

/* FALSE when the key is to be dropped. */
static gboolean mark_paste(struct key_event *e)
{
	gboolean text = !e->alt && !e->mouse && e->code >= ' ' && e->code < KEYCODE_BASE;
	enum paste_kind kind = paste_key(&screen.paste, e->code, text, e->at_us);

	e->pasted = kind == PASTE_PASTED;
	return kind != PASTE_DROPPED;
}

gboolean screen_read(struct key_event *out)
{
	wint_t c;
	int kind;

	if (!screen.open)
		return FALSE;
	if (screen.left) {
		screen_signals_drain();
		return FALSE;
	}
	check_signals();
	screen_check_size();
	while ((kind = wget_wch(screen.keys, &c)) != ERR) {
		*out = (struct key_event){.at_us = g_get_monotonic_time()};
		if (!take(kind, c, out) || !mark_paste(out))
			continue;
		if (out->code != KEYCTRL('Z') || out->pasted || out->alt || out->mouse)
			return TRUE;
		screen_suspend();
	}
	paste_quiet(&screen.paste, g_get_monotonic_time());
	return FALSE;
}
