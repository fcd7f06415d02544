/* Rules from YAML: the shipped ones, and those in files that the configuration names. */
#ifndef MW_APP_RULE_FILES_H
#define MW_APP_RULE_FILES_H

#include "app/config.h"
#include "model/rule.h"

/* One file's rules, of struct rule, owned; NULL with every problem found in `problems`. */
GPtrArray *rule_file_parse(const char *text, gsize len, const char *origin, GPtrArray *problems);
/* All that are not disabled; files that are wrong are left out, with their problems told. Never NULL. */
GPtrArray *rule_files_load(const struct config *c, GPtrArray *problems);

#endif
