#include "backends/fd_process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/transport.h"

struct fd_process {
	GPid pid;
	fd_process_exited exited; /* NULL when nobody asks any more */
	void *user;
	enum fd_process_way next;
	guint timer;
};

/* A process to be started: all of it is ready before, as its child runs in our memory. */
struct start {
	const char *path;
	const char *const *argv;
	char *const *environment;
	int pipes[3][2];      /* its stdin, stdout and stderr, each [read, write] */
	pid_t parent;
	volatile int problem; /* errno of the child; 0: it runs */
};

static _Noreturn void
fail_child(struct start *s)
{
	s->problem = errno;
	_exit(127);
}

/* Runs between vfork and exec: only async-signal-safe calls, and no write to what is ours but `problem` and errno. Nothing that we handle or ignore
 * stays so: a handler of ours that ran here, once signals are let in again, would run in our memory. */
static _Noreturn void
be_child(struct start *s)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t none;

	setsid();
	for (int sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &plain, NULL); /* SIGKILL, SIGSTOP and those of libc refuse */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != s->parent) /* it died before the line above */
		_exit(127);
	for (int fd = 0; fd < 3; fd++)
		if (dup2(s->pipes[fd][fd == 0 ? 0 : 1], fd) < 0)
			fail_child(s);
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); /* all of ours are marked already; what libraries open may not be */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(s->path, (char *const *)s->argv, s->environment);
	fail_child(s);
}

/* A fork would copy the page tables of all that a fleet takes, and every page that is written to afterwards: passes of the loop then took 30 ms.
 * No handler of ours may run in the child. The process id, or -1 with errno. */
static pid_t
start(struct start *s)
{
	sigset_t all, before;
	pid_t pid;
	int problem;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = vfork();
	if (pid == 0)
		be_child(s);
	problem = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (pid < 0 || s->problem == 0) {
		errno = problem;
		return pid;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = s->problem;
	return -1;
}

static void
close_pipes(struct start *s, int side_of_stdin)
{
	for (int fd = 0; fd < 3; fd++) {
		int *end = &s->pipes[fd][fd == 0 ? side_of_stdin : !side_of_stdin];
		if (*end >= 0)
			close(*end);
		*end = -1;
	}
}

/* All six ends have to be above the three that they become: main() holds these. */
static gboolean
open_pipes(struct start *s)
{
	for (int fd = 0; fd < 3; fd++) {
		if (pipe2(s->pipes[fd], O_CLOEXEC) < 0)
			return FALSE;
		if (MIN(s->pipes[fd][0], s->pipes[fd][1]) < 3) {
			errno = EBADF;
			return FALSE;
		}
	}
	return TRUE;
}

static void
on_exited(GPid pid, int status, gpointer data)
{
	struct fd_process *p = data;

	if (p->timer)
		g_source_remove(p->timer);
	g_spawn_close_pid(pid);
	if (p->exited)
		p->exited(p->user, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	g_free(p);
}

struct fd_process *
fd_process_start(const char *const *argv, char **environment, int *in, int *out, int *err, fd_process_exited exited, void *user,
                 GError **error)
{
	g_autofree char *path = g_find_program_in_path(argv[0]);
	struct start s = {
		.path = path, .argv = argv, .environment = environment ? environment : environ, .pipes = { { -1, -1 }, { -1, -1 }, { -1, -1 } }, .parent = getpid(),
	};
	struct fd_process *p;
	pid_t pid;

	errno = ENOENT;
	pid = path && open_pipes(&s) ? start(&s) : -1;
	if (pid < 0) {
		int problem = errno;
		close_pipes(&s, 0);
		close_pipes(&s, 1);
		*in = *out = *err = -1;
		g_set_error(error, TRANSPORT_ERROR, TRANSPORT_ERROR_SPAWN, "%s cannot be started: %s", argv[0], g_strerror(problem));
		return NULL;
	}
	close_pipes(&s, 0);
	*in = s.pipes[0][1];
	*out = s.pipes[1][0];
	*err = s.pipes[2][0];
	g_unix_set_fd_nonblocking(*in, TRUE, NULL);
	g_unix_set_fd_nonblocking(*out, TRUE, NULL);
	g_unix_set_fd_nonblocking(*err, TRUE, NULL);
	p = g_new0(struct fd_process, 1);
	*p = (struct fd_process){ .pid = pid, .exited = exited, .user = user };
	/* One watch for its whole life: GLib may have reaped the child already when a watch is removed. */
	g_child_watch_add(pid, on_exited, p);
	return p;
}

GPid
fd_process_pid(const struct fd_process *p)
{
	return p->pid;
}

static void go_on(struct fd_process *p);

static gboolean
on_signal_time(gpointer data)
{
	struct fd_process *p = data;

	p->timer = 0;
	go_on(p);
	return G_SOURCE_REMOVE;
}

static void
go_on(struct fd_process *p)
{
	static const struct { int signal; guint next_ms; } steps[] = {
		[FD_PROCESS_LET_END] = { 0, 1000 }, [FD_PROCESS_TERMINATE] = { SIGTERM, 3000 }, [FD_PROCESS_KILL] = { SIGKILL, 0 },
	};
	enum fd_process_way now = p->next++;

	if (steps[now].signal)
		kill(-p->pid, steps[now].signal);
	if (steps[now].next_ms)
		p->timer = g_timeout_add(steps[now].next_ms, on_signal_time, p);
}

void
fd_process_end(struct fd_process *p, enum fd_process_way way)
{
	p->exited = NULL;
	p->next = way;
	go_on(p);
}
