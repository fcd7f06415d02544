/* Reading members of an untrusted JSON object: a missing member and one of the wrong type are the same. */
#ifndef MW_BACKENDS_DOCKER_JSON_H
#define MW_BACKENDS_DOCKER_JSON_H

#include <cjson/cJSON.h>
#include <glib.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)

/* Parses the whole of `bytes`; NULL with a DOCKER_PARSE_ERROR that names `what` when it is not JSON or not of the type. */
cJSON *docker_json_parse(const char *bytes, gsize len, int type /* cJSON_Object or cJSON_Array */, const char *what, GError **error);
/* Members; `o` may be NULL. */
const cJSON *docker_json_object(const cJSON *o, const char *name);
const cJSON *docker_json_array(const cJSON *o, const char *name);
const char *docker_json_string(const cJSON *o, const char *name); /* borrowed, raw; NULL when missing */
char *docker_json_safe(const cJSON *o, const char *name);         /* newly allocated, safe; NULL when missing */
gboolean docker_json_true(const cJSON *o, const char *name);
/* A number brought into the range; 0 when missing. */
guint64 docker_json_count(const cJSON *o, const char *name);
gint64 docker_json_integer(const cJSON *o, const char *name);
int docker_json_int(const cJSON *o, const char *name);

#endif
