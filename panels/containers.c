/* The Containers panel: of one host or of all of them, as one list, with details of the one under the cursor. */
#include <string.h>

#include "panels/containers_private.h"
#include "tui/glyph.h"

#define WHEEL_ROWS 3

static struct panel *create(const struct panel_context *context)
{
	struct containers *p = g_new0(struct containers, 1);

	p->context = *context;
	p->table = table_new(containers_columns, containers_column_count, &containers_source, p);
	p->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
	p->stacks = g_array_new(FALSE, FALSE, sizeof(struct stack_count));
	p->chip_ends = g_array_new(FALSE, FALSE, sizeof(int));
	p->scratch = g_string_new(NULL);
	p->visible = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	details_init(&p->details, context->world);
	return (struct panel *)p;
}

static void destroy(struct panel *panel)
{
	struct containers *p = (struct containers *)panel;

	details_clear(&p->details);
	table_free(p->table);
	g_array_unref(p->rows);
	g_array_unref(p->stacks);
	g_array_unref(p->chip_ends);
	g_string_free(p->scratch, TRUE);
	g_hash_table_unref(p->visible);
	filter_free(p->filter);
	g_free(p->filter_text);
	g_free(p->filter_before);
	g_free(p->filter_problem);
	g_free(p->stack);
	g_free(p->host);
	g_free(p->wanted);
	g_free(p);
}

static void open_details(struct containers *p, gboolean open)
{
	p->details.open = open;
	p->details.full = p->details.full && open;
	table_hold(p->table);
	details_set_tab(p, p->details.tab);
}

static void next_host(struct containers *p)
{
	GPtrArray *hosts = p->context.world->hosts;
	guint next = 0;

	for (guint i = 0; p->host && i < hosts->len; i++)
		if (g_str_equal(p->host, ((struct host *)hosts->pdata[i])->name))
			next = i + 1;
	g_free(p->host);
	p->host = next < hosts->len ? g_strdup(((struct host *)hosts->pdata[next])->name) : NULL;
	table_filter_changed(p->table);
}

static void follow(const struct containers *p, const char *key)
{
	struct host *h;
	struct container *c;

	if (containers_find(p, key, &h, &c))
		p->context.request(p->context.user, &(struct request){ .kind = REQUEST_FOLLOW_CONTAINER, .host = h->name, .object = c->name ? c->name : c->id });
}

/* The keys of the marked rows, or of the one under the cursor; copies, since a request may change everything. */
static GPtrArray *chosen_keys(const struct containers *p)
{
	g_autoptr(GPtrArray) marked = table_marked(p->table, NULL);
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < marked->len; i++)
		g_ptr_array_add(keys, g_strdup(marked->pdata[i]));
	if (marked->len == 0 && table_selected(p->table))
		g_ptr_array_add(keys, g_strdup(table_selected(p->table)));
	return keys;
}

static void follow_chosen(struct containers *p)
{
	g_autoptr(GPtrArray) keys = chosen_keys(p);

	for (guint i = 0; i < keys->len; i++)
		follow(p, keys->pdata[i]);
}

static void copy_chosen(struct containers *p)
{
	g_autoptr(GPtrArray) keys = chosen_keys(p);
	g_autoptr(GString) text = g_string_new(NULL);
	struct host *h;
	struct container *c;

	for (guint i = 0; i < keys->len; i++)
		if (containers_find(p, keys->pdata[i], &h, &c))
			g_string_append_printf(text, "%s%s  %s  %.12s  %s  %s", text->len ? "\n" : "", h->name, c->name ? c->name : "", c->id,
			                       c->status ? c->status : container_state_name(c->state), c->image ? c->image : "");
	p->context.request(p->context.user, &(struct request){ .kind = REQUEST_COPY, .text = text->str });
}

static void ask_filter(struct containers *p)
{
	const char *label = p->details.full ? "search: " : "/";
	const char *initial = p->details.full ? p->details.needle : p->filter_text;

	g_free(p->filter_before);
	p->filter_before = g_strdup(p->filter_text ? p->filter_text : "");
	p->context.request(p->context.user, &(struct request){
		.kind = REQUEST_PROMPT, .command = ACT_FILTER, .text = label, .object = initial ? initial : "" });
}

