#include "backends/ssh_key_file.h"

#include <string.h>

#include "backends/known_hosts.h"

#define OPENSSH_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define OPENSSH_END "-----END OPENSSH PRIVATE KEY-----"
#define OPENSSH_MAGIC "openssh-key-v1" /* and a NUL */

void
ssh_key_file_clear(struct ssh_key_file *k)
{
	g_clear_pointer(&k->type, g_free);
	g_clear_pointer(&k->public_key, g_free);
}

/* An SSH string at *at: moves on behind it. FALSE when it does not fit. */
static gboolean
take_string(const guint8 **at, const guint8 *end, const guint8 **bytes, gsize *len)
{
	gsize n;

	if (end - *at < 4)
		return FALSE;
	n = (gsize)(*at)[0] << 24 | (gsize)(*at)[1] << 16 | (gsize)(*at)[2] << 8 | (*at)[3];
	if (n > (gsize)(end - *at) - 4)
		return FALSE;
	*bytes = *at + 4;
	*len = n;
	*at += 4 + n;
	return TRUE;
}

static void
set_public(struct ssh_key_file *k, const guint8 *bytes, gsize len)
{
	g_autofree char *type = known_hosts_key_type(bytes, len);

	if (!type || k->public_key)
		return;
	g_free(k->type);
	k->type = g_steal_pointer(&type);
	k->public_key = g_memdup2(bytes, len);
	k->public_length = len;
}

/* magic, ciphername, kdfname, kdfoptions, uint32 number of keys, public key, private part */
static gboolean
parse_openssh_bytes(const guint8 *bytes, gsize len, struct ssh_key_file *k)
{
	const guint8 *at = bytes, *end = bytes + len, *cipher, *skipped, *public_key;
	gsize cipher_length, skipped_length, public_length;

	if (len < sizeof OPENSSH_MAGIC || memcmp(bytes, OPENSSH_MAGIC, sizeof OPENSSH_MAGIC) != 0)
		return FALSE;
	at += sizeof OPENSSH_MAGIC;
	if (!take_string(&at, end, &cipher, &cipher_length) || !take_string(&at, end, &skipped, &skipped_length) ||
	    !take_string(&at, end, &skipped, &skipped_length) || end - at < 4)
		return FALSE;
	at += 4;
	if (!take_string(&at, end, &public_key, &public_length))
		return FALSE;
	k->has_private = TRUE;
	k->encrypted = !(cipher_length == strlen("none") && memcmp(cipher, "none", cipher_length) == 0);
	set_public(k, public_key, public_length);
	return TRUE;
}

static gboolean
parse_openssh(const char *body, struct ssh_key_file *k)
{
	const char *stop = strstr(body, OPENSSH_END);
	g_autofree char *base64 = stop ? g_strndup(body, (gsize)(stop - body)) : NULL;
	gsize len = 0;
	g_autofree guint8 *bytes = base64 ? g_base64_decode(base64, &len) : NULL;
	gboolean fits = bytes && parse_openssh_bytes(bytes, len, k);

	if (base64)
		explicit_bzero(base64, strlen(base64));
	if (bytes)
		explicit_bzero(bytes, len);
	return fits;
}

/* "type base64 comment" */
static gboolean
parse_public(const char *text, struct ssh_key_file *k)
{
	g_autofree char *line = g_strndup(text, strcspn(text, "\r\n"));
	g_auto(GStrv) words = g_strsplit(line, " ", 3);
	g_autofree guint8 *bytes = NULL;
	gsize len = 0;

	if (g_strv_length(words) < 2 || *words[1] == '\0')
		return FALSE;
	bytes = g_base64_decode(words[1], &len);
	set_public(k, bytes, len);
	return k->public_key != NULL;
}

gboolean
ssh_key_file_parse(const char *text, struct ssh_key_file *out)
{
	const char *begin = strstr(text, "-----BEGIN ");

	memset(out, 0, sizeof *out);
	if (!begin)
		return parse_public(text, out);
	if (g_str_has_prefix(begin, OPENSSH_BEGIN))
		return parse_openssh(begin + strlen(OPENSSH_BEGIN), out);
	if (!strstr(begin, "PRIVATE KEY-----"))
		return FALSE;
	out->has_private = TRUE;
	out->encrypted = strstr(begin, "Proc-Type: 4,ENCRYPTED") || g_str_has_prefix(begin, "-----BEGIN ENCRYPTED ");
	if (g_str_has_prefix(begin, "-----BEGIN RSA "))
		out->type = g_strdup("ssh-rsa");
	else if (g_str_has_prefix(begin, "-----BEGIN DSA "))
		out->type = g_strdup("ssh-dss");
	return TRUE;
}

/* The public half that lies beside the private one. */
static void
read_beside(const char *path, struct ssh_key_file *k)
{
	g_autofree char *name = g_strconcat(path, ".pub", NULL), *certificate = g_strconcat(path, "-cert.pub", NULL), *text = NULL;

	if (!k->public_key && g_file_get_contents(name, &text, NULL, NULL))
		parse_public(text, k);
	k->has_certificate = g_file_test(certificate, G_FILE_TEST_EXISTS);
}

gboolean
ssh_key_file_read(const char *path, struct ssh_key_file *out, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) problem = NULL;
	gboolean known;

	memset(out, 0, sizeof *out);
	if (!g_file_get_contents(path, &text, NULL, &problem)) {
		read_beside(path, out);
		if (out->public_key && g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	known = ssh_key_file_parse(text, out);
	explicit_bzero(text, strlen(text));
	if (!known) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is not a key file that midwatch can read", path);
		return FALSE;
	}
	read_beside(path, out);
	return TRUE;
}
