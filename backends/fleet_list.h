/* A list of gateways as a source gives it, and what is done with it: what no host can be called is left out, and an empty list is not believed
 * at its first sight. */
#ifndef MW_BACKENDS_FLEET_LIST_H
#define MW_BACKENDS_FLEET_LIST_H

#include "model/fleet.h"

#define FLEET_LIST_MAX 10000 /* gateways; more are left out */

struct fleet_list {
	GArray *entries;     /* of struct fleet_entry; its strings are the list's */
	GStringChunk *text;  /* they lie here */
	guint left_out;      /* rows without a name, with one that ssh must not be given, or too many */
};

struct fleet_list *fleet_list_new(void);
void fleet_list_free(struct fleet_list *l); /* NULL is ignored */
/* Copies the strings; `address` may be NULL: then the name is where it is reached. Both come from outside and may be passed to ssh: a name or
 * address that is none is left out and counted, as is a row when there are FLEET_LIST_MAX. */
gboolean fleet_list_add(struct fleet_list *l, const char *name, const char *address, enum presence product, const struct gateway_tailnet *tailnet);
/* A host name or an address, without user and port: letters, digits and . : _ - , no dash at its beginning. */
gboolean fleet_list_is_host(const char *text);

/* What becomes of a source's answers. */
struct fleet_list_events {
	void (*list)(void *user, const struct fleet_list *l); /* to be taken over */
	void (*failed)(void *user, const char *why);          /* safe words that say what to do; the list from before stays, old */
};

/* An empty answer is more often a fault of the source than the end of the fleet: it counts when it comes twice in a row. */
struct fleet_list_doubt { gboolean empty_before; };
/* Hands a list on, or says why it is not taken yet. `who`: "the inventory". */
void fleet_list_hand_on(struct fleet_list_doubt *d, const struct fleet_list *l, const char *who, const struct fleet_list_events *e, void *user);

#endif
