/* What the tests of actions on a real Docker Engine share: a console whose one host "here" is this machine, and what it leaves behind. */
#ifndef MW_TESTS_ACT_RIG_H
#define MW_TESTS_ACT_RIG_H

#include "backends/store.h"
#include "tests/lab/console_rig.h"

#define ACT_STOP_S 3 /* what a container gets to stop here */
#define ACT_SLEEPS "echo begun; exec sleep 1000000" /* a script whose starts can be counted */

/* Starts a container of busybox:1 that runs a script; gives its id. `options` are words of a shell. */
char *act_container(const char *name, const char *options, const char *script);
char *act_started_at(const char *name);
/* How often a container whose script prints "begun" was started. The daemon's events would not tell: it keeps only the newest 256, and health
 * checks make several a second. */
guint act_starts(const char *name);
char *act_now(void); /* Unix seconds */

/* A console on the Containers panel; `more` are lines of the host, then top-level keys. */
struct trial *act_console(const char *more);
/* The same with another socket of the daemon's. */
struct trial *act_console_at(const char *socket, const char *more);
/* Puts the cursor on a container. */
void act_go_to(struct driver *d, const char *name);
/* Presses keys until a sheet with these words is there. */
void act_ask(struct driver *d, const char *keys, const char *title);
/* Runs a command by its name. */
void act_palette(struct driver *d, const char *id);
/* Waits for the row of the Activity panel; `words` (PCRE): the state and what follows. */
void act_wait(struct driver *d, const char *title, const char *target, const char *words);
/* Back on the Containers panel. */
void act_back(struct driver *d);

/* All entries of the audit log, whose chain holds. */
GPtrArray *act_audit(const struct trial *t);
/* The last one of `count` that there are. */
const struct audit_entry *act_last(const GPtrArray *all, guint count);
/* "DIRECTORY sha256:…" of an entry: complete, and as the sums say. Gives the directory. */
char *act_check_evidence(const char *evidence, gboolean health);
/* Lines of a file of it. */
guint act_lines(const char *directory, const char *name);
guint act_snapshots(const struct trial *t);

#endif
