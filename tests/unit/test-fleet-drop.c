/* Who is online against who was, on a virtual clock: the share and its border, confirmation, what is not known, blindness, windows, flapping. */
#include "model/fleet.h"

#include <math.h>
#include <string.h>

#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define MINUTE_US (60 * SECOND_US)
#define BEGIN_US (5000 * SECOND_US)
#define MANY 1000

/* A fleet that an inventory judges: the first `online` gateways are, the others are not. */
struct scene { struct fleet *f; guint count; gint64 now_us; gboolean others_up; enum gateway_origin judge; };

static void
list(struct scene *s, guint online)
{
	static char names[MANY][12];
	static struct fleet_entry entries[MANY];

	for (guint i = 0; i < s->count; i++) {
		g_snprintf(names[i], sizeof names[i], "gw-%04u", i);
		entries[i] = (struct fleet_entry){ .name = names[i], .product = i < online ? PRESENCE_ONLINE : PRESENCE_OFFLINE };
	}
	fleet_take_list(s->f, s->judge, entries, s->count, s->now_us, NULL);
}

static void
observe(struct scene *s)
{
	fleet_observe(s->f, s->others_up, s->now_us);
}

static void
pass(struct scene *s, gint64 seconds)
{
	s->now_us += seconds * SECOND_US;
}

/* Lets time pass in steps, the inventory saying the same each time. */
static void
run(struct scene *s, gint64 seconds, gint64 step, guint online)
{
	for (gint64 t = 0; t < seconds; t += step) {
		pass(s, step);
		list(s, online);
		observe(s);
	}
}

static void
scene_begin(struct scene *s, guint count, enum gateway_origin judge)
{
	*s = (struct scene){ .f = fleet_new("unit", MINUTE_US), .count = count, .now_us = BEGIN_US, .others_up = TRUE, .judge = judge };
	list(s, count);
	observe(s);
}

static struct scene
all_online(guint count)
{
	struct scene s;

	scene_begin(&s, count, ORIGIN_INVENTORY);
	run(&s, 360, 10, count);
	g_assert_cmpint(s.f->view, ==, VIEW_PRODUCT);
	g_assert_cmpuint(s.f->online, ==, count);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	return s;
}

static struct gateway *
nth(const struct scene *s, guint i)
{
	return s->f->gateways->pdata[i];
}

static void
set_links(struct scene *s, guint from, guint to, enum link_state state)
{
	for (guint i = from; i < to; i++) {
		struct link_status *l = &nth(s, i)->host->link;
		l->state = state;
		l->since_us = s->now_us;
		l->retry_at_us = state == LINK_DOWN ? s->now_us + 10 * SECOND_US : 0;
	}
}

/* A fleet of links only. */
static struct scene
all_linked(guint count)
{
	struct scene s;

	scene_begin(&s, count, ORIGIN_CONFIG);
	g_assert_cmpint(s.f->view, ==, VIEW_LINK);
	g_assert_cmpuint(s.f->unknown, ==, count);
	s.others_up = FALSE;
	observe(&s);
	g_assert_null(s.f->blind); /* nothing was tried yet */
	s.others_up = TRUE;
	set_links(&s, 0, count, LINK_UP);
	run(&s, 360, 10, 0);
	g_assert_cmpuint(s.f->online, ==, count);
	return s;
}

/* --- the share --- */

