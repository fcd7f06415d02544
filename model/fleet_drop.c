/* Who was online, who is gone since, and how sure that is (reference 2.3 and 2.4: gateways_mass_drop, gateways_drop_since_deploy). */
#include <math.h>
#include <string.h>

#include "model/fleet.h"
#include "model/fleet_sight.h"

#define NAMES_TOLD 2 /* in a line of text */

G_STATIC_ASSERT(FLEET_SNAPSHOTS == sizeof(((struct gateway *)NULL)->past) * 8);
G_STATIC_ASSERT((FLEET_SNAPSHOTS - 1) * FLEET_SNAPSHOT_US > FLEET_SLIDE_US);

/* --- snapshots --- */

/* Was it online at that time, as far as one knows? Who is not known for a moment still belongs to those that were. */
static gboolean
was_online(const struct gateway *g, gint64 now_us)
{
	return g->online_us > 0 && now_us - g->online_us <= FLEET_SLIDE_US;
}

static void
take_snapshot(struct fleet *f, gint64 now_us)
{
	gboolean anyone = f->past_count > 0;

	if (f->past_count > 0 && now_us - f->past_us[0] < FLEET_SNAPSHOT_US)
		return;
	for (guint i = 0; i < f->gateways->len && !anyone; i++)
		anyone = was_online(f->gateways->pdata[i], now_us);
	if (!anyone)
		return; /* a first one of nobody would hide those that come */
	for (guint i = 0; i < f->gateways->len; i++) {
		struct gateway *g = f->gateways->pdata[i];
		g->past = g->past << 1 | was_online(g, now_us);
	}
	memmove(f->past_us + 1, f->past_us, (FLEET_SNAPSHOTS - 1) * sizeof f->past_us[0]);
	f->past_us[0] = now_us;
	f->past_count = MIN(f->past_count + 1, FLEET_SNAPSHOTS);
}

/* The bit of the newest snapshot that is old enough; else those of all there are: the first ones after the start have only a few of the fleet, and
 * what is lost of a few would be called much. */
static guint64
sliding_snapshots(const struct fleet *f, gint64 now_us)
{
	for (guint i = 0; i < f->past_count; i++)
		if (now_us - f->past_us[i] >= FLEET_SLIDE_US)
			return (guint64)1 << i;
	return f->past_count > 0 ? G_MAXUINT64 >> (FLEET_SNAPSHOTS - f->past_count) : 0;
}

/* --- a drop --- */

enum sample { SAMPLE_NONE /* there is no baseline */, SAMPLE_FALSE, SAMPLE_TRUE, SAMPLE_UNKNOWN };

static void
reset_drop(struct drop *d, enum drop_state state)
{
	d->state = state;
	d->true_since_us = d->true_last_us = d->judged_us = d->unknown_since_us = 0;
}

/* Those of the baseline that are listed: one that left the list was taken away, not lost. `snapshots`: bits of gateway.past; 0: the frozen set. */
static enum sample
sample_drop(const struct fleet *f, struct drop *d, guint64 snapshots, gint64 now_us)
{
	for (guint i = 0; i < f->gateways->len; i++) {
		const struct gateway *g = f->gateways->pdata[i];
		gboolean muted = g->muted && now_us < f->mute_until_us;
		if (snapshots == 0 ? !g->frozen : !(g->past & snapshots))
			continue;
		d->baseline++;
		d->unknown += g->seen == PRESENCE_UNKNOWN && !muted;
		if (g->seen == PRESENCE_OFFLINE && !muted)
			g_ptr_array_add(d->names, g_strdup(g->host->name));
	}
	d->lost = d->names->len;
	if (d->baseline > 0 && !f->blind)
		d->share = (double)d->lost / d->baseline;
	if (fleet_is_drop(d->lost, d->baseline))
		return SAMPLE_TRUE;
	return fleet_is_drop(d->lost + d->unknown, d->baseline) ? SAMPLE_UNKNOWN : SAMPLE_FALSE;
}

