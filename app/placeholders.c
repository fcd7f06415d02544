#include "app/placeholders.h"

#include <cjson/cJSON.h>
#include <string.h>

static const char *const words[] = { "host", "name", "id", "stack", "image" };

/* The value of the placeholder that begins at `at`; its length with the braces. FALSE when none begins there. */
static gboolean
find(const char *text, const char *at, const struct placeholders *v, const char **value, gsize *length)
{
	const char *const values[G_N_ELEMENTS(words)] = { v->host, v->name, v->id, v->stack, v->image };

	if (*at != '{' || (at > text && at[-1] == '$'))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		gsize n = strlen(words[i]);
		if (strncmp(at + 1, words[i], n) == 0 && at[n + 1] == '}') {
			*value = values[i] ? values[i] : "";
			*length = n + 2;
			return TRUE;
		}
	}
	return FALSE;
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
placeholders_fill(const char *text, const struct placeholders *values, enum placeholder_use use)
{
	GString *out = g_string_new(NULL);
	const char *value;
	gsize length;

	for (const char *at = text; *at;) {
		if (find(text, at, values, &value, &length)) {
			g_autofree char *encoded = encode(value, use);
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

const char *
placeholders_check_shell(const char *command)
{
	static const struct placeholders none = { 0 };
	struct open_words o = { 0 };
	const char *value, *problem = NULL;
	gboolean any = FALSE;
	gsize length;

	for (const char *at = command; *at && !problem; at++) {
		if (find(command, at, &none, &value, &length)) {
			any = TRUE;
			problem = check_one(command, at, &o);
			at += length - 1;
		} else {
			at = pass(&o, command, at);
		}
	}
	if (!problem && any)
		problem = check_words(command);
	if (!problem && any && o.nested)
		problem = "a placeholder and \"$(…)\" do not go together: give the inner command's output to a variable first";
	return problem;
}
