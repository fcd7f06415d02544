/* Rules from YAML: the shipped ones, and those in files that the configuration names. */
#ifndef MW_APP_RULE_FILES_H
#define MW_APP_RULE_FILES_H

#include "app/findings.h"
#include "model/rule.h"

/* One file's rules, of struct rule, owned; NULL with every problem found in `problems`. */
GPtrArray *rule_file_parse(const char *text, gsize len, const char *origin, GPtrArray *problems);
/* All that are not disabled, in the order of the shipped ones; files that are wrong are left out, with their problems told. What a rule inhibits is
 * checked here, since it may stand in another file; one that inhibits a rule that is not there stays, and does no harm. Never NULL. */
GPtrArray *rule_files_load(const struct config *c, GPtrArray *problems);
/* Adds what rules.disabled names and no rule is called; nothing while a file of rules is wrong itself. */
void rule_files_check_disabled(const struct config *c, struct config_findings *f);

#endif
