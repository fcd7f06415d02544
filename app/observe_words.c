/* The shell command that shows what a check looks at, for the operator's own terminal. */
#include "app/observe_private.h"

#include <string.h>

#include "model/sanitize.h"

#define GATEWAYS_NAMED 8 /* more than that, and one stands for all */

/* A word as the shell takes it, quoted only where it has to be. */
static char *
word(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,=";

	return *text && strspn(text, plain) == strlen(text) ? g_strdup(text) : g_shell_quote(text);
}

/* Does grep -E know it? Else it is -P. */
static const char *
grep_kind(const char *pattern)
{
	return strstr(pattern, "(?") || strstr(pattern, "\\d") || strstr(pattern, "\\x") || strstr(pattern, "\\p") || strstr(pattern, "*?")
	       || strstr(pattern, "+?") ? "P" : "E";
}

static char *
grep(const char *pattern)
{
	g_autofree char *quoted = g_shell_quote(pattern);

	return g_strdup_printf("grep -%se %s", grep_kind(pattern), quoted);
}

/* `command` on a host: over ssh, unless it is this machine. */
static char *
on_host(const struct observe_context *c, const char *host, const char *command)
{
	const struct machine *m = observe_machine(c, host);
	const struct config_host *h = m ? m->config : NULL;
	const char *ssh_config = h ? h->ssh_config : m && m->gateway && c->config->fleet ? c->config->fleet->ssh_config : NULL;
	g_autofree char *quoted = NULL, *alias = NULL, *file = NULL;

	if (!host || (m && m->host->local))
		return g_strdup(command);
	quoted = g_shell_quote(command);
	alias = word(h && h->ssh ? h->ssh : host);
	file = ssh_config ? word(ssh_config) : NULL;
	return g_strdup_printf("ssh %s%s%s%s %s", file ? "-F " : "", file ? file : "", file ? " " : "", alias, quoted);
}

static char *
http_words(const struct observe_context *c, const struct check_run *r, const struct check *check)
{
	const char *ca = c->config->product ? c->config->product->ca : NULL;
	g_autofree char *url = run_fill(r, check->url, NULL), *body = check->body ? run_fill(r, check->body, NULL) : NULL;
	g_autofree char *quoted = url ? word(url) : NULL, *file = ca ? word(ca) : NULL, *match = body ? grep(body) : NULL;
	g_autofree char *more = ca ? g_strdup_printf(" --cacert %s", file) : g_strdup("");

	if (!url)
		return NULL;
	if (check->members->len > 0)
		return g_strdup_printf("curl -sf -m 5%s %s | jq .", more, quoted);
	if (match)
		return g_strdup_printf("curl -sf -m 5%s %s | %s", more, quoted, match);
	return g_strdup_printf("curl -sI -m 5%s %s | head -5", more, quoted);
}

static char *
log_words(const struct observe_context *c, const struct check_run *r, const struct check *check)
{
	g_autofree char *host = check->host ? run_fill(r, check->host, NULL) : NULL, *pattern = run_fill(r, check->pattern ? check->pattern : "", NULL);
	const char *of = check->container ? check->container : check->unit ? check->unit : check->file;
	g_autofree char *name = run_fill(r, of, NULL), *quoted = name ? word(name) : NULL, *match = pattern ? grep(pattern) : NULL, *command = NULL;
	const char *tail = check->expect == EXPECT_SHOWN ? " | tail -50" : "";

	if (!name || !match || (check->host && !host))
		return NULL;
	if (check->container)
		command = g_strdup_printf("docker logs --since %um %s 2>&1 | %s%s", check->since_min, quoted, match, tail);
	else if (check->unit)
		command = g_strdup_printf("journalctl -u %s --since '%u min ago' | %s%s", quoted, check->since_min, match, tail);
	else
		command = g_strdup_printf("%s %s%s", match, quoted, tail);
	return on_host(c, host, command);
}

static char *
fleet_words(const struct observe_context *c, const struct check_run *r, const struct check *check)
{
	const struct fleet *f = c->world->fleet;
	g_autofree char *pattern = run_fill(r, check->pattern ? check->pattern : "", NULL), *match = pattern ? grep(pattern) : NULL;
	g_autofree char *unit = f ? word(f->unit) : NULL, *remote = NULL, *quoted = NULL, *file = NULL;
	const char *ssh_config = c->config->fleet ? c->config->fleet->ssh_config : NULL;
	g_autoptr(GString) names = g_string_new(NULL);

	if (!f || f->gateways->len == 0 || !match)
		return NULL;
	remote = g_strdup_printf("sudo journalctl -u %s --since '%u min ago' | %s", unit, check->since_min, match);
	if (f->gateways->len > GATEWAYS_NAMED) {
		g_autofree char *one = on_host(c, ((const struct gateway *)f->gateways->pdata[0])->host->name, remote);
		return g_strdup_printf("%s  # the same on each of %u gateways", one, f->gateways->len);
	}
	for (guint i = 0; i < f->gateways->len; i++) {
		g_autofree char *name = word(((const struct gateway *)f->gateways->pdata[i])->host->name);
		g_string_append_printf(names, " %s", name);
	}
	quoted = g_shell_quote(remote);
	file = ssh_config ? word(ssh_config) : NULL;
	return g_strdup_printf("for g in%s; do ssh %s%s%s\"$g\" %s; done", names->str, file ? "-F " : "", file ? file : "", file ? " " : "", quoted);
}

static char *
words_of(const struct observe_context *c, const struct check_run *r, const struct check *check)
{
	g_autofree char *host = check->host ? run_fill(r, check->host, NULL) : NULL, *command = NULL;

	switch (check->kind) {
	case CHECK_HTTP: return http_words(c, r, check);
	case CHECK_LOGS: return log_words(c, r, check);
	case CHECK_FLEET: return fleet_words(c, r, check);
	case CHECK_COMMAND:
		command = run_fill_shell(r, check->command, NULL);
		return command && (host || !check->host) ? on_host(c, host, command) : NULL;
	default: return NULL;
	}
}

char *
observe_command(const struct observe_context *c, const struct check_run *r, const struct check *check)
{
	g_autofree char *words = words_of(c, r, check);

	return words ? sanitize_text(words, -1) : NULL;
}
