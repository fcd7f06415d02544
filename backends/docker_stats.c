#include "backends/docker_private.h"

#include <math.h>

#include "backends/docker_sample.h"
#include "backends/docker_words.h"

#define STATS_MAX ((gsize)1 << 20)
#define OTHERS_EVERY 6 /* rounds */
#define SECOND_MS 1000 /* from a first sample to the second, which gives the rates */
#define SLOW_MS 150    /* without any answer: the daemon lets requests wait */
#define HEALTH_US (10 * G_USEC_PER_SEC)

static gboolean
has_figures(const struct container *c)
{
	return c && (c->state == CONTAINER_RUNNING || c->state == CONTAINER_PAUSED);
}

void
docker_stats_stopped(struct container *c)
{
	docker_sample_reset(&c->stats);
	if (has_figures(c))
		datum_clear(&c->stats.datum);
	else
		datum_none(&c->stats.datum, "the container does not run");
}

/* --- the queue --- */

static void
want(struct docker *d, struct docker_watch *w)
{
	if (w->sampling)
		return;
	if (w->stats_queued && !w->visible)
		return;
	if (w->stats_queued)
		g_queue_unlink(&d->stats, &w->in_stats);
	w->stats_queued = TRUE;
	if (w->visible)
		g_queue_push_head_link(&d->stats, &w->in_stats);
	else
		g_queue_push_tail_link(&d->stats, &w->in_stats);
}

static void
clear_queue(struct docker *d)
{
	GList *l;

	while ((l = g_queue_pop_head_link(&d->stats)))
		((struct docker_watch *)l->data)->stats_queued = FALSE;
}

/* --- samples --- */

static gboolean
on_second(gpointer user)
{
	struct docker *d = user;

	d->second_timer = 0;
	for (guint i = d->host->docker.containers->len; i-- > 0;) {
		const struct container *c = d->host->docker.containers->pdata[i];
		if (has_figures(c) && c->stats.previous_read_us && isnan(c->stats.cpu_percent))
			want(d, docker_watch_of(d, c->id));
	}
	docker_pump_stats(d);
	return G_SOURCE_REMOVE;
}

static void
take_sample(struct docker *d, struct container *c, const struct http_reply *r)
{
	struct docker_sample sample;
	g_autoptr(GError) error = NULL;

	if (!docker_sample_parse(r->body, r->body_length, &sample, &error)) {
		datum_failed(&c->stats.datum, error->message);
		return;
	}
	if (!sample.read_us) {
		docker_sample_reset(&c->stats);
		datum_none(&c->stats.datum, "the daemon has no figures for it");
		return;
	}
	docker_sample_apply(&sample, &c->stats);
	datum_good(&c->stats.datum, g_get_monotonic_time());
	d->skew_us = sample.read_us - g_get_real_time();
	if (isnan(c->stats.cpu_percent) && !d->second_timer && d->visible)
		d->second_timer = g_timeout_add(SECOND_MS, on_second, d);
}

static void
on_stats(struct docker *d, const char *id, const struct http_reply *r)
{
	struct docker_watch *w = g_hash_table_lookup(d->watches, id);
	struct container *c = docker_container(d, id);
	g_autofree char *problem = docker_problem(r);

	d->stats_out--;
	g_clear_handle_id(&d->slow_timer, g_source_remove);
	if (w) {
		w->sampling = FALSE;
		w->sampled_us = g_get_monotonic_time();
	}
	if (r->status == 0)
		docker_check(d);
	if (r->status == 404) {
		d->list_again = TRUE;
		docker_settle(d);
	}
	if (has_figures(c) && problem)
		datum_failed(&c->stats.datum, problem);
	else if (has_figures(c)) {
		take_sample(d, c, r);
		docker_alive(d);
	}
	world_changed(d->world);
	docker_pump_stats(d);
}

/* Up to Docker 20.10 a one-shot request waits for the daemon's next collection, which is made once a second for all that wait. Asking
 * for more at once costs it nothing then, and asking for few at once would take many seconds. */
static gboolean
on_slow(gpointer user)
{
	struct docker *d = user;

	d->slow_timer = 0;
	d->stats_limit = d->tunnel ? DOCKER_STATS_WAITING_FAR : DOCKER_STATS_WAITING;
	docker_pump_stats(d);
	return G_SOURCE_REMOVE;
}

static void
send_stats(struct docker *d, struct docker_watch *w)
{
	g_autofree char *path = g_strdup_printf("/containers/%s/stats?stream=false&one-shot=true", w->id);

	w->sampling = TRUE;
	d->stats_out++;
	docker_get(d, path, w->id, STATS_MAX, on_stats);
}

