/* Runs the host probe every few seconds over a link and keeps host->probe, its rates and histories. */
#ifndef MW_BACKENDS_PROBE_POLL_H
#define MW_BACKENDS_PROBE_POLL_H

#include "backends/link.h"
#include "model/world.h"

struct probe_poll;

/* interval_ms 0 = 5,000. The first two probes follow each other after 1 s, so that steal is known soon. */
struct probe_poll *probe_poll_new(struct link *link, struct world *world, struct host *host, guint interval_ms);
void probe_poll_free(struct probe_poll *p);
void probe_poll_link_up(struct probe_poll *p);
void probe_poll_link_down(struct probe_poll *p);
void probe_poll_now(struct probe_poll *p);

#endif
