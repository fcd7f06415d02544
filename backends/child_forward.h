/* The forwardings of one ssh master: for each target over there a Unix socket here, asked for with `ssh -O forward` at its first use.
 * A connection to that socket is then one channel, without another process. */
#ifndef MW_BACKENDS_CHILD_FORWARD_H
#define MW_BACKENDS_CHILD_FORWARD_H

#include "backends/child_args.h"
#include "backends/fd_channel.h"

struct child_forwards;

/* All borrowed and outliving it; `helpers` runs the ssh processes, `channels` holds the connections. */
struct child_forwards *child_forwards_new(const struct child_args *args, char **environment, struct fd_channels *helpers,
                                          struct fd_channels *channels);
/* Channels are not touched; the helpers must be gone. */
void child_forwards_free(struct child_forwards *f);
/* A channel to `target`, "host:port" or a path. */
struct channel *child_forwards_open(struct child_forwards *f, const char *target, const struct channel_events *e, void *user);

#endif
