/* The rules for what the checklists and the paging rules look at, and for who is told. */
#ifndef MW_APP_CONFIG_RULES_PRODUCT_H
#define MW_APP_CONFIG_RULES_PRODUCT_H

#include "app/findings.h"

void config_rules_check_product(const struct config *c, struct config_findings *f);
/* notify and alertmanager. */
void config_rules_check_notify(const struct config *c, struct config_findings *f);

#endif
