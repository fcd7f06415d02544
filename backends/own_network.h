/* Has this machine a network at all, and does a host need one? */
#ifndef MW_BACKENDS_OWN_NETWORK_H
#define MW_BACKENDS_OWN_NETWORK_H

#include <glib.h>

/* FALSE: no interface but the loopback is up with an address, so that nobody elsewhere can be reached. TRUE also when that cannot be told. */
gboolean own_network_is_up(void);
/* Is the host, as it stands in a URL, this machine's loopback? */
gboolean own_network_is_loopback(const char *host);
/* Does the URL lead there, so that no network is between? */
gboolean own_network_leads_here(const char *url);

#endif
