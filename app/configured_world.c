#include "app/configured_world.h"

#define LOG_MB 64

static void
apply_thresholds(struct score_thresholds *t, const struct config_score *s)
{
	t->steal_warn = s->steal_warn ? *s->steal_warn : t->steal_warn;
	t->steal_crit = s->steal_crit ? *s->steal_crit : t->steal_crit;
	t->swap_warn = s->swap_warn_gb ? (guint64)(*s->swap_warn_gb * 1073741824.0) : t->swap_warn;
	t->swap_cached_warn = s->swap_cached_warn_mb ? (guint64)(*s->swap_cached_warn_mb * 1048576.0) : t->swap_cached_warn;
	t->disk_warn = s->disk_warn ? (int)*s->disk_warn : t->disk_warn;
}

struct world *
configured_world_new(const struct config *c, const struct options *o)
{
	gsize memory = c->logs && c->logs->memory_mb ? *c->logs->memory_mb : LOG_MB;
	struct world *w = world_new(memory << 20);

	w->readonly = o->readonly || (c->readonly && *c->readonly);
	w->drill = o->drill;
	if (c->score)
		apply_thresholds(&w->thresholds, c->score);
	return w;
}
