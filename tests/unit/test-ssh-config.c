/* What `ssh -G` prints, the paths in it, and what a private key file tells. */
#include "backends/ssh_config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

#include "backends/ssh_key_file.h"

static char *
read_data(const char *name, gsize *len)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "data", "ssh-config", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(path, &text, len, &error);
	g_assert_no_error(error);
	return text;
}

static void
test_recorded(void)
{
	gsize len;
	g_autofree char *text = read_data("full", &len);
	struct ssh_config c;

	g_assert_true(ssh_config_parse("gw", text, len, &c));
	g_assert_cmpstr(c.hostname, ==, "gw.example.com");
	g_assert_cmpstr(c.user, ==, "ops");
	g_assert_cmpuint(c.port, ==, 2222);
	g_assert_cmpstr(c.host_key_alias, ==, "gateway");
	g_assert_null(c.proxy);
	g_assert_null(c.bind);
	g_assert_cmpuint(c.identity_files->len, ==, 2);
	g_assert_cmpstr(c.identity_files->pdata[0], ==, "~/.ssh/%h_ed25519");
	g_assert_cmpuint(c.user_known_hosts->len, ==, 2);
	g_assert_cmpstr(c.user_known_hosts->pdata[1], ==, "/home/ops/.ssh/known_hosts2");
	g_assert_cmpuint(c.global_known_hosts->len, ==, 2);
	g_assert_true(c.identities_only);
	g_assert_true(c.hash_known_hosts);
	g_assert_true(c.has_certificate);
	g_assert_cmpint(c.strict, ==, SSH_STRICT_YES);
	g_assert_cmpint(c.family, ==, AF_INET);
	g_assert_cmpuint(c.connect_timeout_s, ==, 7);
	g_assert_cmpuint(c.alive_interval_s, ==, 15);
	g_assert_true(g_str_has_prefix(c.macs, "umac-64-etm@openssh.com,"));
	ssh_config_clear(&c);
}

static void
test_defaults(void)
{
	static const char text[] = "user root\nhostname 100.64.0.7\nproxycommand none\nproxyjump none\nuserknownhostsfile none\n"
	                           "stricthostkeychecking accept-new\nconnecttimeout none\naddressfamily any\nport 99999\n\nnonsense\nbindaddress\n";
	struct ssh_config c;

	g_assert_true(ssh_config_parse("x", text, strlen(text), &c));
	g_assert_cmpuint(c.port, ==, 22);
	g_assert_null(c.proxy);
	g_assert_null(c.host_key_alias);
	g_assert_cmpuint(c.user_known_hosts->len, ==, 0);
	g_assert_cmpint(c.strict, ==, SSH_STRICT_ASK);
	g_assert_cmpuint(c.connect_timeout_s, ==, 0);
	g_assert_cmpint(c.family, ==, AF_UNSPEC);
	ssh_config_clear(&c);
}

static void
test_proxies(void)
{
	static const char *const texts[] = { "proxyjump ops@bastion.example.com:2200", "proxycommand nc %h %p" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *text = g_strdup_printf("user a\nhostname b\n%s\n", texts[i]);
		struct ssh_config c;
		g_assert_true(ssh_config_parse("x", text, strlen(text), &c));
		g_assert_cmpstr(c.proxy, ==, strchr(texts[i], ' ') + 1);
		ssh_config_clear(&c);
	}
}

static void
test_broken(void)
{
	static const char *const texts[] = { "", "\n\n", "hostname", "hostname \nuser \n", "hostname a\n", "user a\n", "garbage \xff\xfe\n" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct ssh_config c;
		g_assert_false(ssh_config_parse("x", texts[i], strlen(texts[i]), &c));
		ssh_config_clear(&c);
	}
}

static void
check_expansion(const struct ssh_config *c, const char *path, const char *expected)
{
	g_autofree char *got = ssh_config_expand(c, path);

	g_assert_cmpstr(got, ==, expected);
}

