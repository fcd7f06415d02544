#include "backends/http_poll.h"

#include <string.h>

#include "model/sanitize.h"

#define WORDS_MAX 300 /* bytes of what a server says */
#define PAUSE_LEAST_MS 1000 /* after an answer that took as long as the interval */

struct http_poll {
	struct http *http;
	char *url, *unix_socket, **headers, *method, *body, *ca;
	guint interval_ms, timeout_ms;
	gsize max_body;
	struct bearer *bearer;
	http_poll_answered answered;
	void *user;
	struct http_request *request;
	gboolean busy, again;
	gint64 begun_us;
	guint timer;
};

struct http_poll *
http_poll_new(struct http *http, const struct http_poll_settings *s, http_poll_answered answered, void *user)
{
	struct http_poll *p = g_new0(struct http_poll, 1);

	p->http = http;
	p->url = g_strdup(s->url);
	p->unix_socket = g_strdup(s->unix_socket);
	p->headers = g_strdupv((char **)s->headers);
	p->method = g_strdup(s->method);
	p->body = g_strdup(s->body);
	p->ca = g_strdup(s->ca);
	p->interval_ms = s->interval_ms;
	p->timeout_ms = s->timeout_ms;
	p->max_body = s->max_body;
	p->bearer = bearer_new(s->token, BEARER_AGAIN_S);
	p->answered = answered;
	p->user = user;
	return p;
}

void
http_poll_free(struct http_poll *p)
{
	if (!p)
		return;
	http_cancel(p->request);
	g_clear_handle_id(&p->timer, g_source_remove);
	bearer_free(p->bearer);
	g_free(p->url);
	g_free(p->unix_socket);
	g_strfreev(p->headers);
	g_free(p->method);
	g_free(p->body);
	g_free(p->ca);
	g_free(p);
}

static void ask(struct http_poll *p);

static gboolean
on_timer(gpointer data)
{
	struct http_poll *p = data;

	p->timer = 0;
	ask(p);
	return G_SOURCE_REMOVE;
}

static void
finish(struct http_poll *p, const struct http_reply *r, const char *problem)
{
	gint64 passed_ms = (g_get_monotonic_time() - p->begun_us) / 1000, rest_ms = p->interval_ms - passed_ms;

	p->busy = FALSE;
	p->timer = g_timeout_add(p->again ? 0 : (guint)MAX(rest_ms, MIN(p->interval_ms, PAUSE_LEAST_MS)), on_timer, p);
	p->again = FALSE;
	p->answered(p->user, r, problem);
}

static void on_token(void *user, const char *problem);

static void
on_reply(void *user, const struct http_reply *r)
{
	struct http_poll *p = user;

	p->request = NULL;
	if ((r->status == 401 || r->status == 403) && bearer_refused(p->bearer))
		bearer_prepare(p->bearer, on_token, p); /* it may have been renewed: asked once more with what its source says now */
	else
		finish(p, r, NULL);
}

static void
send_request(struct http_poll *p)
{
	const struct http_events events = { .done = on_reply };
	char *header = bearer_header(p->bearer);
	g_autoptr(GPtrArray) headers = g_ptr_array_new();
	struct http_settings s = { .method = p->method, .url = p->url, .unix_socket = p->unix_socket, .ca = p->ca, .body = p->body,
		                       .body_length = p->body ? strlen(p->body) : 0, .timeout_ms = p->timeout_ms, .connect_timeout_ms = p->timeout_ms, .max_body = p->max_body };

	for (char **line = p->headers; line && *line; line++)
		g_ptr_array_add(headers, *line);
	if (header)
		g_ptr_array_add(headers, header);
	g_ptr_array_add(headers, NULL);
	s.headers = (const char *const *)headers->pdata;
	p->request = http_send(p->http, &s, &events, p);
	bearer_header_free(header);
}

static void
on_token(void *user, const char *problem)
{
	struct http_poll *p = user;

	if (problem)
		finish(p, NULL, problem);
	else
		send_request(p);
}

static void
ask(struct http_poll *p)
{
	p->busy = TRUE;
	p->begun_us = g_get_monotonic_time();
	bearer_prepare(p->bearer, on_token, p);
}

void
http_poll_ask(struct http_poll *p)
{
	bearer_retry(p->bearer);
	if (p->busy) {
		p->again = TRUE;
		return;
	}
	g_clear_handle_id(&p->timer, g_source_remove);
	ask(p);
}

gboolean
http_poll_has_token(const struct http_poll *p)
{
	return p->bearer != NULL;
}

char *
http_poll_words(const struct http_poll *p, const char *words)
{
	g_autofree char *plain = bearer_redact(p->bearer, words);

	return sanitize_text(plain, (gssize)strnlen(plain, WORDS_MAX));
}
