/* What the schema cannot say: names that must differ, exactly one of several keys, words out of a list, patterns that must compile. */
#ifndef MW_APP_CONFIG_RULES_H
#define MW_APP_CONFIG_RULES_H

#include "app/config.h"
#include "app/findings.h"

void config_rules_check(const struct config *c, struct config_findings *f);

#endif
