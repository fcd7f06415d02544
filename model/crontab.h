/* A crontab's lines as jobs, by the rules of Debian's cron 3.0pl1 (entry.c, env.c, misc.c): blanks at the start of a line do not count, a
 * comment is a line of its own, NAME = value is no job, a last line without a line feed is not read.
 *
 * The managed block begins with a comment that has the word bytelyst-vm-maintenance and ends with a comment that has it and says "end" (or
 * begins with "/"), with a blank line behind a job, or with the file: what somebody adds below after a blank line is theirs. Other
 * comments within do not end it. A job that has "# bytelyst-vm-maintenance" behind its command is managed wherever it stands. */
#ifndef MW_MODEL_CRONTAB_H
#define MW_MODEL_CRONTAB_H

#include "model/cron.h"

#define CRONTAB_JOBS_MAX 500    /* of one crontab */
#define CRONTAB_MARK "bytelyst-vm-maintenance"

struct crontab_place {
	enum cron_origin origin;    /* CRON_USER: the lines have no user field */
	const char *where;          /* as struct cron_job has it; safe text */
	const char *user;           /* whose crontab it is, for CRON_USER */
};

/* Appends a struct cron_job for each line that cron would run or refuse; a refused one has its problem, and no user when its time fields are wrong. Schedule, command and
 * name are safe text; next, last and result are left alone. Returns how many lines there were beyond the bound. */
guint crontab_parse(const char *text, gsize len, const struct crontab_place *place, GPtrArray *jobs);
/* Debian's cron runs a file of /etc/cron.d only when its name has nothing but letters, digits, "-" and "_". */
gboolean crontab_file_is_run(const char *name);

#endif
