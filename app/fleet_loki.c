#include "app/fleet_loki.h"

struct fleet_loki {
	struct loki *loki;
	struct fleet *fleet;
	guint begun;          /* gateways that are being read; 0: none */
	gint64 now_us;        /* UTC: up to when */
	fleet_loki_has has;
	fleet_loki_ended ended;
	void *user;
};

struct fleet_loki *
fleet_loki_new(struct loki *loki, struct fleet *fleet, fleet_loki_has has, void *user)
{
	struct fleet_loki *l;

	if (!loki)
		return NULL;
	l = g_new0(struct fleet_loki, 1);
	*l = (struct fleet_loki){ .loki = loki, .fleet = fleet, .has = has, .user = user };
	return l;
}

void
fleet_loki_free(struct fleet_loki *l)
{
	if (!l)
		return;
	if (l->begun)
		loki_cancel(l->loki);
	g_free(l);
}

/* Lines of gateways whose journals are read would count twice. */
static void
on_line(void *user, const char *name, gint64 utc_us, const char *text, gsize len)
{
	struct fleet_loki *l = user;
	struct gateway *g = fleet_gateway(l->fleet, name);

	if (g && l->has(l->user, g) && g->sweep.state == SWEEP_RUNS)
		sweep_take(l->fleet->sweep, g->host->name, &g->sweep, utc_us, text, len);
}

/* Those that are being read get this state; gives how many they are. */
static guint
set_state(struct fleet_loki *l, enum sweep_state state, const char *problem)
{
	guint n = 0;

	for (guint i = 0; i < l->fleet->gateways->len; i++) {
		struct gateway *g = l->fleet->gateways->pdata[i];
		if (!l->has(l->user, g) || g->sweep.state != SWEEP_RUNS)
			continue;
		g->sweep.state = state;
		g_free(g->sweep.problem);
		g->sweep.problem = g_strdup(problem);
		if (state == SWEEP_DONE)
			g->sweep.read_us = l->now_us;
		n++;
	}
	return n;
}

static void
on_done(void *user, const char *problem, gboolean cut)
{
	struct fleet_loki *l = user;
	guint begun = l->begun, left;

	left = set_state(l, problem ? SWEEP_FAILED : SWEEP_DONE,
	                 problem ? problem : cut ? "Loki has more lines than it gives at once: older ones are left out" : NULL);
	l->begun = 0;
	l->ended(l->user, problem ? begun - left : begun, problem ? left : 0);
}

guint
fleet_loki_sweep(struct fleet_loki *l, const char *pattern, fleet_loki_ended ended)
{
	static const struct loki_events events = { on_line, on_done };
	guint n = 0;

	if (!l || l->begun)
		return 0;
	for (guint i = 0; i < l->fleet->gateways->len; i++) {
		struct gateway *g = l->fleet->gateways->pdata[i];
		if (!l->has(l->user, g))
			continue;
		g->sweep.state = SWEEP_RUNS;
		n++;
	}
	if (n == 0)
		return 0;
	l->begun = n;
	l->now_us = g_get_real_time();
	l->ended = ended;
	loki_sweep(l->loki, pattern, l->now_us, l->fleet->sweep->span_us, &events, l);
	return n;
}

void
fleet_loki_cancel(struct fleet_loki *l)
{
	if (!l || !l->begun)
		return;
	loki_cancel(l->loki);
	set_state(l, SWEEP_CANCELLED, NULL);
	l->begun = 0;
}
