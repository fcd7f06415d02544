#include "backends/http_private.h"

#include <string.h>

#define CONNECT_TIMEOUT_MS 10000
#define BODY_MAX ((gsize)64 << 20)

/* --- lanes --- */

static void
lane_free(gpointer data)
{
	struct lane *lane = data;

	g_queue_clear(&lane->waiting);
	g_free(lane->peer);
	g_free(lane->name);
	g_free(lane);
}

static struct lane *
lane_get(struct http *h, char *peer /* owned */)
{
	struct lane *lane = g_hash_table_lookup(h->lanes, peer);

	if (lane) {
		g_free(peer);
		return lane;
	}
	lane = g_new0(struct lane, 1);
	lane->peer = peer;
	lane->most = HTTP_REQUESTS_A_PEER;
	g_hash_table_insert(h->lanes, lane->peer, lane);
	return lane;
}

void
http_limit(struct http *h, const char *unix_socket, guint most)
{
	lane_get(h, g_strdup(unix_socket))->most = most;
}

void
http_name(struct http *h, const char *unix_socket, const char *name)
{
	struct lane *lane = unix_socket ? lane_get(h, g_strdup(unix_socket)) : NULL;

	if (!lane)
		return;
	g_free(lane->name);
	lane->name = g_strdup(name);
}

/* "host:port" of a URL without its user, path and query; a safe word when it cannot be read. */
static char *
peer_of(const char *url)
{
	g_autofree char *host = NULL;
	guint16 port;

	if (!http_url_peer(url, &host, &port))
		return g_strdup("the server");
	return g_strdup_printf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
}

static gboolean
is_counted(const struct http_request *r)
{
	return r->timeout_ms != 0;
}

static void
push_todo(struct http_request *r)
{
	if (r->todo)
		return;
	r->todo = TRUE;
	g_queue_push_tail_link(&r->http->todo, &r->in_todo);
	http_schedule(r->http);
}

/* Lets the next one start when there is room. */
static void
wake(struct lane *lane)
{
	if (lane->waiting.head && lane->active < lane->most)
		push_todo(lane->waiting.head->data);
}

/* --- the end of a request --- */

/* Takes it out of libcurl and out of its lane, whose next one is started. */
static void
detach(struct http_request *r)
{
	struct http *h = r->http;
	struct lane *lane = r->lane;

	if (r->easy)
		h->api.multi_remove_handle(h->multi, r->easy);
	if (r->todo) {
		g_queue_unlink(&h->todo, &r->in_todo);
		r->todo = FALSE;
	}
	if (r->state == REQUEST_RUNNING && is_counted(r))
		lane->active--;
	else
		g_queue_remove(&lane->waiting, r);
	r->state = REQUEST_ENDED;
	wake(lane);
	g_queue_unlink(&h->requests, &r->in_requests);
}

/* A header may be a token, and there are services that want theirs in the path or the body. */
static void
wipe_secrets(struct http_request *r)
{
	explicit_bzero(r->url, strlen(r->url));
	if (r->body)
		explicit_bzero(r->body, r->body_length);
	for (char **line = r->headers; line && *line; line++)
		explicit_bzero(*line, strlen(*line));
	for (struct curl_slist *line = r->header_list; line; line = line->next)
		explicit_bzero(line->data, strlen(line->data));
}

static void
request_free(struct http_request *r)
{
	if (r->easy)
		r->http->api.easy_cleanup(r->easy);
	wipe_secrets(r);
	if (r->header_list)
		r->http->api.slist_free_all(r->header_list);
	g_free(r->method);
	g_free(r->url);
	g_free(r->unix_socket);
	g_free(r->ca);
	g_strfreev(r->headers);
	g_free(r->body);
	g_string_free(r->collected, TRUE);
	g_free(r);
}

/* Tells the caller and frees. */
static void
finish(struct http_request *r, CURLcode code)
{
	detach(r);
	http_tell(r, code);
	request_free(r);
}

/* Ends a request that never reached libcurl. */
static void
finish_unsent(struct http_request *r, const char *problem)
{
	const struct http_reply reply = { .body = "", .problem = problem, .unmade = TRUE };

	detach(r);
	r->events.done(r->user, &reply);
	request_free(r);
}

