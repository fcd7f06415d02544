#include "model/host.h"

#include <math.h>
#include <string.h>

void
link_status_clear(struct link_status *s)
{
	g_free(s->transport);
	g_free(s->address);
	g_free(s->step);
	g_free(s->reason);
	g_free(s->advice);
	g_free(s->question_text);
	memset(s, 0, sizeof *s);
}

static void
free_container(gpointer data)
{
	container_free(data);
}

static void
forget_past(struct score_past *p)
{
	for (guint i = 0; i < HOST_SCORES; i++)
		p->hour[i] = p->day[i] = NAN;
	for (guint i = 0; i < HOST_WEEK_STEPS; i++)
		p->week[i] = NAN;
}

struct host *
host_new(const char *name, const char *role, gboolean local)
{
	struct host *h = g_new0(struct host, 1);

	h->name = g_strdup(name);
	h->role = g_strdup(role ? role : "vm");
	h->local = local;
	h->docker.containers = g_ptr_array_new_with_free_func(free_container);
	h->docker.by_id = g_hash_table_new(g_str_hash, g_str_equal);
	forget_past(&h->past);
	cron_state_init(&h->cron);
	llm_state_init(&h->llm);
	return h;
}

void
host_free(struct host *h)
{
	if (!h)
		return;
	g_free(h->name);
	g_free(h->role);
	link_status_clear(&h->link);
	datum_clear(&h->probe_datum);
	datum_clear(&h->docker.datum);
	g_free(h->docker.api_version);
	g_hash_table_unref(h->docker.by_id);
	g_ptr_array_unref(h->docker.containers);
	cron_state_clear(&h->cron);
	llm_state_clear(&h->llm);
	g_free(h);
}

struct container *
host_container(const struct host *h, const char *id_or_name)
{
	struct container *found = g_hash_table_lookup(h->docker.by_id, id_or_name);

	for (guint i = 0; !found && i < h->docker.containers->len; i++) {
		struct container *c = h->docker.containers->pdata[i];
		if (g_strcmp0(c->name, id_or_name) == 0)
			found = c;
	}
	return found;
}

gboolean
link_status_is_settled(const struct link_status *s)
{
	return s->state == LINK_UP || s->state == LINK_BLOCKED || (s->state == LINK_DOWN && s->failures > 0);
}

gboolean
host_is_settled(const struct host *h)
{
	if (h->link.state != LINK_UP)
		return link_status_is_settled(&h->link);
	return h->probe_datum.state != DATUM_UNKNOWN && (h->rates.known || h->probe_datum.state != DATUM_OK) && h->docker.datum.state != DATUM_UNKNOWN
	       && h->cron.datum.state != DATUM_UNKNOWN;
}

int
host_unhealthy(const struct host *h)
{
	int n = 0;

	if (!datum_known(&h->docker.datum))
		return -1;
	for (guint i = 0; i < h->docker.containers->len; i++) {
		const struct container *c = h->docker.containers->pdata[i];
		n += c->health == HEALTH_UNHEALTHY;
	}
	return n;
}

void
host_went_down(struct host *h, const char *reason)
{
	datum_stale(&h->probe_datum, reason);
	datum_stale(&h->docker.datum, reason);
	datum_stale(&h->cron.datum, reason);
	datum_stale(&h->cron.runs_datum, reason);
	datum_stale(&h->llm.datum, reason);
	for (guint i = 0; i < h->docker.containers->len; i++) {
		struct container *c = h->docker.containers->pdata[i];
		datum_stale(&c->detail.datum, NULL);
		datum_stale(&c->stats.datum, NULL);
	}
}
