/* What a gateway is asked, in one command: the state of its unit, its clock, and what of the unit's journal matches. It needs a POSIX shell, grep
 * and awk over there. backends/gateway_reply.h reads the answer. */
#ifndef MW_BACKENDS_GATEWAY_SCRIPT_H
#define MW_BACKENDS_GATEWAY_SCRIPT_H

#include <glib.h>

struct gateway_question {
	const char *unit, *pattern;  /* the pattern is a POSIX extended regular expression, as of grep -E */
	const char *version;         /* a command; NULL: not asked */
	const char *cursor;          /* of the journal: from there on; NULL: the last span_min minutes */
	guint span_min;
	guint lines;                 /* 0: only how many match in each minute, and the last of them; else the newest so many lines */
};

/* Newly allocated. */
char *gateway_script(const struct gateway_question *q);

#define GATEWAY_REPLY_MAX 4096 /* bytes of an answer without lines; a script of the login may print as much before it */
#define GATEWAY_LINE_MAX 300   /* bytes of a line; what is longer is cut over there */

#endif
