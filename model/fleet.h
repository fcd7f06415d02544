/* The fleet of gateways: the list merged from its sources, how many are online against how many were, and whether it is they that are gone or
 * we that are blind. */
#ifndef MW_MODEL_FLEET_H
#define MW_MODEL_FLEET_H

#include "model/gateway.h"
#include "model/rollout.h"

/* By what "online" is judged (reference 0.4): the product's own view, else the tailnet's, else whether we are connected. The first in which at
 * least half of the gateways were told of within FLEET_STALE_US; it does not change while we are blind. */
enum fleet_view { VIEW_LINK, VIEW_TAILNET, VIEW_PRODUCT };

/* One source of the list, and how fresh it is. */
struct fleet_origin {
	gboolean used;
	struct datum datum;
	guint listed;                /* entries of its list, without the refused */
	guint duplicates;            /* names that it has twice; the first counts */
	guint refused;               /* entries whose name or address is none: empty, too long, with control characters, or like an option of ssh */
};

#define FLEET_SLIDE_US (5 * 60 * (gint64)G_USEC_PER_SEC) /* "simultaneously": against the set of so long ago */
#define FLEET_DROP_SHARE 0.10  /* strictly more than that … */
#define FLEET_DROP_LEAST 2     /* … and at least so many */
#define FLEET_CONFIRM_US (30 * (gint64)G_USEC_PER_SEC)   /* for so long */
#define FLEET_UNKNOWN_US (5 * 60 * (gint64)G_USEC_PER_SEC) /* neither true nor false for longer than that is blind (reference 2.4) */
#define FLEET_KEEP_US (5 * 60 * (gint64)G_USEC_PER_SEC)  /* it fires so long after it was true last */

enum drop_state { DROP_NONE, DROP_PENDING, DROP_FIRING, DROP_KEPT /* no longer true, FLEET_KEEP_US not over */, DROP_BLIND /* nobody knows, for FLEET_UNKNOWN_US at least or because we are blind */ };

/* Gateways that were online in a baseline and are not now. */
struct drop {
	enum drop_state state;
	gint64 true_since_us;        /* monotonic; 0; moved on by the time in which it was not known */
	gint64 true_last_us;
	gint64 judged_us;            /* monotonic: the last time */
	gint64 unknown_since_us;     /* monotonic: since then it cannot be told whether it is true; 0: it can */
	guint baseline, lost, unknown; /* of those still listed: were online; are offline; nobody knows */
	double share;                /* lost of baseline, 0 … 1; NAN while there is no baseline, or we are blind */
	GPtrArray *names;            /* of char *, owned: who is lost */
};

#define FLEET_SNAPSHOTS 64       /* as many as gateway.past has bits */
#define FLEET_SNAPSHOT_US (5 * (gint64)G_USEC_PER_SEC) /* apart, at least: together they reach over FLEET_SLIDE_US */
#define FLEET_STALE_US (5 * 60 * (gint64)G_USEC_PER_SEC) /* a source that is silent for longer judges nothing any more */

struct fleet {
	GPtrArray *gateways;         /* of struct gateway, owned, by name */
	GHashTable *by_name;         /* name (the host's) -> struct gateway */
	guint mark;                  /* of the list that was taken last */
	struct fleet_origin origins[ORIGIN_COUNT];
	char *unit;                  /* owned: "novavms-gateway" */
	enum fleet_view view;
	guint online, offline, unknown; /* in that view */
	gint64 observed_us;          /* monotonic; 0 = never */

	struct drop sliding, window; /* against 5 minutes ago, and against the set that was frozen */
	gint64 past_us[FLEET_SNAPSHOTS]; /* monotonic: when the snapshots were taken, newest first; who was online is in gateway.past */
	guint past_count;
	gint64 window_us, window_end_us; /* monotonic: since when, and until when; 0: no window is open. Who was online is in gateway.frozen */
	enum fleet_view window_view; /* in which view; in another one the window is not judged */

	gint64 sight_us;             /* monotonic: when blindness ended last; 0 = there was none */
	char *blind;                 /* owned, safe: why we cannot see the gateways ("no network: …"); NULL: we can */
	char *tailnet_problem;       /* owned, safe: the tailnet is not up; NULL */
	enum presence canary;        /* the configured canary answers; UNKNOWN: none is configured, or not asked yet */
	char *canary_problem;        /* owned, safe: why it does not; NULL */

	struct sweep *sweep;         /* owned */
	struct rollout *rollout;     /* owned: the one under way, or the last; NULL: none */
	gint64 mute_until_us;        /* monotonic: until then gateway.muted counts; 0 = there is no mute, which is never endless */
	gboolean readonly;
};

struct fleet *fleet_new(const char *unit, gint64 sweep_span_us);
void fleet_free(struct fleet *f); /* NULL is ignored */
struct gateway *fleet_gateway(const struct fleet *f, const char *name);

/* One entry of a source's list. Strings raw; they are made safe. `product` counts only from the inventory and Prometheus, `tailnet` from Tailscale. */
struct fleet_entry { const char *name, *address; enum presence product; const struct gateway_tailnet *tailnet; };
/* Takes over a source's whole list: gateways that only it listed and does not any more are dropped (`gone` is called before each is freed), new
 * ones are added (`added`), the same name from several sources is one gateway, with its disagreement told (an address that differs). A name that
 * stands twice in one list is counted. Gives how many were added or dropped. */
struct fleet_changes { void (*added)(void *user, struct gateway *g); void (*gone)(void *user, struct gateway *g); void *user; };
guint fleet_take_list(struct fleet *f, enum gateway_origin o, const struct fleet_entry *entries, guint count, gint64 now_us, const struct fleet_changes *c);
/* What Tailscale knows of gateways that others list (by name): presence and path. Adds none; gateways without an entry are unknown to the tailnet.
 * After fleet_take_list(), which does the same for those that Tailscale lists. */
void fleet_take_tailnet(struct fleet *f, const struct fleet_entry *entries, guint count, gint64 now_us);
/* The source did not answer: what it said stays, old. Gateways that only it can judge become unknown in the view. */
void fleet_list_failed(struct fleet *f, enum gateway_origin o, const char *why);
/* Judges anew who is online, the drop, flapping and blindness: after each change of a source or link, and at least every 10 s.
 * `others_up`: something else than a gateway answers over the network now (a link to another host), which shows that we see. */
void fleet_observe(struct fleet *f, gboolean others_up, gint64 now_us);
/* Freezes the set that is online now, for so long: a deployment's window. */
void fleet_window_open(struct fleet *f, gint64 now_us, gint64 length_us);
void fleet_window_close(struct fleet *f);
/* Has every source that is used told its list, or failed, once? Until then more gateways may be listed. */
gboolean fleet_lists_are_known(const struct fleet *f);
/* Does anyone tell of a gateway now whether it is online? Else how many are is not known, rather than 0. */
gboolean fleet_online_is_known(const struct fleet *f);
/* The worse of both drops, for the header and the headline. */
const struct drop *fleet_drop(const struct fleet *f);
/* "11 of 400 gateways lost (2.8 %): gw-014, gw-020 and 9 more", newly allocated. */
char *drop_words(const struct drop *d);

#endif
