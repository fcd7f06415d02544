/* What tui/screen.c and its halves share. */
#ifndef MW_TUI_SCREEN_PRIVATE_H
#define MW_TUI_SCREEN_PRIVATE_H

#include <curses.h>
#include <glib.h>
#include <signal.h>
#include <termios.h>

#include "tui/paste.h"

/* Codes that define_key() gives to sequences of ours, above all that curses can have. */
enum { SEQUENCE_PASTE_BEGIN = 20000, SEQUENCE_PASTE_END, SEQUENCE_MOUSE };

enum sequence { SEQUENCE_NONE, SEQUENCE_CSI, SEQUENCE_SS3, SEQUENCE_STRING, SEQUENCE_STRING_ESCAPE, SEQUENCE_SGR_MOUSE, SEQUENCE_OLD_MOUSE };

/* The one terminal of the process. */
struct screen {
	SCREEN *curses;
	WINDOW *keys;         /* a pad to read keys from */
	FILE *tty;            /* /dev/tty, when stdin or stdout is something else */
	int input, output;
	gboolean open, left;  /* left: a child has the terminal */
	gboolean mouse, ansi;
	gboolean resized, repaint;
	int cursor_y, cursor_x;
	gboolean cursor_shown;

	enum sequence sequence;    /* in the middle of one */
	char parameters[24];       /* of a mouse report */
	guint parameter_count;
	gint64 sequence_at;        /* when its last byte came */
	struct paste paste;
	gint64 click_at;
	int click_y, click_x;
};

extern struct screen screen;

gboolean screen_write(const char *text); /* straight to the terminal, all of it */

/* Signals, tui/screen_signals.c. */
gboolean screen_signals_open(int input, GError **error); /* before newterm(), which installs its own where there are none */
void screen_signals_opened(void);                        /* after newterm(): takes back what it installed */
void screen_signals_close(void);
int screen_signals_fd(void);
gboolean screen_signals_watch(int input, gboolean on); /* off while a child reads the terminal */
void screen_signals_drain(void);
gboolean screen_signals_take(int signal_number); /* TRUE once when SIGTSTP, SIGCONT or SIGWINCH came */
void screen_signals_stop(void);                  /* stops the process group; returns when it is continued */

/* The bytes and modes that give the terminal back, tui/screen_emergency.c. */
void screen_emergency_prepare(const char *modes_off, const struct termios *saved);
void screen_emergency_arm(gboolean armed);

/* Keys, tui/screen_input.c. */
void screen_input_define(void);
void screen_check_size(void); /* asks the terminal, and takes its size over */
/* The sequences that switch bracketed paste and the mouse on or off; "" when the terminal may not know them. */
const char *screen_modes(gboolean on);
/* What begins and ends a frame: a terminal that knows it (DEC private mode 2026, synchronized output) shows all of it at once. */
const char *screen_frame(gboolean begins);

#endif
