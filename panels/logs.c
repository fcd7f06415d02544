/* The Logs panel: a live tail of any sources of any hosts, merged in time order. */
#include "panels/logs_private.h"

#include <string.h>

#define WHEEL_LINES 3

guint64 logs_cursor_index(struct panel *p)
{
	guint64 count = log_view_count(p->view), index;

	if (count == 0)
		return 0;
	index = p->follow ? count - 1 : log_view_find_seq(p->view, p->cursor);
	return MIN(index, count - 1);
}

void logs_set_cursor(struct panel *p, guint64 index)
{
	struct log_line line;

	if (log_view_at(p->view, index, &line))
		p->cursor = line.seq;
}

gboolean logs_is_wanted(const struct panel *p, guint32 source)
{
	const struct log_source_info *info = log_store_source_info(p->context.world->logs, source);
	g_autofree char *name = g_strdup_printf("%s\n%s", info->host, info->name);

	return g_hash_table_size(p->wanted) == 0 || g_hash_table_contains(p->wanted, name);
}

/* Tells the view which sources to show; anew when there are more of them. */
void logs_choose_sources(struct panel *p)
{
	guint count = log_store_source_count(p->context.world->logs);
	g_autofree gboolean *wanted = g_new0(gboolean, count + 1);

	p->sources_seen = count;
	for (guint32 i = 1; i <= count; i++)
		wanted[i] = logs_is_wanted(p, i);
	log_view_sources(p->view, g_hash_table_size(p->wanted) > 0 ? wanted : NULL, count + 1);
}

void logs_source_name(const struct log_source_info *info, gboolean with_host, char *out, gsize size)
{
	const char *name = info->name, *slash = strrchr(name, '/');
	gsize len;

	if (g_str_equal(info->kind, "file") && slash && slash[1])
		name = slash + 1;
	len = strlen(name);
	if (g_str_has_suffix(name, ".service"))
		len -= strlen(".service");
	g_snprintf(out, size, "%s%s%.*s", with_host ? info->host : "", with_host ? "/" : "", (int)MIN(len, 200), name);
}

static struct panel *create(const struct panel_context *context)
{
	struct panel *p = g_new0(struct panel, 1);

	p->context = *context;
	p->view = log_view_new(context->world->logs);
	p->wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->bookmarks = g_array_new(FALSE, FALSE, sizeof(guint64));
	p->row_lines = g_array_new(FALSE, FALSE, sizeof(guint64));
	p->pager = pager_new();
	p->detail_seq = G_MAXUINT64;
	p->follow = TRUE;
	return p;
}

static void destroy(struct panel *p)
{
	log_view_free(p->view);
	g_hash_table_unref(p->wanted);
	g_array_unref(p->bookmarks);
	g_array_unref(p->row_lines);
	pager_free(p->pager);
	g_free(p->search);
	g_free(p->search_problem);
	g_free(p->search_before);
	g_free(p->refused[0]);
	g_free(p->refused[1]);
	g_free(p);
}

/* Shows one more source; without a name all of them again. */
static void select_source(struct panel *p, const char *host, const char *object)
{
	g_autofree char *name = host && object ? g_strdup_printf("%s\n%s", host, object) : NULL;

	if (!host)
		g_hash_table_remove_all(p->wanted);
	else if (name)
		g_hash_table_add(p->wanted, g_steal_pointer(&name));
	p->follow = TRUE;
	p->sources_seen = 0; /* chosen anew when it is drawn: hundreds may come one after the other */
}

/* The sources that are shown. */
static GPtrArray *targets(struct panel *p, guint command)
{
	const struct log_store *store = p->context.world->logs;
	GPtrArray *found = action_targets_new();

	for (guint32 i = 1; i <= log_store_source_count(store); i++)
		if (logs_is_wanted(p, i))
			action_targets_add(found, log_store_source_info(store, i)->host, log_store_source_info(store, i)->name);
	return found;
}

static gboolean mouse(struct panel *p, const struct canvas *c, int y, int x, guint buttons)
{
	int wheel = buttons & 4 ? -WHEEL_LINES : buttons & 8 ? WHEEL_LINES : 0;
	int row = y - p->lines_y;

	if (wheel && p->full) {
		pager_scroll(p->pager, wheel);
	} else if (wheel) {
		logs_move(p, wheel);
	} else if (row < 0 || row >= (int)p->row_lines->len || !(buttons & 3)) {
		return FALSE;
	} else {
		p->cursor = g_array_index(p->row_lines, guint64, row);
		p->follow = FALSE;
		p->details = p->details || (buttons & 2);
	}
	return TRUE;
}

static gboolean work(struct panel *p, gint64 budget_us)
{
	gboolean more = log_view_work(p->view, budget_us);

	if (p->catch_up && (logs_go_near(p) || log_view_search_progress(p->view) >= 1))
		p->catch_up = FALSE;
	return more;
}

const struct panel_class logs_panel = {
	.id = "logs", .title = "Logs", .scopes = SCOPE_LIST | SCOPE_LOGS | SCOPE_DETAILS,
	.create = create, .destroy = destroy, .draw = logs_draw, .act = logs_act, .can = logs_can, .answer = logs_answer,
	.select = select_source, .mouse = mouse, .targets = targets, .work = work,
};
