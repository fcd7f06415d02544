/* A clipped rectangle of the screen to draw into. Text is UTF-8, laid out by cells, never wraps and never leaves the rectangle. Control
 * characters cannot reach the terminal: they are drawn as '?'. */
#ifndef MW_TUI_CANVAS_H
#define MW_TUI_CANVAS_H

#include <glib.h>

#include "tui/role.h"

struct canvas { int y, x, height, width; }; /* in cells of the screen; made by screen_canvas() and canvas_part() */

/* A part of a canvas, clipped to it. Negative height or width: as much as is left. */
struct canvas canvas_part(const struct canvas *c, int y, int x, int height, int width);
/* Draws at most `width` cells (negative: to the right end); longer text ends in "…". Gives the cells used. */
int canvas_text(const struct canvas *c, int y, int x, int width, enum role role, const char *text);
/* The same for `len` bytes that are not NUL-terminated; text is cut without "…" and begins `skip` cells into it. */
int canvas_bytes(const struct canvas *c, int y, int x, int width, enum role role, const char *bytes, gsize len, int skip);
int canvas_text_right(const struct canvas *c, int y, int right /* cell after the last */, enum role role, const char *text);
int canvas_printf(const struct canvas *c, int y, int x, enum role role, const char *format, ...) G_GNUC_PRINTF(5, 6);
void canvas_fill(const struct canvas *c, int y, int x, int height, int width, enum role role); /* blanks */
void canvas_rule(const struct canvas *c, int y, enum role role);                               /* a thin line over the width */
/* Lays a role over cells that are drawn already, keeping the text. SELECTED and MATCH keep the colour of what lies beneath where they have
 * none of their own, the other roles replace it. */
void canvas_overlay(const struct canvas *c, int y, int x, int width, enum role role);

#endif
