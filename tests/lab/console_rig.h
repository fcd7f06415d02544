/* What the tests of the whole program on real machines share: one lab a program with a dockerd full of containers of every kind, and the
 * real binary (MIDWATCH) in a terminal, with a home of its own. Whatever a console starts, near or far, is found by its mark. */
#ifndef MW_TESTS_CONSOLE_RIG_H
#define MW_TESTS_CONSOLE_RIG_H

#include "tests/lab/lab.h"
#include "tests/screens/vterm_driver.h"

#define TRIAL_CONTAINERS 14 /* that trial_lab() starts */

/* The lab with its containers, started at the first call. NULL: the test is skipped. */
struct lab *trial_lab(guint needs);
/* Ends the lab, if there is one. */
void trial_end(void);
struct trial_test { const char *name; void (*run)(void); };
/* The main() of a program of such tests: each is skipped when the lab or what it `needs` cannot be had. `set_up`, which may be NULL, comes before
 * the first that runs. */
int trial_main(int argc, char **argv, const struct trial_test *tests, guint count, guint needs, void (*set_up)(void));
/* Runs a docker command up to NULL and forgets its output. */
void trial_docker(const char *first, ...) G_GNUC_NULL_TERMINATED;
/* The output of a docker command; g_free it. */
char *trial_docker_text(const char *first, ...) G_GNUC_NULL_TERMINATED;
/* `docker inspect --format FORMAT NAME`; g_free it. */
char *trial_inspect(const char *name, const char *format);

struct trial {
	struct driver *driver;
	char *home;   /* 0700, of this console alone */
	char *config; /* the path of its configuration */
	char *mark;   /* NAME=value in the environment of all that it starts */
};

/* A console with this configuration, of 45 rows and 160 columns. */
struct trial *trial_console(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The same without the program, to run it by trial_run(). */
struct trial *trial_home(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Ends it by ^C: exit 0, terminal restored, nothing of it left: no process, no tunnel. Frees. */
void trial_quit(struct trial *t);
/* Waits until no process with the mark is there. */
void trial_wait_nothing_of(const char *mark);
/* Removes the home. */
void trial_free(struct trial *t);
/* A path in its home; g_free it. */
char *trial_path(const struct trial *t, const char *name);
/* Runs midwatch without a terminal with arguments up to NULL; gives its output and exit code. */
char *trial_run(struct trial *t, int *code, ...) G_GNUC_NULL_TERMINATED;
/* Waits for the first saved file whose name matches the glob, and gives its text; g_free it. */
char *trial_saved(struct trial *t, const char *glob);

/* The configuration of a host of the lab: four lines of YAML that more can follow; g_free it. */
char *trial_host_local(const char *name);
char *trial_host_ssh(const char *name, const char *alias, const char *transport);

/* What the Containers panel shows of one container; texts as they stand there. */
struct trial_row {
	char health[32], age[8], cpu[8], memory[8], limit[8], restarts[8];
	int y;
};

/* FALSE when the row is not on the screen. */
gboolean trial_row(struct driver *d, const char *name, struct trial_row *out);
/* Waits for the health word of a container's row. */
void trial_wait_health(struct driver *d, const char *name, const char *health);
/* "31M" → bytes; NAN when it is not known. */
double trial_bytes(const char *text);
/* Types a filter (no characters that are special in a PCRE) into the Containers panel, "" clears it; returns when it holds. */
void trial_filter(struct driver *d, const char *text);

/* Nothing of the hostile texts has reached the terminal as a control sequence. */
void trial_assert_harmless(struct driver *d);
/* How often the pattern (PCRE, multi-line) stands in the text. */
guint trial_count(const char *text, const char *pattern);

#endif
