#include "backends/canary.h"

#include "backends/http_poll.h"

#define INTERVAL_MS 10000
#define TIMEOUT_MS 5000
#define BODY_MAX ((gsize)64 << 10) /* what is longer is an answer, too */

struct canary {
	struct http_poll *poll;
	canary_seen seen;
	void *user;
};

static void
on_answer(void *user, const struct http_reply *r, const char *problem)
{
	struct canary *c = user;

	if (r->status)
		c->seen(c->user, PRESENCE_ONLINE, NULL);
	else
		c->seen(c->user, PRESENCE_OFFLINE, r->problem);
}

struct canary *
canary_new(struct http *http, const struct canary_settings *s, canary_seen seen, void *user)
{
	struct canary *c = g_new0(struct canary, 1);

	c->seen = seen;
	c->user = user;
	c->poll = http_poll_new(http, &(struct http_poll_settings){
		.url = s->url, .interval_ms = s->interval_ms ? s->interval_ms : INTERVAL_MS,
		.timeout_ms = s->timeout_ms ? s->timeout_ms : TIMEOUT_MS, .max_body = BODY_MAX }, on_answer, c);
	return c;
}

void
canary_free(struct canary *c)
{
	if (!c)
		return;
	http_poll_free(c->poll);
	g_free(c);
}

void
canary_ask(struct canary *c)
{
	http_poll_ask(c->poll);
}
