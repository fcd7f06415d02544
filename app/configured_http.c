#include "app/configured_http.h"

const struct secret_source *
config_secret_source(const struct config_secret *s, struct secret_source *out)
{
	*out = (struct secret_source){ 0 };
	if (!s)
		return NULL;
	*out = (struct secret_source){ .env = s->env, .file = s->file, .command = s->command };
	return out;
}

struct alertmanager *
config_alertmanager_new(struct http *http, const struct config_alertmanager *c, guint interval_ms, struct foreign_alerts *alerts,
                        void (*changed)(void *user), void *user)
{
	struct secret_source token;

	if (!c || !c->url)
		return NULL;
	if (interval_ms == 0 && c->refresh)
		interval_ms = MIN(*c->refresh, G_MAXUINT / 1000) * 1000;
	return alertmanager_new(http, &(struct alertmanager_settings){ .url = c->url, .token = config_secret_source(c->token, &token), .interval_ms = interval_ms },
	                        alerts, changed, user);
}
