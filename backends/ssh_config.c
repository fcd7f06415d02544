#include "backends/ssh_config.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "model/sanitize.h"

/* --- parsing --- */

static void
set_once(char **field, const char *value)
{
	if (!*field)
		*field = g_strdup(value);
}

/* ssh prints settings that are not set as "none". */
static void
set_unless_none(char **field, const char *value)
{
	if (g_ascii_strcasecmp(value, "none") != 0)
		set_once(field, value);
}

static gboolean
is_yes(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0;
}

static guint
number(const char *value, guint max)
{
	guint64 n;

	return g_ascii_string_to_unsigned(value, 10, 0, max, &n, NULL) ? (guint)n : 0;
}

static void
set_list(GPtrArray *list, const char *value)
{
	g_auto(GStrv) words = g_strsplit(value, " ", -1);

	if (list->len > 0)
		return;
	for (guint i = 0; words[i]; i++)
		if (*words[i] && g_ascii_strcasecmp(words[i], "none") != 0)
			g_ptr_array_add(list, g_strdup(words[i]));
}

static gboolean
take_text(struct ssh_config *c, const char *key, const char *value)
{
	const struct { const char *key; char **field; gboolean none; } texts[] = {
		{ "hostname", &c->hostname, FALSE }, { "user", &c->user, FALSE }, { "hostkeyalias", &c->host_key_alias, TRUE },
		{ "proxyjump", &c->proxy, TRUE }, { "proxycommand", &c->proxy, TRUE }, { "bindaddress", &c->bind, TRUE },
		{ "bindinterface", &c->bind, TRUE }, { "identityagent", &c->identity_agent, FALSE }, { "ciphers", &c->ciphers, FALSE },
		{ "macs", &c->macs, FALSE }, { "hostkeyalgorithms", &c->host_key_algorithms, FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (strcmp(key, texts[i].key) != 0)
			continue;
		if (texts[i].none)
			set_unless_none(texts[i].field, value);
		else
			set_once(texts[i].field, value);
		return TRUE;
	}
	return FALSE;
}

static void
take(struct ssh_config *c, const char *key, const char *value)
{
	if (take_text(c, key, value))
		return;
	if (strcmp(key, "port") == 0)
		c->port = (guint16)number(value, G_MAXUINT16);
	else if (strcmp(key, "identityfile") == 0)
		g_ptr_array_add(c->identity_files, g_strdup(value));
	else if (strcmp(key, "certificatefile") == 0)
		c->has_certificate = g_ascii_strcasecmp(value, "none") != 0;
	else if (strcmp(key, "identitiesonly") == 0)
		c->identities_only = is_yes(value);
	else if (strcmp(key, "hashknownhosts") == 0)
		c->hash_known_hosts = is_yes(value);
	else if (strcmp(key, "userknownhostsfile") == 0)
		set_list(c->user_known_hosts, value);
	else if (strcmp(key, "globalknownhostsfile") == 0)
		set_list(c->global_known_hosts, value);
	else if (strcmp(key, "stricthostkeychecking") == 0)
		c->strict = is_yes(value) ? SSH_STRICT_YES : SSH_STRICT_ASK;
	else if (strcmp(key, "addressfamily") == 0)
		c->family = strcmp(value, "inet") == 0 ? AF_INET : strcmp(value, "inet6") == 0 ? AF_INET6 : AF_UNSPEC;
	else if (strcmp(key, "connecttimeout") == 0)
		c->connect_timeout_s = number(value, 3600);
	else if (strcmp(key, "serveraliveinterval") == 0)
		c->alive_interval_s = number(value, 3600);
}

gboolean
ssh_config_parse(const char *alias, const char *text, gsize len, struct ssh_config *out)
{
	g_autofree char *copy = g_strndup(text, len);
	g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);

	memset(out, 0, sizeof *out);
	out->alias = g_strdup(alias);
	out->identity_files = g_ptr_array_new_with_free_func(g_free);
	out->user_known_hosts = g_ptr_array_new_with_free_func(g_free);
	out->global_known_hosts = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; lines[i]; i++) {
		char *value = strchr(lines[i], ' ');
		if (!value)
			continue;
		*value++ = '\0';
		if (*g_strstrip(value))
			take(out, lines[i], value);
	}
	if (out->port == 0)
		out->port = 22;
	return out->hostname && out->user;
}

void
ssh_config_clear(struct ssh_config *c)
{
	char **texts[] = { &c->alias, &c->hostname, &c->user, &c->host_key_alias, &c->proxy, &c->bind, &c->identity_agent, &c->ciphers,
	                   &c->macs, &c->host_key_algorithms };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
	g_clear_pointer(&c->identity_files, g_ptr_array_unref);
	g_clear_pointer(&c->user_known_hosts, g_ptr_array_unref);
	g_clear_pointer(&c->global_known_hosts, g_ptr_array_unref);
}

/* --- running ssh --- */

static char *
last_line(const char *errors)
{
	g_auto(GStrv) lines = g_strsplit(errors, "\n", -1);

	for (guint n = g_strv_length(lines); n > 0; n--)
		if (*g_strstrip(lines[n - 1]))
			return sanitize_text(lines[n - 1], -1);
	return g_strdup("it gave no reason");
}

