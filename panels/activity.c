/* The Activity panel: the actions that run and that were run, with what they print. Leaving it stops nothing. */
#include <string.h>

#include "panels/panel.h"
#include "tui/glyph.h"
#include "tui/text.h"

#define LIST_ROWS_MAX 9 /* header included: the output needs the room */
#define WHEEL_ROWS 3
#define PAN_CELLS 8

enum column { COLUMN_ACTION, COLUMN_TARGET, COLUMN_HOST, COLUMN_STATE, COLUMN_TIME, COLUMN_RESULT, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_ACTION] = { .title = "ACTION", .least = 8, .most = 24, .priority = 0 },
	[COLUMN_TARGET] = { .title = "TARGET", .least = 10, .most = 40, .priority = 0, .middle = TRUE },
	[COLUMN_HOST] = { .title = "HOST", .least = 8, .most = 24, .priority = 2, .middle = TRUE },
	[COLUMN_STATE] = { .title = "STATE", .least = 9, .most = 15, .priority = 0 },
	[COLUMN_TIME] = { .title = "TOOK", .least = 6, .most = 6, .priority = 1, .right = TRUE },
	[COLUMN_RESULT] = { .title = "RESULT", .least = 10, .most = 160, .priority = 3 },
};

struct panel {
	struct panel_context context;
	struct table *table;
	struct pager *pager;
	gboolean full;      /* the output has the whole panel */
	gboolean scrolled;  /* by the operator: it does not follow its end any more */
	guint shown_number; /* whose output the pager has; 0: none */
	int list_height;
};

static const struct operation *operation_at(const struct panel *p, guint row)
{
	const GPtrArray *all = p->context.world->operations;

	return all->pdata[all->len - 1 - row]; /* newest first */
}

static void key_of(void *user, guint row, GString *out)
{
	g_string_append_printf(out, "%u", operation_at(user, row)->number);
}

/* What waits for the operator comes first, then what runs, what will run in its order, and what is done, the newest first. */
static int rank(const struct operation *o)
{
	return o->stage == OPERATION_BLOCKED ? 0 : o->stage == OPERATION_DONE ? 3 : o->stage == OPERATION_WAITING ? 2 : 1;
}

static int compare(void *user, guint a, guint b, int column)
{
	const struct operation *x = operation_at(user, a), *y = operation_at(user, b);
	int order = rank(x) - rank(y);

	if (order)
		return order;
	order = (x->number > y->number) - (x->number < y->number);
	return x->stage == OPERATION_DONE ? -order : order;
}

static void look(void *user, guint row, struct table_look *out)
{
	static const struct { enum role role; enum glyph glyph; } ends[] = {
		[OUTCOME_OPEN] = { ROLE_ACCENT, GLYPH_STARTING }, [OUTCOME_OK] = { ROLE_OK, GLYPH_OK },
		[OUTCOME_FAILED] = { ROLE_CRIT, GLYPH_CRIT }, [OUTCOME_UNKNOWN] = { ROLE_WARN, GLYPH_UNKNOWN },
	};
	const struct operation *o = operation_at(user, row);
	gboolean asks = o->stage == OPERATION_BLOCKED || o->stage == OPERATION_VERIFYING;

	out->role = asks ? ROLE_WARN : ends[o->outcome].role;
	out->glyph = glyph(asks ? GLYPH_WARN : ends[o->outcome].glyph);
}

static void cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct panel *p = user;
	const struct operation *o = operation_at(p, row);

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_ACTION: out->text = o->title; break;
	case COLUMN_TARGET: out->text = o->target ? o->target : ""; break;
	case COLUMN_HOST: out->text = o->host; break;
	case COLUMN_STATE: out->text = operation_state_name(o); break;
	case COLUMN_TIME:
		text_duration(o->begun_us ? operation_seconds(o, p->context.world->now_us) : -1, out->buffer, sizeof out->buffer);
		break;
	default: out->text = o->result ? o->result : ""; break;
	}
}

static const struct table_source source = { key_of, NULL, compare, look, cell };

