/* What a piece of text is, for the theme to colour. State is never told by colour alone: see glyph.h. */
#ifndef MW_TUI_ROLE_H
#define MW_TUI_ROLE_H

enum role {
	ROLE_TEXT, ROLE_DIM, ROLE_ACCENT, ROLE_OK, ROLE_WARN, ROLE_CRIT, ROLE_UNKNOWN, ROLE_STALE,
	ROLE_SELECTED, ROLE_MATCH, ROLE_FRAME, ROLE_CHIP /* reversed mode word */, ROLE_COUNT
};

#endif
