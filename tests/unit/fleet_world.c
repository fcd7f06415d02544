#include "tests/unit/fleet_world.h"

#include <math.h>
#include <string.h>

#define SECOND ((gint64)G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define MB (1024 * 1024)

static void bring_up(struct gateway *g, guint number)
{
	struct link_status *l = &g->host->link;
	struct gateway_report *r = &g->report;

	l->state = LINK_UP;
	l->since_us = WORLD_NOW_US - 2 * HOUR;
	l->transport = g_strdup("libssh2");
	l->address = g_strdup_printf("pi@%s:22", g->host->name);
	datum_good(&g->datum, WORLD_NOW_US - 12 * SECOND);
	r->unit = UNIT_ACTIVE;
	r->sub = g_strdup("running");
	r->since_s = 3 * 86400 + number;
	r->restarts = 0;
	r->memory = (gint64)(31 + number % 7) * MB;
	r->errors = r->fatals = 0;
	r->version = g_strdup("1.8.2");
	g->seen = PRESENCE_ONLINE;
}

struct world *fleet_world_new(guint count)
{
	struct world *w = panel_world_new();
	g_autofree struct fleet_entry *entries = g_new0(struct fleet_entry, count);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const struct gateway_tailnet direct = { .presence = PRESENCE_ONLINE, .path = PATH_DIRECT };
	const struct gateway_tailnet relay = { .presence = PRESENCE_ONLINE, .path = PATH_DERP, .relay = (char *)"fra" };

	w->fleet = fleet_new("novavms-gateway", 30 * MINUTE);
	for (guint i = 0; i < count; i++) {
		g_ptr_array_add(names, g_strdup_printf("gw-%03u", i + 1));
		entries[i] = (struct fleet_entry){ .name = names->pdata[i] };
	}
	for (enum gateway_origin o = ORIGIN_CONFIG; o < ORIGIN_COUNT; o++)
		w->fleet->origins[o].used = o == ORIGIN_CONFIG || o == ORIGIN_TAILSCALE || o == ORIGIN_INVENTORY;
	fleet_take_list(w->fleet, ORIGIN_CONFIG, entries, count, WORLD_NOW_US - 2 * HOUR, NULL);
	for (guint i = 0; i < count; i++)
		entries[i].tailnet = i % 5 == 1 ? &relay : &direct;
	fleet_take_list(w->fleet, ORIGIN_TAILSCALE, entries, count, WORLD_NOW_US - 12 * SECOND, NULL);
	for (guint i = 0; i < count; i++)
		entries[i].product = PRESENCE_ONLINE;
	fleet_take_list(w->fleet, ORIGIN_INVENTORY, entries, count, WORLD_NOW_US - 8 * SECOND, NULL);
	for (guint i = 0; i < count; i++)
		bring_up(w->fleet->gateways->pdata[i], i);
	w->fleet->view = VIEW_PRODUCT;
	fleet_world_count(w, DROP_NONE, 0);
	return w;
}

struct gateway *fleet_world_gateway(const struct world *w, const char *name)
{
	struct gateway *g = fleet_gateway(w->fleet, name);

	g_assert_nonnull(g);
	return g;
}

static void bring_down(struct gateway *g, enum link_state state, const char *reason, const char *advice)
{
	struct link_status *l = &g->host->link;

	link_status_clear(l);
	l->state = state;
	l->since_us = WORLD_NOW_US - 3 * MINUTE;
	l->failures = 3;
	l->reason = g_strdup(reason);
	l->advice = g_strdup(advice);
	datum_good(&g->datum, WORLD_NOW_US - 190 * SECOND);
	datum_stale(&g->datum, "the link is down");
}