static void
step_true(struct drop *d, gint64 now_us)
{
	if (d->state == DROP_NONE || d->state == DROP_BLIND) {
		d->state = DROP_PENDING;
		d->true_since_us = now_us;
	} else if (d->state == DROP_KEPT) {
		d->state = DROP_FIRING;
	} else if (d->unknown_since_us > 0) {
		d->true_since_us += now_us - d->judged_us;
	}
	d->true_last_us = now_us;
	if (d->state == DROP_PENDING && now_us - d->true_since_us >= FLEET_CONFIRM_US)
		d->state = DROP_FIRING;
}

static void
step_false(struct drop *d, gint64 keep_us, gint64 now_us)
{
	gboolean fired = d->state == DROP_FIRING || d->state == DROP_KEPT;

	if (fired && now_us - d->true_last_us < keep_us)
		d->state = DROP_KEPT;
	else
		reset_drop(d, DROP_NONE);
}

/* Neither forward nor back: the time that a drop has been true for stands still. */
static void
step_unknown(struct drop *d, gint64 now_us)
{
	if (d->unknown_since_us == 0)
		d->unknown_since_us = now_us;
	if (d->state == DROP_PENDING)
		d->true_since_us += now_us - d->judged_us;
	if (now_us - d->unknown_since_us > FLEET_UNKNOWN_US)
		d->state = DROP_BLIND;
}

static void
step_drop(struct drop *d, enum sample s, gint64 keep_us, gint64 now_us)
{
	switch (s) {
	case SAMPLE_NONE:
		reset_drop(d, DROP_NONE);
		break;
	case SAMPLE_FALSE:
		step_false(d, keep_us, now_us);
		break;
	case SAMPLE_TRUE:
		step_true(d, now_us);
		break;
	case SAMPLE_UNKNOWN:
		step_unknown(d, now_us);
		break;
	}
	if (s != SAMPLE_UNKNOWN)
		d->unknown_since_us = 0;
	d->judged_us = now_us;
}

static void
clear_figures(struct drop *d)
{
	d->baseline = d->lost = d->unknown = 0;
	d->share = NAN;
	g_ptr_array_set_size(d->names, 0);
}

static void
judge_sliding(struct fleet *f, gint64 now_us)
{
	enum sample s = SAMPLE_NONE;

	clear_figures(&f->sliding);
	if (f->past_count > 0)
		s = sample_drop(f, &f->sliding, sliding_snapshots(f, now_us), now_us);
	if (f->blind)
		reset_drop(&f->sliding, DROP_BLIND);
	else
		step_drop(&f->sliding, s, FLEET_KEEP_US, now_us);
}

static void
judge_window(struct fleet *f, gint64 now_us)
{
	enum sample s = SAMPLE_UNKNOWN;

	clear_figures(&f->window);
	if (f->window_end_us == 0)
		return;
	if (f->window_view == f->view)
		s = sample_drop(f, &f->window, 0, now_us);
	if (f->blind)
		reset_drop(&f->window, DROP_BLIND);
	else
		step_drop(&f->window, s, f->window_end_us - f->window_us, now_us);
}

/* --- the whole --- */

/* In another view others are online: nothing seen before can be compared. */
static void
change_view(struct fleet *f, enum fleet_view view)
{
	f->view = view;
	f->past_count = 0;
	reset_drop(&f->sliding, DROP_NONE);
	for (guint i = 0; i < f->gateways->len; i++) {
		struct gateway *g = f->gateways->pdata[i];
		g->seen = PRESENCE_UNKNOWN;
		g->online_us = 0;
	}
}

/* The time that we were blind for is left out: who was online in the last snapshot before it counts as seen online until now. */
static void
regain_sight(struct fleet *f, gint64 now_us)
{
	f->sight_us = now_us;
	for (guint i = 0; i < f->gateways->len; i++) {
		struct gateway *g = f->gateways->pdata[i];
		g->online_us = f->past_count > 0 && (g->past & 1) ? now_us : 0;
	}
}

static void
change_sight(struct fleet *f, char *blind /* taken */, gint64 now_us)
{
	if (blind && !f->blind)
		f->past_count = MIN(f->past_count, 1); /* with that one is compared when we see again */
	if (!blind && f->blind)
		regain_sight(f, now_us);
	g_free(f->blind);
	f->blind = blind;
}

