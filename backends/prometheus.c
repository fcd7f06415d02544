#include "backends/prometheus.h"

#include <string.h>

#include "backends/http_answer.h"
#include "backends/http_poll.h"
#include "backends/prometheus_parse.h"

#define WHO "Prometheus"
#define INTERVAL_MS 15000
#define TIMEOUT_MS 10000
#define BODY_MAX ((gsize)8 << 20)

struct prometheus {
	struct http_poll *poll;
	char *label;
	struct fleet_list_doubt doubt;
	struct fleet_list_events events;
	void *user;
};

/* 400, 422 and 503 come with its own words; NULL: the answer is good. */
static char *
problem_of(struct prometheus *p, const struct http_reply *r)
{
	g_autofree char *raw = r->status >= 400 ? prometheus_parse_error(r->body, r->body_length) : NULL;
	g_autofree char *words = raw ? http_poll_words(p->poll, raw) : NULL;

	if (words && r->status != 401 && r->status != 403)
		return g_strdup_printf("Prometheus refuses the query (HTTP status %ld): %s", r->status, words);
	return http_answer_problem(r, WHO, http_poll_has_token(p->poll));
}

static void
take(struct prometheus *p, const struct http_reply *r)
{
	g_autoptr(GError) error = NULL;
	struct fleet_list *l = prometheus_parse(r->body, r->body_length, p->label, &error);

	if (l)
		fleet_list_hand_on(&p->doubt, l, WHO, &p->events, p->user);
	else
		p->events.failed(p->user, error->message);
	fleet_list_free(l);
}

static void
on_answer(void *user, const struct http_reply *r, const char *problem)
{
	struct prometheus *p = user;
	g_autofree char *why = r ? problem_of(p, r) : g_strdup_printf("the token of Prometheus: %s", problem);

	if (why)
		p->events.failed(p->user, why);
	else
		take(p, r);
}

struct prometheus *
prometheus_new(struct http *http, const struct prometheus_settings *s, const struct fleet_list_events *e, void *user)
{
	struct prometheus *p = g_new0(struct prometheus, 1);
	g_autofree char *base = http_url_base(s->url), *url = g_strconcat(base, "/api/v1/query", NULL);
	g_autofree char *query = g_uri_escape_string(s->query, NULL, FALSE), *body = g_strconcat("query=", query, NULL);

	p->label = g_strdup(s->label ? s->label : "instance");
	p->events = *e;
	p->user = user;
	p->poll = http_poll_new(http, &(struct http_poll_settings){
		.url = url, .body = body, .token = s->token, .interval_ms = s->interval_ms ? s->interval_ms : INTERVAL_MS,
		.timeout_ms = s->timeout_ms ? s->timeout_ms : TIMEOUT_MS, .max_body = BODY_MAX }, on_answer, p);
	return p;
}

void
prometheus_free(struct prometheus *p)
{
	if (!p)
		return;
	http_poll_free(p->poll);
	g_free(p->label);
	g_free(p);
}

void
prometheus_ask(struct prometheus *p)
{
	http_poll_ask(p->poll);
}
