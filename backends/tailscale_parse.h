/* tailscaled's status (ipn/ipnstate in github.com/tailscale/tailscale; `tailscale status --json` prints the same). Pure; the bytes are not
 * trusted. */
#ifndef MW_BACKENDS_TAILSCALE_PARSE_H
#define MW_BACKENDS_TAILSCALE_PARSE_H

#include "model/gateway.h"

#define TAILSCALE_PEERS_MAX 10000

struct tailscale_peer {
	char *name;          /* raw: the first label of DNSName, which is unique in a tailnet; else HostName in small letters */
	char *dns;           /* raw: DNSName without its last dot; NULL */
	char **addresses;    /* raw: TailscaleIPs */
	gboolean tagged;     /* it has one of the wanted tags */
	struct gateway_tailnet tailnet;
};

struct tailscale_status {
	char *problem;       /* owned, safe: why the tailnet is not up, or what is told of peers is old, and what to do; NULL: neither */
	char *health;        /* owned, safe: what tailscaled complains of that keeps it from reaching peers; NULL. Its other complaints (an update, a
	                      * setting) are not midwatch's */
	gboolean connected;  /* to the control plane, which tells who is online; it may blink when that connection is renewed */
	gboolean magic_dns;  /* names of the tailnet can be resolved */
	GPtrArray *peers;    /* of struct tailscale_peer, owned */
	guint left_out;      /* peers without a name, or too many */
};

/* `tags` may be NULL. NULL with a JSON_ERROR when it is no status. */
struct tailscale_status *tailscale_parse_status(const char *bytes, gsize len, const char *const *tags, GError **error);
void tailscale_status_free(struct tailscale_status *s); /* NULL is ignored */
/* What to connect to: its name in the tailnet, or its first address where names are not resolved; NULL: it has neither. Borrowed. */
const char *tailscale_peer_address(const struct tailscale_status *s, const struct tailscale_peer *p);

#endif
