/* The settings of very many hosts that ssh treats alike, without a process for each: where the same Host lines match two names, and nothing else
 * tells them apart, `ssh -G` says the same of both but for the name itself. */
#ifndef MW_BACKENDS_SSH_CONFIG_SHARE_H
#define MW_BACKENDS_SSH_CONFIG_SHARE_H

#include "backends/ssh_config.h"

/* As ssh_config_load(). Asks ssh itself for the first of each kind, and for every host when the configuration has Match lines, canonical names, or
 * files that cannot be read. Changes of the files are seen within 10 seconds. For worker threads, from several at once. */
gboolean ssh_config_share(const char *host, const char *hostname, const char *file, struct ssh_config *out, char **problem);

#endif
