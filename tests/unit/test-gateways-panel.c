/* The Gateways panel, drawn from hand-made fleets whose clock stands still. UPDATE_GOLDEN=1 writes what it looks like anew. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/headline.h"
#include "panels/gateways_private.h"
#include "tests/unit/fleet_world.h"
#include "tui/text.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

static struct stage *stage_of(struct world *w)
{
	return stage_new(&gateways_panel, w, 19, 80);
}

static struct stage *wide_stage_of(struct world *w)
{
	return stage_new(&gateways_panel, w, 55, 200);
}

static void has(const struct stage *s, const char *text)
{
	page_assert_has(&s->canvas, text);
}

static void lacks(const struct stage *s, const char *text)
{
	page_assert_lacks(&s->canvas, text);
}

static struct fleet *fleet(const struct stage *s)
{
	return s->world->fleet;
}

static void test_golden(void)
{
	struct stage *s = stage_of(fleet_world_troubled());

	stage_golden(s, "gateways", FALSE);
	stage_point_at(s, "gw-005");
	stage_press(s, ACT_DETAILS);
	stage_golden(s, "gateways-details", FALSE);
	stage_free(s);
	s = stage_of(fleet_world_troubled());
	fleet_world_sweep(s->world);
	fleet_world_roll(s->world, 12, ROLLOUT_RUNNING);
	stage_golden(s, "gateways-rollout", FALSE);
	stage_press(s, ACT_GATEWAY_FAULTS);
	stage_golden(s, "gateways-faults", FALSE);
	stage_press(s, ACT_DOWN);
	stage_press(s, ACT_OPEN);
	stage_golden(s, "gateways-lines", FALSE);
	stage_free(s);
}

static struct world *dropped_world(guint lost, enum drop_state state)
{
	struct world *w = fleet_world_new(400);

	for (guint i = 0; i < lost; i++)
		fleet_world_lose(w, ((struct gateway *)w->fleet->gateways->pdata[13 + i * 7])->host->name);
	fleet_world_count(w, state, 0);
	return w;
}

static enum severity headline(const struct world *w, char *out, gsize size)
{
	struct headline h;

	headline_compute(w, &h);
	g_strlcpy(out, h.text, size);
	return h.severity;
}

static void assert_badge(struct stage *s, const char *want)
{
	char badge[32];

	s->class->badge(s->panel, badge, sizeof badge);
	g_assert_cmpstr(badge, ==, want);
}

static void test_drop(void)
{
	struct stage *s = stage_of(dropped_world(12, DROP_NONE));
	char line[160];

	has(s, "online 388 of 400 (product view, 8s)   drop ▼3.0% of 400 in 5m");
	has(s, "[All] Lost 12  Down 12");
	assert_badge(s, "▲12");
	lacks(s, "P1");
	stage_free(s);
	s = stage_of(dropped_world(48, DROP_FIRING));
	stage_golden(s, "gateways-p1", FALSE);
	has(s, "✖ P1 since 01:45:22Z: 48 of 400 gateways lost (12.0 %): gw-014, gw-021");
	assert_badge(s, "✖48");
	g_assert_cmpint(headline(s->world, line, sizeof line), ==, SEVERITY_CRIT);
	g_assert_true(g_str_has_prefix(line, "gateways: P1: 48 of 400 lost at once (12.0 %): gw-014, gw-021, gw-028 and 45 more"));
	fleet(s)->sliding.state = DROP_PENDING;
	fleet(s)->sliding.true_since_us = WORLD_NOW_US - 12 * SECOND;
	stage_draw(s);
	has(s, "P1 if it is so for 18s more: 48 of 400");
	assert_badge(s, "▲48");
	fleet(s)->sliding.state = DROP_KEPT;
	stage_draw(s);
	has(s, "P1, no longer true");
	stage_free(s);
}

static void test_blind(void)
{
	struct world *w = fleet_world_new(40);
	struct stage *s;

	w->fleet->blind = g_strdup("no network: nothing at all answers, the canary neither");
	w->fleet->sliding.state = DROP_BLIND;
	w->fleet->sliding.share = NAN;
	s = stage_of(w);
	stage_golden(s, "gateways-blind", FALSE);
	has(s, "▲ we are blind: no network: nothing at all answers, the canary neither;");
	has(s, "nothing below is news about the gateways");
	lacks(s, "● gw-001");
	for (int i = 10; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("gw-%03d", i);
		fleet_world_lose(s->world, name);
	}
	assert_badge(s, ""); /* nobody knows whether they are gone */
	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_WINDOW), ==, "which gateways are online is not known");
	g_clear_pointer(&fleet(s)->blind, g_free);
	stage_draw(s);
	has(s, "● gw-001");
	stage_free(s);
}

