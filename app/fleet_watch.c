#include "app/fleet_watch_private.h"

#include <string.h>

#include "app/fleet_addresses.h"

#define CONNECTS 16
#define SESSIONS 1000
#define SPAN_MIN 30
#define OBSERVE_S 10          /* at least so often it is judged who is online */
#define HOLD_US (2 * G_USEC_PER_SEC) /* so long at most names wait for their addresses at the start */

/* --- who is connected --- */

gboolean
fleet_watch_is_in_turn(const struct fleet_watch *w)
{
	return g_hash_table_size(w->members) > w->sessions;
}

static void
enqueue(struct member *m)
{
	if (m->queued)
		return;
	m->queued = TRUE;
	g_queue_push_tail(&m->watch->queue, m);
}

/* It has told what it had to tell: another one may have its place. */
static void
give_place(struct member *m, gint64 now_us)
{
	struct fleet_watch *w = m->watch;

	m->spent = FALSE;
	if (m->machine->busy || gateway_poll_is_busy(m->machine->gateway_poll) || !link_is_up(m->machine->link) || !link_rest(m->machine->link))
		return;
	m->due_us = now_us + (gint64)w->poll.interval_ms * 1000;
	enqueue(m);
}

/* A name that ssh may not know: its first connection would fail for want of the address that comes in a moment. */
static gboolean
is_held(const struct fleet_watch *w, const struct member *m, gint64 now_us)
{
	return now_us < w->held_until_us && !gateway_offered_address(m->gateway);
}

static void settle_addresses(struct fleet_watch *w);

static gboolean
on_hold(gpointer user)
{
	struct fleet_watch *w = user;

	if (!fleet_addresses_are_told(w->fleet, w->config) && g_get_monotonic_time() < w->held_until_us)
		return G_SOURCE_CONTINUE;
	w->hold = 0;
	w->held_until_us = 0;
	settle_addresses(w);
	fleet_watch_advance(w);
	return G_SOURCE_REMOVE;
}

static gboolean
on_advance(gpointer user)
{
	struct fleet_watch *w = user;
	gint64 now_us = g_get_monotonic_time();
	GHashTableIter i;
	gpointer value;

	w->advance = 0;
	if (fleet_watch_is_in_turn(w)) {
		g_hash_table_iter_init(&i, w->members);
		while (g_hash_table_iter_next(&i, NULL, &value))
			if (((struct member *)value)->spent)
				give_place(value, now_us);
	}
	for (guint n = g_queue_get_length(&w->queue); n > 0 && w->counts[LINK_CONNECTING] < w->connects; n--) {
		struct member *m = g_queue_pop_head(&w->queue);
		m->queued = FALSE;
		if (m->gateway->host->link.state != LINK_IDLE)
			continue;
		if (is_held(w, m, now_us)) {
			enqueue(m);
			continue;
		}
		if (m->due_us > now_us || w->counts[LINK_CONNECTING] + w->counts[LINK_UP] >= w->sessions) {
			enqueue(m);
			continue;
		}
		link_start(m->machine->link);
		w->counts[m->counted]--;
		m->counted = m->gateway->host->link.state;
		w->counts[m->counted]++;
	}
	return G_SOURCE_REMOVE;
}

void
fleet_watch_advance(struct fleet_watch *w)
{
	if (w->started && w->advance == 0)
		w->advance = g_idle_add_full(G_PRIORITY_DEFAULT, on_advance, w, NULL);
}

static void
on_link(void *user, struct gateway *g)
{
	struct fleet_watch *w = user;
	struct member *m = g_hash_table_lookup(w->members, g->host->name);

	if (!m)
		return;
	w->counts[m->counted]--;
	m->counted = g->host->link.state;
	w->counts[m->counted]++;
	w->changed = TRUE;
	if (w->fleet->sweep->state == SWEEP_RUNS)
		fleet_sweep_go_on(w);
	fleet_watch_advance(w);
}

static void
on_answered(void *user, struct gateway *g)
{
	struct fleet_watch *w = user;
	struct member *m = g_hash_table_lookup(w->members, g->host->name);

	if (!m)
		return;
	m->spent = TRUE;
	if (fleet_watch_is_in_turn(w))
		fleet_watch_advance(w);
}

/* --- the list --- */

