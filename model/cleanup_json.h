/* One line of the cleanup log in JSON; see model/cleanup_log.h. */
#ifndef MW_MODEL_CLEANUP_JSON_H
#define MW_MODEL_CLEANUP_JSON_H

#include "model/cron.h"

/* NULL when it is not an object with a time. Owned by the caller. */
struct cleanup_run *cleanup_json_parse(const char *line, gsize len, GTimeZone *zone);

#endif
