/* A configured HTTP request, sent as the host itself would send it: through a tunnel to the address that the host sees. */
#include <string.h>

#include "app/work.h"
#include "model/sanitize.h"

#define SHOWN_BODY_MAX 16384

struct http_work {
	struct work base;
	char *method, *url, *body;
	char **headers;
	guint timeout_s;
	struct link_tunnel *tunnel;
	struct http_request *request;
};

static void
on_done(void *user, const struct http_reply *r)
{
	struct http_work *h = user;
	const char *refused = r->status == 0 && h->tunnel ? link_tunnel_problem(h->tunnel) : NULL; /* says more than that its end here closed */
	g_autofree char *words = refused ? g_strdup(refused) : r->problem ? g_strdup(r->problem) : g_strdup_printf("HTTP %ld", r->status);

	h->request = NULL;
	work_output(&h->base, r->body, MIN(r->body_length, SHOWN_BODY_MAX));
	work_done(&h->base, http_outcome(r), words);
}

static void
start(struct work *w)
{
	static const struct http_events events = { .done = on_done };
	struct http_work *h = (struct http_work *)w;
	g_autofree char *host = NULL;
	struct link_target target = { 0 };
	g_autoptr(GError) error = NULL;

	if (!http_url_peer(h->url, &host, &target.port)) {
		work_done(w, OUTCOME_FAILED, "not sent: the URL names no host");
		return;
	}
	target.host = host;
	h->tunnel = link_tunnel_open(w->machine->link, &target, &error);
	if (!h->tunnel) {
		work_done(w, OUTCOME_FAILED, error->message);
		return;
	}
	g_autofree char *name = link_tunnel_target(h->tunnel);
	http_name(w->machine->http, link_tunnel_socket(h->tunnel), name);
	h->request = http_send(w->machine->http, &(struct http_settings){
		.method = h->method, .url = h->url, .unix_socket = link_tunnel_socket(h->tunnel), .headers = (const char *const *)h->headers,
		.body = h->body, .body_length = h->body ? strlen(h->body) : 0, .timeout_ms = h->timeout_s * 1000, .once = TRUE,
	}, &events, h);
}

static void
free_http(struct work *w)
{
	struct http_work *h = (struct http_work *)w;

	http_cancel(h->request);
	if (h->tunnel)
		link_tunnel_close(h->tunnel);
	work_clear(w);
	g_free(h->method);
	g_free(h->url);
	g_free(h->body);
	g_strfreev(h->headers);
	g_free(h);
}

struct work *
work_http_new(struct machine *m, const char *action, const char *title, const char *target, const struct work_http *s)
{
	static const struct work_class class = { .start = start, .free = free_http };
	struct http_work *h = g_new0(struct http_work, 1);

	h->base.class = &class;
	h->base.machine = m;
	h->method = g_strdup(s->method);
	h->url = g_strdup(s->url);
	h->body = g_strdup(s->body);
	h->headers = g_strdupv((char **)s->headers);
	h->timeout_s = s->timeout_s;
	h->base.operation = operation_new(action, title, m->host->name, target, s->shown);
	return &h->base;
}
