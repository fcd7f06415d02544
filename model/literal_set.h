/* A search for any of a few literal words at memory speed: what most log filters are ("ERROR|panic|FATAL"). */
#ifndef MW_MODEL_LITERAL_SET_H
#define MW_MODEL_LITERAL_SET_H

#include <glib.h>

#define LITERAL_SET_MAX 8
#define LITERAL_LENGTH_MAX 32

struct literal {
	guint8 bytes[LITERAL_LENGTH_MAX]; /* lower case where folded */
	guint8 fold[LITERAL_LENGTH_MAX];  /* 0x20 for a letter whose case does not matter, else 0 */
	guint8 length;
};

struct literal_set {
	guint count;
	struct literal literals[LITERAL_SET_MAX];
};

/* Reads a regular expression that is nothing but literals with | between; FALSE when it is more than that, too long, or (with
 * `caseless`) not ASCII, and where this processor has no fast way. Caseless means the letters of ASCII. */
gboolean literal_set_parse(struct literal_set *set, const char *pattern, gboolean caseless);
/* Offset of the first match that starts at or after `from`, or `len`. */
gsize literal_set_find(const struct literal_set *set, const char *text, gsize from, gsize len);

#endif
