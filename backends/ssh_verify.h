/* The host key step of an attempt. */
#ifndef MW_BACKENDS_SSH_VERIFY_H
#define MW_BACKENDS_SSH_VERIFY_H

#include "backends/known_hosts.h"
#include "backends/ssh_attempt.h"

/* Reads the known_hosts files. NULL with the outcome set when one of them cannot be read. */
struct known_hosts *ssh_verify_load(struct ssh_attempt *a);
/* Before the handshake: asks the server for keys of the known types first. FALSE with the outcome set when libssh2 cannot check any of
 * the types that are known. */
gboolean ssh_verify_prefer(struct ssh_attempt *a, const struct known_hosts *known);
/* After the handshake: FALSE with the outcome set unless the key is known, or was accepted and is stored now. */
gboolean ssh_verify(struct ssh_attempt *a, const struct known_hosts *known);

#endif
