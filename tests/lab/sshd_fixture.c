#include "tests/lab/sshd_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_S 60

char *
sshd_fixture_path(const struct sshd_fixture *f, const char *name)
{
	return g_build_filename(f->dir, name, NULL);
}

void
sshd_append(const struct sshd_fixture *f, const char *file, const char *text)
{
	g_autofree char *path = sshd_fixture_path(f, file);
	FILE *out = fopen(path, "a");

	g_assert_nonnull(out);
	g_assert_cmpint(fputs(text, out), >=, 0);
	g_assert_cmpint(fclose(out), ==, 0);
	g_chmod(path, 0600);
}

static void
run(const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	int status = 0;

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status, &error);
	g_assert_no_error(error);
	g_assert_cmpint(status, ==, 0);
}

static void
make_key(const struct sshd_fixture *f, const char *name, const char *type)
{
	g_autofree char *path = sshd_fixture_path(f, name);
	const char *const argv[] = { "ssh-keygen", "-q", "-t", type, "-N", "", "-C", "test", "-f", path, NULL };

	run(argv);
}

static void
remove_files(const char *dir)
{
	g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
	const char *name;

	while (d && (name = g_dir_read_name(d))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		unlink(path);
	}
	rmdir(dir);
}

/* Signals the sshd processes below `parent`, not the commands that they run. */
static void
signal_children(pid_t parent, int number)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(proc))) {
		pid_t pid = (pid_t)g_ascii_strtoll(name, NULL, 10);
		g_autofree char *path = g_build_filename("/proc", name, "stat", NULL);
		g_autofree char *text = NULL;
		const char *end;
		if (pid <= 0 || !g_file_get_contents(path, &text, NULL, NULL) || !(end = strrchr(text, ')')))
			continue;
		if ((pid_t)g_ascii_strtoll(end + 4, NULL, 10) != parent || !strstr(text, "(sshd"))
			continue;
		signal_children(pid, number);
		kill(pid, number);
	}
}

void
sshd_signal_connections(struct sshd_server *s, int number)
{
	signal_children(s->pid, number);
}

void
sshd_cut(struct sshd_server *s)
{
	sshd_signal_connections(s, SIGKILL);
}

/* A failed assertion aborts: what was started and made goes all the same. */
static struct sshd_fixture *doomed;

static void
on_fatal_signal(int number)
{
	for (guint i = 0; i < doomed->servers->len; i++)
		sshd_cut(doomed->servers->pdata[i]);
	remove_files(doomed->dir);
	signal(number, SIG_DFL);
	raise(number);
}

struct sshd_fixture *
sshd_fixture_new(const char **reason)
{
	struct sshd_fixture *f;
	g_autofree char *public = NULL;
	g_autofree char *text = NULL;

	if (access("/usr/sbin/sshd", X_OK) < 0) {
		*reason = "sshd is not installed (Debian: openssh-server)";
		return NULL;
	}
	if (geteuid() == 0)
		g_mkdir_with_parents("/run/sshd", 0755);
	f = g_new0(struct sshd_fixture, 1);
	f->dir = g_dir_make_tmp("midwatch-lab-XXXXXX", NULL);
	f->servers = g_ptr_array_new();
	doomed = f;
	signal(SIGABRT, on_fatal_signal);
	signal(SIGTERM, on_fatal_signal);
	signal(SIGINT, on_fatal_signal);
	make_key(f, "key", "rsa");
	make_key(f, "key2", "ed25519");
	public = sshd_fixture_path(f, "key.pub");
	g_assert_true(g_file_get_contents(public, &text, NULL, NULL));
	sshd_append(f, "authorized_keys", text);
	sshd_append(f, "known_hosts", "");
	return f;
}

static void
die_with_parent(gpointer data)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static guint16
free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	g_assert_cmpint(bind(fd, (struct sockaddr *)&a, sizeof a), ==, 0);
	g_assert_cmpint(getsockname(fd, (struct sockaddr *)&a, &size), ==, 0);
	close(fd);
	return ntohs(a.sin_port);
}

static gboolean
answers(guint16 port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	gboolean is = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;

	close(fd);
	return is;
}

void
sshd_restart(struct sshd_server *s)
{
	g_autofree char *file = g_strdup_printf("%s.conf", s->name), *config = sshd_fixture_path(s->fixture, file);
	g_autofree char *log_name = g_strdup_printf("%s.log", s->name), *log = sshd_fixture_path(s->fixture, log_name);
	char *argv[] = { (char *)"/usr/sbin/sshd", (char *)"-D", (char *)"-f", config, (char *)"-E", log, NULL };
	g_autoptr(GError) error = NULL;
	gint64 deadline = g_get_monotonic_time() + (gint64)DEADLINE_S * G_USEC_PER_SEC;

	g_spawn_async(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, die_with_parent, NULL, &s->pid, &error);
	g_assert_no_error(error);
	while (!answers(s->port)) {
		g_assert_cmpint(g_get_monotonic_time(), <, deadline);
		g_usleep(20000);
	}
}

struct sshd_server *
sshd_start(struct sshd_fixture *f, const char *name, const char *extra)
{
	struct sshd_server *s = g_new0(struct sshd_server, 1);
	g_autofree char *key_name = g_strdup_printf("%s.hostkey", name), *key = sshd_fixture_path(f, key_name);
	g_autofree char *file = g_strdup_printf("%s.conf", name), *keys = sshd_fixture_path(f, "authorized_keys");
	g_autofree char *text = NULL;

	s->fixture = f;
	s->name = g_strdup(name);
	s->port = free_port();
	make_key(f, key_name, "ed25519");
	text = g_strdup_printf("Port %u\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nUsePAM no\nStrictModes no\n"
	                       "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
	                       /* a home of its own: what the tester's .bashrc does at each login is not the lab's, and may hang */
	                       "SetEnv HOME=%s\n%s", s->port, key, keys, f->dir, extra);
	sshd_append(f, file, text);
	g_ptr_array_add(f->servers, s);
	sshd_restart(s);
	return s;
}

void
sshd_stop(struct sshd_server *s)
{
	if (s->pid <= 0)
		return;
	sshd_cut(s);
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
}

void
sshd_trust(struct sshd_server *s)
{
	g_autofree char *name = g_strdup_printf("%s.hostkey.pub", s->name), *path = sshd_fixture_path(s->fixture, name);
	g_autofree char *text = NULL, *line = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	line = g_strdup_printf("[127.0.0.1]:%u %s", s->port, text);
	sshd_append(s->fixture, "known_hosts", line);
}

void
sshd_fixture_free(struct sshd_fixture *f)
{
	for (guint i = 0; i < f->servers->len; i++) {
		struct sshd_server *s = f->servers->pdata[i];
		sshd_stop(s);
		g_free(s->name);
		g_free(s);
	}
	g_ptr_array_unref(f->servers);
	signal(SIGABRT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	remove_files(f->dir);
	g_free(f->dir);
	g_free(f);
}
