/* The steps of a run as a list, in their order. */
#include <string.h>

#include "panels/checklist_private.h"
#include "tui/text.h"

enum column { COLUMN_NUMBER, COLUMN_TITLE, COLUMN_RESULT, COLUMN_TOOK, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_NUMBER] = { .title = "#", .least = 1, .most = 2, .priority = 0, .right = TRUE },
	[COLUMN_TITLE] = { .title = "STEP", .least = 10, .most = 28, .priority = 0 },
	[COLUMN_RESULT] = { .title = "RESULT", .least = 41, .most = 300, .priority = 0 },
	[COLUMN_TOOK] = { .title = "TOOK", .least = 5, .most = 6, .priority = 1, .right = TRUE },
};

enum field { FIELD_TITLE, FIELD_STATE, FIELD_SUBSYSTEM, FIELD_COUNT };
static const char *const state_words[] = { "none", "running", "pass", "attention", "fail", "unknown", "asked", "skipped", NULL };
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_TITLE] = { "step", NULL }, [FIELD_STATE] = { "state", state_words }, [FIELD_SUBSYSTEM] = { "subsystem", NULL },
};

static const struct step_list *steps_of(const void *user)
{
	return user;
}

static const struct run_step *step_at(const void *user, guint row)
{
	return steps_of(user)->run->steps->pdata[row];
}

enum role verdict_look(enum verdict v, enum glyph *g)
{
	static const struct { enum role role; enum glyph glyph; } looks[] = {
		[VERDICT_NONE] = { ROLE_DIM, GLYPH_NONE }, [VERDICT_RUNNING] = { ROLE_ACCENT, GLYPH_STARTING }, [VERDICT_PASS] = { ROLE_OK, GLYPH_OK },
		[VERDICT_ATTENTION] = { ROLE_WARN, GLYPH_WARN }, [VERDICT_FAIL] = { ROLE_CRIT, GLYPH_CRIT }, [VERDICT_UNKNOWN] = { ROLE_UNKNOWN, GLYPH_UNKNOWN },
		[VERDICT_ASKED] = { ROLE_ACCENT, GLYPH_WARN }, [VERDICT_SKIPPED] = { ROLE_DIM, GLYPH_DASH },
	};

	*g = looks[v].glyph;
	return looks[v].role;
}

void step_took(gint64 us, char *out, gsize size)
{
	if (us < 10 * G_USEC_PER_SEC)
		g_snprintf(out, size, "%.1fs", (double)us / G_USEC_PER_SEC);
	else
		text_duration(us / G_USEC_PER_SEC, out, size);
}

int step_asks(const struct check_run *r, guint step)
{
	const struct run_step *s = r->steps->pdata[step];

	for (guint i = 0; i < s->step->checks->len; i++)
		if (s->results[i].verdict == VERDICT_ASKED)
			return (int)i;
	return -1;
}

void step_list_collect(struct list *l)
{
	list_refresh(l, steps_of(l)->run ? steps_of(l)->run->steps->len : 0);
}

void step_list_release(struct list *l)
{
	g_string_chunk_clear(steps_of(l)->words);
}

int step_list_number(const struct list *l, const char *key)
{
	const struct check_run *r = steps_of(l)->run;

	for (guint i = 0; r && key && i < r->steps->len; i++)
		if (strcmp(((const struct run_step *)r->steps->pdata[i])->step->id, key) == 0)
			return (int)i;
	return -1;
}

static const char *name_of(const struct list *l, const char *key)
{
	int n = step_list_number(l, key);

	return n < 0 ? NULL : step_at(l, (guint)n)->step->title;
}

static void row_key(void *user, guint row, GString *out)
{
	g_string_append(out, step_at(user, row)->step->id);
}

static gboolean row_shows(void *user, guint row)
{
	const struct list *l = user;
	const struct run_step *s = step_at(user, row);
	const char *values[FIELD_COUNT] = {
		[FIELD_TITLE] = s->step->title, [FIELD_STATE] = verdict_name(s->verdict), [FIELD_SUBSYSTEM] = s->step->subsystem,
	};

	if (l->faults && s->verdict != VERDICT_FAIL && s->verdict != VERDICT_ATTENTION && s->verdict != VERDICT_UNKNOWN)
		return FALSE;
	return filter_is_empty(l->filter) || filter_matches(l->filter, values);
}

/* Their order is what is walked: no column sorts them. */
static int row_compare(void *user, guint a, guint b, int column)
{
	return (a > b) - (a < b);
}