static void test_sources(void)
{
	struct world *w = fleet_world_troubled();
	struct stage *s;

	fleet_list_failed(w->fleet, ORIGIN_INVENTORY, "HTTP 503 from https://novavms.example.com/platform/orgs");
	fleet_list_failed(w->fleet, ORIGIN_TAILSCALE, "tailscaled does not run");
	w->fleet->origins[ORIGIN_INVENTORY].datum.at_us = WORLD_NOW_US - 6 * MINUTE;
	w->fleet->view = VIEW_TAILNET;
	w->fleet->tailnet_problem = g_strdup("logged out: run tailscale up");
	w->fleet->origins[ORIGIN_CONFIG].duplicates = 2;
	s = stage_of(w);
	has(s, "inventory silent 6m: judged by the tailnet");
	has(s, "· 2 of 3 sources not fresh");
	stage_golden(s, "gateways-sources", FALSE);
	has(s, "▲ tailnet: logged out: run tailscale up");
	has(s, "▲ inventory, 6m old: HTTP 503 from https://novavms.example.com/platform/orgs; ^R asks again");
	has(s, "configuration has 2 names twice");
	s->height = 19;
	s->width = 80;
	stage_draw(s);
	has(s, "more: d, Fleet");
	stage_press(s, ACT_DETAILS);
	stage_press(s, ACT_TAB_PREVIOUS);
	stage_press(s, ACT_FULL);
	has(s, "configuration has 2 names twice");
	stage_free(s);
}

/* A unit that ends and is started again is no start under way: its gateway is gone. */
static void test_loop(void)
{
	struct stage *s = wide_stage_of(fleet_world_new(12));
	struct gateway *g = fleet_world_gateway(s->world, "gw-007");

	g->report.unit = UNIT_ACTIVATING;
	g_free(g->report.sub);
	g->report.sub = g_strdup("start-pre");
	stage_draw(s);
	has(s, "? gw-007");
	g_free(g->report.sub);
	g->report.sub = g_strdup("auto-restart");
	stage_draw(s);
	has(s, "▲ gw-007");
	g_assert_cmpint(gateway_condition(fleet(s), g, WORLD_NOW_US), ==, GATEWAY_GONE);
	stage_free(s);
}

/* Of 40 that nobody tells of, not 0 are online. */
static void test_nobody_tells(void)
{
	struct world *w = fleet_world_new(40);
	struct stage *s;

	fleet_world_roll(w, 10, ROLLOUT_INTERRUPTED);
	fleet_list_failed(w->fleet, ORIGIN_INVENTORY, "HTTP 500");
	w->fleet->online = w->fleet->offline = 0;
	w->fleet->unknown = 40;
	s = stage_of(w);
	has(s, "online – of 40: nobody tells now (product view, 8s)");
	has(s, "drop: nobody can tell");
	g_assert_cmpint(page_find(&s->canvas, "inventory, 8s old: HTTP 500"), <, page_find(&s->canvas, "rollout interrupted"));
	stage_free(s);
}

