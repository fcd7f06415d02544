/* A framed box that floats in the middle of the dimmed screen. Private to tui/. */
#ifndef MW_TUI_FRAME_H
#define MW_TUI_FRAME_H

#include "tui/canvas.h"

/* Draws it so that `height` × `width` cells fit inside, as far as the screen has room, and gives the inside, one blank column away from the
 * frame where there is room. `foot` stands in the lower line, or NULL. */
struct canvas frame_draw(const struct canvas *screen, const char *title, const char *foot, int height, int width);
/* The most rows and columns that an inside can have. */
int frame_room_height(const struct canvas *screen);
int frame_room_width(const struct canvas *screen);

#endif
