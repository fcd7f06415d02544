/* What the watch over the fleet (fleet_watch.c) and its sweep (fleet_sweep.c) share. */
#ifndef MW_APP_FLEET_WATCH_PRIVATE_H
#define MW_APP_FLEET_WATCH_PRIVATE_H

#include "app/fleet_loki.h"
#include "app/fleet_origins.h"
#include "app/fleet_watch.h"

/* A gateway as it is watched. */
struct member {
	struct fleet_watch *watch;
	struct gateway *gateway;
	struct machine *machine;
	enum link_state counted;  /* the state in which it is counted */
	gint64 due_us;            /* when it is its turn again; with more gateways than sessions */
	gboolean queued;
	gboolean spent;           /* it has answered and has to give its place to another */
};

struct fleet_watch {
	const struct config_fleet *config;
	struct world *world;
	struct fleet *fleet;
	struct fleet_origins *origins;
	struct fleet_loki *loki;  /* NULL: none is configured */
	struct gateway_poll_settings poll;
	void (*gone)(void *user, const struct machine *m);
	void *gone_user;
	GHashTable *members;      /* name -> struct member, owned */
	GQueue queue;             /* of struct member: wants to be connected */
	guint counts[LINK_BLOCKED + 1];
	guint connects, sessions;
	guint sweeping;           /* how many are being read now */
	GQueue to_sweep;          /* of struct member */
	gboolean follows;         /* the errors are to be followed after a sweep */
	gboolean following;       /* some may be */
	gint64 forgot_us;         /* monotonic: when lines that are too old were forgotten last */
	gboolean started, changed;
	guint tick, advance, hold; /* sources */
	gint64 held_until_us;     /* those without an address wait for a source that may tell one */
	guint quiet_s;            /* since it was judged last */
	guint answering;          /* sources, when it was judged last */
};

/* --- fleet_watch.c --- */
/* Connects whoever may be connected now, from the loop. */
void fleet_watch_advance(struct fleet_watch *w);
/* Are there more than sessions, so that none stays connected? */
gboolean fleet_watch_is_in_turn(const struct fleet_watch *w);

/* --- fleet_sweep.c --- */
/* Reads what can be read of those that wait: connected ones, a number at a time; the others when they are. */
void fleet_sweep_go_on(struct fleet_watch *w);
/* Ends it when nobody is left. */
void fleet_sweep_settle(struct fleet_watch *w);
/* Once a second. */
void fleet_sweep_tick(struct fleet_watch *w);

#endif
