#include "backends/ssh_words.h"

#include <string.h>

#include "backends/known_hosts.h"
#include "model/sanitize.h"

static const struct complaint {
	const char *words;
	enum transport_failure failure;
	const char *step, *advice;
} complaints[] = {
	{ "REMOTE HOST IDENTIFICATION HAS CHANGED", TRANSPORT_HOST_KEY, "host key",
	  "Somebody may be listening in, or the host was set up anew. Ask who runs it; only when the new key is confirmed remove the old one "
	  "with ssh-keygen -R." },
	{ "REVOKED HOST KEY DETECTED", TRANSPORT_HOST_KEY, "host key", "The key was declared stolen or dead: do not connect. Ask who runs the host." },
	{ "has changed and you have requested strict checking", TRANSPORT_HOST_KEY, "host key",
	  "Ask who runs the host; only when the new key is confirmed remove the old one with ssh-keygen -R." },
	{ "host key is known for", TRANSPORT_CONFIG, "host key", "Connect once by hand with ssh and confirm the key." },
	{ "Host key verification failed", TRANSPORT_CONFIG, "host key", "Connect once by hand with ssh and confirm the key." },
	{ "Too many authentication failures", TRANSPORT_AUTH, "authentication",
	  "The agent offers too many keys: set IdentitiesOnly yes and IdentityFile for this host in ~/.ssh/config." },
	{ "Permission denied", TRANSPORT_AUTH, "authentication",
	  "Check User and IdentityFile in ~/.ssh/config and the authorized_keys there. A key with a passphrase has to be in the agent: ssh-add." },
	{ "Unable to negotiate", TRANSPORT_CONFIG, "handshake", "The server and this ssh share no algorithm; one of them has to be updated." },
	{ "Bad configuration option", TRANSPORT_CONFIG, "configuration", "Correct the line of the ssh configuration that is named." },
	{ "bad configuration options", TRANSPORT_CONFIG, "configuration", "Correct the line of the ssh configuration that is named." },
	{ "Bad owner or permissions on", TRANSPORT_CONFIG, "configuration", "Give the file to yourself and take write access from others: chmod 600." },
	{ "Can't open user config file", TRANSPORT_CONFIG, "configuration", "Check the path of ssh_config in the configuration." },
	{ "hostname contains invalid characters", TRANSPORT_CONFIG, "configuration", "Check the name of the host in the configuration." },
	{ "Could not resolve hostname", TRANSPORT_UNREACHABLE, "resolve", "Check the name, and that DNS (or Tailscale's MagicDNS) works here." },
	{ "Connection refused", TRANSPORT_UNREACHABLE, "connect", "Nothing listens there: check the port and that sshd runs." },
	{ "No route to host", TRANSPORT_UNREACHABLE, "connect", "The host is off or not reachable from here; is the VPN or Tailscale up?" },
	{ "timed out", TRANSPORT_UNREACHABLE, "connect", "The host is off, or a firewall drops the connection; is the VPN or Tailscale up?" },
};

static const char *const noise[] = { "@@@@", "debug1:", "Warning: Permanently added", "Authenticated to" };

static gboolean
is_noise(const char *line)
{
	for (guint i = 0; i < G_N_ELEMENTS(noise); i++)
		if (g_str_has_prefix(line, noise[i]))
			return TRUE;
	return *line == '\0';
}

static char *
last_line(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint n = g_strv_length(lines); n > 0; n--)
		if (!is_noise(g_strstrip(lines[n - 1])))
			return sanitize_text(lines[n - 1], -1);
	return NULL;
}

/* When nothing answers in SSH, ssh ends with words that say no more than that. Only a proxy command can have spoken before them, and knows why. */
char *
ssh_words_last(const char *text)
{
	const char *end = strstr(text, "kex_exchange_identification: ");
	g_autofree char *before = g_strndup(text, end ? end - text : 0);
	char *last = last_line(before);

	return last ? last : last_line(text);
}

/* The line that holds the words, without the frame that ssh draws around a warning. */
static char *
line_around(const char *text, const char *words)
{
	const char *start = words, *end = words + strcspn(words, "\r\n");

	while (start > text && start[-1] != '\n')
		start--;
	while (*start == '@' || *start == ' ')
		start++;
	while (end > start && (end[-1] == '@' || end[-1] == ' '))
		end--;
	return sanitize_text(start, end - start);
}

void
ssh_words_read(const char *text, struct ssh_words *out)
{
	*out = (struct ssh_words){ .failure = TRANSPORT_UNREACHABLE, .step = "connect" };
	for (guint i = 0; i < G_N_ELEMENTS(complaints) && !out->reason; i++) {
		const struct complaint *c = &complaints[i];
		const char *found = strstr(text, c->words);
		if (!found)
			continue;
		out->failure = c->failure;
		out->step = c->step;
		out->advice = c->advice;
		out->reason = line_around(text, found);
		out->unknown_host_key = c->failure == TRANSPORT_CONFIG && strcmp(c->step, "host key") == 0;
	}
	if (!out->reason)
		out->reason = ssh_words_last(text);
	if (!out->reason)
		out->reason = g_strdup("ssh ended without a word.");
}

char *
ssh_words_url(const char *text)
{
	const char *asks = strstr(text, "To authenticate, visit");
	const char *start = asks ? strstr(asks, "https://") : NULL;

	return start ? sanitize_text(start, (gssize)strcspn(start, " \t\r\n")) : NULL;
}

static char *
first_path(const char *words)
{
	g_auto(GStrv) list = g_strsplit(words, " ", 2);

	if (!list[0] || !*list[0] || strcmp(list[0], "none") == 0 || strcmp(list[0], "/dev/null") == 0)
		return NULL;
	return g_str_has_prefix(list[0], "~/") ? g_build_filename(g_get_home_dir(), list[0] + 2, NULL) : g_strdup(list[0]);
}

static void
set_once(char **field, char *value)
{
	if (*field)
		g_free(value);
	else
		*field = value;
}

gboolean
ssh_place_read(const char *text, struct ssh_place *out)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	memset(out, 0, sizeof *out);
	for (guint i = 0; lines[i]; i++) {
		char *value = strchr(lines[i], ' ');
		if (!value)
			continue;
		*value++ = '\0';
		if (strcmp(lines[i], "user") == 0)
			set_once(&out->user, g_strdup(value));
		else if (strcmp(lines[i], "hostname") == 0)
			set_once(&out->hostname, g_strdup(value));
		else if (strcmp(lines[i], "port") == 0)
			set_once(&out->port, g_strdup(value));
		else if (strcmp(lines[i], "userknownhostsfile") == 0)
			set_once(&out->known_hosts, first_path(value));
	}
	return out->hostname != NULL;
}

void
ssh_place_clear(struct ssh_place *p)
{
	g_free(p->user);
	g_free(p->hostname);
	g_free(p->port);
	g_free(p->known_hosts);
	memset(p, 0, sizeof *p);
}

char *
ssh_key_fingerprint(const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 4);
	const char *title = g_strv_length(words) >= 3 ? known_hosts_type_title(words[1]) : NULL;
	g_autofree guchar *key = NULL;
	gsize length = 0;

	if (!title)
		return NULL;
	key = g_base64_decode(g_strchomp(words[2]), &length);
	return length > 0 ? known_hosts_fingerprint_text(title, key, length) : NULL;
}