/* Esc and q. FALSE: there was nothing to leave. */
static gboolean leave(struct containers *p, gboolean clears)
{
	if (p->details.full) {
		p->details.full = FALSE;
	} else if (p->details.open) {
		open_details(p, FALSE);
	} else if (clears && (!filter_is_empty(p->filter) || p->faults || p->chip != CHIP_ALL)) {
		containers_set_filter(p, "", NULL);
		p->faults = FALSE;
		p->chip = CHIP_ALL;
	} else {
		return FALSE;
	}
	return TRUE;
}

static void show_json(struct containers *p)
{
	p->details.full = TRUE;
	p->details.tab = TAB_INSPECT;
	open_details(p, TRUE);
}

static gboolean act_on_table(struct containers *p, enum action command)
{
	switch (command) {
	case ACT_DOWN: table_move(p->table, 1); break;
	case ACT_UP: table_move(p->table, -1); break;
	case ACT_PAGE_DOWN: table_move_page(p->table, 1); break;
	case ACT_PAGE_UP: table_move_page(p->table, -1); break;
	case ACT_HALF_DOWN: table_move_page(p->table, 0.5); break;
	case ACT_HALF_UP: table_move_page(p->table, -0.5); break;
	case ACT_TOP: table_home(p->table); break;
	case ACT_BOTTOM: table_end(p->table); break;
	case ACT_MARK: table_mark(p->table); break;
	case ACT_UNMARK: table_unmark(p->table); break;
	case ACT_SORT_NEXT: table_sort_step(p->table, 1); break;
	case ACT_SORT_PREVIOUS: table_sort_step(p->table, -1); break;
	case ACT_SORT_INVERT: table_sort_invert(p->table); break;
	default: return FALSE;
	}
	return TRUE;
}

static gboolean act(struct panel *panel, enum action command)
{
	struct containers *p = (struct containers *)panel;

	if (p->details.full && details_act(p, command))
		return TRUE;
	switch (command) {
	case ACT_ESCAPE: return leave(p, TRUE);
	case ACT_BACK: return leave(p, FALSE);
	case ACT_HOST_NEXT: next_host(p); break;
	case ACT_FILTER: ask_filter(p); break;
	case ACT_FAULTS: p->faults = !p->faults; table_filter_changed(p->table); break;
	case ACT_CHIP: containers_next_chip(p); break;
	case ACT_OPEN: open_details(p, TRUE); break;
	case ACT_DETAILS: open_details(p, !p->details.open); break;
	case ACT_TAB_NEXT: details_set_tab(p, (p->details.tab + 1) % TAB_COUNT); break;
	case ACT_TAB_PREVIOUS: details_set_tab(p, (p->details.tab + TAB_COUNT - 1) % TAB_COUNT); break;
	case ACT_FULL: p->details.full = !p->details.full; break;
	case ACT_LOGS: follow_chosen(p); break;
	case ACT_COPY: copy_chosen(p); break;
	case ACT_JSON: show_json(p); break;
	default: return act_on_table(p, command);
	}
	return TRUE;
}

static gboolean has_row(const struct containers *p, const char **why)
{
	struct host *h;
	struct container *c;

	*why = "no container is selected";
	return containers_selected(p, &h, &c);
}

static gboolean can_with_details(const struct containers *p, enum action command, const char **why)
{
	switch (command) {
	case ACT_LEFT: case ACT_RIGHT:
		*why = "only details of full size pan";
		return p->details.full;
	case ACT_TAB_NEXT: case ACT_TAB_PREVIOUS: case ACT_FULL:
		*why = "no details are open";
		return p->details.open;
	case ACT_MARK: case ACT_SORT_NEXT: case ACT_SORT_PREVIOUS: case ACT_SORT_INVERT: case ACT_FAULTS: case ACT_CHIP: case ACT_HOST_NEXT:
		*why = "the details have the whole panel";
		return !p->details.full;
	default:
		return TRUE;
	}
}

static gboolean can_with_marks(const struct containers *p, const char **why)
{
	g_autoptr(GPtrArray) marked = table_marked(p->table, NULL);

	*why = "no row is marked";
	return marked->len > 0;
}

static gboolean can(struct panel *panel, enum action command, const char **why)
{
	const struct containers *p = (const struct containers *)panel;

	if (!can_with_details(p, command, why))
		return FALSE;
	switch (command) {
	case ACT_HOST_NEXT:
		*why = "there is only one host";
		return p->context.world->hosts->len > 1;
	case ACT_UNMARK:
		return can_with_marks(p, why);
	case ACT_OPEN:
		*why = "the details are open already";
		return !p->details.open && has_row(p, why);
	case ACT_DETAILS:
		return p->details.open || has_row(p, why);
	case ACT_MARK: case ACT_LOGS: case ACT_COPY: case ACT_JSON:
		return has_row(p, why);
	default:
		return TRUE;
	}
}

