#include "app/findings.h"

#include <string.h>

#include "model/sanitize.h"

struct config_findings *
config_findings_new(const char *file, GPtrArray *problems)
{
	struct config_findings *f = g_new0(struct config_findings, 1);

	f->file = file;
	f->problems = problems;
	f->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return f;
}

void
config_findings_free(struct config_findings *f)
{
	g_hash_table_unref(f->lines);
	g_free(f);
}

static guint
line_of(struct config_findings *f, const char *path)
{
	g_autofree char *parent = g_strdup(path);

	for (;;) {
		gpointer line = g_hash_table_lookup(f->lines, parent);
		char *cut = MAX(strrchr(parent, '.'), strrchr(parent, '['));
		if (line || !cut)
			return line ? GPOINTER_TO_UINT(line) : 1;
		*cut = '\0';
	}
}

void
config_findings_add_at(struct config_findings *f, guint line, const char *path, const char *message)
{
	struct config_problem *p = g_new0(struct config_problem, 1);

	p->file = g_strdup(f->file);
	p->line = line;
	p->path = sanitize_text(path, -1);
	p->message = sanitize_text(message, -1);
	g_ptr_array_add(f->problems, p);
}

void
config_findings_add(struct config_findings *f, const char *path, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list args;

	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	config_findings_add_at(f, line_of(f, path), path, message);
}

void
config_findings_word(struct config_findings *f, const char *path, const char *word, const char *const *valid)
{
	g_autofree char *list = NULL;

	for (guint i = 0; valid[i]; i++)
		if (!word || strcmp(word, valid[i]) == 0)
			return;
	list = g_strjoinv(", ", (char **)valid);
	config_findings_add(f, path, "\"%s\" is none of: %s", word, list);
}
