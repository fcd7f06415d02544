/* Replies of the Docker Engine API (1.41 and later) as structs. Pure: bytes in, structs out. The bytes are not trusted: every string is made
 * safe, every number is brought into its range, wrong types count as missing.
 * Source: the API's own description (docs.docker.com/engine/api), and moby for what it leaves open. */
#ifndef MW_BACKENDS_DOCKER_PARSE_H
#define MW_BACKENDS_DOCKER_PARSE_H

#include "model/container.h"

/* An id that may stand in a URL: 12 to 64 hexadecimal digits. */
gboolean docker_parse_is_id(const char *id);

/* GET /containers/json: new containers (the array owns them), in the daemon's order, with all that the list tells. `skipped` counts rows
 * without a usable id. NULL on failure. */
GPtrArray *docker_parse_list(const char *bytes, gsize len, guint *skipped, GError **error);

/* GET /containers/ID/json into `c`: state, health, name, and detail, except its datum and the image's creation. The health log is
 * replaced. The time since which it is unhealthy is kept when it is known from an event, else estimated from the failing streak. */
gboolean docker_parse_inspect(const char *bytes, gsize len, struct container *c, GError **error);

/* GET /images/ID/json: when it was created, UTC microseconds; 0 when that is not told. */
gint64 docker_parse_image(const char *bytes, gsize len);

/* GET /version. Both newly allocated and safe, NULL when missing. */
gboolean docker_parse_version(const char *bytes, gsize len, char **api, char **min_api, GError **error);

/* {"message": "…"}: the daemon's words on an error, newly allocated, one safe line; NULL when it gave none. */
char *docker_parse_message(const char *bytes, gsize len);

/* One object of GET /events. */
struct docker_event {
	char *id, *name, *action;      /* owned; action is the bare word: "start", "die", "health_status" … */
	enum container_health health;  /* of a health_status event, else HEALTH_UNKNOWN */
	gint64 time_us;                /* UTC */
};
gboolean docker_parse_event(const char *bytes, gsize len, struct docker_event *e, GError **error);
void docker_event_clear(struct docker_event *e);

/* The whole reply, indented, as safe text with line feeds; NULL when it is not JSON. */
char *docker_parse_pretty(const char *bytes, gsize len);

#endif
