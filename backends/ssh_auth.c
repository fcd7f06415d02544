#include "backends/ssh_auth.h"

#include <string.h>

#include "backends/known_hosts.h"
#include "backends/ssh_key_file.h"
#include "model/sanitize.h"

#define AUTH_TIMEOUT_MS 20000
#define TAILSCALE_TIMEOUT_MS 8000 /* its check mode waits for a person instead of answering */

struct auth {
	struct ssh_attempt *attempt;
	char *user;
	GPtrArray *files;    /* of struct candidate */
	GString *refused;    /* what the server did not take, for the reason */
	GString *unusable;   /* what this libssh2 cannot use */
	const char *asks;    /* the encrypted key file that the server takes; borrowed from a candidate */
	gboolean wrong_passphrase;
};

struct candidate {
	char *path;
	struct ssh_key_file key;
	gboolean in_agent;   /* was tried there */
};

static void
candidate_free(gpointer data)
{
	struct candidate *c = data;

	g_free(c->path);
	ssh_key_file_clear(&c->key);
	g_free(c);
}

static void
add_words(GString *s, const char *words)
{
	g_autofree char *safe = sanitize_text(words, -1);

	g_string_append_printf(s, "%s%s", s->len > 0 ? ", " : "", safe);
}

static void
add_note(GString *s, const char *what, const char *note)
{
	g_autofree char *words = g_strdup_printf("%s (%s)", what, note);

	add_words(s, words);
}

/* Why this libssh2 cannot use keys of a type; NULL when it can. */
static const char *
unusable_type(const char *type)
{
	if (!type)
		return NULL;
	if (strstr(type, "-cert-v0"))
		return "certificate";
	if (g_str_has_prefix(type, "sk-"))
		return "FIDO key";
	if (strcmp(type, "ssh-dss") == 0)
		return "DSA key";
	if (strcmp(type, "ssh-rsa") == 0 && !ssh_attempt_rsa_works())
		return "RSA key, which libssh2 1.10 signs with SHA-1 only and servers refuse";
	return NULL;
}

/* --- "none" --- */

static gboolean
fail_closed(struct auth *auth)
{
	struct ssh_attempt *a = auth->attempt;

	return ssh_attempt_fail(a, TRANSPORT_AUTH, g_strdup_printf("%s closed the connection during authentication%s%s.", a->address,
	                        auth->refused->len > 0 ? " after refusing: " : "", auth->refused->str),
	                        "If it counts too many attempts, set IdentitiesOnly yes and IdentityFile for this host in ~/.ssh/config.");
}

static gboolean
is_tailscale(struct ssh_attempt *a)
{
	const char *banner = libssh2_session_banner_get(a->session);

	return banner && strstr(banner, "Tailscale");
}

static gboolean
fail_list(struct auth *auth)
{
	struct ssh_attempt *a = auth->attempt;
	int code = libssh2_session_last_errno(a->session);

	if (code == LIBSSH2_ERROR_TIMEOUT && is_tailscale(a))
		return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup("Tailscale SSH asks for a check in the browser."), NULL);
	if (code == LIBSSH2_ERROR_TIMEOUT)
		return ssh_attempt_fail(a, TRANSPORT_UNREACHABLE, g_strdup_printf("%s does not answer the request for authentication.", a->address),
		                        "The host may be too busy, or sshd waits for a name server.");
	return fail_closed(auth);
}

/* TRUE when a key may be tried, or when "none" was enough already. */
static gboolean
ask_methods(struct auth *auth)
{
	struct ssh_attempt *a = auth->attempt;
	const char *methods;
	g_autofree char *safe = NULL;

	libssh2_session_set_timeout(a->session, is_tailscale(a) ? TAILSCALE_TIMEOUT_MS : AUTH_TIMEOUT_MS);
	methods = libssh2_userauth_list(a->session, auth->user, (unsigned)strlen(auth->user));
	libssh2_session_set_timeout(a->session, AUTH_TIMEOUT_MS);
	if (libssh2_userauth_authenticated(a->session))
		return TRUE;
	if (!methods)
		return fail_list(auth);
	if (strstr(methods, "publickey"))
		return TRUE;
	safe = sanitize_text(methods, -1);
	return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup_printf("%s takes no keys, only: %s.", a->address, safe),
	                        "midwatch logs in with keys only; allow PubkeyAuthentication there.");
}

/* --- what there is to offer --- */