static void
test_borders(void)
{
	static const struct { guint count, lost; gboolean drop; const char *words; } cases[] = {
		{ 9, 1, FALSE, "1 of 9 gateways lost (11.1 %): gw-0008" },
		{ 2, 1, FALSE, "1 of 2 gateways lost (50.0 %): gw-0001" },
		{ 2, 2, TRUE, "2 of 2 gateways lost (100.0 %): gw-0000, gw-0001" },
		{ 20, 2, FALSE, "2 of 20 gateways lost (10.0 %): gw-0018, gw-0019" },
		{ 19, 2, TRUE, "2 of 19 gateways lost (10.5 %): gw-0017, gw-0018" },
		{ 30, 3, FALSE, "3 of 30 gateways lost (10.0 %): gw-0027, gw-0028 and 1 more" },
		{ 400, 40, FALSE, "40 of 400 gateways lost (10.0 %): gw-0360, gw-0361 and 38 more" },
		{ 400, 41, TRUE, "41 of 400 gateways lost (10.2 %): gw-0359, gw-0360 and 39 more" },
		{ 990, 99, FALSE, "99 of 990 gateways lost (10.0 %): gw-0891, gw-0892 and 97 more" },
		{ 990, 100, TRUE, "100 of 990 gateways lost (10.1 %): gw-0890, gw-0891 and 98 more" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct scene s = all_online(cases[i].count);
		g_autofree char *words = NULL;
		run(&s, 10, 10, cases[i].count - cases[i].lost);
		g_assert_cmpint(s.f->sliding.state, ==, cases[i].drop ? DROP_PENDING : DROP_NONE);
		words = drop_words(&s.f->sliding);
		g_assert_cmpstr(words, ==, cases[i].words);
		run(&s, 30, 10, cases[i].count - cases[i].lost);
		g_assert_cmpint(s.f->sliding.state, ==, cases[i].drop ? DROP_FIRING : DROP_NONE);
		g_assert_cmpuint(s.f->offline, ==, cases[i].lost);
		g_assert_true(nth(&s, cases[i].count - 1)->lost);
		g_assert_false(nth(&s, 0)->lost && cases[i].lost < cases[i].count);
		fleet_free(s.f);
	}
}

static void
test_confirmation(void)
{
	struct scene s = all_online(20);

	run(&s, 1, 1, 10);
	run(&s, 29, 1, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING); /* 29 s */
	for (guint i = 0; i < 100; i++)
		observe(&s);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING); /* the clock stands still */
	run(&s, 1, 1, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	fleet_free(s.f);
	s = all_online(20);
	run(&s, 29, 1, 10);
	run(&s, 1, 1, 20);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	run(&s, 30, 1, 10); /* from the beginning */
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	run(&s, 1, 1, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	fleet_free(s.f);
}

/* Against five minutes ago: after these it is not true any more, and five minutes after that it is over. */
static void
test_keeping(void)
{
	struct scene s = all_online(20);

	run(&s, 300, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	run(&s, 10, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_KEPT);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 10);
	run(&s, 280, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_KEPT);
	run(&s, 10, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	g_assert_cmpint(s.f->sliding.true_since_us, ==, 0);
	fleet_free(s.f);
	s = all_online(20);
	run(&s, 40, 10, 10);
	run(&s, 20, 10, 20);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_KEPT);
	run(&s, 10, 10, 10); /* true again: it fires at once */
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	fleet_free(s.f);
}

/* Slowly, one after the other, is no simultaneous drop. */
static void
test_slow_loss(void)
{
	struct scene s = all_online(100);

	for (guint gone = 1; gone <= 40; gone++) {
		run(&s, 60, 10, 100 - gone);
		g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
		g_assert_cmpuint(s.f->sliding.lost, <=, 6);
	}
	fleet_free(s.f);
}

/* The baseline is five minutes old also when one looks each second, or seldom. */
static void
test_baseline_age(void)
{
	static const gint64 steps[] = { 1, 5, 7, 10, 60, 299, 300 };

	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		struct scene s = all_online(20);
		run(&s, 1200, steps[i], 20);
		g_assert_cmpuint(s.f->past_count, <=, FLEET_SNAPSHOTS);
		run(&s, steps[i], steps[i], 10);
		g_assert_cmpuint(s.f->sliding.baseline, ==, 20);
		run(&s, 300 - 6 - steps[i], MIN(steps[i], 7), 10);
		g_assert_cmpuint(s.f->sliding.baseline, ==, 20);
		run(&s, 320, 5, 10);
		g_assert_cmpuint(s.f->sliding.baseline, ==, 10);
		fleet_free(s.f);
	}
}

/* Before five minutes are over the oldest that there is counts, and nothing before anyone was online. */
static void
test_beginning(void)
{
	struct scene s;

	scene_begin(&s, 20, ORIGIN_INVENTORY);
	g_assert_true(isnan(s.f->sliding.share));
	g_assert_cmpuint(s.f->past_count, ==, 1);
	run(&s, 40, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	fleet_free(s.f);
	s = (struct scene){ .f = fleet_new("unit", MINUTE_US), .count = 20, .now_us = BEGIN_US, .others_up = TRUE, .judge = ORIGIN_INVENTORY };
	run(&s, 60, 10, 0);
	g_assert_cmpuint(s.f->past_count, ==, 0);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	run(&s, 10, 10, 20);
	run(&s, 10, 10, 17);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 20);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	fleet_free(s.f);
}

/* Links come up one after the other. Two of those that were the first are not two of a few, but of all that were seen since. */
static void
test_arriving(void)
{
	struct scene s = { .f = fleet_new("unit", MINUTE_US), .count = 40, .now_us = BEGIN_US, .others_up = TRUE, .judge = ORIGIN_INVENTORY };

	run(&s, 5, 5, 4);
	run(&s, 30, 5, 40);
	run(&s, 5, 5, 38);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 40);
	g_assert_cmpuint(s.f->sliding.lost, ==, 2);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	run(&s, 5, 5, 2); /* and two of the four are not all that is lost */
	g_assert_cmpuint(s.f->sliding.lost, ==, 38);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	fleet_free(s.f);
}

/* --- the list and the mute --- */

