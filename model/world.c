#include "model/world.h"

static void
free_host(gpointer data)
{
	host_free(data);
}

struct world *
world_new(gsize log_bytes)
{
	struct world *w = g_new0(struct world, 1);

	w->hosts = g_ptr_array_new_with_free_func(free_host);
	w->logs = log_store_new(log_bytes);
	w->thresholds = score_default_thresholds;
	return w;
}

void
world_free(struct world *w)
{
	if (!w)
		return;
	g_ptr_array_unref(w->hosts);
	log_store_free(w->logs);
	g_free(w);
}

struct host *
world_host(const struct world *w, const char *name)
{
	for (guint i = 0; i < w->hosts->len; i++) {
		struct host *h = w->hosts->pdata[i];
		if (g_strcmp0(h->name, name) == 0)
			return h;
	}
	return NULL;
}

void
world_changed(struct world *w)
{
	if (w->changed)
		w->changed(w->changed_user);
}
