/* The restart of a gateway's unit: its journal and state are saved, then systemd restarts it, then its state tells whether it did. And that
 * saving alone. */
#ifndef MW_APP_WORK_GATEWAY_H
#define MW_APP_WORK_GATEWAY_H

#include "app/work.h"

#define WORK_GATEWAY_ACTION "gateway.restart"

/* What is run over there, complete and quoted: with sudo unless the user over there is root. Newly allocated. */
char *work_gateway_command(const char *unit);
/* Its operation's target is the unit. */
struct work *work_gateway_new(struct machine *m, const char *unit);
/* The evidence alone: nothing is changed over there. */
struct work *work_gateway_snapshot_new(struct machine *m, const char *unit);

#endif