static void test_empty(void)
{
	struct world *w = fleet_world_new(0);
	struct stage *s;

	s = stage_of(w);
	has(s, "the sources list no gateway");
	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_SWEEP), ==, "no gateway is known");
	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_FOLLOW), ==, "no gateway is selected");
	stage_press_all(s);
	datum_clear(&fleet(s)->origins[ORIGIN_INVENTORY].datum);
	stage_draw(s);
	has(s, "waiting for the list of gateways");
	for (int o = 0; o < ORIGIN_COUNT; o++) {
		datum_clear(&fleet(s)->origins[o].datum);
		if (fleet(s)->origins[o].used)
			fleet_list_failed(fleet(s), (enum gateway_origin)o, "connection refused");
	}
	stage_draw(s);
	stage_golden(s, "gateways-empty", FALSE);
	stage_free(s);
	s = stage_of(panel_world_new());
	has(s, "no gateways are configured");
	assert_badge(s, "");
	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_SWEEP), ==, "no gateways are configured");
	stage_press_all(s);
	stage_free(s);
}

static void test_order_and_cells(void)
{
	static const char *const order[] = { "✖ gw-003", "✖ gw-004", "▲ gw-005 3m", "✖ gw-006 3m", "▲ gw-007", "▲ gw-008", "▲ gw-009 3m", "▲ gw-011" };
	struct stage *s = wide_stage_of(fleet_world_troubled());
	int top = page_find(&s->canvas, order[0]);

	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		g_assert_cmpint(page_find(&s->canvas, order[i]), ==, top + (int)i);
	has(s, "failed");
	has(s, "relay fra");
	has(s, "seen 3m");
	has(s, "down 3m");
	has(s, "refused");
	has(s, "asks");
	has(s, "◌ gw-010");
	has(s, "5+");
	has(s, "3m FATAL pipeline: cannot open /dev/video0");
	has(s, "no right to read the journal");
	has(s, "VERSION");
	lacks(s, "ROLLOUT");
	g_free(fleet_world_gateway(s->world, "gw-003")->report.last_error);
	fleet_world_gateway(s->world, "gw-003")->report.last_error = g_strdup("novavms-gateway[812]: ERROR [cam 7]: lost");
	fleet_world_gateway(s->world, "gw-005")->tailnet.expired = TRUE;
	stage_draw(s);
	has(s, "m ERROR [cam 7]: lost"); /* its program is all the same */
	has(s, "expired");
	for (guint i = 0; i < 12; i++) {
		struct gateway *g = fleet(s)->gateways->pdata[i];
		g_clear_pointer(&g->report.version, g_free);
	}
	stage_draw(s);
	lacks(s, "VERSION");
	for (int i = 0; i < 14; i++) {
		stage_press(s, ACT_SORT_NEXT);
		has(s, "12 of 12");
	}
	stage_free(s);
}

static void test_chips_and_filters(void)
{
	static const struct { const char *filter, *count; } filters[] = {
		{ "name:gw-00", "9 of 12" }, { "state:fatal", "1 of 12" }, { "state:lost", "1 of 12" }, { "link:refused", "1 of 12" }, { "link:up", "7 of 12" },
		{ "unit:failed", "1 of 12" }, { "online:offline", "2 of 12" }, { "online:unknown", "1 of 12" }, { "path:relay", "3 of 12" },
		{ "origin:inv", "12 of 12" }, { "error:camera", "1 of 12" }, { "!state:well camera", "1 of 12" }, { "state:disagree", "1 of 12" },
	};
	struct stage *s = wide_stage_of(fleet_world_troubled());

	has(s, "[All] Lost 1  Errors 2  Down 4  Flapping 1  Disagree 1");
	for (guint i = 0; i < G_N_ELEMENTS(filters); i++) {
		stage_answer(s, ACT_FILTER, filters[i].filter, TRUE);
		has(s, filters[i].count);
	}
	stage_press(s, ACT_ESCAPE);
	stage_press(s, ACT_CHIP);
	has(s, "[Lost 1]");
	has(s, "1 of 12");
	fleet_world_gateway(s->world, "gw-005")->lost = FALSE;
	stage_draw(s);
	has(s, "[Lost 0]");
	has(s, "no gateway that is lost is here: Esc clears");
	stage_press(s, ACT_ESCAPE);
	lacks(s, "Lost");
	stage_press(s, ACT_FAULTS);
	has(s, "FAULTS");
	lacks(s, "gw-001");
	stage_free(s);
}

