/* Has this machine a network at all? */
#ifndef MW_BACKENDS_OWN_NETWORK_H
#define MW_BACKENDS_OWN_NETWORK_H

#include <glib.h>

/* FALSE: no interface but the loopback is up with an address, so that nobody elsewhere can be reached. TRUE also when that cannot be told. */
gboolean own_network_is_up(void);

#endif
