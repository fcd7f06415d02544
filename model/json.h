/* Reading members of an untrusted JSON object: a missing member and one of the wrong type are the same. */
#ifndef MW_MODEL_JSON_H
#define MW_MODEL_JSON_H

#include <cjson/cJSON.h>
#include <glib.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)

#define JSON_ERROR (json_error_quark())
GQuark json_error_quark(void);
enum { JSON_ERROR_SYNTAX, JSON_ERROR_SHAPE };

/* Parses the whole of `bytes`; NULL with a JSON_ERROR that names `what` when it is not JSON or not of the type. */
cJSON *json_parse(const char *bytes, gsize len, int type /* cJSON_Object or cJSON_Array */, const char *what, GError **error);
/* Members; `o` may be NULL. */
const cJSON *json_object(const cJSON *o, const char *name);
const cJSON *json_array(const cJSON *o, const char *name);
const char *json_string(const cJSON *o, const char *name); /* borrowed, raw; NULL when missing */
char *json_safe(const cJSON *o, const char *name);         /* newly allocated, safe; NULL when missing */
gboolean json_true(const cJSON *o, const char *name);
/* A number brought into the range; 0 when missing. */
guint64 json_count(const cJSON *o, const char *name);
gint64 json_integer(const cJSON *o, const char *name);
int json_int(const cJSON *o, const char *name);

/* The value at a JSON pointer (RFC 6901): "" is `root` itself, "/a/0/b~1c" the member "b/c" of the first of the array "a". NULL: there is none. */
const cJSON *json_at(const cJSON *root, const char *pointer);
gboolean json_pointer_is_valid(const char *pointer);

#endif
