/* Small programs that show one part of tui/ each, to be run on a pseudo-terminal by test-tui-vterm. ^X ends them. */
#ifndef MW_TESTS_TUI_SCENES_H
#define MW_TESTS_TUI_SCENES_H

#include <glib.h>

struct scene_setup {
	const char *scene;    /* "canvas", "colours", "charts", "keys", "size", "sheet", "menu", "prompt", "secret", "pager", "crash", "jobs" */
	const char *term;     /* NULL: xterm-256color */
	const char *locale;   /* LC_ALL; NULL: C.UTF-8 */
	const char *terminfo; /* TERMINFO, or NULL */
	gboolean no_colour, mouse;
};

/* Never returns: exits with 0, or with 1 and a message on the terminal when the screen cannot be opened. `setup` is a struct scene_setup. */
void scene_run(void *setup);

/* What the canvas scene draws that is hostile, and the pager scene shows. */
extern const char scene_hostile[], scene_long_text[];

#endif
