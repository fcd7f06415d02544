/* JSON laid out for reading. */
#ifndef MW_MODEL_JSON_PRETTY_H
#define MW_MODEL_JSON_PRETTY_H

#include <glib.h>

/* The first JSON object or array that makes up the rest of the text, indented; newly allocated, NULL when there is none. Safe text stays
 * safe: what JSON escapes hide (\u001b) is made visible again by sanitize_lines(). */
char *json_pretty(const char *text, gsize len);

#endif
