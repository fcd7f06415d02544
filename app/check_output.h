/* What `midwatch check` prints of a run: text, JSON (docs/check.schema.json), JUnit XML. */
#ifndef MW_APP_CHECK_OUTPUT_H
#define MW_APP_CHECK_OUTPUT_H

#include "model/check_run.h"

#define CHECK_OUTPUT_SCHEMA "midwatch-check/1"

/* Newly allocated, with a line feed at the end. */
char *check_output_text(const struct check_run *r, gboolean colours);
char *check_output_json(const struct check_run *r, int exit_code);
char *check_output_junit(const struct check_run *r);
/* A row of its log: "02:04:34Z 1 Cloud HTTP health: fail · db degraded, expected ok", newly allocated, without a line feed. */
char *check_output_event(const struct check_run *r, const struct run_event *e, gboolean colours);

#endif
