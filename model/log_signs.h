/* What a line of the product's log shows that a rule asks for (reference 2.3). Pure functions on safe text; quick on lines that show nothing. */
#ifndef MW_MODEL_LOG_SIGNS_H
#define MW_MODEL_LOG_SIGNS_H

#include "model/log_store.h"

enum log_sign {
	SIGN_FATAL = 1,         /* \bFATAL\b, in capitals */
	SIGN_ERROR = 2,         /* level=error, or panic, and no FATAL: that is judged by itself */
	SIGN_UPSTREAM = 4,      /* provider_unavailable, quota_exceeded */
	SIGN_PARSE_ERROR = 8,   /* parse_error */
	SIGN_AUTH_5XX = 16,     /* a path of auth (/auth, /login, /refresh, /token) that was answered 5xx */
	SIGN_IMPERSONATION = 32,/* platform.impersonation_started */
};

/* The signs of a line. midwatch's own words among the lines (LINE_NOTE) show nothing. */
guint log_signs(const struct log_line *line);
/* The value of the first of the NULL-terminated names in a JSON or logfmt line (`actor="ann"`, "actor":"ann", also within an inner object), newly
 * allocated and safe as the line is; NULL: it has none of them, or an empty one, or null. */
char *log_field(const char *text, gsize len, const char *const *names);

#endif
