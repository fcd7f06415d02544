/* The parsers of what ssh and its files say, on any bytes: `ssh -G`, key files, known_hosts. No crash, and what they promise holds. */
#include <stddef.h>
#include <stdint.h>

#include "backends/known_hosts.h"
#include "backends/ssh_config.h"
#include "backends/ssh_key_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_config(const char *text, gsize size)
{
	struct ssh_config c;

	if (ssh_config_parse("alias", text, size, &c)) {
		g_autofree char *name = ssh_config_key_name(&c);
		g_assert_nonnull(name);
		g_free(ssh_config_agent(&c));
		g_free(ssh_config_common("aes128-ctr,b", c.ciphers));
		g_assert_cmpuint(c.port, >, 0);
		for (guint i = 0; i < c.identity_files->len; i++)
			g_free(ssh_config_expand(&c, c.identity_files->pdata[i]));
		for (guint i = 0; i < c.user_known_hosts->len; i++)
			g_free(ssh_config_expand(&c, c.user_known_hosts->pdata[i]));
	}
	ssh_config_clear(&c);
}

static void
try_known_hosts(const char *text, gsize size)
{
	static const guint8 key[] = "\0\0\0\013ssh-ed25519\0\0\0\004AAAA";
	struct known_hosts *k = known_hosts_new();
	struct known_hosts_finding f;

	known_hosts_add_text(k, "file", text, size);
	f = known_hosts_check(k, "[gw.example.com]:2222", key, sizeof key - 1);
	g_assert_cmpint(f.verdict != KNOWN_HOSTS_UNKNOWN, ==, f.file != NULL);
	g_free(known_hosts_types(k, "gw.example.com"));
	known_hosts_free(k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	struct ssh_key_file key;

	try_config((const char *)data, size);
	try_known_hosts((const char *)data, size);
	if (ssh_key_file_parse(text, &key))
		g_assert_true(key.has_private || key.public_key);
	ssh_key_file_clear(&key);
	return 0;
}
