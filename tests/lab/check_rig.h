/* The cloud of the lab with a container behind SSH and gateways, as `midwatch check` and the Checklist panel walk post-deploy over it. */
#ifndef MW_TESTS_CHECK_RIG_H
#define MW_TESTS_CHECK_RIG_H

#include "tests/lab/cloud_rig.h"
#include "tests/lab/lab_fleet.h"
#include "tests/screens/console_fixture.h"

#define CHECK_GATEWAYS 3

struct check_rig {
	struct lab *lab;
	struct lab_fleet *fleet;
	struct fixture *f;   /* with the configuration for it */
	char *reports;       /* a directory, not made */
};
extern struct check_rig check_rig;

/* Starts it at the first call. FALSE: what it needs is not there, the test is skipped. */
gboolean check_rig_start(void);
void check_rig_end(void); /* not started: nothing */
/* All is well again. */
void check_rig_reset(void);

/* Each step goes wrong: how, what its verdict is then, words of its result, the step that is not looked at (NULL: the walk goes on), the answer that
 * makes it so (NULL: none), and the exit code. */
struct check_fault { const char *name; void (*set)(void); const char *step, *verdict, *words, *next, *answer; int code; };
extern const struct check_fault check_faults[];
extern const guint check_fault_count;

#endif