static void
test_shrinking(void)
{
	struct scene s = all_online(20);

	s.count = 12;
	run(&s, 60, 10, 12);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 12);
	g_assert_cmpuint(s.f->sliding.lost, ==, 0);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	run(&s, 40, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING); /* 2 of 12 */
	s.count = 10;
	run(&s, 10, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_KEPT);
	s.count = 20; /* they come back, as new ones */
	run(&s, 10, 10, 10);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 10);
	g_assert_cmpuint(s.f->sliding.lost, ==, 0);
	fleet_free(s.f);
}

static void
test_mute(void)
{
	struct scene s = all_online(20);

	for (guint i = 10; i < 20; i++)
		nth(&s, i)->muted = TRUE;
	s.f->mute_until_us = s.now_us + 60 * SECOND_US;
	run(&s, 50, 10, 10);
	g_assert_cmpuint(s.f->sliding.lost, ==, 0);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 20);
	g_assert_cmpuint(s.f->offline, ==, 10);
	g_assert_cmpint(nth(&s, 15)->changes_us[0], ==, 0);
	run(&s, 10, 10, 10); /* no mute is endless */
	g_assert_cmpuint(s.f->sliding.lost, ==, 10);
	fleet_free(s.f);
}

/* --- what is not known --- */

/* While the inventory does not answer, time stands still: 20 s true, 100 s unknown, then 10 s more are needed. */
static void
test_gap(void)
{
	struct scene s = all_online(20);

	s.f->canary = PRESENCE_ONLINE;
	run(&s, 10, 10, 10);
	run(&s, 10, 10, 10);
	run(&s, 10, 10, 10);
	for (guint i = 0; i < 10; i++) {
		pass(&s, 10);
		fleet_list_failed(s.f, ORIGIN_INVENTORY, "timed out");
		observe(&s);
		g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
		g_assert_cmpuint(s.f->sliding.lost, ==, 0);
		g_assert_cmpuint(s.f->sliding.unknown, ==, 20);
		g_assert_cmpuint(s.f->unknown, ==, 20);
		g_assert_cmpint(s.f->view, ==, VIEW_PRODUCT);
	}
	run(&s, 10, 10, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	run(&s, 9, 9, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	run(&s, 1, 1, 10);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	fleet_list_failed(s.f, ORIGIN_INVENTORY, "timed out");
	pass(&s, 10);
	observe(&s);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING); /* not knowing does not resolve it */
	fleet_free(s.f);
}

/* Unknown ones that cannot make it a drop do not keep it from being none; those that can do. */
static void
test_some_unknown(void)
{
	struct scene s = all_linked(40);
	g_autofree char *words = NULL;

	set_links(&s, 0, 3, LINK_CONNECTING);
	set_links(&s, 3, 4, LINK_DOWN);
	pass(&s, 10);
	observe(&s);
	g_assert_cmpuint(s.f->sliding.lost, ==, 1);
	g_assert_cmpuint(s.f->sliding.unknown, ==, 3);
	words = drop_words(&s.f->sliding);
	g_assert_cmpstr(words, ==, "1 of 40 gateways lost (2.5 %): gw-0003; 3 unknown");
	g_assert_cmpint(s.f->sliding.unknown_since_us, ==, 0);
	set_links(&s, 4, 5, LINK_CONNECTING);
	observe(&s);
	g_assert_cmpint(s.f->sliding.unknown_since_us, ==, s.now_us);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	pass(&s, 300);
	observe(&s);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	pass(&s, 1);
	observe(&s);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_BLIND); /* for over 5 min nobody knows */
	g_assert_null(s.f->blind);
	fleet_free(s.f);
}

/* The product is silent for over 5 minutes: the tailnet judges, or the links do, and against their own past only. */
static void
test_fallback(void)
{
	struct scene s = all_online(20);

	s.f->canary = PRESENCE_ONLINE;
	set_links(&s, 0, 12, LINK_UP);
	set_links(&s, 12, 20, LINK_DOWN);
	fleet_list_failed(s.f, ORIGIN_INVENTORY, "timed out");
	pass(&s, 300);
	observe(&s);
	g_assert_cmpint(s.f->view, ==, VIEW_PRODUCT);
	pass(&s, 1);
	observe(&s);
	g_assert_cmpint(s.f->view, ==, VIEW_LINK);
	g_assert_cmpuint(s.f->online, ==, 12);
	g_assert_cmpuint(s.f->offline, ==, 8);
	pass(&s, 10);
	observe(&s);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 12);
	g_assert_cmpint(nth(&s, 19)->changes_us[0], ==, 0); /* another view is no change */
	run(&s, 10, 10, 20);
	g_assert_cmpint(s.f->view, ==, VIEW_PRODUCT);
	g_assert_cmpuint(s.f->online, ==, 20);
	s.judge = ORIGIN_CONFIG; /* the inventory goes on listing, and tells no more who is online */
	for (guint i = 0; i < 20; i++)
		gateway_listed(nth(&s, i), ORIGIN_INVENTORY, NULL, PRESENCE_UNKNOWN);
	run(&s, 10, 10, 20);
	g_assert_cmpint(s.f->view, ==, VIEW_LINK);
	g_assert_cmpint(nth(&s, 19)->seen, ==, PRESENCE_OFFLINE);
	g_assert_cmpint(nth(&s, 19)->changes_us[0], ==, 0);
	fleet_free(s.f);
}

