/* The TCP sockets of an ssh process. */
#ifndef MW_BACKENDS_CHILD_SOCKETS_H
#define MW_BACKENDS_CHILD_SOCKETS_H

#include <glib.h>

/* What the process, and those that it started, have not got through yet when their sockets close is thrown away with them, as ssh_io.c does it for
 * libssh2. Otherwise the kernel goes on sending for minutes, and a request would arrive after its link was given up and its outcome looked up.
 * Without the right to do so, or before Linux 5.6, nothing changes. */
void child_sockets_send_nothing_late(GPid pid);

#endif
