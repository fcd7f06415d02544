#include "backends/tailscale_parse.h"

#include <string.h>

#include "backends/docker_parse.h"
#include "backends/http_answer.h"
#include "model/json.h"
#include "model/sanitize.h"
#include "model/utc_text.h"

#define ADDRESSES_MAX 8
#define HEALTH_MAX 100
#define HEALTH_WORDS_MAX 3
#define HEALTH_BYTES_MAX 400

static void
free_peer(gpointer data)
{
	struct tailscale_peer *p = data;

	g_free(p->name);
	g_free(p->dns);
	g_strfreev(p->addresses);
	g_free(p->tailnet.relay);
	g_free(p);
}

void
tailscale_status_free(struct tailscale_status *s)
{
	if (!s)
		return;
	g_free(s->problem);
	g_free(s->health);
	g_ptr_array_unref(s->peers);
	g_free(s);
}

const char *
tailscale_peer_address(const struct tailscale_status *s, const struct tailscale_peer *p)
{
	if (p->dns && s->magic_dns)
		return p->dns;
	return p->addresses[0] ? p->addresses[0] : p->dns;
}

/* --- a peer --- */

/* At most `most` strings of an array, newly allocated. */
static char **
strings_of(const cJSON *array, guint most)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	const cJSON *one;

	cJSON_ArrayForEach(one, array)
		if (cJSON_IsString(one) && all->len < most)
			g_ptr_array_add(all, g_strdup(one->valuestring));
	g_ptr_array_add(all, NULL);
	return (char **)g_ptr_array_steal(all, NULL);
}

static gboolean
has_tag(const cJSON *peer, const char *const *tags)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, json_array(peer, "Tags"))
		if (tags && cJSON_IsString(one) && g_strv_contains(tags, one->valuestring))
			return TRUE;
	return FALSE;
}

static char *
dns_of(const cJSON *peer)
{
	const char *raw = json_string(peer, "DNSName");
	gsize len = raw ? strlen(raw) : 0;

	while (len > 0 && raw[len - 1] == '.')
		len--;
	return len > 0 ? g_strndup(raw, len) : NULL;
}

static char *
name_of(const cJSON *peer, const char *dns)
{
	const char *host = json_string(peer, "HostName");
	gsize label = dns ? strcspn(dns, ".") : 0;

	if (label > 0)
		return g_strndup(dns, label);
	return host && *host ? g_ascii_strdown(host, -1) : NULL;
}

static gboolean
is_given(const char *text)
{
	return text && *text;
}

/* CurAddr is set while packets go directly; Relay is the peer's home region, also while nothing is sent. */
static void
read_path(struct gateway_tailnet *t, const cJSON *peer)
{
	const char *via = json_string(peer, "PeerRelay"), *derp = json_string(peer, "Relay");

	if (is_given(json_string(peer, "CurAddr"))) {
		t->path = PATH_DIRECT;
	} else if (is_given(via)) {
		t->path = PATH_PEER_RELAY;
		t->relay = sanitize_text(via, -1);
	} else if (is_given(derp)) {
		t->path = PATH_DERP;
		t->relay = sanitize_text(derp, -1);
	}
}

static void
read_tailnet(struct tailscale_peer *p, const cJSON *peer)
{
	const cJSON *online = cJSON_GetObjectItemCaseSensitive(peer, "Online");

	p->tailnet.expired = json_true(peer, "Expired");
	if (cJSON_IsBool(online))
		p->tailnet.presence = cJSON_IsTrue(online) && !p->tailnet.expired ? PRESENCE_ONLINE : PRESENCE_OFFLINE;
	if (p->tailnet.presence == PRESENCE_OFFLINE)
		p->tailnet.path = PATH_NONE;
	else
		read_path(&p->tailnet, peer);
	if (p->tailnet.presence != PRESENCE_ONLINE)
		p->tailnet.last_seen_us = utc_parse(json_string(peer, "LastSeen"));
}

