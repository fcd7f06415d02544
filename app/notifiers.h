/* Whom the configuration tells, and of what. */
#ifndef MW_APP_NOTIFIERS_H
#define MW_APP_NOTIFIERS_H

#include "app/config.h"
#include "backends/notify.h"
#include "model/rule.h"

struct told {
	struct notifier *notifier;   /* owned */
	enum notify_service service;
	guint severities;            /* a bit 1 << enum rule_severity for each that it is told of */
};

/* Those of `notify`, in the order PagerDuty, Slack's, Telegram: of struct told, owned; empty when there are none. Nothing is read or sent before the
 * first message. `patience_ms`: so long is a message tried, 0 = NOTIFY_PATIENCE_MS. */
GPtrArray *notifiers_new(struct http *http, const struct config *c, guint patience_ms);
gboolean told_is_told_of(const struct told *t, enum rule_severity s);

#endif
