#include "model/labels.h"

#include <string.h>

#include "model/sanitize.h"

gboolean
labels_is_name(const char *name)
{
	if (!g_ascii_isalpha(*name) && *name != '_')
		return FALSE;
	while (g_ascii_isalnum(*name) || *name == '_')
		name++;
	return *name == '\0';
}

void
labels_append(GString *out, const char *name, const char *value)
{
	if (out->len > 0)
		g_string_append_c(out, ',');
	g_string_append(out, name);
	g_string_append(out, "=\"");
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *value);
	}
	g_string_append_c(out, '"');
}

static const char *
skip_blanks(const char *at)
{
	while (*at == ' ')
		at++;
	return at;
}

/* The value up to its quotation mark; NULL: it has no end. */
static const char *
take_value(const char *at, GString *value)
{
	for (; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
		g_string_append_c(value, *at);
	}
	return *at == '"' ? at + 1 : NULL;
}

gboolean
labels_next(const char **at, GString *name, GString *value)
{
	const char *p = skip_blanks(*at);

	g_string_truncate(name, 0);
	g_string_truncate(value, 0);
	while (g_ascii_isalnum(*p) || *p == '_')
		g_string_append_c(name, *p++);
	p = skip_blanks(p);
	if (!labels_is_name(name->str) || *p != '=')
		return FALSE;
	p = skip_blanks(p + 1);
	p = *p == '"' ? take_value(p + 1, value) : NULL;
	if (!p)
		return FALSE;
	p = skip_blanks(p);
	if (*p == ',' && *skip_blanks(p + 1))
		p++;
	else if (*p)
		return FALSE;
	*at = p;
	return TRUE;
}

char *
labels_value(const char *labels, const char *name)
{
	g_autoptr(GString) found = g_string_new(NULL), value = g_string_new(NULL);

	while (labels_next(&labels, found, value))
		if (strcmp(found->str, name) == 0)
			return g_strdup(value->str);
	return NULL;
}

gboolean
labels_include(const char *labels, const char *some)
{
	g_autoptr(GString) name = g_string_new(NULL), value = g_string_new(NULL);

	if (!some)
		return TRUE;
	while (labels_next(&some, name, value)) {
		g_autofree char *has = labels_value(labels, name->str);
		if (g_strcmp0(has, value->str) != 0)
			return FALSE;
	}
	return *skip_blanks(some) == '\0';
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *
labels_tidy(const char *text)
{
	g_autoptr(GString) name = g_string_new(NULL), value = g_string_new(NULL), out = g_string_new(NULL);
	char *pairs[LABELS_MOST][2];
	guint count = 0;

	while (count < LABELS_MOST && labels_next(&text, name, value))
		if (value->len > 0) {
			pairs[count][0] = g_strdup(name->str);
			pairs[count++][1] = sanitize_text(value->str, (gssize)value->len);
		}
	qsort(pairs, count, sizeof pairs[0], compare_names);
	for (guint i = 0; i < count; i++) {
		if (i == 0 || strcmp(pairs[i - 1][0], pairs[i][0]) != 0)
			labels_append(out, pairs[i][0], pairs[i][1]);
	}
	for (guint i = 0; i < count; i++) {
		g_free(pairs[i][0]);
		g_free(pairs[i][1]);
	}
	return *skip_blanks(text) ? NULL : g_strdup(out->str);
}
