/* How the libssh2 transport connects to real sshd on loopback: host keys, keys, what it cannot do, what is not there. */
#include "tests/lab/libssh2_rig.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- host keys --- */

static char *
public_key(const char *name)
{
	g_autofree char *path = sshd_fixture_path(lab, name);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return g_strchomp(text);
}

/* A known_hosts file with these lines; each %s stands for the server's own key, %o for another one. */
static char *
known_file(const struct sshd_server *s, const char *format)
{
	g_autofree char *name = g_strdup_printf("%s.hostkey.pub", s->name), *own = public_key(name), *other = public_key("key2.pub");
	g_autofree char *port = g_strdup_printf("%u", s->port);
	g_autoptr(GString) text = g_string_new(format);
	char *path = sshd_fixture_path(lab, "known_here");

	g_string_replace(text, "OWN", own, 0);
	g_string_replace(text, "OTHER", other, 0);
	g_string_replace(text, "PORT", port, 0);
	g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
	return path;
}

static void
check_known(const char *lines, gboolean up, enum transport_failure failure, const char *named)
{
	g_autofree char *known = known_file(server, lines);
	const struct transport_settings s = { .host = "lab", .ssh_config = configure(server, ""), .known_hosts = known };
	struct connection c;

	if (up) {
		start(&c, &s);
		WAIT_FOR(c.up || c.down);
		g_assert_cmpstr(c.reason, ==, NULL);
		check_exec(&c, "echo in", "in\n", 0);
	} else {
		fail_with(&c, &s, failure, "host key");
		g_assert_nonnull(strstr(c.reason, named));
	}
	finish(&c);
}

static void
test_known_keys(void)
{
	if (!have_lab())
		return;
	check_known("[127.0.0.1]:PORT OWN\n", TRUE, 0, NULL);
	check_known("127.0.0.1 OWN\n", TRUE, 0, NULL);
	check_known("[127.0.0.*]:* OWN\n", TRUE, 0, NULL);
	check_known("garbage\n[127.0.0.1]:PORT OWN\n", TRUE, 0, NULL);
	check_known("[127.0.0.1]:PORT OTHER\n", FALSE, TRANSPORT_HOST_KEY, "known_here, line 1");
	check_known("127.0.0.1 OWN\n[127.0.0.1]:PORT OTHER\n", FALSE, TRANSPORT_HOST_KEY, "known_here, line 2");
	check_known("[127.0.0.1]:PORT OWN\n@revoked * OWN\n", FALSE, TRANSPORT_HOST_KEY, "known_here, line 2");
	check_known("@cert-authority * OTHER\n", FALSE, TRANSPORT_UNSUPPORTED, "known_here, line 1");
}

static void
test_bad_line_is_told(void)
{
	g_autofree char *known = NULL;
	struct connection c;

	if (!have_lab())
		return;
	known = known_file(server, "garbage\n[127.0.0.1]:PORT OWN\n");
	start(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(server, ""), .known_hosts = known });
	WAIT_FOR(c.up || c.down);
	g_assert_true(c.up);
	g_assert_nonnull(strstr(c.notice, "known_here:1"));
	finish(&c);
}

