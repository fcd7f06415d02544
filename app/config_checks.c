#include "app/config_checks.h"

#include <regex.h>
#include <string.h>

#include "backends/http.h"
#include "model/duration.h"
#include "model/json.h"
#include "model/log_pattern.h"
#include "model/placeholder.h"
#include "model/sanitize.h"

char *
config_member(const char *path, const char *name)
{
	return *path ? g_strconcat(path, ".", name, NULL) : g_strdup(name);
}

void
config_check_number(struct config_findings *f, const char *path, const char *name, const unsigned *n, unsigned least, unsigned most)
{
	g_autofree char *at = config_member(path, name);

	if (n && (*n < least || *n > most))
		config_findings_add(f, at, "must be between %u and %u", least, most);
}

gboolean
config_is_of(const char *text, const char *characters)
{
	return *text && *text != '-' && text[strspn(text, characters)] == '\0';
}

void
config_check_url(struct config_findings *f, const char *path, const char *url, gboolean token, gboolean base)
{
	g_autofree char *host = NULL, *scheme = g_uri_parse_scheme(url), *user = NULL;
	guint16 port;

	if (g_strcmp0(scheme, "http") != 0 && g_strcmp0(scheme, "https") != 0)
		config_findings_add(f, path, "must begin with http:// or https://");
	else if (!http_url_peer(url, &host, &port) || !*host || strpbrk(url, " \t\r\n\\"))
		config_findings_add(f, path, "names no host, or one that is not valid");
	else if (g_uri_split_with_user(url, G_URI_FLAGS_NONE, NULL, &user, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) && user)
		config_findings_add(f, path, "must not hold a user or a password: a token is given as env, file or command");
	else if (base && strpbrk(url, "?#"))
		config_findings_add(f, path, "must be the server's address without a query");
	else if (token && strcmp(scheme, "http") == 0 && !http_url_is_private(url))
		config_findings_add(f, path, "the token would go to %s over plain http, where everyone on the way can read it: use https://", host);
}

void
config_check_path(struct config_findings *f, const char *path, const char *file)
{
	if (file && *file != '/' && !g_str_has_prefix(file, "~/"))
		config_findings_add(f, path, "must be an absolute path, or begin with ~/, not \"%s\"", file);
}

void
config_check_secret(struct config_findings *f, const char *path, const struct config_secret *s)
{
	g_autofree char *env = config_member(path, "env"), *file = config_member(path, "file");

	if (!s)
		return;
	if ((s->env != NULL) + (s->file != NULL) + (s->command != NULL) != 1)
		config_findings_add(f, path, "needs exactly one of env, file and command");
	if (s->env && (!config_is_of(s->env, CONFIG_LETTERS CONFIG_DIGITS "_") || g_ascii_isdigit(*s->env)))
		config_findings_add(f, env, "must be the name of a variable of the environment, not the secret itself");
	if (s->file && *s->file != '/' && !g_str_has_prefix(s->file, "~/")) /* its words are not shown: they may be the secret itself */
		config_findings_add(f, file, "must be an absolute path, or begin with ~/");
}

void
config_check_pointer(struct config_findings *f, const char *path, const char *name, const char *pointer)
{
	g_autofree char *at = config_member(path, name);

	if (pointer && !json_pointer_is_valid(pointer))
		config_findings_add(f, at, "\"%s\" is no JSON pointer: it begins with \"/\", as in /data/gateways; ~1 stands for a \"/\" in a name, ~0 for a \"~\"",
		                    pointer);
}

void
config_check_pattern(struct config_findings *f, const char *path, const char *name, const char *pattern)
{
	g_autofree char *at = config_member(path, name);
	g_autoptr(GError) error = NULL;
	struct log_pattern *compiled = pattern ? log_pattern_new_exact(pattern, &error) : NULL;

	if (error)
		config_findings_add(f, at, "%s", error->message);
	log_pattern_free(compiled);
}

void
config_check_extended_pattern(struct config_findings *f, const char *path, const char *name, const char *pattern)
{
	g_autofree char *at = config_member(path, name);
	char words[200];
	regex_t compiled;
	int fault = pattern ? regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) : 0;

	if (!pattern)
		return;
	if (fault == 0) {
		regfree(&compiled);
		return;
	}
	regerror(fault, &compiled, words, sizeof words);
	config_findings_add(f, at, "is no extended regular expression: %s", words);
}

/* "90s", "30m", "2h", "7d": in the largest unit that is whole. */
static char *
span_text(gint64 seconds)
{
	static const struct { char name; gint64 seconds; } units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 } };

	for (guint i = 0; i < G_N_ELEMENTS(units); i++)
		if (seconds > 0 && seconds % units[i].seconds == 0)
			return g_strdup_printf("%" G_GINT64_FORMAT "%c", seconds / units[i].seconds, units[i].name);
	return g_strdup_printf("%" G_GINT64_FORMAT "s", seconds);
}

gint64
config_check_span(struct config_findings *f, const char *path, const char *name, const char *text, gint64 least, gint64 most, gint64 otherwise)
{
	g_autofree char *at = config_member(path, name), *from = span_text(least), *to = span_text(most);
	gint64 seconds = otherwise;

	if (!text)
		return otherwise;
	if (!duration_parse(text, &seconds))
		config_findings_add(f, at, "must be a span of time such as 10s, 30m, 1h30m or 7d, not \"%.40s\"", text);
	else if (seconds < least || seconds > most)
		config_findings_add(f, at, "must be between %s and %s", from, to);
	return seconds;
}

void
config_check_shown(struct config_findings *f, const char *path, const char *name, const char *text, gboolean lines)
{
	g_autofree char *at = config_member(path, name), *safe = text ? (lines ? sanitize_lines : sanitize_text)(text, -1) : NULL;

	if (text && strcmp(safe, text) != 0)
		config_findings_add(f, at, "has characters that cannot be shown as they are: control characters, or such that turn the direction of text");
}

void
config_check_variable(struct config_findings *f, const char *path, GHashTable *seen, const struct config_variable *v)
{
	g_autofree char *name = config_member(path, "name");

	if (!placeholder_is_name(v->name))
		config_findings_add(f, name, "\"%s\" must be of small letters, digits and _, begun by a letter", v->name);
	else if (strcmp(v->name, "version") == 0)
		config_findings_add(f, name, "{version} is the version that is expected: it is told when a run begins");
	else if (!g_hash_table_add(seen, v->name))
		config_findings_add(f, name, "another variable is called \"%s\" already", v->name);
	config_check_shown(f, path, "value", v->value, FALSE);
}
