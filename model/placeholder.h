/* Where placeholders stand in a text: {name}, of small letters, digits and _, begun by a letter. What is shell, a template or an escape of a regular
 * expression ("${name}", "{{.State}}", "{{name}}", "\p{lu}") and what is no name ("{2,3}", "{a,b}", "{ name }") are none. */
#ifndef MW_MODEL_PLACEHOLDER_H
#define MW_MODEL_PLACEHOLDER_H

#include <glib.h>

#define PLACEHOLDER_NAME_MAX 63 /* bytes */

/* The length, with the braces, of the placeholder that begins at `at`, a place within `text`; 0: none begins there. */
gsize placeholder_length(const char *text, const char *at);
/* The first word in braces that looks like a placeholder and is none, since its name is wrong ("{Url}", "{my-host}"), newly allocated; NULL: all is well. */
char *placeholder_malformed(const char *text);
/* Is it a name of one? */
gboolean placeholder_is_name(const char *name);

#endif
