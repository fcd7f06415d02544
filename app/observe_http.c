/* Checks of kind http; and when no answer comes, whether that is their fault or ours. */
#include "app/observe_private.h"

#include <errno.h>

#include "backends/own_network.h"
#include "model/check_http.h"

#define TIMEOUT_MS 5000
#define BODY_MAX ((gsize)1 << 20)

struct look {
	struct observation *o;
	struct http_request *request;  /* the check's, then the canary's */
	char *problem;                 /* why no answer came */
};

static void
look_drop(void *kind)
{
	struct look *l = kind;

	http_cancel(l->request);
	g_free(l->problem);
	g_free(l);
}

/* --- the answer --- */

static void
judge(struct observation *o, const struct http_reply *r)
{
	const struct check *c = o->check;
	g_autofree char *version = observe_fill(o, c->http_version), *body = observe_fill(o, c->body);
	g_autoptr(GPtrArray) equals = g_ptr_array_new_with_free_func(g_free);
	const struct check_answer answer = {
		.status = r->status, .http_version = r->http_version, .content_type = r->content_type, .body = r->body, .body_length = r->body_length,
		.broken = r->problem,
	};
	struct check_wanted wanted = { .status = c->status, .http_version = version, .body = body, .members = c->members };

	for (guint i = 0; i < c->members->len; i++)
		g_ptr_array_add(equals, observe_fill(o, ((const struct check_member *)c->members->pdata[i])->equals));
	wanted.equals = (const char *const *)equals->pdata;
	check_http_judge(&wanted, &answer, &o->result);
	observe_end(o);
}

/* --- no answer --- */

static const char *
canary_url(const struct observation *o)
{
	const struct config *c = o->context->config;

	if (c->product && c->product->canary)
		return c->product->canary;
	return c->fleet ? c->fleet->canary : NULL;
}

static void
on_canary(void *user, const struct http_reply *r)
{
	struct look *l = user;

	l->request = NULL;
	if (r->status)
		observe_end_with(l->o, VERDICT_FAIL, "%s (our own network works: the canary answers)", l->problem);
	else
		observe_end_unknown(l->o, "our own network: the canary does not answer either (%s); %s", r->problem, l->problem);
}

/* Asked now: what was known of it may be older than the failure. */
static void
ask_canary(struct look *l, const char *url)
{
	static const struct http_events events = { .done = on_canary };
	const struct http_settings s = {
		.url = url, .timeout_ms = TIMEOUT_MS, .connect_timeout_ms = TIMEOUT_MS, .max_body = BODY_MAX, .once = TRUE,
	};

	l->request = http_send(l->o->context->http, &s, &events, l);
}

/* A refusal is an answer of somebody's. */
static gboolean
has_no_network(const struct look *l, const struct http_reply *r)
{
	g_autofree char *url = observe_fill(l->o, l->o->check->url);

	if (own_network_leads_here(url) || r->os_error == ECONNREFUSED)
		return FALSE;
	return r->os_error == ENETUNREACH || r->os_error == ENETDOWN || !own_network_is_up();
}

static void
no_answer(struct look *l, const struct http_reply *r)
{
	struct observation *o = l->o;
	const char *canary = canary_url(o);

	l->problem = g_strdup(r->problem ? r->problem : "no answer");
	if (r->unmade)
		observe_end_unknown(o, "not asked: %s", l->problem);
	else if (has_no_network(l, r))
		observe_end_unknown(o, "this machine has no network; %s", l->problem);
	else if (canary)
		ask_canary(l, canary);
	else
		observe_end_with(o, VERDICT_FAIL, "%s (no canary is configured that would tell whether it is our own network)", l->problem);
}

static void
on_answer(void *user, const struct http_reply *r)
{
	struct look *l = user;

	l->request = NULL;
	if (r->status)
		judge(l->o, r);
	else
		no_answer(l, r);
}

void
observe_http(struct observation *o)
{
	static const struct http_events events = { .done = on_answer };
	const struct config_product *p = o->context->config->product;
	g_autofree char *url = observe_fill(o, o->check->url);
	struct look *l = g_new0(struct look, 1);
	/* On a connection of its own: what a new visitor would get. */
	const struct http_settings s = {
		.url = url, .ca = p ? p->ca : NULL, .timeout_ms = TIMEOUT_MS, .connect_timeout_ms = TIMEOUT_MS, .max_body = BODY_MAX, .once = TRUE,
	};

	l->o = o;
	o->kind = l;
	o->drop = look_drop;
	l->request = http_send(o->context->http, &s, &events, l);
}
