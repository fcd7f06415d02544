#include "tui/frame.h"

#include "tui/glyph.h"
#include "tui/text.h"

#define SIDES 4 /* the frame and a blank column, on both sides */

int frame_room_height(const struct canvas *screen)
{
	return MAX(screen->height - 2, 0);
}

int frame_room_width(const struct canvas *screen)
{
	return MAX(screen->width - SIDES, 0);
}

static void draw_line(const struct canvas *box, int y, enum glyph left, enum glyph right, const char *text, enum role role)
{
	canvas_rule(box, y, ROLE_FRAME);
	canvas_text(box, y, 0, 1, ROLE_FRAME, glyph(left));
	canvas_text(box, y, box->width - 1, 1, ROLE_FRAME, glyph(right));
	if (text && *text && box->width > SIDES) {
		int used = canvas_text(box, y, 2, box->width - SIDES, role, text);
		canvas_text(box, y, 1, 1, role, " ");
		canvas_text(box, y, 2 + used, 1, role, " ");
	}
}

struct canvas frame_draw(const struct canvas *screen, const char *title, const char *foot, int height, int width)
{
	int rows = MIN(height + 2, screen->height), columns = MIN(width + SIDES, screen->width);
	struct canvas box = canvas_part(screen, (screen->height - rows) / 2, (screen->width - columns) / 2, rows, columns);

	for (int y = 0; y < screen->height; y++)
		canvas_overlay(screen, y, 0, -1, ROLE_DIM);
	canvas_fill(&box, 0, 0, -1, -1, ROLE_TEXT);
	for (int y = 1; y < rows - 1; y++) {
		canvas_text(&box, y, 0, 1, ROLE_FRAME, glyph(GLYPH_VERTICAL));
		canvas_text(&box, y, columns - 1, 1, ROLE_FRAME, glyph(GLYPH_VERTICAL));
	}
	draw_line(&box, 0, GLYPH_TOP_LEFT, GLYPH_TOP_RIGHT, title, ROLE_ACCENT);
	draw_line(&box, rows - 1, GLYPH_BOTTOM_LEFT, GLYPH_BOTTOM_RIGHT, foot, ROLE_DIM);
	return canvas_part(&box, 1, 2, MAX(rows - 2, 0), MAX(columns - SIDES, 0));
}
