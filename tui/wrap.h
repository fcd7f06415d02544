/* Breaks a text into rows of so many cells. Private to tui/. */
#ifndef MW_TUI_WRAP_H
#define MW_TUI_WRAP_H

#include <glib.h>

struct wrap_row { gsize start, len; }; /* bytes of the text; without the blanks or the line feed at which it was broken */

/* Appends a struct wrap_row for each row. Breaks at blanks where it can, within a word that is longer than a row. `width` 0: only at line
 * feeds. A line feed at the end begins no new row. */
void wrap_text(const char *text, int width, GArray *rows);

#endif
