/* The Score panel: a card of one host, beneath a list of all of them when there are several. */
#include "panels/score_private.h"

#include "panels/host_line.h"
#include "tui/glyph.h"

static struct panel *create(const struct panel_context *context)
{
	struct panel *p = g_new0(struct panel, 1);

	p->context = *context;
	p->table = table_new(score_columns, score_column_count, &score_source, p);
	p->rows = g_array_new(FALSE, FALSE, sizeof(struct score_row));
	return p;
}

static void destroy(struct panel *p)
{
	table_free(p->table);
	g_array_unref(p->rows);
	g_free(p->wanted);
	g_free(p);
}

struct host *score_host(const struct panel *p)
{
	const char *name = table_selected(p->table);

	return name ? world_host(p->context.world, name) : NULL;
}

/* Where the evidence of a dimension is; the others are explained in place. */
static const char *const evidence[SCORE_DIMENSIONS] = {
	[SCORE_SERVICES] = "containers", [SCORE_MAINTENANCE] = "cron", [SCORE_LLM] = "models",
};

static gboolean open_evidence(struct panel *p)
{
	const struct host *h = score_host(p);

	table_hold(p->table);
	if (!h)
		return FALSE;
	if (evidence[p->dimension])
		p->context.request(p->context.user, &(struct request){ .kind = REQUEST_OPEN_PANEL, .text = evidence[p->dimension], .host = h->name });
	else
		p->explained = !p->explained;
	return TRUE;
}

static GPtrArray *targets(struct panel *p, guint command)
{
	const struct host *h = score_host(p);
	GPtrArray *found = action_targets_new();

	if (h)
		action_targets_add(found, h->name, NULL);
	return found;
}

static void copy(struct panel *p)
{
	g_autofree char *text = score_text(score_host(p), p->context.world);

	p->context.request(p->context.user, &(struct request){ .kind = REQUEST_COPY, .text = text });
}

static void next_host(struct panel *p)
{
	if (table_cursor(p->table) + 1 >= table_count(p->table))
		table_home(p->table);
	else
		table_move(p->table, 1);
}

static void move(struct panel *p, int rows)
{
	table_hold(p->table);
	p->dimension = (enum score_dimension)CLAMP((int)p->dimension + rows, 0, SCORE_DIMENSIONS - 1);
}

static gboolean act(struct panel *p, enum action command)
{
	switch (command) {
	case ACT_DOWN: move(p, 1); return TRUE;
	case ACT_UP: move(p, -1); return TRUE;
	case ACT_TOP: case ACT_PAGE_UP: case ACT_HALF_UP: move(p, -SCORE_DIMENSIONS); return TRUE;
	case ACT_BOTTOM: case ACT_PAGE_DOWN: case ACT_HALF_DOWN: move(p, SCORE_DIMENSIONS); return TRUE;
	case ACT_HOST_NEXT: next_host(p); return TRUE;
	case ACT_OPEN: return open_evidence(p);
	case ACT_COPY: copy(p); return TRUE;
	case ACT_ESCAPE: case ACT_BACK:
		if (!p->explained)
			return FALSE;
		p->explained = FALSE;
		return TRUE;
	default: return FALSE;
	}
}

static gboolean can(struct panel *p, enum action command, const char **why)
{
	switch (command) {
	case ACT_HOST_NEXT:
		*why = "there is only one host";
		return p->context.world->hosts->len > 1;
	case ACT_LEFT: case ACT_RIGHT:
		*why = "nothing here is wider than the screen";
		return FALSE;
	case ACT_OPEN: case ACT_COPY:
		*why = "no host is configured";
		return p->context.world->hosts->len > 0;
	default:
		return TRUE;
	}
}

static void select_host(struct panel *p, const char *host, const char *object)
{
	g_free(p->wanted);
	p->wanted = g_strdup(host);
}

static gboolean mouse(struct panel *p, const struct canvas *c, int y, int x, guint buttons)
{
	if (buttons & (4 | 8)) {
		move(p, buttons & 4 ? -1 : 1);
		return TRUE;
	}
	if (y < p->list_height)
		return table_click(p->table, y);
	if (!(buttons & 3) || y < p->first_row || y >= p->first_row + SCORE_DIMENSIONS)
		return FALSE;
	move(p, y - p->first_row - (int)p->dimension);
	return !(buttons & 2) || open_evidence(p);
}

/* How many hosts are in a bad way. */
static enum role badge(struct panel *p, char *out, gsize size)
{
	const struct world *w = p->context.world;
	guint counts[SEVERITY_CRIT + 1] = { 0 };
	gboolean crit;

	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		struct score s;
		score_compute(h, &w->thresholds, w->utc_us, &s);
		counts[host_line_is_up(h) ? s.worst : host_line_has_trouble(h) ? SEVERITY_CRIT : SEVERITY_UNKNOWN]++;
	}
	crit = counts[SEVERITY_CRIT] > 0;
	*out = '\0';
	if (crit || counts[SEVERITY_WARN] > 0)
		g_snprintf(out, size, "%s%u", glyph(crit ? GLYPH_CRIT : GLYPH_WARN), counts[crit ? SEVERITY_CRIT : SEVERITY_WARN]);
	return crit ? ROLE_CRIT : ROLE_WARN;
}

const struct panel_class score_panel = {
	.id = "score", .title = "Score", .scopes = SCOPE_LIST | SCOPE_SCORE,
	.create = create, .destroy = destroy, .draw = score_draw, .act = act, .can = can, .select = select_host, .mouse = mouse, .targets = targets, .badge = badge,
};
