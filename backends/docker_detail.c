#include "backends/docker_private.h"

#include "backends/docker_words.h"

#define DETAIL_MAX ((gsize)4 << 20)

/* --- the queue --- */

void
docker_want_detail(struct docker *d, struct docker_watch *w)
{
	if (w->inspecting) {
		w->inspect_again = TRUE;
		return;
	}
	if (w->detail_queued)
		return;
	w->detail_queued = TRUE;
	if (w->visible)
		g_queue_push_head_link(&d->details, &w->in_details);
	else
		g_queue_push_tail_link(&d->details, &w->in_details);
}

/* --- inspect --- */

static void
take_inspect(struct docker *d, struct container *c, const struct http_reply *r)
{
	gint64 started = c->detail.started_us;
	gboolean known = datum_known(&c->detail.datum);
	g_autoptr(GError) error = NULL;

	if (!docker_parse_inspect(r->body, r->body_length, c, &error)) {
		datum_failed(&c->detail.datum, error->message);
		return;
	}
	datum_good(&c->detail.datum, g_get_monotonic_time());
	g_free(c->status);
	c->status = docker_words_status(c, g_get_real_time() + d->skew_us);
	if ((known && started != c->detail.started_us) || (c->state != CONTAINER_RUNNING && c->state != CONTAINER_PAUSED))
		docker_stats_stopped(c);
}

static void
on_inspect(struct docker *d, const char *id, const struct http_reply *r)
{
	struct docker_watch *w = g_hash_table_lookup(d->watches, id);
	struct container *c = docker_container(d, id);
	g_autofree char *problem = docker_problem(r);
	gboolean outdated = w && w->inspect_again;

	d->details_out--;
	if (w) {
		w->inspecting = w->inspect_again = FALSE;
		w->inspected_us = g_get_monotonic_time();
	}
	if (outdated)
		docker_want_detail(d, w);
	if (r->status == 0)
		docker_check(d);
	if (r->status == 404)
		d->list_again = TRUE;
	if (c && problem)
		datum_failed(&c->detail.datum, problem);
	else if (c && !outdated) {
		take_inspect(d, c, r);
		docker_alive(d);
	}
	world_changed(d->world);
	if (outdated || d->list_again)
		docker_settle(d); /* not at once: a container that restarts without end would be asked for without end */
	else
		docker_pump_details(d);
	docker_stats_run(d);
}

static void
send_inspect(struct docker *d, struct docker_watch *w)
{
	g_autofree char *path = g_strdup_printf("/containers/%s/json", w->id);

	w->inspecting = TRUE;
	d->details_out++;
	docker_get(d, path, w->id, DETAIL_MAX, on_inspect);
}

/* --- images --- */

static void
tell_image(struct docker *d, const char *image_id, gint64 created_us)
{
	for (guint i = 0; i < d->host->docker.containers->len; i++) {
		struct container *c = d->host->docker.containers->pdata[i];
		if (g_strcmp0(c->image_id, image_id) == 0)
			c->detail.image_created_us = created_us;
	}
}

static void
on_image(struct docker *d, const char *id, const struct http_reply *r)
{
	gint64 created = r->status == 200 && !r->problem ? docker_parse_image(r->body, r->body_length) : 0;

	d->details_out--;
	if (r->status == 0) {
		g_hash_table_remove(d->images.created, id); /* asked again with the next list */
		docker_check(d);
	} else {
		/* An image that was removed under its container stays unknown: 0. */
		g_hash_table_insert(d->images.created, g_strdup(id), g_memdup2(&created, sizeof created));
		tell_image(d, id, created);
		world_changed(d->world);
	}
	docker_pump_details(d);
}

static void
send_image(struct docker *d, const char *image_id)
{
	g_autofree char *escaped = g_uri_escape_string(image_id, ":", FALSE);
	g_autofree char *path = g_strdup_printf("/images/%s/json", escaped);

	d->details_out++;
	docker_get(d, path, image_id, DETAIL_MAX, on_image);
}

void
docker_want_image(struct docker *d, struct container *c)
{
	static const gint64 asked = -1;
	const gint64 *created = c->image_id ? g_hash_table_lookup(d->images.created, c->image_id) : NULL;

	c->detail.image_created_us = created && *created > 0 ? *created : 0;
	if (!c->image_id || created)
		return;
	g_hash_table_insert(d->images.created, g_strdup(c->image_id), g_memdup2(&asked, sizeof asked));
	g_queue_push_tail(&d->images.queue, g_strdup(c->image_id));
}

static gboolean
is_unused(gpointer key, gpointer value, gpointer used)
{
	return !g_hash_table_contains(used, key);
}

void
docker_forget_images(struct docker *d)
{
	g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < d->host->docker.containers->len; i++) {
		const struct container *c = d->host->docker.containers->pdata[i];
		if (c->image_id)
			g_hash_table_add(used, c->image_id);
	}
	g_hash_table_foreach_remove(d->images.created, is_unused, used);
}

/* --- both --- */

void
docker_pump_details(struct docker *d)
{
	GList *l;
	char *image;

	while (d->base && d->details_out < DOCKER_IN_FLIGHT && (l = g_queue_pop_head_link(&d->details))) {
		struct docker_watch *w = l->data;
		w->detail_queued = FALSE;
		send_inspect(d, w);
	}
	while (d->base && d->details_out < DOCKER_IN_FLIGHT && (image = g_queue_pop_head(&d->images.queue))) {
		send_image(d, image);
		g_free(image);
	}
}
