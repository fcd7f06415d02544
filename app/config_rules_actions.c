#include "app/config_rules_actions.h"

#include <string.h>

#include "app/placeholders.h"

static char *
member(const char *path, const char *name)
{
	return g_strconcat(path, ".", name, NULL);
}

static void
check_name(struct config_findings *f, const struct config_action *a, const char *path)
{
	g_autofree char *at = member(path, "name");

	if (*a->name == '\0' || strspn(a->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(a->name))
		config_findings_add(f, at, "\"%s\" must be of small letters, digits and dashes: the command is called custom.NAME", a->name);
}

static void
check_words(struct config_findings *f, const struct config_action *a, const char *path)
{
	static const char *const places[] = { "host", "container", "model", "job", "gateway", NULL };
	static const char *const dangers[] = { "none", "changes", "destroys", NULL };
	static const char *const confirms[] = { "key", "count", "host", NULL };
	g_autofree char *on = member(path, "on"), *danger = member(path, "danger"), *confirm = member(path, "confirm");

	config_findings_word(f, on, a->on, places);
	config_findings_word(f, danger, a->danger, dangers);
	config_findings_word(f, confirm, a->confirm, confirms);
}

/* Whom the request goes to is the configuration's to say: not the name of a container. */
static gboolean
names_host(const char *url)
{
	const char *host = strstr(url, "://") + 3;
	gsize own = g_str_has_prefix(host, "{host}") ? strlen("{host}") : 0, n = strcspn(host, "/?#");

	return n > 0 && *host != ':' && strcspn(host + own, "{} \t\\") >= n - own;
}

static void
check_http(struct config_findings *f, const struct config_http *h, const char *path)
{
	g_autofree char *url = member(path, "http.url"), *method = member(path, "http.method");

	if (!g_str_has_prefix(h->url, "http://") && !g_str_has_prefix(h->url, "https://"))
		config_findings_add(f, url, "must begin with http:// or https://");
	else if (!names_host(h->url))
		config_findings_add(f, url, "names no host, or one that is not valid");
	if (h->method && strspn(h->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(h->method))
		config_findings_add(f, method, "\"%s\" must be of capital letters, as in POST", h->method);
	for (unsigned i = 0; i < h->headers_count; i++) {
		g_autofree char *at = g_strdup_printf("%s.http.headers[%u]", path, i);
		if (!strchr(h->headers[i], ':') || strpbrk(h->headers[i], "\r\n"))
			config_findings_add(f, at, "must be one line, \"Name: value\"");
	}
}

/* A gateway is reached by its link alone, and has no role. */
static void
check_gateway(struct config_findings *f, const struct config *c, const struct config_action *a, const char *path)
{
	g_autofree char *on = member(path, "on"), *roles = member(path, "roles"), *http = member(path, "http");

	if (!config_action_is_on_gateway(a))
		return;
	if (!c->fleet)
		config_findings_add(f, on, "there are no gateways: fleet names them");
	if (a->roles_count > 0)
		config_findings_add(f, roles, "are of hosts: a gateway has none");
	if (a->http)
		config_findings_add(f, http, "is for hosts: on a gateway it is a command, with curl for example");
}

static void
check_action(struct config_findings *f, const struct config_action *a, const char *path)
{
	g_autofree char *command = member(path, "command"), *timeout = member(path, "timeout");
	const char *problem = a->command ? placeholders_check_shell(a->command) : NULL;

	check_name(f, a, path);
	check_words(f, a, path);
	if (!a->command == !a->http)
		config_findings_add(f, path, "needs exactly one of command and http");
	if (problem)
		config_findings_add(f, command, "%s", problem);
	if (a->command && a->timeout)
		config_findings_add(f, timeout, "is of http only: a command goes on until it ends");
	if (a->http)
		check_http(f, a->http, path);
}

void
config_rules_check_actions(const struct config *c, struct config_findings *f)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < c->actions_count; i++) {
		g_autofree char *path = g_strdup_printf("actions[%u]", i), *name = member(path, "name");
		check_action(f, &c->actions[i], path);
		check_gateway(f, c, &c->actions[i], path);
		if (!g_hash_table_add(seen, c->actions[i].name))
			config_findings_add(f, name, "another action is called \"%s\" already", c->actions[i].name);
	}
}
