/* Follows a container by its name: inspect, then its log until that ends, and so on. Three things make it look again: the daemon says
 * that a container of that name or id started, the log ended or broke, and a slow clock while it waits. */
#include <string.h>

#include "backends/container_inspect.h"
#include "backends/docker_log.h"
#include "backends/follow_kind.h"
#include "model/sanitize.h"

#define INSPECT_MS 30000
#define NEGOTIATE_MS 200     /* looks again for the negotiated API */
#define LOOK_MS 10000        /* while there is nothing to follow: an event may have been missed */
#define RETRY_MIN_MS 100
#define RETRY_MAX_MS 10000
#define SWITCH_MS 2000       /* another container took the name over: the old one's log should have ended by then */
#define QUIET_US 3000000     /* a log that gave nothing for so long was empty when we came */

enum attachment {
	ATTACH_NONE,
	ATTACH_RUNNING, /* the container ran when we looked */
	ATTACH_ENDED,   /* it did not: when this log ends all is read */
	ATTACH_OLD,     /* the rest of one that another has replaced; not followed */
};

struct follow_container {
	struct follow base;
	guint listener;
	char *base_url, *socket;      /* as docker.c had them last: a log is resumed at once, not after docker.c's own pause */
	guint timer;                  /* the next look */
	guint switch_timer;
	guint retry_ms;
	struct http_request *request; /* inspect or log, one at a time */
	gboolean refused;             /* the log's bytes were refused in this pass */
	enum attachment attachment;
	gboolean look_again;          /* asked for while a request was under way */
	struct docker_log *log;
	char *id;                     /* followed; NULL before the first */
	gboolean tty;
	char *started;                /* the run that is attached */
	char *drained;                /* the run that was read to its end */
	gboolean old_drained;         /* the followed one is gone, and nothing more is to be had of it */
	gboolean broken;              /* its log was cut off, so that more may have come behind */
	gint64 begun_us;              /* the newest line's time when the connection began */
	gboolean all;                 /* the whole log is wanted, not the last lines */
	gint64 attached_us;           /* monotonic; 0 until the daemon answered */
};

static struct follow_container *
self(struct follow *f)
{
	return (struct follow_container *)f;
}

static void look(struct follow_container *c);

static gboolean
on_timer(gpointer data)
{
	struct follow_container *c = data;

	c->timer = 0;
	look(c);
	return G_SOURCE_REMOVE;
}

static void
look_in(struct follow_container *c, guint ms)
{
	follow_after(&c->timer, ms, on_timer, c);
}

static void
wait_for_it(struct follow_container *c, char *why)
{
	follow_set(&c->base, FOLLOW_WAITING, why);
	look_in(c, c->look_again ? 0 : LOOK_MS);
}

/* With a delay that grows until a line comes. */
static void
look_soon(struct follow_container *c)
{
	look_in(c, c->retry_ms);
	c->retry_ms = MIN(c->retry_ms * 2, RETRY_MAX_MS);
}

static void
retry(struct follow_container *c, char *why)
{
	follow_set(&c->base, FOLLOW_WAITING, why);
	look_soon(c);
}

/* FALSE while the daemon was never reached. */
static gboolean
know_daemon(struct follow_container *c)
{
	const char *base_url = docker_base_url(c->base.docker);

	if (base_url) {
		g_free(c->base_url);
		g_free(c->socket);
		c->base_url = g_strdup(base_url);
		c->socket = g_strdup(docker_socket(c->base.docker));
	}
	return c->base_url != NULL;
}

/* --- lines --- */

static void
on_line(void *user, enum docker_stream stream, gint64 time_us, const char *text, gsize len)
{
	struct follow_container *c = user;
	g_autofree char *words = NULL;

	if (stream == DOCKER_SYSTEM) {
		words = sanitize_text(text, (gssize)len);
		follow_note(&c->base, time_us, "the Docker daemon says: %s", g_strchomp(words));
		return;
	}
	follow_line(&c->base, stream == DOCKER_STDERR ? LINE_STDERR : 0, LEVEL_NONE, time_us, text, len);
}

