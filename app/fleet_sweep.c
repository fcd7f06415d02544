/* The sweep of the fleet: who is read when, and what came of it. */
#include "app/fleet_watch_private.h"

#define SWEEPS_AT_ONCE 64
#define ASKED_AT_ONCE 256   /* of those that need no command */
#define FOLLOWED_AT_ONCE 64 /* begun in a second: the sweep is over, there is time */
#define FORGET_US (60 * (gint64)G_USEC_PER_SEC)

void
fleet_sweep_settle(struct fleet_watch *w)
{
	struct sweep *s = w->fleet->sweep;

	if (s->state != SWEEP_RUNS || s->done + s->failed < s->total)
		return;
	s->state = SWEEP_DONE;
	s->ended_us = g_get_monotonic_time();
	world_changed(w->world);
}

static void
swept(void *user, gboolean ok)
{
	struct member *m = user;
	struct fleet_watch *w = m->watch;
	struct sweep *s = w->fleet->sweep;

	w->sweeping--;
	if (ok)
		s->done++;
	else
		s->failed++;
	m->spent = TRUE;
	fleet_sweep_go_on(w);
	fleet_sweep_settle(w);
	fleet_watch_advance(w);
}

/* With more gateways than sessions each is connected for its sweep. One that answered a while ago is most likely there: a first attempt that failed,
 * on a bad line or a busy machine, is made again by its link in two seconds. */
static gboolean
is_tried_again(const struct member *m)
{
	const struct link_status *l = &m->gateway->host->link;
	const struct datum *d = &m->gateway->datum;

	return fleet_watch_is_in_turn(m->watch) && l->state == LINK_DOWN && l->failures == 1 && d->at_us > 0 &&
	       g_get_monotonic_time() - d->at_us <= FLEET_STALE_US;
}

/* Not reached: nothing of its journal is read. */
static void
sweep_not_reached(struct member *m)
{
	const struct link_status *l = &m->gateway->host->link;
	struct sweep_part *p = &m->gateway->sweep;

	p->state = SWEEP_FAILED;
	g_free(p->problem);
	p->problem = g_strdup_printf("not reached: %s", l->reason ? l->reason : "no connection");
	m->watch->fleet->sweep->failed++;
}

static void
on_loki(void *user, guint done, guint failed)
{
	struct fleet_watch *w = user;

	w->fleet->sweep->done += done;
	w->fleet->sweep->failed += failed;
	fleet_sweep_settle(w);
	world_changed(w->world);
}

static guint
at_once(const struct member *m)
{
	return gateway_poll_is_followed(m->machine->gateway_poll) ? ASKED_AT_ONCE : SWEEPS_AT_ONCE;
}

void
fleet_sweep_go_on(struct fleet_watch *w)
{
	for (guint n = g_queue_get_length(&w->to_sweep); n > 0; n--) {
		struct member *m = g_queue_peek_head(&w->to_sweep);
		enum link_state state = m->gateway->host->link.state;
		if (w->sweeping >= at_once(m))
			break;
		g_queue_pop_head(&w->to_sweep);
		if (link_is_up(m->machine->link)) {
			w->sweeping++;
			gateway_poll_sweep(m->machine->gateway_poll, swept, m);
		} else if ((state == LINK_DOWN && !is_tried_again(m)) || state == LINK_BLOCKED) {
			sweep_not_reached(m);
		} else {
			g_queue_push_tail(&w->to_sweep, m);
		}
	}
	fleet_sweep_settle(w);
}

/* Forgets what is older than the span, so that counts are of the span. */
static void
forget_old(struct fleet_watch *w)
{
	const GPtrArray *all = w->fleet->gateways;
	g_autofree struct sweep_part **parts = g_new(struct sweep_part *, MAX(all->len, 1));
	g_autofree const char **names = g_new(const char *, MAX(all->len, 1));

	for (guint i = 0; i < all->len; i++) {
		struct gateway *g = all->pdata[i];
		parts[i] = &g->sweep;
		names[i] = g->host->name;
	}
	sweep_forget(w->fleet->sweep, g_get_real_time(), parts, names, all->len);
	w->forgot_us = g_get_monotonic_time();
}

/* So that the next sweep needs no commands. It costs the gateways some processes: not of one that nobody sweeps, and not for ever. */
static void
follow_some(struct fleet_watch *w)
{
	const struct sweep *s = w->fleet->sweep;
	gboolean wanted = w->follows && !fleet_watch_is_in_turn(w) && g_get_monotonic_time() - s->ended_us < s->span_us;
	GHashTableIter i;
	gpointer value;
	guint begun = 0;

	if ((s->state != SWEEP_DONE && s->state != SWEEP_CANCELLED) || (!wanted && !w->following))
		return;
	w->following = wanted;
	g_hash_table_iter_init(&i, w->members);
	while (begun < FOLLOWED_AT_ONCE && g_hash_table_iter_next(&i, NULL, &value)) {
		struct gateway_poll *p = ((struct member *)value)->machine->gateway_poll;
		if (wanted)
			begun += gateway_poll_follow(p);
		else
			gateway_poll_unfollow(p);
	}
}

/* What was found is not told for ever, also when nobody sweeps again. */
void
fleet_sweep_tick(struct fleet_watch *w)
{
	const struct sweep *s = w->fleet->sweep;

	follow_some(w);
	if (s->state == SWEEP_NEVER || s->state == SWEEP_RUNS || g_get_monotonic_time() - w->forgot_us < FORGET_US)
		return;
	forget_old(w);
	world_changed(w->world);
}

void
fleet_watch_sweep(struct fleet_watch *w)
{
	struct sweep *s = w->fleet->sweep;
	GHashTableIter i;
	gpointer value;

	if (s->state == SWEEP_RUNS)
		return;
	forget_old(w);
	s->state = SWEEP_RUNS;
	s->begun_us = g_get_monotonic_time();
	s->ended_us = 0;
	s->done = s->failed = 0;
	s->total = g_hash_table_size(w->members) + fleet_loki_sweep(w->loki, w->poll.pattern, on_loki);
	g_hash_table_iter_init(&i, w->members);
	while (g_hash_table_iter_next(&i, NULL, &value)) {
		struct member *m = value;
		m->gateway->sweep.state = SWEEP_WAITS;
		m->due_us = 0;
		g_queue_push_tail(&w->to_sweep, m);
	}
	fleet_sweep_go_on(w);
	fleet_watch_advance(w);
	world_changed(w->world);
}

void
fleet_watch_sweep_cancel(struct fleet_watch *w)
{
	struct sweep *s = w->fleet->sweep;
	GHashTableIter i;
	gpointer value;

	if (s->state != SWEEP_RUNS)
		return;
	g_queue_clear(&w->to_sweep);
	g_hash_table_iter_init(&i, w->members);
	while (g_hash_table_iter_next(&i, NULL, &value)) {
		struct member *m = value;
		gateway_poll_sweep_cancel(m->machine->gateway_poll);
	}
	fleet_loki_cancel(w->loki);
	w->sweeping = 0;
	s->state = SWEEP_CANCELLED;
	s->ended_us = g_get_monotonic_time();
	world_changed(w->world);
}
