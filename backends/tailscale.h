/* What tailscaled on this machine knows of its peers, over its local API (reference 3.7), every 10 s. */
#ifndef MW_BACKENDS_TAILSCALE_H
#define MW_BACKENDS_TAILSCALE_H

#include "backends/http.h"
#include "backends/tailscale_parse.h"

#define TAILSCALE_BLINKS 3

struct tailscale_settings {
	const char *socket;        /* NULL = /var/run/tailscale/tailscaled.sock */
	const char *const *tags;   /* whose peers are marked as tagged; NULL = none */
	guint interval_ms;         /* 0 = 10,000 */
	guint timeout_ms;          /* 0 = 5,000 */
};

struct tailscale_events {
	/* Also when the tailnet is not up, or was without its control plane for TAILSCALE_BLINKS answers, which `problem` tells then. */
	void (*status)(void *user, const struct tailscale_status *s);
	void (*failed)(void *user, const char *why);                  /* safe words that say what to do */
};

struct tailscale;
/* Strings of `s` are copied. Nothing is asked before tailscale_ask(). */
struct tailscale *tailscale_new(struct http *http, const struct tailscale_settings *s, const struct tailscale_events *e, void *user);
void tailscale_free(struct tailscale *t); /* NULL is ignored; not from inside an event */
void tailscale_ask(struct tailscale *t);  /* now, and from then on at its interval */

#endif
