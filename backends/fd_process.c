#include "backends/fd_process.h"

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

/* Runs between fork and exec: only async-signal-safe calls. */
static void
set_up_child(gpointer parent)
{
	static const int signals[] = { SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCHLD, SIGWINCH };
	sigset_t none;

	setsid();
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
		signal(signals[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != GPOINTER_TO_INT(parent)) /* it died before the line above */
		_exit(127);
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
	g_autoptr(GError) problem = NULL;
	struct fd_process *p;
	GPid pid = 0;

	if (!g_spawn_async_with_pipes_and_fds(NULL, argv, (const char *const *)environment,
	                                      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_CLOEXEC_PIPES, set_up_child,
	                                      GINT_TO_POINTER(getpid()), -1, -1, -1, NULL, NULL, 0, &pid, in, out, err, &problem)) {
		*in = *out = *err = -1;
		g_set_error(error, TRANSPORT_ERROR, TRANSPORT_ERROR_SPAWN, "%s cannot be started: %s", argv[0], problem->message);
		return NULL;
	}
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
