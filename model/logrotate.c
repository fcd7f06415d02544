#include "model/logrotate.h"

#include <fnmatch.h>
#include <string.h>

/* The next word of a line, its quotes removed; *p moves behind it. NULL at the end. Newly allocated. */
static char *
next_word(const char **p)
{
	const char *start = *p + strspn(*p, " \t\r"), *end;
	char quote = *start == '"' || *start == '\'' ? *start : '\0';

	if (!*start)
		return NULL;
	if (*start == '{' || *start == '}') {
		*p = start + 1;
		return g_strndup(start, 1);
	}
	start += quote != '\0';
	end = quote ? strchr(start, quote) : start + strcspn(start, " \t\r{");
	end = end ? end : start + strlen(start);
	*p = end + (quote && *end);
	return g_strndup(start, (gsize)(end - start));
}

/* Reads a line outside of braces; returns TRUE when it opens them. */
static gboolean
read_outside(const char *line, const char *path, gboolean *found)
{
	gboolean opens = FALSE;

	for (char *word; (word = next_word(&line)); g_free(word)) {
		opens = opens || strcmp(word, "{") == 0;
		if (*word == '/' && fnmatch(word, path, FNM_PATHNAME) == 0)
			*found = TRUE;
	}
	return opens;
}

gboolean
logrotate_names(const char *text, gsize len, const char *path)
{
	g_autofree char *copy = g_strndup(text, len);
	gboolean inside = FALSE, script = FALSE, found = FALSE;

	for (char *line = copy, *next; line && !found; line = next) {
		const char *start = line + strspn(line, " \t");
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (inside && script)
			script = !g_str_has_prefix(start, "endscript");
		else if (inside && (g_str_has_prefix(start, "postrotate") || g_str_has_prefix(start, "prerotate") ||
		                    g_str_has_prefix(start, "firstaction") || g_str_has_prefix(start, "lastaction") || g_str_has_prefix(start, "preremove")))
			script = TRUE;
		else if (inside)
			inside = *start != '}' && !g_str_has_suffix(g_strchomp(line), "}");
		else if (*start != '#' && !g_str_has_prefix(start, "include") && !g_str_has_prefix(start, "tabooext"))
			inside = read_outside(start, path, &found) && !g_str_has_suffix(g_strchomp(line), "}");
	}
	return found;
}
