/* What went wrong with a request, as a sentence for the operator. */
#ifndef MW_BACKENDS_HTTP_PROBLEM_H
#define MW_BACKENDS_HTTP_PROBLEM_H

#include "backends/curl_api.h"

struct http_failure {
	const char *peer;       /* socket path, or host:port */
	CURLcode code;
	int os_error;           /* errno of the failed connect, 0 when there was none */
	gboolean connected;     /* a connection was there */
	gboolean answered;      /* a header came */
	guint timeout_ms, connect_timeout_ms;
	const char *detail;     /* libcurl's own words, "" when none */
};

/* Newly allocated safe text. It names the peer, never the URL, whose query may hold a secret. */
char *http_problem_text(const struct http_failure *f);

#endif
