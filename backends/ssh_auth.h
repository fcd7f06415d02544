/* The authentication step of an attempt. */
#ifndef MW_BACKENDS_SSH_AUTH_H
#define MW_BACKENDS_SSH_AUTH_H

#include "backends/ssh_attempt.h"

/* "none" first, which is Tailscale SSH; then the agent's keys; then key files. FALSE with the outcome set. */
gboolean ssh_auth(struct ssh_attempt *a);

#endif
