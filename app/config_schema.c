#include "app/config_schema.h"

#include "app/config.h"
#include "app/yaml_fields.h"

static const cyaml_schema_field_t log_fields[] = {
	TEXT("container", struct config_log, container),
	TEXT("unit", struct config_log, unit),
	TEXT("file", struct config_log, file),
	SWITCH("journal", struct config_log, journal),
	SWITCH("from_start", struct config_log, from_start),
	NUMBER("backlog", struct config_log, backlog),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t log_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_log, log_fields) };

static const cyaml_schema_field_t docker_fields[] = {
	TEXT("socket", struct config_docker, socket),
	SWITCH("disabled", struct config_docker, disabled),
	NUMBER("stats_interval", struct config_docker, stats_interval),
	NUMBER("stop_timeout", struct config_docker, stop_timeout),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t ollama_fields[] = {
	TEXT("host", struct config_ollama, host),
	NUMBER("port", struct config_ollama, port),
	SWITCH("disabled", struct config_ollama, disabled),
	NUMBER("refresh", struct config_ollama, refresh),
	TEXT("keep_alive", struct config_ollama, keep_alive),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t cleanup_fields[] = {
	TEXT("command", struct config_cleanup, command),
	TEXT("dry_run", struct config_cleanup, dry_run),
	TEXT("weekly", struct config_cleanup, weekly),
	TEXT("monthly", struct config_cleanup, monthly),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t word_schema = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED) };
static const cyaml_schema_field_t cron_fields[] = {
	LIST("users", struct config_cron, users, &word_schema),
	TEXT("cleanup_log", struct config_cron, cleanup_log),
	LIST("growing_logs", struct config_cron, growing_logs, &word_schema),
	NUMBER("refresh", struct config_cron, refresh),
	SWITCH("disabled", struct config_cron, disabled),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t host_fields[] = {
	NEEDED_TEXT("name", struct config_host, name),
	TEXT("role", struct config_host, role),
	TEXT("ssh", struct config_host, ssh),
	SWITCH("local", struct config_host, local),
	SWITCH("readonly", struct config_host, readonly),
	TEXT("transport", struct config_host, transport),
	TEXT("ssh_config", struct config_host, ssh_config),
	TEXT("known_hosts", struct config_host, known_hosts),
	NUMBER("connect_timeout", struct config_host, connect_timeout),
	NUMBER("refresh", struct config_host, refresh),
	GROUP("docker", struct config_host, docker, docker_fields),
	GROUP("ollama", struct config_host, ollama, ollama_fields),
	GROUP("cleanup", struct config_host, cleanup, cleanup_fields),
	GROUP("cron", struct config_host, cron, cron_fields),
	LIST("logs", struct config_host, logs, &log_schema),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t host_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_host, host_fields) };

static const cyaml_schema_field_t secret_fields[] = {
	TEXT("env", struct config_secret, env),
	TEXT("file", struct config_secret, file),
	TEXT("command", struct config_secret, command),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t tailscale_fields[] = {
	TEXT("socket", struct config_tailscale, socket),
	LIST("tags", struct config_tailscale, tags, &word_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t inventory_fields[] = {
	NEEDED_TEXT("url", struct config_inventory, url),
	TEXT("items", struct config_inventory, items),
	TEXT("name", struct config_inventory, name),
	TEXT("address", struct config_inventory, address),
	TEXT("online", struct config_inventory, online),
	GROUP("token", struct config_inventory, token, secret_fields),
	NUMBER("refresh", struct config_inventory, refresh),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t prometheus_fields[] = {
	NEEDED_TEXT("url", struct config_prometheus, url),
	NEEDED_TEXT("query", struct config_prometheus, query),
	TEXT("label", struct config_prometheus, label),
	GROUP("token", struct config_prometheus, token, secret_fields),
	NUMBER("refresh", struct config_prometheus, refresh),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t loki_fields[] = {
	NEEDED_TEXT("url", struct config_loki, url),
	NEEDED_TEXT("query", struct config_loki, query),
	TEXT("label", struct config_loki, label),
	TEXT("tenant", struct config_loki, tenant),
	GROUP("token", struct config_loki, token, secret_fields),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t rolling_fields[] = {
	TEXT("batch", struct config_rolling, batch),
	NUMBER("pause", struct config_rolling, pause),
	NUMBER("gate", struct config_rolling, gate),
	NUMBER("quiet", struct config_rolling, quiet),
	NUMBER("budget", struct config_rolling, budget),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t fleet_fields[] = {
	LIST("gateways", struct config_fleet, gateways, &word_schema),
	LIST("ssh_hosts", struct config_fleet, ssh_hosts, &word_schema),
	GROUP("tailscale", struct config_fleet, tailscale, tailscale_fields),
	GROUP("inventory", struct config_fleet, inventory, inventory_fields),
	GROUP("prometheus", struct config_fleet, prometheus, prometheus_fields),
	GROUP("loki", struct config_fleet, loki, loki_fields),
	TEXT("canary", struct config_fleet, canary),
	TEXT("transport", struct config_fleet, transport),
	TEXT("ssh_config", struct config_fleet, ssh_config),
	TEXT("known_hosts", struct config_fleet, known_hosts),
	NUMBER("connect_timeout", struct config_fleet, connect_timeout),
	NUMBER("connects", struct config_fleet, connects),
	NUMBER("sessions", struct config_fleet, sessions),
	NUMBER("refresh", struct config_fleet, refresh),
	TEXT("unit", struct config_fleet, unit),
	TEXT("version", struct config_fleet, version),
	TEXT("pattern", struct config_fleet, pattern),
	NUMBER("span", struct config_fleet, span),
	SWITCH("live_sweep", struct config_fleet, live_sweep),
	GROUP("rolling", struct config_fleet, rolling, rolling_fields),
	SWITCH("readonly", struct config_fleet, readonly),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t probe_fields[] = {
	NEEDED_TEXT("url", struct config_probe, url),
	TEXT("method", struct config_probe, method),
	TEXT("body", struct config_probe, body),
	GROUP("token", struct config_probe, token, secret_fields),
	TEXT("pointer", struct config_probe, pointer),
	NUMBER("refresh", struct config_probe, refresh),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t variable_fields[] = {
	NEEDED_TEXT("name", struct config_variable, name),
	NEEDED_TEXT("value", struct config_variable, value),
	CYAML_FIELD_END
};
const cyaml_schema_value_t variable_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_variable, variable_fields) };

static const cyaml_schema_field_t product_fields[] = {
	TEXT("env", struct config_product, env),
	TEXT("url", struct config_product, url),
	TEXT("health", struct config_product, health),
	TEXT("host", struct config_product, host),
	TEXT("container", struct config_product, container),
	TEXT("ca", struct config_product, ca),
	TEXT("canary", struct config_product, canary),
	GROUP("authread", struct config_product, authread, probe_fields),
	GROUP("auth", struct config_product, auth, probe_fields),
	GROUP("ingest", struct config_product, ingest, probe_fields),
	GROUP("audit_rows", struct config_product, audit_rows, probe_fields),
	LIST("impersonators", struct config_product, impersonators, &word_schema),
	TEXT("reports", struct config_product, reports),
	LIST("variables", struct config_product, variables, &variable_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t rules_fields[] = {
	LIST("files", struct config_rules, files, &word_schema),
	LIST("disabled", struct config_rules, disabled, &word_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t pagerduty_fields[] = {
	CYAML_FIELD_MAPPING_PTR("routing_key", CYAML_FLAG_POINTER, struct config_pagerduty, routing_key, secret_fields),
	TEXT("url", struct config_pagerduty, url),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t slack_fields[] = {
	NEEDED_TEXT("name", struct config_slack, name),
	CYAML_FIELD_MAPPING_PTR("webhook", CYAML_FLAG_POINTER, struct config_slack, webhook, secret_fields),
	LIST("tells", struct config_slack, tells, &word_schema),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t slack_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_slack, slack_fields) };
static const cyaml_schema_field_t telegram_fields[] = {
	CYAML_FIELD_MAPPING_PTR("token", CYAML_FLAG_POINTER, struct config_telegram, token, secret_fields),
	NEEDED_TEXT("chat", struct config_telegram, chat),
	NUMBER("thread", struct config_telegram, thread),
	TEXT("url", struct config_telegram, url),
	LIST("tells", struct config_telegram, tells, &word_schema),
	CYAML_FIELD_END
};
static const cyaml_schema_field_t notify_fields[] = {
	GROUP("pagerduty", struct config_notify, pagerduty, pagerduty_fields),
	LIST("slack", struct config_notify, slack, &slack_schema),
	GROUP("telegram", struct config_notify, telegram, telegram_fields),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t alertmanager_fields[] = {
	NEEDED_TEXT("url", struct config_alertmanager, url),
	GROUP("token", struct config_alertmanager, token, secret_fields),
	NUMBER("refresh", struct config_alertmanager, refresh),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t score_fields[] = {
	FIGURE("steal_warn", struct config_score, steal_warn),
	FIGURE("steal_crit", struct config_score, steal_crit),
	FIGURE("swap_warn_gb", struct config_score, swap_warn_gb),
	FIGURE("swap_cached_warn_mb", struct config_score, swap_cached_warn_mb),
	NUMBER("disk_warn", struct config_score, disk_warn),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t logs_fields[] = {
	NUMBER("memory_mb", struct config_logs, memory_mb),
	LIST("filter_in", struct config_logs, filter_in, &word_schema),
	LIST("filter_out", struct config_logs, filter_out, &word_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t key_fields[] = {
	NEEDED_TEXT("command", struct config_key, command),
	NEEDED_TEXT("keys", struct config_key, keys),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t key_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_key, key_fields) };

static const cyaml_schema_field_t http_fields[] = {
	TEXT("method", struct config_http, method),
	NEEDED_TEXT("url", struct config_http, url),
	TEXT("body", struct config_http, body),
	LIST("headers", struct config_http, headers, &word_schema),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t action_fields[] = {
	NEEDED_TEXT("name", struct config_action, name),
	TEXT("title", struct config_action, title),
	TEXT("help", struct config_action, help),
	TEXT("keys", struct config_action, keys),
	TEXT("on", struct config_action, on),
	LIST("roles", struct config_action, roles, &word_schema),
	TEXT("command", struct config_action, command),
	GROUP("http", struct config_action, http, http_fields),
	TEXT("danger", struct config_action, danger),
	TEXT("confirm", struct config_action, confirm),
	TEXT("loses", struct config_action, loses),
	NUMBER("timeout", struct config_action, timeout),
	CYAML_FIELD_END
};
static const cyaml_schema_value_t action_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_action, action_fields) };

static const cyaml_schema_field_t fields[] = {
	LIST("hosts", struct config, hosts, &host_schema),
	GROUP("fleet", struct config, fleet, fleet_fields),
	GROUP("score", struct config, score, score_fields),
	GROUP("logs", struct config, logs, logs_fields),
	LIST("keys", struct config, keys, &key_schema),
	LIST("actions", struct config, actions, &action_schema),
	GROUP("product", struct config, product, product_fields),
	LIST("checklists", struct config, checklists, &word_schema),
	GROUP("rules", struct config, rules, rules_fields),
	GROUP("notify", struct config, notify, notify_fields),
	GROUP("alertmanager", struct config, alertmanager, alertmanager_fields),
	TEXT("theme", struct config, theme),
	SWITCH("mouse", struct config, mouse),
	SWITCH("readonly", struct config, readonly),
	TEXT("start_panel", struct config, start_panel),
	CYAML_FIELD_END
};
const cyaml_schema_value_t config_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config, fields) };
