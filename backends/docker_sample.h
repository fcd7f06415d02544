/* One reply of GET /containers/ID/stats?stream=false&one-shot=true, and the figures that `docker stats` makes of two of them. Pure. */
#ifndef MW_BACKENDS_DOCKER_SAMPLE_H
#define MW_BACKENDS_DOCKER_SAMPLE_H

#include "model/container.h"

struct docker_sample {
	gint64 read_us;               /* UTC, the daemon's clock */
	guint64 cpu, system;          /* nanoseconds: the container's, and the machine's over all processors */
	guint cpus;
	guint64 memory_used, memory_limit; /* limit 0: the kernel does not account memory */
	guint64 block_read, block_write;
	guint64 net_rx, net_tx;
	guint pids;
};

/* `sample` is empty with read_us 0 when the container does not run. */
gboolean docker_sample_parse(const char *bytes, gsize len, struct docker_sample *sample, GError **error);
/* Makes the sample the current one of `s`; rates are against the sample before it. The datum is left to the caller. */
void docker_sample_apply(const struct docker_sample *sample, struct container_stats *s);
/* Forgets the figures and the last sample: the container stopped, or was started anew and its counters begin again. */
void docker_sample_reset(struct container_stats *s);

#endif
