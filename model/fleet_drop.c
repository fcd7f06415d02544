#include <math.h>

#include "model/fleet.h"

#define NAMES_TOLD 2 /* in a line of text */

static gint
drop_rank(const struct drop *d)
{
	static const gint ranks[] = { [DROP_NONE] = 0, [DROP_BLIND] = 1, [DROP_PENDING] = 2, [DROP_KEPT] = 3, [DROP_FIRING] = 4 };

	return ranks[d->state];
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
		return g_strdup_printf("unknown: of %u gateways that were online nobody can tell how many are lost", d->baseline);
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
