/* The lab itself: a test that stands on it is worth as much as it is. */
#include "tests/lab/lab.h"
#include "tests/lab/lab_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A server in the test itself: one listening socket. */
static int listen_here(guint *port)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof here;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_assert_cmpint(bind(fd, (struct sockaddr *)&here, size), ==, 0);
	g_assert_cmpint(listen(fd, 16), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&here, &size), ==, 0);
	*port = ntohs(here.sin_port);
	return fd;
}

static int connect_to(guint port)
{
	struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((guint16)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&there, sizeof there) == 0)
		return fd;
	close(fd);
	return -1;
}

static void assert_quiet(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	g_assert_cmpint(poll(&p, 1, 200), ==, 0);
}

static void assert_reads(int fd, const char *text)
{
	char bytes[64];
	gsize at = 0;

	while (at < strlen(text)) {
		gssize n = read(fd, bytes + at, sizeof bytes - at);
		g_assert_cmpint(n, >, 0);
		at += (gsize)n;
	}
	g_assert_cmpmem(bytes, at, text, strlen(text));
}

struct link {
	struct lab_proxy *proxy;
	int listener, client, server;
};

static void link_open(struct link *l)
{
	l->client = connect_to(lab_proxy_port(l->proxy));
	g_assert_cmpint(l->client, >=, 0);
	l->server = accept(l->listener, NULL, NULL);
	g_assert_cmpint(l->server, >=, 0);
}

static void link_close(struct link *l)
{
	close(l->client);
	close(l->server);
}

static void link_set_up(struct link *l, gconstpointer unused)
{
	guint port;

	l->listener = listen_here(&port);
	l->proxy = lab_proxy_new_tcp("127.0.0.1", port);
	link_open(l);
}

static void link_tear_down(struct link *l, gconstpointer unused)
{
	lab_proxy_free(l->proxy);
	link_close(l);
	close(l->listener);
}

static void test_proxy_passes(struct link *l, gconstpointer unused)
{
	g_assert_cmpint(write(l->client, "ping", 4), ==, 4);
	assert_reads(l->server, "ping");
	g_assert_cmpint(write(l->server, "pong!", 5), ==, 5);
	assert_reads(l->client, "pong!");
	struct lab_proxy_counts c = lab_proxy_counts(l->proxy);
	g_assert_cmpuint(c.accepted, ==, 1);
	g_assert_cmpuint(c.to_server, ==, 4);
	g_assert_cmpuint(c.to_client, ==, 5);
}

static void test_proxy_half_close(struct link *l, gconstpointer unused)
{
	char byte;

	shutdown(l->client, SHUT_WR);
	g_assert_cmpint(read(l->server, &byte, 1), ==, 0);
	g_assert_cmpint(write(l->server, "late", 4), ==, 4);
	assert_reads(l->client, "late");
}

static void test_proxy_stalls(struct link *l, gconstpointer unused)
{
	lab_proxy_stall(l->proxy);
	g_assert_cmpint(write(l->client, "ping", 4), ==, 4);
	assert_quiet(l->server);
	int late = connect_to(lab_proxy_port(l->proxy)); /* the kernel takes it */
	g_assert_cmpint(late, >=, 0);
	assert_quiet(l->listener);
	lab_proxy_pass(l->proxy);
	assert_reads(l->server, "ping");
	close(late);
}

static void test_proxy_cuts(struct link *l, gconstpointer unused)
{
	char byte;

	lab_proxy_cut(l->proxy);
	g_assert_cmpint(read(l->client, &byte, 1), ==, -1);
	g_assert_cmpint(errno, ==, ECONNRESET);
	g_assert_cmpuint(lab_proxy_counts(l->proxy).open, ==, 0);
	link_close(l);
	link_open(l);
	g_assert_cmpint(write(l->client, "again", 5), ==, 5);
	assert_reads(l->server, "again");
}

