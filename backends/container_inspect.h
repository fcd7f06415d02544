/* The few things of a container's inspect reply that following its log needs. */
#ifndef MW_BACKENDS_CONTAINER_INSPECT_H
#define MW_BACKENDS_CONTAINER_INSPECT_H

#include "backends/http.h"

struct container_inspect {
	char *id;          /* owned; hexadecimal, fit for a URL */
	char *started;     /* owned; State.StartedAt as it is: names a run */
	char *status;      /* owned, safe; "running", "exited" */
	gint64 created_us; /* UTC; 0 when not known */
	gboolean tty, running;
};

/* FALSE when the body is not an inspect reply. */
gboolean container_inspect_parse(const char *body, gsize len, struct container_inspect *out);
void container_inspect_clear(struct container_inspect *i);
/* The daemon's words in an error reply, safe; else its status. g_free it. */
char *container_reply_words(const struct http_reply *r);

#endif