static void test_state_tab(void)
{
	struct stage *s = wide_stage_of(fleet_world_troubled());

	stage_press(s, ACT_DETAILS);
	stage_press(s, ACT_FULL);
	stage_point_at(s, "gw-005");
	has(s, "product offline, tailnet offline, link down 3m; judged by the product; lost: it was online in the baseline");
	has(s, "last seen 01:44:02Z (3m20s ago)");
	has(s, "down 3m: No route to host.");
	has(s, "Check that the gateway is on");
	has(s, "told         01:44:12Z (3m10s ago): the link is down");
	fleet_world_gateway(s->world, "gw-005")->tailnet.expired = TRUE;
	stage_draw(s);
	has(s, "its key has expired: renew it");
	stage_point_at(s, "gw-012");
	has(s, "configuration at 100.64.0.13");
	has(s, "disagree     ");
	has(s, "1m35s ahead of ours");
	has(s, "missing      no right to read the journal");
	has(s, "the journal could not be read");
	stage_point_at(s, "gw-008");
	has(s, "flapping     came or went at 01:45:22Z, 01:42:22Z, 01:39:22Z");
	stage_point_at(s, "gw-011");
	has(s, "waits for an answer: its host key is new");
	has(s, "it has told nothing of itself yet");
	stage_point_at(s, "gw-001");
	has(s, "up for 2h, libssh2, pi@gw-001:22");
	has(s, "active (running) since 2026-11-19 01:47Z");
	stage_free(s);
}

static void test_sweep(void)
{
	struct stage *s = wide_stage_of(fleet_world_troubled());
	struct sweep *sweep = fleet(s)->sweep;

	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_FAULTS), ==, "no sweep has run");
	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_SWEEP_CANCEL), ==, "no sweep is under way");
	stage_press(s, ACT_GATEWAY_SWEEP);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_SWEEP), ==, 1);
	sweep->state = SWEEP_RUNS;
	sweep->total = 400;
	sweep->done = 58;
	sweep->failed = 3;
	stage_draw(s);
	has(s, "61 of 400, 3 failed, 339 to go  E stops it");
	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_SWEEP), ==, "a sweep is under way");
	stage_press(s, ACT_GATEWAY_SWEEP_CANCEL);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_SWEEP_CANCEL), ==, 1);
	fleet_world_sweep(s->world);
	stage_draw(s);
	has(s, "sweep 4m ago: 8 lines, 3 faults on 4 gateways, 1 FATAL; 1 of 12 could not be read");
	stage_press(s, ACT_DETAILS);
	stage_point_at(s, "gw-003");
	stage_press(s, ACT_TAB_NEXT);
	has(s, "read up to 01:43:22Z (4m ago), 3 lines");
	has(s, "01:41:10Z FATAL pipeline: cannot open /dev/video0");
	stage_press(s, ACT_TAB_NEXT);
	has(s, "FATAL FATAL pipeline: cannot open /dev/videoN");
	has(s, "2 here, 6 on 3 gateways");
	stage_point_at(s, "gw-002");
	has(s, "could not be read: no journald");
	sweep->state = SWEEP_CANCELLED;
	sweep->done = 6;
	stage_draw(s);
	has(s, "; stopped at 7 of 12");
	stage_free(s);
}