static void
test_unknown_key(void)
{
	struct connection c;
	struct transport_settings s = { .host = "lab" };
	g_autofree char *known = NULL, *offered = NULL, *text = NULL;
	GStatBuf st;

	if (!have_lab())
		return;
	known = sshd_fixture_path(lab, "known_new");
	s.known_hosts = known;
	s.ssh_config = configure(server, " StrictHostKeyChecking no\n");
	fail_with(&c, &s, TRANSPORT_ASKS, "host key");
	g_assert_cmpint(c.question, ==, LINK_ASKS_HOST_KEY);
	g_assert_true(g_str_has_prefix(c.question_text, "ED25519 SHA256:"));
	g_assert_false(g_file_test(known, G_FILE_TEST_EXISTS));
	offered = g_strdup(c.question_text);
	finish(&c);

	s.accept_host_key = "ED25519 SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	fail_with(&c, &s, TRANSPORT_ASKS, "host key");
	g_assert_cmpstr(c.question_text, ==, offered);
	g_assert_false(g_file_test(known, G_FILE_TEST_EXISTS));
	finish(&c);

	s.accept_host_key = offered;
	reach_with(&c, &s);
	finish(&c);
	g_assert_cmpint(g_stat(known, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 0777, ==, 0600);

	s.accept_host_key = NULL;
	reach_with(&c, &s);
	finish(&c);
	g_assert_true(g_file_get_contents(known, &text, NULL, NULL));
	g_assert_cmpuint(strcspn(text, "\n"), ==, strlen(text) - 1); /* one line */
	g_unlink(known);
}

static void
test_hashed_and_strict(void)
{
	struct connection c;
	struct transport_settings s = { .host = "lab" };
	g_autofree char *known = NULL, *offered = NULL, *text = NULL;

	if (!have_lab())
		return;
	known = sshd_fixture_path(lab, "known_hashed");
	s.known_hosts = known;
	s.ssh_config = configure(server, " HashKnownHosts yes\n");
	fail_with(&c, &s, TRANSPORT_ASKS, "host key");
	s.accept_host_key = offered = g_strdup(c.question_text);
	finish(&c);
	reach_with(&c, &s);
	finish(&c);
	g_assert_true(g_file_get_contents(known, &text, NULL, NULL));
	g_assert_true(g_str_has_prefix(text, "|1|"));
	s.accept_host_key = NULL;
	reach_with(&c, &s);
	finish(&c);
	g_unlink(known);
	s.ssh_config = configure(server, " StrictHostKeyChecking yes\n");
	s.accept_host_key = offered;
	fail_with(&c, &s, TRANSPORT_HOST_KEY, "host key");
	finish(&c);
	g_assert_false(g_file_test(known, G_FILE_TEST_EXISTS));
}

static void
make_key(const char *name, const char *type, const char *passphrase)
{
	g_autofree char *path = sshd_fixture_path(lab, name);
	const char *argv[] = { "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "test", "-f", path, NULL };
	int status = -1;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
}

/* The server prefers another type than the one that is known: the known one is asked for. */
static void
test_known_type_first(void)
{
	struct sshd_server *two;
	struct connection c;
	g_autofree char *path = NULL, *extra = NULL, *key = NULL, *line = NULL;

	if (!have_lab())
		return;
	make_key("ecdsa", "ecdsa", "");
	path = sshd_fixture_path(lab, "ecdsa");
	extra = g_strdup_printf("HostKey %s\n", path);
	two = sshd_start(lab, "two", extra);
	key = public_key("ecdsa.pub");
	line = g_strdup_printf("[127.0.0.1]:%u %s\n", two->port, key);
	sshd_append(lab, "known_hosts", line);
	reach(&c, two, "");
	finish(&c);
	reach(&c, two, " HostKeyAlgorithms ecdsa-sha2-nistp256\n");
	finish(&c);
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(two, " HostKeyAlgorithms ssh-ed25519\n") },
	          TRANSPORT_UNSUPPORTED, "handshake");
	finish(&c);
}

static void
test_alias(void)
{
	g_autofree char *known = NULL;
	struct connection c;

	if (!have_lab())
		return;
	known = known_file(server, "pool OWN\n[127.0.0.1]:PORT OTHER\n");
	start(&c, &(struct transport_settings){
		.host = "lab", .ssh_config = configure(server, " HostKeyAlias pool\n"), .known_hosts = known });
	WAIT_FOR(c.up || c.down);
	g_assert_true(c.up);
	finish(&c);
}

/* --- authentication --- */

static char *
identity(const char *name)
{
	g_autofree char *path = sshd_fixture_path(lab, name);

	return g_strdup_printf(" IdentityFile %s\n", path);
}

static void
test_wrong_key(void)
{
	struct connection c;
	g_autofree char *extra = NULL;

	if (!have_lab())
		return;
	make_key("stranger", "ed25519", "");
	extra = identity("stranger");
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(server, extra) }, TRANSPORT_AUTH, "authentication");
	g_assert_nonnull(strstr(c.reason, "stranger"));
	finish(&c);
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(server, " IdentityFile /nonexistent/key\n") },
	          TRANSPORT_AUTH, "authentication");
	finish(&c);
}

static void
test_rsa_key(void)
{
	struct connection c;
	g_autofree char *extra = NULL;

	if (!have_lab())
		return;
	extra = identity("key");
	if (is_modern()) {
		reach(&c, server, extra);
	} else {
		fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(server, extra) }, TRANSPORT_UNSUPPORTED,
		          "authentication");
		g_assert_nonnull(strstr(c.reason, "RSA"));
		g_assert_nonnull(c.advice);
	}
	finish(&c);
}

static void
test_encrypted_key(void)
{
	struct connection c;
	struct transport_settings s = { .host = "lab" };
	g_autofree char *extra = NULL, *key = NULL, *line = NULL, *path = NULL;

	if (!have_lab())
		return;
	make_key("locked", "ed25519", "open sesame");
	key = public_key("locked.pub");
	line = g_strdup_printf("%s\n", key);
	sshd_append(lab, "authorized_keys", line);
	path = sshd_fixture_path(lab, "locked");
	extra = identity("locked");
	s.ssh_config = configure(server, extra);
	fail_with(&c, &s, TRANSPORT_ASKS, "authentication");
	g_assert_cmpint(c.question, ==, LINK_ASKS_PASSPHRASE);
	g_assert_cmpstr(c.question_text, ==, path);
	finish(&c);
	s.passphrase = "wrong";
	fail_with(&c, &s, TRANSPORT_ASKS, "authentication");
	g_assert_cmpint(c.question, ==, LINK_ASKS_PASSPHRASE);
	g_assert_nonnull(strstr(c.reason, "does not open"));
	finish(&c);
	s.passphrase = "open sesame";
	reach_with(&c, &s);
	finish(&c);
}

