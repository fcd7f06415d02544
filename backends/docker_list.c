#include "backends/docker_private.h"

#define LIST_MAX ((gsize)8 << 20) /* some thousands of containers */

struct container *
docker_container(struct docker *d, const char *id)
{
	return g_hash_table_lookup(d->host->docker.by_id, id);
}

struct docker_watch *
docker_watch_of(struct docker *d, const char *id)
{
	struct docker_watch *w = g_hash_table_lookup(d->watches, id);

	if (w)
		return w;
	w = g_new0(struct docker_watch, 1);
	w->id = g_strdup(id);
	w->in_details.data = w->in_stats.data = w;
	g_hash_table_insert(d->watches, w->id, w);
	return w;
}

static void
watch_drop(struct docker *d, const char *id)
{
	struct docker_watch *w = g_hash_table_lookup(d->watches, id);

	if (!w)
		return;
	if (w->detail_queued)
		g_queue_unlink(&d->details, &w->in_details);
	if (w->stats_queued)
		g_queue_unlink(&d->stats, &w->in_stats);
	if (w->visible)
		d->visible--;
	g_hash_table_remove(d->watches, id);
}

static void
swap(char **a, char **b)
{
	char *t = *a;

	*a = *b;
	*b = t;
}

/* Takes what the list tells; what only details and figures tell stays. */
static void
take_row(struct container *c, struct container *row)
{
	swap(&c->name, &row->name);
	swap(&c->image, &row->image);
	swap(&c->image_id, &row->image_id);
	swap(&c->command, &row->command);
	swap(&c->stack, &row->stack);
	swap(&c->service, &row->service);
	swap(&c->depends_on, &row->depends_on);
	swap(&c->status, &row->status);
	c->created_us = row->created_us;
	c->state = row->state;
	c->health = row->health;
	if (c->health != HEALTH_UNHEALTHY) {
		c->detail.unhealthy_since_us = 0;
		c->detail.unhealthy_since_exact = FALSE;
	}
}

static void
free_container(gpointer data)
{
	container_free(data);
}

/* One row becomes a container of the host, the one that is known by that id when there is one. */
static void
add_row(struct docker *d, GHashTable *known, struct container **row)
{
	struct docker_state *s = &d->host->docker;
	struct container *c = g_hash_table_lookup(known, (*row)->id);
	gboolean same = c && c->state == (*row)->state && c->health == (*row)->health;

	if (g_hash_table_contains(s->by_id, (*row)->id))
		return; /* a second row of the same id */
	if (c) {
		take_row(c, *row);
		g_hash_table_remove(known, c->id);
	} else
		c = g_steal_pointer(row);
	g_ptr_array_add(s->containers, c);
	g_hash_table_insert(s->by_id, c->id, c);
	if (!same || d->all_details || c->detail.datum.state != DATUM_OK)
		docker_want_detail(d, docker_watch_of(d, c->id));
	if (c->state != CONTAINER_RUNNING && c->state != CONTAINER_PAUSED)
		docker_stats_stopped(c);
	docker_want_image(d, c);
}

/* Makes the host's containers those of the rows, in their order. */
static void
apply(struct docker *d, GPtrArray *rows)
{
	struct docker_state *s = &d->host->docker;
	GPtrArray *old = s->containers;
	GHashTable *known = s->by_id; /* at the end: those that are gone */
	GHashTableIter iter;
	gpointer gone;

	s->containers = g_ptr_array_new_with_free_func(free_container);
	s->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < rows->len; i++)
		add_row(d, known, (struct container **)&rows->pdata[i]);
	g_hash_table_iter_init(&iter, known);
	while (g_hash_table_iter_next(&iter, NULL, &gone)) {
		g_hash_table_iter_remove(&iter);
		watch_drop(d, ((struct container *)gone)->id);
		container_free(gone);
	}
	g_hash_table_unref(known);
	g_ptr_array_set_free_func(old, NULL);
	g_ptr_array_unref(old);
}

static void
tell_starts(struct docker *d)
{
	for (guint i = 0; i < d->host->docker.containers->len; i++) {
		const struct container *c = d->host->docker.containers->pdata[i];
		if (c->state == CONTAINER_RUNNING)
			docker_tell(d, c->id, c->name, "start");
	}
}

static void
on_list(struct docker *d, const char *id, const struct http_reply *r)
{
	g_autofree char *problem = docker_problem(r);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) rows = problem ? NULL : docker_parse_list(r->body, r->body_length, &d->skipped, &error);
	gboolean tell = d->tell_starts;

	d->listing = FALSE;
	if (!rows) {
		docker_disconnect(d, problem ? problem : error->message, TRUE);
		return;
	}
	apply(d, rows);
	d->listed = TRUE;
	d->all_details = d->tell_starts = FALSE;
	docker_forget_images(d);
	docker_alive(d);
	world_changed(d->world);
	docker_pump_details(d);
	docker_stats_run(d);
	if (tell)
		tell_starts(d);
	if (d->list_again)
		docker_settle(d);
}

void
docker_list(struct docker *d)
{
	if (d->listing) {
		d->list_again = TRUE;
		return;
	}
	d->listing = TRUE;
	d->list_again = FALSE;
	docker_get(d, "/containers/json?all=1", NULL, LIST_MAX, on_list);
}