static void row_look(void *user, guint row, struct table_look *out)
{
	enum glyph g;

	out->role = verdict_look(step_at(user, row)->verdict, &g);
	out->glyph = glyph(g);
}

/* The last line that a look has printed; NULL. */
static const char *live_line(const struct step_list *v, guint row)
{
	const GPtrArray *lines = g_hash_table_lookup(v->live, GUINT_TO_POINTER(row + 1));

	return lines && lines->len > 0 ? lines->pdata[lines->len - 1] : NULL;
}

/* Or is it over, interrupted, or walked by another midwatch: then no key helps it on. */
static gboolean is_walked_here(const struct step_list *v)
{
	return v->run == v->list.context.world->run && !run_is_over(v->run) && v->run->state != RUN_INTERRUPTED;
}

static char *waiting_words(const struct step_list *v, guint row)
{
	int next = run_next(v->run), stopped = run_stopped_at(v->run);
	const struct check *first = step_at(v, row)->step->checks->pdata[0];

	if (stopped >= 0)
		return g_strdup_printf("waits for %d", stopped + 1);
	if (v->run->state == RUN_WATCHING && first->kind == CHECK_REPORT)
		return g_strdup("when the window ends");
	if (next < 0 || !is_walked_here(v))
		return g_strdup("not looked at");
	return (guint)next == row ? g_strdup_printf("next: %s looks", panel_key(&v->list.context, ACT_CHECK_NEXT)) : g_strdup_printf("waits for %d", next + 1);
}

static char *result_words(const struct step_list *v, guint row)
{
	const struct run_step *s = v->run->steps->pdata[row];
	const char *line = live_line(v, row);
	g_autofree char *summary = NULL;

	if (s->verdict == VERDICT_NONE)
		return waiting_words(v, row);
	if (s->verdict == VERDICT_RUNNING)
		return line ? g_strdup_printf("looking: %s", line) : g_strdup("looking");
	summary = run_step_summary(s);
	if (s->excused)
		return g_strdup_printf("overridden by %s: %s", s->overridden_by, s->overridden);
	if (s->verdict == VERDICT_ASKED && !is_walked_here(v))
		return g_strdup_printf("not answered%s%s", *summary ? ": " : "", summary);
	if (s->verdict == VERDICT_ASKED)
		return g_strdup_printf("asks you: %s passes, %s fails%s%s", panel_key(&v->list.context, ACT_CHECK_PASS),
		                       panel_key(&v->list.context, ACT_CHECK_FAIL), *summary ? " · " : "", summary);
	return g_steal_pointer(&summary);
}

static gint64 took(const struct run_step *s)
{
	gint64 most = 0;

	for (guint i = 0; i < s->step->checks->len; i++)
		most = MAX(most, s->results[i].by ? 0 : s->results[i].took_us);
	return most;
}

static enum role result_role(const struct run_step *s)
{
	enum glyph g;

	return s->verdict == VERDICT_PASS ? ROLE_TEXT : s->verdict == VERDICT_RUNNING ? ROLE_DIM : verdict_look(s->verdict, &g);
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct step_list *v = user;
	const struct run_step *s = step_at(user, row);
	g_autofree char *words = NULL;

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_NUMBER: g_snprintf(out->buffer, sizeof out->buffer, "%u", row + 1); break;
	case COLUMN_TITLE: out->text = s->step->title; break;
	case COLUMN_RESULT:
		words = result_words(v, row);
		out->role = result_role(s);
		out->text = g_string_chunk_insert(v->words, words);
		break;
	default:
		out->role = ROLE_DIM;
		if (took(s) > 0)
			step_took(took(s), out->buffer, sizeof out->buffer);
		break;
	}
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	return strcmp(step_at(l, row)->step->id, object) == 0;
}

static char *empty(const struct list *l)
{
	return g_strdup("no checklist is walked");
}

static char *chip_label(const struct list *l, guint chip, enum role *role)
{
	return g_strdup("All");
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[STEP_TABS] = { [STEP_TAB_LINES] = "Lines", [STEP_TAB_COMMAND] = "Command", [STEP_TAB_LOG] = "Log", [STEP_TAB_REPORT] = "Report" };

const struct list_class step_list_class = {
	.title = "Steps", .one = "step", .many = "steps",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = LIST_NO_COLUMN, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = STEP_TABS, .tabs_from_end = 1u << STEP_TAB_LOG, .empty = empty, .is = row_is,
	.name = name_of, .chip_count = 1, .chip_label = chip_label,
	.collect = step_list_collect, .release = step_list_release, .lines = step_lines, .draw_tab = step_draw_tab,
};
