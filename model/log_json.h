/* A walk over the members of a JSON log line's outermost object, without building a tree. Internal to the log line readers. */
#ifndef MW_MODEL_LOG_JSON_H
#define MW_MODEL_LOG_JSON_H

#include <glib.h>

struct log_json {
	const char *at, *end;       /* where the walk goes on */
	const char *key, *value;    /* of the member found; not NUL-terminated, quotes stripped */
	gsize key_length, value_length;
	gboolean quoted;            /* the value is a string */
};

/* Starts a walk; FALSE when the line is no object. Looks at the first LOG_JSON_WINDOW bytes only. */
#define LOG_JSON_WINDOW 2048
gboolean log_json_start(struct log_json *j, const char *text, gsize len);
/* The next member; FALSE when there is none or the text is not JSON. Members of inner objects are seen as well. */
gboolean log_json_next(struct log_json *j);
/* True when the key is one of the NULL-terminated list. */
gboolean log_json_key_is(const struct log_json *j, const char *const *names);

#endif
