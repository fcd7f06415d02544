/* The error grep of all gateways, by the sweep of the fleet. */
#include "app/observe_private.h"
#include "model/check_fleet.h"
#include "model/sanitize.h"

#define LOOK_MS 200
#define LIST_US (15 * (gint64)G_USEC_PER_SEC)   /* so long the list of gateways may take to come */
#define SWEEP_US (120 * (gint64)G_USEC_PER_SEC) /* who was not read by then was not reached */

struct sweeping {
	struct observation *o;
	struct fleet *fleet;
	guint source;
	gboolean swept; /* a sweep that began for us */
};

static void
sweeping_drop(void *kind)
{
	struct sweeping *s = kind;

	g_clear_handle_id(&s->source, g_source_remove);
	g_free(s);
}

static void
finish(struct sweeping *s)
{
	struct observation *o = s->o;
	g_autofree char *pattern = observe_fill(o, o->check->pattern);

	check_fleet_judge(s->fleet, o->check, pattern, &o->result);
	for (guint i = 0; o->line && o->result.lines && i < o->result.lines->len; i++)
		o->line(o->user, o->result.lines->pdata[i]);
	observe_end(o);
}

/* TRUE: it ends. */
static gboolean
go_on(struct sweeping *s)
{
	const struct sweep *sweep = s->fleet->sweep;
	gint64 waited = g_get_monotonic_time() - s->o->begun_us;

	if (!s->swept) {
		if (!fleet_lists_are_known(s->fleet) && waited < LIST_US)
			return FALSE;
		if (s->fleet->gateways->len == 0) {
			observe_end_unknown(s->o, "no gateway is listed: look at the fleet's sources (midwatch doctor)");
			return TRUE;
		}
		if (sweep->state == SWEEP_RUNS && waited < SWEEP_US)
			return FALSE; /* somebody else's, which may have begun before what we look for */
		fleet_watch_sweep(s->o->context->fleet);
		s->swept = TRUE;
		return FALSE;
	}
	if (sweep->state == SWEEP_RUNS && waited < SWEEP_US)
		return FALSE;
	if (sweep->state == SWEEP_CANCELLED)
		observe_end_unknown(s->o, "the sweep was cancelled");
	else
		finish(s);
	return TRUE;
}

static gboolean
on_look(gpointer user)
{
	struct sweeping *s = user;

	if (!go_on(s))
		return G_SOURCE_CONTINUE;
	s->source = 0;
	return G_SOURCE_REMOVE;
}

/* The fleet is swept for one pattern and span: those of its configuration. */
static gboolean
is_as_swept(struct observation *o, const struct fleet *f)
{
	const struct config_fleet *c = o->context->config->fleet;
	g_autofree char *pattern = observe_fill(o, o->check->pattern);
	const char *swept = c->pattern ? c->pattern : FLEET_WATCH_PATTERN;
	gint64 minutes = f->sweep->span_us / (60 * (gint64)G_USEC_PER_SEC);

	if (check_fleet_same_pattern(pattern, swept) && minutes == o->check->since_min)
		return TRUE;
	observe_end_unknown(o, "the fleet is swept for %s over %" G_GINT64_FORMAT " min, this check asks for %s over %u min: make fleet.pattern and fleet.span "
	                    "and the checklist the same (with FATAL)", swept, minutes, pattern, o->check->since_min);
	return FALSE;
}

void
observe_fleet(struct observation *o)
{
	struct fleet *f = o->context->world->fleet;
	struct sweeping *s;

	if (!o->context->fleet || !f) {
		observe_end_unknown(o, "no fleet is configured");
		return;
	}
	if (!is_as_swept(o, f))
		return;
	s = g_new0(struct sweeping, 1);
	s->o = o;
	s->fleet = f;
	s->source = g_timeout_add(LOOK_MS, on_look, s);
	o->kind = s;
	o->drop = sweeping_drop;
}
