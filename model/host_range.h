/* Names of many hosts in one word: "pi-gw[001-400]", "gw-[1-3,7]-[a,b]". */
#ifndef MW_MODEL_HOST_RANGE_H
#define MW_MODEL_HOST_RANGE_H

#include <glib.h>

#define HOST_RANGE_MAX 10000 /* names */

/* The names that a list says, in its order, NULL-terminated, for g_strfreev(). Names are separated by commas, blanks around them are ignored. In
 * brackets stand numbers, ranges of numbers ("001-400": as many digits as the first end has), ranges of letters ("a-f") and words; the last
 * brackets change the fastest. A name that stands twice is given twice. NULL with an error that names the place: bad brackets or ranges, more than
 * `most` (at most HOST_RANGE_MAX) names, or a name with blanks or control characters, not in UTF-8, longer than 253 bytes, or with a dash first,
 * which ssh would take for an option. */
char **host_range_expand(const char *text, guint most, GError **error);

#endif
