#include "backends/ollama_private.h"

#include <errno.h>
#include <string.h>

#include "backends/own_network.h"
#include "model/sanitize.h"

#define PORT 11434
#define INTERVAL_MS 10000

static void
set_address(struct ollama *o, const struct ollama_settings *s)
{
	o->where_host = g_strdup(s->host ? s->host : "127.0.0.1");
	o->port = s->port ? s->port : PORT;
	o->base = g_strdup_printf(strchr(o->where_host, ':') ? "http://[%s]:%u" : "http://%s:%u", o->where_host, o->port);
	/* A daemon on loopback answers 403 to a host name that it does not know; this one it always knows. */
	if (own_network_is_loopback(o->where_host))
		o->host_header = g_strdup_printf("Host: localhost:%u", o->port);
}

struct ollama *
ollama_new(const struct ollama_settings *s, struct link *link, struct http *http, struct store *store, struct world *world, struct host *host)
{
	struct ollama *o = g_new0(struct ollama, 1);

	set_address(o, s);
	o->interval_ms = s->interval_ms ? s->interval_ms : INTERVAL_MS;
	o->disabled = s->disabled;
	o->link = link;
	o->http = http;
	o->store = store;
	o->world = world;
	o->host = host;
	o->seen = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, ollama_seen_free);
	o->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (o->disabled)
		datum_none(&host->llm.datum, "Ollama is switched off in the configuration");
	return o;
}

void
ollama_free(struct ollama *o)
{
	if (!o)
		return;
	o->is_up = FALSE;
	ollama_poll_stop(o);
	ollama_changes_lose(o, "midwatch was left before the answer came");
	ollama_observe_keep(o);
	link_tunnel_close(o->tunnel);
	g_hash_table_unref(o->seen);
	g_hash_table_unref(o->shown);
	g_free(o->where_host);
	g_free(o->base);
	g_free(o->host_header);
	g_free(o);
}

static gboolean
open_tunnel(struct ollama *o)
{
	const struct link_target target = { .host = o->where_host, .port = o->port };
	g_autoptr(GError) error = NULL;

	if (!o->tunnel)
		o->tunnel = link_tunnel_open(o->link, &target, &error);
	if (error)
		datum_failed(&o->host->llm.datum, error->message);
	if (o->tunnel) {
		g_autofree char *name = link_tunnel_target(o->tunnel);
		http_name(o->http, link_tunnel_socket(o->tunnel), name);
	}
	return o->tunnel != NULL;
}

void
ollama_link_up(struct ollama *o)
{
	ollama_poll_stop(o);
	o->is_up = !o->disabled && open_tunnel(o);
	o->gpu_asked = FALSE;
	o->told_before_us = 0;
	g_clear_pointer(&o->host->llm.version, g_free);
	if (o->is_up)
		ollama_poll(o);
}

void
ollama_link_down(struct ollama *o)
{
	const char *reason = o->host->link.reason;
	g_autofree char *why = g_strdup_printf("the link was lost before the answer came%s%s", reason ? ": " : "", reason ? reason : "");

	o->is_up = FALSE;
	ollama_poll_stop(o);
	datum_stale(&o->host->llm.datum, reason);
	ollama_changes_lose(o, why);
	world_changed(o->world);
}

void
ollama_refresh(struct ollama *o)
{
	if (!o->is_up)
		return;
	if (o->question)
		o->again = TRUE;
	else
		ollama_poll(o);
}

/* --- requests --- */

struct http_request *
ollama_send(struct ollama *o, const char *path, const char *body, guint timeout_ms, gsize max_body,
            void (*done)(void *user, const struct http_reply *r), void *user)
{
	const struct http_events events = { .done = done };
	const char *headers[] = { "Content-Type: application/json", o->host_header, NULL };
	g_autofree char *url = g_strconcat(o->base, path, NULL);
	const struct http_settings settings = {
		.method = body ? "POST" : NULL, .url = url, .unix_socket = link_tunnel_socket(o->tunnel), .headers = headers, .body = body,
		.body_length = body ? strlen(body) : 0, .timeout_ms = timeout_ms, .max_body = max_body, .once = body != NULL,
	};

	return http_send(o->http, &settings, &events, user);
}

