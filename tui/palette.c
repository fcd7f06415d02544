#include "tui/palette.h"

#define PAIRS_MAX 255

struct colours { int foreground, background; };

/* The one terminal's: curses keeps its pairs as global state too. */
static struct {
	struct palette_style roles[ROLE_COUNT];
	struct colours role_colours[ROLE_COUNT];
	struct colours pairs[PAIRS_MAX + 1]; /* pair 0 is the terminal's own */
	int pair_count, pair_limit;
	gboolean colour;
} palette;

/* Without colours a role is told by its attributes. */
static const attr_t mono[ROLE_COUNT] = {
	[ROLE_DIM] = A_DIM,        [ROLE_STALE] = A_DIM,    [ROLE_ACCENT] = A_BOLD,          [ROLE_WARN] = A_BOLD,
	[ROLE_CRIT] = A_BOLD,      [ROLE_SELECTED] = A_REVERSE, [ROLE_MATCH] = A_BOLD | A_UNDERLINE, [ROLE_CHIP] = A_REVERSE,
};

guint palette_rgb(int colour)
{
	static const guint basic[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const guint steps[6] = {0, 95, 135, 175, 215, 255};

	if (colour < 16)
		return basic[colour];
	if (colour >= 232)
		return (guint)(8 + 10 * (colour - 232)) * 0x010101;
	colour -= 16;
	return steps[colour / 36] << 16 | steps[colour / 6 % 6] << 8 | steps[colour % 6];
}

static gboolean is_grey(guint rgb)
{
	guint red = rgb >> 16, green = rgb >> 8 & 0xff, blue = rgb & 0xff;

	return MAX(red, MAX(green, blue)) - MIN(red, MIN(green, blue)) < 24;
}

/* A grey. Bright black is nearly invisible in many palettes, so that the grey of dim text on a dark ground becomes white. */
static int nearest_grey(guint level, int colours)
{
	if (level >= 0x78)
		return 7;
	return colours > 8 && level >= 0x40 ? 8 : 0;
}

int palette_nearest(int colour, int colours)
{
	if (colour < colours)
		return colour;
	if (colour < 16) /* a bright colour where there are only eight */
		return colour == 8 ? 7 : colour - 8;
	guint rgb = palette_rgb(colour);
	if (is_grey(rgb))
		return nearest_grey(rgb & 0xff, colours);
	/* By hue: a pale red must become red, although pale yellow or white are nearer. Each channel counts when it is in the upper half of
	 * what the colour spans, and the numbers of the eight colours are those bits. */
	guint channels[3] = {rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff};
	guint most = MAX(channels[0], MAX(channels[1], channels[2])), least = MIN(channels[0], MIN(channels[1], channels[2]));
	int nearest = 0;
	for (int i = 0; i < 3; i++)
		if (channels[i] * 2 > most + least)
			nearest |= 1 << i;
	return colours > 8 && most > 0xdf ? nearest + 8 : nearest;
}

/* The number that this terminal has for a colour of the 256-colour palette. */
static int terminal_colour(int colour)
{
	if (colour < 0)
		return -1;
	if (COLORS > 256) /* direct colour: from 8 on the number is the colour */
		return colour < 8 ? colour : (int)palette_rgb(colour);
	return palette_nearest(colour, COLORS);
}

/* The pair of two colours of the terminal; 0 when the terminal has no pair left. */
static short pair_of(struct colours c)
{
	if (c.foreground < 0 && c.background < 0)
		return 0;
	for (int i = 1; i <= palette.pair_count; i++)
		if (palette.pairs[i].foreground == c.foreground && palette.pairs[i].background == c.background)
			return (short)i;
	if (palette.pair_count >= palette.pair_limit || init_extended_pair(palette.pair_count + 1, c.foreground, c.background) == ERR)
		return 0;
	palette.pairs[++palette.pair_count] = c;
	return (short)palette.pair_count;
}

static attr_t theme_attributes(guint attributes)
{
	return (attributes & THEME_BOLD ? A_BOLD : 0) | (attributes & THEME_DIM ? A_DIM : 0) | (attributes & THEME_REVERSE ? A_REVERSE : 0) |
	       (attributes & THEME_UNDERLINE ? A_UNDERLINE : 0);
}

static void open_role(enum role role, const struct theme_style *style)
{
	struct colours c = {-1, -1};
	attr_t attributes = theme_attributes(style->attributes);

	if (!palette.colour) {
		attributes |= mono[role];
	} else {
		c = (struct colours){terminal_colour(style->foreground), terminal_colour(style->background)};
		/* A quiet grey ground has no counterpart in so few colours. */
		if (COLORS < 256 && style->background >= 16 && is_grey(palette_rgb(style->background))) {
			c.background = -1;
			attributes |= A_REVERSE;
		}
	}
	palette.role_colours[role] = c;
	palette.roles[role] = (struct palette_style){attributes, palette.colour ? pair_of(c) : 0};
}

void palette_open(const struct theme *theme, gboolean colour)
{
	palette.colour = colour && has_colors() && start_color() != ERR && COLORS >= 8 && use_default_colors() != ERR;
	palette.pair_count = 0;
	palette.pairs[0] = (struct colours){-1, -1};
	palette.pair_limit = MIN(COLOR_PAIRS - 1, PAIRS_MAX);
	for (guint i = 0; i < ROLE_COUNT; i++)
		open_role(i, &theme->styles[i]);
}

struct palette_style palette_style(enum role role)
{
	return palette.roles[role];
}

struct palette_style palette_overlay(enum role role, struct palette_style below)
{
	struct palette_style style = palette.roles[role];
	struct colours c = palette.role_colours[role];
	attr_t kept = below.attributes;

	if (role != ROLE_SELECTED && role != ROLE_MATCH)
		return style;
	if (c.background >= 0)
		kept &= ~A_REVERSE;
	if (style.attributes & A_REVERSE)
		kept &= ~A_DIM; /* the ground would be dim, and the text hard to read */
	style.attributes |= kept;
	if (!palette.colour || below.pair < 0 || below.pair > palette.pair_count)
		return style;
	const struct colours *beneath = &palette.pairs[below.pair];
	if (c.foreground < 0) {
		c.foreground = beneath->foreground;
		if (beneath->background >= 0) /* a match, a chip: its text is made for its own ground */
			c.background = beneath->background;
	}
	if (c.background < 0)
		c.background = beneath->background;
	short pair = pair_of(c);
	if (pair != 0 || (c.foreground < 0 && c.background < 0))
		style.pair = pair;
	return style;
}
