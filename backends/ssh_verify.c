#include "backends/ssh_verify.h"

#include <string.h>

#include "model/sanitize.h"

/* What libssh2 can check, best first. ssh-rsa alone signs with SHA-1: OpenSSH does not allow it any more unless the user does. */
#define HOST_KEY_ALGORITHMS "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521"
#define HOST_KEY_RSA_SHA2 ",rsa-sha2-512,rsa-sha2-256"
#define HOST_KEY_RSA_SHA1 ",ssh-rsa"

static gboolean
fail_read(struct ssh_attempt *a, const char *file, const GError *error)
{
	g_autofree char *words = sanitize_text(error->message, -1);

	return ssh_attempt_fail(a, TRANSPORT_CONFIG, g_strdup_printf("The known hosts of %s cannot be read: %s", file, words),
	                        "Make the file readable: a host key must not be judged by half of what is known.");
}

static gboolean
load_list(struct ssh_attempt *a, struct known_hosts *known, const GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++) {
		g_autofree char *file = ssh_config_expand(&a->config, list->pdata[i]);
		g_autoptr(GError) error = NULL;
		if (file && !known_hosts_add_file(known, file, &error))
			return fail_read(a, file, error);
	}
	return TRUE;
}

struct known_hosts *
ssh_verify_load(struct ssh_attempt *a)
{
	struct known_hosts *known = known_hosts_new();
	g_autoptr(GError) error = NULL;
	const char *first;
	guint bad;
	gboolean read;

	if (a->known_hosts)
		read = known_hosts_add_file(known, a->known_hosts, &error) || fail_read(a, a->known_hosts, error);
	else
		read = load_list(a, known, a->config.user_known_hosts);
	if (!read || !load_list(a, known, a->config.global_known_hosts)) {
		known_hosts_free(known);
		return NULL;
	}
	bad = known_hosts_bad_lines(known, &first);
	if (bad > 0)
		a->warning = g_strdup_printf("%u line%s of the known hosts cannot be read (%s%s) and %s passed over.", bad, bad == 1 ? "" : "s",
		                             first, bad == 1 ? "" : " and more", bad == 1 ? "was" : "were");
	return known;
}

/* --- before the handshake --- */

static const char *
algorithms_of_type(const char *type)
{
	return strcmp(type, "ssh-rsa") == 0 ? HOST_KEY_RSA_SHA2 HOST_KEY_RSA_SHA1 : type;
}

/* The algorithms of the known types; NULL when none of them is among the usable ones. */
static char *
known_algorithms(const char *types, const char *usable)
{
	g_auto(GStrv) list = g_strsplit(types, ",", -1);
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; list[i]; i++)
		g_string_append_printf(all, "%s%s", i > 0 ? "," : "", algorithms_of_type(list[i]));
	return ssh_config_common(usable, all->str);
}

gboolean
ssh_verify_prefer(struct ssh_attempt *a, const struct known_hosts *known)
{
	const char *ours = ssh_attempt_rsa_works() ? HOST_KEY_ALGORITHMS HOST_KEY_RSA_SHA2 HOST_KEY_RSA_SHA1
	                                           : HOST_KEY_ALGORITHMS HOST_KEY_RSA_SHA1;
	g_autofree char *usable = ssh_config_common(ours, a->config.host_key_algorithms), *name = ssh_config_key_name(&a->config);
	g_autofree char *types = known_hosts_types(known, name), *first = types && usable ? known_algorithms(types, usable) : NULL;
	g_autofree char *list = first ? g_strdup_printf("%s,%s", first, usable) : g_strdup(usable);

	if (types && !first)
		return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup_printf("The host is known by its %s key, which libssh2 %s cannot check.",
		                        types, libssh2_version(0)), NULL);
	if (!list || !ssh_attempt_prefer(a, LIBSSH2_METHOD_HOSTKEY, list))
		return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup_printf("The ssh configuration allows no type of host key that libssh2 %s "
		                        "can check.", libssh2_version(0)), NULL);
	return TRUE;
}

/* --- after it --- */

/* What ssh-keygen says of the same line, where there is anything that two programs may read in two ways. When it cannot be run, the check of ours
 * stands alone. A fleet's connections would spend more on it than on all the rest. */
static gboolean
ssh_keygen_agrees(const struct known_hosts_finding *f, const char *name, const guint8 *key, gsize len)
{
	const char *end = f->without_port ? strrchr(name, ']') : NULL;
	g_autofree char *looked_up = end ? g_strndup(name + 1, (gsize)(end - name) - 1) : g_strdup(name), *output = NULL;
	const char *argv[] = { "ssh-keygen", "-F", looked_up, "-f", f->file, NULL };

	if (!f->doubtful || *looked_up == '-' ||
	    !g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, NULL, NULL, &output,
	                  NULL, NULL, NULL))
		return TRUE;
	return known_hosts_second_opinion(output, key, len);
}