static void
test_expand(void)
{
	static const char text[] = "user ops\nhostname gw.example.com\nport 2222\n";
	g_autofree char *home_key = g_build_filename(g_get_home_dir(), ".ssh/gw.example.com-ops", NULL);
	struct ssh_config c;

	g_assert_true(ssh_config_parse("gw", text, strlen(text), &c));
	check_expansion(&c, "~/.ssh/%h-%r", home_key);
	check_expansion(&c, "%d/.ssh/%h-%r", home_key);
	check_expansion(&c, "/k/%n/%p/%k/100%%", "/k/gw/2222/gw/100%");
	check_expansion(&c, "/plain ~ path", "/plain ~ path");
	check_expansion(&c, "~other/key", NULL);
	check_expansion(&c, "/k/%C", NULL);
	check_expansion(&c, "/k/%", NULL);
	g_setenv("MW_TEST_DIR", "/from/env", TRUE);
	check_expansion(&c, "${MW_TEST_DIR}/key", "/from/env/key");
	check_expansion(&c, "${MW_TEST_NOT_SET}/key", NULL);
	check_expansion(&c, "${MW_TEST_DIR", NULL);
	ssh_config_clear(&c);
}

static void
check_agent(const char *line, const char *expected)
{
	g_autofree char *text = g_strdup_printf("user a\nhostname b\n%s\n", line), *got = NULL;
	struct ssh_config c;

	g_assert_true(ssh_config_parse("x", text, strlen(text), &c));
	got = ssh_config_agent(&c);
	g_assert_cmpstr(got, ==, expected);
	ssh_config_clear(&c);
}

static void
test_agent(void)
{
	g_setenv("SSH_AUTH_SOCK", "/run/agent", TRUE);
	g_setenv("MW_TEST_AGENT", "/run/other", TRUE);
	check_agent("", "/run/agent");
	check_agent("identityagent SSH_AUTH_SOCK", "/run/agent");
	check_agent("identityagent none", NULL);
	check_agent("identityagent $MW_TEST_AGENT", "/run/other");
	check_agent("identityagent /run/%r.agent", "/run/a.agent");
	g_unsetenv("SSH_AUTH_SOCK");
	check_agent("", NULL);
}

static void
check_key_name(const char *lines, const char *expected)
{
	g_autofree char *text = g_strdup_printf("user a\n%s\n", lines), *got = NULL;
	struct ssh_config c;

	g_assert_true(ssh_config_parse("x", text, strlen(text), &c));
	got = ssh_config_key_name(&c);
	g_assert_cmpstr(got, ==, expected);
	ssh_config_clear(&c);
}

static void
test_key_name(void)
{
	check_key_name("hostname GW.Example.com", "gw.example.com");
	check_key_name("hostname gw.example.com\nport 2222", "[gw.example.com]:2222");
	check_key_name("hostname gw.example.com\nport 2222\nhostkeyalias Pool", "pool");
}

static void
test_common(void)
{
	g_autofree char *some = ssh_config_common("a,b,c", "c,x,a"), *all = ssh_config_common("a,b", NULL), *none = ssh_config_common("a", "b");

	g_assert_cmpstr(some, ==, "a,c");
	g_assert_cmpstr(all, ==, "a,b");
	g_assert_null(none);
}

static void
check_key_file(const char *name, const char *type, gboolean encrypted, gboolean has_private, gboolean has_public)
{
	gsize len;
	g_autofree char *text = read_data(name, &len);
	struct ssh_key_file k;

	g_assert_true(ssh_key_file_parse(text, &k));
	g_assert_cmpstr(k.type, ==, type);
	g_assert_cmpint(k.encrypted, ==, encrypted);
	g_assert_cmpint(k.has_private, ==, has_private);
	g_assert_cmpint(k.public_key != NULL, ==, has_public);
	ssh_key_file_clear(&k);
}

static void
test_key_files(void)
{
	check_key_file("key-ed25519", "ssh-ed25519", FALSE, TRUE, TRUE);
	check_key_file("key-ed25519-encrypted", "ssh-ed25519", TRUE, TRUE, TRUE);
	check_key_file("key-ed25519.pub", "ssh-ed25519", FALSE, FALSE, TRUE);
	check_key_file("key-rsa-pem", "ssh-rsa", FALSE, TRUE, FALSE);
	check_key_file("key-rsa-pem-encrypted", "ssh-rsa", TRUE, TRUE, FALSE);
	check_key_file("key-pkcs8-encrypted", NULL, TRUE, TRUE, FALSE);
}

