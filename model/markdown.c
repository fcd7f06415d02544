#include "model/markdown.h"

#include <string.h>

#include "model/sanitize.h"

/* A safe copy without blanks around it: two at the end of a line would break it. */
static char *
safe_copy(const char *text)
{
	return g_strstrip(sanitize_text(text ? text : "", -1));
}

/* Addresses are made links by GitHub though nothing marks them as such. */
static gboolean
would_link(const char *text, const char *at)
{
	if (*at == ':')
		return at[1] == '/' && at[2] == '/';
	return *at == '.' && at - text >= 3 && g_ascii_strncasecmp(at - 3, "www", 3) == 0;
}

static void
escape(GString *out, const char *safe, gboolean cell)
{
	for (const char *at = safe; *at; at++) {
		if (cell && *at == '|') { /* "\\|" would end the cell for some */
			g_string_append(out, "&#124;");
			continue;
		}
		if (strchr("\\`*_[]<>|~&$#!{}", *at) || would_link(safe, at))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *at);
	}
}

void
markdown_text(GString *out, const char *text)
{
	g_autofree char *safe = safe_copy(text);

	escape(out, *safe ? safe : "–", FALSE);
}

void
markdown_cell(GString *out, const char *text, guint most)
{
	g_autofree char *safe = safe_copy(text), *cut = NULL;

	if ((guint)g_utf8_strlen(safe, -1) > most) {
		cut = g_utf8_substring(safe, 0, most - 1);
		g_strchomp(cut);
	}
	escape(out, cut ? cut : safe, TRUE);
	if (cut)
		g_string_append(out, "…");
}

static gsize
longest_run(const char *text, char of)
{
	gsize longest = 0, run = 0;

	for (; *text; text++) {
		run = *text == of ? run + 1 : 0;
		longest = MAX(longest, run);
	}
	return longest;
}

static void
append_run(GString *out, gsize count)
{
	while (count-- > 0)
		g_string_append_c(out, '`');
}

void
markdown_code(GString *out, const char *text)
{
	g_autofree char *safe = safe_copy(text);
	gsize marks = longest_run(safe, '`') + 1, length = strlen(safe);
	const char *pad;

	if (length == 0) {
		g_string_append(out, "–");
		return;
	}
	pad = safe[0] == '`' || safe[length - 1] == '`' ? " " : "";
	append_run(out, marks);
	g_string_append_printf(out, "%s%s%s", pad, safe, pad);
	append_run(out, marks);
}

void
markdown_fence(GString *out, const char *info, const char *const *lines, guint count)
{
	g_autoptr(GPtrArray) safe = g_ptr_array_new_with_free_func(g_free);
	gsize marks = 3;

	for (guint i = 0; i < count; i++) {
		char *line = sanitize_text(lines[i], -1);
		g_ptr_array_add(safe, line);
		marks = MAX(marks, longest_run(line, '`') + 1);
	}
	append_run(out, marks);
	g_string_append_printf(out, "%s\n", info);
	for (guint i = 0; i < count; i++)
		g_string_append_printf(out, "%s\n", (const char *)safe->pdata[i]);
	append_run(out, marks);
	g_string_append_c(out, '\n');
}

/* The length of an address at the start that holds nothing which could end its brackets; 0 when there is none. */
static gsize
address_at(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$&'()*+,;=%";
	gsize length;

	if (!g_str_has_prefix(text, "https://") && !g_str_has_prefix(text, "http://"))
		return 0;
	length = strspn(text, allowed);
	return text[length] == '\0' || text[length] == ' ' ? length : 0;
}

void
markdown_link(GString *out, const char *text)
{
	g_autofree char *safe = safe_copy(text);
	gsize length = address_at(safe);

	if (length > 0)
		g_string_append_printf(out, "<%.*s>", (int)length, safe);
	if (length > 0 && safe[length])
		g_string_append_c(out, ' ');
	if (length == 0 || safe[length])
		markdown_text(out, safe + length);
}