static const char *
tunnel_problem(const struct ollama *o)
{
	return o->host->local ? NULL : link_tunnel_problem(o->tunnel);
}

gboolean
ollama_is_absent(const struct ollama *o, const struct http_reply *r)
{
	const char *words = tunnel_problem(o);

	if (r->status)
		return FALSE;
	/* libssh2 gives the server's class of refusal, ssh its words as well. */
	return r->os_error == ECONNREFUSED || (words && (strstr(words, "connect failed") || strstr(words, "onnection refused")));
}

/* An answer that is no good one. */
static char *
status_words(const struct ollama *o, const struct http_reply *r)
{
	g_autofree char *words = ollama_parse_error(r->body, r->body_length);

	if (words)
		return g_strdup_printf("Ollama says: %s", words);
	if (r->status == 403)
		return g_strdup_printf("what answers at %s refuses the request (HTTP status 403): it does not take the host name %s", o->base,
		                       o->host_header ? o->host_header + strlen("Host: ") : o->where_host);
	return g_strdup_printf("what answers at %s answered with HTTP status %ld, without the words of Ollama", o->base, r->status);
}

char *
ollama_problem(const struct ollama *o, const struct http_reply *r)
{
	g_autofree char *raw = NULL;
	const char *words = r->status ? NULL : tunnel_problem(o);

	if (words)
		raw = g_strdup_printf("Ollama at %s was not reached: %s%s", o->base, words,
		                      strstr(words, "prohibited") ? " AllowTcpForwarding in its sshd_config forbids it." : "");
	else if (r->problem)
		raw = g_strdup_printf("Ollama: %s", r->problem);
	else if (r->status < 200 || r->status >= 300)
		raw = status_words(o, r);
	return raw ? sanitize_text(raw, -1) : NULL;
}

/* --- models --- */

struct ollama_seen *
ollama_seen_of(struct ollama *o, const char *name)
{
	struct ollama_seen *s = g_hash_table_lookup(o->seen, name);

	if (s)
		return s;
	s = g_new0(struct ollama_seen, 1);
	s->name = g_strdup(name);
	s->keep_us = (gint64)300 * G_USEC_PER_SEC; /* OLLAMA_KEEP_ALIVE's default */
	g_hash_table_insert(o->seen, s->name, s);
	return s;
}

struct llm_model *
ollama_model(const struct ollama *o, const char *name)
{
	return llm_state_model(&o->host->llm, name);
}

/* While a model is being loaded, Ollama tells its expiry anew in each answer: now and what it is to be kept for (server/routes.go, PsHandler).
 * That of a loaded one rests between two uses. */
static gboolean
moves_with_time(const struct ollama *o, const struct ollama_seen *s)
{
	gint64 passed = o->told_utc_us - o->told_before_us;

	return s->expired_us && o->told_before_us && passed > 0 && ABS(s->expires_us - s->expired_us - passed) < passed / 4;
}

enum ollama_sight
ollama_look(const struct ollama *o, const char *model, gint64 since_us)
{
	const struct ollama_seen *s = g_hash_table_lookup(o->seen, model);

	if (o->absent_us > since_us)
		return OLLAMA_AWAY;
	if (o->told_us <= since_us)
		return OLLAMA_NOT_SEEN;
	if (!s || !s->loaded)
		return OLLAMA_RESTS;
	if (s->expires_us && s->expires_us - o->skew_us <= o->told_utc_us)
		return OLLAMA_STOPPING;
	return moves_with_time(o, s) ? OLLAMA_LOADING : OLLAMA_LOADED;
}

gboolean
ollama_is_on_host(const struct ollama *o)
{
	return own_network_is_loopback(o->where_host);
}
