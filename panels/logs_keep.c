/* Lines that leave the panel: saved to a file, copied to the clipboard. */
#include "model/utc_text.h"
#include "panels/logs_private.h"

#define SAVE_LINES_MAX 50000 /* so that the console does not stand still while it saves */

static void append_line(const struct panel *p, const struct log_line *line, GString *out)
{
	const struct log_source_info *info = log_store_source_info(p->context.world->logs, line->source);
	char time[40];

	logs_time_text(LOGS_FULL, line->time_us, 0, time, sizeof time);
	g_string_append_printf(out, "%s %s/%s %s ", time, info->host, info->name, line->level == LEVEL_NONE ? "-" : log_level_name(line->level));
	g_string_append_len(out, line->text, line->length);
}

/* The file's name tells how many lines are in it, since that is what the operator is told. */
static char *file_name(const struct panel *p, guint64 saved, guint64 count)
{
	g_autofree char *stamp = utc_format(p->context.world->utc_us, "%Y%m%dT%H%M%SZ", "now");
	g_autofree char *of = saved < count ? g_strdup_printf("-of-%" G_GUINT64_FORMAT, count) : g_strdup("");

	return g_strdup_printf("logs-%s-%" G_GUINT64_FORMAT "%s-lines.log", stamp, saved, of);
}

void logs_save(struct panel *p)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint64 count = log_view_count(p->view), first = count > SAVE_LINES_MAX ? count - SAVE_LINES_MAX : 0;
	g_autofree char *name = file_name(p, count - first, count);
	struct log_line line;

	for (guint64 i = first; i < count && log_view_at(p->view, i, &line); i++) {
		append_line(p, &line, text);
		g_string_append_c(text, '\n');
	}
	p->context.request(p->context.user, &(struct request){ .kind = REQUEST_SAVE, .text = name, .object = text->str });
}

void logs_copy(struct panel *p)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct log_line line;

	if (!log_view_at(p->view, logs_cursor_index(p), &line))
		return;
	append_line(p, &line, text);
	p->context.request(p->context.user, &(struct request){ .kind = REQUEST_COPY, .text = text->str });
}
