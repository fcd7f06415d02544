#include "backends/docker_sample.h"

#include <math.h>
#include <string.h>

#include "backends/docker_parse.h"
#include "model/json.h"
#include "model/utc_text.h"

#define US_PER_HOUR (3600.0 * G_USEC_PER_SEC)

/* Without the page cache that can be dropped. Source: docker/cli, cli/command/container/stats_helpers.go, calculateMemUsageUnixNoCache. */
static guint64
memory_used(const cJSON *memory)
{
	const cJSON *stats = json_object(memory, "stats");
	guint64 usage = json_count(memory, "usage"), inactive;

	if (cJSON_GetObjectItemCaseSensitive(stats, "total_inactive_file")) { /* cgroup v1 */
		inactive = json_count(stats, "total_inactive_file");
		if (inactive < usage)
			return usage - inactive;
	}
	inactive = json_count(stats, "inactive_file");
	return inactive < usage ? usage - inactive : usage;
}

/* "Read" on cgroup v1, "read" on v2; the list may be null. */
static void
read_block(const cJSON *blkio, struct docker_sample *out)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, json_array(blkio, "io_service_bytes_recursive")) {
		const char *op = json_string(one, "op");
		if (op && g_ascii_tolower(*op) == 'r')
			out->block_read += json_count(one, "value");
		else if (op && g_ascii_tolower(*op) == 'w')
			out->block_write += json_count(one, "value");
	}
}

static void
read_cpu(const cJSON *cpu, struct docker_sample *out)
{
	const cJSON *usage = json_object(cpu, "cpu_usage");
	guint64 online = json_count(cpu, "online_cpus");

	out->cpu = json_count(usage, "total_usage");
	out->system = json_count(cpu, "system_cpu_usage");
	out->cpus = online ? (guint)MIN(online, G_MAXUINT16) : (guint)cJSON_GetArraySize(json_array(usage, "percpu_usage"));
}

static void
read_networks(const cJSON *networks, struct docker_sample *out)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, networks) {
		if (!cJSON_IsObject(one))
			continue;
		out->net_rx += json_count(one, "rx_bytes");
		out->net_tx += json_count(one, "tx_bytes");
	}
}

gboolean
docker_sample_parse(const char *bytes, gsize len, struct docker_sample *sample, GError **error)
{
	g_autoptr(cJSON) json = json_parse(bytes, len, cJSON_Object, "statistics", error);
	const cJSON *memory = json_object(json, "memory_stats");

	memset(sample, 0, sizeof *sample);
	if (!json)
		return FALSE;
	sample->read_us = utc_parse(json_string(json, "read"));
	if (!sample->read_us)
		return TRUE;
	read_cpu(json_object(json, "cpu_stats"), sample);
	sample->memory_used = memory_used(memory);
	sample->memory_limit = json_count(memory, "limit");
	read_block(json_object(json, "blkio_stats"), sample);
	read_networks(json_object(json, "networks"), sample);
	sample->pids = (guint)MIN(json_count(json_object(json, "pids_stats"), "current"), G_MAXUINT);
	return TRUE;
}

/* Source: docker/cli, calculateCPUPercentUnix. */
static double
cpu_percent(const struct docker_sample *now, const struct container_stats *before)
{
	double cpu = (double)now->cpu - (double)before->previous_cpu;
	double system = (double)now->system - (double)before->previous_system;

	return cpu > 0 && system > 0 ? cpu / system * now->cpus * 100 : 0;
}

void
docker_sample_apply(const struct docker_sample *sample, struct container_stats *s)
{
	/* A counter that went back means a container that was started anew; nothing is known of the rates then. */
	gboolean comparable = s->previous_read_us && sample->read_us > s->previous_read_us && sample->cpu >= s->previous_cpu &&
	                      sample->block_write >= s->previous_write;

	if (sample->read_us && sample->read_us == s->previous_read_us)
		return; /* the daemon gave the same collection again */
	s->cpu_percent = comparable ? cpu_percent(sample, s) : NAN;
	s->write_per_hour = comparable ? (double)(sample->block_write - s->previous_write) * US_PER_HOUR /
	                                 (double)(sample->read_us - s->previous_read_us)
	                               : NAN;
	s->memory_used = sample->memory_used;
	s->memory_limit = sample->memory_limit;
	s->block_read = sample->block_read;
	s->block_write = sample->block_write;
	s->net_rx = sample->net_rx;
	s->net_tx = sample->net_tx;
	s->pids = sample->pids;
	s->previous_cpu = sample->cpu;
	s->previous_system = sample->system;
	s->previous_write = sample->block_write;
	s->previous_read_us = sample->read_us;
}

void
docker_sample_reset(struct container_stats *s)
{
	const struct docker_sample none = { 0 };

	s->previous_read_us = 0;
	docker_sample_apply(&none, s);
}
