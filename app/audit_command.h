/* `midwatch audit`: lists the audit log, or checks that nobody changed it. Reads only. */
#ifndef MW_APP_AUDIT_COMMAND_H
#define MW_APP_AUDIT_COMMAND_H

#include <glib.h>

#include "app/options.h"

/* Exit code: 0 ok, 1 the log was changed, 2 it cannot be read or the options do not fit. */
int audit_run(const struct options *o);
/* The UTC time that --since means: 90s, 30m, 2h or 7d before `now_us`; or 2026-11-22, 2026-11-22T01:00, with seconds, with Z or an offset
 * (UTC when there is none). FALSE when it is none of these. */
gboolean audit_since(const char *text, gint64 now_us, gint64 *since_us);

#endif
