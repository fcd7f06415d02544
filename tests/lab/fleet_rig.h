/* What the tests of the whole program on a fleet of the lab share: consoles on the Gateways panel, each of some of its gateways. */
#ifndef MW_TESTS_FLEET_RIG_H
#define MW_TESTS_FLEET_RIG_H

#include "backends/store.h"
#include "tests/lab/lab_fleet.h"
#include "tests/screens/console_fixture.h"

struct fleet_rig { struct lab *lab; struct lab_fleet *fleet; };

/* A lab with so many gateways, whose keys every transport knows. */
void fleet_rig_start(struct fleet_rig *r, guint count);
void fleet_rig_end(struct fleet_rig *r); /* not started: nothing */
/* All is as at the start: gateways 1 to `count`. */
void fleet_rig_reset(struct fleet_rig *r, guint count);

struct fleet_console { struct fixture *f; struct driver *d; };

/* A console of 50 rows and 200 columns on the Gateways panel. `more`: members of `fleet`, a line each: "gateways: [a]\nrefresh: 5". It has 20 s
 * to connect, unless they say other: a gateway of the lab is on a machine that has much to do. */
void fleet_console_start(struct fleet_console *c, const struct fleet_rig *r, const char *more);
/* Waits for the header's "gateways 6/8". */
void fleet_console_wait(struct fleet_console *c, guint online, guint all);
/* Sweeps with `e` and waits until that sweep is over with a result (a PCRE on "4 lines, 2 faults on 3 gateways"), however late it is seen. */
void fleet_console_sweep(struct fleet_console *c, const char *result);
/* Ends it by ^C; nothing of it may be left. */
void fleet_console_quit(struct fleet_console *c);

/* How many entries of the action there are in the audit log, whose chain holds, with this outcome, and about this host unless NULL; result and evidence of the last, newly allocated, when
 * they are wanted. */
guint fleet_rig_audit(const struct fixture *f, const char *action, const char *host, enum outcome outcome, char **result, char **evidence);

/* Seconds left until so many after `begun_us`, at least a second: for a wait. */
double fleet_rig_left(gint64 begun_us, double seconds);

#endif
