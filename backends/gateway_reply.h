/* Reads what the script of backends/gateway_script.h printed. Pure. */
#ifndef MW_BACKENDS_GATEWAY_REPLY_H
#define MW_BACKENDS_GATEWAY_REPLY_H

#include "model/gateway.h"

#define GATEWAY_REPLY_BEGIN "midwatch-gateway 1" /* what a login's script prints before it does not count */

/* How the account over there reads the journal of a unit: by itself (root, or of the group), by sudo, or not at all. */
enum gateway_right { GATEWAY_RIGHT_UNKNOWN, GATEWAY_RIGHT_OWN, GATEWAY_RIGHT_SUDO, GATEWAY_RIGHT_NONE };

struct gateway_minute { gint64 minute; guint errors, fatals; }; /* since the epoch, by the gateway's clock */
struct gateway_line { gint64 utc_us; const char *text; gsize len; }; /* raw, within the reply; by our clock, 0 when not told */

struct gateway_reply {
	struct gateway_report report; /* owned; errors and fatals are -1: they come by minutes */
	GArray *minutes;              /* of struct gateway_minute */
	GArray *lines;                /* of struct gateway_line */
	guint64 dropped;              /* lines that were not sent */
	gboolean version_told;
	enum gateway_right right;     /* UNKNOWN: not told */
};

/* FALSE with a static `problem` when it is not such an answer. `now_us`: UTC, when it came; `ahead_s`: how far its clock is ahead, as far as known,
 * for an answer that does not tell. Free it with gateway_reply_clear() in either case. */
gboolean gateway_reply_parse(const char *text, gsize len, gint64 now_us, gint64 ahead_s, struct gateway_reply *out, const char **problem);
void gateway_reply_clear(struct gateway_reply *r);
/* The time that a line of a journal begins with, in microseconds by the gateway's clock; moves on behind it and the blank. 0: there is none. */
gint64 gateway_line_time(const char **text, gsize *len);

#endif
