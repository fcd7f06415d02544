/* The command line. */
#ifndef MW_APP_OPTIONS_H
#define MW_APP_OPTIONS_H

#include <glib.h>

enum subcommand { RUN_CONSOLE, RUN_CHECK_CONFIG, RUN_DOCTOR, RUN_AUDIT, RUN_VERSION };

struct options {
	enum subcommand run;
	char *config, *theme;
	char *since, *store; /* audit */
	gboolean readonly, no_colour, ascii, no_mouse, json, verify;
};

/* Parses the arguments. FALSE with an error text for stderr (exit code 2) when they do not fit. --help prints and exits. */
gboolean options_parse(struct options *o, int argc, char **argv, GError **error);
void options_clear(struct options *o);

#endif
