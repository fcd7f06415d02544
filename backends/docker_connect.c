#include "backends/docker_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/sanitize.h"

#define RETRY_MIN_MS 500
#define RETRY_MAX_MS 30000
#define STEADY_US (10 * G_USEC_PER_SEC) /* a connection that held so long has earned a quick first attempt */
#define BEAT_S 30

static void on_ping(struct docker *d, const char *id, const struct http_reply *r);

static gboolean
on_retry(gpointer user)
{
	struct docker *d = user;

	d->retry_timer = 0;
	docker_connect(d);
	return G_SOURCE_REMOVE;
}

static void
wait_ms(struct docker *d, guint ms)
{
	d->phase = DOCKER_WAITING;
	g_clear_handle_id(&d->retry_timer, g_source_remove);
	d->retry_timer = g_timeout_add(ms, on_retry, d);
}

/* The next step of the backoff, jittered by a quarter so that a fleet does not come back as one wave. */
static void
wait_backoff(struct docker *d)
{
	d->retry_ms = CLAMP(d->retry_ms * 2, RETRY_MIN_MS, RETRY_MAX_MS);
	wait_ms(d, d->retry_ms * 3 / 4 + (guint)g_random_int_range(0, (gint32)(d->retry_ms / 2)));
}

/* --- what is wrong --- */

static void
failed(struct docker *d, const char *problem)
{
	datum_failed(&d->host->docker.datum, problem);
	world_changed(d->world);
	wait_backoff(d);
}

/* There is no socket. A daemon that was there before is away: it removes its socket when it stops. */
static void
missing(struct docker *d)
{
	g_autofree char *raw = NULL, *text = NULL;

	if (d->host->docker.datum.at_us) {
		raw = g_strdup_printf("the Docker daemon is away: %s does not exist now", d->where.socket);
		text = sanitize_text(raw, -1);
		failed(d, text);
		return;
	}
	raw = g_strdup_printf("no Docker here: %s does not exist", d->where.socket);
	text = sanitize_text(raw, -1);
	datum_none(&d->host->docker.datum, text);
	world_changed(d->world);
	wait_ms(d, RETRY_MAX_MS);
}

static void
denied(struct docker *d)
{
	const char *user = d->host->local ? g_get_user_name() : "USER";
	g_autofree char *raw = g_strdup_printf("%s: permission denied; add the user to the group docker (sudo usermod -aG docker %s, then log "
	                                       "in again), or %s as root", d->where.socket, user, d->host->local ? "run midwatch" : "log in");
	g_autofree char *text = sanitize_text(raw, -1);

	failed(d, text);
	wait_ms(d, RETRY_MAX_MS);
}

/* What the machine's own shell says of its socket. */
static void
on_look(const struct link_result *result, void *user)
{
	struct docker *d = user;
	g_autofree char *word = result->outcome == LINK_EXITED && result->output ? g_strndup(result->output, result->output_length) : g_strdup("");
	const char *problem = d->tunnel ? link_tunnel_problem(d->tunnel) : NULL;

	d->look = NULL;
	g_strchomp(word);
	if (g_str_has_prefix(word, "rootless /") && !d->configured_socket) {
		d->rootless = g_strdup(word + strlen("rootless "));
		g_clear_pointer(&d->tunnel, link_tunnel_close);
		docker_connect(d);
	} else if (strcmp(word, "missing") == 0)
		missing(d);
	else if (strcmp(word, "denied") == 0)
		denied(d);
	else
		failed(d, problem ? problem : d->host->docker.datum.error ? d->host->docker.datum.error : "the Docker daemon does not answer");
}

/* No answer to the first request. */
static void
no_answer(struct docker *d, const struct http_reply *r)
{
	if (d->host->local || !d->where.socket) {
		if (r->os_error == ENOENT && d->where.socket)
			missing(d);
		else if ((r->os_error == EACCES || r->os_error == EPERM) && d->where.socket)
			denied(d);
		else
			failed(d, r->problem);
		return;
	}
	g_autofree char *command = docker_where_look(&d->where);
	const struct link_command c = { .command = command, .timeout_ms = DOCKER_TIMEOUT_MS };

	/* What is wrong is known when the look has ended; until then it is not known whether there is a Docker at all. */
	if (datum_known(&d->host->docker.datum)) {
		datum_failed(&d->host->docker.datum, r->problem);
	} else {
		g_free(d->host->docker.datum.error);
		d->host->docker.datum.error = g_strdup(r->problem);
	}
	d->look = link_run(d->link, &c, on_look, d);
}

/* --- negotiating --- */

