/* The runs of the cleanup script in the details of its jobs: one line each, with the steps of the one under their cursor. */
#include <math.h>
#include <string.h>

#include "panels/cron_private.h"
#include "tui/glyph.h"
#include "tui/text.h"

GPtrArray *cron_runs_of(const struct host *h, const struct cron_job *j)
{
	GPtrArray *out = g_ptr_array_new();

	for (guint i = h->cron.runs->len; j->managed && i-- > 0;) {
		const struct cleanup_run *r = h->cron.runs->pdata[i];
		if (!j->mode || g_strcmp0(r->mode, j->mode) == 0)
			g_ptr_array_add(out, (gpointer)r);
	}
	return out;
}

/* The run under the cursor: the newest when it is gone. */
static guint cursor_of(const struct cron_view *p, const GPtrArray *runs)
{
	for (guint i = 0; i < runs->len; i++)
		if (((const struct cleanup_run *)runs->pdata[i])->at_us == p->run_us)
			return i;
	return 0;
}

static void run_look(const struct cleanup_run *r, enum role *role, enum glyph *g)
{
	static const struct { enum role role; enum glyph glyph; } looks[] = {
		[CRON_RESULT_UNKNOWN] = { ROLE_TEXT, GLYPH_UNKNOWN }, [CRON_RESULT_OK] = { ROLE_TEXT, GLYPH_OK },
		[CRON_RESULT_FAILED] = { ROLE_WARN, GLYPH_CRIT }, [CRON_RESULT_RUNNING] = { ROLE_TEXT, GLYPH_STARTING },
	};

	*role = looks[r->result].role;
	*g = looks[r->result].glyph;
}

static void disk_words(double percent, char *out, gsize size)
{
	text_percent(percent, out, size);
	if (isfinite(percent))
		g_strlcat(out, "%", size);
}

static void add_run(const struct cron_view *p, const struct cleanup_run *r, gboolean cursor, GPtrArray *lines)
{
	char at[40], freed[16], before[24], after[24];
	enum role role;
	enum glyph g;

	run_look(r, &role, &g);
	panel_time(r->at_us, p->list.context.world->utc_us, at, sizeof at);
	cron_freed_words(r->freed_mb, freed, sizeof freed);
	disk_words(r->disk_before, before, sizeof before);
	disk_words(r->disk_after, after, sizeof after);
	list_add(lines, cursor ? ROLE_ACCENT : role, "%s %s %-17s  %-9s freed %*s%s  disk %s to %s  %u step%s", cursor ? glyph(GLYPH_CURSOR) : " ", glyph(g), at,
	         list_or_unknown(r->mode), 5 - text_width(freed), "", freed, before, after, r->steps->len, r->steps->len == 1 ? "" : "s");
}

static void add_steps(const struct cleanup_run *r, gboolean failed, int cells, GPtrArray *lines)
{
	for (guint i = 0; i < r->steps->len; i++) {
		const struct cleanup_step *s = r->steps->pdata[i];
		g_autofree char *text = g_strdup_printf("%s%s%s", s->name ? s->name : "", s->text && *s->text ? "  " : "", s->text ? s->text : "");
		g_autofree char *label = g_strdup_printf("    %s", glyph(s->failed ? GLYPH_CRIT : GLYPH_OK));
		if (s->failed == failed)
			list_add_labelled(lines, s->failed ? ROLE_WARN : ROLE_DIM, label, 5, text, cells);
	}
}

/* Those that failed come first: there may be little room. */
static void add_all_steps(const struct cleanup_run *r, int cells, GPtrArray *lines)
{
	if (r->steps->len == 0)
		list_add(lines, ROLE_DIM, "    the log tells of no step");
	add_steps(r, TRUE, cells, lines);
	add_steps(r, FALSE, cells, lines);
}

static void add_no_runs(const struct host *h, const struct cron_job *j, GPtrArray *lines)
{
	if (!j->managed)
		list_add(lines, ROLE_DIM, "Runs are known of the cleanup's own jobs only (M): what they did is in their log.");
	else if (!datum_known(&h->cron.runs_datum))
		list_add_missing(lines, &h->cron.runs_datum, "the cleanup log was not read yet");
	else
		list_add(lines, ROLE_DIM, "the cleanup log holds no run of this kind");
}

void cron_runs_lines(const struct cron_view *p, const struct host *h, const struct cron_job *j, const struct canvas *body, GPtrArray *lines)
{
	g_autoptr(GPtrArray) runs = cron_runs_of(h, j);
	gboolean full = p->list.details.full, in = p->in_runs && !full;
	guint cursor = cursor_of(p, runs), first = in ? cursor : 0;

	if (runs->len == 0)
		add_no_runs(h, j, lines);
	else if (!full && !in)
		list_add(lines, ROLE_DIM, "%s goes into the runs and shows their steps", panel_key(&p->list.context, ACT_OPEN));
	else if (in)
		list_add(lines, ROLE_DIM, "run %u of %u, newest first   %s older  %s newer  %s steps  %s back", cursor + 1, runs->len,
		         panel_key(&p->list.context, ACT_DOWN), panel_key(&p->list.context, ACT_UP), panel_key(&p->list.context, ACT_OPEN),
		         panel_key(&p->list.context, ACT_ESCAPE));
	for (guint i = first; i < runs->len; i++) {
		add_run(p, runs->pdata[i], in && i == cursor, lines);
		if (full || (in && p->steps && i == cursor))
			add_all_steps(runs->pdata[i], body->width, lines);
	}
}

void cron_runs_move(struct cron_view *p, int by)
{
	g_autoptr(GPtrArray) runs = NULL;
	struct host *h;
	struct cron_job *j;

	if (!cron_selected(p, &h, &j))
		return;
	runs = cron_runs_of(h, j);
	if (runs->len > 0)
		p->run_us = ((const struct cleanup_run *)runs->pdata[CLAMP((int)cursor_of(p, runs) + by, 0, (int)runs->len - 1)])->at_us;
}

void cron_runs_open(struct cron_view *p)
{
	p->steps = !p->in_runs || !p->steps;
	if (!p->in_runs)
		p->run_us = 0;
	p->in_runs = TRUE;
	cron_runs_move(p, 0);
}

gboolean cron_runs_can_open(const struct cron_view *p, const char **why)
{
	g_autoptr(GPtrArray) runs = NULL;
	struct host *h;
	struct cron_job *j;

	if (!list_can_with_row(&p->list, why) || !cron_selected(p, &h, &j))
		return FALSE;
	runs = cron_runs_of(h, j);
	*why = "there are no runs";
	return runs->len > 0;
}
