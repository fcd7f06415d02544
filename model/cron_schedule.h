/* When cron runs a job: a crontab's time fields, and the runs that follow from them in a time zone.
 * The rules are those of Debian's cron 3.0pl1 (entry.c, cron.c), the Vixie cron of most hosts:
 * - A field is a list of numbers, ranges a-b and *, the last two with a step /n. Months and days of the week have English names of three
 *   letters; 0 and 7 are Sunday. What follows a list up to the blank is ignored ("5;x" is 5), and a range that runs backwards is empty.
 * - When the day of month or the day of week begins with * (also with a step), a day must fit both; when neither does, one is enough.
 * - Daylight saving. A job whose minute and hour do not begin with * has fixed times: those in a skipped hour run right after the change,
 *   those of a repeated hour run once. Any other job follows the clock on the wall. A change of three hours or more is taken as a clock
 *   that was set: what was skipped does not run. */
#ifndef MW_MODEL_CRON_SCHEDULE_H
#define MW_MODEL_CRON_SCHEDULE_H

#include <glib.h>

struct cron_schedule {
	guint64 minutes;         /* bit 0 = minute 0 */
	guint32 hours, days;     /* bit 0 = hour 0; bit 1 = the first of the month */
	guint16 months;          /* bit 1 = January */
	guint8 weekdays;         /* bit 0 = Sunday; 7 was folded into it */
	gboolean both_days;      /* day of month and day of week must both fit */
	gboolean wild;           /* minute or hour begins with *: follows the clock */
	gboolean reboot;         /* @reboot: no time */
};

/* Reads the five fields or the @word at the start of a crontab line, blanks before it allowed. *rest (may be NULL) is what follows, without
 * blanks. FALSE with *problem a static text, cron's own words first, when cron would refuse it. */
gboolean cron_schedule_parse(const char *line, struct cron_schedule *out, const char **rest, const char **problem);
/* The first run after, and the last run at or before, a UTC time in microseconds; 0 when there is none within 8 years. *moved (may be
 * NULL): its time does not exist in that zone on that day, so it runs right after the change of the clock. */
gint64 cron_schedule_next(const struct cron_schedule *s, GTimeZone *zone, gint64 after_us, gboolean *moved);
gint64 cron_schedule_previous(const struct cron_schedule *s, GTimeZone *zone, gint64 at_us);

#endif