static char *
with_warning(struct ssh_attempt *a, const char *text)
{
	return a->warning ? g_strdup_printf("%s %s", text, a->warning) : g_strdup(text);
}

/* Where an accepted key is stored; NULL when the configuration says nowhere. */
static char *
file_to_store_in(struct ssh_attempt *a)
{
	if (a->known_hosts)
		return g_strdup(a->known_hosts);
	return a->config.user_known_hosts->len > 0 ? ssh_config_expand(&a->config, a->config.user_known_hosts->pdata[0]) : NULL;
}

static gboolean
store(struct ssh_attempt *a, const char *name, const guint8 *key, gsize len)
{
	g_autofree char *file = file_to_store_in(a), *words = NULL;
	g_autoptr(GError) error = NULL;

	if (!file || known_hosts_append(file, name, key, len, a->config.hash_known_hosts, &error))
		return TRUE;
	words = sanitize_text(error->message, -1);
	return ssh_attempt_fail(a, TRANSPORT_CONFIG, g_strdup_printf("The accepted key cannot be stored: %s", words),
	                        "Give midwatch a known_hosts file that it may append to.");
}

static gboolean
judge_unknown(struct ssh_attempt *a, const struct known_hosts_finding *f, const char *name, const guint8 *key, gsize len)
{
	g_autofree char *fingerprint = known_hosts_fingerprint(key, len);
	const char *text = f->other_types ? "The host's key is not known: it offers none of the keys that are known for it. It may have been set "
	                                    "up anew, or somebody may be listening in."
	                                  : "The host's key is not known yet.";

	if (a->config.strict == SSH_STRICT_YES)
		return ssh_attempt_fail(a, TRANSPORT_HOST_KEY, g_strdup_printf("The host's key (%s) is not known, and the ssh configuration asks for "
		                        "known ones only.", fingerprint), "Add the key to known_hosts (StrictHostKeyChecking is yes).");
	if (g_strcmp0(a->accept_host_key, fingerprint) == 0)
		return store(a, name, key, len);
	a->question = LINK_ASKS_HOST_KEY;
	a->question_text = g_steal_pointer(&fingerprint);
	return ssh_attempt_fail(a, TRANSPORT_ASKS, with_warning(a, text),
	                        "Compare the fingerprint with what the host's administrator tells you before you accept it.");
}

static gboolean
judge(struct ssh_attempt *a, const struct known_hosts *known, const char *name, const guint8 *key, gsize len)
{
	struct known_hosts_finding f = known_hosts_check(known, name, key, len);
	g_autofree char *fingerprint = known_hosts_fingerprint(key, len);

	switch (f.verdict) {
	case KNOWN_HOSTS_MATCH:
		if (ssh_keygen_agrees(&f, name, key, len))
			return TRUE;
		return ssh_attempt_fail(a, TRANSPORT_HOST_KEY, g_strdup_printf("ssh-keygen does not find the host's key (%s) valid in %s, line %u.",
		                        fingerprint, f.file, f.line), "Look at that line; a key that is in doubt is not used.");
	case KNOWN_HOSTS_CHANGED:
		return ssh_attempt_fail(a, TRANSPORT_HOST_KEY, g_strdup_printf("The host's key has changed: it is %s now, another one is known in %s, "
		                        "line %u.", fingerprint, f.file, f.line),
		                        "Somebody may be listening in, or the host was set up anew. Ask who runs it; only when the new key is "
		                        "confirmed remove that line.");
	case KNOWN_HOSTS_REVOKED:
		return ssh_attempt_fail(a, TRANSPORT_HOST_KEY, g_strdup_printf("The host's key (%s) is revoked in %s, line %u.", fingerprint, f.file,
		                        f.line), "The key was declared stolen or dead: do not connect. Ask who runs the host.");
	case KNOWN_HOSTS_AUTHORITY:
		return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup_printf("The host is vouched for by a certificate authority (%s, line %u), "
		                        "which libssh2 cannot check.", f.file, f.line), NULL);
	case KNOWN_HOSTS_UNKNOWN:
		break;
	}
	return judge_unknown(a, &f, name, key, len);
}

gboolean
ssh_verify(struct ssh_attempt *a, const struct known_hosts *known)
{
	g_autofree char *name = ssh_config_key_name(&a->config);
	size_t len = 0;
	int type;
	const char *key;

	ssh_attempt_enter(a, "host key");
	key = libssh2_session_hostkey(a->session, &len, &type);
	if (!key || len == 0)
		return ssh_attempt_fail(a, TRANSPORT_HOST_KEY, g_strdup_printf("%s showed no host key.", a->address), NULL);
	return judge(a, known, name, (const guint8 *)key, len);
}
