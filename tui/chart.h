/* Small charts: sparkline, gauge, bars. NAN is a gap. */
#ifndef MW_TUI_CHART_H
#define MW_TUI_CHART_H

#include <glib.h>

#include "tui/canvas.h"

/* ▁▂▃▄▅▆▇█ of the last `width` values, oldest first; scaled from `low` to `high`. ASCII: _.-=' */
void chart_sparkline(const struct canvas *c, int y, int x, int width, enum role role, const double *values, guint count, double low, double high);
/* A bar of `width` cells filled to `fraction` with eighths; the rest in dim dots. Negative or NAN: all dim. */
void chart_gauge(const struct canvas *c, int y, int x, int width, enum role role, double fraction);
/* A bar of `width` cells with the parts of a whole beside each other, each with its own character; the rest in dim dots. A part of more than
 * nothing takes a cell. The fractions are cut where they exceed 1. */
void chart_parts(const struct canvas *c, int y, int x, int width, const enum role *roles, const double *fractions, guint count);
/* The character of a part, for the legend: █ ▓ ▒   # = + */
const char *chart_part(guint part);

#endif