static void
collect_files(struct auth *auth)
{
	const struct ssh_config *config = &auth->attempt->config;

	for (guint i = 0; i < config->identity_files->len; i++) {
		struct candidate *c = g_new0(struct candidate, 1);
		g_autoptr(GError) error = NULL;
		c->path = ssh_config_expand(config, config->identity_files->pdata[i]);
		if (!c->path) {
			add_note(auth->unusable, config->identity_files->pdata[i], "a path that only ssh can expand");
		} else if (ssh_key_file_read(c->path, &c->key, &error)) {
			g_ptr_array_add(auth->files, g_steal_pointer(&c));
		} else if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
			add_words(auth->refused, error->message);
		}
		g_clear_pointer(&c, candidate_free);
	}
	if (config->has_certificate)
		add_words(auth->unusable, "the CertificateFile");
}

static struct candidate *
find_candidate(struct auth *auth, const guint8 *key, gsize len)
{
	for (guint i = 0; i < auth->files->len; i++) {
		struct candidate *c = auth->files->pdata[i];
		if (c->key.public_key && c->key.public_length == len && memcmp(c->key.public_key, key, len) == 0)
			return c;
	}
	return NULL;
}

/* --- the agent --- */

enum try { TRY_IN, TRY_REFUSED, TRY_CLOSED };

static enum try
try_agent_key(struct auth *auth, LIBSSH2_AGENT *agent, struct libssh2_agent_publickey *key)
{
	g_autofree char *type = known_hosts_key_type(key->blob, key->blob_len);
	g_autofree char *title = g_strdup_printf("agent key %s", key->comment && *key->comment ? key->comment : type ? type : "");
	const char *unusable = unusable_type(type);

	if (unusable) {
		add_note(auth->unusable, title, unusable);
		return TRY_REFUSED;
	}
	if (libssh2_agent_userauth(agent, auth->user, key) == 0)
		return TRY_IN;
	add_words(auth->refused, title);
	return ssh_attempt_is_gone(auth->attempt) ? TRY_CLOSED : TRY_REFUSED;
}

/* Those keys that belong to an IdentityFile, or the others. */
static enum try
try_agent_keys(struct auth *auth, LIBSSH2_AGENT *agent, gboolean configured)
{
	struct libssh2_agent_publickey *key = NULL, *last = NULL;
	enum try result = TRY_REFUSED;

	while (result == TRY_REFUSED && libssh2_agent_get_identity(agent, &key, last) == 0) {
		struct candidate *c = find_candidate(auth, key->blob, key->blob_len);
		last = key;
		if ((c != NULL) != configured)
			continue;
		if (c)
			c->in_agent = TRUE;
		result = try_agent_key(auth, agent, key);
	}
	return result;
}

static enum try
try_agent(struct auth *auth)
{
	struct ssh_attempt *a = auth->attempt;
	g_autofree char *path = ssh_config_agent(&a->config);
	LIBSSH2_AGENT *agent = path ? libssh2_agent_init(a->session) : NULL;
	enum try result = TRY_REFUSED;

	if (!agent)
		return TRY_REFUSED;
	libssh2_agent_set_identity_path(agent, path);
	if (libssh2_agent_connect(agent) == 0 && libssh2_agent_list_identities(agent) == 0) {
		result = try_agent_keys(auth, agent, TRUE);
		if (result == TRY_REFUSED && !a->config.identities_only)
			result = try_agent_keys(auth, agent, FALSE);
	}
	libssh2_agent_disconnect(agent);
	libssh2_agent_free(agent);
	return result;
}

/* --- key files --- */

static int
refuse_to_sign(LIBSSH2_SESSION *session, unsigned char **signature, size_t *length, const unsigned char *data, size_t data_length,
               void **abstract)
{
	gboolean *asked = *abstract;

	*asked = TRUE;
	return -1;
}

/* The server would take this key: it asks for a signature. */
static gboolean
is_wanted(struct auth *auth, const struct candidate *c)
{
	gboolean asked = FALSE;
	void *abstract = &asked;

	if (!c->key.public_key)
		return TRUE;
	libssh2_userauth_publickey(auth->attempt->session, auth->user, c->key.public_key, c->key.public_length, refuse_to_sign, &abstract);
	return asked;
}

