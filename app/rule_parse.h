/* One file of rules, whose lines are still wanted: rule_files.c checks what its rules inhibit when all files are there. */
#ifndef MW_APP_RULE_PARSE_H
#define MW_APP_RULE_PARSE_H

#include "app/findings.h"

/* Of struct rule, owned; NULL with what is wrong in the findings. */
GPtrArray *rule_parse(struct config_findings *f, const char *text, gsize len);

#endif