void
http_collect(struct http *h)
{
	struct http_request *dead;
	CURLMsg *message;
	int left;

	while ((dead = g_queue_pop_head(&h->dead))) {
		detach(dead);
		request_free(dead);
	}
	while ((message = h->api.multi_info_read(h->multi, &left))) {
		struct http_request *r = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		h->api.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&r);
		finish(r, message->data.result);
	}
}

/* --- starting --- */

static void
start(struct http_request *r)
{
	struct http *h = r->http;

	if (is_counted(r) && r->lane->active >= r->lane->most)
		return; /* still in its lane */
	if (h->load_problem) {
		finish_unsent(r, h->load_problem);
		return;
	}
	g_queue_remove(&r->lane->waiting, r);
	r->state = REQUEST_RUNNING;
	if (is_counted(r))
		r->lane->active++;
	wake(r->lane);
	r->easy = h->api.easy_init();
	http_set_up(r);
	if (h->api.multi_add_handle(h->multi, r->easy) != CURLM_OK)
		finish(r, CURLE_FAILED_INIT);
}

static void
resume(struct http_request *r)
{
	struct http *h = r->http;

	r->resume = FALSE;
	h->inside++;
	h->api.easy_pause(r->easy, CURLPAUSE_CONT);
	h->inside--;
}

static gboolean
on_pump(gpointer user)
{
	struct http *h = user;
	guint n = h->todo.length;

	h->pump = 0;
	if (!http_loop_load(h))
		return G_SOURCE_REMOVE; /* comes again when that is over */
	while (n-- && h->todo.head) {
		struct http_request *r = g_queue_pop_head_link(&h->todo)->data;
		r->todo = FALSE;
		if (r->dead)
			continue; /* collect() has it */
		if (r->state == REQUEST_QUEUED)
			start(r);
		else if (r->resume)
			resume(r);
	}
	if (h->multi)
		http_collect(h);
	g_clear_pointer(&h->load_problem, g_free);
	if (h->todo.head)
		http_schedule(h);
	return G_SOURCE_REMOVE;
}

void
http_schedule(struct http *h)
{
	if (!h->pump)
		h->pump = g_idle_add_full(G_PRIORITY_DEFAULT, on_pump, h, NULL);
}

/* --- the interface --- */

struct http *
http_new(void)
{
	struct http *h = g_new0(struct http, 1);

	h->lanes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, lane_free);
	return h;
}

void
http_free(struct http *h)
{
	if (!h)
		return;
	while (h->requests.head)
		http_cancel(h->requests.head->data);
	http_loop_end(h);
	if (h->pump)
		g_source_remove(h->pump);
	g_hash_table_unref(h->lanes);
	g_free(h);
}

struct http_request *
http_send(struct http *h, const struct http_settings *s, const struct http_events *e, void *user)
{
	struct http_request *r = g_new0(struct http_request, 1);

	r->http = h;
	r->events = *e;
	r->user = user;
	r->in_requests.data = r->in_todo.data = r;
	r->method = g_strdup(s->method);
	r->url = g_strdup(s->url);
	r->unix_socket = g_strdup(s->unix_socket);
	r->ca = g_strdup(s->ca);
	r->headers = g_strdupv((char **)s->headers);
	r->has_body = s->body != NULL;
	r->body = g_memdup2(s->body, s->body_length);
	r->body_length = s->body ? s->body_length : 0;
	r->timeout_ms = s->timeout_ms;
	r->connect_timeout_ms = s->connect_timeout_ms ? s->connect_timeout_ms : CONNECT_TIMEOUT_MS;
	r->max_body = s->max_body ? s->max_body : BODY_MAX;
	r->once = s->once;
	r->collected = g_string_new(NULL);
	r->lane = lane_get(h, s->unix_socket ? g_strdup(s->unix_socket) : peer_of(s->url));
	g_queue_push_tail_link(&h->requests, &r->in_requests);
	g_queue_push_tail(&r->lane->waiting, r);
	push_todo(r);
	return r;
}

void
http_resume(struct http_request *r)
{
	if (!r || r->state != REQUEST_RUNNING)
		return;
	r->resume = TRUE;
	push_todo(r);
}

void
http_cancel(struct http_request *r)
{
	if (!r || r->state == REQUEST_ENDED || r->dead)
		return;
	if (r->http->inside) {
		r->dead = TRUE;
		g_queue_push_tail(&r->http->dead, r);
		return;
	}
	detach(r);
	request_free(r);
}
