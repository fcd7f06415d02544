/* One host with everything that watches it: link, probe, Docker, scheduled jobs, Ollama, log followers. A gateway is one, too, with its link, its
 * followers and the poll of its own, and nothing else. */
#ifndef MW_APP_MACHINE_H
#define MW_APP_MACHINE_H

#include "app/config.h"
#include "backends/cron_poll.h"
#include "backends/docker.h"
#include "backends/follow.h"
#include "backends/gateway_poll.h"
#include "backends/http.h"
#include "backends/link.h"
#include "backends/ollama.h"
#include "backends/probe_poll.h"
#include "model/world.h"

/* Who is told of a gateway's machine. */
struct machine_watch {
	void (*link)(void *user, struct gateway *g);     /* its link's status is another one */
	void (*answered)(void *user, struct gateway *g); /* its report came, or none could be had */
};

struct machine {
	struct world *world;  /* borrowed */
	struct host *host;    /* borrowed from the world */
	struct link *link;
	struct http *http;    /* borrowed */
	struct gateway *gateway; /* NULL: it is none; else http, docker, ollama, probe, cron and config are NULL */
	struct gateway_poll *gateway_poll;
	const struct machine_watch *watch; /* of a gateway */
	void *watch_user;
	struct docker *docker;
	struct ollama *ollama; /* NULL before machine_start() */
	struct probe_poll *probe;
	struct cron_poll *cron;
	GPtrArray *follows;   /* of struct follow, owned */
	guint busy;           /* works of the executor's that are under way: they need the link */
	const struct config_host *config; /* borrowed */
};

/* A machine for each host of the configuration; without any, one for this machine, without SSH (the embedded default). Of struct machine,
 * owned by the array. */
GPtrArray *machines_new(struct world *world, struct http *http, const struct config *config);
/* The one of a host; NULL when there is none. */
struct machine *machines_find(const GPtrArray *machines, const char *host);
/* Adds the host to the world. Nothing is connected before machine_start(). */
struct machine *machine_new(struct world *world, struct http *http, const struct config_host *config);
/* That of a gateway. `s` and `watch` are borrowed until machine_free(). Nothing is connected before link_start(). */
struct machine *machine_new_gateway(struct world *world, struct gateway *g, const struct link_settings *link, const struct gateway_poll_settings *s,
                                    const struct machine_watch *watch, void *user);
void machine_free(struct machine *m);
/* Connects. `store` may be NULL; it is borrowed until machine_free(). */
void machine_start(struct machine *m, struct store *store);
/* Follows a source of this host, or gives the follower that does already: from as far back as either wants, unless it is at work. */
struct follow *machine_follow(struct machine *m, const struct follow_settings *s);
/* Seconds that a restart gives a container to stop. */
guint machine_stop_timeout(const struct machine *m);
/* Asks everything anew; a link that is down or gave up tries again now. */
void machine_refresh(struct machine *m);

#endif
