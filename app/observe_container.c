/* Lines of a container, through the Docker Engine of its host: inspect, then the log of the span. */
#include <string.h>

#include "app/observe_private.h"
#include "backends/container_inspect.h"
#include "backends/docker_log.h"
#include "model/sanitize.h"

#define INSPECT_MS 10000
#define LOG_MS 120000
#define NEGOTIATE_MS 100       /* looks again for the API */
#define NEGOTIATE_US (15 * G_USEC_PER_SEC)
#define SLICE_US 4000

struct reading {
	struct observation *o;
	struct machine *machine;
	char *name, *safe_name;
	struct http_request *request;
	struct container_inspect inspect;
	struct docker_log *log;
	struct check_lines *lines;
	gint64 ahead_us;               /* the host's clock against ours */
	gint64 begun_us;               /* monotonic */
	gint64 slice_us;               /* used of the slice */
	guint source;                  /* looks for the API, or takes the log on */
	gboolean paused;
	char *daemon_says;             /* its own error within the log */
};

static void
reading_drop(void *kind)
{
	struct reading *r = kind;

	http_cancel(r->request);
	g_clear_handle_id(&r->source, g_source_remove);
	container_inspect_clear(&r->inspect);
	docker_log_free(r->log);
	check_lines_free(r->lines);
	g_free(r->daemon_says);
	g_free(r->safe_name);
	g_free(r->name);
	g_free(r);
}

/* --- the log --- */

static void
on_line(void *user, enum docker_stream stream, gint64 time_us, const char *text, gsize len)
{
	struct reading *r = user;

	if (stream == DOCKER_SYSTEM) {
		g_free(r->daemon_says);
		r->daemon_says = sanitize_text(text, (gssize)len);
		return;
	}
	observe_take(r->o, r->lines, time_us ? time_us - r->ahead_us : 0, text, len);
}

static void
on_nothing(void *user, gint64 time_us)
{
}

static void
on_cut(void *user, gint64 time_us, guint64 bytes)
{
}

static gboolean
on_next_slice(gpointer user)
{
	struct reading *r = user;

	r->source = 0;
	r->slice_us = 0;
	r->paused = FALSE;
	http_resume(r->request);
	return G_SOURCE_REMOVE;
}

/* What comes is taken in slices; between them the loop does other things. */
static gboolean
on_data(void *user, const char *bytes, gsize len)
{
	struct reading *r = user;
	gint64 begun = g_get_monotonic_time();

	if (r->paused)
		return FALSE;
	if (r->slice_us > SLICE_US) {
		r->paused = TRUE;
		r->source = g_idle_add_full(G_PRIORITY_DEFAULT, on_next_slice, r, NULL);
		return FALSE;
	}
	docker_log_feed(r->log, bytes, len);
	r->slice_us += g_get_monotonic_time() - begun;
	return TRUE;
}

/* A container that does not run is a failure, whatever its log lacks. */
static void
add_not_running(struct reading *r)
{
	g_autofree char *words = g_strdup_printf("%s does not run (%s)", r->safe_name, r->inspect.status ? r->inspect.status : "no state");

	if (!r->inspect.running)
		observe_add_before(&r->o->result, VERDICT_FAIL, words);
}

static void
finish(struct reading *r, const char *trouble)
{
	struct check_result *result = &r->o->result;

	docker_log_end(r->log, TRUE);
	check_lines_judge(r->lines, result);
	if (trouble && result->verdict != VERDICT_FAIL) {
		g_autofree char *words = g_strdup_printf("the log of %s was not read to its end: %s", r->safe_name, trouble);
		observe_add_before(result, VERDICT_UNKNOWN, words);
	}
	add_not_running(r);
	observe_end(r->o);
}

static void
on_log_done(void *user, const struct http_reply *reply)
{
	struct reading *r = user;
	g_autofree char *words = reply->status >= 300 ? container_reply_words(reply) : NULL;
	const char *broken = docker_log_problem(r->log);

	r->request = NULL;
	g_clear_handle_id(&r->source, g_source_remove);
	if (reply->status == 404)
		observe_end_with(r->o, VERDICT_FAIL, "%s was removed while its log was read", r->safe_name);
	else if (words)
		observe_end_unknown(r->o, "the log of %s is not given: %s", r->safe_name, words);
	else
		finish(r, reply->status == 0 || reply->problem ? reply->problem ? reply->problem : "no answer" : r->daemon_says ? r->daemon_says : broken);
}

