/* Hosts that ssh treats alike share one answer of `ssh -G`, and the others do not: each case is compared with what ssh itself says. */
#include <glib/gstdio.h>
#include <string.h>

#include "backends/ssh_config_share.h"

static char *directory;

static char *
config_file(const char *name, const char *text)
{
	char *path = g_build_filename(directory, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

static char *
words(const GPtrArray *list)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(s, "%s,", (const char *)list->pdata[i]);
	return g_string_free(s, FALSE);
}

static void
same_list(const GPtrArray *a, const GPtrArray *b)
{
	g_autofree char *one = words(a), *other = words(b);

	g_assert_cmpstr(one, ==, other);
}

static void
check(const char *host, const char *hostname, const char *file)
{
	struct ssh_config ours, theirs;
	char *problem = NULL;

	g_assert_true(ssh_config_share(host, hostname, file, &ours, &problem));
	g_assert_true(ssh_config_load(host, hostname, file, &theirs, &problem));
	g_assert_cmpstr(ours.alias, ==, theirs.alias);
	g_assert_cmpstr(ours.hostname, ==, theirs.hostname);
	g_assert_cmpstr(ours.user, ==, theirs.user);
	g_assert_cmpuint(ours.port, ==, theirs.port);
	g_assert_cmpstr(ours.host_key_alias, ==, theirs.host_key_alias);
	g_assert_cmpstr(ours.proxy, ==, theirs.proxy);
	g_assert_cmpint(ours.strict, ==, theirs.strict);
	g_assert_cmpuint(ours.connect_timeout_s, ==, theirs.connect_timeout_s);
	same_list(ours.identity_files, theirs.identity_files);
	same_list(ours.user_known_hosts, theirs.user_known_hosts);
	same_list(ours.global_known_hosts, theirs.global_known_hosts);
	ssh_config_clear(&ours);
	ssh_config_clear(&theirs);
}

static const char fleet[] =
	"Host pi-gw7 other\n\tPort 2207\n"
	"Host pi-gw8\n\tHostName 100.64.0.8\n"
	"Host pi-gw9\n\tHostName %h.example.com\n"
	"Host pi-* !pi-gw3 !pi-x*\n\tUser ops\n\tIdentityFile ~/.ssh/%n\n\tIdentityFile ~/.ssh/fleet\n"
	"Host *\n\tConnectTimeout 7\n\tStrictHostKeyChecking yes\n";

static void
test_same(void)
{
	static const char *const hosts[] = {
		"pi-gw1", "pi-gw2", "pi-gw3", "pi-gw4", "pi-gw7", "pi-gw8", "pi-gw9", "pi-x1", "other", "PI-GW5", "gw", "pi-gw1", "pi-gw10",
	};
	g_autofree char *file = config_file("fleet", fleet);

	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
		check(hosts[i], NULL, file);
		check(hosts[i], "100.64.0.7", file);
		check(hosts[i], NULL, file);
	}
}

/* The name stands in a path: what one is told is no answer for the other. */
static void
test_names_inside(void)
{
	g_autofree char *file = config_file("inside", "Host pi-*\n\tHostKeyAlias pi-gw1\n\tUser pi-gw1\n");

	check("pi-gw1", NULL, file);
	check("pi-gw2", NULL, file);
}

static void
test_match(void)
{
	g_autofree char *file = config_file("match", "Match host pi-gw2\n\tPort 99\nHost pi-*\n\tUser ops\n");

	check("pi-gw1", NULL, file);
	check("pi-gw2", NULL, file);
	check("pi-gw3", NULL, file);
}

static void
test_include(void)
{
	g_autofree char *inner = config_file("inner", "Host pi-gw2\n\tPort 2222\n");
	g_autofree char *text = g_strdup_printf("Host pi-*\n\tInclude %s\nHost *\n\tUser ops\n", inner), *file = config_file("outer", text);

	check("pi-gw1", NULL, file);
	check("pi-gw2", NULL, file);
	check("pi-gw3", NULL, file);
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	directory = g_dir_make_tmp("midwatch-share-XXXXXX", NULL);
	g_test_add_func("/ssh-config-share/same", test_same);
	g_test_add_func("/ssh-config-share/names-inside", test_names_inside);
	g_test_add_func("/ssh-config-share/match", test_match);
	g_test_add_func("/ssh-config-share/include", test_include);
	result = g_test_run();
	for (const char *const *name = (const char *const[]){ "fleet", "inside", "match", "inner", "outer", NULL }; *name; name++) {
		g_autofree char *path = g_build_filename(directory, *name, NULL);
		g_unlink(path);
	}
	g_rmdir(directory);
	g_free(directory);
	return result;
}