static void
on_gap(void *user, gint64 time_us)
{
	struct follow_container *c = user;

	follow_note(&c->base, time_us, "gap: Docker rotated away what %s logged from here on while it was not followed; lines may be missing",
	            c->base.safe_name);
}

static void
on_cut(void *user, gint64 time_us, guint64 bytes)
{
	struct follow_container *c = user;

	follow_note(&c->base, time_us, "%" G_GUINT64_FORMAT " bytes at the end of the next line were not kept: it is longer than 1 MiB", bytes);
}

/* --- the log --- */

static void
set_drained(struct follow_container *c)
{
	docker_log_end(c->log, TRUE);
	c->broken = FALSE;
	if (c->attachment == ATTACH_OLD) {
		c->old_drained = TRUE;
		return;
	}
	g_free(c->drained);
	c->drained = g_strdup(c->started);
}

static void
on_log_refused(struct follow_container *c, const struct http_reply *r)
{
	g_autofree char *words = container_reply_words(r);

	docker_log_end(c->log, r->status == 404);
	if (r->status == 404) {
		if (c->attachment == ATTACH_OLD && c->broken)
			follow_note(&c->base, docker_log_newest_us(c->log), "gap: %s was removed while it was not followed; the last lines of %.12s "
			            "may be missing from here on", c->base.safe_name, c->id);
		c->old_drained = TRUE;
		look_soon(c);
	} else if (strstr(words, "does not support reading")) {
		follow_set(&c->base, FOLLOW_FAILED, g_strdup_printf("%s: %s", c->base.safe_name, words));
	} else {
		retry(c, g_strdup_printf("the log of %s is not given: %s", c->base.safe_name, words));
	}
}

static void
on_log_done(void *user, const struct http_reply *r)
{
	struct follow_container *c = user;
	enum attachment was = c->attachment;

	c->request = NULL;
	c->refused = FALSE;
	follow_cancel(&c->switch_timer);
	if (c->attached_us && !docker_log_newest_us(c->log) && g_get_monotonic_time() - c->attached_us > QUIET_US)
		c->all = TRUE;
	if (docker_log_newest_us(c->log) != c->begun_us)
		c->retry_ms = RETRY_MIN_MS;
	if (r->status >= 300) {
		on_log_refused(c, r);
	} else if (r->status == 0 || r->problem) {
		docker_log_end(c->log, FALSE);
		c->broken = TRUE;
		retry(c, g_strdup_printf("the log of %s broke off: %s", c->base.safe_name, r->problem ? r->problem : "no answer"));
	} else if (was == ATTACH_RUNNING) {
		docker_log_end(c->log, FALSE);
		c->broken = FALSE;
		look_soon(c);
	} else {
		set_drained(c);
		look_in(c, 0);
	}
	c->attachment = ATTACH_NONE;
}

static void
on_log_headers(void *user, long status)
{
	struct follow_container *c = user;

	if (status < 200 || status >= 300)
		return;
	c->attached_us = g_get_monotonic_time();
	if (c->attachment == ATTACH_RUNNING)
		follow_set(&c->base, FOLLOW_LIVE, NULL);
}

static gboolean
on_log_data(void *user, const char *bytes, gsize len)
{
	struct follow_container *c = user;

	if (!follow_may_take(&c->base)) {
		c->refused = TRUE;
		return FALSE;
	}
	if (!docker_log_feed(c->log, bytes, len) && !c->timer) {
		follow_set(&c->base, FOLLOW_WAITING, g_strdup_printf("the log of %s cannot be read: %s", c->base.safe_name,
		                                                     docker_log_problem(c->log)));
		look_in(c, RETRY_MAX_MS); /* the look drops the connection; nothing more is taken from it */
	}
	return TRUE;
}

