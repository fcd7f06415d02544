/* The Gateways panel: the fleet as one list, with who is online and by whose word, and what the error sweep found, gateway by gateway and fault
 * by fault. */
#include <string.h>

#include "model/utc_text.h"
#include "panels/gateways_private.h"
#include "panels/host_line.h"

static struct panel *create(const struct panel_context *context)
{
	struct gateways_view *v = g_new0(struct gateways_view, 1);

	list_init(&v->list, &gateways_list, context);
	list_init(&v->faults.list, &fault_list_class, context);
	list_init(&v->lines.list, &line_list_class, context);
	v->rows = g_array_new(FALSE, FALSE, sizeof(struct gateways_row));
	v->faults.rows = g_ptr_array_new();
	v->lines.rows = g_array_new(FALSE, FALSE, sizeof(struct line_row));
	v->words = g_string_chunk_new(4096);
	return (struct panel *)v;
}

static void destroy(struct panel *panel)
{
	struct gateways_view *v = (struct gateways_view *)panel;

	list_clear(&v->list);
	list_clear(&v->faults.list);
	list_clear(&v->lines.list);
	g_array_unref(v->rows);
	g_ptr_array_unref(v->faults.rows);
	g_array_unref(v->lines.rows);
	g_free(v->lines.fingerprint);
	g_string_chunk_free(v->words);
	g_free(v);
}

static const struct fleet *fleet_of(const struct gateways_view *v)
{
	return v->list.context.world->fleet;
}

/* The list that is shown. */
static struct list *front(const struct gateways_view *v)
{
	return (struct list *)(v->mode == MODE_FAULTS ? &v->faults.list : v->mode == MODE_LINES ? &v->lines.list : &v->list);
}

/* --- going from one list to another --- */

static void show(struct gateways_view *v, enum gateways_mode mode)
{
	v->mode = mode;
	v->from = MODE_GATEWAYS;
}

static void open_fault(struct gateways_view *v)
{
	const struct sweep_fault *f = fault_list_find(&v->faults.list, table_selected(v->faults.list.table));

	if (!f)
		return;
	if (g_strcmp0(v->lines.fingerprint, f->fingerprint) != 0) { /* another fault begins at its newest line */
		g_free(v->lines.fingerprint);
		v->lines.fingerprint = g_strdup(f->fingerprint);
		list_select((struct panel *)&v->lines.list, NULL, NULL);
		table_home(v->lines.list.table);
	}
	show(v, MODE_LINES);
}

/* To the gateway of a line, with its own lines. */
static void open_gateway(struct gateways_view *v)
{
	struct gateway *g;

	if (!line_list_find(&v->lines.list, table_selected(v->lines.list.table), &g))
		return;
	list_select((struct panel *)&v->list, NULL, g->host->name);
	v->list.details.tab = GATEWAY_TAB_ERRORS;
	list_open_details(&v->list, TRUE);
	v->mode = MODE_GATEWAYS;
	v->from = MODE_LINES;
}

/* Esc and q, when the list has nothing to leave. */
static gboolean leave(struct gateways_view *v)
{
	if (v->mode == MODE_GATEWAYS && v->from == MODE_GATEWAYS)
		return FALSE;
	show(v, v->mode == MODE_LINES ? MODE_FAULTS : v->mode == MODE_FAULTS ? MODE_GATEWAYS : v->from);
	return TRUE;
}

static void open_row(struct gateways_view *v)
{
	if (v->mode == MODE_FAULTS)
		open_fault(v);
	else if (v->mode == MODE_LINES)
		open_gateway(v);
	else
		list_act(&v->list, ACT_OPEN);
}

/* --- what a command is about --- */

static void add_gateway(GPtrArray *names, GHashTable *seen, const struct gateway *g)
{
	if (g && g_hash_table_add(seen, g->host->name))
		g_ptr_array_add(names, g->host->name);
}

static void add_gateways_of(const struct gateways_view *v, const char *key, GPtrArray *names, GHashTable *seen)
{
	const struct sweep_fault *f;
	GHashTableIter i;
	gpointer name;
	struct gateway *g;

	switch (v->mode) {
	case MODE_GATEWAYS:
		add_gateway(names, seen, gateways_find(&v->list, key));
		break;
	case MODE_LINES:
		line_list_find(&v->lines.list, key, &g);
		add_gateway(names, seen, g);
		break;
	case MODE_FAULTS:
		f = fault_list_find(&v->faults.list, key);
		if (!f)
			break;
		g_hash_table_iter_init(&i, f->by_gateway);
		while (g_hash_table_iter_next(&i, &name, NULL))
			add_gateway(names, seen, gateways_find(&v->list, name));
		break;
	}
}

/* Names, borrowed, of the gateways that are marked or under the cursor: of a fault all that had it. */
static GPtrArray *chosen(const struct gateways_view *v)
{
	g_autoptr(GPtrArray) keys = list_chosen(front(v));
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < keys->len; i++)
		add_gateways_of(v, keys->pdata[i], names, seen);
	return names;
}

