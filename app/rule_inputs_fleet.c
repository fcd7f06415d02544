/* Samples of the fleet: who was lost at once, who flaps, who is offline, and whether we see them. */
#include <math.h>

#include "app/rule_inputs_private.h"
#include "model/fleet_sight.h"

#define NAMES_TOLD 5

static const char *const metrics[] = { "fleet_blind", "gateways_lost", "gateways_lost_share", "gateways_lost_since_deploy",
	"gateways_lost_since_deploy_share", "gateway_changes_15m", "gateway_offline" };

static char *
first_names(const GPtrArray *names)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < MIN(names->len, NAMES_TOLD); i++)
		g_string_append_printf(s, "%s%s", i ? ", " : "", (const char *)names->pdata[i]);
	if (names->len > NAMES_TOLD)
		g_string_append_printf(s, " and %u more", names->len - NAMES_TOLD);
	return g_string_free(s, FALSE);
}

/* Why a drop cannot be told, newly allocated; NULL: it can. It can also while some are not known who would change nothing. */
static char *
drop_doubt(const struct fleet *f, const struct drop *d)
{
	if (f->blind)
		return g_strdup(f->blind);
	if (d->baseline == 0)
		return g_strdup("nobody was seen online before");
	if (!fleet_is_drop(d->lost, d->baseline) && fleet_is_drop(d->lost + d->unknown, d->baseline))
		return g_strdup_printf("%u of %u gateways are not known", d->unknown, d->baseline);
	return NULL;
}

static void
sample_drop(struct samples *s, const struct drop *d, char *doubt /* taken */, const char *count, const char *share, gint64 now_us)
{
	g_autofree char *why = doubt, *names = first_names(d->names);
	g_autofree char *lost = g_strdup_printf("%u of %u", d->lost, d->baseline);

	if (why) {
		samples_unknown(s, count, why, now_us, NULL);
		samples_unknown(s, share, why, now_us, NULL);
		return;
	}
	samples_set(s, count, d->lost, now_us, "~names", names, "~lost", lost, NULL);
	samples_set(s, share, d->share, now_us, "~names", names, "~lost", lost, NULL);
}

/* How often it changed in the last quarter of an hour, as far as that is kept: GATEWAY_CHANGES is "or more". */
static guint
changes(const struct gateway *g, gint64 now_us)
{
	guint n = 0;

	while (n < GATEWAY_CHANGES && g->changes_us[n] > 0 && now_us - g->changes_us[n] <= GATEWAY_FLAP_US)
		n++;
	return n;
}

static void
sample_gateway(struct samples *s, const struct fleet *f, const struct gateway *g, gint64 now_us)
{
	const char *name = g->host->name;

	if (g->seen != PRESENCE_UNKNOWN)
		samples_set(s, "gateway_offline", g->seen == PRESENCE_OFFLINE, now_us, "gateway", name, NULL);
	else
		samples_unknown(s, "gateway_offline", f->blind ? f->blind : "nobody tells whether it is online", now_us, "gateway", name, NULL);
	if (f->blind)
		samples_unknown(s, "gateway_changes_15m", f->blind, now_us, "gateway", name, NULL);
	else
		samples_set(s, "gateway_changes_15m", changes(g, now_us), now_us, "gateway", name, NULL);
}

static void
sample_window(struct samples *s, const struct fleet *f, gint64 now_us)
{
	char *doubt = f->window_view == f->view ? drop_doubt(f, &f->window) : g_strdup("who is online is told by another source than when the window was opened");

	sample_drop(s, &f->window, doubt, "gateways_lost_since_deploy", "gateways_lost_since_deploy_share", now_us);
}

void
fleet_inputs_sample(const struct fleet *f, struct samples *s, gint64 now_us)
{
	if (!f || f->observed_us == 0)
		return;
	for (guint n = 0; n < G_N_ELEMENTS(metrics); n++)
		samples_begin(s, metrics[n]);
	samples_set(s, "fleet_blind", f->blind != NULL, now_us, "~why", f->blind ? f->blind : "", NULL);
	sample_drop(s, &f->sliding, drop_doubt(f, &f->sliding), "gateways_lost", "gateways_lost_share", now_us);
	if (f->window_end_us > 0 && now_us < f->window_end_us)
		sample_window(s, f, now_us);
	for (guint n = 0; n < f->gateways->len; n++)
		sample_gateway(s, f, f->gateways->pdata[n], now_us);
	for (guint n = 0; n < G_N_ELEMENTS(metrics); n++)
		samples_sweep(s, metrics[n]);
}
