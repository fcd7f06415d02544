/* An Alertmanager (API v2): its alerts, asked for again and again, and silences made there. */
#ifndef MW_BACKENDS_ALERTMANAGER_H
#define MW_BACKENDS_ALERTMANAGER_H

#include "backends/http_poll.h"
#include "model/audit.h"
#include "model/foreign_alert.h"

struct alertmanager_settings {
	const char *url;                   /* base, "http://127.0.0.1:9093" */
	const struct secret_source *token; /* NULL: none */
	guint interval_ms;                 /* 0 = 15,000 */
};

struct alertmanager;
/* Keeps `alerts`, borrowed; `changed` after each answer. */
struct alertmanager *alertmanager_new(struct http *http, const struct alertmanager_settings *s, struct foreign_alerts *alerts, void (*changed)(void *user),
                                      void *user);
/* NULL is ignored; not from inside `changed`. A silence that is being made is told of first. */
void alertmanager_free(struct alertmanager *a);
void alertmanager_ask(struct alertmanager *a);  /* now, and from then on at its interval */
/* Makes a silence that matches exactly the labels of an alert, from now for so long. `done` is called once, later, or when it is freed: the silence's
 * id as result when ok. Sent once. */
typedef void (*alertmanager_silenced)(void *user, enum outcome outcome, const char *result);
void alertmanager_silence(struct alertmanager *a, const struct foreign_alert *alert, gint64 seconds, const char *by, const char *comment,
                          alertmanager_silenced done, void *user);

#endif
