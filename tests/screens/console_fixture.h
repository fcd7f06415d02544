/* The real program in a pty, with a home, a configuration and a log file of its own: one local host "here", whose Docker socket does not
 * exist. Every wait is for a condition. */
#ifndef MW_TESTS_CONSOLE_FIXTURE_H
#define MW_TESTS_CONSOLE_FIXTURE_H

#include "tests/screens/vterm_driver.h"

struct fixture {
	char *root;   /* everything is below */
	char *log;    /* the followed file */
	char *config; /* where the program looks for its configuration */
	char *saved;  /* where it saves lines and copies */
};

/* Makes the directories, an empty log, and the configuration with nothing more than the host. */
struct fixture *fixture_new(void);
/* Waits until no process of the program is left, followers included, and removes everything. */
void fixture_free(struct fixture *f);

/* Writes the configuration: the host, then the given lines of top-level keys. */
void fixture_configure(const struct fixture *f, const char *more);
/* Writes any text as the configuration. */
void fixture_write_config(const struct fixture *f, const char *text);
/* Appends to the followed file, or to another one below the root. */
void fixture_append(const struct fixture *f, const char *text);
void fixture_append_to(const struct fixture *f, const char *name, const char *text);
/* A path below the root, newly allocated. */
char *fixture_path(const struct fixture *f, const char *name);

/* Starts the program: `arguments` up to NULL or NULL, `environment` as that of the driver, added to that of the fixture. */
struct driver *fixture_run(const struct fixture *f, const char *const *arguments, const char *const *environment, int rows, int columns);
/* Starts it in the Logs panel, 24 rows high, with these lines in the file, and waits for `expect`. */
struct driver *fixture_run_logs(const struct fixture *f, const char *lines, const char *expect, int columns);
/* Runs it without a screen: gives the exit status and what it printed. */
int fixture_run_plain(const struct fixture *f, const char *const *arguments, const char *const *environment, char **printed);

/* Processes of the program and its children that live, the zombies not counted. */
guint fixture_processes(const struct fixture *f);
void fixture_wait_processes(const struct fixture *f, guint least, guint most);
/* Waits for a file to be there with this text in it; gives its content, newly allocated. */
char *fixture_wait_file(const struct fixture *f, const char *path, const char *text);

/* Presses keys (their names by blanks) or types text, and waits for what it brings. */
void fixture_press(struct driver *d, const char *keys, const char *expect);
/* Leaves the sheet that is open. */
void fixture_cancel(struct driver *d);
/* What follows a paste without a pause is taken for pasted, and the program may see the pause late: presses the keys again until the text is
 * there, or gone. */
void fixture_insist(struct driver *d, const char *keys, const char *expect, gboolean there);
void fixture_type(struct driver *d, const char *text, const char *expect);

/* The path of the program. */
const char *fixture_program(void);

#endif
