/* What the doctor finds of those who are told: whether their secrets can be had, and whether the Alertmanager answers. Nothing is sent to anybody. */
#ifndef MW_APP_DOCTOR_NOTIFY_H
#define MW_APP_DOCTOR_NOTIFY_H

#include "app/config.h"
#include "app/doctor_report.h"
#include "backends/http.h"

struct doctor_notify;

/* Begins to ask. NULL: neither notifiers nor an Alertmanager are configured. `settled`: once, later, when all is known. */
struct doctor_notify *doctor_notify_new(struct http *http, const struct config *c, void (*settled)(void *user), void *user);
void doctor_notify_free(struct doctor_notify *d); /* NULL is ignored */
gboolean doctor_notify_is_settled(const struct doctor_notify *d);
/* What is known of it now, what has not answered said to be late; the caller frees it. */
struct doctor_host *doctor_notify_conclude(const struct doctor_notify *d);

#endif