gboolean
ssh_config_is_hostname(const char *hostname)
{
	return g_ascii_isalnum(*hostname) && strspn(hostname, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:_-") == strlen(hostname);
}

gboolean
ssh_config_load(const char *host, const char *hostname, const char *file, struct ssh_config *out, char **problem)
{
	g_autofree char *option = hostname ? g_strconcat("HostName=", hostname, NULL) : NULL;
	const char *argv[10] = { "ssh", "-G" };
	guint n = 2;
	g_autofree char *text = NULL, *errors = NULL, *why = NULL;
	g_autoptr(GError) error = NULL;
	int status = 0;

	memset(out, 0, sizeof *out);
	if (hostname && !ssh_config_is_hostname(hostname)) {
		*problem = g_strdup(SSH_CONFIG_BAD_HOSTNAME);
		return FALSE;
	}
	if (file) {
		argv[n++] = "-F";
		argv[n++] = file;
	}
	if (option) {
		argv[n++] = "-o";
		argv[n++] = option;
	}
	argv[n++] = "--";
	argv[n] = host;
	/* With its descriptors, which all close themselves, GLib needs no fork: that would copy the memory of a whole fleet page by page. */
	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, NULL, NULL, &text, &errors, &status, &error)) {
		*problem = g_strdup_printf("ssh -G cannot be run: %s", error->message);
		return FALSE;
	}
	if (g_spawn_check_wait_status(status, NULL) && ssh_config_parse(host, text, strlen(text), out))
		return TRUE;
	why = last_line(errors);
	*problem = g_strdup_printf("ssh -G does not answer for this host: %s", why);
	return FALSE;
}

gboolean
ssh_config_names_only_itself(const char *hostname, const char *host)
{
	return g_ascii_strcasecmp(hostname, host) == 0;
}

gboolean
ssh_config_load_yielding(ssh_config_loader load, const char *host, const char *hostname, const char *file, struct ssh_config *out, char **problem)
{
	if (!load(host, NULL, file, out, problem))
		return FALSE;
	if (!hostname || !ssh_config_names_only_itself(out->hostname, host))
		return TRUE;
	ssh_config_clear(out);
	return load(host, hostname, file, out, problem);
}

/* --- expanding --- */

static const char *
token_value(const struct ssh_config *c, char token, char number_text[16])
{
	switch (token) {
	case '%':
		return "%";
	case 'd':
		return g_get_home_dir();
	case 'h':
		return c->hostname;
	case 'i':
		g_snprintf(number_text, 16, "%u", (guint)getuid());
		return number_text;
	case 'k':
		return c->host_key_alias ? c->host_key_alias : c->alias;
	case 'n':
		return c->alias;
	case 'p':
		g_snprintf(number_text, 16, "%u", c->port);
		return number_text;
	case 'r':
		return c->user;
	case 'u':
		return g_get_user_name();
	default:
		return NULL;
	}
}

/* Appends what stands at the '$' of "${NAME}" and moves on behind it. FALSE when there is no such variable. */
static gboolean
append_variable(GString *s, const char **at)
{
	const char *end = strchr(*at, '}');
	g_autofree char *name = end ? g_strndup(*at + 2, (gsize)(end - *at) - 2) : NULL;
	const char *value = name ? g_getenv(name) : NULL;

	if (!value)
		return FALSE;
	g_string_append(s, value);
	*at = end + 1;
	return TRUE;
}

char *
ssh_config_expand(const struct ssh_config *c, const char *path)
{
	g_autoptr(GString) s = g_string_new(NULL);
	const char *at = path;

	if (g_str_has_prefix(path, "~/")) {
		g_string_append(s, g_get_home_dir());
		at++;
	} else if (*path == '~') {
		return NULL; /* another user's home */
	}
	while (*at) {
		char digits[16];
		const char *value;
		if (at[0] == '$' && at[1] == '{') {
			if (!append_variable(s, &at))
				return NULL;
		} else if (*at != '%') {
			g_string_append_c(s, *at++);
		} else if (at[1] && (value = token_value(c, at[1], digits))) {
			g_string_append(s, value);
			at += 2;
		} else {
			return NULL;
		}
	}
	return g_string_free(g_steal_pointer(&s), FALSE);
}

char *
ssh_config_agent(const struct ssh_config *c)
{
	const char *agent = c->identity_agent;
	g_autofree char *path = NULL;

	if (!agent || strcmp(agent, "SSH_AUTH_SOCK") == 0)
		path = g_strdup(g_getenv("SSH_AUTH_SOCK"));
	else if (g_ascii_strcasecmp(agent, "none") == 0)
		return NULL;
	else if (agent[0] == '$' && agent[1] != '{')
		path = g_strdup(g_getenv(agent + 1));
	else
		path = ssh_config_expand(c, agent);
	return path && *path ? g_steal_pointer(&path) : NULL;
}

char *
ssh_config_key_name(const struct ssh_config *c)
{
	g_autofree char *host = g_ascii_strdown(c->host_key_alias ? c->host_key_alias : c->hostname, -1);

	if (c->host_key_alias || c->port == 22)
		return g_steal_pointer(&host);
	return g_strdup_printf("[%s]:%u", host, c->port);
}

char *
ssh_config_common(const char *ours, const char *allowed)
{
	g_auto(GStrv) words = g_strsplit(ours, ",", -1);
	g_auto(GStrv) permitted = allowed ? g_strsplit(allowed, ",", -1) : NULL;
	g_autoptr(GString) common = g_string_new(NULL);

	for (guint i = 0; words[i]; i++)
		if (!permitted || g_strv_contains((const char *const *)permitted, words[i]))
			g_string_append_printf(common, "%s%s", common->len > 0 ? "," : "", words[i]);
	return common->len > 0 ? g_string_free(g_steal_pointer(&common), FALSE) : NULL;
}