/* The first source that tells of at least half of the gateways judges. */
static void
test_view(void)
{
	static const struct gateway_tailnet online = { .presence = PRESENCE_ONLINE }, unknown = { .presence = PRESENCE_UNKNOWN };
	static const struct fleet_entry config[] = { { .name = "a" }, { .name = "b" }, { .name = "c" }, { .name = "d" } };
	static const struct { enum presence product[4]; guint tailnet; enum fleet_view view; guint online; } cases[] = {
		{ { 0 }, 0, VIEW_LINK, 0 },
		{ { 0 }, 1, VIEW_LINK, 0 },
		{ { 0 }, 2, VIEW_TAILNET, 2 },
		{ { PRESENCE_OFFLINE }, 2, VIEW_TAILNET, 2 },
		{ { PRESENCE_OFFLINE, PRESENCE_ONLINE }, 4, VIEW_PRODUCT, 1 },
		{ { PRESENCE_ONLINE, PRESENCE_ONLINE, PRESENCE_ONLINE, PRESENCE_ONLINE }, 0, VIEW_PRODUCT, 4 },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fleet *f = fleet_new("unit", MINUTE_US);
		struct fleet_entry told[4];
		for (guint k = 0; k < 4; k++)
			told[k] = (struct fleet_entry){ .name = config[k].name, .product = cases[i].product[k], .tailnet = k < cases[i].tailnet ? &online : &unknown };
		fleet_take_list(f, ORIGIN_CONFIG, config, 4, BEGIN_US, NULL);
		fleet_take_list(f, ORIGIN_PROMETHEUS, told, 4, BEGIN_US, NULL);
		fleet_take_tailnet(f, told, 4, BEGIN_US);
		fleet_observe(f, TRUE, BEGIN_US);
		g_assert_cmpint(f->view, ==, cases[i].view);
		g_assert_cmpuint(f->online, ==, cases[i].online);
		fleet_free(f);
	}
}

/* What a link says. */
static void
test_links(void)
{
	static const struct { enum link_state before, state; enum presence seen; } cases[] = {
		{ LINK_IDLE, LINK_IDLE, PRESENCE_UNKNOWN }, { LINK_IDLE, LINK_CONNECTING, PRESENCE_UNKNOWN }, { LINK_IDLE, LINK_UP, PRESENCE_ONLINE },
		{ LINK_IDLE, LINK_DOWN, PRESENCE_OFFLINE }, { LINK_IDLE, LINK_BLOCKED, PRESENCE_OFFLINE },
		{ LINK_DOWN, LINK_CONNECTING, PRESENCE_OFFLINE }, { LINK_UP, LINK_CONNECTING, PRESENCE_UNKNOWN }, { LINK_DOWN, LINK_IDLE, PRESENCE_UNKNOWN },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct scene s;
		scene_begin(&s, 1, ORIGIN_CONFIG);
		set_links(&s, 0, 1, cases[i].before);
		observe(&s);
		set_links(&s, 0, 1, cases[i].state);
		observe(&s);
		g_assert_cmpint(nth(&s, 0)->seen, ==, cases[i].seen);
		fleet_free(s.f);
	}
}

/* --- blindness --- */

enum source { UNUSED, ANSWERS, FAILS };