static void
add_member(struct fleet_watch *w, struct gateway *g)
{
	static const struct machine_watch watch = { on_link, on_answered };
	const struct config_fleet *c = w->config;
	const struct link_settings link = {
		.host = g->host->name, .hostname = gateway_offered_address(g), .hostname_yields = gateway_is_the_operators(g), .ssh_config = c->ssh_config, .known_hosts = c->known_hosts,
		.transport = c->transport ? c->transport : "auto", .connect_timeout_s = c->connect_timeout ? *c->connect_timeout : 0, .of_fleet = TRUE,
	};
	struct member *m;

	m = g_new0(struct member, 1);
	m->watch = w;
	m->gateway = g;
	g->host->readonly = w->fleet->readonly;
	m->machine = machine_new_gateway(w->world, g, &link, &w->poll, &watch, w);
	w->counts[LINK_IDLE]++;
	g_hash_table_insert(w->members, g->host->name, m);
	enqueue(m);
	fleet_watch_advance(w);
}

/* What only Prometheus knows is not reached by SSH. */
static gboolean
is_without_ssh(void *user, const struct gateway *g)
{
	const struct fleet_watch *w = user;

	return !g_hash_table_contains(w->members, g->host->name);
}

static void
on_added(void *user, struct gateway *g)
{
	if (g->origins != 1u << ORIGIN_PROMETHEUS)
		add_member(user, g);
}

/* Those that another source lists now, too. */
static void
add_missing(struct fleet_watch *w)
{
	for (guint i = 0; i < w->fleet->gateways->len; i++) {
		struct gateway *g = w->fleet->gateways->pdata[i];
		if (g->origins != 1u << ORIGIN_PROMETHEUS && is_without_ssh(w, g))
			add_member(w, g);
	}
}

static void
settle_addresses(struct fleet_watch *w)
{
	GHashTableIter i;
	gpointer value;

	g_hash_table_iter_init(&i, w->members);
	while (g_hash_table_iter_next(&i, NULL, &value)) {
		const struct member *m = value;
		fleet_addresses_settle(m->gateway, m->machine->link);
	}
}

static void
member_free(gpointer data)
{
	struct member *m = data;

	machine_free(m->machine);
	g_free(m);
}

static void
on_gone(void *user, struct gateway *g)
{
	struct fleet_watch *w = user;
	struct member *m = g_hash_table_lookup(w->members, g->host->name);
	struct sweep *s = w->fleet->sweep;

	if (!m)
		return;
	w->counts[m->counted]--;
	g_queue_remove(&w->queue, m);
	if (s->state == SWEEP_RUNS && (g->sweep.state == SWEEP_RUNS || g->sweep.state == SWEEP_WAITS)) {
		w->sweeping -= g->sweep.state == SWEEP_RUNS;
		s->total--;
	}
	g_queue_remove(&w->to_sweep, m);
	if (w->gone)
		w->gone(w->gone_user, m->machine);
	g_hash_table_remove(w->members, g->host->name);
	fleet_sweep_settle(w);
}

static const struct fleet_changes *
changes_to(struct fleet_watch *w, struct fleet_changes *c)
{
	*c = (struct fleet_changes){ on_added, on_gone, w };
	return c;
}

/* --- the whole --- */

static gboolean
others_are_up(const struct world *w)
{
	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		if (!h->local && h->link.state == LINK_UP)
			return TRUE;
	}
	return FALSE;
}

/* Has a source answered, or ceased to, since it was judged last? */
static gboolean
sources_tell(struct fleet_watch *w)
{
	guint before = w->answering;
	gboolean newer = FALSE;

	w->answering = 0;
	for (guint i = 0; i < ORIGIN_COUNT; i++) {
		const struct datum *d = &w->fleet->origins[i].datum;
		newer = newer || d->at_us > w->fleet->observed_us;
		w->answering += d->state == DATUM_OK;
	}
	return newer || w->answering != before;
}

/* A drop becomes a page when it has been true for half a minute, not up to ten seconds later. */
static gboolean
is_due(struct fleet_watch *w)
{
	const struct fleet *f = w->fleet;
	gboolean pending = f->sliding.state == DROP_PENDING || f->window.state == DROP_PENDING, told = sources_tell(w);

	return w->changed || told || pending || ++w->quiet_s >= OBSERVE_S || fleet_watch_is_in_turn(w);
}

static gboolean
on_tick(gpointer user)
{
	struct fleet_watch *w = user;

	fleet_sweep_tick(w);
	if (!is_due(w))
		return G_SOURCE_CONTINUE;
	w->changed = FALSE;
	w->quiet_s = 0;
	add_missing(w);
	settle_addresses(w);
	fleet_observe(w->fleet, others_are_up(w->world), g_get_monotonic_time());
	fleet_watch_advance(w);
	world_changed(w->world);
	return G_SOURCE_CONTINUE;
}

