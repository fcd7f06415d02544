/* Where a host's Docker daemon listens. Pure but for looking whether a rootless socket exists. */
#ifndef MW_BACKENDS_DOCKER_WHERE_H
#define MW_BACKENDS_DOCKER_WHERE_H

#include <glib.h>

#define DOCKER_SOCKET "/var/run/docker.sock"

/* What the user's environment says; NULL = not set. */
struct docker_environment {
	const char *docker_host;  /* DOCKER_HOST */
	const char *tls_verify;   /* DOCKER_TLS_VERIFY */
	const char *runtime_dir;  /* XDG_RUNTIME_DIR */
};

struct docker_where {
	char *socket;    /* owned; NULL for TCP */
	char *host;      /* owned; for TCP */
	guint16 port;
	char *problem;   /* owned: why it cannot be used; the rest is empty then */
};

/* `configured`: the operator's setting, a path, unix:// or tcp:// address, or NULL. Without it: DOCKER_HOST, the rootless socket when it is
 * there, DOCKER_SOCKET. `environment` NULL: another machine, whose environment is not known. */
void docker_where_find(struct docker_where *w, const char *configured, const struct docker_environment *environment);
void docker_where_clear(struct docker_where *w);

/* The command that carries the daemon's socket over stdin and stdout where forwarding is refused, quoted for a shell; newly allocated,
 * NULL for TCP. */
char *docker_where_dial(const struct docker_where *w);
/* A command for the shell of the machine, which prints "missing", "denied" or "there" for the socket, or "rootless PATH" when the socket is
 * missing and the user runs a daemon of their own; newly allocated. */
char *docker_where_look(const struct docker_where *w);

#endif
