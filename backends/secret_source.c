#include "backends/secret_source.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/fd_process.h"
#include "model/sanitize.h"

#define TIMEOUT_MS 30000

struct secret_read {
	secret_source_done done;
	void *user;
	guint idle;                  /* tells the outcome */
	char *problem;
	char bytes[SECRET_SOURCE_MAX + 2]; /* one more than it may have, and its end */
	gsize length;
	/* of a command */
	struct fd_process *process;
	int out, err;
	guint out_watch, err_watch, deadline, timeout_ms;
};

/* --- the outcome --- */

static void
stop_watching(struct secret_read *r)
{
	guint *sources[] = { &r->out_watch, &r->err_watch, &r->deadline, &r->idle };
	int *fds[] = { &r->out, &r->err };

	for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
		g_clear_handle_id(sources[i], g_source_remove);
	for (guint i = 0; i < G_N_ELEMENTS(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

static void
read_free(struct secret_read *r)
{
	stop_watching(r);
	if (r->process)
		fd_process_end(r->process, FD_PROCESS_TERMINATE);
	explicit_bzero(r->bytes, sizeof r->bytes);
	g_free(r->problem);
	g_free(r);
}

/* Why the bytes are no secret; NULL when they are one, cut to it. */
static const char *
judge(struct secret_read *r)
{
	if (r->length > SECRET_SOURCE_MAX)
		return "is longer than 16 KiB: that is no token";
	if (r->length > 0 && r->bytes[r->length - 1] == '\n')
		r->length--;
	if (r->length > 0 && r->bytes[r->length - 1] == '\r')
		r->length--;
	r->bytes[r->length] = '\0';
	if (r->length == 0)
		return "is empty";
	for (gsize i = 0; i < r->length; i++)
		if (g_ascii_iscntrl(r->bytes[i]))
			return "has control characters or several lines in it: it must be one line of text";
	return NULL;
}

static gboolean
on_told(gpointer data)
{
	struct secret_read *r = data;
	struct secret *s = r->problem ? NULL : secret_new(r->bytes);

	r->idle = 0;
	r->done(r->user, s, r->problem);
	read_free(r);
	return G_SOURCE_REMOVE;
}

/* `problem` is owned; NULL: the bytes are to be judged, of `what`. */
static void
tell(struct secret_read *r, char *problem, const char *what)
{
	const char *fault = problem ? NULL : judge(r);
	g_autofree char *raw = problem ? problem : fault ? g_strdup_printf("the secret %s %s", what, fault) : NULL;

	stop_watching(r);
	r->problem = raw ? sanitize_text(raw, -1) : NULL;
	r->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_told, r, NULL);
}

/* Reads what is there without waiting, up to the bound. FALSE at its end. */
static gboolean
fill(struct secret_read *r, int fd)
{
	gssize n = 1;

	while (n > 0 && r->length <= SECRET_SOURCE_MAX) {
		n = read(fd, r->bytes + r->length, SECRET_SOURCE_MAX + 1 - r->length);
		if (n > 0)
			r->length += (gsize)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	return n < 0 && errno == EAGAIN;
}

/* --- a variable, a file --- */

static void
read_env(struct secret_read *r, const char *name)
{
	const char *value = g_getenv(name);
	g_autofree char *what = g_strdup_printf("of the variable %s", name);

	if (!value) {
		tell(r, g_strdup_printf("the variable %s is not set in the environment", name), NULL);
		return;
	}
	r->length = MIN(strlen(value), sizeof r->bytes - 1);
	memcpy(r->bytes, value, r->length);
	tell(r, NULL, what);
}

/* Why the open file is not to be used; NULL when it is. */
static char *
file_problem(const char *path, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return g_strdup_printf("%s cannot be read: %s", path, g_strerror(errno));
	if (!S_ISREG(st.st_mode))
		return g_strdup_printf("%s is no regular file", path);
	if (st.st_uid != geteuid())
		return g_strdup_printf("%s belongs to another user: it must be your own", path);
	if ((st.st_mode & 07777) != 0600 && (st.st_mode & 07777) != 0400)
		return g_strdup_printf("%s has the mode %04o: a secret's file must be closed to others, chmod 600 %s", path, (guint)st.st_mode & 07777, path);
	return NULL;
}

static void
read_file(struct secret_read *r, const char *path)
{
	g_autofree char *full = g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL) : g_strdup(path);
	g_autofree char *what = g_strdup_printf("in %s", full);
	int fd = open(full, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *problem = fd < 0 ? g_strdup_printf("%s cannot be read: %s", full, g_strerror(errno)) : file_problem(full, fd);

	if (!problem)
		fill(r, fd);
	if (fd >= 0)
		close(fd);
	tell(r, problem, what);
}

/* --- a command --- */

/* Its stderr is read so that it can go on, and not shown: "sh -x" and password managers write secrets there. */
static gboolean
on_errors(gint fd, GIOCondition condition, gpointer data)
{
	struct secret_read *r = data;
	char waste[4096];
	gssize n = read(fd, waste, sizeof waste);

	explicit_bzero(waste, sizeof waste);
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return G_SOURCE_CONTINUE;
	r->err_watch = 0;
	return G_SOURCE_REMOVE;
}

static gboolean
on_output(gint fd, GIOCondition condition, gpointer data)
{
	struct secret_read *r = data;

	if (fill(r, fd))
		return G_SOURCE_CONTINUE;
	r->out_watch = 0;
	if (r->length > SECRET_SOURCE_MAX) {
		fd_process_end(g_steal_pointer(&r->process), FD_PROCESS_TERMINATE);
		tell(r, NULL, "of the command");
	}
	return G_SOURCE_REMOVE;
}

static void
on_exited(void *user, int exit_code)
{
	struct secret_read *r = user;

	r->process = NULL;
	fill(r, r->out); /* what a child of it that goes on holds open has no end */
	if (exit_code == 127)
		tell(r, g_strdup("the command of the secret was not found (exit code 127): run it in a shell to see why"), NULL);
	else if (exit_code != 0)
		tell(r, g_strdup_printf("the command of the secret failed with exit code %d: run it in a shell to see why", exit_code), NULL);
	else
		tell(r, NULL, "of the command");
}

static gboolean
on_deadline(gpointer data)
{
	struct secret_read *r = data;

	r->deadline = 0;
	fd_process_end(g_steal_pointer(&r->process), FD_PROCESS_TERMINATE);
	tell(r, g_strdup_printf("the command of the secret did not end within %g s: it has no terminal to ask at", r->timeout_ms / 1000.0), NULL);
	return G_SOURCE_REMOVE;
}

static void
run(struct secret_read *r, const char *command)
{
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	g_autoptr(GError) error = NULL;
	int in = -1;

	r->process = fd_process_start(argv, NULL, &in, &r->out, &r->err, on_exited, r, &error);
	if (!r->process) {
		tell(r, g_strdup_printf("the command of the secret: %s", error->message), NULL);
		return;
	}
	close(in);
	r->out_watch = g_unix_fd_add(r->out, G_IO_IN | G_IO_HUP | G_IO_ERR, on_output, r);
	r->err_watch = g_unix_fd_add(r->err, G_IO_IN | G_IO_HUP | G_IO_ERR, on_errors, r);
	r->deadline = g_timeout_add(r->timeout_ms, on_deadline, r);
}

/* --- the interface --- */

struct secret_read *
secret_source_read(const struct secret_source *s, secret_source_done done, void *user)
{
	struct secret_read *r = g_new0(struct secret_read, 1);

	r->done = done;
	r->user = user;
	r->out = r->err = -1;
	r->timeout_ms = s->timeout_ms ? s->timeout_ms : TIMEOUT_MS;
	if (s->env)
		read_env(r, s->env);
	else if (s->file)
		read_file(r, s->file);
	else
		run(r, s->command);
	return r;
}

void
secret_source_cancel(struct secret_read *r)
{
	if (r)
		read_free(r);
}
