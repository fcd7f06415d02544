/* The command line. */
#ifndef MW_APP_OPTIONS_H
#define MW_APP_OPTIONS_H

#include <glib.h>

/* The order of the first ones is that of the table in options.c. */
enum subcommand { RUN_CONSOLE, RUN_DOCTOR, RUN_AUDIT, RUN_CHECK, RUN_SCORE, RUN_RULES, RUN_NOTIFY, RUN_CHECK_CONFIG, RUN_VERSION };

struct options {
	enum subcommand run;
	char *config, *theme;
	char *since, *store; /* audit */
	char *checklist;     /* check: its name; NULL: post-deploy */
	char *watch, *expect_version, *report, *touches; /* check; as they were typed */
	char **answers;      /* check: STEP[/CHECK]=ANSWER[:NOTE]; NULL-terminated, or NULL */
	gboolean resume, junit; /* check */
	gboolean test;       /* notify */
	gboolean notify;     /* rules: people are told */
	char *host;          /* score: its name; NULL: all */
	char **words;        /* those behind the subcommand, NULL-terminated: notify's names; NULL */
	gboolean drill;      /* console, check, rules: nobody outside is told anything */
	gboolean readonly, no_colour, ascii, no_mouse, json, verify;
};

/* Parses the arguments. FALSE with an error text for stderr (exit code 2) when they do not fit. --help prints and exits. */
gboolean options_parse(struct options *o, int argc, char **argv, GError **error);
void options_clear(struct options *o);

#endif
