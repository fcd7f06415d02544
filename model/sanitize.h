/* The border: every byte from outside becomes safe, valid, visible UTF-8 here before it is stored or shown.
 * Rules: invalid byte -> U+FFFD; SGR and other escape sequences stripped; C0 and DEL -> control picture U+2400+n; C1 -> "\x9b" text;
 * bidi, zero-width, tag characters, U+2028/9 -> visible "<U+202E>"; at most 4 combining marks on a cell (more become one U+FFFD); a
 * variation selector is dropped, since terminals disagree on the width it gives; a tab becomes spaces to the next multiple of 8;
 * line length bounded. Callers assemble whole lines first (log_store_append does), so that an escape sequence or a UTF-8 character may
 * lie across chunk borders. An escape sequence that has no end within its line is shown, not swallowed: it must not hide what follows.
 * What was made safe once passes unchanged. */
#ifndef MW_MODEL_SANITIZE_H
#define MW_MODEL_SANITIZE_H

#include <glib.h>

#define SANITIZE_LINE_MAX 8192 /* bytes of a safe line; more is cut, counted and marked by the caller */

/* A safe copy of one name or one-line text: line feeds become U+240A. Never NULL; g_free it. `len` -1: NUL-terminated. */
char *sanitize_text(const char *bytes, gssize len);
/* A safe copy that keeps line feeds (health output, JSON, help texts). */
char *sanitize_lines(const char *bytes, gssize len);
/* How many bytes of a text of `len` go into `room`, whole characters only. */
gsize sanitize_fit(const char *text, gsize len, gsize room);
/* True when every byte is printable ASCII: the fast path, nothing to do. */
gboolean sanitize_is_plain(const char *bytes, gsize len);
/* How many bytes at the start are printable ASCII (a line feed is not). */
gsize sanitize_plain_prefix(const char *bytes, gsize len);
/* Appends the safe form of one line (no line feed inside) to `out`, at most SANITIZE_LINE_MAX bytes; returns the number of
 * input bytes that did not fit. */
gsize sanitize_line(const char *bytes, gsize len, GString *out);

#endif
