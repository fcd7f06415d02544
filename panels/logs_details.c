/* The details of the line under the cursor: whole, wrapped, and JSON spread out. */
#include <cjson/cJSON.h>
#include <string.h>

#include "panels/logs_private.h"

#define INDENT 2

static void new_row(GString *out, guint depth)
{
	g_string_append_c(out, '\n');
	for (guint i = 0; i < depth * INDENT; i++)
		g_string_append_c(out, ' ');
}

/* Copies a string from its opening quote on; line feeds in it (a stack trace) become rows. Gives its bytes. */
static gsize append_string(GString *out, const char *text, gsize len, guint depth)
{
	gsize i = 1;

	g_string_append_c(out, '"');
	for (; i < len && text[i] != '"'; i++) {
		if (text[i] != '\\' || i + 1 >= len) {
			g_string_append_c(out, text[i]);
			continue;
		}
		i++;
		if (text[i] == 'n')
			new_row(out, depth + 1);
		else if (text[i] == 't')
			g_string_append(out, "    ");
		else
			g_string_append_printf(out, "\\%c", text[i]);
	}
	g_string_append_c(out, '"');
	return MIN(i + 1, len);
}

static gboolean is_closed_at_once(const char *text, gsize len)
{
	gsize i = 1;

	while (i < len && text[i] == ' ')
		i++;
	return i < len && (text[i] == '}' || text[i] == ']');
}

/* Spreads out what is known to be JSON. Numbers and names stay as they were written, which printing a parsed tree would not do. */
static void spread(GString *out, const char *text, gsize len)
{
	guint depth = 0;

	for (gsize i = 0; i < len; i++) {
		char c = text[i];
		if (c == '"') {
			i += append_string(out, text + i, len - i, depth) - 1;
		} else if ((c == '{' || c == '[') && !is_closed_at_once(text + i, len - i)) {
			g_string_append_c(out, c);
			new_row(out, ++depth);
		} else if ((c == '}' || c == ']') && depth > 0 && out->str[out->len - 1] != '{' && out->str[out->len - 1] != '[') {
			new_row(out, --depth);
			g_string_append_c(out, c);
		} else if (c == ',') {
			g_string_append_c(out, c);
			new_row(out, depth);
		} else if (c == ':') {
			g_string_append(out, ": ");
		} else if (c != ' ') {
			g_string_append_c(out, c);
		}
	}
}

/* Where JSON begins that reaches to the end of the line; `len` when there is none. A line has one or two places to try, not hundreds. */
static gsize find_json(const char *text, gsize len)
{
	guint tries = 0;

	for (gsize i = 0; i < len && tries < 4; i++) {
		const char *end = NULL;
		cJSON *tree;
		if (text[i] != '{' && text[i] != '[')
			continue;
		tries++;
		tree = cJSON_ParseWithLengthOpts(text + i, len - i, &end, FALSE);
		if (!tree)
			continue;
		cJSON_Delete(tree);
		while (end && end < text + len && *end == ' ')
			end++;
		if (end == text + len)
			return i;
	}
	return len;
}

char *logs_pretty_json(const char *text, gsize len)
{
	gsize begin = find_json(text, len);
	GString *out;

	if (begin == len)
		return NULL;
	out = g_string_new_len(text, (gssize)begin);
	if (begin > 0)
		g_string_append_c(out, '\n');
	spread(out, text + begin, len - begin);
	return g_string_free(out, FALSE);
}

static void append_head(const struct panel *p, const struct log_line *line, GString *out)
{
	const struct log_source_info *info = log_store_source_info(p->context.world->logs, line->source);
	char time[40];

	logs_time_text(LOGS_FULL, line->time_us, 0, time, sizeof time);
	g_string_append_printf(out, "%s%s   %s %s %s   %s%s\n\n", time, line->flags & LINE_TIME_ARRIVAL ? " (when it came: it has no time)" : "",
	                       info->host, info->kind, info->name, line->level == LEVEL_NONE ? "no level" : log_level_name(line->level),
	                       line->flags & LINE_STDERR ? "   stderr" : "");
}

void logs_fill_details(struct panel *p)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *pretty = NULL;
	struct log_line line;

	if (!log_view_at(p->view, logs_cursor_index(p), &line)) {
		pager_text(p->pager, "there is no line");
		return;
	}
	if (line.seq == p->detail_seq)
		return;
	p->detail_seq = line.seq;
	append_head(p, &line, text);
	pretty = logs_pretty_json(line.text, line.length);
	if (pretty)
		g_string_append(text, pretty);
	else
		g_string_append_len(text, line.text, line.length);
	if (line.flags & LINE_CUT)
		g_string_append(text, "\n\nThe line was longer than is kept: its end was cut off.");
	pager_text(p->pager, text->str);
	pager_home(p->pager);
}

void logs_draw_details(struct panel *p, const struct canvas *c)
{
	struct canvas body = canvas_part(c, 1, 2, -1, c->width - 3);

	logs_fill_details(p);
	canvas_rule(c, 0, ROLE_FRAME);
	canvas_text(c, 0, 3, -1, ROLE_ACCENT, " line ");
	pager_draw(p->pager, &body);
}
