/* Small charts: sparkline, gauge, bars. NAN is a gap. */
#ifndef MW_TUI_CHART_H
#define MW_TUI_CHART_H

#include <glib.h>

#include "tui/canvas.h"

/* ▁▂▃▄▅▆▇█ of the last `width` values, oldest first; scaled from `low` to `high`. ASCII: _.-=' */
void chart_sparkline(const struct canvas *c, int y, int x, int width, enum role role, const double *values, guint count, double low, double high);
/* A bar of `width` cells filled to `fraction` with eighths; the rest in dim dots. Negative or NAN: all dim. */
void chart_gauge(const struct canvas *c, int y, int x, int width, enum role role, double fraction);

#endif