static enum try
try_file_with(struct auth *auth, const struct candidate *c, const char *passphrase)
{
	struct ssh_attempt *a = auth->attempt;
	int code = libssh2_userauth_publickey_fromfile_ex(a->session, auth->user, (unsigned)strlen(auth->user), NULL, c->path, passphrase);

	if (code == 0)
		return TRY_IN;
	if (c->key.encrypted && (code == LIBSSH2_ERROR_FILE || code == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED)) {
		if (!auth->asks)
			auth->asks = c->path;
		auth->wrong_passphrase = TRUE;
	} else if (!c->key.type && !ssh_attempt_rsa_works()) {
		add_note(auth->unusable, c->path, "refused; if it is an RSA key, libssh2 1.10 cannot sign with it");
	} else if (code == LIBSSH2_ERROR_FILE) {
		add_note(auth->unusable, c->path, "libssh2 cannot read this format");
	} else {
		add_words(auth->refused, c->path);
	}
	return ssh_attempt_is_gone(a) ? TRY_CLOSED : TRY_REFUSED;
}

static enum try
try_encrypted_file(struct auth *auth, const struct candidate *c)
{
	if (!is_wanted(auth, c)) {
		add_words(auth->refused, c->path);
		return ssh_attempt_is_gone(auth->attempt) ? TRY_CLOSED : TRY_REFUSED;
	}
	if (auth->attempt->passphrase)
		return try_file_with(auth, c, secret_text(auth->attempt->passphrase));
	if (!auth->asks)
		auth->asks = c->path;
	return TRY_REFUSED;
}

static enum try
try_file(struct auth *auth, const struct candidate *c)
{
	const char *unusable = unusable_type(c->key.type);

	if (c->key.has_certificate)
		add_note(auth->unusable, c->path, "its certificate");
	if (c->in_agent || !c->key.has_private)
		return TRY_REFUSED;
	if (unusable) {
		add_note(auth->unusable, c->path, unusable);
		return TRY_REFUSED;
	}
	return c->key.encrypted ? try_encrypted_file(auth, c) : try_file_with(auth, c, "");
}

static enum try
try_files(struct auth *auth)
{
	enum try result = TRY_REFUSED;

	for (guint i = 0; i < auth->files->len && result == TRY_REFUSED; i++)
		result = try_file(auth, auth->files->pdata[i]);
	return result;
}

/* --- the outcome --- */

static gboolean
ask_passphrase(struct auth *auth)
{
	struct ssh_attempt *a = auth->attempt;

	a->question = LINK_ASKS_PASSPHRASE;
	a->question_text = sanitize_text(auth->asks, -1);
	return ssh_attempt_fail(a, TRANSPORT_ASKS, g_strdup_printf(auth->wrong_passphrase ? "The passphrase does not open %s."
	                        : "The key file %s has a passphrase.", a->question_text),
	                        "Or load the key into the agent with ssh-add.");
}

static gboolean
fail_refused(struct auth *auth)
{
	struct ssh_attempt *a = auth->attempt;

	if (auth->unusable->len > 0)
		return ssh_attempt_fail(a, TRANSPORT_UNSUPPORTED, g_strdup_printf("libssh2 %s cannot use: %s.%s%s", libssh2_version(0),
		                        auth->unusable->str, auth->refused->len > 0 ? " Refused: " : "", auth->refused->str),
		                        "The ssh program can use such keys; an ed25519 key works with both.");
	if (auth->refused->len > 0)
		return ssh_attempt_fail(a, TRANSPORT_AUTH, g_strdup_printf("%s refused every key: %s.", a->address, auth->refused->str),
		                        "Check User and IdentityFile in ~/.ssh/config and the authorized_keys there.");
	return ssh_attempt_fail(a, TRANSPORT_AUTH, g_strdup_printf("There is no key to offer to %s.", a->address),
	                        "Load one with ssh-add, or set IdentityFile for this host in ~/.ssh/config.");
}

static gboolean
try_keys(struct auth *auth)
{
	enum try result;

	collect_files(auth);
	result = try_agent(auth);
	if (result == TRY_REFUSED)
		result = try_files(auth);
	if (result == TRY_IN)
		return TRUE;
	if (result == TRY_CLOSED)
		return fail_closed(auth);
	return auth->asks ? ask_passphrase(auth) : fail_refused(auth);
}

gboolean
ssh_auth(struct ssh_attempt *a)
{
	struct auth auth = {
		.attempt = a,
		.user = a->config.user,
		.files = g_ptr_array_new_with_free_func(candidate_free),
		.refused = g_string_new(NULL),
		.unusable = g_string_new(NULL),
	};
	gboolean in;

	ssh_attempt_enter(a, "authentication");
	in = ask_methods(&auth) && (libssh2_userauth_authenticated(a->session) || try_keys(&auth));
	g_ptr_array_unref(auth.files);
	g_string_free(auth.refused, TRUE);
	g_string_free(auth.unusable, TRUE);
	return in;
}
