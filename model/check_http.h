/* Judges the answer to a check of kind http: status, version of HTTP, body, JSON members. */
#ifndef MW_MODEL_CHECK_HTTP_H
#define MW_MODEL_CHECK_HTTP_H

#include "model/check_run.h"

/* What came; raw but for `http_version`. */
struct check_answer {
	long status;
	const char *http_version; /* NULL: not known */
	const char *content_type; /* NULL */
	const char *body;
	gsize body_length;
	const char *broken;       /* safe: the body is not whole, and why; NULL */
};

/* What is expected, with placeholders filled in. */
struct check_wanted {
	guint status;
	const char *http_version, *body;  /* NULL: any */
	const GPtrArray *members;         /* of struct check_member */
	const char *const *equals;        /* one a member; NULL: it is shown, not compared */
};

/* Sets verdict, summary and lines of the result. A version that is a hexadecimal hash equals a shorter form of it, from 7 digits on. */
void check_http_judge(const struct check_wanted *w, const struct check_answer *a, struct check_result *result);

#endif
