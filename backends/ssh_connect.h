/* Attempts to reach hosts, run by a small pool of threads that all links share (16; started with the first attempt), and by another one for the
 * links of a fleet. Main thread only. */
#ifndef MW_BACKENDS_SSH_CONNECT_H
#define MW_BACKENDS_SSH_CONNECT_H

#include "backends/ssh_attempt.h"

struct ssh_connect;

/* From the main loop, once: the attempt with its outcome, borrowed for the call; what is wanted of it (session, fd) is to be taken out. */
typedef void (*ssh_connect_done)(void *user, struct ssh_attempt *a);

/* How many threads the fleet's pool has; 16 unless said. Before the first attempt. */
void ssh_connect_fleet(guint most);
struct ssh_connect *ssh_connect_start(const struct transport_settings *s, ssh_connect_done done, void *user);
/* Frees it, before or after it is done. A worker that is still at it is told to stop, and what it brings is thrown away. */
void ssh_connect_free(struct ssh_connect *c);

#endif
