/* What a gateway is asked, in one command: the state of its unit, its clock, and what of the unit's journal matches. It needs a POSIX shell, grep
 * and awk over there. backends/gateway_reply.h reads the answer. */
#ifndef MW_BACKENDS_GATEWAY_SCRIPT_H
#define MW_BACKENDS_GATEWAY_SCRIPT_H

#include "backends/gateway_reply.h"

struct gateway_question {
	const char *unit, *pattern;  /* the pattern is a POSIX extended regular expression, as of grep -E */
	const char *version;         /* a command; NULL: not asked */
	const char *cursor;          /* of the journal: from there on; NULL: the last span_min minutes */
	guint span_min;
	enum gateway_right right;    /* how its journal is read; GATEWAY_RIGHT_UNKNOWN: that is found out, and told */
	gboolean state;              /* its clock and its unit, and how many lines match in each minute, and the last of them */
	guint lines;                 /* the newest so many lines that match; 0: none */
};

/* Newly allocated. */
char *gateway_script(const struct gateway_question *q);
/* The one that stays: prints GATEWAY_REPLY_BEGIN once it stands at q->cursor, which the first entry shows, then each line after it that matches.
 * Of the question unit, pattern, cursor and right are used. Newly allocated. */
char *gateway_script_staying(const struct gateway_question *q);

#define GATEWAY_REPLY_MAX 4096 /* bytes of an answer without lines */
#define GATEWAY_LOGIN_MAX (64 * 1024) /* bytes that a script of the login may print before it */
#define GATEWAY_LINE_MAX 300   /* bytes of a line; what is longer is cut over there */

#endif
