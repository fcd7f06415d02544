/* Labels as text, as alerts and series carry them: `container="x",host="cloud"`, in the order of names, without spaces; "" is none. In values a quotation
 * mark and a backslash stand behind a backslash. */
#ifndef MW_MODEL_LABELS_H
#define MW_MODEL_LABELS_H

#include <glib.h>

#define LABELS_MOST 16 /* of one series */

/* Is it a name that a label can have: letters, digits and "_", no digit first? */
gboolean labels_is_name(const char *name);
/* Appends a pair; the value is safe already. The caller keeps the order. */
void labels_append(GString *out, const char *name, const char *value);
/* Takes the next pair off *at. FALSE: at the end (*at is at a NUL), or it is no such text (it is not). */
gboolean labels_next(const char **at, GString *name, GString *value);
/* The value of a label, newly allocated; NULL: there is none of that name. */
char *labels_value(const char *labels, const char *name);
/* Has it every pair of `some`? Of nothing (NULL, ""), it has. */
gboolean labels_include(const char *labels, const char *some);
/* What a person wrote, in the form above, newly allocated, safe; NULL: these are no labels. */
char *labels_tidy(const char *text);

#endif