/* The server does not want the key, so nobody is asked to open it; and another key gets in. */
static void
test_encrypted_key_is_not_needed(void)
{
	struct connection c;
	g_autofree char *first = NULL, *second = NULL, *both = NULL;

	if (!have_lab())
		return;
	make_key("locked_stranger", "ed25519", "whatever");
	first = identity("locked_stranger");
	second = identity("key2");
	both = g_strconcat(first, second, NULL);
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(server, first) }, TRANSPORT_AUTH, "authentication");
	finish(&c);
	reach(&c, server, both);
	finish(&c);
}

/* The server's configuration behind lines that go first: the first of a kind counts. */
static const char *
configure_with(const char *first)
{
	const char *path = configure(server, " IdentityFile /nonexistent/key\n");
	g_autofree char *text = NULL, *all = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	all = g_strdup_printf("Host lab\n%s%s", first, text);
	g_assert_true(g_file_set_contents(path, all, -1, NULL));
	return path;
}

static GPid
start_agent(const char *path, const char *key)
{
	const char *agent[] = { "ssh-agent", "-D", "-a", path, NULL }, *add[] = { "ssh-add", "-q", key, NULL };
	g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "SSH_AUTH_SOCK", path, TRUE);
	int status = -1;
	GPid pid = 0;

	g_assert_true(g_spawn_async(NULL, (char **)agent, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
	                            die_with_parent, NULL, &pid, NULL));
	WAIT_FOR(g_file_test(path, G_FILE_TEST_EXISTS));
	g_assert_true(g_spawn_sync(NULL, (char **)add, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL));
	g_assert_cmpint(status, ==, 0);
	return pid;
}

static void
test_agent(void)
{
	struct connection c;
	struct transport_settings s = { .host = "lab" };
	g_autofree char *path = NULL, *key = NULL, *public = NULL, *half = NULL, *named = NULL;
	GPid pid;

	if (!have_lab())
		return;
	path = sshd_fixture_path(lab, "agent.sock");
	key = sshd_fixture_path(lab, "key2");
	pid = start_agent(path, key);
	s.ssh_config = configure_with(" IdentityAgent $MW_TEST_AGENT\n");
	reach_with(&c, &s);
	finish(&c);
	s.ssh_config = configure_with(" IdentityAgent $MW_TEST_AGENT\n IdentitiesOnly yes\n");
	fail_with(&c, &s, TRANSPORT_AUTH, "authentication");
	finish(&c);
	/* Only the public half of the key lies there; the agent has the other. */
	public = public_key("key2.pub");
	half = sshd_fixture_path(lab, "half.pub");
	g_assert_true(g_file_set_contents(half, public, -1, NULL));
	half[strlen(half) - strlen(".pub")] = '\0';
	named = g_strdup_printf(" IdentityAgent $MW_TEST_AGENT\n IdentitiesOnly yes\n IdentityFile %s\n", half);
	s.ssh_config = configure_with(named);
	reach_with(&c, &s);
	finish(&c);
	end_child(pid);
}

/* --- what libssh2 cannot do --- */

static void
test_hardened(void)
{
	struct sshd_server *hard;
	struct connection c;

	if (!have_lab())
		return;
	hard = sshd_start(lab, "hard", "MACs hmac-sha2-256-etm@openssh.com\nCiphers aes256-ctr\n");
	sshd_trust(hard);
	if (is_modern()) {
		reach(&c, hard, "");
	} else {
		fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(hard, "") }, TRANSPORT_UNSUPPORTED, "handshake");
		g_assert_nonnull(strstr(c.advice, "ETM"));
	}
	finish(&c);
}

static void
test_proxies(void)
{
	static const char *const lines[] = { " ProxyJump bastion.example.com\n", " ProxyCommand nc %h %p\n", " BindAddress 127.0.0.1\n" };

	if (!have_lab())
		return;
	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct connection c;
		fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(server, lines[i]) }, TRANSPORT_UNSUPPORTED,
		          "configuration");
		finish(&c);
	}
}

static void
test_bad_config(void)
{
	struct connection c;

	if (!have_lab())
		return;
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = "/nonexistent/config" }, TRANSPORT_CONFIG, "configuration");
	finish(&c);
	fail_with(&c, &(struct transport_settings){ .host = "-oProxyCommand=x", .ssh_config = "none" }, TRANSPORT_CONFIG, "configuration");
	finish(&c);
}