/* "1.41" as 41; another major number is far away on its side; -1 when it is no version. */
static int
minor_of(const char *version)
{
	unsigned major, minor;

	if (!version || sscanf(version, "%5u.%5u", &major, &minor) != 2)
		return -1;
	return major < 1 ? 0 : major > 1 ? 100000 : (int)minor;
}

static void
negotiated(struct docker *d, int minor)
{
	g_free(d->host->docker.api_version);
	d->host->docker.api_version = g_strdup_printf("1.%d", minor);
	d->base = g_strdup_printf("%s/v1.%d", d->root, minor);
	/* Known by now: the version was asked through the tunnel. */
	if (d->tunnel)
		http_limit(d->http, docker_socket(d), link_tunnel_falls_back(d->tunnel) ? DOCKER_FALLBACK_REQUESTS : HTTP_REQUESTS_A_PEER);
	docker_events_open(d);
}

static void
on_version(struct docker *d, const char *id, const struct http_reply *r)
{
	g_autofree char *problem = docker_problem(r), *api = NULL, *least = NULL, *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!problem && !docker_parse_version(r->body, r->body_length, &api, &least, &error))
		problem = g_strdup(error->message);
	if (problem)
		failed(d, problem);
	else if (minor_of(least) > DOCKER_API_MAX) {
		text = g_strdup_printf("the Docker daemon wants API %s at least, this midwatch knows up to 1.%d: a newer midwatch is needed", least,
		                       DOCKER_API_MAX);
		failed(d, text);
	} else
		negotiated(d, DOCKER_API_MAX);
}

static void
on_ping(struct docker *d, const char *id, const struct http_reply *r)
{
	g_autofree char *problem = docker_problem(r), *text = NULL;
	int minor = minor_of(r->api_version);

	if (r->status == 0)
		no_answer(d, r);
	else if (problem)
		failed(d, problem);
	else if (minor < 0)
		failed(d, "what answers at the Docker address is no Docker daemon: it tells no API version");
	else if (minor < DOCKER_API_MIN) {
		text = g_strdup_printf("the Docker daemon speaks API %s; midwatch needs 1.%d or later, that is Docker 20.10", r->api_version, DOCKER_API_MIN);
		failed(d, text);
	} else if (minor > DOCKER_API_MAX)
		docker_get_bare(d, "/version", on_version);
	else
		negotiated(d, minor);
}

/* --- connecting --- */

static void
find(struct docker *d)
{
	const struct docker_environment environment = {
		g_getenv("DOCKER_HOST"), g_getenv("DOCKER_TLS_VERIFY"), g_getenv("XDG_RUNTIME_DIR"),
	};

	docker_where_clear(&d->where);
	docker_where_find(&d->where, d->rootless ? d->rootless : d->configured_socket, d->host->local ? &environment : NULL);
}

/* The local socket, through a tunnel when the daemon is elsewhere. */
static gboolean
reach(struct docker *d, GError **error)
{
	g_autofree char *dial = docker_where_dial(&d->where);
	const struct link_target target = {
		.unix_path = d->where.socket, .host = d->where.host, .port = d->where.port, .fallback_command = dial,
	};

	if (!d->host->local && !d->tunnel)
		d->tunnel = link_tunnel_open(d->link, &target, error);
	if (!d->host->local && !d->tunnel)
		return FALSE;
	g_free(d->socket);
	d->socket = g_strdup(d->tunnel ? link_tunnel_socket(d->tunnel) : d->where.socket);
	if (d->tunnel) {
		g_autofree char *name = link_tunnel_target(d->tunnel);
		http_name(d->http, d->socket, name);
	}
	g_free(d->root);
	if (d->socket)
		d->root = g_strdup("http://docker");
	else
		d->root = g_strdup_printf(strchr(d->where.host, ':') ? "http://[%s]:%u" : "http://%s:%u", d->where.host, d->where.port);
	return TRUE;
}

void
docker_connect(struct docker *d)
{
	g_autoptr(GError) error = NULL;

	g_clear_handle_id(&d->retry_timer, g_source_remove);
	d->phase = DOCKER_ASKING;
	if (!d->tunnel)
		find(d);
	if (d->where.problem) {
		/* Neither the environment nor the configuration changes while it runs. */
		datum_failed(&d->host->docker.datum, d->where.problem);
		world_changed(d->world);
		d->phase = DOCKER_WAITING;
	} else if (!reach(d, &error))
		failed(d, error->message);
	else
		docker_get_bare(d, "/_ping", on_ping);
}

/* --- losing --- */

