/* One host's Docker Engine API (1.41 and later): the container list, kept true by events; details by inspect; figures by one-shot stats. */
#ifndef MW_BACKENDS_DOCKER_H
#define MW_BACKENDS_DOCKER_H

#include "backends/http.h"
#include "backends/link.h"
#include "model/audit.h"
#include "model/world.h"

struct docker;

struct docker_settings {
	const char *socket;        /* NULL = DOCKER_HOST (local only), rootless path, /var/run/docker.sock */
	guint stats_interval_ms;   /* 0 = 5,000 for visible rows; others are asked for every 6th time */
	gboolean disabled;         /* the operator said there is none */
};

struct docker *docker_new(const struct docker_settings *s, struct link *link, struct http *http, struct world *world, struct host *host);
void docker_free(struct docker *d);
/* The link came up or went down. */
void docker_link_up(struct docker *d);
void docker_link_down(struct docker *d);
/* Containers whose figures are on the screen: asked for first and most often. Full ids, copied. Count 0: nobody looks, no stats are asked. */
void docker_set_visible(struct docker *d, const char *const *ids, guint count);
void docker_refresh(struct docker *d); /* the operator asked: list anew, and all details */

/* The raw inspect reply, pretty-printed and safe, for the Inspect tab and `y`. `text` NULL with `problem` on failure. `done` is called once,
 * later; not after docker_free(). */
typedef void (*docker_text_done)(void *user, const char *text, const char *problem);
void docker_inspect_text(struct docker *d, const char *id, docker_text_done done, void *user);

/* Restarts a container: POST /containers/ID/restart, sent once and never again. `done` is called once, later, unless docker_free() comes
 * first. OUTCOME_UNKNOWN: the request went out and no answer came; the container's StartedAt tells. `result`: safe words. */
typedef void (*docker_act_done)(void *user, enum outcome outcome, const char *result);
void docker_restart(struct docker *d, const char *id, guint stop_timeout_s, docker_act_done done, void *user);
/* The request as it is sent: "POST /v1.41/containers/9f2c…/restart?t=10", newly allocated. */
char *docker_restart_text(const struct docker *d, const char *id, guint stop_timeout_s);

/* What went wrong with a reply of the daemon, as safe text, newly allocated; NULL when its status is 200…299 and its body is whole. */
char *docker_problem(const struct http_reply *r);

/* For backends/follow_container.c and backends/evidence.c: base URL "http://docker/v1.41" and socket, NULL while not connected; the socket is NULL for a daemon on
 * TCP, too. */
const char *docker_base_url(const struct docker *d);
const char *docker_socket(const struct docker *d);
struct http *docker_http(const struct docker *d);
/* Called whenever an event of a container starts or ends it, so that followers can attach again: "start", "restart", "die", "destroy",
 * "rename" (`name` is the new one). After each connection it is called with "start" for every container that runs. One listener list. */
typedef void (*docker_listener)(void *user, const char *id, const char *name, const char *action);
guint docker_listen(struct docker *d, docker_listener listener, void *user);
void docker_unlisten(struct docker *d, guint handle);

#endif
