/* One host with everything that watches it: link, probe, Docker, log followers. */
#ifndef MW_APP_MACHINE_H
#define MW_APP_MACHINE_H

#include "app/config.h"
#include "backends/docker.h"
#include "backends/follow.h"
#include "backends/http.h"
#include "backends/link.h"
#include "backends/probe_poll.h"
#include "model/world.h"

struct machine {
	struct world *world;  /* borrowed */
	struct host *host;    /* borrowed from the world */
	struct link *link;
	struct docker *docker;
	struct probe_poll *probe;
	GPtrArray *follows;   /* of struct follow, owned */
	const struct config_host *config; /* borrowed */
};

/* A machine for each host of the configuration; without any, one for this machine, without SSH (the embedded default). Of struct machine,
 * owned by the array. */
GPtrArray *machines_new(struct world *world, struct http *http, const struct config *config);
/* Adds the host to the world. Nothing is connected before machine_start(). */
struct machine *machine_new(struct world *world, struct http *http, const struct config_host *config);
void machine_free(struct machine *m);
void machine_start(struct machine *m);
/* Follows a source of this host, or gives the follower that does already. */
struct follow *machine_follow(struct machine *m, const struct follow_settings *s);
/* Asks everything anew; a link that is down or gave up tries again now. */
void machine_refresh(struct machine *m);

#endif