static void test_proxy_cuts_in_the_middle(struct link *l, gconstpointer unused)
{
	char bytes[64];

	lab_proxy_cut_after(l->proxy, 3);
	g_assert_cmpint(write(l->server, "abcdef", 6), ==, 6);
	g_assert_cmpint(read(l->server, bytes, 1), ==, -1); /* both ends are reset */
	g_assert_cmpuint(lab_proxy_counts(l->proxy).to_client, ==, 3);
}

static void test_proxy_refuses(struct link *l, gconstpointer unused)
{
	lab_proxy_refuse(l->proxy);
	g_assert_cmpint(connect_to(lab_proxy_port(l->proxy)), ==, -1);
	g_assert_cmpint(errno, ==, ECONNREFUSED);
	lab_proxy_pass(l->proxy);
	link_close(l);
	link_open(l);
}

static void test_proxy_limits(struct link *l, gconstpointer unused)
{
	static const char bytes[30000];
	char in[4096];
	gint64 start = g_get_monotonic_time();
	gsize got = 0;

	lab_proxy_limit(l->proxy, 50000);
	g_assert_cmpint(write(l->server, bytes, sizeof bytes), ==, (int)sizeof bytes);
	while (got < sizeof bytes) {
		gssize n = read(l->client, in, sizeof in);
		g_assert_cmpint(n, >, 0);
		got += (gsize)n;
	}
	/* 600 ms, of which the first 100 may pass as a burst. */
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 450000);
}

static char *ssh(struct lab *lab, const char *alias, const char *command, int *status)
{
	const char *argv[] = {"ssh", "-F", lab_ssh_config(lab), alias, command, NULL};
	char *output = NULL;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL,
	                           status, NULL));
	return output;
}

static void assert_ssh_works(struct lab *lab, const char *alias)
{
	int status;
	g_autofree char *output = ssh(lab, alias, "echo here", &status);

	g_assert_cmpint(status, ==, 0);
	g_assert_cmpstr(output, ==, "here\n");
}

static void test_sshd(void)
{
	if (!lab_have(LAB_SSHD))
		return;
	struct lab *lab = lab_new();
	guint port = lab_sshd(lab, "one", NULL);
	int status;

	lab_sshd(lab, "two", "hardened", "MaxSessions 3", NULL);
	lab_sshd(lab, "three", "ecdsa", NULL);
	assert_ssh_works(lab, "one");
	assert_ssh_works(lab, "two");
	assert_ssh_works(lab, "three");
	lab_ssh_host(lab, "jumped", lab_sshd_port(lab, "two"), "two", "ProxyJump one", NULL);
	assert_ssh_works(lab, "jumped");
	struct lab_proxy *proxy = lab_proxy_new_tcp("127.0.0.1", port);
	lab_ssh_host(lab, "cuttable", lab_proxy_port(proxy), "one", NULL);
	assert_ssh_works(lab, "cuttable");
	g_assert_cmpuint(lab_proxy_counts(proxy).accepted, ==, 1);
	lab_proxy_free(proxy);
	lab_sshd_stop(lab, "one");
	g_assert_false(lab_port_is_open(port));
	g_free(ssh(lab, "one", "true", &status));
	g_assert_cmpint(status, !=, 0);
	lab_sshd_start(lab, "one");
	assert_ssh_works(lab, "one");
	g_autofree char *dir = g_strdup(lab_dir(lab));
	lab_free(lab);
	g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
	g_assert_false(lab_port_is_open(port));
}

