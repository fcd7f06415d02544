/* The findings of the doctor and how they are printed. */
#ifndef MW_APP_DOCTOR_REPORT_H
#define MW_APP_DOCTOR_REPORT_H

#include <glib.h>

enum finding { FINDING_OK, FINDING_NOTE /* not there, and that is no fault */, FINDING_FAILED };

struct doctor_step {
	char *name;     /* "host key" */
	enum finding finding;
	char *text;     /* what was seen */
	char *remedy;   /* NULL when there is nothing to do */
};

struct doctor_host {
	char *name;
	gboolean reached;
	GPtrArray *steps; /* of struct doctor_step, owned */
};

struct doctor_host *doctor_host_new(const char *name);
void doctor_host_free(struct doctor_host *h);
struct doctor_step *doctor_step_new(const char *name, enum finding finding, const char *text, const char *remedy);
void doctor_host_add(struct doctor_host *h, const char *name, enum finding finding, const char *text, const char *remedy);

/* Of the gateways: those that are reached by SSH, and how many were. */
struct doctor_fleet {
	guint gateways, reached;
	struct doctor_host *findings;
	GHashTable *failures; /* name -> struct doctor_step, owned: why it was not reached, while that was seen */
};

struct doctor_fleet *doctor_fleet_new(void);
void doctor_fleet_free(struct doctor_fleet *f); /* NULL is ignored */

/* Prints the findings of all hosts (of struct doctor_host), those of the fleet and of who is told unless they are NULL, then those of midwatch's own store,
 * to stdout and gives the exit code. */
int doctor_print(const GPtrArray *hosts, const struct doctor_fleet *fleet, const struct doctor_host *told, const struct doctor_host *store, gboolean json);

#endif
