#include "backends/own_network.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

static gboolean
is_a_way_out(const struct ifaddrs *i)
{
	if (!i->ifa_addr || (i->ifa_flags & IFF_LOOPBACK) || !(i->ifa_flags & IFF_UP) || !(i->ifa_flags & IFF_RUNNING))
		return FALSE;
	if (i->ifa_addr->sa_family == AF_INET6)
		return !IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr);
	return i->ifa_addr->sa_family == AF_INET;
}

gboolean
own_network_is_up(void)
{
	struct ifaddrs *all;
	gboolean found = FALSE;

	if (getifaddrs(&all) != 0)
		return TRUE;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next)
		found = is_a_way_out(i);
	freeifaddrs(all);
	return found;
}
