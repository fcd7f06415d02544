/* What a configuration names beside itself: checklists and rules. */
#ifndef MW_APP_CHECK_CONFIG_H
#define MW_APP_CHECK_CONFIG_H

#include "app/config.h"

/* Reads them all; prints every fault to stderr. FALSE when there was one. */
gboolean check_config_files(const struct config *c);
/* midwatch --check-config, of a configuration that is sound itself: the exit code. */
int check_config_run(const struct config *c);

#endif
