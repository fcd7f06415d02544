#include "model/log_signs.h"

#include <string.h>

#include "model/log_json.h"
#include "model/sweep.h"

/* Lines are handed over with their length and no NUL behind; memmem() needs none. */
static gboolean
has(const struct log_line *l, const char *word)
{
	return memmem(l->text, l->length, word, strlen(word)) != NULL;
}

static gboolean
is_fatal(const struct log_line *l)
{
	g_autofree char *text = NULL;

	if (!has(l, "FATAL"))
		return FALSE;
	text = g_strndup(l->text, l->length);
	return sweep_line_is_fatal(text);
}

/* The seed's grep; a JSON line says the same in its own way. */
static gboolean
is_error(const struct log_line *l)
{
	return has(l, "level=error") || has(l, "panic") || (l->length > 0 && l->text[0] == '{' && l->level == LEVEL_ERROR);
}

/* --- auth --- */

static gboolean
names_auth(const struct log_line *l)
{
	static const char *const paths[] = { "/auth", "/login", "/refresh", "/token", "/oauth" };

	for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
		if (has(l, paths[i]))
			return TRUE;
	return FALSE;
}

/* status=502, "status": 502, status_code=502, code=502; HTTP/1.1" 502 as the Common Log Format has it. */
static gboolean
tells_5xx(const struct log_line *l)
{
	static GRegex *pattern;
	GMatchInfo *match = NULL;
	gboolean found;

	if (!pattern)
		pattern = g_regex_new("(?:\\bstatus(?:_?code)?\"?\\s*[=:]\\s*\"?|\\bcode\"?\\s*[=:]\\s*\"?|HTTP/\\d(?:\\.\\d)?\"\\s+)5\\d\\d\\b", G_REGEX_OPTIMIZE, 0, NULL);
	found = g_regex_match_full(pattern, l->text, (gssize)l->length, 0, 0, &match, NULL);
	g_match_info_free(match);
	return found;
}

guint
log_signs(const struct log_line *l)
{
	guint signs = 0;

	if (l->flags & LINE_NOTE)
		return 0;
	if (is_fatal(l))
		signs |= SIGN_FATAL;
	else if (is_error(l))
		signs |= SIGN_ERROR;
	if (has(l, "provider_unavailable") || has(l, "quota_exceeded"))
		signs |= SIGN_UPSTREAM;
	if (has(l, "parse_error"))
		signs |= SIGN_PARSE_ERROR;
	if (names_auth(l) && tells_5xx(l))
		signs |= SIGN_AUTH_5XX;
	if (has(l, "platform.impersonation_started"))
		signs |= SIGN_IMPERSONATION;
	return signs;
}

/* --- fields --- */

static char *
value_of(const char *value, gsize len)
{
	if (len == 0 || (len == 4 && memcmp(value, "null", 4) == 0) || (len == 5 && memcmp(value, "<nil>", 5) == 0))
		return NULL;
	return g_strndup(value, len);
}

static char *
json_field(const char *text, gsize len, const char *name)
{
	const char *const names[] = { name, NULL };
	struct log_json j;

	if (!log_json_start(&j, text, len))
		return NULL;
	while (log_json_next(&j))
		if (log_json_key_is(&j, names))
			return value_of(j.value, j.value_length);
	return NULL;
}

/* The end of what begins at `at`: of a quoted text behind its closing quote, else at the next blank. */
static const char *
word_end(const char *at, const char *end)
{
	if (at == end || *at != '"') {
		while (at < end && *at != ' ' && *at != '=')
			at++;
		return at;
	}
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\' && at + 1 < end)
			at++;
	return MIN(at + 1, end);
}

/* name=value or name="value, with blanks". What stands within quotes is no name: whoever wrote it must not choose the actor. */
static char *
logfmt_field(const char *text, gsize len, const char *name)
{
	gsize name_len = strlen(name);
	const char *end = text + len;

	for (const char *at = text; at < end; at++) {
		const char *word = at, *value;
		at = word_end(at, end);
		if (at == end || *at != '=' || *word == '"')
			continue;
		value = at + 1;
		at = value < end && *value == '"' ? word_end(value, end) : memchr(value, ' ', (gsize)(end - value));
		if (!at)
			at = end;
		if ((gsize)(value - 1 - word) != name_len || memcmp(word, name, name_len) != 0)
			continue;
		return *value == '"' && at - value >= 2 ? value_of(value + 1, (gsize)(at - value) - 2) : value_of(value, (gsize)(at - value));
	}
	return NULL;
}

char *
log_field(const char *text, gsize len, const char *const *names)
{
	gboolean json = len > 0 && text[0] == '{';
	char *found = NULL;

	for (guint i = 0; names[i] && !found; i++)
		found = json ? json_field(text, len, names[i]) : logfmt_field(text, len, names[i]);
	return found;
}
