/* The commands of the Logs panel. */
#include "panels/logs_private.h"

#define PAN_CELLS 16

static void ask(struct panel *p, enum action command, const char *label, const char *initial)
{
	p->context.request(p->context.user, &(struct request){
		.kind = REQUEST_PROMPT, .command = command, .text = label, .object = initial ? initial : "" });
}

static void ask_search(struct panel *p)
{
	logs_set_cursor(p, logs_cursor_index(p));
	p->before = (struct logs_place){ p->cursor, p->top, p->follow };
	g_free(p->search_before);
	p->search_before = g_strdup(p->search);
	ask(p, ACT_LOG_SEARCH, "search: ", p->search);
}

/* Sets the search; FALSE when the pattern is wrong: the old one stays. */
static gboolean set_search(struct panel *p, const char *text, GError **error)
{
	if (!log_view_search(p->view, text, error))
		return FALSE;
	g_free(p->search);
	p->search = text && *text ? g_strdup(text) : NULL;
	return TRUE;
}

static void answer_search(struct panel *p, const char *text, gboolean final)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&p->search_problem, g_free);
	p->catch_up = FALSE;
	if (!text) { /* cancelled: as if nothing had been typed */
		set_search(p, p->search_before, NULL);
		p->cursor = p->before.cursor;
		p->top = p->before.top;
		p->follow = p->before.follow;
		return;
	}
	if (!set_search(p, text, &error)) {
		if (final)
			panel_notice(&p->context, "%s", error->message);
		else
			p->search_problem = g_strdup(error->message);
		return;
	}
	if (p->search && !logs_go_near(p)) {
		p->catch_up = log_view_search_progress(p->view) < 1;
		if (final && !p->catch_up)
			panel_notice(&p->context, "\"%s\" is in none of the lines shown", p->search);
	}
}

static void answer_filter(struct panel *p, const char *text, gboolean in)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&p->refused[in], g_free);
	if (log_view_filter(p->view, text, in, &error))
		return;
	p->refused[in] = g_strdup(text);
	panel_notice(&p->context, "%s", error->message);
}

void logs_answer(struct panel *p, enum action command, const char *text, gboolean final)
{
	if (command == ACT_LOG_SEARCH)
		answer_search(p, text, final);
	else if (!final || !text || !*text)
		return;
	else if (command == ACT_LOG_TIME)
		logs_go_to_time(p, text);
	else
		answer_filter(p, text, command == ACT_LOG_IN);
}

static void next_level(struct panel *p)
{
	p->level = p->level == LEVEL_NONE ? LEVEL_INFO : p->level == LEVEL_ERROR ? LEVEL_NONE : p->level + 1;
	log_view_minimum_level(p->view, p->level);
	/* Who wants warnings only wants no line that might be anything. */
	log_view_strict(p->view, p->level >= LEVEL_WARN);
}

static void set_context(struct panel *p, guint lines)
{
	p->around = lines;
	log_view_context(p->view, lines);
}

static gboolean has_filters(const struct panel *p)
{
	return log_view_filter_count(p->view) > 0 || p->level != LEVEL_NONE || p->around > 0;
}

static void clear_filters(struct panel *p)
{
	if (!has_filters(p)) {
		g_hash_table_remove_all(p->wanted);
		logs_choose_sources(p);
		return;
	}
	log_view_filters_clear(p->view);
	p->level = LEVEL_NONE;
	log_view_minimum_level(p->view, LEVEL_NONE);
	log_view_strict(p->view, FALSE);
	set_context(p, 0);
}

/* Esc and q. FALSE: there was nothing to leave. */
static gboolean leave(struct panel *p, gboolean clears)
{
	if (p->full)
		p->full = FALSE;
	else if (p->details)
		p->details = FALSE;
	else if (clears && p->search)
		set_search(p, NULL, NULL);
	else if (clears && has_filters(p))
		clear_filters(p);
	else
		return FALSE;
	return TRUE;
}

static void toggle_follow(struct panel *p)
{
	if (p->follow) {
		logs_set_cursor(p, logs_cursor_index(p));
		p->follow = FALSE;
	} else {
		logs_end(p);
	}
}

static gboolean act_on_details(struct panel *p, enum action command)
{
	logs_fill_details(p); /* the key may have been typed ahead of the first drawing */
	switch (command) {
	case ACT_LEFT: pager_pan(p->pager, -PAN_CELLS); break;
	case ACT_RIGHT: pager_pan(p->pager, PAN_CELLS); break;
	default: return panel_scroll(p->pager, command);
	}
	return TRUE;
}

