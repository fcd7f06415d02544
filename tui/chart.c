#include "tui/chart.h"

#include <math.h>
#include <string.h>

#include "tui/glyph.h"

static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char *const ascii_levels[] = {"_", ".", "-", "=", "'"};
static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

/* The step of a value on a scale of `count` steps. */
static guint level_of(double value, double low, double high, guint count)
{
	if (!(high > low))
		return 0;
	double fraction = CLAMP((value - low) / (high - low), 0, 1);
	return MIN((guint)(fraction * count), count - 1);
}

void chart_sparkline(const struct canvas *c, int y, int x, int width, enum role role, const double *values, guint count, double low, double high)
{
	gboolean ascii = glyph_ascii();
	const char *const *steps = ascii ? ascii_levels : blocks;
	guint step_count = ascii ? G_N_ELEMENTS(ascii_levels) : G_N_ELEMENTS(blocks);
	guint shown = MIN(count, (guint)MAX(width, 0));

	/* The newest stands at the right edge: what is not there yet is blank at the left. */
	values += count - shown;
	x += width - (int)shown;
	for (guint i = 0; i < shown; i++)
		if (isfinite(values[i]))
			canvas_text(c, y, x + (int)i, 1, role, steps[level_of(values[i], low, high, step_count)]);
}

void chart_gauge(const struct canvas *c, int y, int x, int width, enum role role, double fraction)
{
	gboolean ascii = glyph_ascii();
	double filled = isfinite(fraction) && fraction > 0 ? MIN(fraction, 1) * MAX(width, 0) : 0;
	int whole = (int)filled;
	guint eighth = ascii ? 0 : (guint)((filled - whole) * 8);

	/* What is more than nothing is seen, and what is less than all has a gap. */
	if (filled > 0 && whole == 0 && eighth == 0) {
		eighth = ascii ? 0 : 1;
		whole = ascii ? 1 : 0;
	}
	for (int i = 0; i < width; i++) {
		if (i < whole)
			canvas_text(c, y, x + i, 1, role, ascii ? "#" : "█");
		else if (i == whole && eighth > 0)
			canvas_text(c, y, x + i, 1, role, eighths[eighth]);
		else
			canvas_text(c, y, x + i, 1, ROLE_DIM, glyph(GLYPH_MIDDLE_DOT));
	}
}

const char *chart_part(guint part)
{
	static const char *const fills[] = {"█", "▓", "▒"}, *const ascii_fills[] = {"#", "=", "+"};

	return glyph_ascii() ? ascii_fills[part % G_N_ELEMENTS(ascii_fills)] : fills[part % G_N_ELEMENTS(fills)];
}

void chart_parts(const struct canvas *c, int y, int x, int width, const enum role *roles, const double *fractions, guint count)
{
	int at = 0;
	double sum = 0;

	for (guint i = 0; i < count; i++) {
		double fraction = isfinite(fractions[i]) && fractions[i] > 0 ? fractions[i] : 0;
		sum = fmin(sum + fraction, 1);
		int end = MIN(MAX((int)lround(sum * width), fraction > 0 ? at + 1 : at), width);
		for (; at < end; at++)
			canvas_text(c, y, x + at, 1, roles[i], chart_part(i));
	}
	for (; at < width; at++)
		canvas_text(c, y, x + at, 1, ROLE_DIM, glyph(GLYPH_MIDDLE_DOT));
}
