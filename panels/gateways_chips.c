/* The chips of the Gateways panel: All, and each kind of trouble that there is. */
#include "panels/gateways_private.h"

guint gateways_chips_of(const struct gateways_row *r, gint64 now_us)
{
	const struct gateway *g = r->gateway;
	guint chips = 1u << GATEWAYS_CHIP_ALL;

	chips |= (guint)(g->lost != 0) << GATEWAYS_CHIP_LOST;
	chips |= (guint)(r->errors > 0 || r->fatals > 0) << GATEWAYS_CHIP_ERRORS;
	chips |= (guint)(gateway_is_down(g) != 0) << GATEWAYS_CHIP_DOWN;
	chips |= (guint)(gateway_is_flapping(g, now_us) != 0) << GATEWAYS_CHIP_FLAPPING;
	chips |= (guint)(g->disagreement != NULL) << GATEWAYS_CHIP_DISAGREE;
	chips |= (guint)(r->step != NULL) << GATEWAYS_CHIP_ROLLOUT;
	return chips;
}

/* The active one keeps its place when nothing belongs to it any more. */
static gboolean exists(const struct gateways_view *v, guint kind)
{
	return kind == GATEWAYS_CHIP_ALL || v->chips[kind] > 0 || v->list.chip == kind;
}

/* Of the chips that there are, the kind of one of them. */
static guint kind_of(const struct gateways_view *v, guint chip)
{
	guint kind = 0;

	for (guint i = 0; i < GATEWAYS_CHIPS; i++)
		if (exists(v, i) && chip-- == 0)
			kind = i;
	return kind;
}

guint gateways_chips(const struct list *l, guint *active)
{
	const struct gateways_view *v = (const struct gateways_view *)l;
	guint count = 0;

	for (guint i = 0; i < GATEWAYS_CHIPS; i++) {
		if (i == l->chip)
			*active = count;
		count += exists(v, i);
	}
	return count;
}

void gateways_chip_set(struct list *l, guint chip)
{
	l->chip = kind_of((const struct gateways_view *)l, chip);
}

char *gateways_chip_label(const struct list *l, guint chip, enum role *role)
{
	static const char *const names[GATEWAYS_CHIPS] = {
		[GATEWAYS_CHIP_LOST] = "Lost", [GATEWAYS_CHIP_ERRORS] = "Errors", [GATEWAYS_CHIP_DOWN] = "Down", [GATEWAYS_CHIP_FLAPPING] = "Flapping",
		[GATEWAYS_CHIP_DISAGREE] = "Disagree", [GATEWAYS_CHIP_ROLLOUT] = "Rollout",
	};
	const struct gateways_view *v = (const struct gateways_view *)l;
	guint kind = kind_of(v, chip);

	if (kind == GATEWAYS_CHIP_ALL)
		return g_strdup("All");
	if (v->chips[kind] > 0 && kind == GATEWAYS_CHIP_LOST)
		*role = gateways_role(gateway_severity(l->context.world->fleet, GATEWAY_LOST));
	return g_strdup_printf("%s %u", names[kind], v->chips[kind]);
}

char *gateways_chip_words(const struct list *l)
{
	static const char *const words[GATEWAYS_CHIPS] = {
		[GATEWAYS_CHIP_ALL] = "", [GATEWAYS_CHIP_LOST] = " that is lost", [GATEWAYS_CHIP_ERRORS] = " with errors",
		[GATEWAYS_CHIP_DOWN] = " that is not reached", [GATEWAYS_CHIP_FLAPPING] = " that is flapping",
		[GATEWAYS_CHIP_DISAGREE] = " that its sources disagree about", [GATEWAYS_CHIP_ROLLOUT] = " in a rollout",
	};

	return g_strdup(words[l->chip]);
}