static void test_docker(void)
{
	if (!lab_have(LAB_DOCKER))
		return;
	struct lab *lab = lab_new();

	const char *daemon = lab_dockerd(lab);
	g_assert_true(g_file_test(daemon, G_FILE_TEST_EXISTS));
	g_free(lab_docker(lab, "run", "-d", "--name", "first", "busybox:1", NULL));
	g_free(lab_docker(lab, "run", "-d", "--name", "paused", "busybox:1", NULL));
	g_free(lab_docker(lab, "pause", "paused", NULL));
	g_autofree char *output = lab_docker(lab, "run", "--rm", "busybox:1", "echo", "hello", NULL);
	g_assert_cmpstr(output, ==, "hello");
	g_autofree char *socket = lab_path(lab, "proxy.sock");
	struct lab_proxy *proxy = lab_proxy_new_unix(socket, daemon);
	g_autofree char *address = g_strconcat("unix://", socket, NULL);
	const char *argv[] = {"docker", "-H", address, "version", NULL};
	int status;
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
	                           &status, NULL));
	g_assert_cmpint(status, ==, 0);
	g_assert_cmpuint(lab_proxy_counts(proxy).accepted, >=, 1);
	lab_proxy_free(proxy);
	lab_dockerd_stop(lab);
	lab_dockerd_start(lab);
	g_autofree char *names = lab_docker(lab, "ps", "-a", "--format", "{{.Names}}", NULL);
	g_assert_nonnull(strstr(names, "first"));
	g_autofree char *dir = g_strdup(lab_dir(lab));
	lab_free(lab);
	g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
}

static void test_machine(void)
{
	if (!lab_have(LAB_SSHD | LAB_MACHINE))
		return;
	struct lab *lab = lab_new();

	g_free(lab_machine(lab, "box"));
	assert_ssh_works(lab, "box");
	g_autofree char *state = lab_machine_exec(lab, "box", "systemctl", "is-active", "systemd-journald", NULL);
	g_assert_cmpstr(state, ==, "active");
	g_free(lab_machine_exec(lab, "box", "logger", "-t", "lab", "a line", NULL));
	g_autofree char *line = lab_machine_exec(lab, "box", "journalctl", "-t", "lab", "-o", "cat", NULL);
	g_assert_cmpstr(line, ==, "a line");
	lab_machine_link(lab, "box", FALSE);
	lab_machine_link(lab, "box", TRUE);
	assert_ssh_works(lab, "box");
	lab_free(lab);
}

/* A test that crashes takes its servers along. */
static void test_crash(void)
{
	if (!lab_have(LAB_SSHD))
		return;
	int ends[2];
	struct { guint port; char dir[200]; } news;

	g_assert_cmpint(pipe(ends), ==, 0);
	pid_t child = fork();
	if (child == 0) {
		struct lab *lab = lab_new();
		news.port = lab_sshd(lab, "one", NULL);
		g_strlcpy(news.dir, lab_dir(lab), sizeof news.dir);
		g_assert_cmpint(write(ends[1], &news, sizeof news), ==, (int)sizeof news);
		raise(SIGKILL);
	}
	g_assert_cmpint(read(ends[0], &news, sizeof news), ==, (int)sizeof news);
	waitpid(child, NULL, 0);
	for (guint i = 0; i < 10000 && lab_port_is_open(news.port); i++)
		g_usleep(2000);
	g_assert_false(lab_port_is_open(news.port));
	const char *argv[] = {"rm", "-rf", news.dir, NULL};
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
	close(ends[0]);
	close(ends[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(NAME, FUNCTION) g_test_add("/lab/proxy/" NAME, struct link, NULL, link_set_up, FUNCTION, link_tear_down)
	ADD("passes", test_proxy_passes);
	ADD("half-close", test_proxy_half_close);
	ADD("stalls", test_proxy_stalls);
	ADD("cuts", test_proxy_cuts);
	ADD("cuts-in-the-middle", test_proxy_cuts_in_the_middle);
	ADD("refuses", test_proxy_refuses);
	ADD("limits", test_proxy_limits);
	g_test_add_func("/lab/sshd", test_sshd);
	g_test_add_func("/lab/docker", test_docker);
	g_test_add_func("/lab/machine", test_machine);
	g_test_add_func("/lab/crash", test_crash);
	return g_test_run();
}