static void
see(const struct fleet *f, struct gateway *g, enum presence p, gint64 now_us)
{
	gboolean muted = g->muted && now_us < f->mute_until_us;

	if (g->seen != p && g->seen != PRESENCE_UNKNOWN && p != PRESENCE_UNKNOWN && !muted) {
		memmove(g->changes_us + 1, g->changes_us, (GATEWAY_CHANGES - 1) * sizeof g->changes_us[0]);
		g->changes_us[0] = now_us;
	}
	g->seen = p;
	if (p != PRESENCE_UNKNOWN)
		g->online_us = p == PRESENCE_ONLINE ? now_us : 0;
}

static void
see_all(struct fleet *f, gint64 now_us)
{
	for (guint i = 0; i < f->gateways->len; i++) {
		struct gateway *g = f->gateways->pdata[i];
		see(f, g, fleet_presence(f, g, now_us), now_us);
		g->lost = FALSE;
	}
	fleet_count(f);
}

static void
mark_lost(struct fleet *f)
{
	const struct drop *d = fleet_drop(f);

	for (guint i = 0; i < d->names->len; i++)
		fleet_gateway(f, d->names->pdata[i])->lost = TRUE;
}

void
fleet_observe(struct fleet *f, gboolean others_up, gint64 now_us)
{
	gboolean was_blind = f->blind != NULL;
	struct fleet_evidence e;

	fleet_gather(f, others_up, now_us, &e);
	change_sight(f, fleet_blindness(f, &e), now_us);
	if (was_blind && !f->blind)
		fleet_gather(f, others_up, now_us, &e); /* a source that was silent meanwhile is given its time */
	if (!f->blind && e.view != f->view)
		change_view(f, e.view);
	see_all(f, now_us);
	if (now_us >= f->window_end_us)
		fleet_window_close(f);
	judge_sliding(f, now_us);
	judge_window(f, now_us);
	mark_lost(f);
	if (!f->blind)
		take_snapshot(f, now_us);
	f->observed_us = now_us;
}

void
fleet_window_open(struct fleet *f, gint64 now_us, gint64 length_us)
{
	fleet_window_close(f);
	for (guint i = 0; i < f->gateways->len; i++) {
		struct gateway *g = f->gateways->pdata[i];
		g->frozen = f->blind ? f->past_count > 0 && (g->past & 1) : was_online(g, now_us);
	}
	f->window_us = now_us;
	f->window_end_us = now_us + length_us;
	f->window_view = f->view;
}

void
fleet_window_close(struct fleet *f)
{
	f->window_us = f->window_end_us = 0;
	clear_figures(&f->window);
	reset_drop(&f->window, DROP_NONE);
}

/* --- words --- */

static gint
drop_rank(const struct drop *d)
{
	static const gint ranks[] = { [DROP_NONE] = 0, [DROP_BLIND] = 1, [DROP_PENDING] = 2, [DROP_KEPT] = 3, [DROP_FIRING] = 4 };

	return ranks[d->state];
}

gboolean
fleet_online_is_known(const struct fleet *f)
{
	return f->observed_us > 0 && (f->online + f->offline > 0 || f->unknown == 0);
}

const struct drop *
fleet_drop(const struct fleet *f)
{
	gint sliding = drop_rank(&f->sliding), window = drop_rank(&f->window);

	if (window == sliding)
		return isnan(f->window.share) || f->window.share <= f->sliding.share ? &f->sliding : &f->window;
	return window > sliding ? &f->window : &f->sliding;
}

char *
drop_words(const struct drop *d)
{
	GString *s;

	if (d->state == DROP_BLIND)
		return g_strdup_printf("%u of %u gateways that were online are unknown", d->unknown, d->baseline);
	if (d->baseline == 0)
		return g_strdup("no gateway was online before");
	s = g_string_new(NULL);
	g_string_printf(s, "%u of %u gateways lost (%.1f %%)", d->lost, d->baseline, d->share * 100);
	for (guint i = 0; i < MIN(d->names->len, NAMES_TOLD); i++)
		g_string_append_printf(s, "%s%s", i == 0 ? ": " : ", ", (const char *)d->names->pdata[i]);
	if (d->names->len > NAMES_TOLD)
		g_string_append_printf(s, " and %u more", d->names->len - NAMES_TOLD);
	if (d->unknown > 0)
		g_string_append_printf(s, "; %u unknown", d->unknown);
	return g_string_free(s, FALSE);
}
