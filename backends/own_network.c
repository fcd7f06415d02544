#include "backends/own_network.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "backends/http.h"

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

gboolean
own_network_is_loopback(const char *host)
{
	/* "127.example.com" is somebody else's. */
	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 || (g_str_has_prefix(host, "127.") && host[strspn(host, "0123456789.")] == '\0');
}

gboolean
own_network_leads_here(const char *url)
{
	g_autofree char *host = NULL;
	guint16 port;

	return http_url_peer(url, &host, &port) && own_network_is_loopback(host);
}
