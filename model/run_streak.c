#include "model/run_streak.h"

gboolean
run_streak_saw(struct run_streak *s, gint64 last_us, enum cron_result result)
{
	if (last_us <= s->last_us || (result != CRON_RESULT_OK && result != CRON_RESULT_FAILED))
		return FALSE;
	s->failures = result == CRON_RESULT_FAILED ? s->failures + 1 : 0;
	s->last_us = last_us;
	return TRUE;
}
