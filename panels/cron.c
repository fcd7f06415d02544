/* The Cron panel: the scheduled jobs of one host or of all of them, trouble first, with the runs of the cleanup script. */
#include "panels/cron_private.h"
#include "panels/host_line.h"

#define RUN_PAGE 10

static struct panel *create(const struct panel_context *context)
{
	struct cron_view *p = g_new0(struct cron_view, 1);

	list_init(&p->list, &cron_list, context);
	p->rows = g_array_new(FALSE, FALSE, sizeof(struct cron_row));
	return (struct panel *)p;
}

static void destroy(struct panel *panel)
{
	struct cron_view *p = (struct cron_view *)panel;

	list_clear(&p->list);
	g_array_unref(p->rows);
	g_free(p);
}

static void copy_chosen(struct cron_view *p)
{
	g_autoptr(GPtrArray) keys = list_chosen(&p->list);
	g_autoptr(GString) text = g_string_new(NULL);
	struct host *h;
	struct cron_job *j;
	char result[64];

	for (guint i = 0; i < keys->len; i++) {
		if (!cron_find(p, keys->pdata[i], &h, &j))
			continue;
		cron_result_words(j, p->list.context.world->utc_us, result, sizeof result);
		g_string_append_printf(text, "%s%s  %s  %s  %s  %s  %s", text->len ? "\n" : "", h->name, j->name, j->schedule, result, j->where, j->command);
	}
	list_request(&p->list, &(struct request){ .kind = REQUEST_COPY, .text = text->str });
}

static GPtrArray *targets(struct panel *panel, guint command)
{
	const struct cron_view *p = (const struct cron_view *)panel;
	GPtrArray *found = action_targets_new();
	struct host *h;
	struct cron_job *j;

	if (cron_selected(p, &h, &j))
		action_targets_add(found, h->name, j->key);
	return found;
}

/* The runs stand in the details, and are not all that is shown. */
static gboolean shows_runs(const struct cron_view *p)
{
	const struct list_details *d = &p->list.details;

	return d->open && !d->full && d->tab == CRON_TAB_RUNS;
}

/* FALSE: the command is not of the runs. */
static gboolean act_in_runs(struct cron_view *p, enum action command)
{
	switch (command) {
	case ACT_DOWN: cron_runs_move(p, 1); break;
	case ACT_UP: cron_runs_move(p, -1); break;
	case ACT_PAGE_DOWN: case ACT_HALF_DOWN: cron_runs_move(p, RUN_PAGE); break;
	case ACT_PAGE_UP: case ACT_HALF_UP: cron_runs_move(p, -RUN_PAGE); break;
	case ACT_TOP: cron_runs_move(p, -G_MAXINT16); break;
	case ACT_BOTTOM: cron_runs_move(p, G_MAXINT16); break;
	case ACT_ESCAPE: case ACT_BACK: p->in_runs = FALSE; break;
	default: return FALSE;
	}
	return TRUE;
}

static gboolean act(struct panel *panel, enum action command)
{
	struct cron_view *p = (struct cron_view *)panel;

	if (p->in_runs && shows_runs(p) && act_in_runs(p, command))
		return TRUE;
	switch (command) {
	case ACT_COPY: copy_chosen(p); break;
	case ACT_OPEN:
		if (!shows_runs(p))
			return list_act(&p->list, command);
		cron_runs_open(p);
		break;
	default: return list_act(&p->list, command);
	}
	return TRUE;
}

static gboolean can_run(const struct cron_view *p, const char **why)
{
	struct host *h;
	struct cron_job *j;

	if (!list_can_with_row(&p->list, why) || !cron_selected(p, &h, &j))
		return FALSE;
	*why = "only the cleanup's own jobs are run from here: those marked M";
	if (!j->managed)
		return FALSE;
	*why = "it runs already";
	if (j->result == CRON_RESULT_RUNNING)
		return FALSE;
	*why = "the host is not reached";
	return host_line_is_up(h);
}

static gboolean can(struct panel *panel, enum action command, const char **why)
{
	const struct cron_view *p = (const struct cron_view *)panel;

	if (command == ACT_OPEN && shows_runs(p))
		return cron_runs_can_open(p, why);
	if (!list_can(&p->list, command, why))
		return FALSE;
	return command == ACT_CRON_RUN ? can_run(p, why) : TRUE;
}

static enum role badge(struct panel *panel, char *out, gsize size)
{
	const struct world *w = ((const struct cron_view *)panel)->list.context.world;
	guint warn = 0;

	for (guint i = 0; i < w->hosts->len; i++) {
		const struct host *h = w->hosts->pdata[i];
		for (guint j = 0; j < h->cron.jobs->len; j++)
			warn += cron_severity(h->cron.jobs->pdata[j]) == SEVERITY_WARN;
	}
	return list_badge(0, warn, out, size);
}

const struct panel_class cron_panel = {
	.id = "cron", .title = "Cron", .scopes = SCOPE_LIST | SCOPE_TABLE | SCOPE_CRON | SCOPE_DETAILS,
	.create = create, .destroy = destroy, .draw = cron_draw, .act = act, .can = can, .answer = list_answer, .select = list_select,
	.mouse = list_mouse, .targets = targets, .host = list_host, .badge = badge,
};
