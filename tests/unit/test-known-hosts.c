/* known_hosts files, strictly: the table of what libssh2's own reader gets wrong is the list of tests. Where ssh-keygen is installed, it
 * has to agree. */
#include "backends/known_hosts.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

struct key {
	char *base64;
	const char *type;
	guint8 *bytes;
	gsize len;
};

/* A key in wire form: the type and a body that tells one from another. */
static struct key
make_key(const char *type, guint8 mark)
{
	GByteArray *a = g_byte_array_new();
	guint8 body[32];
	const guint8 lengths[2][4] = { { 0, 0, 0, (guint8)strlen(type) }, { 0, 0, 0, sizeof body } };
	struct key k = { .type = type };

	memset(body, mark, sizeof body);
	g_byte_array_append(a, lengths[0], 4);
	g_byte_array_append(a, (const guint8 *)type, (guint)strlen(type));
	g_byte_array_append(a, lengths[1], 4);
	g_byte_array_append(a, body, sizeof body);
	k.len = a->len;
	k.bytes = g_byte_array_free(a, FALSE);
	k.base64 = g_base64_encode(k.bytes, k.len);
	return k;
}

static struct key ed, ed_other, ecdsa, rsa;

static struct known_hosts *
parse(const char *text)
{
	struct known_hosts *k = known_hosts_new();

	known_hosts_add_text(k, "KNOWN", text, strlen(text));
	return k;
}

static struct known_hosts_finding
check(const char *text, const char *name, const struct key *key)
{
	struct known_hosts *k = parse(text);
	struct known_hosts_finding f = known_hosts_check(k, name, key->bytes, key->len);

	known_hosts_free(k);
	return f;
}

static char *
line(const char *names, const struct key *key)
{
	return g_strdup_printf("%s %s %s comment here\n", names, key->type, key->base64);
}

#define VERDICT(text, name, key, expected) g_assert_cmpint(check(text, name, key).verdict, ==, expected)

static void
test_plain(void)
{
	g_autofree char *host = line("gw.example.com,100.64.0.7", &ed), *port = line("[gw.example.com]:2222", &ed);

	VERDICT(host, "gw.example.com", &ed, KNOWN_HOSTS_MATCH);
	VERDICT(host, "100.64.0.7", &ed, KNOWN_HOSTS_MATCH);
	VERDICT(host, "100.64.0.77", &ed, KNOWN_HOSTS_UNKNOWN);
	VERDICT(host, "gw.example.com", &ed_other, KNOWN_HOSTS_CHANGED);
	VERDICT(port, "[gw.example.com]:2222", &ed, KNOWN_HOSTS_MATCH);
	VERDICT(port, "gw.example.com", &ed, KNOWN_HOSTS_UNKNOWN);
	VERDICT("", "gw.example.com", &ed, KNOWN_HOSTS_UNKNOWN);
}

static void
test_port_falls_back(void)
{
	g_autofree char *plain = line("100.64.0.7", &ed), *wrong = line("[100.64.0.7]:2222", &ed_other);
	g_autofree char *both = g_strconcat(plain, wrong, NULL);

	VERDICT(plain, "[100.64.0.7]:2222", &ed, KNOWN_HOSTS_MATCH);
	g_assert_true(check(plain, "[100.64.0.7]:2222", &ed).without_port);
	VERDICT(plain, "[100.64.0.7]:2222", &ed_other, KNOWN_HOSTS_UNKNOWN);
	VERDICT(both, "[100.64.0.7]:2222", &ed, KNOWN_HOSTS_CHANGED);
	VERDICT(both, "100.64.0.7", &ed, KNOWN_HOSTS_MATCH);
}

static void
test_patterns(void)
{
	g_autofree char *wild = line("*.example.com,!bad.example.com,100.64.0.?", &ed);

	VERDICT(wild, "gw.example.com", &ed, KNOWN_HOSTS_MATCH);
	VERDICT(wild, "bad.example.com", &ed, KNOWN_HOSTS_UNKNOWN);
	VERDICT(wild, "100.64.0.7", &ed, KNOWN_HOSTS_MATCH);
	VERDICT(wild, "100.64.0.77", &ed, KNOWN_HOSTS_UNKNOWN);
	VERDICT(wild, "example.com", &ed, KNOWN_HOSTS_UNKNOWN);
}

/* Made by ssh-keygen -H of "gw.example.com" and "[gw.example.com]:2222". */
static void
test_hashed(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "known-hosts", "hashed", NULL);
	g_autoptr(GError) error = NULL;
	struct known_hosts *k = known_hosts_new();
	g_autofree char *types = NULL;

	g_assert_true(known_hosts_add_file(k, path, &error));
	g_assert_no_error(error);
	types = known_hosts_types(k, "gw.example.com");
	g_assert_cmpstr(types, ==, "ssh-ed25519");
	g_free(types);
	types = known_hosts_types(k, "[gw.example.com]:2222");
	g_assert_cmpstr(types, ==, "ecdsa-sha2-nistp256,ssh-ed25519");
	g_free(types);
	types = known_hosts_types(k, "other.example.com");
	g_assert_null(types);
	known_hosts_free(k);
}

