/* What the configuration says of servers that are asked over HTTP. */
#ifndef MW_APP_CONFIGURED_HTTP_H
#define MW_APP_CONFIGURED_HTTP_H

#include "app/config.h"
#include "backends/alertmanager.h"

/* Where a secret comes from: `out`, filled with borrowed texts, or NULL when none is configured. */
const struct secret_source *config_secret_source(const struct config_secret *s, struct secret_source *out);
/* The Alertmanager, as alertmanager_new() makes it; NULL when none is configured. `interval_ms`: 0 = as configured. */
struct alertmanager *config_alertmanager_new(struct http *http, const struct config_alertmanager *c, guint interval_ms, struct foreign_alerts *alerts,
                                             void (*changed)(void *user), void *user);

#endif
