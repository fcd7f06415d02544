#include "app/metrics.h"

#include <string.h>

#include "tui/nearest.h"

static const struct metric metrics[] = {
	{ .name = "observer_blind" },
	{ .name = "fleet_blind" },
	{ .name = "health_non200" },
	{ .name = "health_degraded" },
	{ .name = "authread_5xx" },
	{ .name = "auth_5xx" },
	{ .name = "auth_5xx_lines", .labels = { "source" }, .notes = { "line" } },
	{ .name = "ingest_age_seconds" },
	{ .name = "fatal_lines", .labels = { "source" }, .notes = { "line" } },
	{ .name = "impersonation_suspicious", .labels = { "source" }, .notes = { "line", "actor" } },
	{ .name = "audit_rows_shrunk" },
	{ .name = "errors_30m", .labels = { "source", "fingerprint" }, .notes = { "line" } },
	{ .name = "ai_upstream_lines", .labels = { "source" }, .notes = { "line" } },
	{ .name = "parse_error_spike", .labels = { "source" } },
	{ .name = "gateways_lost", .notes = { "names", "lost" } },
	{ .name = "gateways_lost_share", .notes = { "names", "lost" } },
	{ .name = "gateways_lost_since_deploy", .notes = { "names", "lost" } },
	{ .name = "gateways_lost_since_deploy_share", .notes = { "names", "lost" } },
	{ .name = "gateway_changes_15m", .labels = { "gateway" } },
	{ .name = "gateway_offline", .labels = { "gateway" } },
	{ .name = "host_unreachable", .labels = { "host" } },
	{ .name = "steal_percent", .labels = { "host" } },
	{ .name = "swap_used_bytes", .labels = { "host" } },
	{ .name = "swap_cached_bytes", .labels = { "host" } },
	{ .name = "disk_used_percent", .labels = { "host" } },
	{ .name = "container_unhealthy", .labels = { "host", "container" } },
	{ .name = "container_write_bytes_per_hour", .labels = { "host", "container" } },
	{ .name = "cron_missed", .labels = { "host", "job" } },
	{ .name = "cron_failed", .labels = { "host", "job" }, .notes = { "result" } },
	{ .name = "backup_failures_in_row", .labels = { "host" }, .notes = { "job" } },
	{ .name = NULL },
};

const struct metric *
metrics_all(void)
{
	return metrics;
}

const struct metric *
metric_find(const char *name, const char **near)
{
	const char *best = NULL;
	guint distance = 0;

	for (const struct metric *m = metrics; m->name; m++) {
		if (strcmp(m->name, name) == 0)
			return m;
		nearest_offer(name, m->name, &best, &distance);
	}
	if (near)
		*near = best;
	return NULL;
}

gboolean
metric_has_label(const struct metric *m, const char *label)
{
	return g_strv_contains(m->labels, label);
}

/* Any metric may say why. */
gboolean
metric_tells(const struct metric *m, const char *name)
{
	static const char *const always[] = { "value", "env", "why", NULL };

	return g_strv_contains(always, name) || metric_has_label(m, name) || g_strv_contains(m->notes, name);
}
