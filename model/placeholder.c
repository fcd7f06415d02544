#include "model/placeholder.h"

#include <string.h>

#define NAME "abcdefghijklmnopqrstuvwxyz0123456789_"
#define LIKE_NAME NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"

/* Does what stands before the brace make it something else? */
static gboolean
is_foreign(const char *text, const char *at)
{
	if (at > text && (at[-1] == '$' || at[-1] == '{'))
		return TRUE;
	return at > text + 1 && at[-2] == '\\' && strchr("xopPNkg", at[-1]);
}

/* The length of a word in braces of those characters; 0: there is none. */
static gsize
braced(const char *text, const char *at, const char *characters)
{
	gsize n;

	if (*at != '{' || is_foreign(text, at))
		return 0;
	n = strspn(at + 1, characters);
	return n > 0 && n <= PLACEHOLDER_NAME_MAX && at[n + 1] == '}' ? n + 2 : 0;
}

gsize
placeholder_length(const char *text, const char *at)
{
	gsize n = braced(text, at, NAME);

	return n > 0 && g_ascii_islower(at[1]) ? n : 0;
}

/* A number in braces is a repetition of a pattern. */
char *
placeholder_malformed(const char *text)
{
	for (const char *at = text; *at; at++) {
		gsize n = braced(text, at, LIKE_NAME);
		if (n > 0 && placeholder_length(text, at) == 0 && strspn(at + 1, "0123456789") < n - 2)
			return g_strndup(at, n);
	}
	return NULL;
}

gboolean
placeholder_is_name(const char *name)
{
	return g_ascii_islower(*name) && name[strspn(name, NAME)] == '\0' && strlen(name) <= PLACEHOLDER_NAME_MAX;
}
