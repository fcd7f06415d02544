#include "backends/child_args.h"

static void
add(GPtrArray *list, const char *word)
{
	g_ptr_array_add(list, g_strdup(word));
}

static void
add_option(GPtrArray *list, const char *name, const char *value)
{
	add(list, "-o");
	g_ptr_array_add(list, g_strdup_printf("%s=%s", name, value));
}

static void
add_options(GPtrArray *list, const char *const pairs[][2], guint count)
{
	for (guint i = 0; i < count; i++)
		add_option(list, pairs[i][0], pairs[i][1]);
}

/* An ssh option's value with spaces would be read as a list. */
static void
add_path_option(GPtrArray *list, const char *name, const char *path)
{
	g_autofree char *quoted = g_strdup_printf("\"%s\"", path);

	add_option(list, name, quoted);
}

static GPtrArray *
begin(const char *config, const char *hostname)
{
	GPtrArray *list = g_ptr_array_new();

	add(list, "ssh");
	if (config) {
		add(list, "-F");
		add(list, config);
	}
	if (hostname)
		add_option(list, "HostName", hostname);
	return list;
}

static char **
finish(GPtrArray *list, const struct child_args *a, const char *command)
{
	add(list, "--");
	add(list, a->host);
	if (command)
		add(list, command);
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

static void
add_connect_timeout(GPtrArray *list, const struct child_args *a)
{
	g_autofree char *seconds = g_strdup_printf("%u", a->connect_timeout_s);

	if (a->connect_timeout_s)
		add_option(list, "ConnectTimeout", seconds);
}

char **
child_args_resolve(const struct child_args *a)
{
	GPtrArray *list = begin(a->ssh_config, a->hostname);

	add(list, "-G");
	return finish(list, a, NULL);
}

char **
child_args_scan(const struct child_args *a, const char *key_file)
{
	static const char *const options[][2] = {
		{ "BatchMode", "yes" }, { "ControlMaster", "no" }, { "ControlPath", "none" }, { "ClearAllForwardings", "yes" },
		{ "StrictHostKeyChecking", "accept-new" }, { "GlobalKnownHostsFile", "/dev/null" }, { "HashKnownHosts", "no" },
		{ "UpdateHostKeys", "no" }, { "CheckHostIP", "no" }, { "PreferredAuthentications", "none" }, { "PermitLocalCommand", "no" },
		{ "ForwardAgent", "no" }, { "ForwardX11", "no" }, { "RemoteCommand", "none" },
	};
	GPtrArray *list = begin(a->ssh_config, a->hostname);

	add(list, "-T");
	add_options(list, options, G_N_ELEMENTS(options));
	add_path_option(list, "UserKnownHostsFile", key_file);
	add_connect_timeout(list, a);
	return finish(list, a, "exit 0");
}

char **
child_args_master(const struct child_args *a)
{
	/* 4 s and 2 unanswered: ssh gives up at the third time, 12 s after the peer fell silent. */
	static const char *const options[][2] = {
		{ "ControlPersist", "no" }, { "BatchMode", "yes" }, { "StrictHostKeyChecking", "yes" }, { "UpdateHostKeys", "no" },
		{ "ServerAliveInterval", "4" }, { "ServerAliveCountMax", "2" }, { "ClearAllForwardings", "yes" }, { "ForwardAgent", "no" },
		{ "ForwardX11", "no" }, { "Tunnel", "no" }, { "RemoteCommand", "none" }, { "LogLevel", "INFO" },
		{ "PermitLocalCommand", "yes" }, { "LocalCommand", "echo " CHILD_READY }, { "StreamLocalBindMask", "0177" },
		{ "StreamLocalBindUnlink", "yes" },
	};
	GPtrArray *list = begin(a->ssh_config, a->hostname);

	add(list, "-M");
	add(list, "-N");
	add(list, "-T");
	add(list, "-S");
	add(list, a->control);
	add_options(list, options, G_N_ELEMENTS(options));
	if (a->known_hosts)
		add_path_option(list, "UserKnownHostsFile", a->known_hosts);
	add_connect_timeout(list, a);
	return finish(list, a, NULL);
}

/* A client of the master reads no configuration. Without the master it would connect by itself: the proxy command forbids that. */
static GPtrArray *
begin_client(const struct child_args *a)
{
	static const char *const options[][2] = {
		{ "ControlMaster", "no" }, { "BatchMode", "yes" }, { "ProxyCommand", "false" }, { "LogLevel", "ERROR" },
	};
	GPtrArray *list = begin("none", NULL);

	add(list, "-T");
	add(list, "-S");
	add(list, a->control);
	add_options(list, options, G_N_ELEMENTS(options));
	return list;
}

char **
child_args_exec(const struct child_args *a, const char *command)
{
	return finish(begin_client(a), a, command);
}

char **
child_args_forward(const struct child_args *a, const char *local_path, const char *target)
{
	GPtrArray *list = begin_client(a);

	add(list, "-O");
	add(list, "forward");
	add(list, "-L");
	g_ptr_array_add(list, g_strdup_printf("%s:%s", local_path, target));
	return finish(list, a, NULL);
}

char **
child_environment(void)
{
	return g_environ_setenv(g_environ_unsetenv(g_get_environ(), "DISPLAY"), "SSH_ASKPASS_REQUIRE", "never", TRUE);
}
