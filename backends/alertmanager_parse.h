/* What an Alertmanager says (API v2, its openapi.yaml), and the silence that it is asked for. Pure; the bytes are not trusted. */
#ifndef MW_BACKENDS_ALERTMANAGER_PARSE_H
#define MW_BACKENDS_ALERTMANAGER_PARSE_H

#include "model/foreign_alert.h"

#define ALERTMANAGER_ALERTS_MAX 5000 /* more are left out and counted */

/* GET /api/v2/alerts: of struct foreign_alert, owned, the active first, those that are suppressed last, each by their start. `left_out`: how many more
 * there were. NULL with a JSON_ERROR. */
GPtrArray *alertmanager_parse(const char *bytes, gsize len, guint *left_out, GError **error);
/* Its faults are a bare JSON string: safe words, newly allocated; NULL when it says nothing. */
char *alertmanager_parse_fault(const char *bytes, gsize len);
/* {"silenceID":"…"}: newly allocated, safe; NULL: it tells none. */
char *alertmanager_parse_silence(const char *bytes, gsize len);
/* The body that asks for a silence of exactly the labels of an alert, newly allocated; NULL: it has none, and a silence would be of everything. */
char *alertmanager_silence_body(const struct foreign_alert *a, gint64 begin_utc_us, gint64 end_utc_us, const char *by, const char *comment);

#endif
