/* The list of gateways from an HTTP inventory: the product's own view of which there are, and which are online. */
#ifndef MW_BACKENDS_INVENTORY_H
#define MW_BACKENDS_INVENTORY_H

#include "backends/http.h"
#include "backends/inventory_parse.h"
#include "backends/secret_source.h"

struct inventory_settings {
	const char *url;
	struct inventory_pointers pointers;
	const struct secret_source *token; /* NULL: none */
	guint interval_ms;                 /* 0 = 10,000 */
	guint timeout_ms;                  /* 0 = 10,000 */
};

struct inventory;
/* Strings of `s` are copied. Nothing is asked before inventory_ask(). */
struct inventory *inventory_new(struct http *http, const struct inventory_settings *s, const struct fleet_list_events *e, void *user);
void inventory_free(struct inventory *i); /* NULL is ignored; not from inside an event */
void inventory_ask(struct inventory *i);  /* now, and from then on at its interval */

#endif
