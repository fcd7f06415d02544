#include "tui/glyph.h"

static const struct { const char *utf8, *ascii; } glyphs[GLYPH_COUNT] = {
	[GLYPH_OK] = {"●", "*"},
	[GLYPH_WARN] = {"▲", "!"},
	[GLYPH_CRIT] = {"✖", "X"},
	[GLYPH_NONE] = {"○", "o"},
	[GLYPH_UNKNOWN] = {"?", "?"},
	[GLYPH_STARTING] = {"◌", "~"},
	[GLYPH_STALE] = {"·", "."},
	[GLYPH_RULE] = {"─", "-"},
	[GLYPH_VERTICAL] = {"│", "|"},
	[GLYPH_TOP_LEFT] = {"┌", "+"},
	[GLYPH_TOP_RIGHT] = {"┐", "+"},
	[GLYPH_BOTTOM_LEFT] = {"└", "+"},
	[GLYPH_BOTTOM_RIGHT] = {"┘", "+"},
	[GLYPH_ELLIPSIS] = {"…", "~"},
	[GLYPH_UP] = {"▲", "^"},
	[GLYPH_DOWN] = {"▼", "v"},
	[GLYPH_CURSOR] = {">", ">"},
	[GLYPH_MARK] = {"✓", "+"},
	[GLYPH_DASH] = {"–", "-"},
	[GLYPH_MIDDLE_DOT] = {"·", "."},
};

/* What the one terminal of the process can show: set when it is opened. */
static gboolean only_ascii;

void glyph_use_ascii(gboolean ascii)
{
	only_ascii = ascii;
}

gboolean glyph_ascii(void)
{
	return only_ascii;
}

const char *glyph(enum glyph g)
{
	return only_ascii ? glyphs[g].ascii : glyphs[g].utf8;
}
