/* The rules for actions of the configuration. */
#ifndef MW_APP_CONFIG_RULES_ACTIONS_H
#define MW_APP_CONFIG_RULES_ACTIONS_H

#include "app/config.h"
#include "app/findings.h"

void config_rules_check_actions(const struct config *c, struct config_findings *f);

#endif