static void test_faults(void)
{
	struct world *w = fleet_world_troubled();
	struct stage *s;

	fleet_world_sweep(w);
	s = stage_of(w);
	stage_press(s, ACT_GATEWAY_FAULTS);
	has(s, "Faults  all gateways  3 of 3");
	has(s, "[All] FATAL 1");
	has(s, "✖      1        1");
	has(s, "▲      6        3");
	stage_press(s, ACT_DOWN);
	stage_press(s, ACT_COPY);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_COPY), "6 on 3 gateways  ERROR lost camera N: rtsp timeout after Ns"));
	stage_press(s, ACT_DETAILS);
	has(s, "gw-003 2, gw-007 2, gw-011 2");
	stage_press(s, ACT_OPEN);
	has(s, "Lines  of one fault  6 of 6");
	has(s, "ERROR lost camera N: rtsp timeout after Ns");
	has(s, "gw-003");
	g_assert_cmpstr(stage_why_not(s, ACT_CHIP), ==, "lines have no kinds");
	stage_answer(s, ACT_FILTER, "name:gw-007", TRUE);
	has(s, "2 of 6");
	stage_press(s, ACT_COPY);
	g_assert_nonnull(strstr(recorder_last(s->recorder, REQUEST_COPY), "  gw-007  ERROR lost camera"));
	stage_press(s, ACT_OPEN);
	has(s, "Gateways  novavms-gateway");
	has(s, "gw-007 ─  State  [Errors]");
	stage_press(s, ACT_ESCAPE); /* the details, then back the way it came */
	stage_press(s, ACT_ESCAPE);
	has(s, "Lines  of one fault");
	stage_press(s, ACT_ESCAPE);
	stage_press(s, ACT_ESCAPE);
	has(s, "Faults  all gateways");
	stage_press(s, ACT_ESCAPE);
	stage_press(s, ACT_ESCAPE);
	has(s, "Gateways  novavms-gateway");
	g_assert_false(s->class->act(s->panel, ACT_ESCAPE));
	stage_free(s);
}

/* What a fault was is forgotten while its lines are shown. */
static void test_fault_gone(void)
{
	struct world *w = fleet_world_new(12);
	struct stage *s;

	fleet_world_sweep(w);
	s = stage_of(w);
	stage_press(s, ACT_GATEWAY_FAULTS);
	stage_press(s, ACT_OPEN);
	for (guint i = 0; i < fleet(s)->sweep->faults->len; i++)
		((struct sweep_fault *)fleet(s)->sweep->faults->pdata[i])->count = 0;
	stage_draw(s);
	has(s, "this fault is gone");
	stage_press_all(s);
	stage_free(s);
}

static void test_requests(void)
{
	struct stage *s = wide_stage_of(fleet_world_troubled());
	g_autofree char *found = NULL;

	stage_point_at(s, "gw-007");
	stage_press(s, ACT_GATEWAY_FOLLOW);
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_FOLLOW_UNITS), ==, "-|-|-|1 gw-007");
	stage_point_at(s, "gw-005");
	g_assert_cmpstr(stage_why_not(s, ACT_GATEWAY_FOLLOW), ==, "it is not reached");
	stage_press(s, ACT_GATEWAY_FOLLOW_ALL);
	g_assert_true(g_str_has_prefix(recorder_last(s->recorder, REQUEST_FOLLOW_UNITS), "-|-|-|7 gw-001"));
	found = stage_targets(s, ACT_GATEWAY_FOLLOW_ALL);
	g_assert_cmpstr(found, ==, "gw-005/-");
	stage_press(s, ACT_TOP);
	for (int i = 0; i < 4; i++)
		stage_press(s, ACT_MARK);
	has(s, "4 marked");
	stage_press(s, ACT_GATEWAY_FOLLOW); /* only those that are reached */
	g_assert_cmpstr(recorder_last(s->recorder, REQUEST_FOLLOW_UNITS), ==, "-|-|-|2 gw-003 gw-004");
	stage_press(s, ACT_GATEWAY_WINDOW);
	g_assert_cmpuint(recorder_count(s->recorder, REQUEST_WINDOW), ==, 1);
	stage_free(s);
}

