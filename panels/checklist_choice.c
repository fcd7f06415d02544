/* What can be walked, and what was: the run under way, the checklists, and the runs of the store. */
#include <string.h>

#include "panels/checklist_private.h"
#include "tui/text.h"

enum column { COLUMN_TITLE, COLUMN_STATE, COLUMN_VERDICT, COLUMN_STEPS, COLUMN_VERSION, COLUMN_BY, COLUMN_WHEN, COLUMN_COUNT };

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_TITLE] = { .title = "CHECKLIST", .least = 14, .most = 30, .priority = 0 },
	[COLUMN_STATE] = { .title = "STATE", .least = 12, .most = 24, .priority = 0 },
	[COLUMN_VERDICT] = { .title = "VERDICT", .least = 9, .most = 11, .priority = 1 },
	[COLUMN_STEPS] = { .title = "STEPS", .least = 5, .most = 7, .priority = 2, .right = TRUE },
	[COLUMN_VERSION] = { .title = "VERSION", .least = 8, .most = 14, .priority = 4 },
	[COLUMN_BY] = { .title = "BY", .least = 10, .most = 30, .priority = 3 },
	[COLUMN_WHEN] = { .title = "BEGAN", .least = 9, .most = 17, .priority = 1, .right = TRUE },
};

enum field { FIELD_TITLE, FIELD_STATE, FIELD_BY, FIELD_VERSION, FIELD_VERDICT, FIELD_COUNT };
static const struct filter_field fields[FIELD_COUNT] = {
	[FIELD_TITLE] = { "checklist", NULL }, [FIELD_STATE] = { "state", NULL }, [FIELD_BY] = { "by", NULL }, [FIELD_VERSION] = { "version", NULL },
	[FIELD_VERDICT] = { "verdict", NULL },
};

static const struct choice_list *choice_of(const void *user)
{
	return user;
}

static const struct choice_row *row_at(const void *user, guint row)
{
	return &g_array_index(choice_of(user)->rows, struct choice_row, row);
}

static const struct world *world_of(const void *user)
{
	return ((const struct list *)user)->context.world;
}

const char *run_state_words(enum run_state s, gboolean alive)
{
	switch (s) {
	case RUN_WALKING: return alive ? "walked elsewhere" : "under way";
	case RUN_STOPPED: return alive ? "stopped elsewhere" : "stopped";
	case RUN_WATCHING: return alive ? "watched elsewhere" : "watching";
	default: return run_state_name(s);
	}
}

/* Every field of a row as text; NULL: it has none. */
static const char *field_text(const struct list *l, const struct choice_row *r, enum field f)
{
	const struct check_run *run = world_of(l)->run;

	switch (r->kind) {
	case CHOICE_CHECKLIST:
		return f == FIELD_TITLE ? r->checklist->title : f == FIELD_STATE ? "can be started" : NULL;
	case CHOICE_NOW: {
		const char *const texts[FIELD_COUNT] = { run->checklist->title, run_state_words(run->state, FALSE), run->actor, run->version,
			run_verdict_word(run->state, run_verdict(run)) };
		return texts[f];
	}
	default: {
		const struct run_head *h = r->head;
		const char *const texts[FIELD_COUNT] = { h->title, run_state_words(h->state, h->alive), h->actor, h->version,
			run_verdict_word(h->state, h->verdict) };
		return texts[f];
	}
	}
}

/* Runs of the store, those that were interrupted or the others. */
static void add_past(GArray *rows, const struct world *w, gboolean interrupted)
{
	for (guint i = 0; i < w->runs->len; i++) {
		struct choice_row r = { .kind = CHOICE_PAST, .head = w->runs->pdata[i] };
		if ((r.head->state == RUN_INTERRUPTED) == interrupted && (!w->run || w->run->number != r.head->number))
			g_array_append_val(rows, r);
	}
}

/* What can be gone on with comes first. */
void choice_list_collect(struct list *l)
{
	const struct world *w = world_of(l);
	GArray *rows = choice_of(l)->rows;

	choice_list_release(l);
	if (w->run) {
		struct choice_row now = { .kind = CHOICE_NOW };
		g_array_append_val(rows, now);
	}
	add_past(rows, w, TRUE);
	for (guint i = 0; i < w->checklists->len; i++) {
		struct choice_row r = { .kind = CHOICE_CHECKLIST, .checklist = w->checklists->pdata[i] };
		g_array_append_val(rows, r);
	}
	add_past(rows, w, FALSE);
	list_refresh(l, rows->len);
}

void choice_list_release(struct list *l)
{
	g_array_set_size(choice_of(l)->rows, 0);
}

static void append_key(const struct choice_row *r, GString *out)
{
	if (r->kind == CHOICE_NOW)
		g_string_append(out, "now");
	else if (r->kind == CHOICE_CHECKLIST)
		g_string_append_printf(out, "c%s", r->checklist->name);
	else
		g_string_append_printf(out, "r%" G_GINT64_FORMAT, r->head->number);
}

