#include "app/notifiers.h"

static void
told_free(gpointer data)
{
	struct told *t = data;

	notifier_free(t->notifier);
	g_free(t);
}

static struct secret_source
source_of(const struct config_secret *s)
{
	return s ? (struct secret_source){ .env = s->env, .file = s->file, .command = s->command } : (struct secret_source){ 0 };
}

/* Words that are none were refused when the configuration was checked. */
static guint
severities_of(char **words, guint n)
{
	guint bits = n == 0 ? 1u << RULE_PAGE : 0;

	for (guint i = 0; i < n; i++) {
		enum rule_severity s;
		if (rule_severity_parse(words[i], &s))
			bits |= 1u << s;
	}
	return bits;
}

static void
add(GPtrArray *all, struct http *http, const struct notify_settings *s, guint severities)
{
	struct told *t = g_new0(struct told, 1);

	*t = (struct told){ .notifier = notifier_new(http, s), .service = s->service, .severities = severities };
	g_ptr_array_add(all, t);
}

GPtrArray *
notifiers_new(struct http *http, const struct config *c, guint patience_ms)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(told_free);
	const struct config_notify *n = c->notify;

	if (n && n->pagerduty)
		add(all, http, &(struct notify_settings){
			.service = NOTIFY_PAGERDUTY, .name = "pagerduty", .secret = source_of(n->pagerduty->routing_key), .url = n->pagerduty->url,
			.source = g_get_host_name(), .patience_ms = patience_ms }, 1u << RULE_PAGE);
	for (guint i = 0; n && i < n->slack_count; i++) {
		g_autofree char *name = g_strdup_printf("slack %s", n->slack[i].name);
		add(all, http, &(struct notify_settings){ .service = NOTIFY_SLACK, .name = name, .secret = source_of(n->slack[i].webhook), .patience_ms = patience_ms },
		    severities_of(n->slack[i].tells, n->slack[i].tells_count));
	}
	if (n && n->telegram)
		add(all, http, &(struct notify_settings){
			.service = NOTIFY_TELEGRAM, .name = "telegram", .secret = source_of(n->telegram->token), .url = n->telegram->url, .chat = n->telegram->chat,
			.thread = n->telegram->thread ? (gint64)*n->telegram->thread : 0, .patience_ms = patience_ms },
		    severities_of(n->telegram->tells, n->telegram->tells_count));
	return all;
}

gboolean
told_is_told_of(const struct told *t, enum rule_severity s)
{
	return (t->severities & 1u << s) != 0;
}
