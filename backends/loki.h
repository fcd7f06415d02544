/* Lines of gateways that match a pattern, from Loki, each told once: for the error sweep of gateways without SSH. */
#ifndef MW_BACKENDS_LOKI_H
#define MW_BACKENDS_LOKI_H

#include "backends/http.h"
#include "backends/secret_source.h"

#define LOKI_LINES_MAX 5000 /* a question: what Loki gives at most */

struct loki_settings {
	const char *url;                   /* its address, to which /loki/api/v1/query_range is added */
	const char *query;                 /* a stream selector: {job="gateway"} */
	const char *label;                 /* that names the gateway; NULL = "host" */
	const char *tenant;                /* X-Scope-OrgID; NULL = none */
	const struct secret_source *token; /* NULL: none */
	guint timeout_ms;                  /* 0 = 20,000 */
};

struct loki_events {
	/* Oldest first; raw bytes. `gateway` "": the stream has no such label. */
	void (*line)(void *user, const char *gateway, gint64 utc_us, const char *text, gsize len);
	/* The end, after loki_sweep() has returned. `problem`: safe words, and no line came; NULL. `cut`: there are more lines than were given, older ones. */
	void (*done)(void *user, const char *problem, gboolean cut);
};

struct loki;
/* Strings of `s` are copied. */
struct loki *loki_new(struct http *http, const struct loki_settings *s);
void loki_free(struct loki *l); /* what is under way ends without an event; NULL is ignored */
/* Reads what matches the pattern (RE2, as good as an extended regular expression) within `span_us` before `now_us` (UTC). What was told before
 * is not told again: the next question begins a minute before the end of the last one, since lines may arrive late, and in each stream behind the
 * last line of it. FALSE: a question is under
 * way already, and no event comes. */
gboolean loki_sweep(struct loki *l, const char *pattern, gint64 now_us, gint64 span_us, const struct loki_events *e, void *user);
void loki_cancel(struct loki *l); /* no event comes any more; not from inside one */

#endif
