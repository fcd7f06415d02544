/* Moving through the lines: by rows, to matches, levels, times and bookmarks. */
#include "panels/log_jump.h"
#include "panels/logs_private.h"

void logs_move(struct panel *p, gint64 lines)
{
	guint64 count = log_view_count(p->view), at = logs_cursor_index(p);

	if (count == 0)
		return;
	if (lines < 0)
		at -= MIN(at, (guint64)-lines);
	else
		at = MIN(at + (guint64)lines, count - 1);
	/* Who follows and goes down at the end goes on following; nobody else begins to by moving. */
	p->follow = p->follow && lines > 0;
	logs_set_cursor(p, at);
}

void logs_end(struct panel *p)
{
	p->follow = TRUE;
	if (log_view_count(p->view) > 0)
		logs_set_cursor(p, log_view_count(p->view) - 1);
}

static void go_to(struct panel *p, guint64 index)
{
	p->follow = FALSE;
	logs_set_cursor(p, index);
}

static const char *level_thing(enum log_level level)
{
	return level == LEVEL_NONE ? "match" : level == LEVEL_WARN ? "warning or error" : "error";
}

void logs_go(struct panel *p, int direction, enum log_level level)
{
	guint64 found = log_view_next(p->view, logs_cursor_index(p), direction, level);
	gboolean unfinished = log_view_progress(p->view) < 1 || (level == LEVEL_NONE && log_view_search_progress(p->view) < 1);

	if (found != G_MAXUINT64)
		go_to(p, found);
	else
		panel_notice(&p->context, "no %s %s this line%s", level_thing(level), direction < 0 ? "before" : "after",
		             unfinished ? " so far: not all lines are looked at yet" : "");
}

gboolean logs_go_near(struct panel *p)
{
	guint64 count = log_view_count(p->view), at, found;

	if (count == 0)
		return FALSE;
	at = p->before.follow ? count - 1 : MIN(log_view_find_seq(p->view, p->before.cursor), count - 1);
	found = log_view_next(p->view, at + 1, -1, LEVEL_NONE);
	if (found == G_MAXUINT64)
		found = log_view_next(p->view, at, 1, LEVEL_NONE);
	if (found == G_MAXUINT64)
		return FALSE;
	go_to(p, found);
	return TRUE;
}

void logs_go_to_time(struct panel *p, const char *text)
{
	g_autoptr(GError) error = NULL;
	guint64 count = log_view_count(p->view), index;
	struct log_line line;
	gint64 when;

	if (!log_jump_parse(text, p->context.world->utc_us, &when, &error)) {
		panel_notice(&p->context, "%s", error->message);
		return;
	}
	index = log_view_find_time(p->view, when);
	if (index >= count)
		panel_notice(&p->context, "no shown line is so late: this is the last one");
	else if (index == 0 && log_view_at(p->view, 0, &line) && line.time_us > when)
		panel_notice(&p->context, "no shown line is so old: this is the oldest that is kept");
	go_to(p, MIN(index, MAX(count, 1) - 1));
}

static guint find_bookmark(const struct panel *p, guint64 seq)
{
	for (guint i = 0; i < p->bookmarks->len; i++)
		if (g_array_index(p->bookmarks, guint64, i) == seq)
			return i;
	return G_MAXUINT;
}

gboolean logs_is_bookmark(const struct panel *p, guint64 seq)
{
	return find_bookmark(p, seq) != G_MAXUINT;
}

void logs_toggle_bookmark(struct panel *p)
{
	struct log_line line;
	guint found;

	if (!log_view_at(p->view, logs_cursor_index(p), &line))
		return;
	found = find_bookmark(p, line.seq);
	if (found != G_MAXUINT)
		g_array_remove_index(p->bookmarks, found);
	else
		g_array_append_val(p->bookmarks, line.seq);
}

/* To the nearest one after the cursor, else to the first. */
void logs_next_bookmark(struct panel *p)
{
	guint64 at = logs_cursor_index(p), after = G_MAXUINT64, first = G_MAXUINT64;

	for (guint i = 0; i < p->bookmarks->len; i++) {
		guint64 seq = g_array_index(p->bookmarks, guint64, i), index = log_view_find_seq(p->view, seq);
		struct log_line line;
		if (!log_view_at(p->view, index, &line) || line.seq != seq)
			continue; /* it is filtered out or was dropped */
		first = MIN(first, index);
		if (index > at)
			after = MIN(after, index);
	}
	if (first == G_MAXUINT64)
		panel_notice(&p->context, "none of the %u bookmarks is among the lines shown", p->bookmarks->len);
	else
		go_to(p, after != G_MAXUINT64 ? after : first);
}