/* By what is known of our own sight; twenty gateways that were linked. */
static void
test_blindness(void)
{
	static const struct {
		guint up, blocked; gboolean others_up; enum presence canary; enum source inventory, tailscale; const char *tailnet_problem; gboolean by_tailnet;
		const char *blind;
	} cases[] = {
		/* Nothing answers. */
		{ 0, 0, FALSE, PRESENCE_UNKNOWN, UNUSED, UNUSED, NULL, FALSE,
		  "nothing answers, no gateway and no other host: our own network, or all of theirs (fleet.canary would tell)" },
		{ 0, 0, FALSE, PRESENCE_UNKNOWN, FAILS, UNUSED, NULL, FALSE,
		  "nothing answers, no gateway and no other host: our own network, or all of theirs (fleet.canary would tell); inventory: timed out" },
		/* One thing that answers is enough. */
		{ 1, 0, FALSE, PRESENCE_UNKNOWN, UNUSED, UNUSED, NULL, FALSE, NULL },
		{ 0, 1, FALSE, PRESENCE_UNKNOWN, UNUSED, UNUSED, NULL, FALSE, NULL },
		{ 0, 0, TRUE, PRESENCE_UNKNOWN, FAILS, UNUSED, NULL, FALSE, NULL },
		{ 0, 0, FALSE, PRESENCE_ONLINE, FAILS, UNUSED, NULL, FALSE, NULL },
		{ 0, 0, FALSE, PRESENCE_UNKNOWN, ANSWERS, UNUSED, NULL, FALSE, NULL },
		{ 0, 0, FALSE, PRESENCE_UNKNOWN, UNUSED, ANSWERS, NULL, FALSE, NULL },
		/* The canary is gone: and we with it, unless the product answers, or gateways do and no source fails. */
		{ 0, 0, TRUE, PRESENCE_OFFLINE, UNUSED, UNUSED, NULL, FALSE,
		  "our own network seems to be gone: the canary does not answer, nor does a gateway" },
		{ 1, 0, TRUE, PRESENCE_OFFLINE, FAILS, UNUSED, NULL, FALSE,
		  "our own network seems to be gone: the canary does not answer; inventory: timed out" },
		{ 1, 0, TRUE, PRESENCE_OFFLINE, UNUSED, UNUSED, NULL, FALSE, NULL },
		{ 0, 0, FALSE, PRESENCE_OFFLINE, ANSWERS, UNUSED, NULL, FALSE, NULL },
		{ 0, 0, FALSE, PRESENCE_OFFLINE, UNUSED, ANSWERS, NULL, FALSE,
		  "our own network seems to be gone: the canary does not answer, nor does a gateway" },
		/* The tailnet is down: it hides those that are reached through it, if they are more than 10 %. */
		{ 0, 0, TRUE, PRESENCE_ONLINE, UNUSED, ANSWERS, "logged out", TRUE, "the tailnet is not up: logged out; 20 of 20 gateways are reached through it" },
		{ 17, 0, TRUE, PRESENCE_ONLINE, UNUSED, ANSWERS, "logged out", TRUE, "the tailnet is not up: logged out; 3 of 20 gateways are reached through it" },
		{ 18, 0, TRUE, PRESENCE_ONLINE, UNUSED, ANSWERS, "logged out", TRUE, NULL },
		{ 0, 0, TRUE, PRESENCE_ONLINE, UNUSED, ANSWERS, "logged out", FALSE, NULL },
		{ 0, 0, TRUE, PRESENCE_ONLINE, ANSWERS, ANSWERS, "logged out", TRUE, "the tailnet is not up: logged out; 20 of 20 gateways are reached through it" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct scene s = all_linked(20);
		s.others_up = cases[i].others_up;
		s.f->canary = cases[i].canary;
		s.f->tailnet_problem = g_strdup(cases[i].tailnet_problem);
		for (guint k = 0; k < 20 && cases[i].by_tailnet; k++)
			gateway_listed(nth(&s, k), ORIGIN_INVENTORY, "100.64.0.1", PRESENCE_UNKNOWN);
		set_links(&s, cases[i].up, cases[i].up + cases[i].blocked, LINK_BLOCKED);
		set_links(&s, cases[i].up + cases[i].blocked, 20, LINK_DOWN);
		if (cases[i].inventory == FAILS)
			fleet_list_failed(s.f, ORIGIN_INVENTORY, "timed out");
		else if (cases[i].inventory == ANSWERS)
			s.f->origins[ORIGIN_INVENTORY].used = TRUE, datum_good(&s.f->origins[ORIGIN_INVENTORY].datum, s.now_us);
		if (cases[i].tailscale == ANSWERS)
			fleet_take_tailnet(s.f, NULL, 0, s.now_us);
		observe(&s);
		g_assert_cmpstr(s.f->blind, ==, cases[i].blind);
		g_assert_cmpint(s.f->sliding.state, ==, cases[i].blind ? DROP_BLIND : cases[i].up >= 18 ? DROP_NONE : DROP_PENDING);
		if (cases[i].blind) {
			g_assert_cmpuint(s.f->unknown, ==, 20);
			g_assert_cmpuint(s.f->sliding.unknown, ==, 20);
			g_assert_true(isnan(s.f->sliding.share));
		} else if (cases[i].by_tailnet) {
			g_assert_cmpuint(s.f->unknown, ==, 20 - cases[i].up);
		}
		fleet_free(s.f);
	}
}

/* The tailnet's own view says nothing while the tailnet is down; peers that it knew of stay what they were. */
static void
test_blind_tailnet(void)
{
	static const struct gateway_tailnet online = { .presence = PRESENCE_ONLINE };
	static const struct fleet_entry list_of[] = { { .name = "a", .tailnet = &online }, { .name = "b", .tailnet = &online } };
	struct fleet *f = fleet_new("unit", MINUTE_US);
	g_autofree char *words = NULL;

	fleet_take_list(f, ORIGIN_TAILSCALE, list_of, 2, BEGIN_US, NULL);
	fleet_observe(f, TRUE, BEGIN_US);
	g_assert_cmpuint(f->online, ==, 2);
	f->tailnet_problem = g_strdup("it is stopped");
	fleet_observe(f, TRUE, BEGIN_US + SECOND_US);
	g_assert_cmpstr(f->blind, ==, "the tailnet, which tells who is online, is not up: it is stopped");
	g_assert_cmpuint(f->unknown, ==, 2);
	words = drop_words(fleet_drop(f));
	g_assert_cmpstr(words, ==, "2 of 2 gateways that were online are unknown");
	fleet_free(f);
}

/* The product sees gateways also when we do not reach them. */
static void
test_product_sees(void)
{
	struct scene s = all_online(20);

	for (guint i = 0; i < 20; i++)
		gateway_listed(nth(&s, i), ORIGIN_CONFIG, "100.64.0.1", PRESENCE_UNKNOWN);
	s.f->tailnet_problem = g_strdup("logged out");
	s.f->canary = PRESENCE_OFFLINE;
	s.others_up = FALSE;
	set_links(&s, 0, 20, LINK_DOWN);
	run(&s, 40, 10, 17);
	g_assert_null(s.f->blind);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	fleet_free(s.f);
}

/* Ten minutes without sight: compared with the last set before them, confirmed anew; a link has to be tried again before its failure counts. */
static void
test_sight_again(void)
{
	struct scene s = all_linked(20);

	s.others_up = FALSE;
	set_links(&s, 15, 20, LINK_DOWN);
	run(&s, 20, 10, 0);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	set_links(&s, 0, 15, LINK_DOWN);
	run(&s, 600, 10, 0);
	g_assert_nonnull(s.f->blind);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_BLIND);
	g_assert_cmpuint(s.f->past_count, ==, 1);
	set_links(&s, 0, 1, LINK_UP);
	run(&s, 10, 10, 0);
	g_assert_null(s.f->blind);
	g_assert_cmpuint(s.f->online, ==, 1);
	g_assert_cmpuint(s.f->unknown, ==, 19);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 15); /* five had gone before */
	g_assert_cmpuint(s.f->sliding.lost, ==, 0);
	set_links(&s, 1, 12, LINK_UP);
	set_links(&s, 12, 20, LINK_DOWN); /* tried again, in vain */
	run(&s, 10, 10, 0);
	g_assert_cmpuint(s.f->sliding.lost, ==, 3);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	run(&s, 20, 10, 0);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_PENDING);
	run(&s, 10, 10, 0);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_FIRING);
	fleet_free(s.f);
}

