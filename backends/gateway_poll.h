/* Asks a gateway for its state again and again, and reads its journal on request (the sweep): one command each. Keeps the report and the sweep's
 * part of a struct gateway. */
#ifndef MW_BACKENDS_GATEWAY_POLL_H
#define MW_BACKENDS_GATEWAY_POLL_H

#include "backends/link.h"
#include "model/world.h"

struct gateway_poll_settings { /* borrowed as long as the poll lives */
	const char *unit, *pattern;
	const char *version;     /* a command; NULL: none */
	guint span_min;          /* at most MINUTE_COUNTS_MOST */
	guint interval_ms;
};

struct gateway_poll;

/* `answered`: a report came, or none could be had; the datum tells. */
struct gateway_poll *gateway_poll_new(const struct gateway_poll_settings *s, struct link *link, struct world *world, struct gateway *gateway,
                                      void (*answered)(void *user), void *user);
void gateway_poll_free(struct gateway_poll *p); /* NULL is ignored */
void gateway_poll_link_up(struct gateway_poll *p);
void gateway_poll_link_down(struct gateway_poll *p);
/* Asks for its state now, or once more when that is under way. */
void gateway_poll_now(struct gateway_poll *p);
/* Reads what is new in the journal since the last sweep, or the whole span, into the fleet's sweep, by a command, or of what came by itself; `swept` is called when it is done, has
 * failed, or fell with the link. The link has to be up. Nothing when one is under way. */
void gateway_poll_sweep(struct gateway_poll *p, void (*swept)(void *user, gboolean ok), void *user);
void gateway_poll_sweep_cancel(struct gateway_poll *p); /* `swept` is not called; what was read before stays */
/* From now on the lines that match come by themselves, if a command has just read all up to now; then the next sweep needs no command. FALSE: not
 * so, or there is a stream already. It goes with the link, and when it fails: then the next sweep is by a command. */
gboolean gateway_poll_follow(struct gateway_poll *p);
void gateway_poll_unfollow(struct gateway_poll *p);
/* Does a sweep need no command? */
gboolean gateway_poll_is_followed(const struct gateway_poll *p);
/* Is a question under way? Then the link is needed. */
gboolean gateway_poll_is_busy(const struct gateway_poll *p);

#endif
