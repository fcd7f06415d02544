/* What the JSON of all subcommands has in common. */
#ifndef MW_APP_JSON_OUT_H
#define MW_APP_JSON_OUT_H

#include <cjson/cJSON.h>

/* A member that is there in any case: null for NULL. */
void json_out_text(cJSON *o, const char *name, const char *text);
/* Likewise: null for what is no number. */
void json_out_number(cJSON *o, const char *name, double value);
/* Prints all of it, with a line feed, and frees it. */
void json_out_print(cJSON *root);

#endif