struct fleet_watch *
fleet_watch_new(const struct config_fleet *c, struct world *world, struct http *http)
{
	struct fleet_watch *w = g_new0(struct fleet_watch, 1);
	struct fleet_changes changes;

	w->config = c;
	w->world = world;
	w->poll = (struct gateway_poll_settings){
		.unit = c->unit ? c->unit : "novavms-gateway", .pattern = c->pattern ? c->pattern : FLEET_WATCH_PATTERN, .version = c->version,
		.span_min = c->span ? *c->span : SPAN_MIN, .interval_ms = (c->refresh ? *c->refresh : 30) * 1000,
	};
	w->connects = c->connects ? *c->connects : CONNECTS;
	w->follows = !c->live_sweep || *c->live_sweep;
	w->sessions = c->sessions ? *c->sessions : SESSIONS;
	w->members = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, member_free);
	g_queue_init(&w->queue);
	g_queue_init(&w->to_sweep);
	w->fleet = world->fleet = fleet_new(w->poll.unit, (gint64)w->poll.span_min * 60 * G_USEC_PER_SEC);
	w->fleet->readonly = c->readonly && *c->readonly;
	link_fleet_connects(w->connects);
	w->origins = fleet_origins_new(c, http, world, w->fleet, changes_to(w, &changes));
	w->loki = fleet_loki_new(fleet_origins_loki(w->origins), w->fleet, is_without_ssh, w);
	return w;
}

void
fleet_watch_free(struct fleet_watch *w)
{
	if (!w)
		return;
	fleet_loki_free(w->loki);
	fleet_origins_free(w->origins);
	g_clear_handle_id(&w->tick, g_source_remove);
	g_clear_handle_id(&w->hold, g_source_remove);
	g_clear_handle_id(&w->advance, g_source_remove);
	g_hash_table_unref(w->members);
	g_queue_clear(&w->queue);
	g_queue_clear(&w->to_sweep);
	g_free(w);
}

void
fleet_watch_start(struct fleet_watch *w)
{
	w->started = TRUE;
	w->tick = g_timeout_add_seconds(1, on_tick, w);
	fleet_origins_start(w->origins);
	if (!fleet_addresses_are_told(w->fleet, w->config)) {
		w->held_until_us = g_get_monotonic_time() + HOLD_US;
		w->hold = g_timeout_add(50, on_hold, w);
	}
	fleet_watch_advance(w);
}

void
fleet_watch_on_gone(struct fleet_watch *w, void (*gone)(void *user, const struct machine *m), void *user)
{
	w->gone = gone;
	w->gone_user = user;
}

guint
fleet_watch_followed(const struct fleet_watch *w)
{
	GHashTableIter i;
	gpointer value;
	guint n = 0;

	g_hash_table_iter_init(&i, w->members);
	while (g_hash_table_iter_next(&i, NULL, &value))
		n += gateway_poll_is_followed(((const struct member *)value)->machine->gateway_poll);
	return n;
}

struct machine *
fleet_watch_machine(const struct fleet_watch *w, const char *gateway)
{
	const struct member *m = w && gateway ? g_hash_table_lookup(w->members, gateway) : NULL;

	return m ? m->machine : NULL;
}

/* One that is connected only in turn comes before the others. */
static void
ask(struct member *m)
{
	struct fleet_watch *w = m->watch;

	m->due_us = 0;
	if (m->gateway->host->link.state != LINK_IDLE) {
		machine_refresh(m->machine);
		return;
	}
	if (m->queued && g_queue_remove(&w->queue, m))
		g_queue_push_head(&w->queue, m);
	fleet_watch_advance(w);
}

void
fleet_watch_ask(struct fleet_watch *w, const char *gateway)
{
	struct member *m = g_hash_table_lookup(w->members, gateway);

	if (m)
		ask(m);
}

void
fleet_watch_refresh(struct fleet_watch *w)
{
	GHashTableIter i;
	gpointer value;

	fleet_origins_refresh(w->origins);
	g_hash_table_iter_init(&i, w->members);
	while (g_hash_table_iter_next(&i, NULL, &value))
		ask(value);
}

void
fleet_watch_passphrase(struct fleet_watch *w, const char *key_file, const char *passphrase)
{
	g_autofree char *file = g_strdup(key_file); /* it is the text of a question that is answered here */
	GHashTableIter i;
	gpointer value;

	g_hash_table_iter_init(&i, w->members);
	while (g_hash_table_iter_next(&i, NULL, &value)) {
		const struct member *m = value;
		const struct link_status *l = &m->gateway->host->link;
		if (l->question == LINK_ASKS_PASSPHRASE && g_strcmp0(l->question_text, file) == 0)
			link_answer_passphrase(m->machine->link, passphrase);
	}
}