/* --- no server there, or none that is one --- */

static void
test_refused_connection(void)
{
	struct sshd_server nobody = { .fixture = lab };
	struct connection c;

	if (!have_lab())
		return;
	close(listen_tcp(&nobody.port));
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(&nobody, "") }, TRANSPORT_UNREACHABLE, "connect");
	g_assert_nonnull(c.advice);
	finish(&c);
}

static void
test_silent_server(void)
{
	struct sshd_server silent = { .fixture = lab };
	struct connection c;
	int fd;

	if (!have_lab())
		return;
	fd = listen_tcp(&silent.port);
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(&silent, ""), .connect_timeout_s = 1 },
	          TRANSPORT_UNREACHABLE, "handshake");
	finish(&c);
	close(fd);
}

/* Banners of a hostile server are shown only when they were made safe. */
static void
test_hostile_banner(void)
{
	struct sshd_server hostile = { .fixture = lab };
	struct connection c;
	int fd;
	pid_t pid;

	if (!have_lab())
		return;
	fd = listen_tcp(&hostile.port);
	pid = fork();
	if (pid == 0) {
		static const char words[] = "\033]0;owned\007\033[2J HTTP/1.0 400 \xff\r\n\r\n";
		int client;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		client = accept(fd, NULL, NULL);
		_exit(write(client, words, sizeof words) < 0);
	}
	close(fd);
	fail_with(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(&hostile, ""), .connect_timeout_s = 5 },
	          TRANSPORT_UNREACHABLE, "handshake");
	g_assert_null(strchr(c.reason, '\033'));
	finish(&c);
	waitpid(pid, NULL, 0);
}

/* The worker sits in the handshake; what it brings later is thrown away, and the connection is closed soon. */
static void
test_destroy_while_connecting(void)
{
	struct sshd_server silent = { .fixture = lab };
	struct connection c;
	int fd, client = -1;
	char bytes[256];

	if (!have_lab())
		return;
	fd = listen_tcp(&silent.port);
	start(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(&silent, ""), .connect_timeout_s = 30 });
	client = accept(fd, NULL, NULL);
	g_assert_cmpint(client, >=, 0);
	g_assert_cmpint(read(client, bytes, sizeof bytes), >, 0);
	finish(&c);
	while (read(client, bytes, sizeof bytes) > 0)
		;
	close(client);
	close(fd);
	/* At every other moment. */
	for (guint i = 0; i < 40; i++) {
		start(&c, &(struct transport_settings){ .host = "lab", .ssh_config = configure(server, "") });
		for (gint64 end_us = g_get_monotonic_time() + i * 2500; g_get_monotonic_time() < end_us && !c.up;)
			g_main_context_iteration(NULL, FALSE);
		finish(&c);
		while (g_main_context_iteration(NULL, FALSE))
			;
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	rig_begin();
	if (lab) {
		g_autofree char *agent = sshd_fixture_path(lab, "agent.sock");
		g_setenv("MW_TEST_AGENT", agent, TRUE); /* before there are threads */
	}
	g_test_add_func("/libssh2-connect/known-keys", test_known_keys);
	g_test_add_func("/libssh2-connect/bad-line-is-told", test_bad_line_is_told);
	g_test_add_func("/libssh2-connect/unknown-key", test_unknown_key);
	g_test_add_func("/libssh2-connect/hashed-and-strict", test_hashed_and_strict);
	g_test_add_func("/libssh2-connect/known-type-first", test_known_type_first);
	g_test_add_func("/libssh2-connect/alias", test_alias);
	g_test_add_func("/libssh2-connect/wrong-key", test_wrong_key);
	g_test_add_func("/libssh2-connect/rsa-key", test_rsa_key);
	g_test_add_func("/libssh2-connect/encrypted-key", test_encrypted_key);
	g_test_add_func("/libssh2-connect/encrypted-key-is-not-needed", test_encrypted_key_is_not_needed);
	g_test_add_func("/libssh2-connect/agent", test_agent);
	g_test_add_func("/libssh2-connect/hardened", test_hardened);
	g_test_add_func("/libssh2-connect/proxies", test_proxies);
	g_test_add_func("/libssh2-connect/bad-config", test_bad_config);
	g_test_add_func("/libssh2-connect/refused-connection", test_refused_connection);
	g_test_add_func("/libssh2-connect/silent-server", test_silent_server);
	g_test_add_func("/libssh2-connect/hostile-banner", test_hostile_banner);
	g_test_add_func("/libssh2-connect/destroy-while-connecting", test_destroy_while_connecting);
	status = g_test_run();
	rig_end();
	return status;
}
