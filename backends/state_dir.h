/* Where midwatch keeps what outlives it: $XDG_STATE_HOME/midwatch, ~/.local/state/midwatch when that is not set. */
#ifndef MW_BACKENDS_STATE_DIR_H
#define MW_BACKENDS_STATE_DIR_H

#include <glib.h>

/* The path of `name` in it; NULL: the directory itself. Nothing is made. */
char *state_dir_path(const char *name);
/* Makes a directory with its parents, 0700 whatever the umask is; one that was there keeps its mode, but midwatch's own directory is closed to
 * others. FALSE with an error that names the directory and the reason. */
gboolean state_dir_make(const char *directory, GError **error);

#endif
