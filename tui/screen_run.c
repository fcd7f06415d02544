/* The terminal is lent to another program, and taken back when that ends. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tui/screen.h"
#include "tui/screen_private.h"

struct run {
	screen_run_done done;
	void *user;
};

static void own_terminal(void)
{
	sigset_t set, before;

	/* Who is not in front may only do this with the signal blocked. */
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	tcsetpgrp(screen.input, getpgrp());
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* In the child: a process group of its own in front of the terminal, so that ^C there is none here. It cannot be stopped, since no shell
 * is there to continue it. */
static void set_up_child(gpointer unused)
{
	struct sigaction plain = {.sa_handler = SIG_DFL}, ignored = {.sa_handler = SIG_IGN};

	setpgid(0, 0);
	sigaction(SIGPIPE, &plain, NULL);
	sigaction(SIGTSTP, &ignored, NULL);
	dup2(screen.input, STDIN_FILENO);
	dup2(screen.output, STDOUT_FILENO);
	dup2(screen.output, STDERR_FILENO);
	own_terminal();
}

static void on_ended(GPid pid, gint status, gpointer user)
{
	struct run *r = user;
	g_autofree char *problem = WIFSIGNALED(status) ? g_strdup_printf("ended by signal %d (%s)", WTERMSIG(status), g_strsignal(WTERMSIG(status))) : NULL;

	g_spawn_close_pid(pid);
	own_terminal();
	screen_return();
	r->done(r->user, problem, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	g_free(r);
}

void screen_run(char *const *argv, const char *greeting, screen_run_done done, void *user)
{
	struct run *r = g_new0(struct run, 1);
	g_autoptr(GError) error = NULL;
	GPid pid;

	r->done = done;
	r->user = user;
	screen_leave();
	screen_write(greeting);
	if (g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN, set_up_child, NULL,
	                  &pid, &error)) {
		setpgid(pid, pid); /* whoever comes first */
		g_child_watch_add(pid, on_ended, r);
		return;
	}
	screen_return();
	done(user, error->message, -1);
	g_free(r);
}