/* Blind once more before all were tried again: those that are not known still belong to the baseline. */
static void
test_blind_twice(void)
{
	struct scene s = all_linked(20);

	s.others_up = FALSE;
	for (guint i = 0; i < 2; i++) {
		set_links(&s, 0, 20, LINK_DOWN);
		run(&s, 600, 10, 0);
		g_assert_nonnull(s.f->blind);
		set_links(&s, 0, 1, LINK_UP);
		run(&s, 20, 10, 0);
		g_assert_null(s.f->blind);
		g_assert_cmpuint(s.f->sliding.baseline, ==, 20);
	}
	fleet_free(s.f);
}

/* With more gateways than sessions most of them rest: what they said a moment ago counts as their presence, and shows that we see; once nothing
 * answers any more, what is tried and fails shows that we do not. */
static void
test_resting(void)
{
	struct scene s;

	scene_begin(&s, 30, ORIGIN_CONFIG);
	s.others_up = FALSE;
	for (guint i = 0; i < s.count; i++)
		datum_good(&nth(&s, i)->datum, s.now_us);
	run(&s, 10, 10, 0);
	g_assert_cmpuint(s.f->online, ==, 30);
	g_assert_null(s.f->blind);
	set_links(&s, 0, 3, LINK_DOWN); /* their turn came, and they were not reached; the others still answer */
	for (guint i = 3; i < s.count; i++)
		datum_good(&nth(&s, i)->datum, s.now_us);
	run(&s, 10, 10, 0);
	g_assert_cmpuint(s.f->offline, ==, 3);
	g_assert_cmpuint(s.f->online, ==, 27);
	g_assert_null(s.f->blind);
	run(&s, 10, 10, 0); /* no answer for 20 s */
	g_assert_nonnull(s.f->blind);
	g_assert_cmpint(s.f->sliding.state, ==, DROP_BLIND);
	fleet_free(s.f);
	scene_begin(&s, 30, ORIGIN_CONFIG);
	for (guint i = 0; i < s.count; i++)
		datum_good(&nth(&s, i)->datum, s.now_us);
	run(&s, 300, 10, 0);
	g_assert_cmpuint(s.f->online, ==, 30);
	run(&s, 10, 10, 0);
	g_assert_cmpuint(s.f->unknown, ==, 30);
	fleet_free(s.f);
}