void fleet_world_lose(struct world *w, const char *name)
{
	struct gateway *g = fleet_world_gateway(w, name);

	bring_down(g, LINK_DOWN, "No route to host.", "Check that the gateway is on and that tailscale status shows it.");
	g->host->link.retry_at_us = WORLD_NOW_US + 40 * SECOND;
	g->product = g->seen = g->tailnet.presence = PRESENCE_OFFLINE;
	g->tailnet.path = PATH_NONE;
	g->tailnet.last_seen_us = WORLD_UTC_US - 200 * SECOND;
	g->changes_us[0] = WORLD_NOW_US - 3 * MINUTE;
	g->lost = TRUE;
}

void fleet_world_count(struct world *w, enum drop_state state, guint absent)
{
	struct fleet *f = w->fleet;
	struct drop *d = &f->sliding;

	f->online = f->offline = f->unknown = d->lost = 0;
	g_ptr_array_set_size(d->names, 0);
	for (guint i = 0; i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		f->online += g->seen == PRESENCE_ONLINE;
		f->offline += g->seen == PRESENCE_OFFLINE;
		f->unknown += g->seen == PRESENCE_UNKNOWN;
		d->lost += g->lost != 0;
		if (g->lost)
			g_ptr_array_add(d->names, g_strdup(g->host->name));
	}
	f->observed_us = WORLD_NOW_US - 2 * SECOND;
	d->state = state;
	d->baseline = f->gateways->len - absent;
	d->share = d->baseline > 0 ? (double)d->lost / d->baseline : NAN;
	d->true_since_us = state == DROP_NONE ? 0 : WORLD_NOW_US - (state == DROP_PENDING ? 12 * SECOND : 2 * MINUTE);
}

static void set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

static void set_errors(struct gateway *g, gint64 errors, gint64 fatals, const char *last)
{
	g->report.errors = errors;
	g->report.fatals = fatals;
	set_text(&g->report.last_error, last);
	g->report.last_error_us = WORLD_UTC_US - 3 * MINUTE;
}

static void add_links_in_trouble(struct world *w)
{
	struct gateway *g = fleet_world_gateway(w, "gw-006");

	bring_down(g, LINK_BLOCKED, "The host key has changed: it is not the one in known_hosts.", "Ask who runs the gateway before you remove the old key.");
	g->host->link.step = g_strdup("host key");
	g = fleet_world_gateway(w, "gw-010");
	link_status_clear(&g->host->link);
	g->host->link.state = LINK_CONNECTING;
	datum_clear(&g->datum);
	gateway_report_clear(&g->report);
	g->product = g->seen = PRESENCE_UNKNOWN;
	g = fleet_world_gateway(w, "gw-011");
	bring_down(g, LINK_BLOCKED, NULL, NULL);
	g->host->link.question = LINK_ASKS_HOST_KEY;
	g->host->link.question_text = g_strdup("ED25519 SHA256:2b8fE0uVz5mJkq0wq1o0yqOaBcDeFgHiJkLmNoPqRsT");
	datum_clear(&g->datum);
	gateway_report_clear(&g->report);
}

struct world *fleet_world_troubled(void)
{
	struct world *w = fleet_world_new(12);
	struct gateway *g;

	set_errors(fleet_world_gateway(w, "gw-003"), 31, 2, "FATAL pipeline: cannot open /dev/video0");
	fleet_world_gateway(w, "gw-004")->report.unit = UNIT_FAILED;
	fleet_world_gateway(w, "gw-004")->report.restarts = 5;
	fleet_world_lose(w, "gw-005");
	add_links_in_trouble(w);
	set_errors(fleet_world_gateway(w, "gw-007"), 5, 0, "ERROR lost camera 7: rtsp timeout after 10s");
	fleet_world_gateway(w, "gw-007")->report.errors_least = TRUE;
	g = fleet_world_gateway(w, "gw-008");
	for (int i = 0; i < GATEWAY_CHANGES; i++)
		g->changes_us[i] = WORLD_NOW_US - (2 + 3 * i) * MINUTE;
	fleet_world_lose(w, "gw-009");
	fleet_world_gateway(w, "gw-009")->lost = FALSE;
	g = fleet_world_gateway(w, "gw-012");
	gateway_listed(g, ORIGIN_INVENTORY, "100.64.0.12", PRESENCE_ONLINE);
	gateway_listed(g, ORIGIN_CONFIG, "100.64.0.13", PRESENCE_UNKNOWN);
	set_text(&g->report.problem, "no right to read the journal");
	g->report.errors = g->report.fatals = -1;
	g->report.clock_ahead_s = 95;
	fleet_world_count(w, DROP_NONE, 1);
	return w;
}