static void
read_log(struct reading *r)
{
	static const struct http_events events = { .data = on_data, .done = on_log_done };
	static const struct docker_log_events log_events = { on_line, on_nothing, on_cut };
	struct docker *d = r->machine->docker;
	gint64 since = (check_lines_from_us(r->lines) + r->ahead_us) / G_USEC_PER_SEC;
	g_autofree char *url = g_strdup_printf("%s/containers/%s/logs?follow=0&stdout=1&stderr=1&timestamps=1&since=%" G_GINT64_FORMAT,
	                                       docker_base_url(d), r->inspect.id, since);
	const struct http_settings s = { .url = url, .unix_socket = docker_socket(d), .timeout_ms = LOG_MS };

	r->log = docker_log_new(&log_events, r);
	docker_log_begin(r->log, r->inspect.tty, FALSE);
	r->request = http_send(docker_http(d), &s, &events, r);
}

/* --- inspect --- */

static void
on_inspected(void *user, const struct http_reply *reply)
{
	struct reading *r = user;
	const char *host = r->machine->host->name;
	g_autofree char *words = NULL;

	r->request = NULL;
	if (reply->status == 404) {
		observe_end_with(r->o, VERDICT_FAIL, "there is no container %s on %s", r->safe_name, host);
	} else if (reply->status == 0) {
		observe_end_unknown(r->o, "Docker on %s does not answer: %s", host, reply->problem ? reply->problem : "no reason given");
	} else if (reply->status != 200 || reply->problem || !container_inspect_parse(reply->body, reply->body_length, &r->inspect)) {
		words = reply->problem ? g_strdup(reply->problem) : container_reply_words(reply);
		observe_end_unknown(r->o, "Docker on %s does not describe %s: %s", host, r->safe_name, words);
	} else if (docker_base_url(r->machine->docker)) {
		read_log(r);
	} else {
		observe_end_unknown(r->o, "the connection to Docker on %s was lost", host);
	}
}

static void
inspect(struct reading *r)
{
	static const struct http_events events = { .done = on_inspected };
	struct docker *d = r->machine->docker;
	g_autofree char *name = g_uri_escape_string(r->name, NULL, FALSE);
	g_autofree char *url = g_strdup_printf("%s/containers/%s/json", docker_base_url(d), name);
	const struct http_settings s = { .url = url, .unix_socket = docker_socket(d), .timeout_ms = INSPECT_MS };

	r->request = http_send(docker_http(d), &s, &events, r);
}

/* The link is up, but the daemon may not have been asked yet. */
static gboolean
on_look_for_api(gpointer user)
{
	struct reading *r = user;
	const struct datum *d = &r->machine->host->docker.datum;
	gboolean late = g_get_monotonic_time() - r->begun_us > NEGOTIATE_US;

	if (!docker_base_url(r->machine->docker) && d->state != DATUM_NO_DATA && !late)
		return G_SOURCE_CONTINUE;
	r->source = 0;
	if (docker_base_url(r->machine->docker))
		inspect(r);
	else
		observe_end_unknown(r->o, "no Docker on %s: %s", r->machine->host->name, d->error ? d->error : "it does not answer");
	return G_SOURCE_REMOVE;
}

void
observe_container(struct observation *o)
{
	g_autofree char *host = observe_fill(o, o->check->host), *name = observe_fill(o, o->check->container), *safe_host = sanitize_text(host, -1);
	struct machine *m = observe_machine(o->context, host);
	struct reading *r;

	if (!m || !m->docker) {
		observe_end_unknown(o, m ? "%s is a gateway: midwatch watches no containers there" : "%s is none of the configured hosts", safe_host);
		return;
	}
	if (!observe_needs_link(o, m))
		return;
	r = g_new0(struct reading, 1);
	r->o = o;
	r->machine = m;
	r->name = g_steal_pointer(&name);
	r->safe_name = sanitize_text(r->name, -1);
	r->begun_us = g_get_monotonic_time();
	r->ahead_us = observe_clock_ahead_us(m->host);
	o->kind = r;
	o->drop = reading_drop;
	r->lines = observe_lines(o, TRUE, g_get_real_time());
	if (r->lines)
		r->source = g_timeout_add(docker_base_url(m->docker) ? 0 : NEGOTIATE_MS, on_look_for_api, r);
}
