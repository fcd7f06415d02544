/* What is pasted and what is typed. Pasted bytes never act as commands; but when a paste seems not to end, the person gets the keys back.
 *
 * Between its marks (ESC [ 200 ~ and ESC [ 201 ~) everything is pasted, also ^C and Esc. An end mark may be forged: a terminal ought to strip
 * it from what it pastes, not all do. So what follows an end mark without a pause is not typed either, until nothing has come for 50 ms:
 * text is still taken as pasted, and keys are dropped. A person's next key comes later than that.
 *
 * An end mark may also get lost (a break in the line, a multiplexer that dies). Then ^C, or after 5 s without a byte any key, ends the
 * paste when it comes alone: with 200 ms of silence before it and after it. A paste that stalls just so is told apart by what follows.
 * That key itself counts as pasted, the next one is typed. */
#ifndef MW_TUI_PASTE_H
#define MW_TUI_PASTE_H

#include <glib.h>

struct paste {
	gboolean on;       /* between the marks */
	gboolean settling; /* an end mark came and no pause since */
	gboolean lone;     /* the last key came after a silence: it ends the paste when silence follows */
	gboolean quiet;    /* all that came was read */
	gint64 quiet_us;   /* since when */
};

enum paste_kind { PASTE_TYPED, PASTE_PASTED, PASTE_DROPPED };

/* Times are monotonic microseconds. */
void paste_begin(struct paste *p);
void paste_end(struct paste *p);
/* There is nothing to read now. */
void paste_quiet(struct paste *p, gint64 now_us);
/* A key was read. `text`: it is a character that could stand in a text. */
enum paste_kind paste_key(struct paste *p, int code, gboolean text, gint64 at_us);

#endif