static void test_window_and_mute(void)
{
	struct world *w = fleet_world_new(40);
	struct stage *s;

	w->fleet->window_us = WORLD_NOW_US - 12 * MINUTE;
	w->fleet->window_end_us = WORLD_NOW_US + 18 * MINUTE;
	w->fleet->window_view = w->fleet->view;
	w->fleet->window.share = 0.025;
	w->fleet->window.lost = 1;
	w->fleet->window.baseline = 40;
	w->fleet->mute_until_us = WORLD_NOW_US + 45 * SECOND;
	fleet_world_gateway(w, "gw-004")->muted = TRUE;
	s = wide_stage_of(w);
	has(s, "window since 01:35:22Z, 18m left: 1 of 40 lost, w ends it");
	has(s, "restarted gateways are expected to be gone for 45s more");
	has(s, "◌ gw-004");
	stage_free(s);
}

static void test_rollout(void)
{
	struct world *w = fleet_world_new(40);
	struct stage *s;

	fleet_world_roll(w, 10, ROLLOUT_RUNNING);
	s = wide_stage_of(w);
	has(s, "rollout running: ");
	has(s, "; = pauses, X aborts");
	has(s, "Rollout 10");
	has(s, "ROLLOUT");
	fleet(s)->rollout->state = ROLLOUT_STOPPED;
	fleet(s)->rollout->ended_us = WORLD_NOW_US - MINUTE;
	stage_draw(s);
	has(s, "✖ rollout stopped: ");
	lacks(s, "ROLLOUT"); /* it is over: the errors have the room, until its chip is chosen */
	lacks(s, "X aborts");
	fleet(s)->rollout->state = ROLLOUT_INTERRUPTED;
	stage_draw(s);
	has(s, "▲ rollout interrupted, ");
	fleet(s)->rollout->state = ROLLOUT_DONE;
	fleet(s)->rollout->ended_us = WORLD_NOW_US - 70 * MINUTE;
	stage_draw(s);
	lacks(s, "rollout");
	lacks(s, "ROLLOUT");
	stage_free(s);
}

static void test_headline(void)
{
	struct world *w = fleet_world_troubled();
	char line[160];

	g_assert_cmpint(headline(w, line, sizeof line), ==, SEVERITY_CRIT);
	g_assert_true(g_str_has_prefix(line, "gateways: FATAL lines on gw-003"));
	w->fleet->blind = g_strdup("no network");
	g_ptr_array_set_size(w->hosts, 0);
	headline(w, line, sizeof line);
	g_assert_cmpstr(line, ==, "gateways: we are blind: no network"); /* what was known before is no news */
	world_free(w);
	w = fleet_world_new(40);
	g_ptr_array_set_size(w->hosts, 0); /* theirs would be worse */
	g_assert_cmpint(headline(w, line, sizeof line), ==, SEVERITY_OK);
	fleet_world_gateway(w, "gw-007")->report.unit = UNIT_FAILED;
	g_assert_cmpint(headline(w, line, sizeof line), ==, SEVERITY_CRIT);
	g_assert_cmpstr(line, ==, "gateways: the unit has failed on gw-007");
	fleet_world_gateway(w, "gw-007")->report.unit = UNIT_ACTIVE;
	fleet_world_roll(w, 10, ROLLOUT_STOPPED);
	g_assert_cmpint(headline(w, line, sizeof line), ==, SEVERITY_WARN);
	g_assert_cmpstr(line, ==, "gateways: the rolling restart was stopped with 2 of 10 well, 1 failed");
	w->fleet->blind = g_strdup("no network");
	headline(w, line, sizeof line);
	g_assert_cmpstr(line, ==, "gateways: we are blind: no network  (+1 more)");
	fleet_world_lose(w, "gw-030");
	fleet_world_count(w, DROP_KEPT, 0);
	g_assert_cmpint(headline(w, line, sizeof line), ==, SEVERITY_CRIT);
	g_assert_true(g_str_has_prefix(line, "gateways: P1: more than a tenth was lost at once; lost still: gw-030"));
	world_free(w);
}

