/* What the tests of the followers share: a world with one host on a local link, one follower, and waiting for what the store gets. */
#ifndef MW_TESTS_FOLLOW_RIG_H
#define MW_TESTS_FOLLOW_RIG_H

#include "backends/follow.h"

struct follow_rig {
	char *dir;              /* private, removed in the end */
	struct world *world;
	struct host *host;      /* owned by the world; named "lab" */
	struct link *link;      /* up */
	struct docker *docker;  /* set by the test before rig_follow; NULL = none */
	struct follow *follow;
	GArray *children;       /* of GPid; ended in the end */
};

void rig_init(struct follow_rig *r);
void rig_clear(struct follow_rig *r);
void rig_follow(struct follow_rig *r, enum follow_kind kind, const char *name, guint backlog, gboolean from_start);
/* The link breaks for the follower and comes back at once: what is under way is lost. */
void rig_cut(struct follow_rig *r);
/* Runs the loop until the condition holds; the test fails after 60 s. */
void rig_wait(gboolean (*holds)(gpointer user), gpointer user, const char *what);
/* Runs the loop for about so long: only to let things happen at different times, never to be sure of anything. */
void rig_spin(guint ms);
/* A path in the rig's directory; g_free it. */
char *rig_path(const struct follow_rig *r, const char *name);
void rig_write(const char *path, const char *text, gboolean append);
/* Runs a program to its end; the test fails when it does. Returns its output; g_free it. */
char *rig_run(const char *const *argv);
/* Starts a program that ends with the test. */
GPid rig_start(struct follow_rig *r, const char *const *argv);

/* The lines of the followed source in the store, without (notes FALSE) or only (notes TRUE) midwatch's own, joined by "|"; g_free it. */
char *rig_text(const struct follow_rig *r, gboolean notes);
guint64 rig_count(const struct follow_rig *r);
void rig_wait_lines(struct follow_rig *r, guint64 count);
void rig_wait_text(struct follow_rig *r, const char *text);
void rig_wait_state(struct follow_rig *r, enum follow_state state);
/* TRUE when a note of the source has these words. */
gboolean rig_noted(const struct follow_rig *r, const char *words);
/* Waits until the line `prefix` + last has come; then every number first … last must be there exactly once, and nothing else of that prefix. */
void rig_expect_numbers(struct follow_rig *r, const char *prefix, guint first, guint last);

#endif
