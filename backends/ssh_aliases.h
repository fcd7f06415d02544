/* The names of hosts in the user's ssh configuration: what stands behind Host without being a pattern (ssh_config(5)). */
#ifndef MW_BACKENDS_SSH_ALIASES_H
#define MW_BACKENDS_SSH_ALIASES_H

#include "backends/fleet_list.h"

/* Reads a configuration and what it includes: `file` NULL = ~/.ssh/config. Names that match one of the patterns (* and ?), each once, in the order
 * of the files. Files that are no regular ones, too large, too many or too deep are passed over, as are Host lines of files that cannot be read.
 * NULL with *problem (safe, g_free it) when the file itself cannot be read. Blocks. */
struct fleet_list *ssh_aliases_load(const char *file, const char *const *patterns, char **problem);

struct ssh_aliases;
/* Loads in a thread and tells once, later. */
struct ssh_aliases *ssh_aliases_start(const char *file, const char *const *patterns, const struct fleet_list_events *e, void *user);
void ssh_aliases_cancel(struct ssh_aliases *a); /* no event comes; NULL is ignored */

#endif
