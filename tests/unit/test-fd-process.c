/* Child processes: what they are given, what they are not, what is told when they cannot be, and that none of it forks. */
#include "backends/fd_process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/ssh_config.h"
#include "tests/unit/wait_for.h"

static char *directory;
static int forks;

static void
count_fork(void)
{
	forks++;
}

/* --- one that runs --- */

struct ran { GString *out, *err; gboolean over; int code; };

static void
on_exited(void *user, int code)
{
	struct ran *r = user;

	r->code = code;
	r->over = TRUE;
}

static void
read_all(int fd, GString *into)
{
	char buffer[4096];
	gssize got;

	while ((got = read(fd, buffer, sizeof buffer)) > 0)
		g_string_append_len(into, buffer, got);
}

/* What `script` prints when it is given `input`. */
static struct ran
run(const char *script, char **environment, const char *input)
{
	const char *const argv[] = { "sh", "-c", script, "its name", "an argument", NULL };
	struct ran r = { g_string_new(NULL), g_string_new(NULL), FALSE, -1 };
	g_autoptr(GError) error = NULL;
	int in, out, err;

	g_assert_nonnull(fd_process_start(argv, environment, &in, &out, &err, on_exited, &r, &error));
	g_assert_no_error(error);
	g_assert_true(fcntl(in, F_GETFD) & FD_CLOEXEC && fcntl(out, F_GETFD) & FD_CLOEXEC && fcntl(err, F_GETFD) & FD_CLOEXEC);
	g_assert_true(fcntl(in, F_GETFL) & O_NONBLOCK && fcntl(out, F_GETFL) & O_NONBLOCK && fcntl(err, F_GETFL) & O_NONBLOCK);
	if (input)
		g_assert_cmpint(write(in, input, strlen(input)), ==, (gssize)strlen(input));
	close(in);
	WAIT_FOR(r.over);
	read_all(out, r.out);
	read_all(err, r.err);
	close(out);
	close(err);
	return r;
}

static void
check(struct ran r, const char *out, const char *err, int code)
{
	g_assert_cmpstr(r.out->str, ==, out);
	g_assert_cmpstr(r.err->str, ==, err);
	g_assert_cmpint(r.code, ==, code);
	g_string_free(r.out, TRUE);
	g_string_free(r.err, TRUE);
}

static void
test_runs(void)
{
	g_autofree char *here = g_get_current_dir(), *ours = g_strdup_printf("%s ours\n", here);
	char *environment[] = { (char *)"PATH=/nowhere:/bin:/usr/bin", (char *)"ONLY=this", NULL };

	check(run("cat; echo \"$0, $1\" >&2; exit 7", NULL, "given"), "given", "its name, an argument\n", 7);
	check(run("kill -9 $$", NULL, NULL), "", "", 128 + SIGKILL);
	g_setenv("FD_PROCESS", "ours", TRUE);
	check(run("echo \"$(pwd) $FD_PROCESS\"", NULL, NULL), ours, "", 0);
	check(run("echo \"$FD_PROCESS $ONLY\"", environment, NULL), " this\n", "", 0);
}

/* --- what it is not given --- */

static void
test_descriptors(void)
{
	int open_here = open("/dev/null", O_RDONLY), high = fcntl(open_here, F_DUPFD, 700);

	check(run("ls /proc/$$/fd | tr '\\n' ' '", NULL, NULL), "0 1 2 ", "", 0);
	g_assert_cmpint(fcntl(open_here, F_GETFD), ==, 0); /* ours stay as they were */
	g_assert_cmpint(fcntl(high, F_GETFD), ==, 0);
	close(open_here);
	close(high);
}

static void
stay_away(int sig)
{
	(void)sig;
}

static void
test_signals(void)
{
	sigset_t some, now;

	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR2, stay_away);
	sigemptyset(&some);
	sigaddset(&some, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &some, NULL);
	/* libc's own two are ignored in what its posix_spawn() has started, make's tests for one, and cannot be set. */
	check(run("exec sed -n 's/0000000180000000$/0000000000000000/; /^Sig[BIC][lg]/p' /proc/self/status", NULL, NULL),
	      "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n", "", 0);
	pthread_sigmask(SIG_UNBLOCK, &some, &now);
	g_assert_true(sigismember(&now, SIGALRM)); /* as it was */
	g_assert_false(sigismember(&now, SIGTERM));
	g_assert_true(signal(SIGHUP, SIG_DFL) == SIG_IGN);
	g_assert_true(signal(SIGUSR2, SIG_DFL) == stay_away);
	signal(SIGPIPE, SIG_DFL);
}

/* It leads a session of its own. */
static void
test_session(void)
{
	check(run("read -r pid name state parent group session rest </proc/$$/stat; test $pid = $group && test $pid = $session", NULL, NULL), "", "", 0);
}

/* --- no handler of ours in its place --- */

