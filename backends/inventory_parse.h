/* An HTTP inventory's answer: JSON of any shape, read through JSON pointers (RFC 6901). Pure; the bytes are not trusted. */
#ifndef MW_BACKENDS_INVENTORY_PARSE_H
#define MW_BACKENDS_INVENTORY_PARSE_H

#include <cjson/cJSON.h>

#include "backends/fleet_list.h"

struct inventory_pointers {
	const char *items;   /* to the array or object of gateways; NULL = the document */
	const char *name;    /* within one; NULL = "/name". In an object without it, the member's own name is the gateway's */
	const char *address; /* NULL = none */
	const char *online;  /* NULL = none: its presence is not known */
};

/* NULL with a JSON_ERROR that says which pointer leads nowhere. Free with fleet_list_free(). */
struct fleet_list *inventory_parse(const char *bytes, gsize len, const struct inventory_pointers *p, GError **error);
/* true, a number other than 0, or one of online, connected, up, active, true, yes; the opposite; anything else is not known. */
enum presence inventory_presence(const cJSON *value);

#endif
