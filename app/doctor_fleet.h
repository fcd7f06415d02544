/* What the doctor finds of the fleet: who lists the gateways, how many are reached, and why the others are not. */
#ifndef MW_APP_DOCTOR_FLEET_H
#define MW_APP_DOCTOR_FLEET_H

#include "app/config.h"
#include "app/doctor_report.h"
#include "model/fleet.h"

/* Notes why gateways are not reached: it is forgotten when they are tried again. TRUE: everything of the fleet has been asked that can be, each
 * source, and each gateway once. */
gboolean doctor_fleet_look(struct doctor_fleet *d, const struct fleet *f, const struct config_fleet *c);
/* What is known of it now; what has not answered is said to be late. */
void doctor_fleet_conclude(struct doctor_fleet *d, const struct fleet *f, const struct config_fleet *c);

#endif
