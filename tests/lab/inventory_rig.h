/* The product's own list of gateways for C tests. See inventory_double.py. Ends with the lab. */
#ifndef MW_TESTS_INVENTORY_RIG_H
#define MW_TESTS_INVENTORY_RIG_H

#include "tests/lab/lab.h"

#define INVENTORY_TOKEN "lab-token-5e1f"

/* Starts it at a free port, which it gives; the list is at /platform/orgs. One a lab. */
guint inventory_rig_start(struct lab *lab);
void inventory_rig_stop(struct lab *lab);
/* What it answers, from now on. */
void inventory_rig_set(struct lab *lab, const char *json);
/* What it does instead: "401", "500", "html", "empty", "half", "hang", "huge" and so on, see inventory_double.py. NULL: nothing. */
void inventory_rig_fail(struct lab *lab, const char *fault);
/* How many requests it got, of whatever kind. */
guint inventory_rig_count(struct lab *lab);

#endif
