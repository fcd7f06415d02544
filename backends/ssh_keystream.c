#include "backends/ssh_keystream.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <string.h>

#define AHEAD 4096 /* bytes of key stream made at once */
#define BLOCK 16
#define KEY 16   /* bytes: AES-128 only, since OpenSSL's own random generator stands on AES-256-CTR */

struct keystream {
	EVP_CIPHER_CTX *inner;/* OpenSSL's own cipher, encrypting zeros; NULL before the first key */
	unsigned char ahead[AHEAD];
	size_t used;          /* of `ahead` */
};

static void *
new_context(void *provider)
{
	struct keystream *k = OPENSSL_zalloc(sizeof *k);

	(void)provider;
	if (k)
		k->used = AHEAD;
	return k;
}

static void
free_context(void *context)
{
	struct keystream *k = context;

	EVP_CIPHER_CTX_free(k->inner);
	OPENSSL_clear_free(k, sizeof *k);
}

static void *
copy_context(void *context)
{
	const struct keystream *from = context;
	struct keystream *k = OPENSSL_memdup(from, sizeof *from);

	if (!k)
		return NULL;
	k->inner = from->inner ? EVP_CIPHER_CTX_new() : NULL;
	if (from->inner && (!k->inner || !EVP_CIPHER_CTX_copy(k->inner, from->inner))) {
		free_context(k);
		return NULL;
	}
	return k;
}

static gboolean
make_inner(struct keystream *k)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-CTR", "provider=default");

	k->inner = EVP_CIPHER_CTX_new();
	if (!cipher || !k->inner || !EVP_EncryptInit_ex2(k->inner, cipher, NULL, NULL, NULL))
		g_clear_pointer(&k->inner, EVP_CIPHER_CTX_free);
	EVP_CIPHER_free(cipher);
	return k->inner != NULL;
}

/* Encrypting and decrypting are the same in counter mode. A key or an iv of NULL keeps what was set before. */
static int
start(void *context, const unsigned char *key, size_t key_length, const unsigned char *iv, size_t iv_length, const OSSL_PARAM params[])
{
	struct keystream *k = context;

	(void)params;
	if ((key && key_length != KEY) || (iv && iv_length != BLOCK))
		return 0;
	if (!key && !iv)
		return 1;
	k->used = AHEAD;
	return (k->inner || make_inner(k)) && EVP_EncryptInit_ex2(k->inner, NULL, key, iv, NULL);
}

static int
refill(struct keystream *k)
{
	int made = 0;

	memset(k->ahead, 0, AHEAD);
	k->used = 0;
	return k->inner && EVP_EncryptUpdate(k->inner, k->ahead, &made, k->ahead, AHEAD) && made == AHEAD;
}

static int
apply(void *context, unsigned char *out, size_t *out_length, size_t out_size, const unsigned char *in, size_t length)
{
	struct keystream *k = context;

	if (out_size < length)
		return 0;
	*out_length = length;
	while (length > 0) {
		size_t n;
		if (k->used == AHEAD && !refill(k))
			return 0;
		n = MIN(length, AHEAD - k->used);
		if (n == BLOCK) { /* the one case that counts: two words */
			guint64 a[2], b[2];
			memcpy(a, in, BLOCK);
			memcpy(b, k->ahead + k->used, BLOCK);
			a[0] ^= b[0];
			a[1] ^= b[1];
			memcpy(out, a, BLOCK);
		} else {
			for (size_t i = 0; i < n; i++)
				out[i] = in[i] ^ k->ahead[k->used + i];
		}
		k->used += n;
		in += n;
		out += n;
		length -= n;
	}
	return 1;
}

static int
finish(void *context, unsigned char *out, size_t *out_length, size_t out_size)
{
	(void)context, (void)out, (void)out_size;
	*out_length = 0;
	return 1;
}

static int
tell(OSSL_PARAM params[])
{
	const struct { const char *name; size_t value; } sizes[] = {
		{ OSSL_CIPHER_PARAM_BLOCK_SIZE, 1 }, { OSSL_CIPHER_PARAM_IVLEN, BLOCK }, { OSSL_CIPHER_PARAM_KEYLEN, KEY },
	};
	OSSL_PARAM *p = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_MODE);

	if (p && !OSSL_PARAM_set_uint(p, EVP_CIPH_CTR_MODE))
		return 0;
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		if ((p = OSSL_PARAM_locate(params, sizes[i].name)) && !OSSL_PARAM_set_size_t(p, sizes[i].value))
			return 0;
	return 1;
}

static int
tell_context(void *context, OSSL_PARAM params[])
{
	(void)context;
	return tell(params);
}

static const OSSL_PARAM *
told_of_context(void *context, void *provider)
{
	static const OSSL_PARAM known[] = {
		OSSL_PARAM_size_t(OSSL_CIPHER_PARAM_KEYLEN, NULL), OSSL_PARAM_size_t(OSSL_CIPHER_PARAM_IVLEN, NULL), OSSL_PARAM_END,
	};
	(void)context, (void)provider;
	return known;
}

#define FUNCTION(id, function) { id, (void (*)(void))(function) }

static const OSSL_DISPATCH cipher_functions[] = {
	FUNCTION(OSSL_FUNC_CIPHER_NEWCTX, new_context), FUNCTION(OSSL_FUNC_CIPHER_FREECTX, free_context),
	FUNCTION(OSSL_FUNC_CIPHER_DUPCTX, copy_context), FUNCTION(OSSL_FUNC_CIPHER_ENCRYPT_INIT, start),
	FUNCTION(OSSL_FUNC_CIPHER_DECRYPT_INIT, start), FUNCTION(OSSL_FUNC_CIPHER_UPDATE, apply),
	FUNCTION(OSSL_FUNC_CIPHER_FINAL, finish), FUNCTION(OSSL_FUNC_CIPHER_CIPHER, apply), FUNCTION(OSSL_FUNC_CIPHER_GET_PARAMS, tell),
	FUNCTION(OSSL_FUNC_CIPHER_GET_CTX_PARAMS, tell_context), FUNCTION(OSSL_FUNC_CIPHER_GETTABLE_CTX_PARAMS, told_of_context), { 0, NULL },
};

static const OSSL_ALGORITHM *
query(void *provider, int operation, int *no_store)
{
	static const OSSL_ALGORITHM ciphers[] = {
		{ "AES-128-CTR", "provider=midwatch", cipher_functions, NULL }, { NULL, NULL, NULL, NULL },
	};
	(void)provider;
	*no_store = 0;
	return operation == OSSL_OP_CIPHER ? ciphers : NULL;
}

static int
provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **provider)
{
	static const OSSL_DISPATCH functions[] = { FUNCTION(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query), { 0, NULL } };

	(void)in;
	*out = functions;
	*provider = (void *)handle;
	return 1;
}

/* For the life of the process. Nothing unloads them at its end, when a worker may be in the midst of a key exchange: without the default one no digest is
 * found, and libssh2 1.10 goes on with the context that it did not get. */
static OSSL_PROVIDER *standard, *ours;

gboolean
ssh_keystream_install(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); /* heard only when nothing has used OpenSSL before, as in main() */
	standard = OSSL_PROVIDER_load(NULL, "default");
	if (!standard || !OSSL_PROVIDER_add_builtin(NULL, "midwatch", provider_init))
		return FALSE;
	ours = OSSL_PROVIDER_load(NULL, "midwatch");
	return ours && EVP_set_default_properties(NULL, "?provider=midwatch");
}