static void test_mouse(void)
{
	struct world *w = fleet_world_troubled();
	struct stage *s;
	int row;

	fleet_world_sweep(w);
	s = wide_stage_of(w);
	g_assert_true(s->class->mouse(s->panel, &s->canvas, 1, 8, 1)); /* the second chip */
	stage_draw(s);
	has(s, "[Lost 1]");
	stage_press(s, ACT_ESCAPE);
	row = page_find(&s->canvas, "gw-007");
	g_assert_true(s->class->mouse(s->panel, &s->canvas, row, 4, 2));
	stage_draw(s);
	has(s, "gw-007 ─ [State]");
	stage_press(s, ACT_ESCAPE);
	stage_press(s, ACT_GATEWAY_FAULTS);
	row = page_find(&s->canvas, "ERROR lost camera N");
	g_assert_true(s->class->mouse(s->panel, &s->canvas, row, 40, 2));
	stage_draw(s);
	has(s, "Lines  of one fault  6 of 6");
	row = page_find(&s->canvas, "gw-007");
	g_assert_true(s->class->mouse(s->panel, &s->canvas, row, 40, 2));
	stage_draw(s);
	has(s, "gw-007 ─  State  [Errors]");
	stage_free(s);
}

/* Names and lines from outside, over every size. */
static void test_hostile(void)
{
	static const struct fleet_entry entries[] = {
		{ .name = "検査検査検査検査検査検査検査検査検査検査" }, { .name = "e\xcc\x81\xcc\x81\xcc\x81" },
		{ .name = "a-very-long-name-that-never-ends-and-goes-on-and-on-and-on-and-on-until-somebody-stops-it.example.com" },
		{ .name = "%s%n" },
	};
	static const enum action keys[] = { ACT_DETAILS, ACT_TAB_NEXT, ACT_TAB_NEXT, ACT_TAB_NEXT, ACT_FULL, ACT_FULL, ACT_GATEWAY_FAULTS, ACT_OPEN, ACT_DETAILS, ACT_OPEN };
	struct world *w = fleet_world_troubled();
	struct stage *s;

	fleet_take_list(w->fleet, ORIGIN_PROMETHEUS, entries, G_N_ELEMENTS(entries), WORLD_NOW_US, NULL);
	fleet_world_sweep(w);
	fleet_world_add_line(w, "%s%n", 10, "FATAL \x1b[2J\x1b]0;x\a%s%n <U+202E> \xff\xfe 検査\n$(reboot) `id`");
	fleet_world_lose(w, "検査検査検査検査検査検査検査検査検査検査");
	w->fleet->blind = g_strdup("検査 %s%n");
	w->fleet->sliding.state = DROP_FIRING;
	fleet_world_roll(w, 12, ROLLOUT_RUNNING);
	s = stage_of(w);
	stage_sweep(s, keys, G_N_ELEMENTS(keys));
	stage_free(s);
}

static void test_every_key(void)
{
	static const enum action keys[] = { ACT_DETAILS, ACT_FULL, ACT_FULL, ACT_DOWN, ACT_ESCAPE, ACT_CHIP, ACT_SORT_NEXT, ACT_MARK, ACT_GATEWAY_FAULTS };
	struct stage *s;

	for (int ascii = 0; ascii < 2; ascii++) {
		struct world *w = fleet_world_troubled();
		glyph_use_ascii(ascii);
		fleet_world_sweep(w);
		s = stage_of(w);
		stage_sweep(s, keys, G_N_ELEMENTS(keys));
		stage_press_all(s);
		stage_free(s);
	}
	s = stage_of(fleet_world_troubled());
	for (int i = 0; i < 5; i++) {
		g_autofree char *page = page_text(&s->canvas);
		g_assert_true(g_str_is_ascii(page));
		stage_press(s, i ? ACT_DOWN : ACT_DETAILS);
	}
	glyph_use_ascii(FALSE);
	stage_free(s);
}

