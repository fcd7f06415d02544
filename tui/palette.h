/* What a role is on this terminal: curses attributes and colour pairs made from the theme for 256, 16, 8 or no colours. Private to tui/. */
#ifndef MW_TUI_PALETTE_H
#define MW_TUI_PALETTE_H

#include <curses.h>
#include <glib.h>

#include "tui/role.h"
#include "tui/theme.h"

struct palette_style { attr_t attributes; short pair; };

/* After newterm(). `colour` FALSE: attributes only. */
void palette_open(const struct theme *theme, gboolean colour);
struct palette_style palette_style(enum role role);
/* How text in `below` looks with a role laid over it. */
struct palette_style palette_overlay(enum role role, struct palette_style below);
/* A colour of the 256-colour palette on a terminal that has fewer: 16, 8. Exposed for its test. */
int palette_nearest(int colour, int colours);
/* Red, green and blue of a colour of the 256-colour palette, as 0xRRGGBB, as xterm has them. */
guint palette_rgb(int colour);

#endif
