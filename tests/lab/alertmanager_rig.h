/* The real Alertmanager of the Debian package on loopback, for C tests. Ends with the lab. */
#ifndef MW_TESTS_ALERTMANAGER_RIG_H
#define MW_TESTS_ALERTMANAGER_RIG_H

#include "tests/lab/lab.h"

/* Is it there, with amtool? Else skips the test with the reason. */
gboolean alertmanager_rig_have(void);
/* Starts it: no receiver but a dead one, groups at once, "Cause" inhibits "Effect" of the same instance. Gives its URL, newly allocated. One a lab. */
char *alertmanager_rig_start(struct lab *lab);
void alertmanager_rig_stop(struct lab *lab);
/* Runs amtool with arguments up to NULL; gives its output without the final line feed. */
char *alertmanager_rig_amtool(struct lab *lab, const char *url, ...) G_GNUC_NULL_TERMINATED;

#endif
