/* How the Checklist panel is drawn: the title with the window, beneath it what is to be done now, then the list. */
#include <string.h>

#include "panels/checklist_private.h"
#include "tui/text.h"

#define US ((gint64)G_USEC_PER_SEC)

static void minutes(gint64 us, char *out, gsize size)
{
	gint64 s = MAX(us, 0) / US;

	g_snprintf(out, size, "%02d:%02d", (int)(s / 60), (int)(s % 60));
}

void window_left(const struct check_run *r, gint64 utc_us, char *out, gsize size)
{
	*out = '\0';
	if (r->window_end_us > 0 && !run_is_over(r) && r->state != RUN_INTERRUPTED)
		minutes(r->window_end_us - utc_us, out, size);
}

/* "3 passed, 1 failed: STOP"; in brief what needs nobody is left out. */
static char *count_words(const struct check_run *r, gboolean brief)
{
	static const struct { enum verdict verdict; const char *word; } kinds[] = {
		{ VERDICT_FAIL, "failed" }, { VERDICT_ATTENTION, "attention" }, { VERDICT_UNKNOWN, "unknown" }, { VERDICT_ASKED, "asked" },
		{ VERDICT_SKIPPED, "skipped" },
	};
	GString *out = g_string_new(NULL);

	g_string_printf(out, "%u passed", run_count(r, VERDICT_PASS));
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (run_count(r, kinds[i].verdict) > 0 && !(brief && kinds[i].verdict == VERDICT_SKIPPED))
			g_string_append_printf(out, ", %u %s", run_count(r, kinds[i].verdict), kinds[i].word);
	if (r->state == RUN_STOPPED)
		g_string_append(out, ": STOP");
	else if (r->state == RUN_DONE)
		g_string_append_printf(out, ": %s", verdict_name(run_verdict(r)));
	else if (r->state != RUN_WALKING)
		g_string_append_printf(out, ": %s", run_state_name(r->state));
	return g_string_free(out, FALSE);
}

static enum role count_role(const struct check_run *r)
{
	enum glyph g;

	if (r->state == RUN_STOPPED || run_count(r, VERDICT_FAIL) > 0)
		return ROLE_CRIT;
	return r->state == RUN_DONE ? verdict_look(run_verdict(r), &g) : r->state == RUN_INTERRUPTED ? ROLE_WARN : ROLE_TEXT;
}

#define VERSION_CELLS 14
#define WINDOW_CELLS 26 /* of "window 18:22 left of 30:00" */
#define GAPS_CELLS 12   /* between them, and before the first */

/* Is there room for the title, the version, the whole window and all counts? */
static gboolean has_room(const struct check_run *r, int width)
{
	g_autofree char *counts = count_words(r, FALSE);

	return text_width(r->checklist->title) + (r->version ? MIN(text_width(r->version), VERSION_CELLS) : 0) + WINDOW_CELLS + text_width(counts) + GAPS_CELLS <= width;
}

/* The counts and the checklist are always there; the window, then who and which version, where there is room. */
static void draw_title(const struct checklist_view *v, const struct check_run *r, const struct canvas *c)
{
	gboolean brief = !has_room(r, c->width);
	g_autofree char *counts = count_words(r, brief);
	char left[16], all[16], actor[40];
	int right = c->width - 1, x = 1;
	struct canvas head;

	right -= canvas_text_right(c, 0, right, count_role(r), counts) + 3;
	window_left(r, v->steps.list.context.world->utc_us, left, sizeof left);
	if (*left) {
		g_autofree char *window = NULL;
		minutes(r->window_end_us - r->begun_us, all, sizeof all);
		window = g_strdup_printf(brief ? "%s left of %s" : "window %s left of %s", left, all);
		right -= canvas_text_right(c, 0, right, ROLE_TEXT, window) + 3;
	}
	head = canvas_part(c, 0, 0, 1, MAX(right, 0));
	x += canvas_text(&head, 0, x, -1, ROLE_ACCENT, r->checklist->title) + 2;
	if (r->version)
		x += canvas_text(&head, 0, x, VERSION_CELLS, ROLE_TEXT, r->version) + 2;
	text_cut_middle(r->actor, 24, actor, sizeof actor);
	canvas_printf(&head, 0, x, ROLE_DIM, "by %s", actor);
}

static int draw_hint(const struct canvas *c, int y, enum role role, enum glyph g, const char *text)
{
	canvas_text(c, y, 1, 1, role, glyph(g));
	canvas_text(c, y, 3, c->width - 4, role, text);
	return 1;
}

static char *stopped_words(const struct panel_context *p, const struct check_run *r)
{
	return g_strdup_printf("do not proceed: escalate to %s.   %s lines  %s escalate  %s override%s", r->checklist->escalate ? r->checklist->escalate : "on-call",
	                       panel_key(p, ACT_OPEN), panel_key(p, ACT_CHECK_ESCALATE), panel_key(p, ACT_CHECK_OVERRIDE), glyph(GLYPH_ELLIPSIS));
}

static char *ended_words(const struct check_run *r)
{
	if (r->report)
		return g_strdup_printf("the verdict is %s; the report is %s", verdict_name(run_verdict(r)), r->report);
	return g_strdup_printf("the verdict is %s%s", verdict_name(run_verdict(r)), run_needs_report(r) ? "; the mandatory report is not written" : "");
}

