/* What is read off a URL. */
#include <string.h>

#include "backends/http.h"
#include "backends/own_network.h"

gboolean
http_url_peer(const char *url, char **host, guint16 *port)
{
	g_autofree char *scheme = NULL;
	int number = -1;

	if (!g_uri_split_network(url, G_URI_FLAGS_NONE, &scheme, host, &number, NULL) || !*host)
		return FALSE;
	*port = number >= 0 ? (guint16)number : g_strcmp0(scheme, "https") == 0 ? 443 : 80;
	return TRUE;
}

gboolean
http_url_is_private(const char *url)
{
	g_autofree char *scheme = NULL, *user = NULL, *host = NULL;

	for (const char *c = url; *c; c++)
		if (!g_ascii_isgraph(*c) || *c == '\\')
			return FALSE;
	if (!g_uri_split_with_user(url, G_URI_FLAGS_NONE, &scheme, &user, NULL, NULL, &host, NULL, NULL, NULL, NULL, NULL) || user || !host || !*host)
		return FALSE;
	if (g_strcmp0(scheme, "https") == 0)
		return TRUE;
	return g_strcmp0(scheme, "http") == 0 && own_network_is_loopback(host);
}

char *
http_url_base(const char *url)
{
	gsize len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	return g_strndup(url, len);
}
