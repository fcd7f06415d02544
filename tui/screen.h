/* The terminal: opened by curses, drawn once a loop pass, given back on every way out.
 *
 * The loop polls screen_input_fd() for G_IO_IN and calls screen_read() until it is FALSE. That descriptor also wakes for a change of size, a
 * stop signal and the return from it: SIGWINCH, SIGTSTP and SIGCONT are handled in here while the screen is open, nobody else has to.
 * ^C, ^S, ^Q and ^\ arrive as keys; ^Z suspends. */
#ifndef MW_TUI_SCREEN_H
#define MW_TUI_SCREEN_H

#include <glib.h>

#include "tui/canvas.h"

struct screen_settings {
	const char *theme;   /* name of a shipped theme or a path; NULL = dark */
	gboolean mouse;
	gboolean no_colour;  /* NO_COLOR or --no-color */
	gboolean ascii;      /* forced; else by the locale */
};

/* Opens the terminal (stdin and stdout when they are one, else /dev/tty); FALSE with an error when there is none or TERM is not known or
 * cannot move its cursor. Reads the theme, and sets LC_CTYPE from the environment unless the program has done it. */
gboolean screen_open(const struct screen_settings *s, GError **error);
void screen_close(void);       /* restores the terminal; safe to call twice */
gboolean screen_is_open(void);
/* A handler of deadly signals may call this: only async-signal-safe calls, restores modes and the main screen. */
void screen_emergency(void);
void screen_size(int *height, int *width);
struct canvas screen_canvas(void);
void screen_erase(void);       /* in memory only; what did not change is not sent. Hides the cursor until it is placed again */
void screen_show(void);        /* sends the difference */
void screen_repaint(void);     /* ^L: everything anew */
void screen_cursor(int y, int x); /* shows the cursor there; y < 0 hides it */
/* TRUE while the terminal takes output. A frame is better skipped, and tried again, while it is behind: screen_show() would wait for it. */
gboolean screen_ready(void);
/* Leaves the screen to a child (shell, stop signal) and takes it back. */
void screen_leave(void);
void screen_return(void);
gboolean screen_is_left(void); /* a child has the terminal: nothing is drawn */
/* Lends the terminal to a program (looked for on PATH) until that ends, and shows it a line before. `done` is called once, later or, when the program
 * could not be started, at once: `problem` NULL and the exit code, or why there is none. One at a time. */
typedef void (*screen_run_done)(void *user, const char *problem, int exit_code);
void screen_run(char *const *argv, const char *greeting, screen_run_done done, void *user);
void screen_suspend(void); /* leaves, stops the process group as ^Z does, and returns when it is continued */
/* Writes text to the terminal's clipboard (OSC 52). FALSE when it is longer than 8 KiB or holds controls. */
gboolean screen_copy(const char *text);

struct key_event {
	int code;      /* a Unicode character, or KEYCODE(curses key), see keymap.h; Enter is '\r', Backspace KEYCODE(KEY_BACKSPACE) */
	gboolean alt;
	gboolean mouse;
	int y, x;      /* mouse */
	guint buttons; /* 1 press left, 2 double click, 4 wheel up, 8 wheel down, 16 right */
	gint64 at_us;  /* monotonic time at which it was read */
	gboolean pasted; /* part of a bracketed paste: text for a prompt or a menu; no key of a keymap or a sheet */
};
/* Reads one key without waiting; FALSE when there is none. A resize is handled inside and reported by screen_resized(). Escape sequences
 * that are no key are swallowed whole. */
gboolean screen_read(struct key_event *out);
gboolean screen_resized(void); /* TRUE once after a change of size */
/* TRUE when the terminal has gone away (hang-up): nothing will be read any more, the program should end. */
gboolean screen_lost(void);
int screen_input_fd(void); /* -1 while the screen is not open; quiet while it is left */

#endif