/* A link that is not tried again by itself is down, also when it failed while we were blind. */
static void
test_given_up(void)
{
	struct scene s = all_linked(20);

	s.others_up = FALSE;
	set_links(&s, 0, 20, LINK_DOWN);
	nth(&s, 19)->host->link.retry_at_us = 0;
	run(&s, 10, 10, 0);
	s.others_up = TRUE;
	run(&s, 10, 10, 0);
	g_assert_cmpuint(s.f->offline, ==, 1);
	g_assert_cmpuint(s.f->unknown, ==, 19);
	fleet_free(s.f);
}

/* The view is kept over a long blindness, and the product has its five minutes to answer afterwards. */
static void
test_view_over_blindness(void)
{
	struct scene s = all_online(20);

	s.others_up = FALSE;
	fleet_list_failed(s.f, ORIGIN_INVENTORY, "no network");
	for (guint i = 0; i < 100; i++) {
		pass(&s, 10);
		observe(&s);
	}
	g_assert_nonnull(s.f->blind);
	g_assert_cmpint(s.f->view, ==, VIEW_PRODUCT);
	s.others_up = TRUE;
	pass(&s, 10);
	observe(&s);
	g_assert_null(s.f->blind);
	g_assert_cmpint(s.f->view, ==, VIEW_PRODUCT);
	run(&s, 10, 10, 15);
	g_assert_cmpuint(s.f->sliding.lost, ==, 5);
	g_assert_cmpuint(s.f->sliding.baseline, ==, 20);
	fleet_free(s.f);
}

/* --- the window --- */

static void
test_window(void)
{
	struct scene s = all_online(20);

	fleet_window_open(s.f, s.now_us, 30 * MINUTE_US);
	for (guint gone = 1; gone <= 3; gone++) {
		run(&s, 400, 10, 20 - gone); /* so slowly that it is no sliding drop */
		g_assert_cmpint(s.f->sliding.state, ==, DROP_NONE);
		g_assert_cmpint(s.f->window.state, ==, gone < 3 ? DROP_NONE : DROP_FIRING);
	}
	g_assert_cmpuint(s.f->window.baseline, ==, 20);
	g_assert_true(fleet_drop(s.f) == &s.f->window);
	g_assert_true(nth(&s, 17)->lost);
	run(&s, 590, 10, 20);
	g_assert_cmpint(s.f->window.state, ==, DROP_KEPT); /* until the window's end */
	run(&s, 10, 10, 20);
	g_assert_cmpint(s.f->window.state, ==, DROP_NONE);
	g_assert_cmpint(s.f->window_end_us, ==, 0);
	g_assert_true(isnan(s.f->window.share));
	run(&s, 60, 10, 10);
	g_assert_cmpint(s.f->window.state, ==, DROP_NONE);
	g_assert_true(fleet_drop(s.f) == &s.f->sliding);
	fleet_free(s.f);
}

/* Opened while we are blind, or while the inventory is silent for a moment, it holds who was online before; another view does not judge it. */
static void
test_window_unknown(void)
{
	struct scene s = all_online(20);

	s.others_up = FALSE;
	fleet_list_failed(s.f, ORIGIN_INVENTORY, "no network");
	pass(&s, 10);
	observe(&s);
	g_assert_nonnull(s.f->blind);
	fleet_window_open(s.f, s.now_us, 30 * MINUTE_US);
	observe(&s);
	g_assert_cmpint(s.f->window.state, ==, DROP_BLIND);
	g_assert_cmpuint(s.f->window.baseline, ==, 20);
	s.others_up = TRUE;
	observe(&s);
	fleet_window_open(s.f, s.now_us, 30 * MINUTE_US);
	run(&s, 40, 10, 17);
	g_assert_cmpint(s.f->window.state, ==, DROP_FIRING);
	g_assert_cmpuint(s.f->window.baseline, ==, 20);
	fleet_list_failed(s.f, ORIGIN_INVENTORY, "timed out");
	pass(&s, 301);
	observe(&s);
	g_assert_cmpint(s.f->view, ==, VIEW_LINK);
	g_assert_cmpint(s.f->window.state, ==, DROP_FIRING);
	g_assert_cmpuint(s.f->window.baseline, ==, 0);
	run(&s, 10, 10, 17);
	g_assert_cmpuint(s.f->window.lost, ==, 3);
	fleet_window_close(s.f);
	g_assert_cmpint(s.f->window.state, ==, DROP_NONE);
	fleet_free(s.f);
}