static void
add_peer(struct tailscale_status *s, const cJSON *peer, const char *const *tags)
{
	g_autofree char *dns = dns_of(peer), *name = name_of(peer, dns);
	struct tailscale_peer *p;

	if (!name || s->peers->len >= TAILSCALE_PEERS_MAX) {
		s->left_out++;
		return;
	}
	p = g_new0(struct tailscale_peer, 1);
	p->name = g_steal_pointer(&name);
	p->dns = g_steal_pointer(&dns);
	p->addresses = strings_of(json_array(peer, "TailscaleIPs"), ADDRESSES_MAX);
	p->tagged = has_tag(peer, tags);
	read_tailnet(p, peer);
	g_ptr_array_add(s->peers, p);
}

/* --- the whole --- */

static char *
state_problem(const char *state)
{
	static const struct { const char *state, *words; } states[] = {
		{ "NeedsLogin", "Tailscale is logged out on this machine: `tailscale up` logs it in" },
		{ "NeedsMachineAuth", "this machine waits to be approved in the tailnet's admin console" },
		{ "Stopped", "Tailscale is stopped on this machine: `tailscale up` starts it" },
		{ "Starting", "Tailscale is starting" },
		{ "NoState", "Tailscale is starting" },
		{ "InUseOtherUser", "Tailscale is in use by another user of this machine" },
	};
	g_autofree char *safe = sanitize_text(state, -1);

	if (strcmp(state, "Running") == 0)
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(states); i++)
		if (strcmp(state, states[i].state) == 0)
			return g_strdup(states[i].words);
	return g_strdup_printf("Tailscale does not run: its state is %s", safe);
}

/* Source of the words: health/warnings.go in github.com/tailscale/tailscale, and its older ones before 1.66. */
static char *
health_words(const cJSON *health, const char *const *marks)
{
	g_auto(GStrv) all = strings_of(health, HEALTH_MAX);
	g_autoptr(GPtrArray) ours = g_ptr_array_new();
	g_autofree char *joined = NULL;

	for (guint i = 0; all[i] && ours->len < HEALTH_WORDS_MAX; i++)
		for (guint m = 0; marks[m]; m++)
			if (strstr(all[i], marks[m])) {
				g_ptr_array_add(ours, all[i]);
				break;
			}
	if (ours->len == 0)
		return NULL;
	g_ptr_array_add(ours, NULL);
	joined = g_strjoinv("; ", (char **)ours->pdata);
	return sanitize_text(joined, (gssize)strnlen(joined, HEALTH_BYTES_MAX));
}

/* Without its control plane it tells who was online when it lost it. */
static char *
sync_problem(const cJSON *health)
{
	static const char *const marks[] = { "coordination server", "map poll", "logged out", NULL };
	g_autofree char *words = health_words(health, marks);

	return words ? g_strdup_printf("Tailscale says: %s", words) : NULL;
}

static void
read_health(struct tailscale_status *s, const cJSON *json)
{
	static const char *const marks[] = { "relay server", "DERP", "network is down", NULL };
	const cJSON *health = json_array(json, "Health");
	g_autofree char *words = health_words(health, marks);

	s->problem = state_problem(json_string(json, "BackendState"));
	if (!s->problem)
		s->problem = sync_problem(health);
	s->health = words ? g_strdup_printf("Tailscale says: %s", words) : NULL;
	s->connected = !cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(json_object(json, "Self"), "Online"));
}

struct tailscale_status *
tailscale_parse_status(const char *bytes, gsize len, const char *const *tags, GError **error)
{
	g_autoptr(cJSON) json = http_answer_json(bytes, len, "tailscaled", error);
	const cJSON *peer, *magic_dns = cJSON_GetObjectItemCaseSensitive(json_object(json, "CurrentTailnet"), "MagicDNSEnabled");
	struct tailscale_status *s;

	if (!json)
		return NULL;
	if (!json_string(json, "BackendState")) {
		g_set_error(error, JSON_ERROR, JSON_ERROR_SHAPE, "what listens at the socket of tailscaled is none: its answer has no BackendState");
		return NULL;
	}
	s = g_new0(struct tailscale_status, 1);
	read_health(s, json);
	s->magic_dns = !cJSON_IsFalse(magic_dns);
	s->peers = g_ptr_array_new_with_free_func(free_peer);
	cJSON_ArrayForEach(peer, json_object(json, "Peer"))
		add_peer(s, peer, tags);
	return s;
}
