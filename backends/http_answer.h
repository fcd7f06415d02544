/* Is an answer one to be read, and what is to be done when it is not. No words of it are repeated but where they are asked for: a server may
 * give back what it was sent, the token too. */
#ifndef MW_BACKENDS_HTTP_ANSWER_H
#define MW_BACKENDS_HTTP_ANSWER_H

#include <cjson/cJSON.h>

#include "backends/http.h"

/* NULL: a whole 2xx answer. Else safe words for the operator, newly allocated. `who`: "the inventory"; `token`: one was sent. */
char *http_answer_problem(const struct http_reply *r, const char *who, gboolean token);
/* The body as JSON of any type; NULL with a JSON_ERROR, which tells a web page from other things. */
cJSON *http_answer_json(const char *bytes, gsize len, const char *who, GError **error);

#endif
