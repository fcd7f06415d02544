/* What is known of a host's scheduled jobs: crontabs and systemd timers, each with its next run and its last, the runs of the cleanup
 * script, and the logs that grow. Strings are made safe at the border (model/sanitize.h). */
#ifndef MW_MODEL_CRON_H
#define MW_MODEL_CRON_H

#include "model/datum.h"

enum cron_origin {
	CRON_USER,        /* crontab -l of a user */
	CRON_ETC_CRONTAB, /* /etc/crontab */
	CRON_ETC_CRON_D,  /* a file of /etc/cron.d */
	CRON_TIMER,       /* a systemd timer */
};

enum cron_result { CRON_RESULT_UNKNOWN, CRON_RESULT_OK, CRON_RESULT_FAILED, CRON_RESULT_RUNNING };

struct cron_job {
	char *key;              /* tells it from all others of the host, the same from refresh to refresh */
	enum cron_origin origin;
	char *where;            /* "crontab of root", "/etc/cron.d/e2scrub_all", "logrotate.timer" */
	char *user;             /* as whom it runs; NULL when not said */
	char *schedule;         /* as written: "0 8 * * 1", "@daily"; "" for a timer whose calendar is not known, or a line whose fields are wrong */
	char *command;          /* as written; of a timer the service that it starts */
	gboolean altered;       /* the command has something in it that was made safe: it is not to be run as it stands here */
	char *logged;           /* the command as cron's log has it, to pair it with its runs; NULL for a timer */
	char *name;             /* short, for a table */
	gboolean managed;       /* of the block "# bytelyst-vm-maintenance" */
	char *mode;             /* of a managed job, as the cleanup log calls it: "weekly"; NULL */
	gint64 changed_us;      /* UTC: when the file that it stands in was written; 0 = not known */
	char *problem;          /* why cron would not run the line; NULL */
	gboolean file_refused;  /* the problem is not this line's: cron passes over the whole file */
	gint64 next_us;         /* UTC; 0 = none (@reboot, 30 February) */
	gboolean next_moved;    /* by the change to summer time: its hour does not exist that day */
	gint64 last_us;         /* UTC; 0 = not known */
	const char *last_from;  /* static: "cleanup log", "journal", "systemd"; NULL when last_us is 0 */
	enum cron_result result;/* of the last run */
	int exit_status;        /* of the last run; -1 = not known */
	char *result_text;      /* "exit 1", "oom-kill"; NULL */
	double freed_mb;        /* by the last run; NAN when it is no cleanup or not known */
	gint64 missed_us;       /* UTC: when it should have run and did not, 10 minutes ago or more; 0 = not missed or not known */
};

struct cleanup_step { char *name, *text; gboolean failed; };

/* One run of the cleanup script, from its log: JSON Lines, or the old plain text as far as it goes. */
struct cleanup_run {
	gint64 at_us;                  /* UTC */
	char *mode;                    /* "weekly"; "" when not said */
	double disk_before, disk_after;/* % used; NAN when not said */
	double freed_mb;               /* NAN when not said */
	GPtrArray *steps;              /* of struct cleanup_step, owned */
	enum cron_result result;
};

/* A log that grows without end unless logrotate knows it (roadmap 0.2). */
struct growing_log {
	char *path;
	gboolean exists;
	guint64 size;                  /* bytes */
	char *rule;                    /* the logrotate file that names it; NULL: none, it grows without rotation */
};

struct cron_state {
	struct datum datum;            /* freshness of the jobs */
	GPtrArray *jobs;               /* of struct cron_job, owned: the managed first, then as read */
	struct datum runs_datum;       /* freshness of the cleanup log */
	GPtrArray *runs;               /* of struct cleanup_run, owned, oldest first */
	GPtrArray *logs;               /* of struct growing_log, owned */
	char *zone;                    /* the host's time zone: "Europe/Berlin"; NULL before */
	GPtrArray *not_read;           /* of char *, owned: what could not be read, and why */
};

void cron_state_init(struct cron_state *s);
void cron_state_clear(struct cron_state *s);
struct cron_job *cron_job_new(enum cron_origin origin);
void cron_job_free(struct cron_job *j);
gboolean cron_job_is_faulty(const struct cron_job *j); /* its last run failed, it was missed, or cron would not run it */
struct cleanup_run *cleanup_run_new(void);
void cleanup_run_free(struct cleanup_run *r);
gboolean cleanup_run_is_dry(const struct cleanup_run *r); /* it only says what it would do */
struct growing_log *growing_log_new(const char *path);
void growing_log_free(struct growing_log *l);
/* The job with this key, NULL when there is none. */
struct cron_job *cron_state_job(const struct cron_state *s, const char *key);
/* The newest run that is not a dry run and did not fail; NULL when there is none. */
const struct cleanup_run *cron_state_last_cleanup(const struct cron_state *s);

#endif
