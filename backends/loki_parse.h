/* Loki's answer to a range query of lines (grafana.com/docs/loki/latest/reference/loki-http-api). Pure; the bytes are not trusted. */
#ifndef MW_BACKENDS_LOKI_PARSE_H
#define MW_BACKENDS_LOKI_PARSE_H

#include <glib.h>

struct loki_line {
	const char *gateway; /* raw: the value of the label; "" when the stream has none */
	const char *stream;  /* raw: all its labels, which tell one stream from another */
	gint64 ns;           /* UTC */
	const char *text;    /* raw */
	gsize length;
};

struct loki_lines { GArray *lines; /* of struct loki_line, oldest first */ GStringChunk *text; guint left_out; /* that have no time */ };

/* NULL with a JSON_ERROR. */
struct loki_lines *loki_parse(const char *bytes, gsize len, const char *label, GError **error);
void loki_lines_free(struct loki_lines *l); /* NULL is ignored */
/* The selector with ` |~ "pattern"`, newly allocated. */
char *loki_query(const char *selector, const char *pattern);

#endif
