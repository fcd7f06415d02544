/* A child on a pseudo-terminal, its output read by libvterm: what a person would see, cell by cell. Waits for what is expected with a
 * generous deadline and shows the screen when it does not come. */
#ifndef MW_TESTS_PTY_TERMINAL_H
#define MW_TESTS_PTY_TERMINAL_H

#include <glib.h>
#include <sys/types.h>
#include <vterm.h>

struct terminal {
	VTerm *vt;
	VTermScreen *screen;
	int master;
	pid_t child;
	int rows, columns;
	gboolean alternate, cursor; /* as the terminal has been told */
	GByteArray *raw;            /* all that came */
};

/* Runs `child` in a forked process of which the pty is the terminal; it must not return. */
struct terminal *terminal_start(int rows, int columns, void (*child)(void *user), void *user);
void terminal_send(struct terminal *t, const char *bytes);
void terminal_resize(struct terminal *t, int rows, int columns);
/* Waits until the text stands somewhere on the screen. */
void terminal_wait(struct terminal *t, const char *text);
/* Waits until the row, without blanks at its end, is that text. */
void terminal_wait_row(struct terminal *t, int row, const char *text);
/* Waits until these bytes have come. */
void terminal_wait_raw(struct terminal *t, const char *bytes);
/* Waits until the test says TRUE. */
void terminal_wait_until(struct terminal *t, gboolean (*test)(struct terminal *t, const void *data), const void *data, const char *what);
gboolean terminal_has_raw(struct terminal *t, const char *bytes);
/* A row without the blanks at its end, newly allocated. */
char *terminal_row(struct terminal *t, int row);
VTermScreenCell terminal_cell(struct terminal *t, int row, int column);
/* Waits for the end of the child; its wait status. */
int terminal_wait_exit(struct terminal *t);
/* The same, fails unless it is 0, and frees. */
void terminal_finish(struct terminal *t);
void terminal_free(struct terminal *t);

#endif
