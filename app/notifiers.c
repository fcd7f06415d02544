#include "app/notifiers.h"

#include "app/configured_http.h"

static void
told_free(gpointer data)
{
	struct told *t = data;

	notifier_free(t->notifier);
	g_free(t);
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
add(GPtrArray *all, struct http *http, const struct notify_settings *s, const struct config_secret *secret, guint severities)
{
	struct told *t = g_new0(struct told, 1);
	struct notify_settings whole = *s;

	config_secret_source(secret, &whole.secret);
	*t = (struct told){ .notifier = notifier_new(http, &whole), .service = s->service, .severities = severities };
	g_ptr_array_add(all, t);
}

GPtrArray *
notifiers_new(struct http *http, const struct config *c, guint patience_ms)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(told_free);
	const struct config_notify *n = c->notify;

	if (n && n->pagerduty)
		add(all, http, &(struct notify_settings){
			.service = NOTIFY_PAGERDUTY, .name = "pagerduty", .url = n->pagerduty->url, .source = g_get_host_name(), .patience_ms = patience_ms },
		    n->pagerduty->routing_key, 1u << RULE_PAGE);
	for (guint i = 0; n && i < n->slack_count; i++) {
		g_autofree char *name = g_strdup_printf("slack %s", n->slack[i].name);
		add(all, http, &(struct notify_settings){ .service = NOTIFY_SLACK, .name = name, .patience_ms = patience_ms }, n->slack[i].webhook,
		    severities_of(n->slack[i].tells, n->slack[i].tells_count));
	}
	if (n && n->telegram)
		add(all, http, &(struct notify_settings){
			.service = NOTIFY_TELEGRAM, .name = "telegram", .url = n->telegram->url, .chat = n->telegram->chat,
			.thread = n->telegram->thread ? (gint64)*n->telegram->thread : 0, .patience_ms = patience_ms },
		    n->telegram->token, severities_of(n->telegram->tells, n->telegram->tells_count));
	return all;
}

gboolean
told_is_told_of(const struct told *t, enum rule_severity s)
{
	return (t->severities & 1u << s) != 0;
}
