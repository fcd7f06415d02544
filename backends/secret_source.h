/* Where the operator keeps a secret: a variable of the environment, a file that only they can read, or what a command of theirs prints. */
#ifndef MW_BACKENDS_SECRET_SOURCE_H
#define MW_BACKENDS_SECRET_SOURCE_H

#include <glib.h>

#include "backends/secret.h"

/* Exactly one is set. */
struct secret_source {
	const char *env;     /* its name */
	const char *file;    /* its path, "~/" is the home directory; of mode 0600 or 0400 and our own */
	const char *command; /* run by sh, without a stdin */
	guint timeout_ms;    /* of the command, which is ended then; 0 = 30,000 */
};

#define SECRET_SOURCE_MAX 16384 /* bytes */

/* `s` is taken by the callee; NULL with `problem`, safe words that never hold any of the secret. Called once, later. */
typedef void (*secret_source_done)(void *user, struct secret *s, const char *problem);

struct secret_read;
/* The loop goes on meanwhile. One line feed at the end is no part of it; one with control characters, which could make a second header, or an
 * empty one is refused. */
struct secret_read *secret_source_read(const struct secret_source *s, secret_source_done done, void *user);
void secret_source_cancel(struct secret_read *r); /* done is not called; NULL is ignored */

#endif
