/* The one schema of config.yml: see yaml_file.h. */
#ifndef MW_APP_CONFIG_SCHEMA_H
#define MW_APP_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t config_schema;
extern const cyaml_schema_value_t variable_schema; /* struct config_variable: checklists have some, too */

#endif
