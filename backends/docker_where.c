#include "backends/docker_where.h"

#include <string.h>

#include "model/sanitize.h"

static void
set_problem(struct docker_where *w, const char *address, const char *why)
{
	g_autofree char *raw = g_strdup_printf("The Docker address %s %s", address, why);

	w->problem = sanitize_text(raw, -1);
}

/* tcp://host:port; what follows is not kept. */
static void
take_tcp(struct docker_where *w, const char *address, gboolean tls)
{
	g_autofree char *scheme = NULL, *host = NULL;
	int port = -1;

	if (!g_uri_split_network(address, G_URI_FLAGS_NONE, &scheme, &host, &port, NULL) || !host || !*host)
		set_problem(w, address, "cannot be read; it should be unix:///path or tcp://host:port");
	else if (tls || strcmp(scheme, "https") == 0 || port == 2376)
		set_problem(w, address, "means TLS, which midwatch does not speak to Docker; name that machine as an SSH host in the configuration instead");
	else {
		w->host = g_steal_pointer(&host);
		w->port = (guint16)(port > 0 ? port : 2375);
	}
}

static void
take_address(struct docker_where *w, const char *address, gboolean tls)
{
	if (address[0] == '/')
		w->socket = g_strdup(address);
	else if (g_str_has_prefix(address, "unix://") && address[7] == '/')
		w->socket = g_strdup(address + 7);
	else if (g_str_has_prefix(address, "tcp://") || g_str_has_prefix(address, "http://") || g_str_has_prefix(address, "https://"))
		take_tcp(w, address, tls);
	else if (g_str_has_prefix(address, "ssh://"))
		set_problem(w, address, "is another machine: name it as a host in the configuration, midwatch reaches its Docker over SSH itself");
	else
		set_problem(w, address, "is of no kind that midwatch knows; it should be unix:///path or tcp://host:port");
}

void
docker_where_find(struct docker_where *w, const char *configured, const struct docker_environment *environment)
{
	const char *address = configured && *configured ? configured : environment ? environment->docker_host : NULL;
	g_autofree char *rootless = NULL;

	memset(w, 0, sizeof *w);
	if (address && *address) {
		take_address(w, address, environment && environment->tls_verify && *environment->tls_verify);
		return;
	}
	if (environment && environment->runtime_dir && *environment->runtime_dir)
		rootless = g_build_filename(environment->runtime_dir, "docker.sock", NULL);
	if (rootless && g_file_test(rootless, G_FILE_TEST_EXISTS))
		w->socket = g_steal_pointer(&rootless);
	else
		w->socket = g_strdup(DOCKER_SOCKET);
}

void
docker_where_clear(struct docker_where *w)
{
	g_free(w->socket);
	g_free(w->host);
	g_free(w->problem);
	memset(w, 0, sizeof *w);
}

char *
docker_where_dial(const struct docker_where *w)
{
	g_autofree char *address = NULL, *quoted = NULL;

	if (!w->socket)
		return NULL;
	if (strcmp(w->socket, DOCKER_SOCKET) == 0)
		return g_strdup("docker system dial-stdio");
	address = g_strconcat("unix://", w->socket, NULL);
	quoted = g_shell_quote(address);
	return g_strdup_printf("docker --host=%s system dial-stdio", quoted);
}

char *
docker_where_look(const struct docker_where *w)
{
	g_autofree char *quoted = g_shell_quote(w->socket);

	return g_strdup_printf("s=%s; if [ -S \"$s\" ]; then if [ -w \"$s\" ]; then echo there; else echo denied; fi; "
	                       "else r=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/docker.sock; "
	                       "if [ -S \"$r\" ]; then echo \"rootless $r\"; else echo missing; fi; fi", quoted);
}
