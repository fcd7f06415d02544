#include "app/placeholders.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "model/placeholder.h"

static const char *const words[] = { "host", "name", "id", "stack", "image" };

/* Which of the words the placeholder at `at` is; its length with the braces. -1: none of them. */
static int
find(const char *text, const char *at, gsize *length)
{
	*length = placeholder_length(text, at);
	for (guint i = 0; *length > 0 && i < G_N_ELEMENTS(words); i++)
		if (strlen(words[i]) == *length - 2 && strncmp(at + 1, words[i], *length - 2) == 0)
			return (int)i;
	return -1;
}

static char *
json_inside(const char *value)
{
	cJSON *item = cJSON_CreateString(value);
	char *printed = cJSON_PrintUnformatted(item), *inside = g_strndup(printed + 1, strlen(printed) - 2);

	cJSON_free(printed);
	cJSON_Delete(item);
	return inside;
}

static char *
encode(const char *value, enum placeholder_use use)
{
	switch (use) {
	case PLACEHOLDER_SHELL: return g_shell_quote(value);
	case PLACEHOLDER_URL: return g_uri_escape_string(value, NULL, FALSE);
	case PLACEHOLDER_JSON: return json_inside(value);
	default: return g_strdup(value);
	}
}

char *
placeholders_fill(const char *text, const struct placeholders *v, enum placeholder_use use)
{
	const char *const values[G_N_ELEMENTS(words)] = { v->host, v->name, v->id, v->stack, v->image };
	GString *out = g_string_new(NULL);
	gsize length;

	for (const char *at = text; *at;) {
		int i = find(text, at, &length);
		if (i >= 0) {
			g_autofree char *encoded = encode(values[i] ? values[i] : "", use);
			g_string_append(out, encoded);
			at += length;
		} else {
			g_string_append_c(out, *at++);
		}
	}
	return g_string_free(out, FALSE);
}

/* Where the quotes around a value would mean something else, whatever stands around it: these words are refused beside any placeholder. */
static const struct { const char *word, *problem; } foreign[] = {
	{ "`", "a placeholder and backticks do not go together: write $(…)" },
	{ "<<", "a placeholder and a here-document do not go together: quotes mean nothing there" },
	{ "$'", "a placeholder and $'…' do not go together: not every shell knows it" },
	{ "((", "a placeholder and ((…)) do not go together: quotes mean nothing in arithmetic" },
	{ "$[", "a placeholder and $[…] do not go together: quotes mean nothing in arithmetic" },
};

static const char *
check_words(const char *command)
{
	for (guint i = 0; i < G_N_ELEMENTS(foreign); i++)
		if (strstr(command, foreign[i].word))
			return foreign[i].problem;
	return NULL;
}

static gboolean
begins_comment(const char *command, const char *at)
{
	return *at == '#' && (at == command || strchr(" \t\n;&|()", at[-1]));
}

/* Within double quotes $(…) has quotes of its own, and ${x:-…} may have: then it is no longer certain what is quoted. */
static gboolean
nests(const char *at)
{
	if (at[0] != '$' || (at[1] != '(' && at[1] != '{'))
		return FALSE;
	return at[1] == '(' || at[2 + strcspn(at + 2, "'\"\\`${}")] != '}';
}

/* What of the shell's words is open. */
struct open_words {
	char quote;       /* ' or ", '\0' = none */
	gboolean comment, nested;
};

/* Goes over one character that begins no placeholder; gives the last one that was used. */
static const char *
pass(struct open_words *o, const char *command, const char *at)
{
	if (o->comment) {
		o->comment = *at != '\n';
	} else if (*at == '\\' && o->quote != '\'' && at[1] && at[1] != '{') {
		return at + 1; /* a brace is looked at: a placeholder may begin there */
	} else if (o->quote) {
		o->nested = o->nested || (o->quote == '"' && nests(at));
		o->quote = *at == o->quote ? '\0' : o->quote;
	} else if (*at == '\'' || *at == '"') {
		o->quote = *at;
	} else {
		o->comment = begins_comment(command, at);
	}
	return at;
}

static const char *
check_one(const char *command, const char *at, const struct open_words *o)
{
	if (o->comment)
		return "a placeholder stands within a comment: a value of two lines would end it";
	if (o->quote)
		return "a placeholder stands within quotes: its value is quoted already, leave the quotes out";
	if (at > command && at[-1] == '\\')
		return "a backslash stands before a placeholder";
	return NULL;
}

/* `any`: every name is a placeholder's. */
static const char *
check_shell(const char *command, gboolean any)
{
	struct open_words o = { 0 };
	const char *problem = NULL;
	gboolean some = FALSE;
	gsize length;

	for (const char *at = command; *at && !problem; at++) {
		int word = find(command, at, &length);
		if (any ? length > 0 : word >= 0) {
			some = TRUE;
			problem = check_one(command, at, &o);
			at += length - 1;
		} else {
			at = pass(&o, command, at);
		}
	}
	if (!problem && some)
		problem = check_words(command);
	if (!problem && some && o.nested)
		problem = "a placeholder and \"$(…)\" do not go together: give the inner command's output to a variable first";
	return problem;
}

const char *
placeholders_check_shell(const char *command)
{
	return check_shell(command, FALSE);
}

const char *
placeholders_check_shell_any(const char *command)
{
	return check_shell(command, TRUE);
}
