/* Gateways that are this machine, with a systemctl and a journalctl of the test's own, and a store of their own. It stands in for
 * app/fleet_watch: a gateway that is asked answers at once, as the rig says. */
#ifndef MW_TESTS_GATEWAY_RIG_H
#define MW_TESTS_GATEWAY_RIG_H

#include "app/executor.h"
#include "app/fleet_watch.h"

struct gateway_rig {
	const char *directory;
	struct world *world;
	struct store *store;
	struct executor *executor;
	void (*ended)(void *user, const struct operation *o); /* set by the test; may be NULL */
	void *user;
	guint blocked;             /* operations that wait for the operator */
	const char *sick;          /* a gateway whose unit is not active; NULL: none */
};

/* So many, gw1 and so on, connected and asked once. */
struct gateway_rig *gateway_rig_new(guint gateways);
void gateway_rig_free(struct gateway_rig *r);
/* The gateway is not in the list of those that are reached any more. */
void gateway_rig_drop(struct gateway_rig *r, const char *name);
/* What the programs go by: "load", "active", "entered", "fail_at" (the number of the restart that fails), "lose" (its answer is lost), "slow" (seconds),
 * "no_journal". NULL: none. */
void gateway_rig_set(const struct gateway_rig *r, const char *file, const char *content);
guint gateway_rig_restarts(const struct gateway_rig *r);
/* All entries of the audit log, owned by the caller. */
GPtrArray *gateway_rig_audit(const struct gateway_rig *r);

#endif
