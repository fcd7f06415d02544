/* Who is told of what fires: pages to those that are told of pages, lower severities to those that ask for them. One process on a store tells; nobody is
 * told while midwatch is read-only, or in a drill, which is said to have held back what it would have told. What is told of a page is in the store, so that another midwatch goes on where this one ended. */
#ifndef MW_APP_RULES_TELL_H
#define MW_APP_RULES_TELL_H

#include "app/rules_deliver.h"
#include "app/rules_run.h"

struct rules_tell;

/* `rules` are borrowed, as is all of `s`. */
struct rules_tell *rules_tell_new(const struct rules_run_settings *s, struct rules *rules);
void rules_tell_free(struct rules_tell *t); /* NULL is ignored */
void rules_tell_start(struct rules_tell *t, struct store *store);
/* After each evaluation. */
void rules_tell_tick(struct rules_tell *t, gint64 utc_us);
/* Why nobody is told, borrowed until the next tick; NULL: people are told. */
const char *rules_tell_quiet(const struct rules_tell *t);
/* What waits or could not be told, newly allocated; NULL: nothing. */
char *rules_tell_trouble(const struct rules_tell *t);
/* How people are told, borrowed: what of it has come to an end, and what a person pages by hand. */
struct rules_deliver *rules_tell_deliver(const struct rules_tell *t);

#endif
