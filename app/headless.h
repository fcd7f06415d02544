/* What `midwatch check`, `score` and `rules` stand on: everything of the console but the screen. No terminal is needed. */
#ifndef MW_APP_HEADLESS_H
#define MW_APP_HEADLESS_H

#include "app/config.h"
#include "app/fleet_watch.h"
#include "app/machine.h"
#include "app/options.h"
#include "backends/store.h"

/* Exit codes of what runs without a screen. */
enum { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_USAGE = 2, EXIT_BLIND = 3 /* could not observe, or was ended before */ };

struct headless {
	const struct config *config; /* borrowed */
	const struct options *options; /* borrowed */
	GMainLoop *loop;
	struct world *world;
	struct http *http;
	struct store *store;         /* NULL: none could be opened, for `store_problem` */
	char *store_problem;
	GPtrArray *machines;         /* of struct machine */
	struct fleet_watch *fleet;   /* NULL: none is configured */
	int signal;                  /* SIGINT, SIGTERM or SIGHUP came and ended the loop; 0: none */
	guint sources[3];
};

/* Makes world, store, machines and fleet; nothing is connected. What signals end is the loop, so that all can be put in order. */
struct headless *headless_new(const struct config *c, const struct options *o);
/* What still asks them is to be freed before. NULL is ignored. */
void headless_free(struct headless *h);
/* Connects all. */
void headless_start(struct headless *h);
/* Runs the loop until the test is TRUE, looked at 20 times a second; FALSE: so many seconds passed before, or a signal came. */
gboolean headless_wait(struct headless *h, gboolean (*test)(void *user), void *user, double seconds);
/* Waits until each host is up, or is known not to be: as long as connecting may take, at most. FALSE: a signal came. */
gboolean headless_wait_links(struct headless *h);
/* May colours be used on this stream: a terminal, not "dumb", no NO_COLOR, no --no-color? */
gboolean headless_colours(const struct headless *h, int fd);
/* Says it on stderr, a line with the program's name before it; FALSE always. */
gboolean headless_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Ends standard output: FALSE, and said on stderr, when what was printed did not arrive (a full disk, a closed pipe). */
gboolean headless_flush(void);
void headless_print_problems(const GPtrArray *problems); /* of struct config_problem, on stderr */

#endif
