/* How the Containers panel is drawn, and whose figures are on the screen. */
#include <string.h>

#include "panels/containers_private.h"

static void tell_visible(struct containers *p, const char *host, GPtrArray *ids)
{
	g_autofree char *joined = NULL;
	const char *before = g_hash_table_lookup(p->visible, host);

	g_ptr_array_add(ids, NULL);
	joined = g_strjoinv(" ", (char **)ids->pdata);
	g_ptr_array_set_size(ids, (gint)ids->len - 1);
	if (g_strcmp0(joined, before ? before : "") == 0)
		return;
	list_request(&p->list, &(struct request){
		.kind = REQUEST_VISIBLE, .host = host, .ids = (const char *const *)ids->pdata, .count = ids->len });
	g_hash_table_insert(p->visible, g_strdup(host), g_steal_pointer(&joined));
}

static void add_visible(GHashTable *hosts, const char *host, const char *id)
{
	GPtrArray *ids = g_hash_table_lookup(hosts, host);

	if (!ids) {
		ids = g_ptr_array_new();
		g_hash_table_insert(hosts, (gpointer)host, ids);
	}
	g_ptr_array_add(ids, (gpointer)id);
}

static void free_ids(gpointer ids)
{
	g_ptr_array_unref(ids);
}

void containers_tell_visible(struct containers *p, gboolean nobody)
{
	g_autoptr(GHashTable) hosts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_ids);
	const struct world *w = p->list.context.world;
	struct host *h;
	struct container *c;
	guint first, count;

	table_visible(p->list.table, &first, &count);
	if (nobody || p->list.details.full)
		count = 0;
	for (guint i = first; i < first + count; i++) {
		const struct row *r = &g_array_index(p->rows, struct row, table_row(p->list.table, i));
		add_visible(hosts, r->host->name, r->container->id);
	}
	if (!nobody && p->list.details.full && containers_selected(p, &h, &c))
		add_visible(hosts, h->name, c->id);
	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *each = w->hosts->pdata[i];
		g_autoptr(GPtrArray) none = g_ptr_array_new();
		GPtrArray *ids = g_hash_table_lookup(hosts, each->name);
		tell_visible(p, each->name, ids ? ids : none);
	}
}

void containers_draw(struct panel *panel, const struct canvas *c)
{
	struct containers *p = (struct containers *)panel;
	int y = 1;

	containers_collect(&p->list);
	if (!p->list.details.full)
		list_draw_chips(&p->list, c, y++);
	y += list_draw_troubles(&p->list, c, y);
	list_draw_body(&p->list, c, y);
	list_draw_title(&p->list, c);
	containers_tell_visible(p, FALSE);
	containers_release(&p->list);
}