static pid_t me;
static volatile sig_atomic_t in_another;
static gint stop;

static void
on_usr1(int sig)
{
	(void)sig;
	if (getpid() != me)
		in_another = 1;
}

static gpointer
shoot(gpointer unused)
{
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr1, NULL);
	while (!g_atomic_int_get(&stop))
		kill(0, SIGUSR1);
	return unused;
}

/* Until it has a session of its own, what goes to our process group goes to it, too. */
static void
test_handlers(void)
{
	const char *const argv[] = { "true", NULL };
	struct ran r = { NULL, NULL, FALSE, 0 };
	GThread *thread;
	int in, out, err;

	setpgid(0, 0);
	if (getpgrp() != getpid()) {
		g_test_skip("no process group of its own");
		return;
	}
	me = getpid();
	signal(SIGUSR1, on_usr1);
	thread = g_thread_new("shoots", shoot, NULL);
	for (guint i = 0; i < 200; i++) {
		r.over = FALSE;
		g_assert_nonnull(fd_process_start(argv, NULL, &in, &out, &err, on_exited, &r, NULL));
		WAIT_FOR(r.over);
		g_assert_true(r.code == 0 || r.code == 128 + SIGUSR1);
		close(in);
		close(out);
		close(err);
	}
	g_atomic_int_set(&stop, 1);
	g_thread_join(thread);
	signal(SIGUSR1, SIG_DFL);
	g_assert_false(in_another);
}

/* --- one that cannot be started --- */

static char *
make_file(const char *name, const char *text, int mode)
{
	char *path = g_build_filename(directory, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, (mode_t)mode), ==, 0);
	return path;
}

static guint
count_descriptors(void)
{
	g_autoptr(GDir) d = g_dir_open("/proc/self/fd", 0, NULL);
	guint n = 0;

	while (g_dir_read_name(d))
		n++;
	return n;
}

static void
refuse(const char *program, int why)
{
	const char *const argv[] = { program, NULL };
	g_autoptr(GError) error = NULL;
	int in = 0, out = 0, err = 0;
	guint before = count_descriptors();

	g_assert_null(fd_process_start(argv, NULL, &in, &out, &err, on_exited, NULL, &error));
	g_assert_nonnull(strstr(error->message, program));
	g_assert_nonnull(strstr(error->message, g_strerror(why)));
	g_assert_cmpint(in, ==, -1);
	g_assert_cmpint(out, ==, -1);
	g_assert_cmpint(err, ==, -1);
	g_assert_cmpuint(count_descriptors(), ==, before);
	g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1); /* nothing is left, not even a zombie */
	g_assert_cmpint(errno, ==, ECHILD);
}

static void
test_refused(void)
{
	g_autofree char *no_interpreter = make_file("no-interpreter", "#!/nowhere/sh\n", 0755), *data = make_file("data", "just text\n", 0755);
	g_autofree char *plain = make_file("plain", "#!/bin/sh\n", 0644);

	refuse("/nowhere/program", ENOENT);
	refuse("no-such-program-anywhere", ENOENT);
	refuse(no_interpreter, ENOENT);
	refuse(data, ENOEXEC);
	refuse(plain, ENOENT); /* none that can be executed is found */
}

/* --- no fork --- */

/* A fork calls the handlers of pthread_atfork(), vfork and posix_spawn do not. */
static void
test_no_fork(void)
{
	g_autofree char *ssh = g_find_program_in_path("ssh"), *file = make_file("config", "Host *\n\tUser somebody\n", 0600), *problem = NULL;
	struct ssh_config c;

	forks = 0;
	check(run("true", NULL, NULL), "", "", 0);
	g_assert_cmpint(forks, ==, 0);
	if (!ssh)
		return;
	g_assert_true(ssh_config_load("host", NULL, file, &c, &problem));
	g_assert_cmpstr(c.user, ==, "somebody");
	ssh_config_clear(&c);
	g_assert_cmpint(forks, ==, 0);
}

int
main(int argc, char **argv)
{
	static const char *const files[] = { "no-interpreter", "data", "plain", "config" };
	int result;

	g_test_init(&argc, &argv, NULL);
	pthread_atfork(count_fork, NULL, NULL);
	directory = g_dir_make_tmp("fd-process-XXXXXX", NULL);
	g_test_add_func("/fd-process/runs", test_runs);
	g_test_add_func("/fd-process/descriptors", test_descriptors);
	g_test_add_func("/fd-process/signals", test_signals);
	g_test_add_func("/fd-process/session", test_session);
	g_test_add_func("/fd-process/handlers", test_handlers);
	g_test_add_func("/fd-process/refused", test_refused);
	g_test_add_func("/fd-process/no-fork", test_no_fork);
	result = g_test_run();
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(directory, files[i], NULL);
		g_unlink(path);
	}
	g_rmdir(directory);
	g_free(directory);
	return result;
}
