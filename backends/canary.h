/* Does our own network work? A URL that answers unless it does not is asked every 10 s: any HTTP answer proves that we see. */
#ifndef MW_BACKENDS_CANARY_H
#define MW_BACKENDS_CANARY_H

#include "backends/http.h"
#include "model/gateway.h"

struct canary_settings {
	const char *url;
	guint interval_ms; /* 0 = 10,000 */
	guint timeout_ms;  /* 0 = 5,000 */
};

/* PRESENCE_ONLINE, or PRESENCE_OFFLINE with `problem`, safe words. */
typedef void (*canary_seen)(void *user, enum presence presence, const char *problem);

struct canary;
struct canary *canary_new(struct http *http, const struct canary_settings *s, canary_seen seen, void *user);
void canary_free(struct canary *c); /* NULL is ignored; not from inside `seen` */
void canary_ask(struct canary *c);  /* now, and from then on at its interval */

#endif
