/* The Containers panel: of one host or of all of them, as one list, with details of the one under the cursor. */
#include "panels/containers_private.h"

static struct panel *create(const struct panel_context *context)
{
	struct containers *p = g_new0(struct containers, 1);

	list_init(&p->list, &containers_list, context);
	p->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	p->stacks = g_array_new(FALSE, FALSE, sizeof(struct stack_count));
	p->visible = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	details_init(&p->details, context->world);
	return (struct panel *)p;
}

static void destroy(struct panel *panel)
{
	struct containers *p = (struct containers *)panel;

	details_clear(&p->details);
	list_clear(&p->list);
	g_array_unref(p->rows);
	g_array_unref(p->stacks);
	g_hash_table_unref(p->visible);
	g_free(p->stack);
	g_free(p);
}

static void follow(const struct containers *p, const char *key)
{
	struct host *h;
	struct container *c;

	if (containers_find(p, key, &h, &c))
		list_request(&p->list, &(struct request){ .kind = REQUEST_FOLLOW_CONTAINER, .host = h->name, .object = c->name ? c->name : c->id });
}

static GPtrArray *targets(struct panel *panel, guint command)
{
	const struct containers *p = (const struct containers *)panel;
	g_autoptr(GPtrArray) keys = list_chosen(&p->list);
	GPtrArray *found = action_targets_new();
	struct host *h;
	struct container *c;

	for (guint i = 0; i < keys->len; i++)
		if (containers_find(p, keys->pdata[i], &h, &c))
			action_targets_add(found, h->name, c->id);
	return found;
}

static void follow_chosen(struct containers *p)
{
	g_autoptr(GPtrArray) keys = list_chosen(&p->list);

	for (guint i = 0; i < keys->len; i++)
		follow(p, keys->pdata[i]);
}

static void copy_chosen(struct containers *p)
{
	g_autoptr(GPtrArray) keys = list_chosen(&p->list);
	g_autoptr(GString) text = g_string_new(NULL);
	struct host *h;
	struct container *c;

	for (guint i = 0; i < keys->len; i++)
		if (containers_find(p, keys->pdata[i], &h, &c))
			g_string_append_printf(text, "%s%s  %s  %.12s  %s  %s", text->len ? "\n" : "", h->name, c->name ? c->name : "", c->id,
			                       c->status ? c->status : container_state_name(c->state), c->image ? c->image : "");
	list_request(&p->list, &(struct request){ .kind = REQUEST_COPY, .text = text->str });
}

static void show_json(struct containers *p)
{
	p->list.details.full = TRUE;
	p->list.details.tab = TAB_INSPECT;
	list_open_details(&p->list, TRUE);
}

static gboolean act(struct panel *panel, enum action command)
{
	struct containers *p = (struct containers *)panel;

	switch (command) {
	case ACT_LOGS: follow_chosen(p); break;
	case ACT_COPY: copy_chosen(p); break;
	case ACT_JSON: show_json(p); break;
	default: return list_act(&p->list, command);
	}
	return TRUE;
}

static gboolean can(struct panel *panel, enum action command, const char **why)
{
	const struct containers *p = (const struct containers *)panel;

	if (!list_can(&p->list, command, why))
		return FALSE;
	switch (command) {
	case ACT_LOGS: case ACT_JSON: case ACT_RESTART: case ACT_SHELL: case ACT_SNAPSHOT:
		return list_can_with_row(&p->list, why);
	default:
		return TRUE;
	}
}

static void text_came(struct panel *panel, const char *object, const char *text, const char *problem)
{
	struct containers *p = (struct containers *)panel;
	struct host *h;
	const char *id = list_key_parts(&p->list, p->details.inspected, &h);

	if (!id || g_strcmp0(id, object) != 0) /* the cursor is elsewhere by now */
		return;
	g_free(p->details.inspect_text);
	g_free(p->details.inspect_problem);
	p->details.inspect_text = g_strdup(text);
	p->details.inspect_problem = text ? NULL : g_strdup(problem ? problem : "no answer");
}

static enum role badge(struct panel *panel, char *out, gsize size)
{
	const struct containers *p = (const struct containers *)panel;
	const struct world *w = p->list.context.world;
	guint counts[SEVERITY_CRIT + 1] = { 0 };

	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		for (guint j = 0; j < h->docker.containers->len; j++)
			counts[container_severity(h->docker.containers->pdata[j])]++;
	}
	return list_badge(counts[SEVERITY_CRIT], counts[SEVERITY_WARN], out, size);
}

static void shown(struct panel *panel, gboolean in_front)
{
	struct containers *p = (struct containers *)panel;

	if (!in_front)
		containers_tell_visible(p, TRUE);
}

static gboolean work(struct panel *panel, gint64 budget_us)
{
	struct containers *p = (struct containers *)panel;

	return p->list.details.open && p->list.details.tab == TAB_LOGS && p->details.source > 0 && log_view_work(p->details.view, budget_us);
}

const struct panel_class containers_panel = {
	.id = "containers", .title = "Containers",
	.scopes = SCOPE_LIST | SCOPE_TABLE | SCOPE_CONTAINERS | SCOPE_DETAILS,
	.create = create, .destroy = destroy, .draw = containers_draw, .act = act, .can = can, .answer = list_answer, .text = text_came,
	.select = list_select, .mouse = list_mouse, .targets = targets, .host = list_host, .badge = badge, .shown = shown, .work = work,
};
