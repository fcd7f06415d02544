/* State glyphs and line characters, in UTF-8 or ASCII as the terminal can. */
#ifndef MW_TUI_GLYPH_H
#define MW_TUI_GLYPH_H

#include <glib.h>

enum glyph {
	GLYPH_OK, GLYPH_WARN, GLYPH_CRIT, GLYPH_NONE, GLYPH_UNKNOWN, GLYPH_STARTING, GLYPH_STALE, /* ● ▲ ✖ ○ ? ◌ ·   * ! X o ? ~ . */
	GLYPH_RULE, GLYPH_VERTICAL, GLYPH_TOP_LEFT, GLYPH_TOP_RIGHT, GLYPH_BOTTOM_LEFT, GLYPH_BOTTOM_RIGHT,
	GLYPH_ELLIPSIS, GLYPH_UP, GLYPH_DOWN, GLYPH_CURSOR, GLYPH_MARK, GLYPH_DASH, GLYPH_MIDDLE_DOT, GLYPH_COUNT
};

void glyph_use_ascii(gboolean ascii);
gboolean glyph_ascii(void);
const char *glyph(enum glyph g);

#endif
