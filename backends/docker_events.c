#include "backends/docker_private.h"

#include <string.h>

#define LINE_MAX_BYTES ((gsize)1 << 20)
#define SETTLE_MS 100 /* events come in bunches: a restart is four of them, `compose up` dozens */

/* {"type":["container"],"event":[…]}, URL-encoded. Without the filter each probe of each health check is three more events. */
#define FILTERS "%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22create%22%2C%22start%22%2C%22restart%22%2C%22die%22%2C%22oom%22%2C" \
	"%22pause%22%2C%22unpause%22%2C%22rename%22%2C%22update%22%2C%22destroy%22%2C%22health_status%22%5D%7D"

/* --- lines --- */

static void
take(struct docker_assembler *a, const char *bytes, gsize len)
{
	if (a->skipping)
		return;
	if (a->line->len + len <= LINE_MAX_BYTES) {
		g_string_append_len(a->line, bytes, (gssize)len);
		return;
	}
	a->skipping = TRUE;
	a->lost++;
	g_string_truncate(a->line, 0);
}

void
docker_assembler_feed(struct docker_assembler *a, const char *bytes, gsize len, void (*line)(void *user, const char *bytes, gsize len),
                      void *user)
{
	const char *end = bytes + len;

	while (bytes < end) {
		const char *feed = memchr(bytes, '\n', (gsize)(end - bytes));
		take(a, bytes, (gsize)((feed ? feed : end) - bytes));
		if (!feed)
			return;
		if (!a->skipping && a->line->len)
			line(user, a->line->str, a->line->len);
		g_string_truncate(a->line, 0);
		a->skipping = FALSE;
		bytes = feed + 1;
	}
}

/* --- what an event changes --- */

void
docker_tell(struct docker *d, const char *id, const char *name, const char *action)
{
	/* A listener may take itself or others off the list. */
	g_autoptr(GArray) now = g_array_copy(d->listeners);

	for (guint i = 0; i < now->len; i++) {
		const struct docker_listening *l = &g_array_index(now, struct docker_listening, i);
		for (guint k = 0; k < d->listeners->len; k++)
			if (g_array_index(d->listeners, struct docker_listening, k).handle == l->handle) {
				l->listener(l->user, id, name, action);
				break;
			}
	}
}

static void
took_health(struct container *c, const struct docker_event *e)
{
	c->health = e->health;
	c->detail.unhealthy_since_us = e->health == HEALTH_UNHEALTHY ? e->time_us : 0;
	c->detail.unhealthy_since_exact = e->health == HEALTH_UNHEALTHY && e->time_us > 0;
}

static void
set_state(struct container *c, enum container_state state, enum container_health health)
{
	c->state = state;
	c->health = health;
	c->detail.unhealthy_since_us = 0;
	c->detail.unhealthy_since_exact = FALSE;
}

/* What is certain at once; the inspect that follows tells the rest. */
static void
take_event(struct container *c, const struct docker_event *e)
{
	enum container_health begins = c->detail.has_healthcheck ? HEALTH_STARTING : HEALTH_NONE;

	if (strcmp(e->action, "health_status") == 0)
		took_health(c, e);
	else if (strcmp(e->action, "start") == 0) {
		set_state(c, CONTAINER_RUNNING, begins);
		docker_stats_stopped(c);
	} else if (strcmp(e->action, "die") == 0) {
		set_state(c, CONTAINER_EXITED, HEALTH_NONE);
		docker_stats_stopped(c);
	} else if (strcmp(e->action, "pause") == 0)
		set_state(c, CONTAINER_PAUSED, HEALTH_NONE);
	else if (strcmp(e->action, "unpause") == 0)
		set_state(c, CONTAINER_RUNNING, c->detail.has_healthcheck ? HEALTH_UNKNOWN : HEALTH_NONE);
}

static gboolean
changes_the_list(const struct docker_event *e)
{
	static const char *const words[] = { "create", "destroy", "rename", NULL };

	return g_strv_contains(words, e->action);
}

static gboolean
concerns_followers(const struct docker_event *e)
{
	static const char *const words[] = { "start", "restart", "die", "destroy", "rename", NULL };

	return g_strv_contains(words, e->action);
}

static void
on_line(void *user, const char *bytes, gsize len)
{
	struct docker *d = user;
	struct docker_event e;
	struct container *c;

	if (!docker_parse_event(bytes, len, &e, NULL)) {
		d->assembler.lost++; /* on_data() lists anew */
		return;
	}
	c = docker_container(d, e.id);
	if (c) {
		take_event(c, &e);
		docker_want_detail(d, docker_watch_of(d, c->id));
		world_changed(d->world);
	}
	if (!c || changes_the_list(&e))
		d->list_again = TRUE;
	docker_settle(d);
	if (concerns_followers(&e))
		docker_tell(d, e.id, e.name ? e.name : c ? c->name : "", e.action);
	docker_event_clear(&e);
}

static gboolean
on_settle(gpointer user)
{
	struct docker *d = user;

	d->settle_timer = 0;
	if (d->list_again && !d->listing)
		docker_list(d);
	docker_pump_details(d);
	docker_stats_run(d);
	return G_SOURCE_REMOVE;
}

void
docker_settle(struct docker *d)
{
	if (!d->settle_timer && d->phase == DOCKER_LIVE)
		d->settle_timer = g_timeout_add(SETTLE_MS, on_settle, d);
}

/* --- the stream --- */

static gboolean
on_data(void *user, const char *bytes, gsize len)
{
	struct docker *d = user;
	guint64 lost = d->assembler.lost;

	d->answered_us = g_get_monotonic_time();
	docker_assembler_feed(&d->assembler, bytes, len, on_line, d);
	if (d->assembler.lost != lost) {
		d->list_again = TRUE;
		docker_settle(d);
	}
	return TRUE;
}

static void
on_headers(void *user, long status)
{
	if (status == 200)
		docker_went_live(user);
}

static void
on_done(void *user, const struct http_reply *r)
{
	struct docker *d = user;
	g_autofree char *problem = docker_problem(r);

	d->events = NULL;
	docker_disconnect(d, problem ? problem : "the Docker daemon ended the stream of events", TRUE);
}

void
docker_events_open(struct docker *d)
{
	static const struct http_events events = { .data = on_data, .headers = on_headers, .done = on_done };
	g_autofree char *url = g_strconcat(d->base, "/events?filters=" FILTERS, NULL);
	const struct http_settings settings = { .url = url, .unix_socket = d->socket, .max_body = LINE_MAX_BYTES };

	d->events = http_send(d->http, &settings, &events, d);
}
