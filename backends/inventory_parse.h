/* An HTTP inventory's answer: JSON of any shape, read through JSON pointers (RFC 6901). Pure; the bytes are not trusted. */
#ifndef MW_BACKENDS_INVENTORY_PARSE_H
#define MW_BACKENDS_INVENTORY_PARSE_H

#include <cjson/cJSON.h>

#include "backends/fleet_list.h"

struct inventory_pointers {
	const char *items;   /* to the array or object of gateways; NULL = the document */
	const char *name;    /* within one; NULL = "/name", or the text itself in an array of texts. In an object without it, the keys are the names */
	const char *address; /* NULL = none */
	const char *online;  /* NULL = none, or the value itself in an object of plain values */
};

/* NULL with a JSON_ERROR that says which pointer leads nowhere. Free with fleet_list_free(). */
struct fleet_list *inventory_parse(const char *bytes, gsize len, const struct inventory_pointers *p, GError **error);
/* true, a number other than 0, or one of online, connected, up, active, true, yes; the opposite; anything else is not known. */
enum presence inventory_presence(const cJSON *value);

#endif
