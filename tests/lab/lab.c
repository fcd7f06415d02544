#include "tests/lab/lab.h"

#include "tests/lab/lab_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

gboolean lab_have_programs(const char *const *programs)
{
	for (; *programs != NULL; programs++) {
		g_autofree char *path = g_find_program_in_path(*programs), *reason = NULL;
		if (path)
			continue;
		reason = g_strdup_printf("%s is not installed", *programs);
		g_test_skip(reason);
		return FALSE;
	}
	return TRUE;
}

gboolean lab_have(guint needs)
{
	static const char *const sshd[] = {"sshd", "ssh", "ssh-keygen", NULL};
	static const char *const docker[] = {"dockerd", "containerd", "docker", "busybox", NULL};
	static const char *const machine[] = {"systemd-nspawn", "debootstrap", "ip", "nsenter", NULL};
	static const char *const firewall[] = {"iptables", "iptables-restore", NULL};

	if (((needs & LAB_SSHD) && !lab_have_programs(sshd)) || ((needs & LAB_DOCKER) && !lab_have_programs(docker)) ||
	    ((needs & LAB_MACHINE) && !lab_have_programs(machine)) || ((needs & LAB_FIREWALL) && !lab_have_programs(firewall)))
		return FALSE;
	if ((needs & (LAB_DOCKER | LAB_MACHINE | LAB_FIREWALL)) && geteuid() != 0) {
		g_test_skip("needs root");
		return FALSE;
	}
	return TRUE;
}

static char *find_script(void)
{
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "..", "lab", "lib.sh", NULL);
	char *real = realpath(path, NULL);

	if (real == NULL)
		g_error("no %s: is G_TEST_SRCDIR a directory of tests/?", path);
	char *script = g_strdup(real);
	free(real);
	return script;
}

struct lab *lab_new(void)
{
	struct lab *lab = g_new0(struct lab, 1);
	g_autofree char *where = g_build_filename(g_get_tmp_dir(), "lab-XXXXXX", NULL);
	g_autofree char *path = g_strconcat(g_getenv("PATH"), ":/usr/sbin:/sbin", NULL);

	g_setenv("PATH", path, TRUE);
	if (g_mkdtemp(where) == NULL)
		g_error("cannot make a directory in %s: %s", g_get_tmp_dir(), g_strerror(errno));
	lab->dir = g_steal_pointer(&where);
	lab->script = find_script();
	lab->ssh_config = lab_path(lab, "ssh_config");
	lab->docker_socket = lab_path(lab, "docker.sock");
	lab->children = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *id = lab_script(lab, "lab_run_id", NULL);
	lab->run = g_steal_pointer(&id);
	return lab;
}

void lab_free(struct lab *lab)
{
	GHashTableIter i;
	gpointer name, pid;

	if (lab == NULL)
		return;
	if (g_hash_table_contains(lab->children, "dockerd"))
		lab_docker_down(lab);
	g_hash_table_iter_init(&i, lab->children);
	while (g_hash_table_iter_next(&i, &name, &pid))
		lab_kill_tree(GPOINTER_TO_INT(pid), SIGKILL);
	g_free(lab_script(lab, "lab_down", NULL));
	g_hash_table_unref(lab->children);
	g_free(lab->dir);
	g_free(lab->script);
	g_free(lab->run);
	g_free(lab->ssh_config);
	g_free(lab->docker_socket);
	g_free(lab);
}

const char *lab_dir(const struct lab *lab)
{
	return lab->dir;
}

const char *lab_ssh_config(const struct lab *lab)
{
	return lab->ssh_config;
}

char *lab_path(const struct lab *lab, const char *name)
{
	return g_build_filename(lab->dir, name, NULL);
}

void lab_write(struct lab *lab, const char *name, const char *text)
{
	g_autofree char *path = lab_path(lab, name);
	g_autoptr(GError) error = NULL;

	if (!g_file_set_contents(path, text, -1, &error))
		g_error("%s", error->message);
}

guint lab_count_lines(struct lab *lab, const char *name)
{
	g_autofree char *path = lab_path(lab, name), *text = NULL;
	guint count = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	return count;
}

/* Gives the output of a command that has to succeed; its errors go to the test's. */
char *lab_run(const GPtrArray *argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *line = g_strjoinv(" ", (char **)argv->pdata);
	char *output = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status, &error) ||
	    !g_spawn_check_wait_status(status, &error))
		g_error("%s: %s", line, error->message);
	return g_strchomp(output);
}