/* The first question that nobody answered, as a sentence; NULL. */
static char *question_words(const struct check_run *r)
{
	for (guint i = 0; i < r->steps->len; i++) {
		const struct run_step *s = r->steps->pdata[i];
		int check = s->verdict == VERDICT_ASKED ? step_asks(r, i) : -1;
		if (check >= 0) {
			const char *question = ((const struct check *)s->step->checks->pdata[check])->question;
			g_autofree char *filled = question ? run_fill(r, question, NULL) : NULL;
			return g_strdup_printf("%u %s: %s", i + 1, s->step->title, filled ? filled : question ? question : "");
		}
	}
	return NULL;
}

static int draw_now(const struct panel_context *p, const struct check_run *r, const struct canvas *c, int y)
{
	g_autofree char *question = question_words(r), *words = NULL;
	int next = run_next(r);

	if (r->state == RUN_STOPPED) {
		words = stopped_words(p, r);
		return draw_hint(c, y, ROLE_CRIT, GLYPH_CRIT, words);
	}
	if (question)
		return draw_hint(c, y, ROLE_ACCENT, GLYPH_WARN, question);
	if (next >= 0) {
		words = g_strdup_printf("next: %d %s: %s looks%s", next + 1, ((const struct run_step *)r->steps->pdata[next])->step->title,
		                        panel_key(p, ACT_CHECK_NEXT), run_needs_report(r) ? ". The report is mandatory." : "");
		return draw_hint(c, y, ROLE_TEXT, GLYPH_STARTING, words);
	}
	return draw_hint(c, y, ROLE_TEXT, GLYPH_STARTING,
	                 r->state == RUN_WATCHING ? "all steps were looked at: they are looked at again until the window ends" : "looking");
}

/* What is to be done now. Gives the rows used. */
static int draw_state(const struct checklist_view *v, const struct check_run *r, const struct canvas *c, int y)
{
	const struct panel_context *p = &v->steps.list.context;
	g_autofree char *words = NULL;
	enum glyph g;
	enum role role;

	switch (r->state) {
	case RUN_DONE:
		words = ended_words(r);
		role = verdict_look(run_verdict(r), &g);
		return draw_hint(c, y, role == ROLE_OK ? ROLE_TEXT : role, g, words);
	case RUN_ABANDONED:
		return draw_hint(c, y, ROLE_WARN, GLYPH_WARN, "abandoned before its end");
	case RUN_INTERRUPTED:
		words = g_strdup_printf("midwatch ended in the middle of it: %s resumes it where it was", panel_key(p, ACT_CHECK_RESUME));
		return draw_hint(c, y, ROLE_WARN, GLYPH_WARN, words);
	default:
		return v->mode == CHECKLIST_OPENED ? draw_hint(c, y, ROLE_DIM, GLYPH_STARTING, "another midwatch walks it: this is what it had kept") : draw_now(p, r, c, y);
	}
}

static void draw_run(struct checklist_view *v, const struct canvas *c)
{
	struct list *l = &v->steps.list;
	int y = 1;

	step_list_collect(l);
	l->chips_y = -1;
	if (!l->details.full)
		y += draw_state(v, v->steps.run, c, y);
	list_draw_body(l, c, y);
	draw_title(v, v->steps.run, c);
	step_list_release(l);
}

/* A file that is left out for its faults: where, and what is wrong, which stand at the ends. */
static int draw_trouble(const struct world *w, const struct canvas *c, int y)
{
	char cut[400];

	if (!w->checklists_trouble)
		return 0;
	text_cut_middle(w->checklists_trouble, MAX(c->width - 5, 1), cut, sizeof cut);
	return draw_hint(c, y, ROLE_WARN, GLYPH_WARN, cut);
}

static void draw_choice(struct checklist_view *v, const struct canvas *c)
{
	struct list *l = &v->choice.list;

	choice_list_collect(l);
	l->chips_y = -1;
	list_draw_body(l, c, 1 + draw_trouble(l->context.world, c, 1));
	list_draw_title(l, c);
	choice_list_release(l);
}

void checklist_draw(struct panel *panel, const struct canvas *c)
{
	struct checklist_view *v = (struct checklist_view *)panel;

	if (v->steps.run)
		draw_run(v, c);
	else
		draw_choice(v, c);
}

enum role checklist_badge(struct panel *panel, char *out, gsize size)
{
	const struct checklist_view *v = (const struct checklist_view *)panel;
	const struct world *w = v->choice.list.context.world;
	const struct check_run *r = w->run;
	char left[16] = "";
	enum verdict worst;
	enum glyph g;
	enum role role;

	*out = '\0';
	if (!r || run_is_over(r))
		return ROLE_DIM;
	worst = r->state == RUN_STOPPED || run_count(r, VERDICT_FAIL) > 0 ? VERDICT_FAIL : run_count(r, VERDICT_ATTENTION) > 0 ? VERDICT_ATTENTION
		: run_count(r, VERDICT_ASKED) > 0 ? VERDICT_ASKED : VERDICT_RUNNING;
	role = verdict_look(worst, &g);
	window_left(r, w->utc_us, left, sizeof left);
	g_snprintf(out, size, "%s%s%s", glyph(g), *left ? " " : "", left);
	return role;
}