static void
test_types(void)
{
	g_autofree char *only_ecdsa = line("gw", &ecdsa);
	struct known_hosts_finding f = check(only_ecdsa, "gw", &ed);

	g_assert_cmpint(f.verdict, ==, KNOWN_HOSTS_UNKNOWN);
	g_assert_true(f.other_types);
	g_assert_false(check("", "gw", &ed).other_types);
}

static void
test_where(void)
{
	g_autofree char *first = line("a", &ed), *second = line("gw", &ed_other), *text = g_strconcat("# comment\n\n", first, second, NULL);
	struct known_hosts_finding f = check(text, "gw", &ed);

	g_assert_cmpint(f.verdict, ==, KNOWN_HOSTS_CHANGED);
	g_assert_cmpstr(f.file, ==, "KNOWN");
	g_assert_cmpuint(f.line, ==, 4);
}

static void
test_revoked(void)
{
	g_autofree char *revoked = line("@revoked *", &ed), *plain = line("gw", &ed), *text = g_strconcat(plain, revoked, NULL);
	g_autofree char *here = line("@revoked gw", &ed);

	VERDICT(text, "gw", &ed, KNOWN_HOSTS_REVOKED);
	VERDICT(text, "gw", &ed_other, KNOWN_HOSTS_CHANGED);
	VERDICT(here, "[gw]:2222", &ed, KNOWN_HOSTS_REVOKED);
	VERDICT(here, "other", &ed, KNOWN_HOSTS_UNKNOWN);
	g_assert_cmpuint(check(text, "gw", &ed).line, ==, 2);
}

static void
test_authority(void)
{
	g_autofree char *ca = line("@cert-authority *.example.com", &rsa), *plain = line("gw.example.com", &ed);
	g_autofree char *both = g_strconcat(ca, plain, NULL);

	VERDICT(ca, "gw.example.com", &ed, KNOWN_HOSTS_AUTHORITY);
	VERDICT(ca, "gw.example.com", &rsa, KNOWN_HOSTS_AUTHORITY); /* its own key is no host's */
	VERDICT(ca, "gw.example.org", &ed, KNOWN_HOSTS_UNKNOWN);
	VERDICT(both, "gw.example.com", &ed, KNOWN_HOSTS_MATCH);
}

static void
test_bad_lines(void)
{
	g_autofree char *good = line("gw", &ed);
	g_autofree char *text = g_strconcat("gw\ngw ssh-ed25519\ngw ssh-ed25519 not/base64=\ngw ssh-rsa AAAA\n@unknown gw ssh-ed25519 AAAA\n"
	                                    "gw 1024 35 1234567\n", good, NULL);
	struct known_hosts *k = parse(text);
	const char *first;

	g_assert_cmpuint(known_hosts_bad_lines(k, &first), ==, 6);
	g_assert_cmpstr(first, ==, "KNOWN:1");
	known_hosts_free(k);
	VERDICT(text, "gw", &ed, KNOWN_HOSTS_MATCH);
	VERDICT(text, "gw", &ed_other, KNOWN_HOSTS_CHANGED);
}

/* The type word must be the key's own: else a line could pass for another type. */
static void
test_type_mismatch(void)
{
	g_autofree char *text = g_strdup_printf("gw ecdsa-sha2-nistp256 %s\n", ed.base64);

	VERDICT(text, "gw", &ed, KNOWN_HOSTS_UNKNOWN);
}

static void
test_any_text(void)
{
	g_autofree char *good = line("|1|AAAA|BBBB,*,!x", &ed);
	gsize len = strlen(good);

	for (gsize i = 0; i < len; i++) {
		g_autofree char *bent = g_strdup(good);
		for (guint bit = 0; bit < 8; bit++) {
			struct known_hosts *k = known_hosts_new();
			bent[i] = (char)(good[i] ^ (1 << bit));
			known_hosts_add_text(k, "F", bent, len);
			known_hosts_add_text(k, "F", good, i);
			known_hosts_check(k, "[gw]:22", ed.bytes, ed.len);
			known_hosts_free(k);
		}
	}
}

