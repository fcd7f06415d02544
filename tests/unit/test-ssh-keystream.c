/* The key stream made ahead gives what OpenSSL's own AES-128-CTR gives, however the bytes are cut, after a new key and in a copy. */
#include "backends/ssh_keystream.h"

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH 20000

static void
fill(unsigned char *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++)
		bytes[i] = (unsigned char)g_test_rand_int_range(0, 256);
}

static void
reference(const unsigned char *key, const unsigned char *iv, const unsigned char *in, unsigned char *out, int length)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-CTR", "provider=default");
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	g_assert_true(EVP_EncryptInit_ex2(ctx, cipher, key, iv, NULL));
	g_assert_true(EVP_EncryptUpdate(ctx, out, &n, in, length));
	g_assert_cmpint(n, ==, length);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
}

/* As libssh2 does: the cipher by name of its function, one call a block; here also other lengths. */
static void
apply(EVP_CIPHER_CTX *ctx, const unsigned char *in, unsigned char *out, guint length, guint most)
{
	for (guint at = 0; at < length;) {
		guint n = most == 16 ? 16 : (guint)g_test_rand_int_range(1, (int)most + 1);
		n = MIN(n, length - at);
		g_assert_cmpint(EVP_Cipher(ctx, out + at, in + at, n), ==, (int)n);
		at += n;
	}
}

static void
test_same(void)
{
	static const guint most[] = { 16, 1, 17, 5000, 20000 };
	unsigned char key[16], iv[16], in[LENGTH], expected[LENGTH], got[LENGTH];

	for (guint i = 0; i < G_N_ELEMENTS(most); i++) {
		EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
		for (guint round = 0; round < 2; round++) { /* the second one with a new key in the same context */
			fill(key, sizeof key);
			fill(iv, sizeof iv);
			memset(iv + 12, 0xff, 4); /* the counter's carry */
			fill(in, LENGTH);
			reference(key, iv, in, expected, LENGTH);
			g_assert_true(EVP_CipherInit(ctx, EVP_aes_128_ctr(), key, iv, round));
			g_assert_cmpstr(OSSL_PROVIDER_get0_name(EVP_CIPHER_get0_provider(EVP_CIPHER_CTX_get0_cipher(ctx))), ==, "midwatch");
			apply(ctx, in, got, LENGTH, most[i]);
			g_assert_cmpmem(got, LENGTH, expected, LENGTH);
		}
		EVP_CIPHER_CTX_free(ctx);
	}
}

static void
test_copy(void)
{
	unsigned char key[16] = { 1 }, iv[16] = { 2 }, in[LENGTH] = { 0 }, expected[LENGTH], got[LENGTH];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new(), *copy = EVP_CIPHER_CTX_new();

	reference(key, iv, in, expected, LENGTH);
	g_assert_true(EVP_CipherInit(ctx, EVP_aes_128_ctr(), key, iv, 1));
	apply(ctx, in, got, 1000, 16);
	g_assert_true(EVP_CIPHER_CTX_copy(copy, ctx));
	apply(copy, in + 1000, got + 1000, LENGTH - 1000, 16);
	g_assert_cmpmem(got, LENGTH, expected, LENGTH);
	apply(ctx, in + 1000, got + 1000, LENGTH - 1000, 4096); /* the original goes on from its own place */
	g_assert_cmpmem(got, LENGTH, expected, LENGTH);
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_CTX_free(copy);
}

/* --- the end --- */

/* What a worker's handshake needs, in the last of all exit handlers. */
static void
use_at_exit(void)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	const unsigned char key[16] = { 0 };

	if (!EVP_DigestInit(digest, EVP_get_digestbyname("sha256")) || !EVP_CipherInit(cipher, EVP_aes_128_ctr(), key, key, 1))
		_exit(1);
	EVP_MD_CTX_free(digest);
	EVP_CIPHER_CTX_free(cipher);
	_exit(0);
}

/* A worker goes on while main() returns: nothing is taken away beneath it. */
static void
test_exit(void)
{
	if (g_test_subprocess()) {
		atexit(use_at_exit);
		g_assert_true(ssh_keystream_install());
		exit(2);
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (!g_test_subprocess())
		g_assert_true(ssh_keystream_install());
	g_test_add_func("/ssh-keystream/same", test_same);
	g_test_add_func("/ssh-keystream/copy", test_copy);
	g_test_add_func("/ssh-keystream/exit", test_exit);
	return g_test_run();
}