/* Every prefix and every flipped byte: no crash, and a key that is said to be there is one. */
static void
test_broken_key_files(void)
{
	gsize len;
	g_autofree char *text = read_data("key-ed25519", &len);
	struct ssh_key_file k;

	for (gsize i = 0; i < len; i++) {
		g_autofree char *cut = g_strndup(text, i), *bent = g_strdup(text);
		ssh_key_file_parse(cut, &k);
		ssh_key_file_clear(&k);
		bent[i] ^= 1;
		ssh_key_file_parse(bent, &k);
		ssh_key_file_clear(&k);
	}
	g_assert_false(ssh_key_file_parse("", &k));
	g_assert_false(ssh_key_file_parse("hello world\n", &k));
	g_assert_false(ssh_key_file_parse("-----BEGIN CERTIFICATE-----\nAAAA\n", &k));
}

/* What an inventory says to connect to goes to ssh as an option: nothing may be in it that ssh would read as something else. */
static void
test_hostname(void)
{
	static const char *const good[] = { "gw-014.example.com", "100.64.0.7", "fd7a:115c:a1e0::1", "pi_1" };
	static const char *const bad[] = { "", "-oProxyCommand=x", "%h", "a b", "a\nb", "a,b", "a;b", "[::1]", "a/b" };
	g_autofree char *problem = NULL;
	struct ssh_config c;

	for (guint i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(ssh_config_is_hostname(good[i]));
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(ssh_config_is_hostname(bad[i]));
	g_assert_false(ssh_config_load("gw", "%h", "/dev/null", &c, &problem));
	g_assert_nonnull(strstr(problem, "neither a name nor an address"));
	ssh_config_clear(&c);
	g_assert_true(ssh_config_load("gw", "100.64.0.7", "/dev/null", &c, &problem));
	g_assert_cmpstr(c.hostname, ==, "100.64.0.7");
	g_assert_cmpstr(c.alias, ==, "gw");
	ssh_config_clear(&c);
}

/* What the operator wrote goes before what an inventory says; where nothing is written, that counts. */
static void
test_yielding(void)
{
	g_autofree char *dir = g_dir_make_tmp("ssh-config-XXXXXX", NULL), *file = g_build_filename(dir, "config", NULL), *problem = NULL;
	struct ssh_config c;

	g_assert_true(g_file_set_contents(file, "Host own\n\tHostName own.example.com\nHost plain own\n\tUser pi\n", -1, NULL));
	g_assert_true(ssh_config_load_yielding(ssh_config_load, "own", "100.64.0.7", file, &c, &problem));
	g_assert_cmpstr(c.hostname, ==, "own.example.com");
	ssh_config_clear(&c);
	g_assert_true(ssh_config_load_yielding(ssh_config_load, "plain", "100.64.0.7", file, &c, &problem));
	g_assert_cmpstr(c.hostname, ==, "100.64.0.7");
	g_assert_cmpstr(c.user, ==, "pi");
	ssh_config_clear(&c);
	g_assert_true(ssh_config_load_yielding(ssh_config_load, "plain", NULL, file, &c, &problem));
	g_assert_cmpstr(c.hostname, ==, "plain");
	ssh_config_clear(&c);
	g_remove(file);
	g_rmdir(dir);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ssh-config/recorded", test_recorded);
	g_test_add_func("/ssh-config/defaults", test_defaults);
	g_test_add_func("/ssh-config/proxies", test_proxies);
	g_test_add_func("/ssh-config/broken", test_broken);
	g_test_add_func("/ssh-config/expand", test_expand);
	g_test_add_func("/ssh-config/agent", test_agent);
	g_test_add_func("/ssh-config/key-name", test_key_name);
	g_test_add_func("/ssh-config/common", test_common);
	g_test_add_func("/ssh-config/hostname", test_hostname);
	g_test_add_func("/ssh-config/yielding", test_yielding);
	g_test_add_func("/ssh-config/key-files", test_key_files);
	g_test_add_func("/ssh-config/broken-key-files", test_broken_key_files);
	return g_test_run();
}
