/* What of the rules outlives midwatch: the state of alerts, and silences. Changes are written a bounded number at a time. */
#ifndef MW_APP_RULES_KEEP_H
#define MW_APP_RULES_KEEP_H

#include "backends/store.h"

struct rules_keep;

/* Gives the rules what the store remembers. `store` and `rules` are borrowed. `in_turns`: runs look one after the other, as from cron, so that the time
 * from one to the next counts, as it does between two evaluations; else it is left out, since nobody looked. `reads`: nothing is written, so that a drill
 * leaves no alert behind to whoever goes on. */
struct rules_keep *rules_keep_new(struct store *store, struct rules *rules, gboolean in_turns, gboolean reads);
void rules_keep_free(struct rules_keep *k); /* writes what waits; NULL is ignored */
/* An alert has changed: it is written with the next rules_keep_tick(). */
void rules_keep_note(struct rules_keep *k, const struct alert *a);
/* Once a second. `evaluated`: right after an evaluation. Silences that others have made or ended are taken over. */
void rules_keep_tick(struct rules_keep *k, gboolean evaluated);
/* Why nothing could be written, borrowed; NULL: all is well. */
const char *rules_keep_problem(const struct rules_keep *k);

#endif