void fleet_world_add_line(struct world *w, const char *name, int seconds_ago, const char *text)
{
	struct gateway *g = fleet_world_gateway(w, name);

	sweep_take(w->fleet->sweep, name, &g->sweep, WORLD_UTC_US - seconds_ago * SECOND, text, strlen(text));
}

void fleet_world_sweep(struct world *w)
{
	struct sweep *s = w->fleet->sweep;

	for (guint i = 0; i < w->fleet->gateways->len; i++) {
		struct gateway *g = w->fleet->gateways->pdata[i];
		g->sweep.state = SWEEP_DONE;
		g->sweep.read_us = WORLD_UTC_US - 4 * MINUTE;
		if (i % 4 == 2 && i < 400) {
			g_autofree char *text = g_strdup_printf("ERROR lost camera %u: rtsp timeout after %us", i % 9, 10 + i);
			fleet_world_add_line(w, g->host->name, 600 + (int)i, text);
			fleet_world_add_line(w, g->host->name, 500 + (int)i, text);
		}
	}
	fleet_world_add_line(w, "gw-003", 372, "FATAL pipeline: cannot open /dev/video0");
	fleet_world_add_line(w, "gw-001", 300, "panic: runtime error: index out of range [7] with length 3");
	s->state = SWEEP_DONE;
	s->total = w->fleet->gateways->len;
	s->done = s->total - 1;
	s->failed = 1;
	s->begun_us = WORLD_NOW_US - 5 * MINUTE;
	s->ended_us = WORLD_NOW_US - 4 * MINUTE;
	fleet_world_gateway(w, "gw-002")->sweep.state = SWEEP_FAILED;
	fleet_world_gateway(w, "gw-002")->sweep.problem = g_strdup("no journald");
}

void fleet_world_roll(struct world *w, guint count, enum rollout_state state)
{
	const struct rollout_settings settings = { .batch = 1, .budget = 2, .pause_s = 10, .gate_s = 120, .quiet_s = 15 };
	static const enum rollout_stage stages[] = { ROLLOUT_WELL, ROLLOUT_WELL, ROLLOUT_FAILED, ROLLOUT_GATE };
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	struct rollout *r;

	for (guint i = 0; i < count; i++)
		g_ptr_array_add(names, fleet_world_gateway(w, ((struct gateway *)w->fleet->gateways->pdata[i])->host->name)->host->name);
	r = w->fleet->rollout = rollout_new(&settings, (const char *const *)names->pdata, count, WORLD_NOW_US - 5 * MINUTE);
	for (guint i = 0; i < MIN(count, G_N_ELEMENTS(stages)); i++) {
		struct rollout_step *s = r->steps->pdata[i];
		s->stage = stages[i];
		s->begun_us = WORLD_NOW_US - (5 - i) * MINUTE;
		s->restarted_us = s->begun_us + 5 * SECOND;
		s->ended_us = s->stage == ROLLOUT_GATE ? 0 : s->begun_us + 40 * SECOND;
	}
	set_text(&((struct rollout_step *)r->steps->pdata[2])->reason, "not active within 120 s");
	set_text(&((struct rollout_step *)r->steps->pdata[3])->reason, "not active yet");
	r->well = 2;
	r->failed = 1;
	r->batch_begin = 3;
	r->batch_end = 4;
	r->state = state;
	r->ended_us = state == ROLLOUT_RUNNING || state == ROLLOUT_PAUSED ? 0 : WORLD_NOW_US - MINUTE;
}
