#include "backends/docker_private.h"

#include <string.h>

static void
watch_free(gpointer data)
{
	struct docker_watch *w = data;

	g_free(w->id);
	g_free(w);
}

struct docker *
docker_new(const struct docker_settings *s, struct link *link, struct http *http, struct world *world, struct host *host)
{
	struct docker *d = g_new0(struct docker, 1);

	d->configured_socket = g_strdup(s->socket);
	d->stats_interval_ms = s->stats_interval_ms ? s->stats_interval_ms : 5000;
	d->disabled = s->disabled;
	d->link = link;
	d->http = http;
	d->world = world;
	d->host = host;
	d->assembler.line = g_string_new(NULL);
	d->watches = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, watch_free);
	d->images.created = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	d->listeners = g_array_new(FALSE, FALSE, sizeof(struct docker_listening));
	if (d->disabled)
		datum_none(&host->docker.datum, "Docker is switched off in the configuration of this host");
	return d;
}

void
docker_free(struct docker *d)
{
	if (!d)
		return;
	docker_drop_calls(d, NULL);
	docker_disconnect(d, NULL, FALSE);
	g_clear_pointer(&d->tunnel, link_tunnel_close);
	docker_where_clear(&d->where);
	g_string_free(d->assembler.line, TRUE);
	g_hash_table_unref(d->watches);
	g_hash_table_unref(d->images.created);
	g_array_unref(d->listeners);
	g_free(d->root);
	g_free(d->rootless);
	g_free(d->configured_socket);
	g_free(d);
}

void
docker_link_up(struct docker *d)
{
	if (!d->disabled && d->phase == DOCKER_DOWN)
		docker_connect(d);
}

void
docker_link_down(struct docker *d)
{
	if (!d->disabled)
		docker_disconnect(d, "the link to the host is down", FALSE);
}

void
docker_refresh(struct docker *d)
{
	if (d->phase == DOCKER_WAITING) {
		docker_connect(d);
	} else if (d->phase == DOCKER_LIVE) {
		d->all_details = TRUE;
		docker_list(d);
	}
}

void
docker_set_visible(struct docker *d, const char *const *ids, guint count)
{
	docker_show_visible(d, ids, count);
}

void
docker_inspect_text(struct docker *d, const char *id, docker_text_done done, void *user)
{
	docker_get_text(d, id, done, user);
}

const char *
docker_base_url(const struct docker *d)
{
	return d->base;
}

const char *
docker_socket(const struct docker *d)
{
	return d->base ? d->socket : NULL;
}

struct http *
docker_http(const struct docker *d)
{
	return d->http;
}

guint
docker_listen(struct docker *d, docker_listener listener, void *user)
{
	const struct docker_listening one = { ++d->next_listener, listener, user };

	g_array_append_val(d->listeners, one);
	return one.handle;
}

void
docker_unlisten(struct docker *d, guint handle)
{
	for (guint i = 0; i < d->listeners->len; i++)
		if (g_array_index(d->listeners, struct docker_listening, i).handle == handle) {
			g_array_remove_index(d->listeners, i);
			return;
		}
}