static gboolean act_move(struct panel *p, enum action command)
{
	gint64 page = MAX(p->page - 1, 1), half = MAX(p->page / 2, 1);

	switch (command) {
	case ACT_DOWN: logs_move(p, 1); break;
	case ACT_UP: logs_move(p, -1); break;
	case ACT_PAGE_DOWN: logs_move(p, page); break;
	case ACT_PAGE_UP: logs_move(p, -page); break;
	case ACT_HALF_DOWN: logs_move(p, half); break;
	case ACT_HALF_UP: logs_move(p, -half); break;
	case ACT_TOP: logs_move(p, -(gint64)log_view_count(p->view)); break;
	case ACT_BOTTOM: logs_end(p); break;
	case ACT_LEFT: p->pan = MAX(p->pan - PAN_CELLS, 0); break;
	case ACT_RIGHT: p->pan += PAN_CELLS; break;
	case ACT_LOG_NEXT: logs_go(p, 1, LEVEL_NONE); break;
	case ACT_LOG_PREVIOUS: logs_go(p, -1, LEVEL_NONE); break;
	case ACT_LOG_ERROR_NEXT: logs_go(p, 1, LEVEL_ERROR); break;
	case ACT_LOG_ERROR_PREVIOUS: logs_go(p, -1, LEVEL_ERROR); break;
	case ACT_LOG_WARNING_NEXT: logs_go(p, 1, LEVEL_WARN); break;
	case ACT_LOG_WARNING_PREVIOUS: logs_go(p, -1, LEVEL_WARN); break;
	case ACT_LOG_FOLLOW: toggle_follow(p); break;
	case ACT_LOG_BOOKMARK: logs_toggle_bookmark(p); break;
	case ACT_LOG_BOOKMARK_NEXT: logs_next_bookmark(p); break;
	default: return FALSE;
	}
	return TRUE;
}

gboolean logs_act(struct panel *p, enum action command)
{
	if (p->full && act_on_details(p, command))
		return TRUE;
	switch (command) {
	case ACT_ESCAPE: return leave(p, TRUE);
	case ACT_BACK: return leave(p, FALSE);
	case ACT_OPEN: case ACT_DETAILS:
		p->details = !p->details;
		p->full = FALSE;
		break;
	case ACT_FULL: p->full = !p->full; break;
	case ACT_COPY: logs_copy(p); break;
	case ACT_LOG_SOURCES: p->context.request(p->context.user, &(struct request){ .kind = REQUEST_PICK_SOURCES }); break;
	case ACT_LOG_SEARCH: ask_search(p); break;
	case ACT_LOG_IN: ask(p, command, "filter in: ", p->refused[TRUE]); break;
	case ACT_LOG_OUT: ask(p, command, "filter out: ", p->refused[FALSE]); break;
	case ACT_LOG_TIME: ask(p, command, "time: ", ""); break;
	case ACT_LOG_LEVEL: next_level(p); break;
	case ACT_LOG_CONTEXT: set_context(p, p->around == 0 ? 3 : p->around == 3 ? 10 : 0); break;
	case ACT_LOG_PAUSE: log_view_pause(p->view, !log_view_paused(p->view)); break;
	case ACT_LOG_HISTOGRAM: p->histogram = (p->histogram + 1) % HISTOGRAMS; break;
	case ACT_LOG_TIMESTAMPS: p->time = (p->time + 1) % LOGS_TIMES; break;
	case ACT_LOG_WRAP: p->wrap = !p->wrap; break;
	case ACT_LOG_SAVE: logs_save(p); break;
	case ACT_LOG_CLEAR_FILTERS: clear_filters(p); break;
	default: return act_move(p, command);
	}
	return TRUE;
}

gboolean logs_can(struct panel *p, enum action command, const char **why)
{
	switch (command) {
	case ACT_TAB_NEXT: case ACT_TAB_PREVIOUS:
		*why = "a log line has no tabs";
		return FALSE;
	case ACT_FULL:
		*why = "no details are open";
		return p->details;
	case ACT_LEFT: case ACT_RIGHT:
		*why = "the lines are wrapped";
		return p->full || !p->wrap;
	case ACT_LOG_NEXT: case ACT_LOG_PREVIOUS:
		*why = "nothing is searched for";
		return p->search != NULL;
	case ACT_LOG_BOOKMARK_NEXT:
		*why = "no bookmark is set";
		return p->bookmarks->len > 0;
	case ACT_LOG_CONTEXT:
		*why = "context stands around what passes a filter, and none is set";
		return log_view_filter_count(p->view) > 0 || p->level != LEVEL_NONE || p->around > 0;
	case ACT_LOG_CLEAR_FILTERS:
		*why = "no filter is set and all sources are shown";
		return has_filters(p) || g_hash_table_size(p->wanted) > 0;
	case ACT_OPEN: case ACT_DETAILS: case ACT_COPY: case ACT_LOG_SAVE: case ACT_LOG_BOOKMARK: case ACT_LOG_TIME: case ACT_LOG_SEARCH:
	case ACT_LOG_ERROR_NEXT: case ACT_LOG_ERROR_PREVIOUS: case ACT_LOG_WARNING_NEXT: case ACT_LOG_WARNING_PREVIOUS:
		*why = "there are no lines";
		return p->details || log_view_count(p->view) > 0;
	default:
		return TRUE;
	}
}
