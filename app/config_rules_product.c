#include "app/config_rules_product.h"

#include <string.h>
#include <unistd.h>

#include "app/config_checks.h"
#include "app/rule_files.h"

#define NAME_CHARACTERS CONFIG_LETTERS CONFIG_DIGITS "_.-"

/* --- what is asked of the product --- */

/* A path is below product.url: that is where the token goes. */
static void
check_place(struct config_findings *f, const char *path, const struct config_product *p, const struct config_probe *probe)
{
	g_autofree char *at = config_member(path, "url");

	if (probe->url[0] != '/')
		config_check_url(f, at, probe->url, probe->token != NULL, FALSE);
	else if (!p->url)
		config_findings_add(f, at, "is a path below product.url, which is not given");
	else if (strpbrk(probe->url, " \t\r\n\\#"))
		config_findings_add(f, at, "has characters that no path has");
	else if (probe->token)
		config_check_url(f, at, p->url, TRUE, FALSE);
}

/* It is asked again and again: only what changes nothing. A login is a POST. */
static void
check_method(struct config_findings *f, const char *path, const struct config_probe *probe)
{
	static const char *const methods[] = { "GET", "HEAD", "POST", NULL };
	g_autofree char *method = config_member(path, "method"), *body = config_member(path, "body");

	config_findings_word(f, method, probe->method, methods);
	if (probe->body && g_strcmp0(probe->method, "POST") != 0)
		config_findings_add(f, body, "goes with method: POST only");
}

/* `reads`: what the pointer points at; NULL: the probe has none. */
static void
check_probe(struct config_findings *f, const char *path, const struct config_product *p, const struct config_probe *probe, const char *reads)
{
	g_autofree char *pointer = config_member(path, "pointer"), *token = config_member(path, "token");

	if (!probe)
		return;
	check_place(f, path, p, probe);
	check_method(f, path, probe);
	config_check_secret(f, token, probe->token);
	config_check_number(f, path, "refresh", probe->refresh, 2, 3600);
	config_check_pointer(f, path, "pointer", probe->pointer);
	if (reads && !probe->pointer)
		config_findings_add(f, path, "\"pointer\" is missing: where in the answer %s stands", reads);
	else if (!reads && probe->pointer)
		config_findings_add(f, pointer, "is for ingest and audit_rows: here the status alone is looked at");
}

static void
check_probes(struct config_findings *f, const struct config_product *p)
{
	check_probe(f, "product.authread", p, p->authread, NULL);
	check_probe(f, "product.auth", p, p->auth, NULL);
	check_probe(f, "product.ingest", p, p->ingest, "the time of the newest event");
	check_probe(f, "product.audit_rows", p, p->audit_rows, "the number of rows");
}

/* --- where it runs --- */

static void
check_host(struct config_findings *f, const struct config *c, const struct config_product *p)
{
	gboolean found = c->hosts_count == 0 && g_strcmp0(p->host, g_get_host_name()) == 0; /* without hosts it is this machine */

	for (unsigned i = 0; p->host && i < c->hosts_count; i++)
		found = found || strcmp(c->hosts[i].name, p->host) == 0;
	if (p->host && !found)
		config_findings_add(f, "product.host", "no host is called \"%s\": hosts names them", p->host);
	if (p->container && !p->host)
		config_findings_add(f, "product.container", "needs product.host, where it runs");
	config_check_shown(f, "product", "container", p->container, FALSE);
}

static void
check_ca(struct config_findings *f, const char *path)
{
	if (*path != '/')
		config_findings_add(f, "product.ca", "must be an absolute path, not \"%s\"", path);
	else if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		config_findings_add(f, "product.ca", "there is no file %s", path);
	else if (access(path, R_OK) != 0)
		config_findings_add(f, "product.ca", "%s cannot be read by this user", path);
}

/* --- words --- */

static void
check_variables(struct config_findings *f, const struct config_product *p)
{
	static const char *const own[] = { "env", "url", "health", "host", "container", "reports", NULL };
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < p->variables_count; i++) {
		g_autofree char *path = g_strdup_printf("product.variables[%u]", i), *name = config_member(path, "name");
		config_check_variable(f, path, seen, &p->variables[i]);
		if (g_strv_contains(own, p->variables[i].name))
			config_findings_add(f, name, "{%s} is product.%s: set that", p->variables[i].name, p->variables[i].name);
	}
	for (unsigned i = 0; i < p->impersonators_count; i++) {
		g_autofree char *path = g_strdup_printf("impersonators[%u]", i);
		config_check_shown(f, "product", path, p->impersonators[i], FALSE);
	}
}

static void
check_product(const struct config *c, struct config_findings *f, const struct config_product *p)
{
	if (p->env && !config_is_of(p->env, NAME_CHARACTERS))
		config_findings_add(f, "product.env", "\"%s\" must be a word such as prod or staging", p->env);
	if (p->url)
		config_check_url(f, "product.url", p->url, FALSE, TRUE);
	if (p->health && (*p->health != '/' || strpbrk(p->health, " \t\r\n\\#")))
		config_findings_add(f, "product.health", "must be a path below product.url, such as /api/v1/health");
	if (p->canary)
		config_check_url(f, "product.canary", p->canary, FALSE, FALSE);
	if (p->ca)
		check_ca(f, p->ca);
	config_check_path(f, "product.reports", p->reports);
	check_host(f, c, p);
	check_probes(f, p);
	check_variables(f, p);
}

static void
check_paths(struct config_findings *f, const char *path, char **paths, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		g_autofree char *at = g_strdup_printf("%s[%u]", path, i);
		config_check_path(f, at, paths[i]);
	}
}

void
config_rules_check_product(const struct config *c, struct config_findings *f)
{
	if (c->product)
		check_product(c, f, c->product);
	check_paths(f, "checklists", c->checklists, c->checklists_count);
	if (c->rules)
		check_paths(f, "rules.files", c->rules->files, c->rules->files_count);
	if (c->rules && c->rules->disabled_count > 0)
		rule_files_check_disabled(c, f);
}
