/* Child processes that cannot outlive this one: each leads a session of its own, gets SIGTERM when we die (however we die), and its
 * whole process group is ended with it. */
#ifndef MW_BACKENDS_FD_PROCESS_H
#define MW_BACKENDS_FD_PROCESS_H

#include <glib.h>

struct fd_process;

/* Called once from the loop when the process has ended; it is freed afterwards. exit_code is 128 + signal when it was killed. */
typedef void (*fd_process_exited)(void *user, int exit_code);

/* Starts argv[0] (searched in PATH) with pipes; our ends are non-blocking. NULL with a TRANSPORT_ERROR_SPAWN error when it cannot.
 * `environment` NULL = ours. */
struct fd_process *fd_process_start(const char *const *argv, char **environment, int *in, int *out, int *err, fd_process_exited exited,
                                    void *user, GError **error);

GPid fd_process_pid(const struct fd_process *p);

enum fd_process_way {
	FD_PROCESS_LET_END,   /* its stdin was closed: SIGTERM only when that does not end it within 1 s */
	FD_PROCESS_TERMINATE, /* SIGTERM, after 3 s SIGKILL */
	FD_PROCESS_KILL,      /* at once: there may be no loop any more that could do so later */
};
/* Ends its process group; it is gone for the caller, `exited` is not called. */
void fd_process_end(struct fd_process *p, enum fd_process_way way);

#endif