/* Gateways and faults go while they are marked and looked at. */
static void test_gone(void)
{
	struct world *w = fleet_world_new(6);
	struct stage *s;

	fleet_world_sweep(w);
	s = stage_of(w);
	stage_press(s, ACT_DETAILS);
	for (int i = 0; i < 6; i++)
		stage_press(s, ACT_MARK);
	for (int o = 0; o < ORIGIN_COUNT; o++)
		fleet_take_list(fleet(s), (enum gateway_origin)o, NULL, 0, WORLD_NOW_US, NULL);
	g_assert_cmpuint(fleet(s)->gateways->len, ==, 0);
	stage_press(s, ACT_COPY);
	stage_press(s, ACT_GATEWAY_FOLLOW);
	stage_draw(s);
	has(s, "no gateway is selected");
	stage_press(s, ACT_GATEWAY_FAULTS);
	stage_press(s, ACT_OPEN);
	stage_press(s, ACT_OPEN);
	stage_press_all(s);
	stage_free(s);
}

static struct world *thousand_world(void)
{
	struct world *w = fleet_world_new(1000);

	for (guint i = 0; i < 150; i++)
		fleet_world_lose(w, ((struct gateway *)w->fleet->gateways->pdata[i * 6])->host->name);
	fleet_world_count(w, DROP_FIRING, 0);
	fleet_world_sweep(w);
	fleet_world_roll(w, 1000, ROLLOUT_RUNNING);
	for (guint i = 0; i < 1000; i++)
		for (int line = 0; line < 100; line++)
			fleet_world_add_line(w, ((struct gateway *)w->fleet->gateways->pdata[i])->host->name, 1000 - line, "ERROR queue full");
	return w;
}

static void measure(struct stage *s, const char *what)
{
	gint64 begin = g_get_monotonic_time();
	double each;

	for (int i = 0; i < 10; i++)
		stage_draw(s);
	each = (double)(g_get_monotonic_time() - begin) / 10000;
	g_test_message("%s: %.1f ms", what, each);
	g_assert_cmpfloat(each, <, 200); /* with sanitizers, on a machine that has other things to do */
}

static void test_thousand(void)
{
	struct stage *s = wide_stage_of(thousand_world());

	stage_golden(s, "gateways-thousand", FALSE);
	measure(s, "a draw");
	stage_answer(s, ACT_FILTER, "name:gw-1 !state:well", TRUE);
	measure(s, "a draw with a filter");
	stage_press(s, ACT_ESCAPE);
	for (int i = 0; i < 300; i++)
		stage_press(s, ACT_MARK);
	has(s, "300 marked");
	measure(s, "a draw with 300 marks");
	stage_press(s, ACT_GATEWAY_FOLLOW_ALL);
	g_assert_true(g_str_has_prefix(recorder_last(s->recorder, REQUEST_FOLLOW_UNITS), "-|-|-|850 gw-"));
	stage_press(s, ACT_DETAILS);
	stage_press(s, ACT_BOTTOM);
	measure(s, "a draw with details");
	stage_press(s, ACT_GATEWAY_FAULTS);
	measure(s, "a draw of faults");
	stage_press(s, ACT_BOTTOM);
	stage_answer(s, ACT_FILTER, "queue", TRUE);
	stage_press(s, ACT_OPEN);
	has(s, "the newest 1000 of 100,000 lines");
	measure(s, "a draw of lines");
	stage_free(s);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	page_open();
#define ADD(name) g_test_add_func("/gateways-panel/" #name, test_##name)
	ADD(golden);
	ADD(drop);
	ADD(blind);
	ADD(sources);
	ADD(loop);
	ADD(nobody_tells);
	ADD(empty);
	ADD(order_and_cells);
	ADD(chips_and_filters);
	ADD(state_tab);
	ADD(sweep);
	ADD(faults);
	ADD(fault_gone);
	ADD(requests);
	ADD(window_and_mute);
	ADD(rollout);
	ADD(headline);
	ADD(mouse);
	ADD(hostile);
	ADD(every_key);
	ADD(gone);
	ADD(thousand);
	result = g_test_run();
	page_close();
	return result;
}