gboolean choice_list_find(const struct list *l, const char *key, struct choice_row *out)
{
	const struct world *w = world_of(l);

	*out = (struct choice_row){ .kind = CHOICE_NOW };
	if (!key)
		return FALSE;
	if (strcmp(key, "now") == 0)
		return w->run != NULL;
	for (guint i = 0; *key == 'c' && i < w->checklists->len; i++)
		if (strcmp(((const struct checklist *)w->checklists->pdata[i])->name, key + 1) == 0) {
			*out = (struct choice_row){ .kind = CHOICE_CHECKLIST, .checklist = w->checklists->pdata[i] };
			return TRUE;
		}
	for (guint i = 0; *key == 'r' && i < w->runs->len; i++)
		if (((const struct run_head *)w->runs->pdata[i])->number == g_ascii_strtoll(key + 1, NULL, 10)) {
			*out = (struct choice_row){ .kind = CHOICE_PAST, .head = w->runs->pdata[i] };
			return TRUE;
		}
	return FALSE;
}

static const char *name_of(const struct list *l, const char *key)
{
	struct choice_row r;

	return choice_list_find(l, key, &r) ? field_text(l, &r, FIELD_TITLE) : NULL;
}

static void row_key(void *user, guint row, GString *out)
{
	append_key(row_at(user, row), out);
}

static gboolean row_shows(void *user, guint row)
{
	const struct list *l = user;
	const struct choice_row *r = row_at(user, row);
	const char *values[FIELD_COUNT];

	for (guint i = 0; i < FIELD_COUNT; i++)
		values[i] = field_text(l, r, (enum field)i);
	if (l->faults && r->kind == CHOICE_PAST && r->head->verdict != VERDICT_FAIL && r->head->state != RUN_INTERRUPTED)
		return FALSE;
	return filter_is_empty(l->filter) || filter_matches(l->filter, values);
}

/* In the order that they were collected in. */
static int row_compare(void *user, guint a, guint b, int column)
{
	static const int fields_of[COLUMN_COUNT] = {
		[COLUMN_TITLE] = FIELD_TITLE, [COLUMN_STATE] = FIELD_STATE, [COLUMN_VERDICT] = FIELD_VERDICT, [COLUMN_STEPS] = -1,
		[COLUMN_VERSION] = FIELD_VERSION, [COLUMN_BY] = FIELD_BY, [COLUMN_WHEN] = -1,
	};
	int order = (a > b) - (a < b);

	if (column == TABLE_SORT_DEFAULT || fields_of[column] < 0)
		return order;
	return list_compare_text(field_text(user, row_at(user, a), (enum field)fields_of[column]), field_text(user, row_at(user, b), (enum field)fields_of[column]));
}

static enum role state_look(enum run_state s, enum verdict v, gboolean alive, enum glyph *g)
{
	if (s == RUN_INTERRUPTED) {
		*g = GLYPH_WARN;
		return ROLE_WARN;
	}
	if (alive || s == RUN_WALKING || s == RUN_WATCHING) {
		*g = GLYPH_STARTING;
		return ROLE_ACCENT;
	}
	return verdict_look(v, g);
}

static void row_look(void *user, guint row, struct table_look *out)
{
	const struct choice_row *r = row_at(user, row);
	const struct check_run *run = world_of(user)->run;
	enum glyph g = GLYPH_NONE;

	out->role = ROLE_DIM;
	if (r->kind == CHOICE_NOW)
		out->role = state_look(run->state, run_verdict(run), FALSE, &g);
	else if (r->kind == CHOICE_PAST)
		out->role = state_look(r->head->state, r->head->verdict, r->head->alive, &g);
	out->glyph = glyph(g);
}

static void steps_cell(const struct list *l, const struct choice_row *r, struct table_cell *out)
{
	const struct check_run *run = world_of(l)->run;

	if (r->kind == CHOICE_CHECKLIST)
		g_snprintf(out->buffer, sizeof out->buffer, "%u", r->checklist->steps->len);
	else if (r->kind == CHOICE_NOW)
		g_snprintf(out->buffer, sizeof out->buffer, "%u/%u", run->steps->len - run_count(run, VERDICT_NONE), run->steps->len);
	else
		g_snprintf(out->buffer, sizeof out->buffer, "%u/%u", r->head->step, r->head->steps);
}

static void when_cell(const struct list *l, const struct choice_row *r, struct table_cell *out)
{
	const struct world *w = world_of(l);

	if (r->kind != CHOICE_CHECKLIST)
		panel_time(r->kind == CHOICE_NOW ? w->run->begun_us : r->head->begun_us, w->utc_us, out->buffer, sizeof out->buffer);
}

