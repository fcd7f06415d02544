/* One gateway of the fleet: who lists it, whether the product and the tailnet see it, how it is reached, and what it said of itself last. */
#ifndef MW_MODEL_GATEWAY_H
#define MW_MODEL_GATEWAY_H

#include "model/host.h"
#include "model/sweep.h"

/* Where the fleet's list comes from; the earlier one is believed first. */
enum gateway_origin { ORIGIN_CONFIG, ORIGIN_SSH_CONFIG, ORIGIN_TAILSCALE, ORIGIN_INVENTORY, ORIGIN_PROMETHEUS, ORIGIN_COUNT };

/* Unknown is neither: it was not told, or who tells does not answer. */
enum presence { PRESENCE_UNKNOWN, PRESENCE_OFFLINE, PRESENCE_ONLINE };

/* How the tailnet reaches it (reference: Tailscale's status, CurAddr, PeerRelay, Relay). */
enum tailnet_path { PATH_UNKNOWN, PATH_NONE, PATH_DIRECT, PATH_PEER_RELAY, PATH_DERP };

struct gateway_tailnet {
	enum presence presence;      /* connected to the control plane, which is not "reachable" */
	enum tailnet_path path;
	char *relay;                 /* owned, safe: "fra", or the peer that relays; NULL */
	gint64 last_seen_us;         /* UTC; 0: now, or not told */
	gboolean expired;            /* its key has: offline until it is renewed */
};

enum unit_state { UNIT_UNKNOWN, UNIT_ACTIVE, UNIT_ACTIVATING, UNIT_DEACTIVATING, UNIT_INACTIVE, UNIT_FAILED, UNIT_MISSING };

/* The answer to one refresh. What the gateway could not tell is -1, 0 or NULL, never a healthy value. */
struct gateway_report {
	enum unit_state unit;
	char *sub;                   /* owned, safe: systemd's SubState, "running" */
	gint64 since_s;              /* seconds that the unit has been in this state; -1 */
	gint64 restarts;             /* by systemd itself (NRestarts); -1 */
	gint64 memory;               /* bytes; -1 */
	gint64 errors, fatals;       /* lines of the span that match the pattern, and those of them with FATAL; -1: the journal could not be read */
	gboolean errors_least;       /* there are at least so many */
	char *last_error;            /* owned, safe: the newest such line; NULL */
	gint64 last_error_us;        /* UTC by our clock; 0 */
	char *version;               /* owned, safe: first line of the configured command; NULL */
	gint64 clock_ahead_s;        /* its clock against ours */
	char *cursor;                /* owned, raw: where its journal was read up to; NULL */
	char *problem;               /* owned, safe: what of this is missing, and why: "no journald", "no right to read the journal"; NULL */
};

#define GATEWAY_CHANGES 3               /* as many changes … */
#define GATEWAY_FLAP_US (15 * 60 * (gint64)G_USEC_PER_SEC) /* … in that time is flapping (reference 2.3, gateway_flap) */

/* What one of its origins says of it. */
struct gateway_listing { char *address; /* owned, safe; NULL: none */ enum presence product; };

struct gateway {
	struct host *host;           /* owned: its name and its link; not one of world.hosts */
	char *address;               /* owned, safe: where it is, by ssh's own configuration, else from the first origin that tells one; NULL: its name, as ssh
	                              * knows it */
	char *ssh_address;           /* owned, safe: what ssh's own configuration says, known once it was connected; NULL: nothing */
	guint origins;               /* bits: 1 << enum gateway_origin */
	struct gateway_listing said[ORIGIN_COUNT];
	char *disagreement;          /* owned, safe: where those disagree; NULL */
	enum presence product;       /* what the product says: the inventory, else Prometheus */
	struct gateway_tailnet tailnet;

	struct datum datum;          /* freshness of the report */
	struct gateway_report report; /* the last good one */
	struct sweep_part sweep;     /* what sweeps have found here */

	enum presence seen;          /* in the view that counts (struct fleet), as observed last */
	gint64 changes_us[GATEWAY_CHANGES]; /* monotonic: the last changes of that, newest first; 0: none */
	gboolean lost;               /* one of those that the drop counts now */
	gboolean muted;              /* it is being restarted by a rollout: gone is expected, until fleet.mute_until_us */

	/* The fleet's own, see fleet.c and fleet_drop.c. */
	guint mark;                  /* the list that named it last */
	gint64 online_us;            /* monotonic: until when it was online as far as is known; 0: it is seen offline, or was never seen */
	guint64 past;                /* a bit for each of the fleet's snapshots, the newest is bit 0: it was online */
	gboolean frozen;             /* it was online when the window was opened */
};

/* Name and address are made safe; `address` may be NULL. */
struct gateway *gateway_new(const char *name, const char *address);
void gateway_free(struct gateway *g); /* NULL is ignored */
/* Makes everything of it unknown. */
void gateway_report_clear(struct gateway_report *r);
/* Takes over what an origin says; a NULL `address` and PRESENCE_UNKNOWN: nothing. Address, product and disagreement follow. */
void gateway_listed(struct gateway *g, enum gateway_origin o, const char *address, enum presence product);
/* The address to be connected to by what its origins say, borrowed; NULL: none says one. */
const char *gateway_offered_address(const struct gateway *g);
/* Does the operator list it, so that ssh's own configuration goes before what others say of its address? */
gboolean gateway_is_the_operators(const struct gateway *g);
/* ssh connected to `address`, "user@host:port": what is nobody else's word is ssh's own configuration's. */
void gateway_connected_to(struct gateway *g, const char *address);
/* That origin does not list it any more. */
void gateway_unlisted(struct gateway *g, enum gateway_origin o);
void gateway_set_tailnet(struct gateway *g, const struct gateway_tailnet *t); /* copied, made safe; NULL: not known */
/* Is it reached through the tailnet: by an address of Tailscale's ranges or a name of MagicDNS, or listed by Tailscale without another address? */
gboolean gateway_is_by_tailnet(const struct gateway *g);
gboolean gateway_is_flapping(const struct gateway *g, gint64 now_us);
/* "active", "failed", "no such unit"; "–" for unknown is the panel's. */
const char *unit_state_name(enum unit_state s);
const char *tailnet_path_name(enum tailnet_path p); /* "direct", "peer relay", "relay", "none" */
const char *gateway_origin_name(enum gateway_origin o); /* "configuration", "ssh config", "Tailscale", "inventory", "Prometheus" */

#endif
