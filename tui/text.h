/* Text by cells: width, cutting, and figures in the house form. Buffers are the caller's. */
#ifndef MW_TUI_TEXT_H
#define MW_TUI_TEXT_H

#include <glib.h>

/* What one cell, or two, shows: a character and the marks that stand on it. */
struct text_cell {
	gunichar base, marks[4];
	guint mark_count;
	int width; /* 1 or 2 */
};
/* Takes the next cell off [*at, end). FALSE at the end. Controls and what cannot be printed become '?', bad bytes U+FFFD; marks without a
 * base, invisible characters and marks beyond the fourth are dropped. Without a UTF-8 terminal (glyph_ascii()) all but ASCII is '?'. */
gboolean text_next(const char **at, const char *end, struct text_cell *out);
int text_width(const char *utf8);                       /* cells */
/* Looks for `needle` without regard to case in [at, end): where it is and how many bytes matched, or NULL. */
const char *text_find(const char *at, const char *end, const char *needle, gsize *length);
/* Copies at most `cells` cells; a cut is marked with "…" (ASCII: "~") at the end or in the middle. */
void text_cut_end(const char *utf8, int cells, char *out, gsize size);
void text_cut_middle(const char *utf8, int cells, char *out, gsize size);
/* "–" for what is not known (ASCII: "-"). */
const char *text_unknown(void);
/* At most three significant digits, in powers of 1024 as docker and df -h count: 512, 1.4K, 31M, 7.8G. Negative or NAN: unknown. */
void text_bytes(double bytes, char *out, gsize size);
/* 3s 4m 2h 5d; negative: unknown. */
void text_age(gint64 seconds, char *out, gsize size);
/* 2m10s, 2h14, 3d4h, 41d: two units where it helps; negative: unknown. */
void text_duration(gint64 seconds, char *out, gsize size);
void text_percent(double percent, char *out, gsize size); /* 0.1, 8.2, 37, 100; NAN or negative: unknown */
void text_count(guint64 n, char *out, gsize size);        /* 41,202 */
void text_clock(gint64 utc_us, char *out, gsize size);    /* 01:47:22Z */

#endif
