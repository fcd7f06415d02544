/* How the schemas name their fields: short, since there are many. */
#ifndef MW_APP_YAML_FIELDS_H
#define MW_APP_YAML_FIELDS_H

#include <cyaml/cyaml.h>

#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, type, member) CYAML_FIELD_STRING_PTR(key, OPTIONAL, type, member, 0, CYAML_UNLIMITED)
#define NEEDED_TEXT(key, type, member) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 0, CYAML_UNLIMITED)
#define SWITCH(key, type, member) CYAML_FIELD_BOOL_PTR(key, OPTIONAL, type, member)
#define NUMBER(key, type, member) CYAML_FIELD_UINT_PTR(key, OPTIONAL, type, member)
#define FIGURE(key, type, member) CYAML_FIELD_FLOAT_PTR(key, OPTIONAL, type, member)
#define LIST(key, type, member, entry) CYAML_FIELD_SEQUENCE(key, OPTIONAL, type, member, entry, 0, CYAML_UNLIMITED)
#define GROUP(key, type, member, fields) CYAML_FIELD_MAPPING_PTR(key, OPTIONAL, type, member, fields)

#endif
