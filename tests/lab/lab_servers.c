#include "tests/lab/lab.h"

#include "tests/lab/lab_private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES 20
#define DEADLINE_US (60 * G_USEC_PER_SEC)

static char *child_name(const char *alias)
{
	return g_strconcat("sshd-", alias, NULL);
}

/* FALSE when it ended instead, as it does when the port is taken. */
static gboolean start_sshd(struct lab *lab, const char *alias)
{
	g_autofree char *name = child_name(alias);
	g_autofree char *program = g_find_program_in_path("sshd");
	g_autofree char *conf = g_build_filename(lab->dir, name, "sshd_config", NULL);
	const char *argv[] = {program, "-D", "-e", "-f", conf, NULL};

	/* It says that it listens. Not asked by connecting: another program could have the port. */
	return lab_spawn_until(lab, name, argv, "Server listening");
}

guint lab_sshd(struct lab *lab, const char *alias, ...)
{
	for (guint i = 0; i < TRIES; i++) {
		/* Below the range from which outgoing connections take theirs. */
		guint port = (guint)g_random_int_range(21000, 32000);
		g_autofree char *text = g_strdup_printf("%u", port);
		va_list kinds;
		va_start(kinds, alias);
		g_autoptr(GPtrArray) argv = lab_argv(lab, "lab_sshd_config", kinds);
		va_end(kinds);
		g_ptr_array_insert(argv, 4, g_strdup(alias));
		g_ptr_array_insert(argv, 5, g_strdup(text));
		g_free(lab_run(argv));
		if (start_sshd(lab, alias)) {
			g_free(lab_script(lab, "lab_ssh_host", alias, text, alias, NULL));
			return port;
		}
	}
	g_error("sshd %s does not start: see %s/sshd-%s.log", alias, lab->dir, alias);
}

guint lab_sshd_port(struct lab *lab, const char *alias)
{
	g_autofree char *name = child_name(alias);
	g_autofree char *path = g_build_filename(lab->dir, name, "sshd_config", NULL);
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL) || !g_str_has_prefix(text, "Port "))
		g_error("no sshd %s was started", alias);
	return (guint)atoi(text + strlen("Port "));
}

void lab_sshd_stop(struct lab *lab, const char *alias)
{
	g_autofree char *name = child_name(alias);

	lab_child_stop(lab, name);
}

void lab_sshd_start(struct lab *lab, const char *alias)
{
	if (!start_sshd(lab, alias))
		g_error("sshd %s does not start again: see %s/sshd-%s.log", alias, lab->dir, alias);
}

void lab_ssh_host(struct lab *lab, const char *alias, guint port, const char *sshd, ...)
{
	g_autofree char *text = g_strdup_printf("%u", port);
	va_list lines;

	va_start(lines, sshd);
	g_autoptr(GPtrArray) argv = lab_argv(lab, "lab_ssh_host", lines);
	va_end(lines);
	g_ptr_array_insert(argv, 4, g_strdup(alias));
	g_ptr_array_insert(argv, 5, g_steal_pointer(&text));
	g_ptr_array_insert(argv, 6, g_strdup(sshd));
	g_free(lab_run(argv));
}

/* What a double says that it listens on; NULL before that. */
static char *place_said(const char *log)
{
	static const char says[] = "listening on ";
	g_autofree char *text = NULL;
	const char *at, *end;

	if (!g_file_get_contents(log, &text, NULL, NULL) || (at = strstr(text, says)) == NULL)
		return NULL;
	at += strlen(says);
	end = strchr(at, '\n');
	return end ? g_strndup(at, (gsize)(end - at)) : NULL;
}

char *lab_double_start(struct lab *lab, const char *name, const char *const *argv)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;
	g_autofree char *file = g_strconcat(name, ".log", NULL);
	g_autofree char *log = lab_path(lab, file);
	char *place;

	g_unlink(log);
	lab_spawn(lab, name, argv, SIGKILL);
	while ((place = place_said(log)) == NULL) {
		if (!lab_child_is_alive(lab, name) || g_get_monotonic_time() > deadline)
			g_error("%s does not start: see %s", name, log);
		g_usleep(10000);
	}
	return place;
}

/* Is the daemon answering? */
static gboolean answers(struct lab *lab)
{
	const char *argv[] = {"docker", "-H", NULL, "version", NULL};
	g_autofree char *address = g_strconcat("unix://", lab->docker_socket, NULL);
	int status = 1;

	argv[2] = address;
	return g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
	                    NULL, NULL, NULL, &status, NULL) &&
	       status == 0;
}