static void
attach(struct follow_container *c, enum attachment how)
{
	static const struct http_events events = { .data = on_log_data, .headers = on_log_headers, .done = on_log_done };
	g_autofree char *since = docker_log_since(c->log);
	gboolean tail = !since && !c->all;
	g_autofree char *tail_words = tail ? g_strdup_printf("%u", c->base.backlog) : g_strdup("all");
	g_autofree char *url = g_strdup_printf("%s/containers/%s/logs?follow=%d&stdout=1&stderr=1&timestamps=1&tail=%s&since=%s",
	                                       c->base_url, c->id, how != ATTACH_OLD, tail_words, since ? since : "0");
	const struct http_settings settings = { .url = url, .unix_socket = c->socket };

	c->attachment = how;
	c->attached_us = 0;
	c->begun_us = docker_log_newest_us(c->log);
	docker_log_begin(c->log, c->tty, tail);
	c->request = http_send(docker_http(c->base.docker), &settings, &events, c);
}

/* --- inspect --- */

static void
adopt(struct follow_container *c, const struct container_inspect *i)
{
	if (c->id) {
		docker_log_reset(c->log);
		c->all = TRUE;
		follow_note(&c->base, i->created_us, "container recreated: %s is now %.12s, before it was %.12s", c->base.safe_name, i->id, c->id);
	}
	g_free(c->id);
	c->id = g_strdup(i->id);
	c->tty = i->tty;
	c->old_drained = FALSE;
	c->broken = FALSE;
	g_clear_pointer(&c->drained, g_free);
}

/* Decides what to read next. */
static void
on_inspected(struct follow_container *c, const struct container_inspect *i)
{
	gboolean other = c->id && strcmp(c->id, i->id) != 0;
	gboolean all_read = c->old_drained || (c->drained && g_strcmp0(c->drained, c->started) == 0);

	if (other && !all_read) {
		attach(c, ATTACH_OLD);
		return;
	}
	if (!c->id || other)
		adopt(c, i);
	if (!i->running && g_strcmp0(c->drained, i->started) == 0) {
		wait_for_it(c, g_strdup_printf("%s does not run (%s); followed on when it starts", c->base.safe_name, i->status));
		return;
	}
	g_free(c->started);
	c->started = g_strdup(i->started);
	attach(c, i->running ? ATTACH_RUNNING : ATTACH_ENDED);
}

static void
on_inspect_done(void *user, const struct http_reply *r)
{
	struct follow_container *c = user;
	struct container_inspect i = { 0 };
	g_autofree char *words = NULL;

	c->request = NULL;
	if (r->status == 404) {
		wait_for_it(c, g_strdup_printf("there is no container %s on %s; followed when it comes", c->base.safe_name, c->base.host->name));
	} else if (r->status == 0) {
		retry(c, g_strdup_printf("Docker on %s does not answer: %s", c->base.host->name, r->problem ? r->problem : "no reason given"));
	} else if (r->status != 200 || r->problem || !container_inspect_parse(r->body, r->body_length, &i)) {
		words = r->problem ? g_strdup(r->problem) : container_reply_words(r);
		retry(c, g_strdup_printf("Docker on %s does not describe %s: %s", c->base.host->name, c->base.safe_name, words));
	} else {
		on_inspected(c, &i);
	}
	container_inspect_clear(&i);
}

/* Docker itself is away, or not negotiated yet. */
static void
wait_for_docker(struct follow_container *c)
{
	const struct datum *d = &c->base.host->docker.datum;

	if (d->state == DATUM_NO_DATA)
		follow_set(&c->base, FOLLOW_FAILED, g_strdup_printf("no Docker on %s: %s", c->base.host->name, d->error ? d->error : "not found"));
	else if (d->error)
		follow_set(&c->base, FOLLOW_WAITING, g_strdup_printf("Docker on %s: %s", c->base.host->name, d->error));
	look_in(c, d->state == DATUM_NO_DATA ? LOOK_MS : NEGOTIATE_MS);
}

