/* The product's cloud for C tests: nginx with TLS and HTTP/2 before cloud_double.py, a container that logs, and a canary. Ends with the lab. */
#ifndef MW_TESTS_CLOUD_RIG_H
#define MW_TESTS_CLOUD_RIG_H

#include "tests/lab/lab.h"

#define CLOUD_TOKEN "cloud-token-9c41"   /* of authenticated reads */
#define CLOUD_VERSION "4f2c91a"          /* what health tells from the start */
#define CLOUD_CONTAINER "novavms-cloud"

/* Is what it needs there (nginx, openssl)? Else skips the test with the reason. */
gboolean cloud_rig_have(void);
/* Makes a CA, starts all but the container. One a lab. */
void cloud_rig_start(struct lab *lab);
const char *cloud_rig_url(struct lab *lab);      /* "https://127.0.0.1:PORT", borrowed, until the next call */
char *cloud_rig_ca(struct lab *lab);             /* the file to trust, newly allocated */
/* The same double without nginx, plain HTTP: "http://127.0.0.1:PORT", newly allocated; answers also while nginx is stopped: a canary. */
char *cloud_rig_backend(struct lab *lab);
/* nginx goes away (connections are refused), and comes again at the same port, with HTTP/2 or without. */
void cloud_rig_stop(struct lab *lab);
void cloud_rig_again(struct lab *lab, gboolean http2);
/* The backend goes away, and comes again at the same port: nginx answers 502 meanwhile, and the canary is dead. */
void cloud_rig_backend_stop(struct lab *lab);
void cloud_rig_backend_again(struct lab *lab);
/* Writes a document: "health", "ingest", "audit". */
void cloud_rig_document(struct lab *lab, const char *name, const char *json);
/* Health as at the start, but for one member, or with none but NULL. */
void cloud_rig_health(struct lab *lab, const char *member, const char *value);
/* What "root", "login", "health", "me", "auth", "ingest" or "audit" does instead, see cloud_double.py; NULL: nothing any more, of all for a NULL
 * `name`. */
void cloud_rig_fail(struct lab *lab, const char *name, const char *how);
guint cloud_rig_requests(struct lab *lab);       /* how many it got, of whatever kind */

/* The container, in the lab's dockerd, which has to run. */
void cloud_rig_container(struct lab *lab);
/* It logs a line so many seconds ago. */
void cloud_rig_log(struct lab *lab, guint seconds_ago, const char *text);
/* Its log is empty again. */
void cloud_rig_log_clear(struct lab *lab);

#endif
