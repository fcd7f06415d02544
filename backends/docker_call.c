#include "backends/docker_private.h"

#include <string.h>

#define TEXT_MAX ((gsize)4 << 20)
#define RESTART_MARGIN_S 60 /* the call ends when the container has started again */

struct docker_call {
	struct docker *docker;
	GList link;
	guint idle;
	struct http_request *request;
	char *id;
	docker_answer answer;
	docker_text_done text; /* instead of `answer` */
	docker_act_done act;   /* likewise: it changes something */
	void *user;
};

static struct docker_call *
call_new(struct docker *d, GQueue *queue, const char *id)
{
	struct docker_call *c = g_new0(struct docker_call, 1);

	c->docker = d;
	c->id = g_strdup(id);
	c->link.data = c;
	g_queue_push_tail_link(queue, &c->link);
	return c;
}

static void
call_free(struct docker_call *c)
{
	if (c->idle)
		g_source_remove(c->idle);
	http_cancel(c->request);
	g_free(c->id);
	g_free(c);
}

char *
docker_problem(const struct http_reply *r)
{
	g_autofree char *words = NULL;

	if (r->problem)
		return g_strdup(r->problem);
	if (r->status >= 200 && r->status < 300)
		return NULL;
	words = docker_parse_message(r->body, r->body_length);
	return words ? g_strdup_printf("the Docker daemon says: %s", words) : g_strdup_printf("the Docker daemon answered with HTTP status %ld", r->status);
}

static void
tell_text(const struct docker_call *c, const struct http_reply *r)
{
	g_autofree char *problem = docker_problem(r);
	g_autofree char *text = problem ? NULL : docker_parse_pretty(r->body, r->body_length);

	c->text(c->user, text, text ? NULL : problem ? problem : "the daemon's answer is not valid JSON");
}

static void
tell_act(const struct docker_call *c, const struct http_reply *r)
{
	g_autofree char *problem = docker_problem(r);
	g_autofree char *words = problem ? g_strdup(problem) : g_strdup_printf("HTTP %ld", r->status);

	c->act(c->user, http_outcome(r), words);
}

static void
on_done(void *user, const struct http_reply *r)
{
	struct docker_call *c = user;

	g_queue_unlink(&c->docker->calls, &c->link);
	c->request = NULL;
	if (c->answer)
		c->answer(c->docker, c->id, r);
	else if (c->act)
		tell_act(c, r);
	else
		tell_text(c, r);
	call_free(c);
}

static const struct http_events events = { .done = on_done };

static struct docker_call *
send_get(struct docker *d, const char *url, const char *id, gsize max_body)
{
	const struct http_settings settings = {
		.url = url, .unix_socket = d->socket, .timeout_ms = DOCKER_TIMEOUT_MS, .max_body = max_body,
	};
	struct docker_call *c = call_new(d, &d->calls, id);

	c->request = http_send(d->http, &settings, &events, c);
	return c;
}

void
docker_get(struct docker *d, const char *path, const char *id, gsize max_body, docker_answer done)
{
	g_autofree char *url = g_strconcat(d->base, path, NULL);

	send_get(d, url, id, max_body)->answer = done;
}

void
docker_get_bare(struct docker *d, const char *path, docker_answer done)
{
	g_autofree char *url = g_strconcat(d->root, path, NULL);

	send_get(d, url, NULL, TEXT_MAX)->answer = done;
}

static gboolean
on_refuse(gpointer user)
{
	static const char words[] = "Docker on this host is not connected now";
	struct docker_call *c = user;

	c->idle = 0;
	g_queue_unlink(&c->docker->refused, &c->link);
	if (c->act)
		c->act(c->user, OUTCOME_FAILED, words);
	else
		c->text(c->user, NULL, words);
	call_free(c);
	return G_SOURCE_REMOVE;
}

void
docker_get_text(struct docker *d, const char *id, docker_text_done done, void *user)
{
	g_autofree char *url = NULL;
	struct docker_call *c;

	if (d->base && docker_parse_is_id(id)) {
		url = g_strdup_printf("%s/containers/%s/json", d->base, id);
		c = send_get(d, url, id, TEXT_MAX);
	} else {
		c = call_new(d, &d->refused, id);
		c->idle = g_idle_add(on_refuse, c);
	}
	c->text = done;
	c->user = user;
}

char *
docker_restart_text(const struct docker *d, const char *id, guint stop_timeout_s)
{
	const char *version = d->host->docker.api_version; /* also while the daemon does not answer: it is asked by the same one again */

	return g_strdup_printf("POST %s%s/containers/%s/restart?t=%u", version ? "/v" : "", version ? version : "", id, stop_timeout_s);
}

void
docker_restart(struct docker *d, const char *id, guint stop_timeout_s, docker_act_done done, void *user)
{
	struct docker_call *c;

	if (d->base && docker_parse_is_id(id)) {
		g_autofree char *url = g_strdup_printf("%s/containers/%s/restart?t=%u", d->base, id, stop_timeout_s);
		const struct http_settings settings = {
			.method = "POST", .url = url, .unix_socket = d->socket, .timeout_ms = (stop_timeout_s + RESTART_MARGIN_S) * 1000, .once = TRUE,
		};
		c = call_new(d, &d->calls, id);
		c->request = http_send(d->http, &settings, &events, c);
	} else {
		c = call_new(d, &d->refused, id);
		c->idle = g_idle_add(on_refuse, c);
	}
	c->act = done;
	c->user = user;
}

void
docker_drop_calls(struct docker *d, const char *problem)
{
	GQueue asked = G_QUEUE_INIT;
	GList *l;

	while ((l = g_queue_pop_head_link(&d->calls))) {
		struct docker_call *c = l->data;
		if ((c->text || c->act) && problem)
			g_queue_push_tail_link(&asked, l);
		else
			call_free(c);
	}
	while (!problem && (l = g_queue_pop_head_link(&d->refused)))
		call_free(l->data);
	while ((l = g_queue_pop_head_link(&asked))) {
		struct docker_call *c = l->data;
		if (c->act)
			c->act(c->user, OUTCOME_UNKNOWN, problem);
		else
			c->text(c->user, NULL, problem);
		call_free(c);
	}
}
