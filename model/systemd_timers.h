/* systemd's timers as jobs, from `systemctl list-timers --all -o json` and `systemctl show` of the timers and of what they start.
 * Formats: https://www.freedesktop.org/software/systemd/man/latest/systemctl.html; times of the list are microseconds since 1970, null or 0
 * for none. A service's Result is "success" also when it never ran, so that it says something only with the time at which it ended. */
#ifndef MW_MODEL_SYSTEMD_TIMERS_H
#define MW_MODEL_SYSTEMD_TIMERS_H

#include "model/cron.h"

#define SYSTEMD_TIMERS_MAX 500
/* The properties that systemd_timers_show() reads, for `systemctl show -p`. */
#define SYSTEMD_TIMERS_PROPERTIES \
	"Id,Result,ExecMainStatus,ExecMainExitTimestamp,ActiveState,SubState,ConditionResult,User,LoadState,TimersCalendar,TimersMonotonic"

/* Appends a struct cron_job of CRON_TIMER for each timer: name, next and last run. FALSE when the text is not such a list. */
gboolean systemd_timers_list(const char *json, gsize len, GPtrArray *jobs);
/* Adds schedule, user and result to them from the blocks that `systemctl show` printed, in any order. */
void systemd_timers_show(const char *text, gsize len, GPtrArray *jobs);

#endif
