/* A token in use: read from its source when it is first wanted, held in locked memory, read anew when the server does not take it any more. */
#ifndef MW_BACKENDS_BEARER_H
#define MW_BACKENDS_BEARER_H

#include <glib.h>

#include "backends/secret_source.h"

#define BEARER_AGAIN_S 60 /* so often is a source asked at most, unless the operator wants it: a command may ask a password manager */

struct bearer;

/* NULL when `s` is NULL, which all functions take for "no token". Strings of `s` are copied. */
struct bearer *bearer_new(const struct secret_source *s, guint again_s);
void bearer_free(struct bearer *b); /* `ready` is not called any more */

/* `problem`: safe words; NULL: it is there. */
typedef void (*bearer_ready)(void *user, const char *problem);
/* Called once: at once when it is held, is not to be asked for yet, or there is none; else later. One at a time: a later call
 * takes the place of one that waits. */
void bearer_prepare(struct bearer *b, bearer_ready ready, void *user);
/* "Authorization: Bearer …", newly allocated; NULL when there is none. Give it to bearer_header_free(), which wipes it. */
char *bearer_header(const struct bearer *b);
void bearer_header_free(char *header);
/* The secret itself, for a body or a URL: borrowed, until the next call; NULL when there is none. */
const char *bearer_text(const struct bearer *b);
/* The server refused it: TRUE when it is forgotten, so that the next bearer_prepare() reads its source. */
gboolean bearer_refused(struct bearer *b);
/* The operator asks: a source that failed is read again. */
void bearer_retry(struct bearer *b);
/* Words of a server without the token in them, newly allocated. */
char *bearer_redact(const struct bearer *b, const char *words);

#endif
