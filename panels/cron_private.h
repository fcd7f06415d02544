/* What the parts of the Cron panel share. */
#ifndef MW_PANELS_CRON_PRIVATE_H
#define MW_PANELS_CRON_PRIVATE_H

#include "panels/list.h"

enum cron_chip { CRON_CHIP_ALL, CRON_CHIP_MANAGED, CRON_CHIP_TROUBLE, CRON_CHIP_TIMERS, CRON_CHIP_COUNT };
enum cron_tab { CRON_TAB_JOB, CRON_TAB_RUNS, CRON_TAB_NOT_READ, CRON_TAB_COUNT };

/* A job as one drawing sees it: the pointers live no longer than that. */
struct cron_row {
	const struct host *host;
	const struct cron_job *job;
	enum severity severity;
	gboolean old;            /* its host is not reached, or its jobs were not read anew */
};

struct cron_view {
	struct list list;
	GArray *rows;            /* of struct cron_row: filled while drawing, else empty */
	guint counts[CRON_CHIP_COUNT]; /* of the rows that a chip would show */
	gboolean in_runs;        /* the runs in the details have the keys */
	gboolean steps;          /* the steps of the run under their cursor are shown */
	gint64 run_us;           /* which one that is: when it was */
};

/* cron_rows.c */
extern const struct list_class cron_list;
void cron_collect(struct list *l);
void cron_release(struct list *l);
/* Warning: failed, missed, or a line that cron does not run (operations 2.3: none of them is a page). */
enum severity cron_severity(const struct cron_job *j);
/* "MISSED 2h, exit 1", "ok", "–" */
void cron_result_words(const struct cron_job *j, gint64 now_us, char *out, gsize size);
/* "2h14", "due", "boot", "none" */
void cron_next_words(const struct cron_job *j, gint64 now_us, char *out, gsize size);
/* What a run freed: "257M", "–" when it is not known. */
void cron_freed_words(double mb, char *out, gsize size);
/* The host may be gone meanwhile, and the job. */
gboolean cron_find(const struct cron_view *p, const char *key, struct host **host, struct cron_job **job);
gboolean cron_selected(const struct cron_view *p, struct host **host, struct cron_job **job);

/* cron_draw.c */
void cron_draw(struct panel *panel, const struct canvas *c);

/* cron_tabs.c: as struct list_class takes it. */
void cron_lines(struct list *l, const char *key, const struct canvas *body, GPtrArray *lines);

/* cron_runs.c: the runs of the cleanup script that belong to a job, newest first; of struct cleanup_run, borrowed. None of a job that is
 * not the cleanup's. */
GPtrArray *cron_runs_of(const struct host *h, const struct cron_job *j);
void cron_runs_lines(const struct cron_view *p, const struct host *h, const struct cron_job *j, const struct canvas *body, GPtrArray *lines);
/* Moves the cursor in the runs of the selected job, by so many of them. */
void cron_runs_move(struct cron_view *p, int by);
/* Gives the keys to the runs, or shows and hides the steps of the one under their cursor. */
void cron_runs_open(struct cron_view *p);
gboolean cron_runs_can_open(const struct cron_view *p, const char **why);

#endif
