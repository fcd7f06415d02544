/* What the parts that sample share. */
#ifndef MW_APP_RULE_INPUTS_PRIVATE_H
#define MW_APP_RULE_INPUTS_PRIVATE_H

#include "app/rule_inputs.h"
#include "model/observer.h"

#define INPUT_DATUM_US SAMPLES_LOOK_BACK_US /* an older value says nothing any more, unless it is asked for so seldom */

/* --- rule_inputs_hosts.c --- */

struct host_inputs;
struct host_inputs *host_inputs_new(const struct world *w, const GPtrArray *machines /* may be NULL: as by default */);
void host_inputs_free(struct host_inputs *i);
void host_inputs_start(struct host_inputs *i, struct store *store);
void host_inputs_sample(struct host_inputs *i, struct samples *s, gint64 now_us);

/* --- rule_inputs_fleet.c --- */

void fleet_inputs_sample(const struct fleet *f, struct samples *s, gint64 now_us);

/* --- rule_inputs_gateways.c: what gateways log --- */

struct gateway_inputs;
struct gateway_inputs *gateway_inputs_new(void);
void gateway_inputs_free(struct gateway_inputs *i);
/* Adds to fatal_lines and errors_30m, which the caller begins and sweeps. */
void gateway_inputs_sample(struct gateway_inputs *i, const struct fleet *f, struct samples *s, gint64 now_us, gint64 utc_us);

/* --- rule_inputs_product.c: what its servers answer --- */

struct product_inputs;
struct product_inputs *product_inputs_new(const struct config_product *c, struct http *http);
void product_inputs_free(struct product_inputs *i); /* NULL is ignored */
void product_inputs_start(struct product_inputs *i, struct store *store);
/* `e`: what there is to tell by whether our own network works. */
void product_inputs_sample(struct product_inputs *i, struct samples *s, const struct observer_evidence *e, gint64 now_us, gint64 utc_us);
/* Adds what its probes and its canary show of our network. */
void product_inputs_tell(const struct product_inputs *i, struct observer_evidence *e, gint64 now_us);
gboolean product_inputs_are_settled(const struct product_inputs *i);

/* --- rule_inputs_logs.c: what its container logs --- */

struct log_inputs;
/* NULL: no container is configured, or its host is not. */
struct log_inputs *log_inputs_new(const struct config_product *c, struct world *w, GPtrArray *machines);
void log_inputs_free(struct log_inputs *i); /* NULL is ignored */
void log_inputs_start(struct log_inputs *i);
void log_inputs_sample(struct log_inputs *i, struct samples *s, gint64 now_us, gint64 utc_us);
gboolean log_inputs_are_settled(const struct log_inputs *i);

#endif
