/* What OpenSSH 9.2 really said, and what becomes of it. */
#include "backends/ssh_words.h"

#include <string.h>

static void
check(const char *text, enum transport_failure failure, const char *reason, gboolean unknown_key)
{
	struct ssh_words w;

	ssh_words_read(text, &w);
	g_assert_cmpint(w.failure, ==, failure);
	g_assert_cmpstr(w.reason, ==, reason);
	g_assert_cmpint(w.unknown_host_key, ==, unknown_key);
	if (failure != TRANSPORT_UNREACHABLE)
		g_assert_nonnull(w.advice);
	g_free(w.reason);
}

static void
test_complaints(void)
{
	check("No ED25519 host key is known for [127.0.0.1]:2222 and you have requested strict checking.\r\nHost key verification failed.\r\n",
	      TRANSPORT_CONFIG, "No ED25519 host key is known for [127.0.0.1]:2222 and you have requested strict checking.", TRUE);
	check("@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\n"
	      "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n"
	      "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\n"
	      "IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r\nHost key verification failed.\r\n",
	      TRANSPORT_HOST_KEY, "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!", FALSE);
	check("Warm words of a banner\r\nroot@gw1.example.com: Permission denied (publickey).\r\n", TRANSPORT_AUTH,
	      "root@gw1.example.com: Permission denied (publickey).", FALSE);
	check("Received disconnect from 198.51.100.7 port 22:2: Too many authentication failures\r\nDisconnected\r\n", TRANSPORT_AUTH,
	      "Received disconnect from 198.51.100.7 port 22:2: Too many authentication failures", FALSE);
	check("ssh: Could not resolve hostname gw9.example.com: Name or service not known\r\n", TRANSPORT_UNREACHABLE,
	      "ssh: Could not resolve hostname gw9.example.com: Name or service not known", FALSE);
	check("ssh: connect to host 127.0.0.1 port 1: Connection refused\r\n", TRANSPORT_UNREACHABLE,
	      "ssh: connect to host 127.0.0.1 port 1: Connection refused", FALSE);
	check("/x/config: line 1: Bad configuration option: nosuchoption\r\n/x/config: terminating, 1 bad configuration options\r\n",
	      TRANSPORT_CONFIG, "/x/config: line 1: Bad configuration option: nosuchoption", FALSE);
	check("kex_exchange_identification: read: Connection reset by peer\r\n", TRANSPORT_UNREACHABLE,
	      "kex_exchange_identification: read: Connection reset by peer", FALSE);
	check("sh: 1: /no/proxy: not found\nkex_exchange_identification: Connection closed by remote host\r\n"
	      "Connection closed by UNKNOWN port 65535\r\n", TRANSPORT_UNREACHABLE, "sh: 1: /no/proxy: not found", FALSE);
	check("", TRANSPORT_UNREACHABLE, "ssh ended without a word.", FALSE);
}

/* A banner cannot draw on the operator's terminal. */
static void
test_safe(void)
{
	struct ssh_words w;
	g_autofree char *last = ssh_words_last("first\nevil \033]0;title\007 words\r\n\r\n");

	g_assert_null(strchr(last, '\033'));
	g_assert_null(strchr(last, '\007'));
	ssh_words_read("\033[2Jx: Permission denied (publickey).\n", &w);
	g_assert_null(strchr(w.reason, '\033'));
	g_free(w.reason);
}

static void
test_check_mode(void)
{
	g_autofree char *url = ssh_words_url("# Tailscale SSH requires an additional check.\r\n"
	                                     "# To authenticate, visit: https://login.example.com/a/l1b2c3\r\n# \r\n");
	g_autofree char *none = ssh_words_url("Welcome! Our rules: https://www.example.com/\r\n");

	g_assert_cmpstr(url, ==, "https://login.example.com/a/l1b2c3");
	g_assert_null(none);
}

static void
test_place(void)
{
	struct ssh_place p;

	g_assert_true(ssh_place_read("host web\nuser deploy\nhostname 198.51.100.7\nport 2222\nidentityfile ~/.ssh/id_rsa\n"
	                             "userknownhostsfile /home/x/.ssh/known_hosts /home/x/.ssh/known_hosts2\n", &p));
	g_assert_cmpstr(p.user, ==, "deploy");
	g_assert_cmpstr(p.hostname, ==, "198.51.100.7");
	g_assert_cmpstr(p.port, ==, "2222");
	g_assert_cmpstr(p.known_hosts, ==, "/home/x/.ssh/known_hosts");
	ssh_place_clear(&p);
	g_assert_true(ssh_place_read("hostname a\nuserknownhostsfile ~/.ssh/known_hosts\n", &p));
	g_assert_true(g_str_has_prefix(p.known_hosts, g_get_home_dir()));
	ssh_place_clear(&p);
	g_assert_true(ssh_place_read("hostname a\nuserknownhostsfile none\n", &p));
	g_assert_null(p.known_hosts);
	ssh_place_clear(&p);
	g_assert_false(ssh_place_read("", &p));
	ssh_place_clear(&p);
}

/* The key and its fingerprint as ssh-keygen -l prints it. */
static void
test_fingerprint(void)
{
	g_autofree char *good = ssh_key_fingerprint("github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl");
	g_autofree char *bad = ssh_key_fingerprint("host unknown-type AAAA");
	g_autofree char *empty = ssh_key_fingerprint("host ssh-rsa ");
	g_autofree char *shortened = ssh_key_fingerprint("host");

	g_assert_cmpstr(good, ==, "ED25519 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
	g_assert_null(bad);
	g_assert_null(empty);
	g_assert_null(shortened);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ssh-words/complaints", test_complaints);
	g_test_add_func("/ssh-words/safe", test_safe);
	g_test_add_func("/ssh-words/check-mode", test_check_mode);
	g_test_add_func("/ssh-words/place", test_place);
	g_test_add_func("/ssh-words/fingerprint", test_fingerprint);
	return g_test_run();
}
