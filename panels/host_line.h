/* How a host's link, the age of its data and the advice for it are worded and drawn: the same in every panel. */
#ifndef MW_PANELS_HOST_LINE_H
#define MW_PANELS_HOST_LINE_H

#include "panels/panel.h"
#include "tui/glyph.h"

/* Is the host reached now? Everything that is shown of one that is not is old. */
gboolean host_line_is_up(const struct host *h);
/* Is there something about the link that the operator has to know? */
gboolean host_line_has_trouble(const struct host *h);
void host_line_look(const struct host *h, enum role *role, enum glyph *g);
/* "up", "connecting", "down 3m", "asks: A answers", "waits for you". */
void host_line_state(const struct panel_context *context, const struct host *h, char *out, gsize size);
/* How fresh a value is, for the right end of a title: "4s", "◌ connecting", "· 2m old: link down", "○ no Docker here". */
enum role host_line_freshness(const struct world *w, const struct host *h, const struct datum *d, char *out, gsize size);
/* What is wrong with the link and what to do, in one sentence for `width` cells, newly allocated. When it has to be shorter the
 * reason is cut, then left out; the advice stays whole (what does not fit even then is cut by whoever draws it). */
char *host_line_trouble(const struct panel_context *context, const struct host *h, int width);
/* Draws that sentence behind the host's glyph, on a second row when one is too short for it and `rows` are 2 or more. Gives the rows used. */
int host_line_draw(const struct panel_context *context, const struct host *h, const struct canvas *c, int y, int rows);
/* The same at length, a line of text each, newly allocated. */
char *host_line_report(const struct panel_context *context, const struct host *h);

#endif
