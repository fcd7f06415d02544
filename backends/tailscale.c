#include "backends/tailscale.h"

#include <errno.h>

#include "backends/http_answer.h"
#include "backends/http_poll.h"

#define SOCKET "/var/run/tailscale/tailscaled.sock"
/* Its name is what tailscaled wants to see as Host; with a Referer or an Origin it answers 403, since a web page could have sent them. */
#define URL "http://local-tailscaled.sock/localapi/v0/status"
#define INTERVAL_MS 10000
#define TIMEOUT_MS 5000
#define BODY_MAX ((gsize)16 << 20) /* a peer takes 1 to 2 KiB */

struct tailscale {
	struct http_poll *poll;
	char **tags;
	guint alone;          /* answers in a row that it was without its control plane */
	struct tailscale_events events;
	void *user;
};

static char *
problem_of(const struct http_reply *r)
{
	if (r->os_error == ENOENT || r->os_error == ECONNREFUSED)
		return g_strdup_printf("tailscaled does not run on this machine: %s", r->problem);
	if (r->status == 403)
		return g_strdup("tailscaled refuses to tell its status (HTTP status 403): this user may not ask it");
	return http_answer_problem(r, "tailscaled", FALSE);
}

static void
judge_control(struct tailscale *t, struct tailscale_status *s)
{
	t->alone = s->connected ? 0 : t->alone + 1;
	if (t->alone >= TAILSCALE_BLINKS && !s->problem)
		s->problem = g_strdup("Tailscale has lost its control plane: who is online is not known any more, and `tailscale netcheck` shows whether the network is there");
}

static void
on_answer(void *user, const struct http_reply *r, const char *problem)
{
	struct tailscale *t = user;
	g_autofree char *why = problem_of(r);
	g_autoptr(GError) error = NULL;
	struct tailscale_status *s = why ? NULL : tailscale_parse_status(r->body, r->body_length, (const char *const *)t->tags, &error);

	if (s) {
		judge_control(t, s);
		t->events.status(t->user, s);
	} else {
		t->events.failed(t->user, why ? why : error->message);
	}
	tailscale_status_free(s);
}

struct tailscale *
tailscale_new(struct http *http, const struct tailscale_settings *s, const struct tailscale_events *e, void *user)
{
	struct tailscale *t = g_new0(struct tailscale, 1);

	t->tags = g_strdupv((char **)s->tags);
	t->events = *e;
	t->user = user;
	t->poll = http_poll_new(http, &(struct http_poll_settings){
		.url = URL, .unix_socket = s->socket ? s->socket : SOCKET, .interval_ms = s->interval_ms ? s->interval_ms : INTERVAL_MS,
		.timeout_ms = s->timeout_ms ? s->timeout_ms : TIMEOUT_MS, .max_body = BODY_MAX }, on_answer, t);
	return t;
}

void
tailscale_free(struct tailscale *t)
{
	if (!t)
		return;
	http_poll_free(t->poll);
	g_strfreev(t->tags);
	g_free(t);
}

void
tailscale_ask(struct tailscale *t)
{
	http_poll_ask(t->poll);
}