static GPtrArray *targets(struct panel *panel, guint command)
{
	g_autoptr(GPtrArray) names = chosen((const struct gateways_view *)panel);
	GPtrArray *found = action_targets_new();

	for (guint i = 0; i < names->len; i++)
		action_targets_add(found, names->pdata[i], NULL);
	return found;
}

static gboolean is_reached(const struct gateways_view *v, const char *name)
{
	const struct gateway *g = fleet_gateway(fleet_of(v), name);

	return g && host_line_is_up(g->host);
}

/* Of the chosen ones, or of all, those that are reached. */
static GPtrArray *reached(const struct gateways_view *v, gboolean all)
{
	g_autoptr(GPtrArray) names = all ? g_ptr_array_new() : chosen(v);
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; all && fleet_of(v) && i < fleet_of(v)->gateways->len; i++)
		g_ptr_array_add(names, ((const struct gateway *)fleet_of(v)->gateways->pdata[i])->host->name);
	for (guint i = 0; i < names->len; i++)
		if (is_reached(v, names->pdata[i]))
			g_ptr_array_add(found, names->pdata[i]);
	return found;
}

static void follow(const struct gateways_view *v, gboolean all)
{
	g_autoptr(GPtrArray) names = reached(v, all);

	list_request(&v->list, &(struct request){
		.kind = REQUEST_FOLLOW_UNITS, .ids = (const char *const *)names->pdata, .count = names->len });
}

/* --- copying --- */

static void copy_gateway(const struct gateways_view *v, const char *key, GString *out)
{
	const struct gateway *g = gateways_find(&v->list, key);
	gint64 errors = g ? gateway_errors(fleet_of(v), g, v->list.context.world->now_us) : -1;
	char path[96], link[40];

	if (!g)
		return;
	gateways_path(g, path, sizeof path);
	gateways_link(g, v->list.context.world->now_us, link, sizeof link);
	g_string_append_printf(out, "%s  %s  %s  link %s  unit %s", g->host->name, gateways_presence(g->seen), path, link, unit_state_name(g->report.unit));
	if (errors >= 0)
		g_string_append_printf(out, "  errors %" G_GINT64_FORMAT, errors);
	if (g->report.last_error)
		g_string_append_printf(out, "  %s", g->report.last_error);
	g_string_append_c(out, '\n');
}

static void copy_fault(const struct gateways_view *v, const char *key, GString *out)
{
	const struct sweep_fault *f = fault_list_find(&v->faults.list, key);

	if (f)
		g_string_append_printf(out, "%" G_GUINT64_FORMAT " on %u gateways  %s  newest: %s\n", f->count, f->gateways, f->fingerprint, f->example);
}

static void copy_line(const struct gateways_view *v, const char *key, GString *out)
{
	struct gateway *g;
	const struct sweep_line *line = line_list_find(&v->lines.list, key, &g);
	g_autofree char *time = line ? utc_iso(line->utc_us) : NULL;

	if (line)
		g_string_append_printf(out, "%s  %s  %s\n", time, g->host->name, line->text);
}

static void copy_chosen(const struct gateways_view *v)
{
	static void (*const copies[])(const struct gateways_view *, const char *, GString *) = {
		[MODE_GATEWAYS] = copy_gateway, [MODE_FAULTS] = copy_fault, [MODE_LINES] = copy_line,
	};
	g_autoptr(GPtrArray) keys = list_chosen(front(v));
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < keys->len; i++)
		copies[v->mode](v, keys->pdata[i], text);
	if (text->len > 0)
		g_string_truncate(text, text->len - 1);
	list_request(&v->list, &(struct request){ .kind = REQUEST_COPY, .text = text->str });
}

/* --- commands --- */

static gboolean act(struct panel *panel, enum action command)
{
	struct gateways_view *v = (struct gateways_view *)panel;

	switch (command) {
	case ACT_OPEN: open_row(v); break;
	case ACT_COPY: copy_chosen(v); break;
	case ACT_ESCAPE: case ACT_BACK: return list_act(front(v), command) || leave(v);
	case ACT_GATEWAY_FAULTS: show(v, v->mode == MODE_GATEWAYS ? MODE_FAULTS : MODE_GATEWAYS); break;
	case ACT_GATEWAY_SWEEP: list_request(&v->list, &(struct request){ .kind = REQUEST_SWEEP }); break;
	case ACT_GATEWAY_SWEEP_CANCEL: list_request(&v->list, &(struct request){ .kind = REQUEST_SWEEP_CANCEL }); break;
	case ACT_GATEWAY_WINDOW: list_request(&v->list, &(struct request){ .kind = REQUEST_WINDOW }); break;
	case ACT_GATEWAY_FOLLOW: case ACT_GATEWAY_FOLLOW_ALL: follow(v, command == ACT_GATEWAY_FOLLOW_ALL); break;
	default: return list_act(front(v), command);
	}
	return TRUE;
}

