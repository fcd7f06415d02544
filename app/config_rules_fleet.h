/* The rules for the fleet of the configuration. */
#ifndef MW_APP_CONFIG_RULES_FLEET_H
#define MW_APP_CONFIG_RULES_FLEET_H

#include "app/config.h"
#include "app/findings.h"

void config_rules_check_fleet(const struct config *c, struct config_findings *f);

#endif
