/* `midwatch doctor`: says for each host, step by step, what works, what does not, and the remedy. */
#ifndef MW_APP_DOCTOR_H
#define MW_APP_DOCTOR_H

#include <glib.h>

#include "app/config.h"

/* Checks every host at once and prints the findings in the configuration's order, as text or JSON. Exit code: 0 all works, 1 something does
 * not, 3 a host could not be observed. Changes nothing over there; answers no question (an unknown host key is a finding). */
int doctor_run(const struct config *config, gboolean json);

#endif
