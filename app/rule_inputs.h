/* Everything between what midwatch knows and the rules: samples of the metrics that docs/rules.md lists, from hosts, the fleet, the product's answers
 * and logs. What is not known is given as unknown, with the reason; what has no input (nothing is configured for it) has no series. */
#ifndef MW_APP_RULE_INPUTS_H
#define MW_APP_RULE_INPUTS_H

#include "app/config.h"
#include "app/machine.h"
#include "backends/store.h"
#include "model/samples.h"

struct rule_inputs;

struct rule_inputs_settings {
	const struct config *config;   /* borrowed, as are the others */
	struct world *world;
	struct http *http;
	GPtrArray *machines;
};

struct rule_inputs *rule_inputs_new(const struct rule_inputs_settings *s);
void rule_inputs_free(struct rule_inputs *i); /* before the world, the machines and http; NULL is ignored */
/* Asks the product and follows its log from now on. `store` may be NULL: counts that are compared with those before a restart are not kept then. */
void rule_inputs_start(struct rule_inputs *i, struct store *store);
/* Takes a sample of everything. Times as in samples.h. */
void rule_inputs_sample(struct rule_inputs *i, struct samples *s, gint64 now_us, gint64 utc_us);
/* Has everything that is asked answered, or failed, once? */
gboolean rule_inputs_are_settled(const struct rule_inputs *i);

#endif