static void answer_search(struct containers *p, const char *text, gboolean final)
{
	if (!text)
		return;
	g_free(p->details.needle);
	p->details.needle = g_strdup(text);
	if (!pager_search(p->details.pager, text, 1) && final && *text)
		panel_notice(&p->context, "\"%s\" is not here", text);
}

static void answer(struct panel *panel, enum action command, const char *text, gboolean final)
{
	struct containers *p = (struct containers *)panel;
	g_autoptr(GError) error = NULL;

	if (p->details.full) {
		answer_search(p, text, final);
		return;
	}
	g_clear_pointer(&p->filter_problem, g_free);
	if (containers_set_filter(p, text ? text : p->filter_before, &error))
		return;
	if (final)
		panel_notice(&p->context, "%s", error->message);
	else
		p->filter_problem = g_strdup(error->message);
}

static void text_came(struct panel *panel, const char *object, const char *text, const char *problem)
{
	struct containers *p = (struct containers *)panel;
	const char *id = p->details.inspected ? strrchr(p->details.inspected, '\n') : NULL;

	if (!id || g_strcmp0(id + 1, object) != 0) /* the cursor is elsewhere by now */
		return;
	g_free(p->details.inspect_text);
	g_free(p->details.inspect_problem);
	p->details.inspect_text = g_strdup(text);
	p->details.inspect_problem = text ? NULL : g_strdup(problem ? problem : "no answer");
}

static void select_container(struct panel *panel, const char *host, const char *object)
{
	struct containers *p = (struct containers *)panel;

	g_free(p->host);
	p->host = g_strdup(p->context.world->hosts->len > 1 ? host : NULL);
	g_free(p->wanted);
	p->wanted = g_strdup(object);
	p->chip = CHIP_ALL;
	p->faults = FALSE;
	containers_set_filter(p, "", NULL);
}

static gboolean mouse(struct panel *panel, const struct canvas *c, int y, int x, guint buttons)
{
	struct containers *p = (struct containers *)panel;
	int wheel = buttons & 4 ? -WHEEL_ROWS : buttons & 8 ? WHEEL_ROWS : 0;

	if (wheel && p->details.full) {
		pager_scroll(p->details.pager, wheel);
	} else if (wheel) {
		table_move(p->table, wheel);
	} else if (details_click(p, y, x)) {
		return TRUE;
	} else if (!p->details.full && y == p->chips_y) {
		return containers_click_chip(p, x);
	} else if (p->details.full || y < p->table_y || y >= p->table_y + p->table_height || x >= p->table_width || !table_click(p->table, y - p->table_y)) {
		return FALSE;
	} else if (buttons & 2) {
		open_details(p, TRUE);
	}
	return TRUE;
}

static enum role badge(struct panel *panel, char *out, gsize size)
{
	const struct containers *p = (const struct containers *)panel;
	const struct world *w = p->context.world;
	guint counts[SEVERITY_CRIT + 1] = { 0 };

	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		for (guint j = 0; j < h->docker.containers->len; j++)
			counts[container_severity(h->docker.containers->pdata[j])]++;
	}
	*out = '\0';
	if (counts[SEVERITY_CRIT] > 0)
		g_snprintf(out, size, "%s%u", glyph(GLYPH_CRIT), counts[SEVERITY_CRIT]);
	else if (counts[SEVERITY_WARN] > 0)
		g_snprintf(out, size, "%s%u", glyph(GLYPH_WARN), counts[SEVERITY_WARN]);
	return counts[SEVERITY_CRIT] > 0 ? ROLE_CRIT : counts[SEVERITY_WARN] > 0 ? ROLE_WARN : ROLE_DIM;
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

	return p->details.open && p->details.tab == TAB_LOGS && p->details.source > 0 && log_view_work(p->details.view, budget_us);
}

const struct panel_class containers_panel = {
	.id = "containers", .title = "Containers",
	.scopes = SCOPE_LIST | SCOPE_TABLE | SCOPE_CONTAINERS | SCOPE_DETAILS,
	.create = create, .destroy = destroy, .draw = containers_draw, .act = act, .can = can, .answer = answer, .text = text_came,
	.select = select_container, .mouse = mouse, .badge = badge, .shown = shown, .work = work,
};
