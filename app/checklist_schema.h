/* The schema of a checklist's file, and what libcyaml makes of it: the text as it stands. checklist_files.c checks it and makes a struct checklist. */
#ifndef MW_APP_CHECKLIST_SCHEMA_H
#define MW_APP_CHECKLIST_SCHEMA_H

#include <cyaml/cyaml.h>
#include <stdbool.h>

#include "app/config.h"

#define CHECKLIST_STEPS_MAX 99
#define CHECKLIST_CHECKS_MAX 20 /* of a step */

struct yaml_member { char *label, *pointer, *equals; };

struct yaml_http {
	char *url, *http_version, *body;
	unsigned *status;
	struct yaml_member *json; unsigned json_count;
};

/* Of logs, fleet and command alike: each has some of them. Spans are text: "30m". */
struct yaml_lines {
	char *host, *container, *unit, *file, *command;
	char *since, *pattern, *expect, *watch, *watch_means, *spike;
};

struct yaml_manual { char *question; bool *note; };
struct yaml_report { bool *unused; }; /* report: {} has no keys */

struct yaml_check {
	struct yaml_http *http;     /* exactly one of these six */
	struct yaml_lines *logs, *fleet, *command;
	struct yaml_manual *manual;
	struct yaml_report *report;
	char *label, *every;
};

struct yaml_step {
	char *id, *title, *subsystem, *help, *only_for;
	bool *gate;
	struct yaml_check *checks; unsigned checks_count;
};

struct yaml_touch { char *name; bool *hot; };

struct yaml_checklist {
	char *name, *title, *window, *escalate;
	bool *deploy;
	struct yaml_touch *touches; unsigned touches_count;
	struct config_variable *variables; unsigned variables_count;
	struct yaml_step *steps; unsigned steps_count;
};

extern const cyaml_schema_value_t checklist_schema;

#endif
