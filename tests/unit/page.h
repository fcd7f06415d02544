/* A curses screen that goes nowhere: what is drawn on it is read back as text. */
#ifndef MW_TESTS_PAGE_H
#define MW_TESTS_PAGE_H

#include <glib.h>

#include "tui/canvas.h"

/* Opens it once for the program; needs a UTF-8 locale (C.UTF-8 is there on every Debian). */
void page_open(void);
void page_close(void);
/* An empty page of that size. */
struct canvas page_new(int height, int width);
/* A row without the blanks at its end, newly allocated. */
char *page_row(int y);
/* All rows, a line feed after each, newly allocated. */
char *page_text(const struct canvas *c);
/* The first row that holds the text; -1 when none does. */
int page_find(const struct canvas *c, const char *text);
/* Fails, showing the page, unless some row holds the text (or does not). */
void page_assert_has(const struct canvas *c, const char *text);
void page_assert_lacks(const struct canvas *c, const char *text);
/* Compares with tests/data/panels/NAME.txt; with UPDATE_GOLDEN=1 in the environment writes that file. */
void page_assert_golden(const struct canvas *c, const char *name);

#endif