void lab_dockerd_start(struct lab *lab)
{
	const char *argv[] = {"bash", lab->script, "lab_dockerd_exec", lab->dir, NULL};
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;

	/* SIGTERM lets it end its containers when the test crashes. */
	lab_spawn(lab, "dockerd", argv, SIGTERM);
	while (!answers(lab)) {
		if (!lab_child_is_alive(lab, "dockerd") || g_get_monotonic_time() > deadline)
			g_error("dockerd does not start: see %s/dockerd.log", lab->dir);
		g_usleep(20000);
	}
}

const char *lab_dockerd(struct lab *lab)
{
	lab_dockerd_start(lab);
	g_free(lab_script(lab, "lab_image", NULL));
	return lab->docker_socket;
}

void lab_dockerd_stop(struct lab *lab)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;
	gpointer pid = g_hash_table_lookup(lab->children, "dockerd");

	if (pid == NULL)
		return;
	kill(GPOINTER_TO_INT(pid), SIGTERM);
	while (lab_child_is_alive(lab, "dockerd")) {
		if (g_get_monotonic_time() > deadline)
			g_error("dockerd does not end");
		g_usleep(10000);
	}
}

void lab_docker_down(struct lab *lab)
{
	g_autofree char *ids = lab_docker(lab, "ps", "-aq", NULL);
	g_auto(GStrv) words = g_strsplit(ids, "\n", -1);
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(argv, g_strdup("docker"));
	g_ptr_array_add(argv, g_strdup("-H"));
	g_ptr_array_add(argv, g_strconcat("unix://", lab->docker_socket, NULL));
	g_ptr_array_add(argv, g_strdup("rm"));
	g_ptr_array_add(argv, g_strdup("-f"));
	for (guint i = 0; words[i] != NULL; i++)
		g_ptr_array_add(argv, g_strdup(words[i]));
	g_ptr_array_add(argv, NULL);
	if (*ids != '\0')
		g_free(lab_run(argv));
	lab_dockerd_stop(lab);
}

char *lab_docker(struct lab *lab, ...)
{
	va_list more;

	va_start(more, lab);
	g_autoptr(GPtrArray) argv = lab_argv(lab, "lab_docker", more);
	va_end(more);
	return lab_run(argv);
}

/* Arguments up to NULL for machine.sh. */
static GPtrArray *machine_argv(struct lab *lab, const char *what, const char *name)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *directory = g_path_get_dirname(lab->script);

	g_ptr_array_add(argv, g_strdup("bash"));
	g_ptr_array_add(argv, g_build_filename(directory, "machine.sh", NULL));
	g_ptr_array_add(argv, g_strdup(what));
	g_ptr_array_add(argv, g_strdup(lab->dir));
	g_ptr_array_add(argv, g_strdup(name));
	return argv;
}

static char *run_machine(struct lab *lab, const char *what, const char *name, const char *more)
{
	g_autoptr(GPtrArray) argv = machine_argv(lab, what, name);

	if (more != NULL)
		g_ptr_array_add(argv, g_strdup(more));
	g_ptr_array_add(argv, NULL);
	return lab_run(argv);
}

char *lab_machine(struct lab *lab, const char *name)
{
	return run_machine(lab, "up", name, NULL);
}

char *lab_machine_exec(struct lab *lab, const char *name, ...)
{
	g_autoptr(GPtrArray) argv = machine_argv(lab, "exec", name);
	const char *word;
	va_list more;

	va_start(more, name);
	while ((word = va_arg(more, const char *)) != NULL)
		g_ptr_array_add(argv, g_strdup(word));
	va_end(more);
	g_ptr_array_add(argv, NULL);
	return lab_run(argv);
}

void lab_machine_link(struct lab *lab, const char *name, gboolean up)
{
	g_free(run_machine(lab, "link", name, up ? "up" : "down"));
}

void lab_machine_down(struct lab *lab, const char *name)
{
	g_free(run_machine(lab, "down", name, NULL));
}

void lab_machine_gateway(struct lab *lab, const char *name)
{
	g_free(run_machine(lab, "gateway", name, NULL));
}

void lab_machine_gateway_set(struct lab *lab, const char *name, const char *which, const char *text)
{
	g_autofree char *path = g_strconcat("/var/lib/novavms-gateway/", which, NULL);

	if (text)
		g_free(lab_machine_exec(lab, name, "sh", "-c", "printf '%s\\n' \"$1\" >\"$2\"", "sh", text, path, NULL));
	else
		g_free(lab_machine_exec(lab, name, "rm", "-f", path, NULL));
}

void lab_machine_ops(struct lab *lab, const char *name, gboolean may_sudo)
{
	g_free(run_machine(lab, "ops", name, may_sudo ? "sudo" : "plain"));
}

void lab_machine_journalctl(struct lab *lab, const char *name, gboolean there)
{
	g_free(run_machine(lab, "journalctl", name, there ? "there" : "away"));
}
