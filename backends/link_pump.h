/* One connection of a tunnel: bytes between a local socket and a channel, both ways, each side held back when the other is slow. */
#ifndef MW_BACKENDS_LINK_PUMP_H
#define MW_BACKENDS_LINK_PUMP_H

#include "backends/link_private.h"

struct pump_target {
	char *unix_path, *host;
	guint16 port;
	char *fallback_command; /* NULL = none */
	gboolean use_fallback;  /* forwarding was refused */
};

struct pump;

struct pump_events {
	void (*works)(void *user);                                      /* the first byte came through */
	void (*end)(void *user, struct pump *p, const char *problem);   /* it is gone; problem NULL when it had worked */
};

/* Takes the connected, non-blocking `fd` over. `target` is the tunnel's, borrowed. */
struct pump *pump_new(struct link *l, struct pump_target *target, int fd, const struct pump_events *e, void *user);
void pump_free(struct pump *p); /* no events */

#endif
