/* The list of gateways, and which are online, from an instant query of Prometheus: for gateways that are not reached by SSH. */
#ifndef MW_BACKENDS_PROMETHEUS_H
#define MW_BACKENDS_PROMETHEUS_H

#include "backends/fleet_list.h"
#include "backends/http.h"
#include "backends/secret_source.h"

struct prometheus_settings {
	const char *url;                   /* its address, to which /api/v1/query is added */
	const char *query;                 /* one series a gateway: 1 is online, 0 is offline */
	const char *label;                 /* that names the gateway; NULL = "instance" */
	const struct secret_source *token; /* NULL: none */
	guint interval_ms;                 /* 0 = 15,000 */
	guint timeout_ms;                  /* 0 = 10,000 */
};

struct prometheus;
/* Strings of `s` are copied. Nothing is asked before prometheus_ask(). */
struct prometheus *prometheus_new(struct http *http, const struct prometheus_settings *s, const struct fleet_list_events *e, void *user);
void prometheus_free(struct prometheus *p); /* NULL is ignored; not from inside an event */
void prometheus_ask(struct prometheus *p);  /* now, and from then on at its interval */

#endif