GPtrArray *lab_argv(struct lab *lab, const char *function, va_list more)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	const char *word;

	g_ptr_array_add(argv, g_strdup("bash"));
	g_ptr_array_add(argv, g_strdup(lab->script));
	g_ptr_array_add(argv, g_strdup(function));
	g_ptr_array_add(argv, g_strdup(lab->dir));
	while ((word = va_arg(more, const char *)) != NULL)
		g_ptr_array_add(argv, g_strdup(word));
	g_ptr_array_add(argv, NULL);
	return argv;
}

char *lab_script(struct lab *lab, const char *function, ...)
{
	va_list more;

	va_start(more, function);
	g_autoptr(GPtrArray) argv = lab_argv(lab, function, more);
	va_end(more);
	return lab_run(argv);
}

/* In the child: it ends with the test and carries the lab's mark. */
static void set_up_child(gpointer user)
{
	const struct lab_child *c = user;

	setsid();
	prctl(PR_SET_PDEATHSIG, c->death_signal);
	if (getppid() != c->parent)
		_exit(1);
}

pid_t lab_spawn(struct lab *lab, const char *name, const char *const *argv, int death_signal)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *file = g_strconcat(name, ".log", NULL);
	g_autofree char *path = lab_path(lab, file);
	g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "MIDWATCH_TEST_RUN", lab->run, TRUE);
	struct lab_child c = {.death_signal = death_signal, .parent = getpid()};
	GPid pid = 0;
	FILE *log = fopen(path, "we");

	if (log == NULL)
		g_error("cannot write %s: %s", path, g_strerror(errno));
	if (!g_spawn_async_with_fds(NULL, (char **)argv, environment, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, set_up_child, &c,
	                            &pid, -1, fileno(log), fileno(log), &error))
		g_error("%s", error->message);
	fclose(log);
	g_hash_table_replace(lab->children, g_strdup(name), GINT_TO_POINTER(pid));
	return pid;
}

gboolean lab_child_is_alive(struct lab *lab, const char *name)
{
	pid_t pid = GPOINTER_TO_INT(g_hash_table_lookup(lab->children, name));

	if (pid <= 0)
		return FALSE;
	if (waitpid(pid, NULL, WNOHANG) == 0)
		return TRUE;
	g_hash_table_remove(lab->children, name);
	return FALSE;
}

static gboolean says(const char *log, const char *word)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(log, &text, NULL, NULL) && strstr(text, word) != NULL;
}

gboolean lab_spawn_until(struct lab *lab, const char *name, const char *const *argv, const char *word)
{
	g_autofree char *file = g_strconcat(name, ".log", NULL), *log = lab_path(lab, file);
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	g_unlink(log);
	lab_spawn(lab, name, argv, SIGKILL);
	while (!says(log, word)) {
		if (!lab_child_is_alive(lab, name))
			return FALSE;
		if (g_get_monotonic_time() > deadline)
			g_error("%s does not begin: see %s", name, log);
		g_usleep(5000);
	}
	return TRUE;
}

/* The processes whose parent is `pid`, as /proc tells now. */
static GArray *children_of(pid_t pid)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(pid_t));
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while (proc != NULL && (name = g_dir_read_name(proc)) != NULL) {
		g_autofree char *path = g_strdup_printf("/proc/%s/stat", name);
		g_autofree char *text = NULL;
		pid_t child = atoi(name);
		const char *rest;
		if (child <= 0 || !g_file_get_contents(path, &text, NULL, NULL) || (rest = strrchr(text, ')')) == NULL)
			continue;
		if (strlen(rest) > 4 && atoi(rest + 4) == pid)
			g_array_append_val(found, child);
	}
	return found;
}

static void kill_below(pid_t pid, int signal_number)
{
	g_autoptr(GArray) below = children_of(pid);

	kill(pid, signal_number);
	for (guint i = 0; i < below->len; i++)
		kill_below(g_array_index(below, pid_t, i), signal_number);
}

void lab_kill_tree(pid_t pid, int signal_number)
{
	kill_below(pid, signal_number);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void lab_child_stop(struct lab *lab, const char *name)
{
	gpointer pid = g_hash_table_lookup(lab->children, name);

	if (pid == NULL)
		return;
	lab_kill_tree(GPOINTER_TO_INT(pid), SIGKILL);
	g_hash_table_remove(lab->children, name);
}

void lab_wait(gboolean (*test)(void *user), void *user, const char *what)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	while (!test(user)) {
		if (g_get_monotonic_time() > deadline)
			g_error("waited for %s in vain", what);
		if (!g_main_context_iteration(NULL, FALSE))
			g_usleep(2000);
	}
}

gboolean lab_port_is_open(guint port)
{
	struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((guint16)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	gboolean open = fd >= 0 && connect(fd, (struct sockaddr *)&there, sizeof there) == 0;

	if (fd >= 0)
		close(fd);
	return open;
}