static struct panel *create(const struct panel_context *context)
{
	struct panel *p = g_new0(struct panel, 1);

	p->context = *context;
	p->table = table_new(columns, COLUMN_COUNT, &source, p);
	p->pager = pager_new();
	return p;
}

static void destroy(struct panel *p)
{
	table_free(p->table);
	pager_free(p->pager);
	g_free(p);
}

static const struct operation *selected(const struct panel *p)
{
	const char *key = table_selected(p->table);
	const GPtrArray *all = p->context.world->operations;

	for (guint i = 0; key && i < all->len; i++)
		if (((struct operation *)all->pdata[i])->number == (guint)g_ascii_strtoull(key, NULL, 10))
			return all->pdata[i];
	return NULL;
}

/* Request, result, evidence and output: what one needs to know of it, in this order. Newly allocated. */
static char *report(const struct operation *o)
{
	GString *text = g_string_new(NULL);
	g_autofree char *request = panel_request(o);

	g_string_append_printf(text, "%s\n", request);
	if (o->result)
		g_string_append_printf(text, "%s: %s\n", operation_state_name(o), o->result);
	if (o->evidence && g_strcmp0(o->evidence, o->result) != 0)
		g_string_append_printf(text, "evidence: %s\n", o->evidence);
	if (o->note)
		g_string_append_printf(text, "note: %s\n", o->note);
	if (o->dropped > 0)
		g_string_append_printf(text, "(%" G_GUINT64_FORMAT " bytes of output are not kept)\n", o->dropped);
	if (o->output->len > 0)
		g_string_append_printf(text, "\n%s", o->output->str);
	return g_string_free(text, FALSE);
}

static void fill_pager(struct panel *p)
{
	const struct operation *o = selected(p);
	g_autofree char *text = o ? report(o) : g_strdup("");
	gboolean another = !o || o->number != p->shown_number;

	if (another)
		p->scrolled = FALSE;
	pager_text(p->pager, text);
	if (!p->scrolled && o && o->output->len > 0)
		pager_end(p->pager);
	else if (another)
		pager_home(p->pager);
	p->shown_number = o ? o->number : 0;
}

static void draw_title(struct panel *p, const struct canvas *c)
{
	const struct world *w = p->context.world;
	guint open = world_operations_open(w);
	const struct operation *o = p->full ? selected(p) : NULL;
	int x = 1;

	x += canvas_text(c, 0, x, -1, ROLE_ACCENT, "Activity") + 2;
	if (o) { /* its row is out of sight */
		g_autofree char *words = panel_operation(o);
		canvas_text(c, 0, x, -1, ROLE_TEXT, words);
		return;
	}
	if (open > 0)
		x += canvas_printf(c, 0, x, ROLE_TEXT, "%u under way", open) + 2;
	if (w->operations->len > open)
		canvas_printf(c, 0, x, ROLE_DIM, "%u done since midwatch was started", w->operations->len - open);
}

static void draw(struct panel *p, const struct canvas *c)
{
	struct canvas list, output;

	table_refresh(p->table, p->context.world->operations->len, p->context.world->now_us);
	draw_title(p, c);
	p->list_height = p->full ? 0 : (int)MIN(table_count(p->table) + 1, LIST_ROWS_MAX);
	list = canvas_part(c, 1, 0, p->full ? 1 : MAX(p->list_height, 2), -1);
	if (!p->full)
		table_draw(p->table, &list, "no action was run yet; midwatch audit lists what was run before");
	if (table_count(p->table) == 0)
		return;
	fill_pager(p);
	if (!p->full)
		canvas_rule(c, p->list_height + 1, ROLE_FRAME);
	output = canvas_part(c, p->full ? 1 : p->list_height + 2, 1, -1, c->width - 2);
	pager_draw(p->pager, &output);
}

