/* The double of Tailscale's LocalAPI for C tests. See tailscale_double.py. Ends with the lab. */
#ifndef MW_TESTS_TAILSCALE_RIG_H
#define MW_TESTS_TAILSCALE_RIG_H

#include "tests/lab/lab.h"

/* Starts it, with a tailnet without peers; gives the path of its socket. One a lab. */
char *tailscale_rig_start(struct lab *lab);
void tailscale_rig_stop(struct lab *lab);
/* What it tells from now on, JSON as the head of tailscale_double.py says. */
void tailscale_rig_set(struct lab *lab, const char *json);
/* How many requests it got. */
guint tailscale_rig_count(struct lab *lab);

#endif