void
docker_pump_stats(struct docker *d)
{
	GList *l;

	while (d->base && d->stats_out < d->stats_limit && (l = g_queue_pop_head_link(&d->stats))) {
		struct docker_watch *w = l->data;
		w->stats_queued = FALSE;
		if (has_figures(docker_container(d, w->id)))
			send_stats(d, w);
	}
	if (d->stats.head && !d->slow_timer && d->stats_limit == DOCKER_IN_FLIGHT)
		d->slow_timer = g_timeout_add(SLOW_MS, on_slow, d);
}

/* --- rounds --- */

/* The health log of a container that is not well is renewed while it is on the screen, at the pace of its probes. */
static void
want_health(struct docker *d, struct docker_watch *w, const struct container *c)
{
	gint64 pace = MAX(HEALTH_US, c->detail.health_interval_us);

	if ((c->health == HEALTH_UNHEALTHY || c->health == HEALTH_STARTING) && g_get_monotonic_time() - w->inspected_us >= pace)
		docker_want_detail(d, w);
}

/* "Up 3 hours" goes on between lists. */
static void
renew_words(struct docker *d, struct container *c)
{
	char *words;

	if (c->detail.datum.state != DATUM_OK)
		return;
	words = docker_words_status(c, g_get_real_time() + d->skew_us);
	if (g_strcmp0(words, c->status) != 0)
		world_changed(d->world);
	g_free(c->status);
	c->status = words;
}

/* Backwards, since what is visible goes to the head of the queue. */
static void
run_round(struct docker *d)
{
	gboolean others = d->round % OTHERS_EVERY == 0;

	for (guint i = d->host->docker.containers->len; i-- > 0;) {
		struct container *c = d->host->docker.containers->pdata[i];
		struct docker_watch *w = docker_watch_of(d, c->id);
		if (w->visible || others) {
			renew_words(d, c);
			if (has_figures(c))
				want(d, w);
		}
		if (w->visible)
			want_health(d, w, c);
	}
	d->round++;
	docker_pump_stats(d);
	docker_pump_details(d);
}

static gboolean
on_round(gpointer user)
{
	run_round(user);
	return G_SOURCE_CONTINUE;
}

void
docker_stats_run(struct docker *d)
{
	if (!d->listed || !d->visible) {
		g_clear_handle_id(&d->stats_timer, g_source_remove);
		g_clear_handle_id(&d->second_timer, g_source_remove);
		g_clear_handle_id(&d->slow_timer, g_source_remove);
		clear_queue(d);
	} else if (!d->stats_timer) {
		d->round = 0;
		d->stats_timer = g_timeout_add(d->stats_interval_ms, on_round, d);
		run_round(d);
	} else
		docker_pump_stats(d);
}

/* --- what is on the screen --- */

static gboolean
on_kick(gpointer user)
{
	struct docker *d = user;

	d->kick = 0;
	docker_stats_run(d);
	docker_pump_details(d);
	return G_SOURCE_REMOVE;
}

static gboolean
is_same(struct docker *d, const char *const *ids, guint count)
{
	if (count != d->visible)
		return FALSE;
	for (guint i = 0; i < count; i++) {
		const struct docker_watch *w = g_hash_table_lookup(d->watches, ids[i]);
		if (!w || !w->visible)
			return FALSE;
	}
	return TRUE;
}

static void
came_into_view(struct docker *d, struct docker_watch *w)
{
	const struct container *c = docker_container(d, w->id);

	if (w->detail_queued) { /* visible ones first */
		g_queue_unlink(&d->details, &w->in_details);
		g_queue_push_head_link(&d->details, &w->in_details);
	}
	if (has_figures(c) && g_get_monotonic_time() - w->sampled_us >= (gint64)d->stats_interval_ms * 1000)
		want(d, w);
	want_health(d, w, c);
}

void
docker_show_visible(struct docker *d, const char *const *ids, guint count)
{
	g_autoptr(GHashTable) before = NULL;
	GHashTableIter iter;
	gpointer value;

	if (is_same(d, ids, count))
		return;
	before = g_hash_table_new(NULL, NULL);
	g_hash_table_iter_init(&iter, d->watches);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct docker_watch *w = value;
		if (w->visible)
			g_hash_table_add(before, w);
		w->visible = FALSE;
	}
	d->visible = 0;
	for (guint i = count; i-- > 0;) {
		struct docker_watch *w = docker_container(d, ids[i]) ? docker_watch_of(d, ids[i]) : NULL;
		if (!w || w->visible)
			continue;
		w->visible = TRUE;
		d->visible++;
		if (!g_hash_table_contains(before, w))
			came_into_view(d, w);
	}
	if (!d->kick && d->phase == DOCKER_LIVE)
		d->kick = g_idle_add_full(G_PRIORITY_DEFAULT, on_kick, d, NULL);
}
