#include "app/machine.h"

static void
link_up(void *user)
{
	struct machine *m = user;

	probe_poll_link_up(m->probe);
	docker_link_up(m->docker);
	cron_poll_link_up(m->cron);
	ollama_link_up(m->ollama);
	for (guint i = 0; i < m->follows->len; i++)
		follow_link_up(m->follows->pdata[i]);
	world_changed(m->world);
}

static void
link_down(void *user)
{
	struct machine *m = user;

	host_went_down(m->host, m->host->link.reason);
	probe_poll_link_down(m->probe);
	docker_link_down(m->docker);
	cron_poll_link_down(m->cron);
	ollama_link_down(m->ollama);
	for (guint i = 0; i < m->follows->len; i++)
		follow_link_down(m->follows->pdata[i]);
	world_changed(m->world);
}

static void
link_status(void *user)
{
	struct machine *m = user;

	world_changed(m->world);
}

static void
free_follow(gpointer data)
{
	follow_free(data);
}

static unsigned
number_or(const unsigned *value, unsigned otherwise)
{
	return value ? *value : otherwise;
}

static gboolean
is_set(const bool *value)
{
	return value && *value;
}

static void
follow_configured(struct machine *m)
{
	for (unsigned i = 0; i < m->config->logs_count; i++) {
		const struct config_log *l = &m->config->logs[i];
		struct follow_settings s = {
			.kind = l->container ? FOLLOW_CONTAINER : l->unit ? FOLLOW_UNIT : l->file ? FOLLOW_FILE : FOLLOW_JOURNAL,
			.name = l->container ? l->container : l->unit ? l->unit : l->file ? l->file : "journal",
			.backlog_lines = number_or(l->backlog, 0),
			.from_start = is_set(l->from_start),
		};
		machine_follow(m, &s);
	}
}

static struct cron_poll *
cron_new(struct machine *m, const struct config_cron *c)
{
	struct cron_poll_settings s = { 0 };

	if (c) {
		s = (struct cron_poll_settings){
			.users = (const char *const *)c->users,
			.user_count = c->users_count,
			.cleanup_log = c->cleanup_log,
			.growing = (const char *const *)c->growing_logs,
			.growing_count = c->growing_logs_count,
			.interval_ms = MIN(number_or(c->refresh, 0), G_MAXUINT / 1000) * 1000,
			.disabled = is_set(c->disabled),
		};
	}
	return cron_poll_new(&s, m->link, m->world, m->host);
}

struct machine *
machine_new(struct world *world, struct http *http, const struct config_host *config)
{
	static const struct link_events events = { link_up, link_down, link_status };
	struct machine *m = g_new0(struct machine, 1);
	const char *name = config->name ? config->name : g_get_host_name();
	const struct config_docker *docker = config->docker;
	struct link_settings link = {
		.local = is_set(config->local),
		.host = config->ssh ? config->ssh : name,
		.ssh_config = config->ssh_config,
		.known_hosts = config->known_hosts,
		.transport = config->transport ? config->transport : "auto",
		.connect_timeout_s = number_or(config->connect_timeout, 0),
	};
	struct docker_settings docker_settings = {
		.socket = docker ? docker->socket : NULL,
		.stats_interval_ms = docker ? number_or(docker->stats_interval, 0) * 1000 : 0,
		.disabled = docker && is_set(docker->disabled),
	};

	m->world = world;
	m->http = http;
	m->config = config;
	m->host = host_new(name, config->role, link.local);
	m->host->readonly = is_set(config->readonly);
	g_ptr_array_add(world->hosts, m->host);
	m->follows = g_ptr_array_new_with_free_func(free_follow);
	m->link = link_new(&link, &m->host->link, &events, m);
	m->docker = docker_new(&docker_settings, m->link, http, world, m->host);
	m->probe = probe_poll_new(m->link, world, m->host, number_or(config->refresh, 0) * 1000);
	m->cron = cron_new(m, config->cron);
	follow_configured(m);
	return m;
}

void
machine_free(struct machine *m)
{
	g_ptr_array_unref(m->follows);
	gateway_poll_free(m->gateway_poll);
	cron_poll_free(m->cron);
	probe_poll_free(m->probe);
	docker_free(m->docker);
	ollama_free(m->ollama);
	link_free(m->link);
	g_free(m);
}

static void
free_machine(gpointer data)
{
	machine_free(data);
}

struct machine *
machines_find(const GPtrArray *machines, const char *host)
{
	for (guint i = 0; i < machines->len; i++) {
		struct machine *m = machines->pdata[i];
		if (g_strcmp0(m->host->name, host) == 0)
			return m;
	}
	return NULL;
}

GPtrArray *
machines_new(struct world *world, struct http *http, const struct config *config)
{
	static bool local = true;
	static const struct config_host here = { .local = &local };
	GPtrArray *machines = g_ptr_array_new_with_free_func(free_machine);

	for (unsigned i = 0; i < config->hosts_count; i++)
		g_ptr_array_add(machines, machine_new(world, http, &config->hosts[i]));
	if (machines->len == 0)
		g_ptr_array_add(machines, machine_new(world, http, &here));
	return machines;
}

/* Not before the store is open, which is not before the first frame. */
static struct ollama *
make_ollama(struct machine *m, struct store *store)
{
	static const struct config_ollama nothing;
	const struct config_ollama *c = m->config->ollama ? m->config->ollama : &nothing;
	const struct ollama_settings s = {
		.host = c->host,
		.port = (guint16)number_or(c->port, 0),
		.interval_ms = number_or(c->refresh, 0) * 1000,
		.disabled = is_set(c->disabled),
	};

	return ollama_new(&s, m->link, m->http, store, m->world, m->host);
}

void
machine_start(struct machine *m, struct store *store)
{
	m->ollama = make_ollama(m, store);
	link_start(m->link);
}

struct follow *
machine_follow(struct machine *m, const struct follow_settings *s)
{
	struct follow *f;

	for (guint i = 0; i < m->follows->len; i++) {
		f = m->follows->pdata[i];
		if (follow_kind(f) != s->kind || g_strcmp0(follow_name(f), s->name) != 0)
			continue;
		follow_want(f, s);
		return f;
	}
	f = follow_new(s, m->link, m->docker, m->world, m->host);
	g_ptr_array_add(m->follows, f);
	return f;
}

guint
machine_stop_timeout(const struct machine *m)
{
	return m->config && m->config->docker ? number_or(m->config->docker->stop_timeout, 10) : 10;
}

void
machine_refresh(struct machine *m)
{
	if (!link_is_up(m->link)) {
		link_retry(m->link);
		return;
	}
	if (m->gateway) {
		gateway_poll_now(m->gateway_poll);
		return;
	}
	probe_poll_now(m->probe);
	docker_refresh(m->docker);
	cron_poll_now(m->cron);
	ollama_refresh(m->ollama);
}