static gboolean is_sweeping(const struct fleet *f)
{
	return f->sweep->state == SWEEP_RUNS || f->sweep->state == SWEEP_WAITS;
}

static gboolean can_sweep(const struct fleet *f, const char **why)
{
	*why = f->gateways->len == 0 ? "no gateway is known" : "a sweep is under way";
	return f->gateways->len > 0 && !is_sweeping(f);
}

static gboolean can_follow(const struct gateways_view *v, gboolean all, const char **why)
{
	g_autoptr(GPtrArray) names = NULL;

	if (!all && !list_can_with_row(front(v), why))
		return FALSE;
	names = reached(v, all);
	*why = all ? "no gateway is reached" : "it is not reached";
	return names->len > 0;
}

static gboolean can_window(const struct fleet *f, const char **why)
{
	*why = "which gateways are online is not known";
	return f->window_us > 0 || (f->observed_us > 0 && !f->blind && f->online > 0);
}

static gboolean can_with_fleet(const struct gateways_view *v, enum action command, const char **why)
{
	const struct fleet *f = fleet_of(v);

	*why = "no gateways are configured";
	if (!f)
		return FALSE;
	switch (command) {
	case ACT_GATEWAY_SWEEP: return can_sweep(f, why);
	case ACT_GATEWAY_SWEEP_CANCEL:
		*why = "no sweep is under way";
		return is_sweeping(f);
	case ACT_GATEWAY_FAULTS:
		*why = "no sweep has run";
		return v->mode != MODE_GATEWAYS || f->sweep->state != SWEEP_NEVER;
	case ACT_GATEWAY_WINDOW: return can_window(f, why);
	default: return can_follow(v, command == ACT_GATEWAY_FOLLOW_ALL, why);
	}
}

static gboolean can(struct panel *panel, enum action command, const char **why)
{
	const struct gateways_view *v = (const struct gateways_view *)panel;

	switch (command) {
	case ACT_GATEWAY_SWEEP: case ACT_GATEWAY_SWEEP_CANCEL: case ACT_GATEWAY_FAULTS: case ACT_GATEWAY_WINDOW: case ACT_GATEWAY_FOLLOW:
	case ACT_GATEWAY_FOLLOW_ALL:
		return can_with_fleet(v, command, why);
	case ACT_OPEN: /* from faults and lines it leads on, whether details are open or not */
		return v->mode == MODE_GATEWAYS ? list_can(&v->list, command, why) : list_can_with_row(front(v), why);
	case ACT_CHIP: case ACT_FAULTS:
		*why = "lines have no kinds";
		return v->mode != MODE_LINES && list_can(front(v), command, why);
	default:
		return list_can(front(v), command, why);
	}
}

/* --- the rest of the class --- */

static void answer(struct panel *panel, enum action command, const char *text, gboolean final)
{
	list_answer((struct panel *)front((const struct gateways_view *)panel), command, text, final);
}

/* A gateway, by the name of its host or as the object. */
static void select_gateway(struct panel *panel, const char *host, const char *object)
{
	struct gateways_view *v = (struct gateways_view *)panel;

	show(v, MODE_GATEWAYS);
	list_select((struct panel *)&v->list, NULL, object ? object : host);
}

static gboolean mouse(struct panel *panel, const struct canvas *c, int y, int x, guint buttons)
{
	struct gateways_view *v = (struct gateways_view *)panel;
	struct list *l = front(v);
	gboolean used = list_mouse((struct panel *)l, c, y, x, v->mode == MODE_GATEWAYS ? buttons : buttons & ~2u);

	if (used && (buttons & 2) && v->mode != MODE_GATEWAYS && y >= l->table_y && y < l->table_y + l->table_height)
		open_row(v);
	return used;
}

static const struct host *host(const struct panel *panel)
{
	const struct gateways_view *v = (const struct gateways_view *)panel;
	const struct gateway *g = v->mode == MODE_GATEWAYS ? gateways_find(&v->list, table_selected(v->list.table)) : NULL;

	return g ? g->host : NULL;
}

static enum role badge(struct panel *panel, char *out, gsize size)
{
	const struct gateways_view *v = (const struct gateways_view *)panel;
	const struct fleet *f = fleet_of(v);
	guint counts[SEVERITY_CRIT + 1] = { 0 };

	for (guint i = 0; f && i < f->gateways->len; i++)
		counts[gateway_severity(f, gateway_condition(f, f->gateways->pdata[i], v->list.context.world->now_us))]++;
	return list_badge(counts[SEVERITY_CRIT], counts[SEVERITY_WARN], out, size);
}

const struct panel_class gateways_panel = {
	.id = "gateways", .title = "Gateways", .scopes = SCOPE_LIST | SCOPE_TABLE | SCOPE_GATEWAYS | SCOPE_DETAILS,
	.create = create, .destroy = destroy, .draw = gateways_draw, .act = act, .can = can, .answer = answer, .select = select_gateway, .mouse = mouse,
	.targets = targets, .host = host, .badge = badge,
};
