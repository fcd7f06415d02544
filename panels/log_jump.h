/* Reads the time that the operator wants to jump to. */
#ifndef MW_PANELS_LOG_JUMP_H
#define MW_PANELS_LOG_JUMP_H

#include <glib.h>

/* "01:38", "01:38:05", "2026-11-22 01:38[:05]", "2026-11-22" (all UTC, a Z may follow), "-5m", "-2h", "-30s", "-1d". A time of day without
 * a date is the last one that is not in the future. FALSE with a sentence that tells the forms when it is none of these. */
gboolean log_jump_parse(const char *text, gint64 now_us, gint64 *time_us, GError **error);

#endif
