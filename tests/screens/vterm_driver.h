/* Drives a program as a person at a terminal does: runs it in a pty, reads its screen through libvterm, sends keys, waits for what is
 * expected. Nothing here sleeps to be sure. A wait that is in vain ends the test and shows the screen. Timeouts are in seconds, 0 = 60. */
#ifndef MW_TESTS_VTERM_DRIVER_H
#define MW_TESTS_VTERM_DRIVER_H

#include <glib.h>
#include <sys/types.h>

struct driver;

struct driver_settings {
	const char *const *argv;        /* argv[0]: a path or a name on PATH */
	const char *const *environment; /* NAME=value to set, or NAME to remove; NULL: none. TERM is xterm-256color, LANG C.UTF-8 unless said */
	const char *directory;          /* to run in; NULL: here */
	int rows, columns;              /* 0: 24 × 80 */
};

struct driver *driver_new(const struct driver_settings *s);
/* Ends the program if it still runs (SIGHUP as a closed terminal does, then SIGKILL). */
void driver_free(struct driver *d);
pid_t driver_pid(const struct driver *d);

/* Waiting. A frame is looked at when all of it has come. Text is looked for line by line as driver_text() gives it. */
void driver_wait(struct driver *d, const char *text, double timeout);
void driver_wait_gone(struct driver *d, const char *text, double timeout);
/* A PCRE on the whole screen text; ^ and $ match at line ends. */
void driver_wait_match(struct driver *d, const char *pattern, double timeout);
/* The row, counted from 0. */
void driver_wait_row(struct driver *d, int row, const char *text, double timeout);
void driver_wait_until(struct driver *d, gboolean (*test)(struct driver *d, void *user), void *user, const char *what, double timeout);
/* Waits until nothing has come for 300 ms, or the screen has not changed for 1 s. Only to look at a screen whose text is not known, as
 * golden_check() does for a new golden text: a test waits for what it expects. */
void driver_settle(struct driver *d);
/* Takes what comes in, for at most so many seconds or until something came. FALSE at the end of the program's output. */
gboolean driver_pump(struct driver *d, double seconds);

/* Keys by name, with blanks between: "j", "^R", "Enter", "Esc", "Tab", "S-Tab", "Space", "Up", "PgDn", "Home", "F1" …; "M-x". */
void driver_keys(struct driver *d, const char *keys);
/* Text as it is typed, or bytes as they are. */
void driver_type(struct driver *d, const char *text);
/* A click (button 1 … 3) or wheel (4, 5) at a cell, if the program has asked for mouse reports. */
void driver_mouse(struct driver *d, int button, int row, int column);
void driver_resize(struct driver *d, int rows, int columns);

/* The screen. */
char *driver_text(struct driver *d);             /* all rows with line feeds, no blanks at their ends; newly allocated */
char *driver_row(struct driver *d, int row);
gboolean driver_has(struct driver *d, const char *text);
int driver_find(struct driver *d, const char *text, int *column); /* its row and column in cells; -1 when it is not there */
int driver_rows(const struct driver *d);
int driver_columns(const struct driver *d);

struct driver_cell {
	gunichar c;                /* 0: empty, or the right half of a wide character */
	int fg, bg;                /* palette index, -1 default, 0x1000000 | RGB */
	gboolean bold, reverse, underline, blink;
};

struct driver_cell driver_cell(struct driver *d, int row, int column);
gboolean driver_cursor(struct driver *d, int *row, int *column); /* FALSE: hidden */
gboolean driver_alternate(const struct driver *d);               /* the alternate screen is shown */
const char *driver_title(struct driver *d);                      /* as set by OSC 0 or 2; "" */
const char *driver_clipboard(struct driver *d);              /* the last OSC 52 payload, decoded; NULL: none */

/* All bytes that came. */
guint64 driver_bytes(const struct driver *d);
const char *driver_raw(const struct driver *d, gsize *length);   /* the last 1 MiB of them; borrowed */

/* The end: the exit status, or 128 + signal. */
int driver_wait_exit(struct driver *d, double timeout);
/* The terminal goes away: the program gets SIGHUP, and reads and writes fail. */
void driver_hang_up(struct driver *d);
/* After the end: main screen, cursor shown, no mouse reports, echo and line mode as they were before. */
void driver_assert_restored(struct driver *d);
/* Sends the keys, waits for exit 0, asserts that the terminal is restored, frees. */
void driver_quit(struct driver *d, const char *keys);

#endif