static void
test_worse_drop(void)
{
	static const struct { enum drop_state sliding, window; double sliding_share, window_share; gboolean is_window; } cases[] = {
		{ DROP_NONE, DROP_NONE, 0, NAN, FALSE }, { DROP_NONE, DROP_NONE, 0.01, 0.05, TRUE }, { DROP_NONE, DROP_NONE, 0.05, 0.01, FALSE },
		{ DROP_NONE, DROP_NONE, NAN, 0.01, TRUE }, { DROP_FIRING, DROP_KEPT, 0.2, 0.3, FALSE }, { DROP_KEPT, DROP_FIRING, 0.3, 0.2, TRUE },
		{ DROP_PENDING, DROP_KEPT, 0.3, 0, TRUE }, { DROP_BLIND, DROP_PENDING, NAN, 0.2, TRUE }, { DROP_BLIND, DROP_NONE, NAN, 0, FALSE },
		{ DROP_BLIND, DROP_BLIND, NAN, NAN, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct fleet *f = fleet_new("unit", MINUTE_US);
		f->sliding.state = cases[i].sliding;
		f->window.state = cases[i].window;
		f->sliding.share = cases[i].sliding_share;
		f->window.share = cases[i].window_share;
		g_assert_true(fleet_drop(f) == (cases[i].is_window ? &f->window : &f->sliding));
		fleet_free(f);
	}
}

/* --- flapping --- */

static void
test_flapping(void)
{
	struct scene s = all_online(20);

	run(&s, 10, 10, 19);
	run(&s, 10, 10, 20);
	g_assert_false(gateway_is_flapping(nth(&s, 19), s.now_us)); /* two changes */
	run(&s, 890 - 10, 10, 20);
	run(&s, 10, 10, 19);
	g_assert_true(gateway_is_flapping(nth(&s, 19), s.now_us)); /* the third, 15 min after the first */
	g_assert_false(gateway_is_flapping(nth(&s, 19), s.now_us + 1));
	g_assert_false(gateway_is_flapping(nth(&s, 18), s.now_us));
	fleet_free(s.f);
}

static void
test_no_flapping(void)
{
	struct scene s = all_online(20);

	for (guint i = 0; i < 10; i++) { /* known, not known, known */
		fleet_list_failed(s.f, ORIGIN_INVENTORY, "timed out");
		observe(&s);
		run(&s, 10, 10, 20);
	}
	fleet_list_failed(s.f, ORIGIN_INVENTORY, "timed out");
	observe(&s);
	run(&s, 10, 10, 10);
	g_assert_cmpint(nth(&s, 0)->changes_us[0], ==, 0);
	g_assert_cmpint(nth(&s, 19)->changes_us[0], ==, 0);
	fleet_free(s.f);
}

/* --- many --- */

/* An hour of a thousand gateways, looked at each second. */
static void
test_many(void)
{
	struct scene s = all_online(MANY);

	for (guint i = 0; i < 3600; i++) {
		pass(&s, 1);
		if (i % 10 == 0)
			list(&s, MANY - i % 100);
		observe(&s);
	}
	g_assert_cmpuint(s.f->past_count, ==, FLEET_SNAPSHOTS);
	g_assert_cmpuint(s.f->online, ==, MANY - 90);
	fleet_free(s.f);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet/drop/borders", test_borders);
	g_test_add_func("/fleet/drop/confirmation", test_confirmation);
	g_test_add_func("/fleet/drop/keeping", test_keeping);
	g_test_add_func("/fleet/drop/slow-loss", test_slow_loss);
	g_test_add_func("/fleet/drop/baseline-age", test_baseline_age);
	g_test_add_func("/fleet/drop/beginning", test_beginning);
	g_test_add_func("/fleet/drop/arriving", test_arriving);
	g_test_add_func("/fleet/drop/shrinking", test_shrinking);
	g_test_add_func("/fleet/drop/mute", test_mute);
	g_test_add_func("/fleet/drop/gap", test_gap);
	g_test_add_func("/fleet/drop/some-unknown", test_some_unknown);
	g_test_add_func("/fleet/view/fallback", test_fallback);
	g_test_add_func("/fleet/view/choice", test_view);
	g_test_add_func("/fleet/view/links", test_links);
	g_test_add_func("/fleet/blind/reasons", test_blindness);
	g_test_add_func("/fleet/blind/tailnet", test_blind_tailnet);
	g_test_add_func("/fleet/blind/product-sees", test_product_sees);
	g_test_add_func("/fleet/blind/sight-again", test_sight_again);
	g_test_add_func("/fleet/blind/twice", test_blind_twice);
	g_test_add_func("/fleet/blind/resting", test_resting);
	g_test_add_func("/fleet/blind/given-up", test_given_up);
	g_test_add_func("/fleet/blind/view-kept", test_view_over_blindness);
	g_test_add_func("/fleet/window/frozen", test_window);
	g_test_add_func("/fleet/window/unknown", test_window_unknown);
	g_test_add_func("/fleet/window/worse", test_worse_drop);
	g_test_add_func("/fleet/flapping/borders", test_flapping);
	g_test_add_func("/fleet/flapping/unknown", test_no_flapping);
	g_test_add_func("/fleet/many", test_many);
	return g_test_run();
}
