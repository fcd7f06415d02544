/* Who is told, and whose alerts are shown beside ours. */
#include <string.h>

#include "app/config_checks.h"
#include "app/config_rules_product.h"
#include "model/rule.h"

static void
check_tells(struct config_findings *f, const char *path, char **words, unsigned count)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	enum rule_severity severity;

	for (unsigned i = 0; i < count; i++) {
		g_autofree char *at = g_strdup_printf("%s.tells[%u]", path, i);
		if (!rule_severity_parse(words[i], &severity))
			config_findings_add(f, at, "\"%s\" is none of: page, crit, warn, ticket, info", words[i]);
		else if (!g_hash_table_add(seen, words[i]))
			config_findings_add(f, at, "\"%s\" stands here twice", words[i]);
	}
}

/* Another address than the service's own: the secret goes there. */
static void
check_service(struct config_findings *f, const char *path, const char *url)
{
	g_autofree char *at = config_member(path, "url");

	if (url)
		config_check_url(f, at, url, TRUE, TRUE);
}

static void
check_slack(struct config_findings *f, const struct config_notify *n)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (unsigned i = 0; i < n->slack_count; i++) {
		const struct config_slack *s = &n->slack[i];
		g_autofree char *path = g_strdup_printf("notify.slack[%u]", i), *name = config_member(path, "name"), *webhook = config_member(path, "webhook");
		if (!config_is_of(s->name, CONFIG_LETTERS CONFIG_DIGITS "_-"))
			config_findings_add(f, name, "\"%s\" must be a word of letters, digits, _ and dashes", s->name);
		else if (!g_hash_table_add(seen, s->name))
			config_findings_add(f, name, "another one is called \"%s\" already", s->name);
		config_check_secret(f, webhook, s->webhook);
		check_tells(f, path, s->tells, s->tells_count);
	}
}

/* A number, negative for groups, or the name of a public channel. */
static gboolean
is_chat(const char *chat)
{
	if (*chat == '@')
		return config_is_of(chat + 1, CONFIG_LETTERS CONFIG_DIGITS "_");
	return config_is_of(chat + (*chat == '-'), CONFIG_DIGITS);
}

static void
check_telegram(struct config_findings *f, const struct config_telegram *t)
{
	config_check_secret(f, "notify.telegram.token", t->token);
	check_service(f, "notify.telegram", t->url);
	check_tells(f, "notify.telegram", t->tells, t->tells_count);
	config_check_number(f, "notify.telegram", "thread", t->thread, 1, G_MAXINT);
	if (!is_chat(t->chat))
		config_findings_add(f, "notify.telegram.chat", "must be the number of a chat (\"-1001234567890\") or the name of a public channel (\"@name\"), not \"%s\"",
		                    t->chat);
}

void
config_rules_check_notify(const struct config *c, struct config_findings *f)
{
	const struct config_notify *n = c->notify;
	const struct config_alertmanager *a = c->alertmanager;

	if (n && n->pagerduty) {
		config_check_secret(f, "notify.pagerduty.routing_key", n->pagerduty->routing_key);
		check_service(f, "notify.pagerduty", n->pagerduty->url);
	}
	if (n)
		check_slack(f, n);
	if (n && n->telegram)
		check_telegram(f, n->telegram);
	if (a) {
		config_check_url(f, "alertmanager.url", a->url, a->token != NULL, TRUE);
		config_check_secret(f, "alertmanager.token", a->token);
		config_check_number(f, "alertmanager", "refresh", a->refresh, 2, 3600);
	}
}