static void
check_append(const char *dir, const char *name, gboolean hash)
{
	g_autofree char *path = g_build_filename(dir, "sub", hash ? "hashed" : "plain", NULL), *text = NULL;
	g_autoptr(GError) error = NULL;
	struct known_hosts *k = known_hosts_new();
	GStatBuf st;

	g_assert_true(known_hosts_append(path, name, ed.bytes, ed.len, hash, &error));
	g_assert_no_error(error);
	g_assert_true(known_hosts_append(path, "another", ecdsa.bytes, ecdsa.len, hash, &error));
	g_assert_cmpint(g_stat(path, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpint(strstr(text, name) != NULL, ==, !hash);
	g_assert_true(known_hosts_add_file(k, path, &error));
	g_assert_cmpint(known_hosts_check(k, name, ed.bytes, ed.len).verdict, ==, KNOWN_HOSTS_MATCH);
	g_assert_cmpint(known_hosts_check(k, "another", ecdsa.bytes, ecdsa.len).verdict, ==, KNOWN_HOSTS_MATCH);
	known_hosts_free(k);
	g_remove(path);
}

static void
test_append(void)
{
	g_autofree char *dir = g_dir_make_tmp("midwatch-test-XXXXXX", NULL), *sub = g_build_filename(dir, "sub", NULL);
	g_autofree char *cut = g_build_filename(dir, "cut", NULL), *text = NULL;
	g_autoptr(GError) error = NULL;

	check_append(dir, "[gw.example.com]:2222", FALSE);
	check_append(dir, "[gw.example.com]:2222", TRUE);
	g_assert_true(g_file_set_contents(cut, "a line that was cut", -1, NULL));
	g_assert_true(known_hosts_append(cut, "gw", ed.bytes, ed.len, FALSE, &error));
	g_assert_true(g_file_get_contents(cut, &text, NULL, NULL));
	g_assert_true(g_str_has_prefix(text, "a line that was cut\ngw ssh-ed25519 "));
	g_assert_false(known_hosts_append(cut, "gw\nevil", ed.bytes, ed.len, FALSE, &error));
	g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
	g_clear_error(&error);
	g_assert_false(known_hosts_append(dir, "gw", ed.bytes, ed.len, FALSE, &error));
	g_assert_nonnull(error);
	g_assert_true(known_hosts_append("/dev/null", "gw", ed.bytes, ed.len, FALSE, NULL));
	g_remove(cut);
	g_rmdir(sub);
	g_rmdir(dir);
}

static void
test_fingerprint(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "ssh-config", "key-ed25519.pub", NULL);
	g_autofree char *text = NULL, *out = NULL, *print = NULL;
	g_auto(GStrv) words = NULL;
	g_autofree guint8 *bytes = NULL;
	gsize len = 0;
	const char *argv[] = { "ssh-keygen", "-l", "-f", path, NULL };

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	words = g_strsplit(text, " ", 3);
	bytes = g_base64_decode(words[1], &len);
	print = known_hosts_fingerprint(bytes, len);
	g_assert_true(g_str_has_prefix(print, "ED25519 SHA256:"));
	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL)) {
		g_test_skip("ssh-keygen is not installed");
		return;
	}
	g_assert_nonnull(strstr(out, strchr(print, ' ') + 1));
}

/* ssh-keygen -F on the same file finds the key, and the opinion follows its answer. */
static void
test_second_opinion(void)
{
	g_autofree char *plain = line("gw", &ed), *revoked = line("@revoked *", &ed), *other = line("gw", &ed_other);
	g_autofree char *fine = g_strdup_printf("# Host gw found: line 1 \n%s", plain);
	g_autofree char *dead = g_strdup_printf("%s# Host gw found: line 2 REVOKED\n%s", fine, revoked);
	g_autofree char *wrong = g_strdup_printf("# Host gw found: line 1 \n%s", other);

	g_assert_true(known_hosts_second_opinion(fine, ed.bytes, ed.len));
	g_assert_false(known_hosts_second_opinion(dead, ed.bytes, ed.len));
	g_assert_false(known_hosts_second_opinion(wrong, ed.bytes, ed.len));
	g_assert_false(known_hosts_second_opinion("", ed.bytes, ed.len));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ed = make_key("ssh-ed25519", 1);
	ed_other = make_key("ssh-ed25519", 2);
	ecdsa = make_key("ecdsa-sha2-nistp256", 3);
	rsa = make_key("ssh-rsa", 4);
	g_test_add_func("/known-hosts/plain", test_plain);
	g_test_add_func("/known-hosts/port-falls-back", test_port_falls_back);
	g_test_add_func("/known-hosts/patterns", test_patterns);
	g_test_add_func("/known-hosts/hashed", test_hashed);
	g_test_add_func("/known-hosts/types", test_types);
	g_test_add_func("/known-hosts/where", test_where);
	g_test_add_func("/known-hosts/revoked", test_revoked);
	g_test_add_func("/known-hosts/authority", test_authority);
	g_test_add_func("/known-hosts/bad-lines", test_bad_lines);
	g_test_add_func("/known-hosts/type-mismatch", test_type_mismatch);
	g_test_add_func("/known-hosts/any-text", test_any_text);
	g_test_add_func("/known-hosts/append", test_append);
	g_test_add_func("/known-hosts/fingerprint", test_fingerprint);
	g_test_add_func("/known-hosts/second-opinion", test_second_opinion);
	int status = g_test_run();
	struct key *all[] = { &ed, &ed_other, &ecdsa, &rsa };
	for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
		g_free(all[i]->base64);
		g_free(all[i]->bytes);
	}
	return status;
}
