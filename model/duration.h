/* Spans of time as people write them: "10s", "30m", "1h30m", "7d". */
#ifndef MW_MODEL_DURATION_H
#define MW_MODEL_DURATION_H

#include <glib.h>

#define DURATION_MAX_S (100000 * (gint64)86400)

/* Whole numbers with the units d, h, m and s, each at most once and in this order, as Prometheus takes them. FALSE when it is none, or longer than
 * DURATION_MAX_S. */
gboolean duration_parse(const char *text, gint64 *seconds);

#endif