static void row_cell(void *user, guint row, guint column, struct table_cell *out)
{
	const struct list *l = user;
	const struct choice_row *r = row_at(user, row);
	const char *text = NULL;
	enum glyph g;

	out->text = out->buffer;
	switch ((enum column)column) {
	case COLUMN_TITLE: text = field_text(l, r, FIELD_TITLE); break;
	case COLUMN_STATE:
		text = field_text(l, r, FIELD_STATE);
		out->role = r->kind == CHOICE_CHECKLIST ? ROLE_DIM : ROLE_TEXT;
		break;
	case COLUMN_VERDICT:
		text = field_text(l, r, FIELD_VERDICT);
		out->role = r->kind == CHOICE_PAST ? verdict_look(r->head->verdict, &g) : ROLE_TEXT;
		break;
	case COLUMN_STEPS: steps_cell(l, r, out); break;
	case COLUMN_VERSION: text = field_text(l, r, FIELD_VERSION); break;
	case COLUMN_BY: text = field_text(l, r, FIELD_BY); break;
	default: when_cell(l, r, out); break;
	}
	if (text)
		out->text = text;
}

static gboolean row_is(const struct list *l, guint row, const char *object)
{
	g_autoptr(GString) key = g_string_new(NULL);

	append_key(row_at(l, row), key);
	return strcmp(key->str, object) == 0;
}

static char *empty(const struct list *l)
{
	return g_strdup("there is no checklist: midwatch was installed without its own, and ~/.config/midwatch/checklists has none");
}

static char *chip_label(const struct list *l, guint chip, enum role *role)
{
	return g_strdup("All");
}

/* --- details --- */

static void checklist_lines(struct list *l, const struct checklist *c, const struct canvas *body, GPtrArray *lines)
{
	g_autofree char *window = c->window_s > 0 ? g_strdup_printf(", then a window of %u min", c->window_s / 60) : g_strdup("");

	list_add(lines, ROLE_DIM, "%s · %u steps%s · escalates to %s", c->origin ? c->origin : "shipped", c->steps->len, window, c->escalate ? c->escalate : "nobody");
	for (guint i = 0; i < c->steps->len; i++) {
		const struct checklist_step *s = c->steps->pdata[i];
		list_add(lines, ROLE_TEXT, "%u %s%s%s%s", i + 1, s->title, s->gate ? " (gate)" : "", s->only_for ? ", for " : "", s->only_for ? s->only_for : "");
	}
	list_add(lines, ROLE_DIM, "%s starts it", panel_key(&l->context, ACT_OPEN));
}

static void head_lines(struct list *l, const struct run_head *h, const struct canvas *body, GPtrArray *lines)
{
	char began[40], ended[40];
	gint64 now = world_of(l)->utc_us;

	panel_time(h->begun_us, now, began, sizeof began);
	panel_time(h->ended_us, now, ended, sizeof ended);
	list_add(lines, ROLE_TEXT, "run %" G_GINT64_FORMAT " by %s, %s%s%s", h->number, h->actor, began, h->ended_us ? " to " : "", h->ended_us ? ended : "");
	list_add(lines, ROLE_TEXT, "%s, %u of %u steps, verdict %s", run_state_words(h->state, h->alive), h->step, h->steps,
	         run_verdict_word(h->state, h->verdict));
	if (h->report)
		list_add_wrapped(lines, ROLE_TEXT, "report", h->report, body->width);
	if (h->alive)
		list_add(lines, ROLE_WARN, "another midwatch walks it: it cannot be taken over while that lives");
	else if (h->state == RUN_INTERRUPTED)
		list_add(lines, ROLE_WARN, "midwatch ended in the middle of it: %s resumes it", panel_key(&l->context, ACT_CHECK_RESUME));
}

static void choice_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines)
{
	struct choice_row r;

	if (!choice_list_find(l, key, &r))
		return;
	if (r.kind == CHOICE_CHECKLIST)
		checklist_lines(l, r.checklist, body, lines);
	else if (r.kind == CHOICE_PAST)
		head_lines(l, r.head, body, lines);
	else
		list_add(lines, ROLE_TEXT, "the run of this console: %s shows its steps", panel_key(&l->context, ACT_OPEN));
}

char *choice_text(const struct list *l, const char *key)
{
	struct choice_row r;
	GString *text = g_string_new(NULL);

	for (guint i = 0; choice_list_find(l, key, &r) && i < FIELD_COUNT; i++) {
		const char *field = field_text(l, &r, (enum field)i);
		if (field)
			g_string_append_printf(text, "%s%s", text->len ? "  " : "", field);
	}
	return g_string_free(text, FALSE);
}

static const struct table_source source = { row_key, row_shows, row_compare, row_look, row_cell };
static const char *const tabs[] = { "Details" };

const struct list_class choice_list_class = {
	.title = "Checklists", .one = "checklist", .many = "checklists",
	.columns = columns, .column_count = COLUMN_COUNT, .host_column = LIST_NO_COLUMN, .source = &source, .fields = fields, .field_count = FIELD_COUNT,
	.tabs = tabs, .tab_count = G_N_ELEMENTS(tabs), .empty = empty, .is = row_is, .name = name_of,
	.chip_count = 1, .chip_label = chip_label,
	.collect = choice_list_collect, .release = choice_list_release, .lines = choice_lines,
};
