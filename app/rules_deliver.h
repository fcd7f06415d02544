/* Messages to all who are told of a severity, and what became of them. In a drill none goes out: what would have been sent is counted and shown. */
#ifndef MW_APP_RULES_DELIVER_H
#define MW_APP_RULES_DELIVER_H

#include "app/notifiers.h"
#include "model/world.h"

struct rules_deliver;

/* All of a message has come to an end. `scope`: as it was given; `taken`: everybody took it. Not called for one about whose scope something newer was
 * said meanwhile. */
typedef void (*rules_delivered)(void *user, const char *scope, enum notify_event event, gboolean taken);
/* A message that a person sent: OK when everybody took it, FAILED when one did not, UNKNOWN when midwatch ends before; `words` say by whom, safe, borrowed. */
typedef void (*rules_answered)(void *user, enum outcome outcome, const char *words);

/* All but `c` is borrowed for as long as it lives. It asks `world` whether this is a drill. */
struct rules_deliver *rules_deliver_new(struct http *http, const struct config *c, struct world *world, rules_delivered delivered, void *user);
/* What waits is not sent. NULL is ignored. */
void rules_deliver_free(struct rules_deliver *d);
/* Sends it to all who are told of this severity. `scope`: of the page that it is about; NULL: of none, and nobody is told of its end. */
void rules_deliver_send(struct rules_deliver *d, enum rule_severity severity, const struct notify_message *m, const char *scope);
/* Sends a page to all who are paged; `answered` is called once, later, or by rules_deliver_free(). Not in a drill. */
void rules_deliver_page(struct rules_deliver *d, const struct notify_message *m, rules_answered answered, void *user);
/* "pagerduty, slack oncall": who is told of this severity, newly allocated; NULL: nobody. */
char *rules_deliver_whom(const struct rules_deliver *d, enum rule_severity severity);
/* Is anybody told of anything? */
gboolean rules_deliver_has_any(const struct rules_deliver *d);
/* Messages that the drill has held back. */
guint rules_deliver_held(const struct rules_deliver *d);
/* What waits or was not taken, newly allocated; NULL: nothing. */
char *rules_deliver_trouble(const struct rules_deliver *d);
/* Has all come to an end? */
gboolean rules_deliver_is_done(const struct rules_deliver *d);

#endif
