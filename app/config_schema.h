/* The one schema of config.yml: libcyaml loads by it, and config_check.c walks the document by it to find every fault with its line. */
#ifndef MW_APP_CONFIG_SCHEMA_H
#define MW_APP_CONFIG_SCHEMA_H

#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t config_schema;

#endif