static void
stop_timers(struct docker *d)
{
	g_clear_handle_id(&d->retry_timer, g_source_remove);
	g_clear_handle_id(&d->settle_timer, g_source_remove);
	g_clear_handle_id(&d->beat_timer, g_source_remove);
	g_clear_handle_id(&d->stats_timer, g_source_remove);
	g_clear_handle_id(&d->second_timer, g_source_remove);
	g_clear_handle_id(&d->slow_timer, g_source_remove);
	g_clear_handle_id(&d->kick, g_source_remove);
}

/* Nothing is under way or waiting any more. */
static void
clear_work(struct docker *d)
{
	GHashTableIter iter;
	gpointer value;
	GList *l;

	while ((l = g_queue_pop_head_link(&d->details)) || (l = g_queue_pop_head_link(&d->stats)))
		;
	g_hash_table_iter_init(&iter, d->watches);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct docker_watch *w = value;
		w->detail_queued = w->stats_queued = w->inspecting = w->sampling = w->inspect_again = FALSE;
	}
	g_queue_clear_full(&d->images.queue, g_free);
	d->details_out = d->stats_out = 0;
	d->listing = d->list_again = d->checking = d->listed = FALSE;
	g_string_truncate(d->assembler.line, 0);
	d->assembler.skipping = FALSE;
}

/* An image that was asked for is asked for again. */
static gboolean
is_asked(gpointer key, gpointer value, gpointer user)
{
	return *(const gint64 *)value < 0;
}

static void
mark_stale(struct docker *d, const char *reason)
{
	datum_stale(&d->host->docker.datum, reason);
	for (guint i = 0; i < d->host->docker.containers->len; i++) {
		struct container *c = d->host->docker.containers->pdata[i];
		datum_stale(&c->detail.datum, reason);
		datum_stale(&c->stats.datum, reason);
		/* Health may turn twice while nobody listens. */
		c->detail.unhealthy_since_exact = FALSE;
	}
	world_changed(d->world);
}

void
docker_disconnect(struct docker *d, const char *reason, gboolean retry)
{
	if (d->live_us && g_get_monotonic_time() - d->live_us > STEADY_US)
		d->retry_ms = 0;
	d->live_us = 0;
	d->phase = DOCKER_DOWN;
	stop_timers(d);
	http_cancel(d->events);
	d->events = NULL;
	if (d->look)
		link_job_cancel(d->look);
	d->look = NULL;
	g_clear_pointer(&d->base, g_free);
	clear_work(d);
	g_hash_table_foreach_remove(d->images.created, is_asked, NULL);
	if (reason) {
		mark_stale(d, reason);
		if (retry) /* the daemon, not the link: when nothing was known yet, this is why */
			datum_failed(&d->host->docker.datum, reason);
	}
	if (retry)
		wait_backoff(d);
	docker_drop_calls(d, reason);
	if (!retry)
		g_clear_pointer(&d->socket, g_free);
}

/* --- staying --- */

void
docker_alive(struct docker *d)
{
	struct datum *datum = &d->host->docker.datum;

	d->answered_us = g_get_monotonic_time();
	if (!d->listed)
		return;
	datum_good(datum, d->answered_us);
	if (d->skipped)
		datum->error = g_strdup_printf("%u containers in the daemon's list have no usable id and are not shown", d->skipped);
	else if (d->assembler.lost)
		datum->error = g_strdup_printf("%" G_GUINT64_FORMAT " events of the daemon could not be read; the list was taken anew", d->assembler.lost);
}

static void
on_check(struct docker *d, const char *id, const struct http_reply *r)
{
	g_autofree char *problem = docker_problem(r);

	d->checking = FALSE;
	if (problem)
		docker_disconnect(d, problem, TRUE);
	else
		docker_alive(d);
}

void
docker_check(struct docker *d)
{
	if (d->checking || d->phase != DOCKER_LIVE)
		return;
	d->checking = TRUE;
	docker_get_bare(d, "/_ping", on_check);
}

static gboolean
on_beat(gpointer user)
{
	struct docker *d = user;

	if (g_get_monotonic_time() - d->answered_us > (BEAT_S - 5) * G_USEC_PER_SEC)
		docker_check(d);
	return G_SOURCE_CONTINUE;
}

void
docker_went_live(struct docker *d)
{
	d->phase = DOCKER_LIVE;
	d->live_us = g_get_monotonic_time();
	d->all_details = d->tell_starts = TRUE;
	d->stats_limit = DOCKER_IN_FLIGHT;
	d->beat_timer = g_timeout_add_seconds(BEAT_S, on_beat, d);
	docker_list(d);
}