static gboolean act_on_output(struct panel *p, enum action command)
{
	switch (command) {
	case ACT_LEFT: pager_pan(p->pager, -PAN_CELLS); return TRUE;
	case ACT_RIGHT: pager_pan(p->pager, PAN_CELLS); return TRUE;
	default: break;
	}
	if (!panel_scroll(p->pager, command))
		return FALSE;
	p->scrolled = command != ACT_BOTTOM;
	return TRUE;
}

static void copy(struct panel *p)
{
	const struct operation *o = selected(p);
	g_autofree char *text = o ? report(o) : NULL;

	if (text)
		p->context.request(p->context.user, &(struct request){ .kind = REQUEST_COPY, .text = text });
}

/* A command may hang for ever, and what waits for it, too. All else has its time limit. */
static gboolean can_let_go(const struct panel *p)
{
	const struct operation *o = selected(p);

	return o && o->detached && (o->stage == OPERATION_RUNNING || o->stage == OPERATION_VERIFYING);
}

static void let_go(struct panel *p)
{
	const struct operation *o = selected(p);
	g_autofree char *number = o ? g_strdup_printf("%u", o->number) : NULL;

	if (number)
		p->context.request(p->context.user, &(struct request){ .kind = REQUEST_LET_GO, .object = number });
}

static gboolean act(struct panel *p, enum action command)
{
	switch (command) {
	case ACT_OPEN:
		p->full = TRUE;
		return TRUE;
	case ACT_ESCAPE: case ACT_BACK:
		if (!p->full)
			return FALSE;
		p->full = FALSE;
		return TRUE;
	case ACT_TAKE_BACK:
		p->context.request(p->context.user, &(struct request){ .kind = REQUEST_TAKE_BACK });
		return TRUE;
	case ACT_LET_GO:
		let_go(p);
		return TRUE;
	case ACT_COPY:
		copy(p);
		return TRUE;
	default:
		return p->full ? act_on_output(p, command) : panel_move(p->table, command);
	}
}

static gboolean anything_waits(const struct panel *p)
{
	const GPtrArray *all = p->context.world->operations;

	for (guint i = 0; i < all->len; i++)
		if (((struct operation *)all->pdata[i])->stage == OPERATION_WAITING)
			return TRUE;
	return FALSE;
}

static gboolean can(struct panel *p, enum action command, const char **why)
{
	switch (command) {
	case ACT_OPEN:
		*why = p->full ? "the output is open already" : "no action was run yet";
		return !p->full && selected(p);
	case ACT_TAKE_BACK:
		*why = "nothing waits";
		return anything_waits(p);
	case ACT_LET_GO:
		*why = "no command is running under the cursor";
		return can_let_go(p);
	case ACT_COPY:
		*why = "no action was run yet";
		return selected(p) != NULL;
	case ACT_LEFT: case ACT_RIGHT:
		*why = "only the output pans";
		return p->full;
	default:
		return TRUE;
	}
}

static void select_operation(struct panel *p, const char *host, const char *object)
{
	table_filter_changed(p->table); /* what was selected before gives up its line: the newest is on top */
	table_refresh(p->table, p->context.world->operations->len, p->context.world->now_us);
	if (object)
		table_select(p->table, object);
	p->full = FALSE;
}

static gboolean mouse(struct panel *p, const struct canvas *c, int y, int x, guint buttons)
{
	if (buttons & (4 | 8)) {
		p->scrolled = TRUE;
		pager_scroll(p->pager, buttons & 4 ? -WHEEL_ROWS : WHEEL_ROWS);
		return TRUE;
	}
	return !p->full && table_click(p->table, y - 1);
}

static enum role badge(struct panel *p, char *out, gsize size)
{
	guint open = world_operations_open(p->context.world);

	*out = '\0';
	if (open > 0)
		g_snprintf(out, size, "%s%u", glyph(GLYPH_STARTING), open);
	return ROLE_ACCENT;
}

const struct panel_class activity_panel = {
	.id = "activity", .title = "Activity", .scopes = SCOPE_LIST | SCOPE_ACTIVITY,
	.create = create, .destroy = destroy, .draw = draw, .act = act, .can = can, .select = select_operation, .mouse = mouse, .badge = badge,
};
