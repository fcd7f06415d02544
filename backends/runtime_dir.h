/* This process's private directory for sockets: $XDG_RUNTIME_DIR/midwatch-PID, else one under /tmp. Mode 0700, made at the first use;
 * directories that dead processes of the same user left are removed then. */
#ifndef MW_BACKENDS_RUNTIME_DIR_H
#define MW_BACKENDS_RUNTIME_DIR_H

#include <glib.h>

/* A path for `name` inside the directory, short enough for a socket address; NULL with an error when the directory cannot be made. */
char *runtime_dir_path(const char *name, GError **error);
/* Removes the directory and what is in it. Harmless when there is none. A forked child does not remove its parent's. */
void runtime_dir_cleanup(void);

#endif
