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
	w->operations = g_ptr_array_new_with_free_func((GDestroyNotify)operation_free);
	foreign_alerts_init(&w->foreign);
	w->checklists = g_ptr_array_new_with_free_func((GDestroyNotify)checklist_free);
	w->run_commands = g_ptr_array_new_with_free_func(g_free);
	w->runs = g_ptr_array_new_with_free_func((GDestroyNotify)run_head_free);
	return w;
}

void
world_free(struct world *w)
{
	if (!w)
		return;
	g_ptr_array_unref(w->hosts);
	fleet_free(w->fleet);
	log_store_free(w->logs);
	g_ptr_array_unref(w->operations);
	g_free(w->rules_trouble);
	g_free(w->checklists_trouble);
	foreign_alerts_clear(&w->foreign);
	g_ptr_array_unref(w->checklists);
	g_ptr_array_unref(w->run_commands);
	check_run_free(w->opened);
	g_ptr_array_unref(w->runs);
	g_free(w);
}

struct host *
world_host(const struct world *w, const char *name)
{
	const struct gateway *gateway;

	for (guint i = 0; i < w->hosts->len; i++) {
		struct host *h = w->hosts->pdata[i];
		if (g_strcmp0(h->name, name) == 0)
			return h;
	}
	gateway = w->fleet ? fleet_gateway(w->fleet, name) : NULL;
	return gateway ? gateway->host : NULL;
}

void
world_add_operation(struct world *w, struct operation *o)
{
	guint done = 0;

	o->number = w->operations->len > 0 ? ((struct operation *)w->operations->pdata[w->operations->len - 1])->number + 1 : 1;
	g_ptr_array_add(w->operations, o);
	for (guint i = w->operations->len; i-- > 0;)
		if (((struct operation *)w->operations->pdata[i])->stage == OPERATION_DONE && ++done > WORLD_OPERATIONS_MAX)
			g_ptr_array_remove_index(w->operations, i);
}

const struct operation *
world_operation(const struct world *w, guint number)
{
	for (guint i = 0; i < w->operations->len; i++)
		if (((const struct operation *)w->operations->pdata[i])->number == number)
			return w->operations->pdata[i];
	return NULL;
}

guint
world_operations_open(const struct world *w)
{
	guint n = 0;

	for (guint i = 0; i < w->operations->len; i++)
		n += ((struct operation *)w->operations->pdata[i])->stage != OPERATION_DONE;
	return n;
}

void
world_changed(struct world *w)
{
	if (w->changed)
		w->changed(w->changed_user);
}
