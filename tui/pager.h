/* Scrolls a long safe text (help, inspect JSON, health output): wraps or pans, searches. */
#ifndef MW_TUI_PAGER_H
#define MW_TUI_PAGER_H

#include <glib.h>

#include "tui/canvas.h"

struct pager;

struct pager *pager_new(void);
void pager_free(struct pager *p);
void pager_text(struct pager *p, const char *text);        /* copied; keeps the place when the text is alike or the first one */
void pager_scroll(struct pager *p, int lines);             /* negative: up */
void pager_turn(struct pager *p, int halves);              /* by half pages; before the first drawing, as soon as a page is known */
void pager_pan(struct pager *p, int cells);                /* to the right: stops wrapping, then pans; left of the left edge: wraps again */
void pager_home(struct pager *p);
void pager_end(struct pager *p);
gboolean pager_search(struct pager *p, const char *needle, int direction); /* plain text, ignores case, goes round; FALSE when not found; NULL or "" forgets it */
void pager_draw(struct pager *p, const struct canvas *c);

#endif
