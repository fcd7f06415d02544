/* YAML files by a libcyaml schema. Every fault is found, with line and path, before libcyaml loads the document, which stops at the first. */
#ifndef MW_APP_YAML_FILE_H
#define MW_APP_YAML_FILE_H

#include <cyaml/cyaml.h>

#include "app/findings.h"

#define YAML_FILE_MAX (1024 * 1024) /* bytes */

/* Loads a document by a schema (a CYAML_VALUE_MAPPING with CYAML_FLAG_POINTER): give it back by yaml_file_free(). NULL when it is empty, or has faults,
 * which are in the findings then. */
void *yaml_file_load(struct config_findings *f, const char *text, gsize len, const cyaml_schema_value_t *schema);
void yaml_file_free(const cyaml_schema_value_t *schema, void *value); /* NULL is ignored */
/* A value in which nothing is set. */
void *yaml_file_empty(const cyaml_schema_value_t *schema);
/* The text of a file, newly allocated; NULL when it cannot be read or is larger than YAML_FILE_MAX, with that in the findings. */
char *yaml_file_read(struct config_findings *f, const char *path, gsize *len);

#endif
