/* The answer to an instant query of Prometheus (prometheus.io/docs/prometheus/latest/querying/api). Pure; the bytes are not trusted. */
#ifndef MW_BACKENDS_PROMETHEUS_PARSE_H
#define MW_BACKENDS_PROMETHEUS_PARSE_H

#include "backends/fleet_list.h"

/* The value of `label`, without a port at its end, names the gateway; 1 is online, 0 is offline, any other value (NaN) is not known. A series
 * without the label is left out. NULL with a JSON_ERROR. */
struct fleet_list *prometheus_parse(const char *bytes, gsize len, const char *label, GError **error);
/* {"status":"error"}: what it says, newly allocated and raw; NULL when it says nothing. */
char *prometheus_parse_error(const char *bytes, gsize len);

#endif