static void
drop_request(struct follow_container *c)
{
	if (!c->request)
		return;
	http_cancel(c->request);
	c->request = NULL;
	c->broken |= c->attachment != ATTACH_NONE;
	c->refused = FALSE;
	c->attachment = ATTACH_NONE;
	docker_log_end(c->log, FALSE);
}

static void
look(struct follow_container *c)
{
	static const struct http_events events = { .done = on_inspect_done };
	g_autofree char *name = g_uri_escape_string(c->base.name, NULL, FALSE);
	g_autofree char *url = NULL;
	struct http_settings settings = { .timeout_ms = INSPECT_MS };

	follow_cancel(&c->timer);
	follow_cancel(&c->switch_timer);
	drop_request(c);
	c->look_again = FALSE;
	if (!link_is_up(c->base.link))
		return;
	if (!know_daemon(c)) {
		wait_for_docker(c);
		return;
	}
	url = g_strdup_printf("%s/containers/%s/json", c->base_url, name);
	settings.url = url;
	settings.unix_socket = c->socket;
	c->request = http_send(docker_http(c->base.docker), &settings, &events, c);
}

/* --- what comes from outside --- */

static gboolean
on_switch(gpointer data)
{
	struct follow_container *c = data;

	c->switch_timer = 0;
	look(c);
	return G_SOURCE_REMOVE;
}

/* A start. When a log is being read, its end leads on; another container of that name may have come while the old one still runs. */
static void
on_event(void *user, const char *id, const char *name, const char *action)
{
	struct follow_container *c = user;
	gboolean same = c->id && strcmp(id, c->id) == 0;

	if (!same && g_strcmp0(name, c->base.name) != 0)
		return;
	if (!g_str_has_prefix(action, "start") && strcmp(action, "restart") != 0 && strcmp(action, "rename") != 0)
		return;
	if (!c->request)
		look_in(c, 0);
	else if (c->attachment == ATTACH_NONE)
		c->look_again = TRUE;
	else if (!same && !c->switch_timer)
		follow_after(&c->switch_timer, SWITCH_MS, on_switch, c);
}

static void
container_start(struct follow *f)
{
	struct follow_container *c = self(f);
	static const struct docker_log_events events = { on_line, on_gap, on_cut };

	c->log = docker_log_new(&events, c);
	c->all = f->from_start;
	c->retry_ms = RETRY_MIN_MS;
	if (f->docker)
		c->listener = docker_listen(f->docker, on_event, c);
	else
		follow_set(f, FOLLOW_FAILED, g_strdup_printf("no Docker on %s", f->host->name));
}

static void
container_link_up(struct follow *f)
{
	struct follow_container *c = self(f);

	if (!f->docker || c->request || c->timer)
		return;
	c->retry_ms = RETRY_MIN_MS;
	look_in(c, 0);
}

static void
container_link_down(struct follow *f)
{
	struct follow_container *c = self(f);

	follow_cancel(&c->timer);
	follow_cancel(&c->switch_timer);
	drop_request(c);
	if (f->docker)
		follow_set_down(f);
}

static void
container_resume(struct follow *f)
{
	struct follow_container *c = self(f);

	if (!c->refused)
		return;
	c->refused = FALSE;
	http_resume(c->request);
}

static struct follow *
container_create(void)
{
	struct follow_container *c = g_new0(struct follow_container, 1);

	return &c->base;
}

static void
container_destroy(struct follow *f)
{
	struct follow_container *c = self(f);

	follow_cancel(&c->timer);
	follow_cancel(&c->switch_timer);
	drop_request(c);
	if (c->listener)
		docker_unlisten(f->docker, c->listener);
	docker_log_free(c->log);
	g_free(c->base_url);
	g_free(c->socket);
	g_free(c->id);
	g_free(c->started);
	g_free(c->drained);
	g_free(c);
}

const struct follow_class follow_container_class = {
	.word = "container",
	.create = container_create,
	.start = container_start,
	.link_up = container_link_up,
	.link_down = container_link_down,
	.resume = container_resume,
	.destroy = container_destroy,
};
