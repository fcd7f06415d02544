#include "backends/cron_sections.h"

#include <string.h>

static void
free_section(gpointer data)
{
	struct cron_section *s = data;

	g_free(s->kind);
	g_string_free(s->name, TRUE);
	g_string_free(s->text, TRUE);
	g_string_free(s->errors, TRUE);
	g_free(s);
}

static struct cron_section *
section_new(const char *kind, gsize len)
{
	struct cron_section *s = g_new0(struct cron_section, 1);

	s->kind = g_strndup(kind, len);
	s->name = g_string_new(NULL);
	s->text = g_string_new(NULL);
	s->errors = g_string_new(NULL);
	s->number = -1;
	return s;
}

/* A line of a section; its first character says what it is. */
static void
take_line(struct cron_section *s, const char *line, gsize len)
{
	GString *out = *line == '=' ? s->name : *line == '|' ? s->text : *line == '!' ? s->errors : NULL;

	if (*line == ':' && s->number < 0) {
		g_autofree char *digits = g_strndup(line + 1, len - 1);
		char *end;
		gint64 number = g_ascii_strtoll(digits, &end, 10);
		s->number = end > digits ? MAX(number, 0) : -1;
	}
	if (!out)
		return;
	if (out->len > 0)
		g_string_append_c(out, '\n');
	g_string_append_len(out, line + 1, (gssize)len - 1);
}

GPtrArray *
cron_sections_parse(const char *text, gsize len, gboolean *complete)
{
	GPtrArray *sections = g_ptr_array_new_with_free_func(free_section);
	struct cron_section *s = NULL;
	const char *end = text + len, *feed;
	char before = '\0'; /* the first character of the line before */

	*complete = FALSE;
	for (const char *line = text; line < end && (feed = memchr(line, '\n', (gsize)(end - line))); line = feed + 1) {
		if (*line == '@' && sections->len < CRON_SECTIONS_MAX) {
			s = section_new(line + 1, (gsize)(feed - line) - 1);
			g_ptr_array_add(sections, s);
			*complete = strcmp(s->kind, "end") == 0;
		} else if (*line == '\n' && s && before == '|') {
			g_string_append_c(s->text, '\n');
		} else if (*line != '\n' && s) {
			take_line(s, line, (gsize)(feed - line));
		}
		before = *line;
	}
	return sections;
}

const struct cron_section *
cron_sections_find(const GPtrArray *sections, const char *kind)
{
	for (guint i = 0; i < sections->len; i++) {
		const struct cron_section *s = sections->pdata[i];
		if (strcmp(s->kind, kind) == 0)
			return s;
	}
	return NULL;
}
