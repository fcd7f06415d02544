/* `midwatch rules`: evaluates the paging rules without a screen. */
#ifndef MW_APP_RULES_COMMAND_H
#define MW_APP_RULES_COMMAND_H

#include "app/config.h"
#include "app/options.h"
#include "model/world.h"

/* Gives the exit code: 0 nothing pages, 1 something does, 2 the rules or the arguments are wrong, 3 it could not be observed. State is taken from the
 * store and kept there, so that `for` counts over runs. */
int rules_command_run(const struct options *o, const struct config *config);

/* --- rules_command_print.c --- */

/* What came of it, by the last evaluation. */
enum rules_verdict { RULES_QUIET, RULES_PAGE, RULES_BLIND };
enum rules_verdict rules_judge(const struct rules *r);
void rules_print_text(const struct world *w, enum rules_verdict v);
/* One object, docs/rules.schema.json. */
void rules_print_json(const struct world *w, const char *env, enum rules_verdict v);
/* "2026-11-27T02:10:00Z firing health_non200: …", newly allocated. */
char *rules_change_words(const struct alert *a, enum rules_change c);

#endif
