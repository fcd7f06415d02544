/* The machine of a gateway: a link, its followers and the poll of its state. */
#include "app/machine.h"

static void
link_status(void *user)
{
	struct machine *m = user;

	m->watch->link(m->watch_user, m->gateway);
	world_changed(m->world);
}

static void
link_up(void *user)
{
	struct machine *m = user;

	gateway_poll_link_up(m->gateway_poll);
	for (guint i = 0; i < m->follows->len; i++)
		follow_link_up(m->follows->pdata[i]);
	link_status(m);
}

static void
link_down(void *user)
{
	struct machine *m = user;

	host_went_down(m->host, m->host->link.reason);
	gateway_poll_link_down(m->gateway_poll);
	for (guint i = 0; i < m->follows->len; i++)
		follow_link_down(m->follows->pdata[i]);
	link_status(m);
}

static void
answered(void *user)
{
	struct machine *m = user;

	m->watch->answered(m->watch_user, m->gateway);
}

struct machine *
machine_new_gateway(struct world *world, struct gateway *g, const struct link_settings *link, const struct gateway_poll_settings *s,
                    const struct machine_watch *watch, void *user)
{
	static const struct link_events events = { link_up, link_down, link_status };
	struct machine *m = g_new0(struct machine, 1);

	m->world = world;
	m->host = g->host;
	m->gateway = g;
	m->watch = watch;
	m->watch_user = user;
	m->follows = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))follow_free);
	m->link = link_new(link, &m->host->link, &events, m);
	m->gateway_poll = gateway_poll_new(s, m->link, world, g, answered, m);
	return m;
}
